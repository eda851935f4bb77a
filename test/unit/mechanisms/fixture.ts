// Keys and operations as the token layer would make them, without the token layer.

import { generateKeyPairSync } from 'node:crypto';
import { completeObject } from '../../../src/mechanisms/complete.ts';
import type { Ciphering, Derived, Digesting, Key, Made, MadePair, Operations, Slow } from '../../../src/mechanisms/mechanism.ts';
import { registry } from '../../../src/mechanisms/registry.ts';
import { type SlowWork, slowWork } from '../../../src/mechanisms/slow.ts';
import { type Template, ulongBytes } from '../../../src/model/attribute.ts';
import { CKA, CKK, CKM, CKO } from '../../../src/protocol/constants.ts';
import type { MechanismParameter, ParameterStruct } from '../../../src/protocol/parameters.ts';

export type CkmName = keyof typeof CKM;

export const mechanisms = registry({ legacy: true });

export const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** 00, 01, 02 and so on. */
export const sequential = (length: number): string => Buffer.from(Array.from({ length }, (_, i) => i)).toString('hex');

export const slow: Slow = {
  async generateRsa(modulusLength, exponent) {
    const publicExponent = Number(`0x${text(exponent)}`);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent });
    return privateKey.export({ format: 'der', type: 'pkcs8' });
  },
  use: async () => {
    throw new Error('no mechanism uses its own key elsewhere');
  },
  compute: (name, ...args) => (slowWork[name] as (...all: typeof args) => ReturnType<SlowWork[typeof name]>)(...args),
};

/** A mechanism's operation, which must be there. */
export function operation<O extends keyof Operations>(name: CkmName, which: O): NonNullable<Operations[O]> {
  const found = mechanisms.get(CKM[name])?.operations[which];
  if (found === undefined) throw new Error(`CKM_${name} does not ${which}`);
  return found;
}

export type Attributes = Partial<Record<keyof typeof CKA, Uint8Array>>;

export const attributesOf = (values: Attributes): Map<number, Uint8Array> =>
  new Map(Object.entries(values).map(([name, value]) => [CKA[name as keyof typeof CKA], value]));

export const templateOf = (values: Attributes): Template => [...attributesOf(values)].map(([type, value]) => ({ type, value }));

export const keyOf = (attributes: ReadonlyMap<number, Uint8Array>): Key => ({ attributes, memo: new Map() });

/** A key as C_CreateObject makes it. */
export function created(keyClass: keyof typeof CKO, keyType: keyof typeof CKK, values: Attributes): Key {
  const attributes = attributesOf({ CLASS: ulongBytes(CKO[keyClass]), KEY_TYPE: ulongBytes(CKK[keyType]), ...values });
  completeObject(attributes);
  return keyOf(attributes);
}

export interface Pair {
  readonly publicKey: Key;
  readonly privateKey: Key;
}

export const pairOf = (made: MadePair): Pair => ({ publicKey: keyOf(made.publicKey), privateKey: keyOf(made.privateKey) });

export const generated = async (name: CkmName, publicTemplate: Attributes): Promise<Pair> =>
  pairOf(await operation(name, 'generateKeyPair')(templateOf(publicTemplate), [], null, slow));

/** A secret key that is made at once. */
export function made(name: CkmName, template: Template, parameter: MechanismParameter = null): Made {
  const result = operation(name, 'generateKey')(template, parameter, slow);
  if (result instanceof Promise) throw new Error(`CKM_${name} takes its time`);
  return result;
}

/** Made in place where the mechanism can do that: the same one as otherwise, unless each is another one. */
export function sign(name: CkmName, key: Key, data: Uint8Array, parameter: MechanismParameter = null): Uint8Array {
  const begun = () => operation(name, 'sign')(key, parameter);
  const signing = begun();
  if (signing.put === undefined) return signing.sign(data);
  const placed = text(inPlace(signing.size, (place) => signing.put!(data, place)));
  if (mechanisms.get(CKM[name])?.isSlow?.(key.attributes)) return hex(placed);
  const otherwise = text(begun().sign(data));
  if (placed !== otherwise && text(begun().sign(data)) === otherwise) throw new Error('a signature made in place is another one');
  return hex(placed);
}

/** Made as a reply has it: in the middle of memory that holds other things before and behind. */
export function inPlace(size: number, put: (place: Uint8Array) => void): Uint8Array {
  const memory = new Uint8Array(new ArrayBuffer(size + 16)).fill(0xa5);
  put(memory.subarray(8, 8 + size));
  const around = [...memory.subarray(0, 8), ...memory.subarray(8 + size)];
  if (around.some((byte) => byte !== 0xa5)) throw new Error('written beside its place');
  return memory.slice(8, 8 + size);
}

export const digested = (digesting: Digesting, data: Uint8Array): Uint8Array =>
  inPlace(digesting.size, (place) => digesting.put(data, place));

export function signParts(name: CkmName, key: Key, parts: readonly Uint8Array[], parameter: MechanismParameter = null): Uint8Array {
  const signing = operation(name, 'sign')(key, parameter);
  for (const part of parts) signing.update!(part);
  return signing.final!();
}

/** As C_Verify: a signature of a wrong length is wrong. */
export function verify(name: CkmName, key: Key, data: Uint8Array, signature: Uint8Array, parameter: MechanismParameter = null): boolean {
  const verifying = operation(name, 'verify')(key, parameter);
  return signature.length === verifying.size && verifying.verify(data, signature);
}

export function verifyParts(
  name: CkmName,
  key: Key,
  parts: readonly Uint8Array[],
  signature: Uint8Array,
  parameter: MechanismParameter = null,
): boolean {
  const verifying = operation(name, 'verify')(key, parameter);
  for (const part of parts) verifying.update!(part);
  return signature.length === verifying.size && verifying.final!(signature);
}

/** Runs a cipher over parts, and fails where more came out than was bound to. */
export function inParts(ciphering: Ciphering, parts: readonly Uint8Array[]): Uint8Array {
  const bounded = (bound: number, result: Uint8Array): Uint8Array => {
    if (result.length > bound) throw new Error(`${result.length} bytes where at most ${bound} were announced`);
    return result;
  };
  const results = parts.map((part) => bounded(ciphering.bound(part.length), ciphering.update!(part)));
  return Buffer.concat([...results, bounded(ciphering.bound(0), ciphering.final!())]);
}

/** Cuts data into parts of these sizes, and the rest. */
export function cut(data: Uint8Array, ...sizes: readonly number[]): Uint8Array[] {
  const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size));
  return [0, ...ends].map((start, i) => data.subarray(start, ends[i]));
}

export const ulongs = (...values: readonly number[]): Uint8Array => Buffer.concat(values.map(ulongBytes));

export const struct = (name: ParameterStruct['struct'], fields: ParameterStruct['fields']): ParameterStruct => ({ struct: name, fields });

/** C_DeriveKey, as far as mechanisms go. `keys`: those that the parameter names, by their handles. */
export function derived(
  name: CkmName,
  base: Key,
  template: Attributes,
  parameter: MechanismParameter = null,
  keys: Readonly<Record<number, Key>> = {},
): Derived {
  const keyAt = (handle: number): Key => {
    const key = keys[handle];
    if (key === undefined) throw new Error('CKR_KEY_HANDLE_INVALID: no such key');
    return key;
  };
  return operation(name, 'deriveKey')({ base, parameter, template: templateOf(template), keyAt });
}

/** The value of the key that is derived. */
export const derivedValue = (...args: Parameters<typeof derived>): string => text(derived(...args).key!.made.get(CKA.VALUE)!);

export const generic = (value: string): Key => created('SECRET_KEY', 'GENERIC_SECRET', { VALUE: hex(value) });
