/**
 * Bytes that point into themselves, as they are to lie in the application's buffer. Where that is only the application's side knows: what
 * stands for each pointer is the distance of its target from the first byte.
 */
export class Relocatable {
  readonly bytes: Uint8Array;
  /** Where the pointers stand. */
  readonly pointers: readonly number[];
  constructor(bytes: Uint8Array, pointers: readonly number[]) {
    this.bytes = bytes;
    this.pointers = pointers;
  }
}
