// The vectors that Wycheproof leaves open, and those that PKCS#11 or this token judges otherwise than it: which, how, and why.
import type { Group, Vector, Verdict } from './vectors.ts';

interface Exception {
  readonly file: RegExp;
  readonly is: (group: Group, vector: Vector) => boolean;
  /** `unasked`: there is no call that says it. */
  readonly verdict: Verdict | 'unasked';
  readonly reason: string;
}

const acceptable = (...flags: readonly string[]) => {
  const flagged = (vector: Vector) => flags.length === 0 || flags.some((flag) => vector.flags?.includes(flag));
  return (_: Group, vector: Vector) => vector.result === 'acceptable' && flagged(vector);
};

/** The first that fits. */
const exceptions: readonly Exception[] = [
  {
    file: /^x(25519|448)$/,
    is: acceptable('ZeroSharedSecret'),
    verdict: 'refused',
    reason: 'a shared secret of zeros is known to everybody (RFC 7748, 6.1)',
  },
  {
    file: /^x(25519|448)$/,
    is: acceptable(),
    verdict: 'right',
    reason: 'points on the twist, and coordinates that are not reduced, are to be taken (RFC 7748, 5)',
  },
  {
    file: /^ecdh_.*_ecpoint$/,
    is: acceptable('CompressedPoint'),
    verdict: 'right',
    reason: 'a token may take compressed points (CKF_EC_COMPRESS tells)',
  },
  {
    file: /^ecdsa_.*_p1363$/,
    is: (_, { flags }) => flags?.includes('SignatureSize') ?? false,
    verdict: 'right',
    reason: 'a signature may be shorter, with both its numbers of one length (v3.2, EC Signatures)',
  },
  {
    file: /^aes_wrap$/,
    is: acceptable('ShortKey'),
    verdict: 'refused',
    reason: 'RFC 3394 wraps two blocks or more',
  },
  {
    file: /^rsa_signature_/,
    is: acceptable('MissingNull'),
    verdict: 'refused',
    reason: "a DigestInfo without the hash's NULL is not what RFC 8017 makes",
  },
  {
    file: /^rsa_pkcs1_2048_sig_gen$/,
    is: acceptable(),
    verdict: 'right',
    reason: 'SHA-1, and small public exponents, are for their owner to allow (CKA_ALLOWED_MECHANISMS)',
  },
  {
    file: /^rsa_pkcs1_2048$/,
    is: (_, { result, flags }) => result === 'invalid' && !flags?.includes('InvalidCiphertextFormat'),
    verdict: 'wrong',
    reason: 'nobody is to learn that the padding was wrong: random data comes out',
  },
  {
    file: /^aes_gcm$/,
    is: ({ ivSize }, { result }) => result === 'valid' && (ivSize as number) > 1024,
    verdict: 'refused',
    reason: 'OpenSSL takes IVs of up to 128 bytes',
  },
  {
    file: /^aes_xts$/,
    is: ({ keySize }) => keySize === 384,
    verdict: 'refused',
    reason: 'CKK_AES_XTS has keys of 32 and 64 bytes',
  },
  {
    file: /^mldsa_\d\d_sign_/,
    is: (_, { msg }) => msg === undefined,
    verdict: 'unasked',
    reason: 'C_Sign takes a message, not what ML-DSA makes of it first',
  },
  {
    file: /^mldsa_\d\d_sign_/,
    is: (_, { rnd }) => rnd !== undefined,
    verdict: 'unasked',
    reason: "the randomness of a hedged signature is the token's",
  },
];

export const exceptionOf = (file: string, group: Group, vector: Vector): Exception | undefined =>
  exceptions.find((exception) => exception.file.test(file) && exception.is(group, vector));
