// AES-CFB with segments of 64 bits (NIST SP 800-38A §6.3), which OpenSSL has for other sizes only: made of its ECB.

import { createCipheriv, type KeyObject } from 'node:crypto';
import { CKM } from '../protocol/constants.ts';
import { aes, aesAlgorithm } from './aes.ts';
import { type Cipher, encryptionAndWrapping } from './cipher.ts';
import type { Key, Row } from './mechanism.ts';
import { bytesParameter } from './parameter.ts';
import { Flowing, type State } from './streaming.ts';

const BLOCK = 16;
const SEGMENT = 8;

/** The register moves on by a segment of ciphertext each time its encryption has been used up. */
class Segments implements State {
  readonly #ecb: ReturnType<typeof createCipheriv>;
  readonly #decrypting: boolean;
  #register: Uint8Array;
  #stream: Uint8Array = new Uint8Array(0);
  /** Bytes of the present segment that are done. */
  #done = SEGMENT;
  readonly #ciphertext = new Uint8Array(SEGMENT);

  constructor(name: string, key: KeyObject, iv: Uint8Array, decrypting: boolean) {
    this.#ecb = createCipheriv(`${name}-ecb`, key, null).setAutoPadding(false);
    this.#register = Uint8Array.from(iv);
    this.#decrypting = decrypting;
  }
  update(part: Uint8Array): Uint8Array {
    const out = new Uint8Array(part.length);
    for (let at = 0; at < part.length; at++) {
      if (this.#done === SEGMENT) this.#begin();
      out[at] = part[at]! ^ this.#stream[this.#done]!;
      this.#ciphertext[this.#done++] = this.#decrypting ? part[at]! : out[at]!;
      if (this.#done === SEGMENT) this.#register = Buffer.concat([this.#register.subarray(SEGMENT), this.#ciphertext]);
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

const begin = (key: Key, iv: Uint8Array, decrypting: boolean): Flowing => {
  const { key: value, name } = aesAlgorithm.load(key);
  return new Flowing(new Segments(name, value, iv, decrypting));
};

const cfb64: Cipher = {
  encrypt: (key, parameter) => begin(key, bytesParameter(parameter, BLOCK), false),
  decrypt: (key, parameter) => begin(key, bytesParameter(parameter, BLOCK), true),
};

export const cfb64Mechanisms: readonly Row[] = [[CKM.AES_CFB64, aes(encryptionAndWrapping(cfb64))]];
