// CKM_RSA_AES_KEY_WRAP: a key of any length under RSA, by way of an AES key that exists for that alone.

import { randomBytes } from 'node:crypto';
import { ensure } from '../model/error.ts';
import { CKK, CKM } from '../protocol/constants.ts';
import type { MechanismParameter } from '../protocol/parameters.ts';
import { UNWRAPPING, WRAPPING } from './cipher.ts';
import { kwpCipher } from './key-wrap.ts';
import type { Row } from './mechanism.ts';
import { structParameter } from './parameter.ts';
import { passing } from './passing.ts';
import { oaepCipher } from './rsa-cipher.ts';
import { isSlowRsa, rsaPrivate, rsaSizes } from './rsa-key.ts';

const read = (parameter: MechanismParameter) => structParameter(parameter, 'CK_RSA_AES_KEY_WRAP_PARAMS');
const oaep = oaepCipher(read);

const aesBytes = (parameter: MechanismParameter): number => {
  const { ulAESKeyBits } = read(parameter);
  ensure([128, 192, 256].includes(ulAESKeyBits), 'MECHANISM_PARAM_INVALID', 'AES has no keys of that length');
  return ulAESKeyBits / 8;
};

export const rsaAesMechanisms: readonly Row[] = [
  [
    CKM.RSA_AES_KEY_WRAP,
    {
      keyType: CKK.RSA,
      keySize: rsaSizes,
      isSlow: isSlowRsa,
      operations: {
        wrapKey(key, parameter, material) {
          const value = randomBytes(aesBytes(parameter));
          const first = oaep.encrypt(key, parameter, WRAPPING).once(value);
          const second = kwpCipher.encrypt(passing(value), null, WRAPPING).once(material);
          value.fill(0);
          return { wrapped: Buffer.concat([first, second]) };
        },
        unwrapKey(key, parameter, wrapped) {
          const { size } = rsaPrivate(key);
          ensure(wrapped.length > size, 'WRAPPED_KEY_LEN_RANGE', 'the wrapped key is no longer than the RSA modulus');
          const value = oaep.decrypt(key, parameter, UNWRAPPING).once(wrapped.subarray(0, size));
          ensure(value.length === aesBytes(parameter), 'WRAPPED_KEY_INVALID', 'the AES key has another length than the parameter says');
          const material = kwpCipher.decrypt(passing(value), null, UNWRAPPING).once(wrapped.subarray(size));
          value.fill(0);
          return material;
        },
      },
    },
  ],
];
