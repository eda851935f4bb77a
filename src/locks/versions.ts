// Tells with one atomic load whether a cached object still holds. Several ids share an entry: what that costs is a cached object
// read anew without need, never one kept that has changed.
//
// The order that makes it right: a reader takes the version before it reads the object and keeps both; a writer bumps after its
// change is durable and before anybody is told that it happened. So a version that still stands was not followed by a change
// that somebody may already know of.

/** A power of two: the entry of an id is its low bits, and neighbours, which are used together, never share. */
const ENTRIES = 65_536;

export const versionMemory = (): SharedArrayBuffer => new SharedArrayBuffer(ENTRIES * Int32Array.BYTES_PER_ELEMENT);

export class Versions {
  readonly #entries: Int32Array<SharedArrayBuffer>;

  constructor(memory: SharedArrayBuffer) {
    this.#entries = new Int32Array(memory);
  }

  /** Says something only beside an earlier answer for the same id: it counts round. */
  versionOf(id: number): number {
    return Atomics.load(this.#entries, id & (ENTRIES - 1));
  }

  bump(id: number): void {
    Atomics.add(this.#entries, id & (ENTRIES - 1), 1);
  }

  /** The token was made anew or the store replaced: nothing that is cached holds. */
  bumpAll(): void {
    for (let entry = 0; entry < ENTRIES; entry++) Atomics.add(this.#entries, entry, 1);
  }
}
