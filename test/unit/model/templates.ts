// Templates and objects written short: names and plain values instead of numbers and bytes.

import { expect } from 'vitest';
import type { Attributes, Template, TemplateEntry } from '../../../src/model/attribute.ts';
import { boolBytes, ulongBytes } from '../../../src/model/attribute.ts';
import type { CkrName } from '../../../src/model/error.ts';
import { Pkcs11Error } from '../../../src/model/error.ts';
import { createObject } from '../../../src/model/template.ts';
import { CKA, CKC, CKK, CKO, CKR } from '../../../src/protocol/constants.ts';

type Value = boolean | number | string | Uint8Array | null | Template;
export type Entries = { readonly [K in keyof typeof CKA]?: Value | undefined };

const isTemplate = (value: Value): value is Template => Array.isArray(value);

export function bytesOf(value: Exclude<Value, Template | null>): Uint8Array {
  if (typeof value === 'boolean') return boolBytes(value);
  if (typeof value === 'number') return ulongBytes(value);
  return typeof value === 'string' ? Uint8Array.from(Buffer.from(value)) : value;
}

/** An entry given as undefined is left out. */
export const template = (entries: Entries): TemplateEntry[] =>
  Object.entries(entries).flatMap(([name, value]): TemplateEntry[] => {
    const type = CKA[name as keyof typeof CKA];
    if (value === undefined) return [];
    if (value === null) return [{ type, value }];
    return [isTemplate(value) ? { type, value: null, nested: value } : { type, value: bytesOf(value) }];
  });

export const attributes = (entries: Entries): Map<number, Uint8Array> =>
  new Map(template(entries).map(({ type, value }) => [type, value!] as const));

export const create = (entries: Entries, bySo = false): Attributes => createObject(template(entries), { bySo });
/** Of a CKA_UNIQUE_ID. */
export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const valueIn = (object: Attributes, name: keyof typeof CKA): Uint8Array | undefined => object.get(CKA[name]);

/** The result, or undefined where the application was told off; anything else thrown fails the test. */
export function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof Pkcs11Error) return undefined;
    throw error;
  }
}

export function expectError(name: CkrName, act: () => unknown): void {
  let thrown: unknown;
  try {
    act();
  } catch (error) {
    thrown = error;
  }
  expect(thrown, `nothing thrown where CKR_${name} is due`).toBeInstanceOf(Pkcs11Error);
  const { rv, message } = thrown as Pkcs11Error;
  expect(
    Object.keys(CKR).find((key) => CKR[key as CkrName] === rv),
    message,
  ).toBe(name);
}

export const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);
const oid = Uint8Array.from(Buffer.from('06082a8648ce3d030107', 'hex'));

/** Just enough of each kind for C_CreateObject. */
export const data: Entries = { CLASS: CKO.DATA };
export const certificate: Entries = { CLASS: CKO.CERTIFICATE, CERTIFICATE_TYPE: CKC.X_509, SUBJECT: 'subject', VALUE: 'certificate' };
export const aes: Entries = { CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.AES, VALUE: filled(16, 7) };
export const generic: Entries = { CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.GENERIC_SECRET, VALUE: 'secret' };
export const rsaPublic: Entries = {
  CLASS: CKO.PUBLIC_KEY,
  KEY_TYPE: CKK.RSA,
  MODULUS: filled(256, 0xc1),
  PUBLIC_EXPONENT: Uint8Array.of(1, 0, 1),
};
export const rsaPrivate: Entries = { ...rsaPublic, CLASS: CKO.PRIVATE_KEY, PRIVATE_EXPONENT: filled(256, 0x11) };
export const ecPublic: Entries = {
  CLASS: CKO.PUBLIC_KEY,
  KEY_TYPE: CKK.EC,
  EC_PARAMS: oid,
  EC_POINT: Uint8Array.of(4, 65, 4, ...filled(64, 9)),
};
export const ecPrivate: Entries = { CLASS: CKO.PRIVATE_KEY, KEY_TYPE: CKK.EC, EC_PARAMS: oid, VALUE: filled(32, 5) };
export const edwardsPublic: Entries = { ...ecPublic, KEY_TYPE: CKK.EC_EDWARDS, EC_POINT: filled(32, 9) };
export const edwardsPrivate: Entries = { ...ecPrivate, KEY_TYPE: CKK.EC_EDWARDS };
export const montgomeryPublic: Entries = { ...edwardsPublic, KEY_TYPE: CKK.EC_MONTGOMERY };
export const montgomeryPrivate: Entries = { ...ecPrivate, KEY_TYPE: CKK.EC_MONTGOMERY };
