// Attributes as bytes: for each its type and length (32 bits each, little-endian) and its value. Which format a body has is said
// by the body's first byte (vault.ts). The decoder trusts no length, though what it reads was authenticated before.

import type { Attributes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';

const HEADER = 8;
const LIMIT = 2 ** 32;

export type Entry = readonly [type: number, value: Uint8Array];

export function encodedLength(entries: readonly Entry[]): number {
  let length = 0;
  for (const [, value] of entries) length += HEADER + value.length;
  return length;
}

/** Writes them into `bytes`, which have room for them. */
export function encodeInto(bytes: Uint8Array, start: number, entries: readonly Entry[]): void {
  let at = start;
  for (const [type, value] of entries) {
    ensure(type >= 0 && type < LIMIT && value.length < LIMIT, 'GENERAL_ERROR', 'an attribute does not fit its place in the store');
    for (let byte = 0; byte < 4; byte++) {
      bytes[at + byte] = type >>> (8 * byte);
      bytes[at + 4 + byte] = value.length >>> (8 * byte);
    }
    bytes.set(value, at + HEADER);
    at += HEADER + value.length;
  }
}

/** The values are views of `bytes`. Added to `found`, so that the parts of one object cannot state an attribute twice. */
export function decodeAttributes(bytes: Uint8Array, found: Map<number, Uint8Array> = new Map()): Attributes & Map<number, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; ) {
    ensure(bytes.length - at >= HEADER, 'DEVICE_ERROR', 'a stored attribute ends early');
    const type = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    at += HEADER;
    ensure(length <= bytes.length - at, 'DEVICE_ERROR', 'a stored attribute is longer than its object');
    ensure(!found.has(type), 'DEVICE_ERROR', 'a stored object states an attribute twice');
    found.set(type, bytes.subarray(at, at + length));
    at += length;
  }
  return found;
}
