// What a new object still lacks: values are checked, and the attributes that follow from them contributed. One row a kind of key.

import { hash } from 'node:crypto';
import type { Attributes } from '../model/attribute.ts';
import { EMPTY, ulongOf } from '../model/attribute.ts';
import { CKA, CKC, CKK, CKO } from '../protocol/constants.ts';
import { contribute, type Draft } from './contribute.ts';
import { completeEcPrivate, completeEcPublic } from './ec-key.ts';
import { completeEdwardsPrivate, completeEdwardsPublic } from './edwards-key.ts';
import { completeFieldPrivate, completeFieldPublic, dhType, dsaType, x942Type } from './field-key.ts';
import { completeHssPrivate, completeHssPublic, completeXmssPublic, xmss, xmssMt } from './hash-based-key.ts';
import { allHashes, md5 } from './hashes.ts';
import { completeMontgomeryPrivate, completeMontgomeryPublic } from './montgomery-key.ts';
import { completePrivate, completePublic, mlDsa, mlKem, slhDsa } from './post-quantum-key.ts';
import { completeRsaPrivate, completeRsaPublic } from './rsa-key.ts';
import { completion, ofAnyLength, secretTypes } from './secret-type.ts';

type Completion = (draft: Draft) => void;

/** §4.6.2: the first three bytes of the value's SHA-1. An empty one asks for none. */
function completeX509(draft: Draft): void {
  const value = draft.get(CKA.VALUE) ?? EMPTY;
  if (value.length === 0 || draft.get(CKA.CHECK_VALUE)?.length === 0) return;
  contribute(draft, CKA.CHECK_VALUE, Uint8Array.from(hash('sha1', value, 'buffer').subarray(0, 3)));
}

const postQuantum = [mlKem, mlDsa, slhDsa];
const fields = [dsaType, dhType, x942Type];

/** By class, and by the type of key or certificate. */
const rows: ReadonlyMap<number, ReadonlyMap<number, Completion>> = new Map([
  [CKO.CERTIFICATE, new Map<number, Completion>([[CKC.X_509, completeX509]])],
  [
    CKO.PUBLIC_KEY,
    new Map<number, Completion>([
      [CKK.RSA, completeRsaPublic],
      [CKK.EC, completeEcPublic],
      [CKK.EC_EDWARDS, completeEdwardsPublic],
      [CKK.EC_MONTGOMERY, completeMontgomeryPublic],
      ...postQuantum.map((of) => [of.keyType, completePublic(of)] as const),
      [CKK.HSS, completeHssPublic],
      ...[xmss, xmssMt].map((of) => [of.keyType, completeXmssPublic(of)] as const),
      ...fields.map((of) => [of.keyType, completeFieldPublic(of)] as const),
    ]),
  ],
  [
    CKO.PRIVATE_KEY,
    new Map<number, Completion>([
      [CKK.RSA, completeRsaPrivate],
      [CKK.EC, completeEcPrivate],
      [CKK.EC_EDWARDS, completeEdwardsPrivate],
      [CKK.EC_MONTGOMERY, completeMontgomeryPrivate],
      ...postQuantum.map((of) => [of.keyType, completePrivate(of)] as const),
      [CKK.HSS, completeHssPrivate],
      ...fields.map((of) => [of.keyType, completeFieldPrivate(of)] as const),
    ]),
  ],
  [
    CKO.SECRET_KEY,
    new Map<number, Completion>(
      [...Object.values(secretTypes), ...[...allHashes, md5].map(({ hmacKey }) => ofAnyLength(hmacKey))].map((type) => [
        type.keyType,
        completion(type),
      ]),
    ),
  ],
  [CKO.OTP_KEY, new Map([[CKK.HOTP, completion(ofAnyLength(CKK.HOTP))]])],
]);

/**
 * Completes the attributes of an object that an application creates. Objects that have no row stay as they are.
 * @throws CKR_TEMPLATE_INCOMPLETE, CKR_ATTRIBUTE_VALUE_INVALID, CKR_CURVE_NOT_SUPPORTED, CKR_DOMAIN_PARAMS_INVALID
 */
export function completeObject(attributes: Draft): void {
  const is = (type: number) => ulongOf(attributes as Attributes, type);
  rows.get(is(CKA.CLASS) ?? -1)?.get(is(CKA.KEY_TYPE) ?? is(CKA.CERTIFICATE_TYPE) ?? -1)?.(attributes);
}
