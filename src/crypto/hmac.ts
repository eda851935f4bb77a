// HMAC with any hash of digest.ts (RFC 2104).

import { createHmac, type KeyObject } from 'node:crypto';
import { beginHash, digest, type HashState } from './digest.ts';

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
