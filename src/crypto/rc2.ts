// RC2 (RFC 2268) as node:crypto has its ciphers: with a key of any length, of which so many bits are effective.

import { legacyCipher } from './legacy.ts';
import { beginRc2, finishRc2, type Rc2 as Handle, padRc2, updateRc2 } from './native.ts';

const BLOCK = 8;

export class Rc2 {
  readonly #handle: Handle;

  /** @param iv empty for ECB. */
  constructor(mode: 'ECB' | 'CBC', key: Uint8Array, effectiveBits: number, iv: Uint8Array, decrypting = false) {
    legacyCipher('rc2');
    this.#handle = beginRc2(mode, key, effectiveBits, iv, decrypting);
  }
  setAutoPadding(on: boolean): this {
    padRc2(this.#handle, on);
    return this;
  }
  update(part: Uint8Array): Uint8Array {
    const out = new Uint8Array(part.length + BLOCK);
    return out.subarray(0, updateRc2(this.#handle, part, out));
  }
  final(): Uint8Array {
    const out = new Uint8Array(BLOCK);
    const length = finishRc2(this.#handle, out);
    if (length === undefined) throw Object.assign(new Error('bad decrypt'), { code: 'ERR_OSSL_BAD_DECRYPT' });
    return out.subarray(0, length);
  }
}
