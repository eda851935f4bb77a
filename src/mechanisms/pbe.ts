// Keys from passwords as PKCS#12 makes them, for triple DES and HMAC, and for what `legacy` adds.

import { PURPOSE } from '../crypto/pkcs12.ts';
import { ensure } from '../model/error.ts';
import { CKM } from '../protocol/constants.ts';
import type { Fields, MechanismParameter } from '../protocol/parameters.ts';
import type { Mechanism, Row, Slow } from './mechanism.ts';
import { structParameter } from './parameter.ts';
import { madeSecret } from './secret-key.ts';
import { type SecretType, secretTypes } from './secret-type.ts';

/** A second or two: SHA-1 by SHA-1, beside whatever else the engine does. */
const ITERATIONS_MAX = 1_000_000;
/** Bytes of SHA-1's digest, which is HMAC's key; and of DES's block. */
const [HMAC_KEY, BLOCK] = [20, 8];
const EMPTY = new Uint8Array(0);

type Purpose = (typeof PURPOSE)[keyof typeof PURPOSE];

function derive(parameter: MechanismParameter, slow: Slow, purpose: Purpose, length: number): Promise<Uint8Array> {
  const { pPassword, pSalt, ulIteration }: Fields<'CK_PBE_PARAMS'> = structParameter(parameter, 'CK_PBE_PARAMS');
  const bearable = ulIteration >= 1 && ulIteration <= ITERATIONS_MAX;
  ensure(bearable, 'MECHANISM_PARAM_INVALID', 'a password with no iterations, or with too many');
  return slow.compute('pkcs12', purpose, pPassword ?? EMPTY, pSalt ?? EMPTY, ulIteration, length);
}

const pbe = (type: SecretType, purpose: Purpose, length: number): Mechanism => ({
  keyType: type.keyType,
  keySize: [length, length],
  operations: {
    generateKey: async (_template, parameter, slow) => madeSecret(type, await derive(parameter, slow, purpose, length)),
  },
});

/** With an initialisation vector, which goes back into the parameter. */
const encryption = (type: SecretType, length: number): Mechanism => {
  const { operations, ...row } = pbe(type, PURPOSE.KEY, length);
  const generateKeyReturns: Mechanism['operations']['generateKeyReturns'] = async (parameter, slow) => ({
    struct: 'CK_PBE_PARAMS',
    fields: { pInitVector: await derive(parameter, slow, PURPOSE.INITIALISATION_VECTOR, BLOCK) },
  });
  return { ...row, operations: { ...operations, generateKeyReturns } };
};

/** Where the type has keys of other lengths too. */
const ofLength = (make: (type: SecretType, length: number) => Mechanism, type: SecretType, length: number): Mechanism => ({
  ...make(type, length),
  length,
});
const withoutVector = (type: SecretType, length: number): Mechanism => pbe(type, PURPOSE.KEY, length);

export const pbeMechanisms: readonly Row[] = [
  [CKM.PBE_SHA1_DES3_EDE_CBC, encryption(secretTypes.DES3, 24)],
  [CKM.PBE_SHA1_DES2_EDE_CBC, encryption(secretTypes.DES2, 16)],
  [CKM.PBA_SHA1_WITH_SHA1_HMAC, { ...pbe(secretTypes.GENERIC_SECRET, PURPOSE.MAC_KEY, HMAC_KEY), length: HMAC_KEY }],
];

export const legacyPbeMechanisms: readonly Row[] = [
  [CKM.PBE_SHA1_RC4_128, ofLength(withoutVector, secretTypes.RC4, 16)],
  [CKM.PBE_SHA1_RC4_40, ofLength(withoutVector, secretTypes.RC4, 5)],
  [CKM.PBE_SHA1_RC2_128_CBC, ofLength(encryption, secretTypes.RC2, 16)],
  [CKM.PBE_SHA1_RC2_40_CBC, ofLength(encryption, secretTypes.RC2, 5)],
];
