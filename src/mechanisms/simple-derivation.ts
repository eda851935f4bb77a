// Keys made of another key's bytes (Miscellaneous simple key derivation mechanisms): joined, crossed and cut.

import { ulongOf } from '../model/attribute.ts';
import { secretKeys } from '../model/classes/secret-key.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKM, CKO } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { derivedFrom, lengthAsked, secretKey } from './derived.ts';
import { attribute } from './key.ts';
import type { Derivation, Derived, Key, Mechanism, Row } from './mechanism.ts';
import { bytesParameter, structParameter, ulongAt } from './parameter.ts';

/** Any secret key may be a base. */
export const anySecret: readonly number[] = [...secretKeys.keys()];

export const keyBytes = ({ attributes }: Key): Uint8Array => attribute(attributes, CKA.VALUE);

const derivation = (deriveKey: (derivation: Derivation) => Derived): Mechanism => ({
  keyType: anySecret,
  keySize: [0, 0],
  operations: { deriveKey },
});

/** Who knows the data and the new key knows the base: it is as protected as that. */
const withData = (join: (base: Uint8Array, data: Uint8Array) => Uint8Array): Mechanism =>
  derivation(({ base, parameter, template }) => ({
    key: derivedFrom(template, join(keyBytes(base), dataOf(parameter))),
    heritage: { inherits: 'protection' },
  }));

function dataOf(parameter: MechanismParameter): Uint8Array {
  return structParameter(parameter, 'CK_KEY_DERIVATION_STRING_DATA').pData ?? new Uint8Array(0);
}

const joinKeys: Mechanism = derivation(({ base, parameter, template, keyAt }) => {
  const second = keyAt(ulongAt(bytesParameter(parameter, 8), 0));
  ensure(ulongOf(second.attributes, CKA.CLASS) === CKO.SECRET_KEY, 'KEY_TYPE_INCONSISTENT', 'the other key is no secret key');
  return {
    key: derivedFrom(template, Buffer.concat([keyBytes(base), keyBytes(second)])),
    heritage: { inherits: 'protection', second: second.attributes },
  };
});

/** From any bit on, and round the end to the beginning. "If no length or key type is provided in the template, then an error." */
const extract: Mechanism = derivation(({ base, parameter, template }) => {
  const value = keyBytes(base);
  const first = ulongAt(bytesParameter(parameter, 8), 0);
  ensure(first < 8 * value.length, 'MECHANISM_PARAM_INVALID', 'the base key has no such bit');
  const length = lengthAsked(template, value.length);
  const [skip, shift] = [Math.floor(first / 8), first % 8];
  const at = (i: number): number => value[(skip + i) % value.length]!;
  const bytes = Uint8Array.from({ length }, (_, i) => (at(i) << shift) | (at(i + 1) >> (8 - shift)));
  return { key: secretKey(template, bytes), heritage: { inherits: 'protection' } };
});

const crossed = (a: Uint8Array, b: Uint8Array): Uint8Array => a.subarray(0, b.length).map((byte, i) => byte ^ b[i]!);

export const simpleDerivations: readonly Row[] = [
  [CKM.CONCATENATE_BASE_AND_KEY, joinKeys],
  [CKM.CONCATENATE_BASE_AND_DATA, withData((base, data) => Buffer.concat([base, data]))],
  [CKM.CONCATENATE_DATA_AND_BASE, withData((base, data) => Buffer.concat([data, base]))],
  [CKM.XOR_BASE_AND_DATA, withData(crossed)],
  [CKM.EXTRACT_KEY_FROM_KEY, extract],
];
