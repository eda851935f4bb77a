// The hash functions that mechanisms are built on, by the names that PKCS#11 gives them.

import { CKK, CKM } from '../protocol/constants.ts';

export interface Hash {
  /** OpenSSL's name. */
  readonly name: string;
  /** Bytes of a digest. */
  readonly size: number;
  /** CKM of the digest itself: also CK_RSA_PKCS_PSS_PARAMS' hashAlg. */
  readonly digest: number;
  readonly hmac: number;
  readonly hmacGeneral: number;
  /** The key type that belongs to this hash's HMAC alone. */
  readonly hmacKey: number;
}

const row = (name: string, size: number, digest: number, hmac: number, hmacGeneral: number, hmacKey: number): Hash => ({
  name,
  size,
  digest,
  hmac,
  hmacGeneral,
  hmacKey,
});

export const hashes = {
  SHA1: row('sha1', 20, CKM.SHA_1, CKM.SHA_1_HMAC, CKM.SHA_1_HMAC_GENERAL, CKK.SHA_1_HMAC),
  SHA224: row('sha224', 28, CKM.SHA224, CKM.SHA224_HMAC, CKM.SHA224_HMAC_GENERAL, CKK.SHA224_HMAC),
  SHA256: row('sha256', 32, CKM.SHA256, CKM.SHA256_HMAC, CKM.SHA256_HMAC_GENERAL, CKK.SHA256_HMAC),
  SHA384: row('sha384', 48, CKM.SHA384, CKM.SHA384_HMAC, CKM.SHA384_HMAC_GENERAL, CKK.SHA384_HMAC),
  SHA512: row('sha512', 64, CKM.SHA512, CKM.SHA512_HMAC, CKM.SHA512_HMAC_GENERAL, CKK.SHA512_HMAC),
  SHA512_224: row('sha512-224', 28, CKM.SHA512_224, CKM.SHA512_224_HMAC, CKM.SHA512_224_HMAC_GENERAL, CKK.SHA512_224_HMAC),
  SHA512_256: row('sha512-256', 32, CKM.SHA512_256, CKM.SHA512_256_HMAC, CKM.SHA512_256_HMAC_GENERAL, CKK.SHA512_256_HMAC),
  SHA3_224: row('sha3-224', 28, CKM.SHA3_224, CKM.SHA3_224_HMAC, CKM.SHA3_224_HMAC_GENERAL, CKK.SHA3_224_HMAC),
  SHA3_256: row('sha3-256', 32, CKM.SHA3_256, CKM.SHA3_256_HMAC, CKM.SHA3_256_HMAC_GENERAL, CKK.SHA3_256_HMAC),
  SHA3_384: row('sha3-384', 48, CKM.SHA3_384, CKM.SHA3_384_HMAC, CKM.SHA3_384_HMAC_GENERAL, CKK.SHA3_384_HMAC),
  SHA3_512: row('sha3-512', 64, CKM.SHA3_512, CKM.SHA3_512_HMAC, CKM.SHA3_512_HMAC_GENERAL, CKK.SHA3_512_HMAC),
} as const satisfies Record<string, Hash>;

export const allHashes: readonly Hash[] = Object.values(hashes);
