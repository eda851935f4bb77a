// News from one thread to the others, in shared memory: records in a list of segments. Who writes appends and waits for nobody; who reads does so
// when it has to know, and needs no lock: what has been written below the tail is never written again.
//
// The order that makes it right: a record is there before the tail is moved, and the tail is moved before anybody is told of what the
// record says. Who asks for news afterwards sees it.

import { ensure } from '../model/error.ts';

/** Bytes of a segment: so much news waits for a reader that is asleep before it is woken. */
const SEGMENT = 2 ** 18;

/** The first is small: most workers have little to tell. */
export const FIRST_SEGMENT = 2 ** 16;

/** No frame is as large; what asks for more has miscounted. */
const RECORD_MOST = 2 ** 29;

/** Words of a segment, and where its records begin. Each has its length before it, in 8 bytes. */
const [TAIL, CLOSED] = [0, 1];
const BEGIN = 8;
const LENGTH = 8;

/** From one record to the next. */
const aligned = (length: number): number => LENGTH + Math.ceil(length / 8) * 8;

class Segment {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
    this.bytes = new Uint8Array(memory);
  }
}

export interface Room {
  /** Asks for a segment of so many bytes: first all readers are given it, then its writer. */
  readonly ask: (bytes: number) => void;
  /** Gives the segments that have come by now to their readers and writers. */
  readonly look: () => void;
}

export class NewsWriter {
  readonly #room: Room;
  readonly #next: Segment[] = [];
  #segment: Segment;
  #at = BEGIN;

  constructor(first: SharedArrayBuffer, room: Room) {
    this.#segment = new Segment(first);
    this.#room = room;
  }

  give(memory: SharedArrayBuffer): void {
    this.#next.push(new Segment(memory));
  }

  /** What belongs together: a reader has all of it or nothing. */
  append(records: readonly Uint8Array[]): void {
    const size = records.reduce((sum, { length }) => sum + aligned(length), 0);
    ensure(size < RECORD_MOST, 'DEVICE_MEMORY', 'an object is larger than any');
    while (this.#at + size > this.#segment.bytes.length) this.#turnPage(size);
    // The following one will be there long before this one is full.
    if (this.#at === BEGIN) this.#room.ask(SEGMENT);
    for (const record of records) {
      this.#segment.words[this.#at / 4] = record.length;
      this.#segment.bytes.set(record, this.#at + LENGTH);
      this.#at += aligned(record.length);
    }
    Atomics.store(this.#segment.words, TAIL, this.#at);
  }

  #turnPage(size: number): void {
    const isAsked = this.#at > BEGIN;
    if (this.#next.length === 0 && !isAsked) this.#room.ask(Math.max(SEGMENT, BEGIN + size));
    // Who gives segments waits for no worker.
    for (this.#room.look(); this.#next.length === 0; this.#room.look()) pause();
    Atomics.store(this.#segment.words, CLOSED, 1);
    this.#segment = this.#next.shift()!;
    this.#at = BEGIN;
  }
}

export class NewsReader {
  readonly #look: () => void;
  readonly #next: Segment[] = [];
  #segment: Segment;
  #at = BEGIN;

  /** @param look as in Room. */
  constructor(first: SharedArrayBuffer, look: () => void) {
    this.#segment = new Segment(first);
    this.#look = look;
  }

  give(memory: SharedArrayBuffer): void {
    this.#next.push(new Segment(memory));
  }

  /** What was written since: whole records, a copy of the shared memory for each segment. */
  read(): Uint8Array[] {
    const read: Uint8Array[] = [];
    for (;;) {
      // Before the tail is looked at: of a closed segment it is the last.
      const isClosed = Atomics.load(this.#segment.words, CLOSED) === 1;
      const tail = Atomics.load(this.#segment.words, TAIL);
      if (tail > this.#at) {
        read.push(this.#segment.bytes.slice(this.#at, tail));
        this.#at = tail;
      }
      if (!isClosed) return read;
      // Its writer had the next one later than this thread was sent it.
      if (this.#next.length === 0) this.#look();
      this.#segment = this.#next.shift()!;
      this.#at = BEGIN;
    }
  }
}

/** The records of what was read: views of it. */
export function* recordsOf(read: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(read.buffer, read.byteOffset, read.length);
  for (let at = 0; at < read.length; ) {
    const length = view.getInt32(at, true);
    yield read.subarray(at + LENGTH, at + LENGTH + length);
    at += aligned(length);
  }
}

const nothing = new Int32Array(new SharedArrayBuffer(4));
const pause = (): unknown => Atomics.wait(nothing, 0, 0, 1);
