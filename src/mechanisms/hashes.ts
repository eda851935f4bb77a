// The hash functions that mechanisms are built on.

import { element, TAG } from '../crypto/der.ts';
import { objectIdentifier } from '../crypto/key-der.ts';
import { CKK, CKM } from '../protocol/constants.ts';

/** PKCS#11's names of them, in CKM_name, CKM_name_HMAC, CKM_name_HMAC_GENERAL and CKK_name_HMAC. */
type Name =
  | 'MD5'
  | 'RIPEMD160'
  | 'SHA_1'
  | 'SHA224'
  | 'SHA256'
  | 'SHA384'
  | 'SHA512'
  | 'SHA512_224'
  | 'SHA512_256'
  | 'SHA3_224'
  | 'SHA3_256'
  | 'SHA3_384'
  | 'SHA3_512'
  | 'BLAKE2B_160'
  | 'BLAKE2B_256'
  | 'BLAKE2B_384'
  | 'BLAKE2B_512';

export interface Hash {
  /** crypto/digest.ts' name: OpenSSL's, mostly. */
  readonly name: string;
  /** Bytes of a digest. */
  readonly size: number;
  /** AlgorithmIdentifier's parts, DER each. */
  readonly algorithm: readonly Uint8Array[];
  /** CKM of the digest itself: also CK_RSA_PKCS_PSS_PARAMS' hashAlg. */
  readonly digest: number;
  readonly hmac: number;
  readonly hmacGeneral: number;
  /** The key type that belongs to this hash's HMAC alone, and what generates it; where there is such a mechanism. */
  readonly hmacKey: number;
  readonly keyGen: number | undefined;
  /** What derives a key by hashing another, where there is such a mechanism. */
  readonly derivation: number | undefined;
}

const named = (name: string): number | undefined => (CKM as Readonly<Record<string, number>>)[name];

const hash = (name: string, size: number, oid: string, type: Name): Hash => ({
  name,
  size,
  algorithm: [objectIdentifier(oid), element(TAG.NULL)],
  digest: CKM[type],
  hmac: CKM[`${type}_HMAC`],
  hmacGeneral: CKM[`${type}_HMAC_GENERAL`],
  hmacKey: CKK[`${type}_HMAC`],
  keyGen: named(`${type}_KEY_GEN`),
  derivation: named(`${type.replace('SHA_1', 'SHA1')}_KEY_DERIVATION`) ?? named(`${type}_KEY_DERIVE`),
});

export const hashes = {
  SHA1: hash('sha1', 20, '2b0e03021a', 'SHA_1'),
  SHA224: hash('sha224', 28, '608648016503040204', 'SHA224'),
  SHA256: hash('sha256', 32, '608648016503040201', 'SHA256'),
  SHA384: hash('sha384', 48, '608648016503040202', 'SHA384'),
  SHA512: hash('sha512', 64, '608648016503040203', 'SHA512'),
  SHA512_224: hash('sha512-224', 28, '608648016503040205', 'SHA512_224'),
  SHA512_256: hash('sha512-256', 32, '608648016503040206', 'SHA512_256'),
  SHA3_224: hash('sha3-224', 28, '608648016503040207', 'SHA3_224'),
  SHA3_256: hash('sha3-256', 32, '608648016503040208', 'SHA3_256'),
  SHA3_384: hash('sha3-384', 48, '608648016503040209', 'SHA3_384'),
  SHA3_512: hash('sha3-512', 64, '60864801650304020a', 'SHA3_512'),
  RIPEMD160: hash('ripemd160', 20, '2b24030201', 'RIPEMD160'),
  BLAKE2B_160: hash('blake2b-160', 20, '2b060104018d3a0c020105', 'BLAKE2B_160'),
  BLAKE2B_256: hash('blake2b-256', 32, '2b060104018d3a0c020108', 'BLAKE2B_256'),
  BLAKE2B_384: hash('blake2b-384', 48, '2b060104018d3a0c02010c', 'BLAKE2B_384'),
  BLAKE2B_512: hash('blake2b512', 64, '2b060104018d3a0c020110', 'BLAKE2B_512'),
} as const satisfies Record<string, Hash>;

export const allHashes: readonly Hash[] = Object.values(hashes);

/** Broken: behind the setting `legacy`. */
export const md5: Hash = hash('md5', 16, '2a864886f70d0205', 'MD5');
