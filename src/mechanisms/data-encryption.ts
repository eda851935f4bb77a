// Keys that are encrypted data (Key derivation by data encryption).

import { createCipheriv } from 'node:crypto';
import { ensure } from '../model/error.ts';
import type { MechanismParameter, ParameterName } from '../protocol/parameters.ts';
import type { Algorithm } from './block-cipher.ts';
import { lengthAsked, secretKey } from './derived.ts';
import type { Mechanism } from './mechanism.ts';
import { structParameter } from './parameter.ts';

/** The structures of CBC are all alike: iv, pData, length. */
export type EncryptData = Extract<ParameterName, `${string}_CBC_ENCRYPT_DATA_PARAMS`>;

interface Given {
  readonly iv: Uint8Array | null;
  readonly data: Uint8Array;
}

const derivation = (algorithm: Algorithm, mode: 'ecb' | 'cbc', read: (parameter: MechanismParameter) => Given): Mechanism => ({
  ...(algorithm.keyType !== undefined && { keyType: algorithm.keyType }),
  keySize: algorithm.keySize,
  operations: {
    deriveKey({ base, parameter, template }) {
      const { iv, data } = read(parameter);
      const fits = data.length > 0 && data.length % algorithm.block === 0;
      ensure(fits, 'MECHANISM_PARAM_INVALID', 'the data does not end with a whole block');
      const { key, name } = algorithm.load(base);
      const encrypted = createCipheriv(`${name}-${mode}`, key, iv).setAutoPadding(false).update(data);
      const length = lengthAsked(template, Number.POSITIVE_INFINITY, encrypted.length);
      ensure(length <= encrypted.length, 'DATA_LEN_RANGE', 'the data is too short for the key');
      return { key: secretKey(template, encrypted.subarray(0, length)) };
    },
  },
});

export const ecbEncryptData = (algorithm: Algorithm): Mechanism =>
  derivation(algorithm, 'ecb', (parameter) => {
    const { pData } = structParameter(parameter, 'CK_KEY_DERIVATION_STRING_DATA');
    return { iv: null, data: pData ?? new Uint8Array(0) };
  });

export const cbcEncryptData = (algorithm: Algorithm, struct: EncryptData): Mechanism =>
  derivation(algorithm, 'cbc', (parameter) => {
    const { iv, pData } = structParameter(parameter, struct);
    return { iv, data: pData ?? new Uint8Array(0) };
  });
