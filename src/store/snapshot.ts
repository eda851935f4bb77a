// Readers keep the state of the store that they see from one read to the next, as long as nothing is written. A transaction of its own for each
// read takes SQLite two locks of the file and a look at its length: twice what a search of an index costs.
//
// The order that makes it right: a writer counts after its change is durable and before anybody is told of it; a reader looks at the count before
// each read. A state that is kept also keeps SQLite from emptying its log, so a writer counts and rings before it writes as well, and a reader keeps
// nothing while the store is being written to.

import type Database from 'better-sqlite3';

/** How many times something was written, and how many readers keep a state. */
const WRITTEN = 0;
const KEPT = 1;

/** Milliseconds without a change before a reader keeps what it sees: writers seldom have to ring, and their log has pauses to be emptied in. */
const QUIET = 50;

export const snapshotMemory = (): SharedArrayBuffer => new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT);

/** The writer's side. */
export class Written {
  readonly #words: Int32Array;
  readonly #ring: () => void;

  /** @param ring every reader calls refresh() soon, however long it has been asleep. */
  constructor(memory: SharedArrayBuffer, ring: () => void) {
    this.#words = new Int32Array(memory);
    this.#ring = ring;
  }

  tell(): void {
    Atomics.add(this.#words, WRITTEN, 1);
    if (Atomics.load(this.#words, KEPT) > 0) this.#ring();
  }
}

/** A reader's. */
export class Snapshot {
  readonly #words: Int32Array;
  readonly #begin: Database.Statement<[]>;
  readonly #end: Database.Statement<[]>;
  #seen = 0;
  #changed = 0;
  #isKept = false;

  constructor(db: Database.Database, memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#begin = db.prepare('BEGIN');
    this.#end = db.prepare('COMMIT');
  }

  /** Before each read: it sees everything that was told to be written before. */
  look(): void {
    this.refresh();
    if (this.#isKept || performance.now() - this.#changed < QUIET) return;
    Atomics.add(this.#words, KEPT, 1);
    this.#isKept = true;
    // What is written from here on is followed by a ring; what was written before is in the state that the read itself begins.
    this.#begin.run();
  }

  /** Keeps nothing that is out of date. */
  refresh(): void {
    const written = Atomics.load(this.#words, WRITTEN);
    if (written === this.#seen) return;
    this.#seen = written;
    this.#changed = performance.now();
    this.release();
  }

  release(): void {
    if (!this.#isKept) return;
    this.#isKept = false;
    Atomics.sub(this.#words, KEPT, 1);
    // A failure may have ended it already.
    if (this.#end.database.inTransaction) this.#end.run();
  }
}
