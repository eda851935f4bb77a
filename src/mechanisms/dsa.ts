// DSA (FIPS 186-4): key pairs, domain parameters, signatures.

import { fieldSpki } from '../crypto/finite-field.ts';
import { loadPrivateKey, loadPublicKey, type NativeKey, signDigest, verifyDigest } from '../crypto/native.ts';
import { bitLength } from '../crypto/rsa.ts';
import type { Attributes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKM } from '../protocol/constants.ts';
import { domainIn, dsaType, fieldForm, fieldSizes, generateFieldPair } from './field-key.ts';
import { orderedParameters } from './field-parameters.ts';
import { type Hash, hashes } from './hashes.ts';
import { asGiven, hashed } from './intake.ts';
import { attribute, remembered } from './key.ts';
import type { Key, Mechanism, Row } from './mechanism.ts';
import { noParameter } from './parameter.ts';
import { type Family, type Scheme, signature } from './signature.ts';

interface DsaKey {
  readonly native: NativeKey;
  /** Bytes of a signature: r and s. */
  readonly size: number;
}

const sizeOf = (attributes: Attributes): number => 2 * Math.ceil(bitLength(attribute(attributes, CKA.SUBPRIME)) / 8);

const loadPrivate = (attributes: Attributes): DsaKey => ({
  native: loadPrivateKey(fieldForm(dsaType).write(attributes)),
  size: sizeOf(attributes),
});
const loadPublic = (attributes: Attributes): DsaKey => ({
  native: loadPublicKey(fieldSpki(dsaType.kind, domainIn(dsaType, attributes), attribute(attributes, CKA.VALUE))),
  size: sizeOf(attributes),
});

const dsa: Scheme<DsaKey> = {
  sign: ({ native }, digest, out) => signDigest(native, digest, out),
  verify: ({ native }, digest, given) => verifyDigest(native, digest, given),
};

/** "20, 28, 32, 48, or 64 bytes". */
const lengths = [20, 28, 32, 48, 64];
const bare: Scheme<DsaKey> = {
  sign(key, digest, out) {
    ensure(lengths.includes(digest.length), 'DATA_LEN_RANGE', 'the data is as long as no hash');
    return dsa.sign(key, digest, out);
  },
  verify(key, digest, given) {
    ensure(lengths.includes(digest.length), 'DATA_LEN_RANGE', 'the data is as long as no hash');
    return dsa.verify(key, digest, given);
  },
};

const family = (scheme: Scheme<DsaKey>): Family<DsaKey> => ({
  private: (key: Key) => remembered(key, 'native', loadPrivate),
  public: (key: Key) => remembered(key, 'native', loadPublic),
  scheme(parameter) {
    noParameter(parameter);
    return scheme;
  },
});

const mechanism = (operations: Mechanism['operations']): Mechanism => ({ keyType: CKK.DSA, keySize: fieldSizes, operations });

const withHash = (type: number, hash: Hash): Row => [type, mechanism(signature(family(dsa), hashed(hash)))];

export const dsaMechanisms: readonly Row[] = [
  [
    CKM.DSA_KEY_PAIR_GEN,
    mechanism({
      generateKeyPair(publicTemplate, privateTemplate, parameter) {
        noParameter(parameter);
        return generateFieldPair(dsaType, publicTemplate, privateTemplate);
      },
    }),
  ],
  [CKM.DSA_PARAMETER_GEN, orderedParameters(CKK.DSA)],
  [CKM.DSA, mechanism(signature(family(bare), asGiven))],
  withHash(CKM.DSA_SHA1, hashes.SHA1),
  withHash(CKM.DSA_SHA224, hashes.SHA224),
  withHash(CKM.DSA_SHA256, hashes.SHA256),
  withHash(CKM.DSA_SHA384, hashes.SHA384),
  withHash(CKM.DSA_SHA512, hashes.SHA512),
  withHash(CKM.DSA_SHA3_224, hashes.SHA3_224),
  withHash(CKM.DSA_SHA3_256, hashes.SHA3_256),
  withHash(CKM.DSA_SHA3_384, hashes.SHA3_384),
  withHash(CKM.DSA_SHA3_512, hashes.SHA3_512),
];
