// The right to write the store, which one thread has at a time. SQLite has a lock of its own for that, but who finds it taken can only look
// again after a while, a millisecond at the least: a worker hears at once that others write, and the supervisor gets the pen from its
// holder's hand.

/** The first word: nobody's, somebody's, somebody's while the supervisor waits for it, and handed to the supervisor. */
const PEN = { FREE: 0, TAKEN: 1, WANTED: 2, HANDED: 3 } as const;

/** The other words: microseconds that it was held of late, and how often workers wrote since the supervisor did. */
const [TOOK, BY_WORKERS, WORDS] = [1, 2, 3];

/** Microseconds: a disk that is as slow as that is the supervisor's alone to wait for, and so is one of which nobody knows yet. */
const SLOW = 1000;

/** One bad moment of a fast disk counts for no more than that. */
const WORST = 4 * SLOW;

/** Of the times it was held, each new one counts for so much. */
const WEIGHT = 1 / 8;

/** How often workers write between two times that the supervisor does, whose connection alone moves the log into the database. */
const UNSUPERVISED = 32;

export function penMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT);
  new Int32Array(memory)[TOOK] = SLOW;
  return memory;
}

export class Pen {
  readonly #words: Int32Array<SharedArrayBuffer>;
  #since = 0;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  /** Whether a worker may take it: where writing takes no longer than what it does for one call anyway. */
  get isForWorkers(): boolean {
    return Atomics.load(this.#words, TOOK) < SLOW && Atomics.load(this.#words, BY_WORKERS) < UNSUPERVISED;
  }

  /** For a worker, which never waits for it: false where somebody has it. */
  take(): boolean {
    const isOurs = Atomics.compareExchange(this.#words, 0, PEN.FREE, PEN.TAKEN) === PEN.FREE;
    if (isOurs) this.#since = performance.now();
    return isOurs;
  }

  /** By the worker that took it. */
  release(): void {
    Atomics.add(this.#words, BY_WORKERS, 1);
    this.#putDown();
  }

  /** For the supervisor, and for no second thread: waits as long as one worker writes. */
  within<T>(work: () => T): T {
    if (!this.take()) this.#await();
    try {
      return work();
    } finally {
      Atomics.store(this.#words, BY_WORKERS, 0);
      this.#putDown();
    }
  }

  #await(): void {
    while (Atomics.compareExchange(this.#words, 0, PEN.TAKEN, PEN.WANTED) === PEN.FREE) if (this.take()) return;
    while (Atomics.load(this.#words, 0) === PEN.WANTED) Atomics.wait(this.#words, 0, PEN.WANTED);
    Atomics.store(this.#words, 0, PEN.TAKEN);
    this.#since = performance.now();
  }

  #putDown(): void {
    const before = Atomics.load(this.#words, TOOK);
    const held = Math.min((performance.now() - this.#since) * 1000, WORST);
    Atomics.store(this.#words, TOOK, before + (held - before) * WEIGHT);
    if (Atomics.compareExchange(this.#words, 0, PEN.TAKEN, PEN.FREE) === PEN.TAKEN) return;
    Atomics.store(this.#words, 0, PEN.HANDED);
    Atomics.notify(this.#words, 0);
  }
}
