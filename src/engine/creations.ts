// New objects that a worker writes by itself, where the disk is quick and nobody else writes: to wake the supervisor and to be woken by it
// again takes longer than such a disk. Where several write, the supervisor does it for all of them, with one fsync (commits.ts).

import type { Pen } from '../locks/pen.ts';
import type { Change, Outcome, Store } from '../store/store.ts';
import type { Supervisor } from '../token/supervisor.ts';

/** Other sessions' calls that are served before those that wait are written, at the most. */
const COMPANY = 8;

/** Requests that go to the supervisor after one that met another writer: there will be more of them. */
const CROWD = 256;

interface Waiting extends PromiseWithResolvers<number[]> {
  readonly changes: readonly Change[];
}

export class Creations {
  readonly #store: Store;
  readonly #pen: Pen;
  readonly #supervisor: Pick<Supervisor, 'commit'>;
  #waiting: Waiting[] = [];
  /** How often the worker has come round while they wait. */
  #turns = 0;
  #crowd = 0;

  constructor(store: Store, pen: Pen, supervisor: Pick<Supervisor, 'commit'>) {
    this.#store = store;
    this.#pen = pen;
    this.#supervisor = supervisor;
  }

  /** As the supervisor's. Changes of what others may use at the same time are the supervisor's to order. */
  readonly commit: Supervisor['commit'] = (changes) => {
    const isOwn = changes.every(({ change }) => change === 'insert') && !this.#isCrowded() && this.#pen.isForWorkers;
    if (!isOwn) return this.#supervisor.commit(changes);
    const waiting = { ...Promise.withResolvers<number[]>(), changes };
    this.#waiting.push(waiting);
    return waiting.promise;
  };

  get areWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /**
   * The worker has come round once more.
   * @param isIdle no call is left that could be written with those that wait.
   * @returns whether something was written.
   */
  turn(isIdle: boolean): boolean {
    if (!this.areWaiting || (!isIdle && ++this.#turns < COMPANY)) return false;
    const requests = this.#waiting;
    this.#waiting = [];
    this.#turns = 0;
    if (!this.#pen.take()) {
      this.#crowd = CROWD;
      for (const { changes, resolve, reject } of requests) this.#supervisor.commit(changes).then(resolve, reject);
      return false;
    }
    try {
      settle(requests, this.#store.commitTogether(requests.map(({ changes }) => changes)));
    } finally {
      this.#pen.release();
    }
    return true;
  }

  #isCrowded(): boolean {
    return this.#crowd > 0 && this.#crowd-- > 0;
  }
}

function settle(requests: readonly Waiting[], outcomes: readonly Outcome[]): void {
  requests.forEach(({ resolve, reject }, at) => {
    const outcome = outcomes[at]!;
    if ('ids' in outcome) resolve(outcome.ids);
    else reject(outcome.error);
  });
}
