// Numbers as big-endian bytes.

import { stripped } from './der.ts';

/** The same number in so many bytes, which it must fit. */
export function widened(number: Uint8Array, size: number): Uint8Array {
  if (number.length === size) return number;
  const bare = stripped(number);
  const wide = new Uint8Array(size);
  wide.set(bare, size - bare.length);
  return wide;
}
