// Digests, in one call or in parts, by OpenSSL's names; and by names of ours where a digest has a length of its own: blake2b-160,
// shake128-256 ...

import { createHash, hash } from 'node:crypto';
import { beginBlake2b, finishBlake2b, updateBlake2b } from './native.ts';

export interface HashState {
  update(part: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** Such a name's function, and the bytes of its digest. */
function sized(name: string): { readonly base: string; readonly size: number } | undefined {
  const [, base, bits] = /^(blake2b|shake128|shake256)-(\d+)$/.exec(name) ?? [];
  return base === undefined ? undefined : { base, size: Number(bits) / 8 };
}

export function beginHash(name: string): HashState {
  const { base, size = 0 } = sized(name) ?? {};
  if (base === undefined) return createHash(name);
  if (base !== 'blake2b') return createHash(base, { outputLength: size });
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
  if (sized(name) === undefined) return Buffer.from(hash(name, data, 'hex'), 'hex');
  const state = beginHash(name);
  state.update(data);
  return state.digest();
}
