// Commits that arrive while the disk is busy with others' wait for it together: as many as there are become durable with one fsync.
// Where the disk is slow, the first that comes back waits for those who were served with it: alone it would have the disk to itself while
// all the others wait for the next turn.

import type { Change, Outcome } from '../store/store.ts';

interface Waiting extends PromiseWithResolvers<number[]> {
  readonly changes: readonly Change[];
}

/** Makes all of them durable and says what became of each. */
export type Write = (requests: readonly (readonly Change[])[]) => Outcome[];

/** Milliseconds that are waited at the least, since a timer is no more exact than that, and at the most: half of what a rotating disk takes. */
const PATIENCE = { least: 1, most: 10 };

export class Commits {
  readonly #writeAll: Write;
  #waiting: Waiting[] = [];
  #company: NodeJS.Timeout | undefined;
  /** How many were written last, until the loop has heard everything that arrived meanwhile. */
  #justServed = 0;
  /** Those of them beside whom the first that waits now was on its way. */
  #met = 0;
  /** How many there are to come, as far as the last time tells. */
  #expected = 1;
  /** Milliseconds that writing took. */
  #took = 0;

  constructor(write: Write) {
    this.#writeAll = write;
  }

  /** @returns the ids of the inserted rows, once they are durable. @throws VersionConflict */
  add(changes: readonly Change[]): Promise<number[]> {
    const waiting = { ...Promise.withResolvers<number[]>(), changes };
    const count = this.#waiting.push(waiting);
    if (count === 1) {
      this.#met = this.#justServed;
      // After everything that has arrived by now was heard: it may bring more of them.
      setImmediate(() => this.#begin());
    } else if (this.#company !== undefined && count >= this.#expected) {
      this.#endPatience();
      setImmediate(() => this.#flush());
    }
    return waiting.promise;
  }

  /** At once, or after company has come: at most half as long as writing takes. */
  #begin(): void {
    const patience = Math.min(Math.floor(this.#took / 2), PATIENCE.most);
    if (patience < PATIENCE.least || this.#waiting.length >= this.#expected) this.#flush();
    else this.#company = setTimeout(() => this.#flush(), patience);
  }

  #endPatience(): void {
    clearTimeout(this.#company);
    this.#company = undefined;
  }

  #flush(): void {
    this.#endPatience();
    const requests = this.#waiting;
    this.#waiting = [];
    this.#expected = requests.length + this.#met;
    this.#justServed = requests.length;
    setImmediate(() => {
      this.#justServed = 0;
    });
    const start = performance.now();
    const outcomes = this.#writeAll(requests.map(({ changes }) => changes));
    this.#took = performance.now() - start;
    requests.forEach(({ resolve, reject }, at) => {
      const outcome = outcomes[at]!;
      if ('ids' in outcome) resolve(outcome.ids);
      else reject(outcome.error);
    });
  }
}
