// Secret keys, generated.

import { ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKM, CKO } from '../protocol/constants.ts';
import { allHashes } from './hashes.ts';
import { requiredUlong } from './key.ts';
import type { Made, Mechanism, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';
import { fillRandom } from './random.ts';
import { completion, fits, ofAnyLength, SECRET_MAX, type SecretType, secretTypes, withOddParity } from './secret-type.ts';

/** A new key of this value. */
export function madeSecret(type: SecretType, value: Uint8Array): Made {
  const made = new Map([
    [CKA.CLASS, ulongBytes(CKO.SECRET_KEY)],
    [CKA.KEY_TYPE, ulongBytes(type.keyType)],
    [CKA.VALUE, type.hasParity ? withOddParity(value) : value],
  ]);
  completion(type)(made);
  return made;
}

const sizes = ({ lengths }: SecretType): readonly [number, number] =>
  lengths === undefined ? [1, SECRET_MAX] : [Math.min(...lengths), Math.max(...lengths)];

/** @param unit that its sizes are told in: 1 for bytes, 8 for bits. */
export const generation = (type: SecretType, unit = 1): Mechanism => ({
  keyType: type.keyType,
  keySize: [unit * sizes(type)[0], unit * sizes(type)[1]],
  operations: {
    generateKey(template, parameter) {
      noParameter(parameter);
      const only = type.lengths?.length === 1 ? type.lengths[0] : undefined;
      const length = only ?? requiredUlong(template, CKA.VALUE_LEN);
      ensure(
        fits(type, length) && length >= 1 && length <= SECRET_MAX,
        'ATTRIBUTE_VALUE_INVALID',
        'CKA_VALUE_LEN is no length of such a key',
      );
      const value = new Uint8Array(length);
      fillRandom(value);
      return madeSecret(type, value);
    },
  },
});

export const secretKeyMechanisms: readonly Row[] = [
  [CKM.AES_KEY_GEN, generation(secretTypes.AES)],
  [CKM.AES_XTS_KEY_GEN, generation(secretTypes.AES_XTS)],
  // §6.8.3: its sizes are told in bits.
  [CKM.GENERIC_SECRET_KEY_GEN, generation(secretTypes.GENERIC_SECRET, 8)],
  [CKM.HKDF_KEY_GEN, generation(secretTypes.HKDF)],
  [CKM.CHACHA20_KEY_GEN, generation(secretTypes.CHACHA20)],
  [CKM.POLY1305_KEY_GEN, generation(secretTypes.POLY1305)],
  [CKM.DES2_KEY_GEN, generation(secretTypes.DES2)],
  [CKM.DES3_KEY_GEN, generation(secretTypes.DES3)],
  [CKM.CAMELLIA_KEY_GEN, generation(secretTypes.CAMELLIA)],
  [CKM.ARIA_KEY_GEN, generation(secretTypes.ARIA)],
  ...allHashes.flatMap(({ keyGen, hmacKey }): Row[] => (keyGen === undefined ? [] : [[keyGen, generation(ofAnyLength(hmacKey))]])),
];
