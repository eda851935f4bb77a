// Signatures that the data can be recovered from (C_SignRecover, C_VerifyRecover): RSA's.

import { constants, publicDecrypt } from 'node:crypto';
import { attempt } from '../crypto/attempt.ts';
import type { Operations } from './mechanism.ts';
import { noParameter } from './parameter.ts';
import { nodePublic } from './raw-rsa.ts';

/** @param overhead bytes of the modulus that the padding takes. */
export const recovery = (sign: NonNullable<Operations['sign']>, padding: number, overhead: number): Operations => ({
  signRecover: sign,
  verifyRecover(key, parameter) {
    noParameter(parameter);
    const { node, size } = nodePublic(key);
    return {
      size,
      bound: size - overhead,
      recover: (signature) => attempt(() => publicDecrypt({ key: node, padding }, signature)),
    };
  },
});

export const PKCS1: number = constants.RSA_PKCS1_PADDING;
export const RAW: number = constants.RSA_NO_PADDING;
