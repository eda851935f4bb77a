// Digests, in one call or in parts, by OpenSSL's names; and by names of ours where a digest has a length of its own: blake2b-160,
// shake128-256 ...

import { createHash } from 'node:crypto';
import { beginBlake2b, finishBlake2b, hashWhole, loadHash, type NativeHash, updateBlake2b } from './native.ts';

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

/** This thread's, by their names. */
const loaded = new Map<string, NativeHash | null>();

/** A context that is kept, for data in one piece; null where there is none. */
function kept(name: string): NativeHash | null {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const made = sized(name) === undefined ? loadHash(name) : null;
  loaded.set(name, made);
  return made;
}

const result = new Uint8Array(new ArrayBuffer(64));

export function digest(name: string, data: Uint8Array): Uint8Array {
  const hash = kept(name);
  if (hash === null) return inParts(name, data);
  const length = hashWhole(hash, data, result);
  const copy = result.slice(0, length);
  result.fill(0, 0, length);
  return copy;
}

/** @param place as long as the digest. */
export function digestInto(name: string, data: Uint8Array, place: Uint8Array): void {
  const hash = kept(name);
  if (hash === null) place.set(inParts(name, data));
  else hashWhole(hash, data, place);
}

function inParts(name: string, data: Uint8Array): Uint8Array {
  const state = beginHash(name);
  state.update(data);
  return state.digest();
}
