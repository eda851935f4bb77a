// ECDSA and its key pairs.

import { curves } from '../crypto/curves.ts';
import { signDigest, verifyDigest } from '../crypto/native.ts';
import { CKF, CKK, CKM } from '../protocol/constants.ts';
import { type EcKey, ecPrivate, ecPublic, generateEcPair } from './ec-key.ts';
import { type Hash, hashes } from './hashes.ts';
import { asGiven, hashed } from './intake.ts';
import type { Mechanism, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';
import { type Family, type Scheme, signature } from './signature.ts';

const bits = curves.map((curve) => curve.bits);

export const ecSizes = [Math.min(...bits), Math.max(...bits)] as const;
export const ecFlags = CKF.EC_F_P | CKF.EC_ECPARAMETERS | CKF.EC_OID | CKF.EC_CURVENAME | CKF.EC_UNCOMPRESS | CKF.EC_COMPRESS;

const ec = (operations: Mechanism['operations']): Mechanism => ({ keyType: CKK.EC, keySize: ecSizes, flags: ecFlags, operations });

const ecdsa: Scheme<EcKey> = {
  sign: (key, digest, out) => signDigest(key.native, digest, out),
  verify: (key, digest, signature) => verifyDigest(key.native, digest, widened(signature, key.size)),
  // §6.3.1: r and s may both lack leading zeros, as long as they are of one length.
  accepts: (key, length) => length > 0 && length <= key.size && length % 2 === 0,
};

function widened(signature: Uint8Array, size: number): Uint8Array {
  if (signature.length === size) return signature;
  const [half, whole] = [signature.length / 2, size / 2];
  const wide = new Uint8Array(size);
  wide.set(signature.subarray(0, half), whole - half);
  wide.set(signature.subarray(half), size - half);
  return wide;
}

const family: Family<EcKey> = {
  private: ecPrivate,
  public: ecPublic,
  scheme(parameter) {
    noParameter(parameter);
    return ecdsa;
  },
};

const withHash = (type: number, hash: Hash): Row => [type, ec(signature(family, hashed(hash)))];

export const ecdsaMechanisms: readonly Row[] = [
  [
    CKM.EC_KEY_PAIR_GEN,
    ec({
      generateKeyPair(publicTemplate, _privateTemplate, parameter) {
        noParameter(parameter);
        return generateEcPair(publicTemplate);
      },
    }),
  ],
  [CKM.ECDSA, ec(signature(family, asGiven))],
  withHash(CKM.ECDSA_SHA1, hashes.SHA1),
  withHash(CKM.ECDSA_SHA224, hashes.SHA224),
  withHash(CKM.ECDSA_SHA256, hashes.SHA256),
  withHash(CKM.ECDSA_SHA384, hashes.SHA384),
  withHash(CKM.ECDSA_SHA512, hashes.SHA512),
  withHash(CKM.ECDSA_SHA3_224, hashes.SHA3_224),
  withHash(CKM.ECDSA_SHA3_256, hashes.SHA3_256),
  withHash(CKM.ECDSA_SHA3_384, hashes.SHA3_384),
  withHash(CKM.ECDSA_SHA3_512, hashes.SHA3_512),
];
