// Input that is kept until all of it is there: algorithms that read it twice, and ciphertext whose tag comes last.

import { ensure } from '../model/error.ts';

/** The most bytes that one operation may have kept: the engine's memory belongs to every application. */
const HELD_MAX = 64 * 1024 * 1024;

export class Held {
  #parts: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Copies: the caller's bytes may be a view of something that changes. (A Buffer's own slice() would be one more view.) */
  update(part: Uint8Array): void {
    ensure(this.#length + part.length <= HELD_MAX, 'TOKEN_RESOURCE_EXCEEDED', 'an operation has more parts than are kept');
    this.#parts.push(Buffer.from(part));
    this.#length += part.length;
  }

  /** Everything, in one piece. */
  final(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}
