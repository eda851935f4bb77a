// The locks of objects, as one thread has them: one for each object, between the engine's threads, in shared memory. Three modes, which are SQLite's own:
//   shared     (enter, leave)      reading: any number at a time, each so short that nobody waits on purpose
//   reserved   (reserve, release)  changing: one at a time, first come, first served; readers go on with the object as it is
//   exclusive  (publish)           the change appears: readers wait outside for as long as that takes
// So nobody who signs waits for a change to become durable, and nobody who reads sees it appear by halves. Who has to wait for a reservation does not
// hold his thread up: his call does, and the thread is rung when it is its turn.

import { ensure, Pkcs11Error } from '../model/error.ts';
import { Claims, claimsMemory } from './claims.ts';
import { awaited } from './patience.ts';
import { Readers, readersMemory } from './readers.ts';

/** Milliseconds that somebody waits for a reservation at the most. One lasts as long as a change takes to become durable. */
export const PATIENCE = 10_000;

export interface LockMemory {
  readonly threads: number;
  readonly readers: SharedArrayBuffer;
  readonly claims: SharedArrayBuffer;
}

export const lockMemory = (threads: number): LockMemory => ({
  threads,
  readers: readersMemory(threads),
  claims: claimsMemory(threads),
});

/** The others, as one thread sees them. */
export interface Surroundings {
  /** Brings that thread to call serve(). */
  readonly ring: (thread: number) => void;
  /** Somebody met with somebody else at an object. With a ticket he waits, and is to be told with late() once that has been for too long. */
  readonly contended: (place: number, ticket?: number) => void;
}

interface Waiting {
  readonly claim: number;
  readonly ticket: number;
  readonly promise: PromiseWithResolvers<number>;
}

export class ObjectLocks {
  readonly #readers: Readers;
  readonly #claims: Claims;
  readonly #surroundings: Surroundings;
  /** This thread's own, by object, in the order of their tickets. */
  readonly #waiting = new Map<number, Waiting[]>();

  constructor(memory: LockMemory, thread: number, surroundings: Surroundings) {
    this.#readers = new Readers(memory.readers, memory.threads, thread);
    this.#claims = new Claims(memory.claims, memory.threads, thread);
    this.#surroundings = surroundings;
  }

  /**
   * Shared, until leave(). One at a time, and never over an await.
   * @param place what names the object among all of the engine's; never 0.
   */
  enter(place: number): void {
    if (!this.#readers.enter(place)) this.#surroundings.contended(place);
  }

  leave(): void {
    this.#readers.leave();
  }

  /**
   * For a reader inside, who found this version in the store (undefined: nothing). The store shows a change a moment before it appears here: where it is
   * that moment, he goes out and comes back when it is over.
   * @returns whether he was outside and must look again.
   */
  stepsAside(place: number, version: number | undefined): boolean {
    if (!this.#claims.isNext(place, version)) return false;
    this.leave();
    const isOver = awaited(() => !this.#claims.isNext(place, version));
    this.#readers.enter(place);
    this.#surroundings.contended(place);
    return isOver;
  }

  /** @returns the reservation, once nobody before this one has or wants it. @throws CKR_FUNCTION_FAILED if that takes too long, CKR_DEVICE_MEMORY */
  reserve(place: number): number | Promise<number> {
    const claim = this.#claims.make(place);
    ensure(claim !== undefined, 'DEVICE_MEMORY', 'as many calls change objects as can wait');
    if (this.#claims.first(place) === claim) return claim;
    const waiting = { claim, ticket: this.#claims.ticket(claim), promise: Promise.withResolvers<number>() };
    const queue = this.#waiting.get(place);
    if (queue === undefined) this.#waiting.set(place, [waiting]);
    else queue.push(waiting);
    this.#surroundings.contended(place, waiting.ticket);
    return waiting.promise.promise;
  }

  /** Before the change is asked for: the version that it is made from. */
  replaces(reservation: number, version: number): void {
    this.#claims.replaces(reservation, version);
  }

  /** Exclusive: `act` lets the change appear, to all readers at once. For who holds the reservation, or another thread in his stead. */
  publish(place: number, act: () => void): void {
    this.#readers.exclude(place, () => {
      act();
      this.#claims.replaced(place);
    });
  }

  release(place: number, reservation: number): void {
    this.#claims.withdraw(reservation);
    this.#callFirst(place);
  }

  /** For a thread that was rung. @returns whether anybody's turn has come. */
  serve(): boolean {
    if (this.#waiting.size === 0 || !this.#claims.wasCalled()) return false;
    let served = false;
    for (const [place, [first]] of this.#waiting) {
      if (this.#claims.first(place) !== first!.claim) continue;
      this.#take(place, first!).resolve(first!.claim);
      served = true;
    }
    return served;
  }

  /** Somebody has waited for too long, if he still waits. */
  late(ticket: number): void {
    for (const [place, queue] of this.#waiting) {
      const waiting = queue.find((one) => one.ticket === ticket);
      if (waiting === undefined) continue;
      const { reject } = this.#take(place, waiting);
      this.release(place, waiting.claim);
      reject(new Pkcs11Error('FUNCTION_FAILED', 'the object is changed by others all the time'));
    }
  }

  /** Whether a thread still holds a reservation with that ticket, or waits for it. */
  has(thread: number, ticket: number): boolean {
    return this.#claims.has(thread, ticket);
  }

  /** A thread has died: everything that it held or waited for goes to others. */
  releaseAll(thread: number): void {
    this.#readers.release(thread);
    const claims = this.#claims.of(thread);
    for (const { claim } of claims) this.#claims.withdraw(claim);
    for (const { place } of claims) this.#callFirst(place);
  }

  #take(place: number, waiting: Waiting): PromiseWithResolvers<number> {
    const queue = this.#waiting.get(place)!;
    queue.splice(queue.indexOf(waiting), 1);
    if (queue.length === 0) this.#waiting.delete(place);
    return waiting.promise;
  }

  #callFirst(place: number): void {
    const first = this.#claims.first(place);
    if (first === undefined) return;
    const thread = this.#claims.threadOf(first);
    this.#claims.call(thread);
    this.#surroundings.ring(thread);
  }
}
