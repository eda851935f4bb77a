// HMAC with any hash of digest.ts (RFC 2104).

import { createHmac, type KeyObject } from 'node:crypto';
import { beginHash, digest, type HashState } from './digest.ts';
import { forgetHmac, hmacWhole, loadHmac, type NativeHmac } from './native.ts';

/** Bytes of BLAKE2b's block. */
const BLOCK = 128;

export function beginHmac(name: string, key: KeyObject): HashState {
  return isWhole(name) ? createHmac(name, key) : beginNested(name, key.export());
}

export function hmac(name: string, key: KeyObject, ...parts: readonly Uint8Array[]): Uint8Array {
  const state = beginHmac(name, key);
  for (const part of parts) state.update(part);
  return state.digest();
}

/** For data in one piece: a context that keeps its key. */
export class Hmac {
  readonly #native: NativeHmac;
  readonly #size: number;

  /** @param key where it is bytes, they are zeroed. @param size bytes of a digest. */
  constructor(name: string, key: KeyObject | Uint8Array, size: number) {
    const bytes = key instanceof Uint8Array ? key : key.export();
    this.#native = loadHmac(name, bytes);
    bytes.fill(0);
    this.#size = size;
  }

  /** @param place what is longer is cut. */
  put(data: Uint8Array, place: Uint8Array): void {
    if (place.length === this.#size) hmacWhole(this.#native, data, place);
    else place.set(this.code(data).subarray(0, place.length));
  }

  forget(): void {
    forgetHmac(this.#native);
  }

  /** Good until the next one. */
  code(data: Uint8Array): Uint8Array {
    hmacWhole(this.#native, data, code);
    return code.subarray(0, this.#size);
  }
}

const code = new Uint8Array(new ArrayBuffer(64));

/** Whether OpenSSL has the HMAC. */
export const isWhole = (name: string): boolean => !name.startsWith('blake2b-');

function beginNested(name: string, key: Uint8Array): HashState {
  const block = new Uint8Array(BLOCK);
  block.set(key.length > BLOCK ? digest(name, key) : key);
  const [inner, outer] = [beginHash(name), beginHash(name)];
  inner.update(block.map((byte) => byte ^ 0x36));
  outer.update(block.map((byte) => byte ^ 0x5c));
  block.fill(0);
  return {
    update: (part) => inner.update(part),
    digest() {
      outer.update(inner.digest());
      return outer.digest();
    },
  };
}
