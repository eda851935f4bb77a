// Digests, in one call or in parts, by OpenSSL's names; and BLAKE2b of other lengths than 64 bytes, by names of ours: blake2b-160 ...

import { createHash, hash } from 'node:crypto';
import { beginBlake2b, finishBlake2b, updateBlake2b } from './native.ts';

export interface HashState {
  update(part: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** Bytes of a BLAKE2b digest, where the name is one of ours. */
function blake2bSize(name: string): number | undefined {
  const bits = /^blake2b-(\d+)$/.exec(name)?.[1];
  return bits === undefined ? undefined : Number(bits) / 8;
}

export function beginHash(name: string): HashState {
  const size = blake2bSize(name);
  if (size === undefined) return createHash(name);
  const state = beginBlake2b(size);
  return {
    update: (part) => updateBlake2b(state, part),
    digest() {
      const out = new Uint8Array(size);
      finishBlake2b(state, out);
      return out;
    },
  };
}

/** By way of text: the Buffer that Node makes for each digest costs more than hashing a short message does. */
export function digest(name: string, data: Uint8Array): Uint8Array {
  if (blake2bSize(name) === undefined) return Buffer.from(hash(name, data, 'hex'), 'hex');
  const state = beginHash(name);
  state.update(data);
  return state.digest();
}
