// What a valid value is: by its type, and what single rows ask beyond that. Values come from applications and are hostile.

import { readUlong } from './attribute.ts';
import type { Rule, ValueType } from './rules.ts';

// CK_DATE is eight digits, year 1900 to 9999, or nothing.
const DATE = /^(19|[2-9]\d)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/;

const wellFormed: Readonly<Record<ValueType, (value: Uint8Array) => boolean>> = {
  bool: (value) => value.length === 1 && value[0]! <= 1,
  ulong: (value) => value.length === 8,
  // Not held to UTF-8: older applications have labels in other encodings.
  text: () => true,
  bytes: () => true,
  date: (value) => value.length === 0 || (value.length === 8 && DATE.test(String.fromCharCode(...value))),
  bigInteger: (value) => value.length > 0,
  ulongs: (value) => value.length % 8 === 0,
  // Packed by nested.ts and judged there; bytes of an application never get this far.
  template: () => true,
};

export const isWellFormed = (type: ValueType, value: Uint8Array): boolean => wellFormed[type](value);

export const hasLength = ({ lengths }: Rule, value: Uint8Array): boolean => lengths?.includes(value.length) ?? true;

export const isValid = (rule: Rule, value: Uint8Array): boolean =>
  wellFormed[rule.type](value) && hasLength(rule, value) && (rule.valid?.(value) ?? true);

export const nonEmpty = (value: Uint8Array): boolean => value.length > 0;

export const oneOf =
  (...values: number[]) =>
  (value: Uint8Array): boolean =>
    values.includes(readUlong(value));

export const between =
  (least: number, most: number) =>
  (value: Uint8Array): boolean => {
    const number = readUlong(value);
    return number >= least && number <= most;
  };

export const positive = between(1, Number.POSITIVE_INFINITY);

/** DES keys: each byte's lowest bit makes the number of its ones odd (FIPS 46-3). */
export const hasOddParity = (value: Uint8Array): boolean => value.every((byte) => (0x6996 >> ((byte >> 4) ^ (byte & 15))) & 1);
