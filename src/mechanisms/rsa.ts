// RSA by PKCS#1 v1.5, by OAEP and as it is: key pairs, signatures, encryption.

import { octetString, sequence } from '../crypto/der.ts';
import { signRsaPkcs1, verifyRsaPkcs1 } from '../crypto/native.ts';
import { ensure } from '../model/error.ts';
import { CKK, CKM, CKO } from '../protocol/constants.ts';
import { type Hash, hashes } from './hashes.ts';
import { asGiven, hashed } from './intake.ts';
import type { Mechanism, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';
import { rawSignature } from './raw-rsa.ts';
import { PKCS1, RAW, recovery } from './recovery.ts';
import { oaepOperations, pkcs1Operations, rawOperations } from './rsa-cipher.ts';
import { generateRsaPair, isSlowRsa, type RsaKey, rsaPrivate, rsaPublic, rsaSizes } from './rsa-key.ts';
import { type Family, type Scheme, signature } from './signature.ts';

const rsa = (operations: Mechanism['operations']): Mechanism => ({
  keyType: CKK.RSA,
  keySize: rsaSizes,
  isSlow: isSlowRsa,
  operations,
});

const family = (scheme: Scheme<RsaKey>): Family<RsaKey> => ({
  private: rsaPrivate,
  public: rsaPublic,
  scheme(parameter) {
    noParameter(parameter);
    return scheme;
  },
});

/** Block type 1 around what the application gives: at most k - 11 bytes (§6.1.6). */
const pkcs1: Scheme<RsaKey> = {
  sign(key, data, out) {
    ensure(data.length <= key.size - 11, 'DATA_LEN_RANGE', 'more data than the RSA modulus has room for');
    return signRsaPkcs1(key.native, data, out);
  },
  verify(key, data, signature) {
    ensure(data.length <= key.size - 11, 'DATA_LEN_RANGE', 'more data than the RSA modulus has room for');
    return verifyRsaPkcs1(key.native, data, signature);
  },
};

/** The same around a DigestInfo (RFC 8017 §9.2). */
function pkcs1Digest(hash: Hash): Scheme<RsaKey> {
  const blank = sequence(sequence(...hash.algorithm), octetString(new Uint8Array(hash.size)));
  const prefix = blank.subarray(0, -hash.size);
  const digestInfo = (digest: Uint8Array) => Buffer.concat([prefix, digest]);
  return {
    sign: (key, digest, out) => pkcs1.sign(key, digestInfo(digest), out),
    verify: (key, digest, signature) => pkcs1.verify(key, digestInfo(digest), signature),
  };
}

const pkcs1Signature = signature(family(pkcs1), asGiven);

/** Private keys are longer than any modulus. */
const wrappingSecrets = (operations: Mechanism['operations']): Mechanism => ({ ...rsa(operations), wraps: CKO.SECRET_KEY });

export const rsaWithHash = (type: number, hash: Hash): Row => [type, rsa(signature(family(pkcs1Digest(hash)), hashed(hash)))];

export const rsaMechanisms: readonly Row[] = [
  [
    CKM.RSA_PKCS_KEY_PAIR_GEN,
    rsa({
      generateKeyPair(publicTemplate, _privateTemplate, parameter, slow) {
        noParameter(parameter);
        return generateRsaPair(publicTemplate, slow);
      },
    }),
  ],
  [CKM.RSA_PKCS, wrappingSecrets({ ...pkcs1Signature, ...recovery(pkcs1Signature.sign, PKCS1, 11), ...pkcs1Operations })],
  [CKM.RSA_X_509, wrappingSecrets({ ...rawSignature, ...recovery(rawSignature.sign, RAW, 0), ...rawOperations })],
  [CKM.RSA_PKCS_OAEP, wrappingSecrets(oaepOperations)],
  rsaWithHash(CKM.SHA1_RSA_PKCS, hashes.SHA1),
  rsaWithHash(CKM.SHA224_RSA_PKCS, hashes.SHA224),
  rsaWithHash(CKM.SHA256_RSA_PKCS, hashes.SHA256),
  rsaWithHash(CKM.SHA384_RSA_PKCS, hashes.SHA384),
  rsaWithHash(CKM.SHA512_RSA_PKCS, hashes.SHA512),
  rsaWithHash(CKM.SHA3_224_RSA_PKCS, hashes.SHA3_224),
  rsaWithHash(CKM.SHA3_256_RSA_PKCS, hashes.SHA3_256),
  rsaWithHash(CKM.SHA3_384_RSA_PKCS, hashes.SHA3_384),
  rsaWithHash(CKM.SHA3_512_RSA_PKCS, hashes.SHA3_512),
  rsaWithHash(CKM.RIPEMD160_RSA_PKCS, hashes.RIPEMD160),
];
