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

export function ulongBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value >= 2 ** 64 ? 2n ** 64n - 1n : BigInt(value), true);
  return bytes;
}

/** @throws CKR_ATTRIBUTE_VALUE_INVALID where the bytes are not a CK_ULONG. */
export function readUlong(value: Uint8Array): number {
  ensure(value.length === 8, 'ATTRIBUTE_VALUE_INVALID', 'a CK_ULONG attribute is not 8 bytes long');
  const view = new DataView(value.buffer, value.byteOffset, 8);
  return view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
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
