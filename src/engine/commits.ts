// Commits that arrive while the disk is busy with others' wait for it together: as many as there are become durable with one fsync.

import type { Change, Outcome } from '../store/store.ts';

interface Waiting extends PromiseWithResolvers<number[]> {
  readonly changes: readonly Change[];
}

export class Commits {
  readonly #write: (requests: readonly (readonly Change[])[]) => Outcome[];
  #waiting: Waiting[] = [];

  /** @param write makes all of them durable and says what became of each. */
  constructor(write: (requests: readonly (readonly Change[])[]) => Outcome[]) {
    this.#write = write;
  }

  /** @returns the ids of the inserted rows, once they are durable. */
  add(changes: readonly Change[]): Promise<number[]> {
    const waiting = { ...Promise.withResolvers<number[]>(), changes };
    // After everything that has arrived by now was heard: it may bring more of them.
    if (this.#waiting.push(waiting) === 1) setImmediate(() => this.#flush());
    return waiting.promise;
  }

  #flush(): void {
    const served = this.#waiting;
    this.#waiting = [];
    const outcomes = this.#write(served.map(({ changes }) => changes));
    served.forEach(({ resolve, reject }, at) => {
      const outcome = outcomes[at]!;
      if ('ids' in outcome) resolve(outcome.ids);
      else reject(outcome.error);
    });
  }
}
