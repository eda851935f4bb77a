// Commits that arrive while the disk is busy with others' wait for it together: as many as there are become durable with one fsync.
// Whose turn it is at an object is looked up then, not on arrival: what was asked for before a turn began is refused like the rest.

import { type Change, type Outcome, VersionConflict } from '../store/store.ts';

export interface Request {
  readonly changes: readonly Change[];
  /** The turn that its sender has taken, if any. */
  readonly turn: number | undefined;
}

interface Waiting extends Request, PromiseWithResolvers<number[]> {}

export interface Writing {
  readonly admits: (request: Request) => boolean;
  /** Makes all of them durable and says what became of each. */
  readonly write: (requests: readonly (readonly Change[])[]) => Outcome[];
}

export class Commits {
  readonly #writing: Writing;
  #waiting: Waiting[] = [];

  constructor(writing: Writing) {
    this.#writing = writing;
  }

  /** @returns the ids of the inserted rows, once they are durable. @throws VersionConflict */
  add(request: Request): Promise<number[]> {
    const waiting = { ...Promise.withResolvers<number[]>(), ...request };
    // After everything that has arrived by now was heard: it may bring more of them.
    if (this.#waiting.push(waiting) === 1) setImmediate(() => this.#flush());
    return waiting.promise;
  }

  #flush(): void {
    const { admits, write } = this.#writing;
    const { served = [], refused = [] } = Object.groupBy(this.#waiting, (request) => (admits(request) ? 'served' : 'refused'));
    this.#waiting = [];
    for (const { reject } of refused) reject(new VersionConflict('it is another’s turn'));
    if (served.length === 0) return;
    const outcomes = write(served.map(({ changes }) => changes));
    served.forEach(({ resolve, reject }, at) => {
      const outcome = outcomes[at]!;
      if ('ids' in outcome) resolve(outcome.ids);
      else reject(outcome.error);
    });
  }
}
