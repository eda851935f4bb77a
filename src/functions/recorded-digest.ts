// A digest that can be begun anew elsewhere: OpenSSL's states do not leave their thread, so what was digested is kept while it is short.

import type { Digesting } from '../mechanisms/mechanism.ts';

/** Bytes kept of one digest at the most: a TLS handshake, many times. */
const MOST = 65_536;

interface Recorded {
  readonly length: number;
  data(): Uint8Array;
}

export class RecordedDigest implements Digesting {
  readonly mechanism: number;
  readonly #digest: Digesting;
  #parts: Uint8Array[] | undefined = [];
  #length = 0;

  constructor(mechanism: number, digest: Digesting) {
    this.mechanism = mechanism;
    this.#digest = digest;
  }
  get size(): number {
    return this.#digest.size;
  }
  put(data: Uint8Array, place: Uint8Array): void {
    this.#digest.put(data, place);
  }
  update(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > MOST) this.#forget();
    this.#parts?.push(part.slice());
    this.#digest.update(part);
  }
  /** A key's value is digested, and kept nowhere. */
  updateSecret(part: Uint8Array): void {
    this.#forget();
    this.#digest.update(part);
  }
  final(): Uint8Array {
    return this.#digest.final();
  }
  /** What was digested so far; undefined where it was not kept. */
  get recorded(): Recorded | undefined {
    const parts = this.#parts;
    return parts && { length: this.#length, data: () => Buffer.concat(parts) };
  }
  #forget(): void {
    this.#parts = undefined;
  }
}
