// Objects in the order in which a thread came to know them: a search that stops and goes on later finds its place by it.

import type { SessionRow } from './session-record.ts';

export interface Held {
  readonly row: SessionRow;
  /** Of its id: what it is changed into keeps it. */
  readonly arrival: number;
  /** It was removed, or another row has taken its place. */
  isGone: boolean;
}

/** Those that are gone are left out when they are half of a line, and at least so many. */
const GONE = 32;

export class Line {
  #all: Held[] = [];
  #gone = 0;

  /** How many there are. */
  get count(): number {
    return this.#all.length - this.#gone;
  }

  /** Nearly always the newest; one that was changed stands where it stood. */
  place(held: Held): void {
    const at = this.#from(held.arrival);
    const before = this.#all[at];
    if (before === undefined) this.#all.push(held);
    else if (before.arrival !== held.arrival) this.#all.splice(at, 0, held);
    else {
      if (before.isGone) this.#gone -= 1;
      this.#all[at] = held;
    }
  }

  /** One of them is gone now. */
  lose(): void {
    this.#gone += 1;
    if (this.#gone < GONE || this.#gone * 2 < this.#all.length) return;
    this.#all = this.#all.filter(({ isGone }) => !isGone);
    this.#gone = 0;
  }

  /** Those that came after it, at the most so many of them and of those that are gone. */
  after(arrival: number, most: number): readonly Held[] {
    const at = this.#from(arrival + 1);
    return this.#all.slice(at, at + most);
  }

  /** The place of the first that came then or later. */
  #from(arrival: number): number {
    let [low, high] = [0, this.#all.length];
    if (high === 0 || this.#all[high - 1]!.arrival < arrival) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#all[middle]!.arrival < arrival) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
