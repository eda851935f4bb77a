// What becomes of an agreed secret (CK_EC_KDF_TYPE): itself, or what ANSI X9.63 or NIST SP 800-56A make of it.

import { digest } from '../crypto/digest.ts';
import { ensure } from '../model/error.ts';
import { CKD } from '../protocol/constants.ts';
import { type Hash, hashes } from './hashes.ts';

/** The derivations differ in where the counter stands. */
type Order = 'X9.63' | 'SP 800-56A';

interface Derivation {
  readonly hash: Hash;
  readonly order: Order;
}
const x963 = (hash: Hash): Derivation => ({ hash, order: 'X9.63' });
const sp80056a = (hash: Hash): Derivation => ({ hash, order: 'SP 800-56A' });

const derivations: ReadonlyMap<number, Derivation> = new Map([
  [CKD.SHA1_KDF, x963(hashes.SHA1)],
  // X9.42's, which is the same.
  [CKD.SHA1_KDF_CONCATENATE, x963(hashes.SHA1)],
  [CKD.SHA224_KDF, x963(hashes.SHA224)],
  [CKD.SHA256_KDF, x963(hashes.SHA256)],
  [CKD.SHA384_KDF, x963(hashes.SHA384)],
  [CKD.SHA512_KDF, x963(hashes.SHA512)],
  [CKD.SHA3_224_KDF, x963(hashes.SHA3_224)],
  [CKD.SHA3_256_KDF, x963(hashes.SHA3_256)],
  [CKD.SHA3_384_KDF, x963(hashes.SHA3_384)],
  [CKD.SHA3_512_KDF, x963(hashes.SHA3_512)],
  [CKD.SHA1_KDF_SP800, sp80056a(hashes.SHA1)],
  [CKD.SHA224_KDF_SP800, sp80056a(hashes.SHA224)],
  [CKD.SHA256_KDF_SP800, sp80056a(hashes.SHA256)],
  [CKD.SHA384_KDF_SP800, sp80056a(hashes.SHA384)],
  [CKD.SHA512_KDF_SP800, sp80056a(hashes.SHA512)],
  [CKD.SHA3_224_KDF_SP800, sp80056a(hashes.SHA3_224)],
  [CKD.SHA3_256_KDF_SP800, sp80056a(hashes.SHA3_256)],
  [CKD.SHA3_384_KDF_SP800, sp80056a(hashes.SHA3_384)],
  [CKD.SHA3_512_KDF_SP800, sp80056a(hashes.SHA3_512)],
  [CKD.BLAKE2B_160_KDF, sp80056a(hashes.BLAKE2B_160)],
  [CKD.BLAKE2B_256_KDF, sp80056a(hashes.BLAKE2B_256)],
  [CKD.BLAKE2B_384_KDF, sp80056a(hashes.BLAKE2B_384)],
  [CKD.BLAKE2B_512_KDF, sp80056a(hashes.BLAKE2B_512)],
]);

/** How bytes are got out of an agreed secret. */
export interface Agreed {
  /** The most that there are. */
  readonly most: number;
  bytes(length: number): Uint8Array;
}

/** No key is longer; any derivation could give more. */
const MOST = 1 << 16;

/** @param end where the bytes are taken from the secret itself: a derived key loses its leading bytes (§6.3.17), a wrapping key its last. */
export function agreed(kdf: number, secret: Uint8Array, shared: Uint8Array | null, end: 'leading' | 'trailing'): Agreed {
  const info = shared ?? new Uint8Array(0);
  if (kdf === CKD.NULL) {
    ensure(info.length === 0, 'MECHANISM_PARAM_INVALID', 'shared data for no derivation');
    const bytes = (length: number) => (end === 'leading' ? secret.subarray(0, length) : secret.subarray(secret.length - length));
    return { most: secret.length, bytes };
  }
  const derivation = derivations.get(kdf);
  ensure(derivation !== undefined, 'MECHANISM_PARAM_INVALID', 'no such derivation of an agreed secret');
  const { hash, order } = derivation;
  return { most: MOST, bytes: (length) => expanded(hash, order, secret, info, length) };
}

function expanded({ name, size }: Hash, order: Order, secret: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  const segments = Array.from({ length: Math.ceil(length / size) }, (_, i) => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(i + 1);
    return digest(name, Buffer.concat(order === 'X9.63' ? [secret, counter, info] : [counter, secret, info]));
  });
  return Buffer.concat(segments).subarray(0, length);
}
