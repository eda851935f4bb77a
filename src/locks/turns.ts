// Turns at changing an object, for the one thread that writes: first come, first served, a queue for each object and none that all stand in.
// Whoever changes an object that nobody else wants to change needs no turn; who was too late once takes one and is not too late again.

import { Pkcs11Error } from '../model/error.ts';

/** Milliseconds that somebody waits at the most. A turn lasts as long as one change takes to become durable. */
const PATIENCE = 10_000;

/** Objects whose contention is remembered: those that were contended last. */
const REMEMBERED = 1000;

interface Turn {
  readonly number: number;
  /** Told when it is first. */
  readonly begin: () => void;
}

export interface Contention {
  readonly object: number;
  /** How often somebody had to wait for his turn, or at least to take one. */
  readonly times: number;
}

export class Turns {
  /** The first of a queue is the one whose turn it is. */
  readonly #queues = new Map<number, Turn[]>();
  readonly #contended = new Map<number, number>();
  readonly #patience: number;
  #last = 0;

  constructor(patience = PATIENCE) {
    this.#patience = patience;
  }

  /** @returns the turn's number, once it has come. @throws CKR_FUNCTION_FAILED if it does not come in time. */
  async take(object: number): Promise<number> {
    this.#count(object);
    const number = ++this.#last;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const queue = this.#queues.get(object) ?? [];
    this.#queues.set(object, queue);
    if (queue.push({ number, begin: resolve }) === 1) return number;
    const late = setTimeout(() => {
      this.end(object, number);
      reject(new Pkcs11Error('FUNCTION_FAILED', 'the object is changed by others all the time'));
    }, this.#patience);
    await promise.finally(() => clearTimeout(late));
    return number;
  }

  end(object: number, number: number): void {
    const queue = this.#queues.get(object) ?? [];
    const at = queue.findIndex((turn) => turn.number === number);
    if (at >= 0) queue.splice(at, 1);
    if (queue.length === 0) this.#queues.delete(object);
    else if (at === 0) queue[0]!.begin();
  }

  /** Whether somebody may change the object now: it is nobody's turn, or his. */
  admits(object: number, number: number | undefined): boolean {
    const first = this.#queues.get(object)?.[0];
    return first === undefined || first.number === number;
  }

  /** The most contended first. */
  get contention(): Contention[] {
    return [...this.#contended].map(([object, times]) => ({ object, times })).sort((a, b) => b.times - a.times);
  }

  #count(object: number): void {
    const times = this.#contended.get(object) ?? 0;
    this.#contended.delete(object);
    this.#contended.set(object, times + 1);
    if (this.#contended.size > REMEMBERED) this.#contended.delete(this.#contended.keys().next().value!);
  }
}
