// Reader/writer locks, one per object, between the threads of the engine. How a turn is given: claims.ts.
//
// A lock is held while a function runs and never across an await: a worker that let go of its thread while it held one could be asked,
// by another of its sessions, for the same one. So the function must be synchronous, here and on the main thread alike. A wait has
// an end: whoever waits in vain gets CKR_FUNCTION_FAILED and has changed nothing.
// A thread has one instance of one of the two classes, and its own number.

import { ensure, Pkcs11Error } from '../model/error.ts';
import { Claims, type Kind, type Obstacle, READ, WRITE } from './claims.ts';

export { type Contention, contention, lockMemory, releaseAll } from './claims.ts';

/** Milliseconds. A lock is held for microseconds, or for one operation of a key with state. */
const PATIENCE = 5000;

/** Looks before a sleep: most locks are free again sooner than a sleeper is awake. */
const SPINS = 200;

/** The end of a doorway wakes nobody; it takes less than a microsecond unless its thread was put off the core. */
const DOORWAY = 1;

/** What a function that holds a lock may return. */
type Settled<T> = T extends PromiseLike<unknown> ? never : T;

export interface Wanted {
  readonly id: number;
  readonly write: boolean;
}

const kindOf = (write: boolean): Kind => (write ? WRITE : READ);

function spun(claims: Claims, { word, value }: Obstacle): boolean {
  for (let n = 0; n < SPINS; n++) if (Atomics.load(claims.words, word) !== value) return true;
  return false;
}

/** How long to sleep at the most. @throws CKR_FUNCTION_FAILED when the time is over. */
function timeLeft(claims: Claims, deadline: number, { brief }: Obstacle): number {
  const left = deadline - performance.now();
  if (left <= 0) {
    claims.expired();
    throw new Pkcs11Error('FUNCTION_FAILED', 'an object was locked by others for too long');
  }
  return brief ? Math.min(left, DOORWAY) : left;
}

/** For worker threads: waiting stops the thread. */
export class Locks {
  readonly #claims: Claims;
  readonly #patience: number;
  readonly #held: number[] = [];

  constructor(memory: SharedArrayBuffer, thread: number, patience = PATIENCE) {
    this.#claims = new Claims(memory, thread);
    this.#patience = patience;
  }

  withRead<T>(id: number, fn: () => Settled<T>): T {
    return this.#with(id, READ, fn);
  }

  withWrite<T>(id: number, fn: () => Settled<T>): T {
    return this.#with(id, WRITE, fn);
  }

  /** Several objects at once, in the order that cannot deadlock; one that is wanted for both is written. */
  withAll<T>(wanted: readonly Wanted[], fn: () => Settled<T>): T {
    const kinds = new Map<number, boolean>();
    for (const { id, write } of wanted) kinds.set(id, write || kinds.get(id) === true);
    const descending = [...kinds].sort(([a], [b]) => b - a);
    return descending.reduce<() => T>(
      (inner, [id, write]) =>
        () =>
          this.#with(id, kindOf(write), inner),
      fn,
    )();
  }

  #with<T>(id: number, kind: Kind, fn: () => T): T {
    // Two threads that nest in opposite orders wait for each other; in this order nobody can, nor for itself.
    ensure(id > (this.#held.at(-1) ?? 0), 'GENERAL_ERROR', 'nested locks are taken in ascending order of their objects');
    const claim = this.#claims.open(id, kind);
    ensure(claim !== undefined, 'GENERAL_ERROR', 'locks are nested too deeply');
    this.#held.push(id);
    try {
      this.#wait(claim);
      return fn();
    } finally {
      this.#held.pop();
      this.#claims.close(claim);
    }
  }

  #wait(claim: number): void {
    let obstacle = this.#claims.obstacle(claim);
    if (obstacle === undefined) return;
    const deadline = performance.now() + this.#patience;
    for (; obstacle !== undefined; obstacle = this.#claims.obstacle(claim)) {
      if (spun(this.#claims, obstacle)) continue;
      const left = timeLeft(this.#claims, deadline, obstacle);
      this.#claims.watch(obstacle);
      Atomics.wait(this.#claims.words, obstacle.word, obstacle.value, left);
    }
  }
}

/** For the main thread, which must go on serving: waiting gives the thread away, holding does not. */
export class AsyncLocks {
  readonly #claims: Claims;
  readonly #patience: number;
  readonly #placeless: (() => void)[] = [];

  constructor(memory: SharedArrayBuffer, thread: number, patience = PATIENCE) {
    this.#claims = new Claims(memory, thread);
    this.#patience = patience;
  }

  withRead<T>(id: number, fn: () => Settled<T>): Promise<T> {
    return this.#with(id, READ, fn);
  }

  withWrite<T>(id: number, fn: () => Settled<T>): Promise<T> {
    return this.#with(id, WRITE, fn);
  }

  async #with<T>(id: number, kind: Kind, fn: () => T): Promise<T> {
    const claim = await this.#open(id, kind);
    try {
      await this.#wait(claim);
      return fn();
    } finally {
      this.#claims.close(claim);
      this.#placeless.shift()?.();
    }
  }

  /** With every place taken this waits for one, which comes: each of them is held or given up within the patience. */
  async #open(id: number, kind: Kind): Promise<number> {
    for (;;) {
      const claim = this.#claims.open(id, kind);
      if (claim !== undefined) return claim;
      await new Promise<void>((resolve) => this.#placeless.push(resolve));
    }
  }

  async #wait(claim: number): Promise<void> {
    const deadline = performance.now() + this.#patience;
    for (let obstacle = this.#claims.obstacle(claim); obstacle !== undefined; obstacle = this.#claims.obstacle(claim)) {
      if (spun(this.#claims, obstacle)) continue;
      const left = timeLeft(this.#claims, deadline, obstacle);
      this.#claims.watch(obstacle);
      await Atomics.waitAsync(this.#claims.words, obstacle.word, obstacle.value, left).value;
    }
  }
}
