// Secret keys: AES, and those without an algorithm, HMAC's among them: generated, and completed when an application brings them.

import { createCipheriv, randomBytes } from 'node:crypto';
import { digest } from '../crypto/digest.ts';
import { ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKM, CKO } from '../protocol/constants.ts';
import { contribute, type Draft, drafted } from './contribute.ts';
import { requiredUlong } from './key.ts';
import type { Made, Mechanism, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';

const isAesSize = (length: number): boolean => length === 16 || length === 24 || length === 32;

/** What the lengths of a generated key may be, in bytes. */
const GENERIC_MAX = 512;

export function completeAes(draft: Draft): void {
  const value = drafted(draft, CKA.VALUE);
  ensure(isAesSize(value.length), 'ATTRIBUTE_VALUE_INVALID', 'AES keys have 16, 24 or 32 bytes');
  contribute(draft, CKA.VALUE_LEN, ulongBytes(value.length));
  contributeCheckValue(draft, createCipheriv(`aes-${value.length * 8}-ecb`, value, null).update(new Uint8Array(16)));
}

export function completeGeneric(draft: Draft): void {
  const value = drafted(draft, CKA.VALUE);
  contribute(draft, CKA.VALUE_LEN, ulongBytes(value.length));
  contributeCheckValue(draft, digest('sha1', value));
}

/** §4.10.2: given as an empty value, it is to be left out. */
function contributeCheckValue(draft: Draft, from: Uint8Array): void {
  if (draft.get(CKA.CHECK_VALUE)?.length !== 0) contribute(draft, CKA.CHECK_VALUE, Uint8Array.from(from.subarray(0, 3)));
}

function made(type: number, length: number, complete: (draft: Draft) => void): Made {
  const draft: Draft = new Map([
    [CKA.CLASS, ulongBytes(CKO.SECRET_KEY)],
    [CKA.KEY_TYPE, ulongBytes(type)],
    [CKA.VALUE, randomBytes(length)],
  ]);
  complete(draft);
  return draft;
}

const generation = (
  type: number,
  keySize: Mechanism['keySize'],
  isSize: (length: number) => boolean,
  complete: (draft: Draft) => void,
): Mechanism => ({
  keyType: type,
  keySize,
  operations: {
    generateKey(template, parameter) {
      noParameter(parameter);
      const length = requiredUlong(template, CKA.VALUE_LEN);
      ensure(isSize(length), 'ATTRIBUTE_VALUE_INVALID', 'CKA_VALUE_LEN is no length of such a key');
      return made(type, length, complete);
    },
  },
});

export const secretKeyMechanisms: readonly Row[] = [
  [CKM.AES_KEY_GEN, generation(CKK.AES, [16, 32], isAesSize, completeAes)],
  // §6.8.3: its sizes are told in bits.
  [
    CKM.GENERIC_SECRET_KEY_GEN,
    generation(CKK.GENERIC_SECRET, [8, 8 * GENERIC_MAX], (length) => length >= 1 && length <= GENERIC_MAX, completeGeneric),
  ],
];
