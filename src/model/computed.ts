// Attributes that follow from others: what the rows' `computed` say.

import { CKA } from '../protocol/constants.ts';
import type { Attributes } from './attribute.ts';
import { ulongBytes } from './attribute.ts';
import { crc64 } from './crc64.ts';

type Computed = (object: Attributes) => Uint8Array | undefined;

export const lengthOf =
  (type: number): Computed =>
  (object) => {
    const value = object.get(type);
    return value && ulongBytes(value.length);
  };

/** Of a big integer: the bits from its first 1 on. */
export const bitsOf =
  (type: number): Computed =>
  (object) => {
    const value = object.get(type);
    if (value === undefined) return undefined;
    const first = value.findIndex((byte) => byte !== 0);
    return ulongBytes(first < 0 ? 0 : (value.length - first) * 8 - (Math.clz32(value[first]!) - 24));
  };

/**
 * CKA_PUBLIC_CRC64_VALUE, over the first of these that the key has. One that the application gave stands: the standard leaves open which of
 * the polynomial's variants is meant, and a key is not refused for that.
 */
export const checksumOf =
  (...types: number[]): Computed =>
  (object) => {
    const value = types.map((type) => object.get(type)).find((found) => found !== undefined);
    return value && !object.has(CKA.PUBLIC_CRC64_VALUE) ? crc64(value) : undefined;
  };
