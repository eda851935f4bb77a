// One application's session objects, as they are searched. Most are made, used by their handle and destroyed, and never searched for: they
// enter the index by search keys, which is what they would cost, when somebody searches, or before too many wait.

import { type Held, Line } from './line.ts';
import type { SessionRow } from './session-record.ts';

/** Objects that wait for a search, at the most: it is not to wait long for the index. */
const WAITING = 1000;

const nameOf = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.length).toString('latin1');

export class Shelf {
  readonly #all = new Line();
  readonly #byKey = new Map<string, Line>();
  /** Up to which arrival the objects are in the index, and how many are not. */
  #indexed = 0;
  #waiting = 0;

  get isEmpty(): boolean {
    return this.#all.count === 0;
  }

  rows(): SessionRow[] {
    return this.#all
      .after(0, Number.POSITIVE_INFINITY)
      .filter(({ isGone }) => !isGone)
      .map(({ row }) => row);
  }

  /** @param before what it was until now. */
  put(held: Held, before?: Held): void {
    if (before !== undefined) this.remove(before);
    this.#all.place(held);
    if (held.arrival <= this.#indexed) this.#index(held);
    else if (++this.#waiting > WAITING) this.#settle();
  }

  remove(held: Held): void {
    held.isGone = true;
    this.#all.lose();
    if (held.arrival > this.#indexed) {
      this.#waiting -= 1;
      return;
    }
    for (const key of held.row.searchKeys) {
      const name = nameOf(key);
      const line = this.#byKey.get(name);
      line?.lose();
      if (line?.count === 0) this.#byKey.delete(name);
    }
  }

  /** Where all objects stand that have all of these keys: the shortest such line. undefined: there is none. */
  line(keys: readonly Uint8Array[]): Line | undefined {
    if (keys.length === 0) return this.#all;
    this.#settle();
    let shortest: Line | undefined;
    for (const key of keys) {
      const line = this.#byKey.get(nameOf(key));
      if (line === undefined) return undefined;
      if (shortest === undefined || line.count < shortest.count) shortest = line;
    }
    return shortest;
  }

  #settle(): void {
    for (const held of this.#all.after(this.#indexed, Number.POSITIVE_INFINITY)) {
      if (!held.isGone) this.#index(held);
      this.#indexed = held.arrival;
    }
    this.#waiting = 0;
  }

  #index(held: Held): void {
    for (const key of held.row.searchKeys) {
      const name = nameOf(key);
      let line = this.#byKey.get(name);
      if (line === undefined) {
        line = new Line();
        this.#byKey.set(name, line);
      }
      line.place(held);
    }
  }
}
