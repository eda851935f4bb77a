// Authenticated encryption of data in one piece, with OpenSSL contexts that keep their key: what node:crypto makes for each operation costs
// several times the encryption of a kilobyte.

import type { KeyObject } from 'node:crypto';
import { forgetAead, loadAead, type NativeAead, openWhole, sealWhole } from './native.ts';
import { steady } from './steady.ts';

const [nonceAt, associatedAt] = [steady(), steady()];

export class Aead {
  readonly #native: NativeAead;

  /** @param cipher OpenSSL's name, of GCM or ChaCha20-Poly1305. @param key where it is bytes, they are zeroed. */
  constructor(cipher: string, key: KeyObject | Uint8Array) {
    const bytes = key instanceof Uint8Array ? key : key.export();
    this.#native = loadAead(cipher, bytes);
    bytes.fill(0);
  }

  /** @param place as long as the data and the tag that is wanted. */
  seal(nonce: Uint8Array, associated: Uint8Array, data: Uint8Array, place: Uint8Array): void {
    sealWhole(this.#native, nonceAt(nonce), associatedAt(associated), data, place);
  }

  /** False where the tag is wrong: nothing is in `place` then. */
  open(nonce: Uint8Array, associated: Uint8Array, data: Uint8Array, tag: Uint8Array, place: Uint8Array): boolean {
    return openWhole(this.#native, nonceAt(nonce), associatedAt(associated), data, tag, place);
  }

  forget(): void {
    forgetAead(this.#native);
  }
}
