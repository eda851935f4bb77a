// Who holds what, and who is next: reader/writer locks, one per object, without a table of objects and without a mutex inside.
//
// This is Lamport's bakery. Each thread owns a few places in shared memory and writes in nobody else's; a claim in a place names an
// object, a kind and a ticket. A thread draws a ticket behind every claim on the same object that it can see; its claim holds the
// object as soon as no claim stands before it (readers do not stand in each other's way). Why this and not a table of lock words:
//   - Each object has its own lock: nothing is hashed, so two objects never wait for each other, let alone deadlock.
//   - First come, first served: a writer stands in the same queue as the readers, and neither starves.
//   - Every fact is one word of one owner, so a worker that is killed anywhere leaves nothing half done: its places are emptied.
//   - Nothing is shared that is written on every call (no counter, no lock word): readers of one key do not slow each other down.
// What it costs is a look at each thread's places: two loads or so per thread.
//
// All accesses are sequentially consistent (Atomics); the proof needs that.

import { ensure } from '../model/error.ts';

export const READ = 2;
export const WRITE = 3;
export type Kind = typeof READ | typeof WRITE;

/** The other two states of a place. CHOOSING: in the bakery's doorway, drawing a ticket. */
const FREE = 0;
const CHOOSING = 1;

/** Words of a place. `turn` counts its claims; it changes when one ends. `watched`: somebody sleeps on `turn`. */
const [STATE, ID, TICKET, TURN, WATCHED, PLACE] = [0, 1, 2, 3, 4, 5];

/** Words of a thread: three of its own, then its places; the next thread starts on another cache line. */
const [USED, WAITS, TIMEOUTS, PLACES] = [0, 1, 2, 3];
const PLACE_COUNT = 16;
const LINE = 16;
const THREAD = Math.ceil((PLACES + PLACE_COUNT * PLACE) / LINE) * LINE;

/** @param threads those that will take locks; they are numbered from 0. */
export const lockMemory = (threads: number): SharedArrayBuffer => new SharedArrayBuffer(threads * THREAD * Int32Array.BYTES_PER_ELEMENT);

/** What stands in a claim's way: it moves when the word at `word` is no longer `value`. Nobody is woken at the end of a doorway. */
export interface Obstacle {
  readonly place: number;
  readonly word: number;
  readonly value: number;
  readonly brief: boolean;
}

interface Seen {
  readonly turn: number;
  readonly state: number;
  readonly ticket: number;
}

/** Tickets count round. Those of one object never lie further apart than there are places, so the sign of the difference tells. */
const behind = (a: number, b: number): boolean => ((a - b) | 0) > 0;

/** The claims of one thread among those of all. A claim is named by its place's first word. */
export class Claims {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly #base: number;

  constructor(memory: SharedArrayBuffer, thread: number) {
    this.words = new Int32Array(memory);
    this.#base = thread * THREAD;
    ensure(this.#base + THREAD <= this.words.length, 'GENERAL_ERROR', 'a thread beyond those that the locks were made for');
  }

  /** Stands in the queue for an object; undefined: this thread has no place left. */
  open(id: number, kind: Kind): number | undefined {
    ensure(Number.isInteger(id) && id > 0 && id < 2 ** 31, 'GENERAL_ERROR', 'an object id that no object can have');
    const claim = this.#freePlace();
    if (claim === undefined) return undefined;
    Atomics.store(this.words, claim + STATE, CHOOSING);
    Atomics.store(this.words, claim + ID, id);
    Atomics.store(this.words, claim + TICKET, this.#draw(claim, id, kind));
    Atomics.store(this.words, claim + STATE, kind);
    return claim;
  }

  /** Undefined: the claim holds its object, and does until it is closed. */
  obstacle(claim: number): Obstacle | undefined {
    const [id, kind, ticket] = [this.#load(claim + ID), this.#load(claim + STATE), this.#load(claim + TICKET)];
    for (const place of this.#rivals(claim, id)) {
      const rival = this.#look(place, id);
      if (rival === undefined || (kind === READ && rival.state === READ)) continue;
      // It may be drawing the same ticket at this moment; only when it has drawn can it be told who is first.
      if (rival.state === CHOOSING) return { place, word: place + STATE, value: CHOOSING, brief: true };
      const first = behind(ticket, rival.ticket) || (ticket === rival.ticket && place < claim);
      if (first) return { place, word: place + TURN, value: rival.turn, brief: false };
    }
    return undefined;
  }

  /** To be called before sleeping on an obstacle: without it nobody wakes the sleeper. */
  watch({ place }: Obstacle): void {
    Atomics.store(this.words, place + WATCHED, 1);
    Atomics.add(this.words, this.#base + WAITS, 1);
  }

  close(claim: number): void {
    vacate(this.words, claim);
  }

  expired(): void {
    Atomics.add(this.words, this.#base + TIMEOUTS, 1);
  }

  #load(word: number): number {
    return Atomics.load(this.words, word);
  }

  #freePlace(): number | undefined {
    for (let n = 0; n < PLACE_COUNT; n++) {
      const place = this.#base + PLACES + n * PLACE;
      if (this.#load(place + STATE) !== FREE) continue;
      // Before the claim can be seen in it, so that nobody stops looking short of it.
      if (this.#load(this.#base + USED) <= n) Atomics.store(this.words, this.#base + USED, n + 1);
      return place;
    }
    return undefined;
  }

  /** Behind everything that is there; but a reader joins the readers, else tickets would grow with every read of a busy key. */
  #draw(claim: number, id: number, kind: Kind): number {
    let drawn: number | undefined;
    for (const place of this.#rivals(claim, id)) {
      const rival = this.#look(place, id);
      if (rival === undefined || rival.state === CHOOSING) continue;
      const after = kind === READ && rival.state === READ ? rival.ticket : (rival.ticket + 1) | 0;
      if (drawn === undefined || behind(after, drawn)) drawn = after;
    }
    return drawn ?? 0;
  }

  #rivals(claim: number, id: number): number[] {
    const found: number[] = [];
    for (let thread = 0; thread < this.words.length; thread += THREAD) {
      const end = thread + PLACES + this.#load(thread + USED) * PLACE;
      for (let place = thread + PLACES; place < end; place += PLACE) {
        if (place !== claim && this.#load(place + ID) === id) found.push(place);
      }
    }
    return found;
  }

  /** Undefined: the claim that was seen there has ended; one made since stands behind whoever looks. */
  #look(place: number, id: number): Seen | undefined {
    const [turn, state, ticket] = [this.#load(place + TURN), this.#load(place + STATE), this.#load(place + TICKET)];
    const stands = state !== FREE && this.#load(place + ID) === id && this.#load(place + TURN) === turn;
    return stands ? { turn, state, ticket } : undefined;
  }
}

function vacate(words: Int32Array<SharedArrayBuffer>, place: number): void {
  Atomics.store(words, place + STATE, FREE);
  Atomics.store(words, place + ID, 0);
  Atomics.add(words, place + TURN, 1);
  if (Atomics.exchange(words, place + WATCHED, 0) === 1) Atomics.notify(words, place + TURN);
}

/** For the supervisor, once the thread has ended: what it held or waited for is free, and its number may be given again. */
export function releaseAll(memory: SharedArrayBuffer, thread: number): void {
  const words = new Int32Array(memory);
  for (let n = 0; n < PLACE_COUNT; n++) vacate(words, thread * THREAD + PLACES + n * PLACE);
}

export interface Contention {
  /** Sleeps on another thread's claim. */
  readonly waits: number;
  /** Locks that were not had in time. */
  readonly timeouts: number;
}

/** By thread, since the memory was made; the numbers count round. */
export function contention(memory: SharedArrayBuffer): Contention[] {
  const words = new Int32Array(memory);
  return Array.from({ length: words.length / THREAD }, (_, thread) => ({
    waits: Atomics.load(words, thread * THREAD + WAITS) >>> 0,
    timeouts: Atomics.load(words, thread * THREAD + TIMEOUTS) >>> 0,
  }));
}
