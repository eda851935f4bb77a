// HKDF (RFC 5869): keys, and data, from a key.

import { createSecretKey, type KeyObject } from 'node:crypto';
import { hmac } from '../crypto/hmac.ts';
import { readUlong, type Template, ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKF, CKK, CKM, CKO } from '../protocol/constants.ts';
import type { Fields } from '../protocol/parameters.ts';
import { lengthAsked, secretKey } from './derived.ts';
import type { Hash } from './hashes.ts';
import { given, secret } from './key.ts';
import { hashOf } from './masks.ts';
import type { Derivation, KeyAt, Mechanism, NewKey, Row } from './mechanism.ts';
import { structParameter } from './parameter.ts';
import { keyBytes } from './simple-derivation.ts';

type Parameter = Fields<'CK_HKDF_PARAMS'>;

const EMPTY = new Uint8Array(0);

/** The salt, as the key that HMAC extracts with. */
function saltOf({ ulSaltType, pSalt, hSaltKey }: Parameter, hash: Hash, keyAt: KeyAt): KeyObject {
  if (ulSaltType === CKF.HKDF_SALT_KEY) return secret(keyAt(hSaltKey));
  const known = ulSaltType === CKF.HKDF_SALT_NULL || ulSaltType === CKF.HKDF_SALT_DATA;
  ensure(known, 'MECHANISM_PARAM_INVALID', 'HKDF with a salt from nowhere');
  return createSecretKey(ulSaltType === CKF.HKDF_SALT_DATA && pSalt !== null ? pSalt : new Uint8Array(hash.size));
}

function expand({ name, size }: Hash, key: KeyObject, info: Uint8Array, length: number): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let n = 1; blocks.length * size < length; n++) blocks.push(hmac(name, key, blocks.at(-1) ?? EMPTY, info, Uint8Array.of(n)));
  return Buffer.concat(blocks).subarray(0, length);
}

/** @param lengthOf the length asked for, of so many at the most, where there is one of its own. */
function derive({ base, parameter, keyAt }: Derivation, lengthOf: (most: number, own?: number) => number): Uint8Array {
  const read = structParameter(parameter, 'CK_HKDF_PARAMS');
  const { bExtract, bExpand, prfHashMechanism, pInfo } = read;
  const hash = hashOf.get(prfHashMechanism);
  ensure(hash !== undefined, 'MECHANISM_PARAM_INVALID', 'HKDF with a hash that there is not');
  ensure(bExtract !== 0 || bExpand !== 0, 'MECHANISM_PARAM_INVALID', 'HKDF that does neither of its two parts');
  const extracted = bExtract === 0 ? undefined : hmac(hash.name, saltOf(read, hash, keyAt), keyBytes(base));
  if (bExpand === 0) return extracted!.subarray(0, lengthOf(hash.size, hash.size));
  // RFC 5869 §2.3: the counter has one byte.
  return expand(hash, extracted === undefined ? secret(base) : createSecretKey(extracted), pInfo ?? EMPTY, lengthOf(255 * hash.size));
}

/** CKA_VALUE_LEN says how long the data is to be, and is no attribute of a data object. */
function data(derivation: Derivation): NewKey {
  const { template } = derivation;
  const value = derive(derivation, (most, own) => {
    const asked = given(template, CKA.VALUE_LEN);
    const length = asked === undefined ? own : readUlong(asked);
    ensure(length !== undefined, 'TEMPLATE_INCOMPLETE', 'the template lacks CKA_VALUE_LEN');
    ensure(length > 0 && length <= most, 'KEY_SIZE_RANGE', 'HKDF does not give so many bytes');
    return length;
  });
  const implied = new Map([[CKA.CLASS, ulongBytes(CKO.DATA)]]);
  return { template: without(template, CKA.VALUE_LEN), implied, made: new Map([...implied, [CKA.VALUE, value]]) };
}

const without = (template: Template, type: number): Template => template.filter((entry) => entry.type !== type);

const hkdf = (make: (derivation: Derivation) => NewKey): Mechanism => ({
  keyType: [CKK.HKDF, CKK.GENERIC_SECRET],
  keySize: [1, 2 ** 31 - 1],
  operations: { deriveKey: (derivation) => ({ key: make(derivation) }) },
});

export const hkdfMechanisms: readonly Row[] = [
  [
    CKM.HKDF_DERIVE,
    hkdf((derivation) => {
      const { template } = derivation;
      return secretKey(
        template,
        derive(derivation, (most, own) => lengthAsked(template, most, own)),
      );
    }),
  ],
  [CKM.HKDF_DATA, hkdf(data)],
];
