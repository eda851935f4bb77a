// Views of a buffer that is used again and again. To make one costs as much as to compute a short digest; calls of one form have their bytes
// at the same places, so the view that was last made of a place is kept.

/** Places that views are kept of, 8 bytes apart: the first of a frame. */
const PLACES = 64;

export class Views {
  readonly #bytes: Uint8Array;
  readonly #kept: Uint8Array[];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#kept = new Array(PLACES).fill(bytes.subarray(0, 0));
  }

  /** @param offset a multiple of 8. */
  at(offset: number, length: number): Uint8Array {
    if (offset >= PLACES * 8) return this.#bytes.subarray(offset, offset + length);
    const kept = this.#kept[offset / 8]!;
    if (kept.length === length) return kept;
    const view = this.#bytes.subarray(offset, offset + length);
    this.#kept[offset / 8] = view;
    return view;
  }
}
