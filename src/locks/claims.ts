// Who wants to change an object (reserved): claims, which each thread writes in a part of the memory that is its own. Of all claims to an object the
// earliest holds it; the others wait in the order of their tickets. A claim that is withdrawn, by who has given up or for who has died, is simply there
// no more: no queue has to be mended, and no object has anything in common with another.
//
// It is Lamport's bakery. A claim names its object before it draws its ticket: who does not see it when he looks has drawn an earlier one,
// and who sees it without a ticket waits the few instructions until it has one.

import { awaited } from './patience.ts';

/** Claims of one thread: one for each call in flight of as many applications as anybody has had. */
export const CLAIMS = 4096;

const NO_TICKET = 0;

/** Words for the whole, and for each thread: how far its claims reach, whether somebody called it. */
const SHARED = 1;
const OF_EACH = 2 + 3 * CLAIMS;

export const claimsMemory = (threads: number): SharedArrayBuffer =>
  new SharedArrayBuffer((SHARED + threads * OF_EACH) * Int32Array.BYTES_PER_ELEMENT);

export class Claims {
  readonly #threads: number;
  readonly #thread: number;
  readonly #lastTicket: Int32Array;
  readonly #reach: Int32Array;
  readonly #called: Int32Array;
  readonly #places: Int32Array;
  readonly #tickets: Int32Array;
  /** The version from which the holder makes the next one, as long as that one has not appeared. */
  readonly #bases: Int32Array;

  constructor(memory: SharedArrayBuffer, threads: number, thread: number) {
    this.#threads = threads;
    this.#thread = thread;
    let next = 0;
    const words = (count: number) => {
      const view = new Int32Array(memory, next * Int32Array.BYTES_PER_ELEMENT, count);
      next += count;
      return view;
    };
    this.#lastTicket = words(SHARED);
    this.#reach = words(threads);
    this.#called = words(threads);
    [this.#places, this.#tickets, this.#bases] = [words(threads * CLAIMS), words(threads * CLAIMS), words(threads * CLAIMS)];
  }

  /** @returns the claim, or undefined where this thread has as many as it may have. */
  make(place: number): number | undefined {
    const start = this.#thread * CLAIMS;
    let at = start;
    while (Atomics.load(this.#places, at) !== 0) if (++at === start + CLAIMS) return undefined;
    if (at - start >= Atomics.load(this.#reach, this.#thread)) Atomics.store(this.#reach, this.#thread, at - start + 1);
    Atomics.store(this.#places, at, place);
    Atomics.store(this.#tickets, at, this.#drawTicket());
    return at;
  }

  withdraw(claim: number): void {
    Atomics.store(this.#places, claim, 0);
    Atomics.store(this.#bases, claim, 0);
    Atomics.store(this.#tickets, claim, NO_TICKET);
    const thread = this.threadOf(claim);
    let reach = Atomics.load(this.#reach, thread);
    while (reach > 0 && Atomics.load(this.#places, thread * CLAIMS + reach - 1) === 0) reach--;
    Atomics.store(this.#reach, thread, reach);
  }

  /** The earliest claim to an object: that of who holds it. */
  first(place: number): number | undefined {
    let first: number | undefined;
    let earliest = NO_TICKET;
    for (const claim of this.#to(place)) {
      const ticket = this.#ticketOf(claim, place);
      if (ticket === NO_TICKET || (first !== undefined && isLater(ticket, earliest))) continue;
      [first, earliest] = [claim, ticket];
    }
    return first;
  }

  ticket(claim: number): number {
    return Atomics.load(this.#tickets, claim);
  }

  has(thread: number, ticket: number): boolean {
    for (let at = 0; at < Atomics.load(this.#reach, thread); at++) if (this.ticket(thread * CLAIMS + at) === ticket) return true;
    return false;
  }

  threadOf(claim: number): number {
    return Math.floor(claim / CLAIMS);
  }

  /** All that a thread has claimed, each with its object. */
  of(thread: number): { readonly claim: number; readonly place: number }[] {
    const all = Array.from({ length: CLAIMS }, (_, at) => thread * CLAIMS + at);
    return all.map((claim) => ({ claim, place: Atomics.load(this.#places, claim) })).filter(({ place }) => place !== 0);
  }

  /** The holder makes the object's next version from this one. */
  replaces(claim: number, version: number): void {
    Atomics.store(this.#bases, claim, version);
  }

  /** The version that was to be replaced has been. */
  replaced(place: number): void {
    for (const claim of this.#to(place)) Atomics.store(this.#bases, claim, 0);
  }

  /** Whether a version is a next one that has not appeared yet. */
  isNext(place: number, version: number | undefined): boolean {
    for (const claim of this.#to(place)) {
      const base = Atomics.load(this.#bases, claim);
      if (base !== 0 && base !== version) return true;
    }
    return false;
  }

  /** Tells a thread that a claim of its own may be the first now. */
  call(thread: number): void {
    Atomics.store(this.#called, thread, 1);
  }

  /** Once for each time, or several, that somebody called. */
  wasCalled(): boolean {
    return Atomics.load(this.#called, this.#thread) === 1 && Atomics.exchange(this.#called, this.#thread, 0) === 1;
  }

  *#to(place: number): Generator<number> {
    for (let thread = 0; thread < this.#threads; thread++) {
      for (let at = 0; at < Atomics.load(this.#reach, thread); at++) {
        const claim = thread * CLAIMS + at;
        if (Atomics.load(this.#places, claim) === place) yield claim;
      }
    }
  }

  #drawTicket(): number {
    const ticket = (Atomics.add(this.#lastTicket, 0, 1) + 1) | 0;
    return ticket === NO_TICKET ? this.#drawTicket() : ticket;
  }

  /** NO_TICKET: the claim was withdrawn meanwhile, or its thread is dead. */
  #ticketOf(claim: number, place: number): number {
    const isThere = () => Atomics.load(this.#places, claim) === place;
    awaited(() => this.ticket(claim) !== NO_TICKET || !isThere());
    const ticket = this.ticket(claim);
    return isThere() ? ticket : NO_TICKET;
  }
}

/** Tickets count round. */
const isLater = (ticket: number, other: number): boolean => ((ticket - other) | 0) > 0;
