// Encryption that hides, and does not authenticate: of data in one piece with OpenSSL contexts that keep their key, of parts as node:crypto
// has it.

import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';
import { cipherWhole, loadCipher, type NativeCipher } from './native.ts';
import { steady } from './steady.ts';

const vectorAt = steady();
const NO_VECTOR = new Uint8Array(0);

export class KeptCipher {
  readonly name: string;
  readonly key: KeyObject;
  readonly #native: NativeCipher;

  /** @param name OpenSSL's. */
  constructor(name: string, key: KeyObject) {
    this.name = name;
    this.key = key;
    const bytes = key.export();
    this.#native = loadCipher(name, bytes);
    bytes.fill(0);
  }

  /** The bytes that came out, into `place`; undefined where the data does not end as it has to. */
  run(decrypting: boolean, padding: boolean, vector: Uint8Array | null, data: Uint8Array, place: Uint8Array): number | undefined {
    return cipherWhole(this.#native, decrypting, padding, vectorAt(vector ?? NO_VECTOR), data, place);
  }
}

/** One operation with it. */
export class KeptState {
  readonly #cipher: KeptCipher;
  readonly #decrypting: boolean;
  readonly #vector: Uint8Array | null;
  #padding = true;
  #parts: ReturnType<typeof createCipheriv> | undefined;

  constructor(cipher: KeptCipher, decrypting: boolean, vector: Uint8Array | null) {
    this.#cipher = cipher;
    this.#decrypting = decrypting;
    this.#vector = vector;
  }
  setAutoPadding(on: boolean): this {
    this.#padding = on;
    return this;
  }
  update(part: Uint8Array): Uint8Array {
    return this.#begun().update(part);
  }
  final(): Uint8Array {
    return this.#begun().final();
  }
  /** As update and final: see KeptCipher. */
  whole(data: Uint8Array, place: Uint8Array): number | undefined {
    return this.#cipher.run(this.#decrypting, this.#padding, this.#vector, data, place);
  }
  #begun(): ReturnType<typeof createCipheriv> {
    const create = this.#decrypting ? createDecipheriv : createCipheriv;
    this.#parts ??= create(this.#cipher.name, this.#cipher.key, this.#vector).setAutoPadding(this.#padding);
    return this.#parts;
  }
}
