// An attribute's value is what the wire carries: its bytes. Here are the readings of them.

import { ensure } from './error.ts';

/** The attributes of one object: type to value bytes (CK_BBOOL one byte, CK_ULONG eight, native order). */
export type Attributes = ReadonlyMap<number, Uint8Array>;

/** One entry of a template as the application gave it; null: pValue was NULL. */
export interface TemplateEntry {
  readonly type: number;
  readonly value: Uint8Array | null;
  /** ulValueLen, where pValue was NULL and it was not 0: no value at all. */
  readonly nullLength?: number;
  /** The value of an array attribute (CKA_WRAP_TEMPLATE ...), whose `value` is null. */
  readonly nested?: Template;
}
export type Template = readonly TemplateEntry[];

export const TRUE: Uint8Array = Uint8Array.of(1);
export const FALSE: Uint8Array = Uint8Array.of(0);
export const EMPTY: Uint8Array = new Uint8Array(0);

export const boolBytes = (value: boolean): Uint8Array => (value ? TRUE : FALSE);

// Byte by byte: a DataView would make V8 move the few bytes into memory of their own, which it then has to be rid of.

export function ulongBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  if (value >= 2 ** 64) return bytes.fill(0xff);
  const [low, high] = [value % 2 ** 32, Math.floor(value / 2 ** 32)];
  for (let at = 0; at < 4; at++) {
    bytes[at] = low >>> (8 * at);
    bytes[at + 4] = high >>> (8 * at);
  }
  return bytes;
}

/** @throws CKR_ATTRIBUTE_VALUE_INVALID where the bytes are not a CK_ULONG. */
export function readUlong(value: Uint8Array): number {
  ensure(value.length === 8, 'ATTRIBUTE_VALUE_INVALID', 'a CK_ULONG attribute is not 8 bytes long');
  const half = (at: number) => value[at]! + value[at + 1]! * 2 ** 8 + value[at + 2]! * 2 ** 16 + value[at + 3]! * 2 ** 24;
  return half(0) + half(4) * 2 ** 32;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

export const isTrue = (attributes: Attributes, type: number): boolean => attributes.get(type)?.[0] === 1;

/** A CK_ULONG attribute that the object has by its class's rules, or undefined. */
export function ulongOf(attributes: Attributes, type: number): number | undefined {
  const value = attributes.get(type);
  return value === undefined ? undefined : readUlong(value);
}
