// Feedback modes (FIPS 81, NIST SP 800-38A §6.3) with segments of sizes that OpenSSL does not have for the cipher: made of its ECB.

import { createCipheriv } from 'node:crypto';
import type { MechanismParameter } from '../protocol/parameters.ts';
import type { Algorithm, Loaded } from './block-cipher.ts';
import type { Cipher } from './cipher.ts';
import type { Key } from './mechanism.ts';
import { bytesParameter } from './parameter.ts';
import { Flowing, type State } from './streaming.ts';

/** CFB takes the ciphertext back into its register, OFB what that was made with. */
type Feedback = 'CFB' | 'OFB';

/** The register moves on by a segment each time its encryption has been used up. */
class Segments implements State {
  readonly #ecb: ReturnType<typeof createCipheriv>;
  readonly #size: number;
  readonly #feedback: Feedback;
  readonly #decrypting: boolean;
  #register: Uint8Array;
  #stream: Uint8Array = new Uint8Array(0);
  /** Bytes of the present segment that are done. */
  #done: number;
  readonly #fed: Uint8Array;

  constructor({ key, name }: Loaded, iv: Uint8Array, size: number, feedback: Feedback, decrypting: boolean) {
    this.#ecb = createCipheriv(`${name}-ecb`, key, null).setAutoPadding(false);
    this.#register = Uint8Array.from(iv);
    this.#size = size;
    this.#feedback = feedback;
    this.#decrypting = decrypting;
    this.#done = size;
    this.#fed = new Uint8Array(size);
  }
  update(part: Uint8Array): Uint8Array {
    const out = new Uint8Array(part.length);
    for (let at = 0; at < part.length; at++) {
      if (this.#done === this.#size) this.#begin();
      const key = this.#stream[this.#done]!;
      out[at] = part[at]! ^ key;
      const ciphertext = this.#decrypting ? part[at]! : out[at]!;
      this.#fed[this.#done++] = this.#feedback === 'CFB' ? ciphertext : key;
      if (this.#done === this.#size) this.#register = Buffer.concat([this.#register.subarray(this.#size), this.#fed]);
    }
    return out;
  }
  final(): Uint8Array {
    return new Uint8Array(0);
  }
  setAutoPadding(): this {
    return this;
  }
  #begin(): void {
    this.#stream = this.#ecb.update(this.#register);
    this.#done = 0;
  }
}

/** @param size bytes of a segment. */
export const segmented = (algorithm: Algorithm, size: number, feedback: Feedback): Cipher => {
  const begin = (decrypting: boolean) => (key: Key, parameter: MechanismParameter) =>
    new Flowing(new Segments(algorithm.load(key), bytesParameter(parameter, algorithm.block), size, feedback, decrypting));
  return { encrypt: begin(false), decrypt: begin(true) };
};
