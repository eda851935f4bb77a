// RSA keys (§6.1).

import { CKA } from '../../protocol/constants.ts';
import { TRUE } from '../attribute.ts';
import { bitsOf } from '../computed.ts';
import type { Kind } from '../rules.ts';
import { bigInteger, ulong, withDefault } from '../rules.ts';
import { privateKey } from './private-key.ts';
import { publicKey } from './public-key.ts';

export const rsaPublic: Kind = {
  rules: {
    ...publicKey,
    ...withDefault(publicKey, TRUE, CKA.ENCRYPT, CKA.VERIFY, CKA.VERIFY_RECOVER),
    [CKA.MODULUS]: bigInteger(1, 4),
    [CKA.MODULUS_BITS]: { ...ulong(2, 3), computed: bitsOf(CKA.MODULUS) },
    [CKA.PUBLIC_EXPONENT]: bigInteger(1),
  },
};

export const rsaPrivate: Kind = {
  rules: {
    ...privateKey,
    ...withDefault(privateKey, TRUE, CKA.DECRYPT, CKA.SIGN, CKA.SIGN_RECOVER),
    [CKA.MODULUS]: bigInteger(1, 4, 6),
    [CKA.PUBLIC_EXPONENT]: bigInteger(1, 4, 6),
    [CKA.PRIVATE_EXPONENT]: bigInteger(1, 4, 6, 7),
    [CKA.PRIME_1]: bigInteger(4, 6, 7),
    [CKA.PRIME_2]: bigInteger(4, 6, 7),
    [CKA.EXPONENT_1]: bigInteger(4, 6, 7),
    [CKA.EXPONENT_2]: bigInteger(4, 6, 7),
    [CKA.COEFFICIENT]: bigInteger(4, 6, 7),
  },
};
