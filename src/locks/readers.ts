// Who reads an object now (shared), and who lets a change to one appear (exclusive). Each thread has a word that says what it reads, on a cache line
// of its own, and one that says what it changes: readers of one object write nothing in common, however many they are.
//
// The order that makes it right: a reader says what it reads before it looks who changes, and who changes says so before it looks who reads. Whichever
// comes second sees the other. One word more tells readers how many change anything at all: mostly nobody, and they need look no further.

import { awaited } from './patience.ts';

/** Words of a cache line. */
const LINE = 16;

const lines = (words: number): number => Math.ceil(words / LINE) * LINE;

export const readersMemory = (threads: number): SharedArrayBuffer =>
  new SharedArrayBuffer((LINE + lines(threads) + threads * LINE) * Int32Array.BYTES_PER_ELEMENT);

/** The first word: how many change something. It is too large for ever where one of them died: readers then always look who. */
const CHANGING = 0;

export class Readers {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #threads: number;
  readonly #thread: number;
  /** What this thread reads. */
  readonly #mine: number;

  constructor(memory: SharedArrayBuffer, threads: number, thread: number) {
    this.#words = new Int32Array(memory);
    this.#threads = threads;
    this.#thread = thread;
    this.#mine = this.#reading(thread);
  }

  /** Until leave() no change to the object appears. One at a time, and never over an await. @returns false where it had to wait. */
  enter(place: number): boolean {
    Atomics.store(this.#words, this.#mine, place);
    return Atomics.load(this.#words, CHANGING) === 0 || !this.#isChanged(place) || this.#enterLater(place);
  }

  leave(): void {
    Atomics.store(this.#words, this.#mine, 0);
  }

  /** `act` while nobody reads the object: who comes waits outside, who is inside is waited for. It must be short, and none of this thread's be inside. */
  exclude(place: number, act: () => void): void {
    Atomics.add(this.#words, CHANGING, 1);
    Atomics.store(this.#words, this.#changed(this.#thread), place);
    try {
      for (let thread = 0; thread < this.#threads; thread++) this.#awaitReader(thread, place);
      act();
    } finally {
      Atomics.store(this.#words, this.#changed(this.#thread), 0);
      Atomics.sub(this.#words, CHANGING, 1);
    }
  }

  /** What a thread held that is no more. */
  release(thread: number): void {
    Atomics.store(this.#words, this.#changed(thread), 0);
    Atomics.store(this.#words, this.#reading(thread), 0);
  }

  /** It waits outside, or who changes would wait for it as well. */
  #enterLater(place: number): false {
    let isOver: boolean;
    do {
      this.leave();
      isOver = awaited(() => !this.#isChanged(place));
      Atomics.store(this.#words, this.#mine, place);
    } while (isOver && this.#isChanged(place));
    return false;
  }

  #isChanged(place: number): boolean {
    for (let thread = 0; thread < this.#threads; thread++) if (Atomics.load(this.#words, this.#changed(thread)) === place) return true;
    return false;
  }

  #awaitReader(thread: number, place: number): void {
    const reading = this.#reading(thread);
    if (Atomics.load(this.#words, reading) === place) awaited(() => Atomics.load(this.#words, reading) !== place);
  }

  #changed(thread: number): number {
    return LINE + thread;
  }

  #reading(thread: number): number {
    return LINE + lines(this.#threads) + thread * LINE;
  }
}
