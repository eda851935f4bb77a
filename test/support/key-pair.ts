// Key pairs made in a token, and their public halves outside of it, where node:crypto judges what the token signed.
import { constants, createPublicKey, type KeyObject, publicDecrypt, verify } from 'node:crypto';
import type { Handle, PKCS11 } from 'pkcs11js';
import { CKA, CKM } from '../../src/protocol/constants.ts';

interface Kind {
  readonly generate: number;
  readonly parameters: readonly { readonly type: number; readonly value: number | Buffer }[];
  /** The attributes that hold the public key, and the JWK that they are. */
  readonly holds: readonly number[];
  readonly jwk: (...values: readonly Buffer[]) => Record<string, string>;
  /** Whether a signature that the token made of `text` is right. */
  readonly isSignature: (key: KeyObject, text: Buffer, signature: Uint8Array) => boolean;
}

const part = (value: Buffer | undefined) => value!.toString('base64url');

/** CKA_EC_POINT of P-256: an OCTET STRING of 04, x and y. */
const coordinates = (value: Buffer | undefined) => ({ x: part(value!.subarray(3, 35)), y: part(value!.subarray(35)) });

const isRawRsa = (key: KeyObject, text: Buffer, signature: Uint8Array): boolean => {
  try {
    return publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature).equals(text);
  } catch {
    return false;
  }
};

/** What hsm-speed calls them: RSA without a digest, ECDSA of SHA-256, EdDSA of the text itself. */
export const kinds = {
  rsa: {
    generate: CKM.RSA_PKCS_KEY_PAIR_GEN,
    parameters: [
      { type: CKA.MODULUS_BITS, value: 2048 },
      { type: CKA.PUBLIC_EXPONENT, value: Buffer.of(1, 0, 1) },
    ],
    holds: [CKA.MODULUS, CKA.PUBLIC_EXPONENT],
    jwk: (n, e) => ({ kty: 'RSA', n: part(n), e: part(e) }),
    isSignature: isRawRsa,
  },
  ecdsa: {
    generate: CKM.EC_KEY_PAIR_GEN,
    parameters: [{ type: CKA.EC_PARAMS, value: Buffer.from('06082a8648ce3d030107', 'hex') }],
    holds: [CKA.EC_POINT],
    jwk: (value) => ({ kty: 'EC', crv: 'P-256', ...coordinates(value) }),
    isSignature: (key, text, signature) => verify('sha256', text, { key, dsaEncoding: 'ieee-p1363' }, signature),
  },
  eddsa: {
    generate: CKM.EC_EDWARDS_KEY_PAIR_GEN,
    parameters: [{ type: CKA.EC_PARAMS, value: Buffer.from('06032b6570', 'hex') }],
    holds: [CKA.EC_POINT],
    // Since v3.1 an Edwards point is bare.
    jwk: (value) => ({ kty: 'OKP', crv: 'Ed25519', x: part(value) }),
    isSignature: (key, text, signature) => verify(null, text, key, signature),
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

export interface KeyPair {
  readonly privateKey: Handle;
  readonly publicKey: Handle;
  /** The public key outside of the token. */
  readonly key: KeyObject;
}

export const generateKeyPair = (module: PKCS11, session: Handle, name: KindName, label = 'a key'): KeyPair => {
  const kind: Kind = kinds[name];
  const both = [
    { type: CKA.LABEL, value: label },
    { type: CKA.TOKEN, value: true },
  ];
  const { privateKey, publicKey } = module.C_GenerateKeyPair(
    session,
    { mechanism: kind.generate },
    [...both, ...kind.parameters, { type: CKA.VERIFY, value: true }],
    [...both, { type: CKA.PRIVATE, value: true }, { type: CKA.SIGN, value: true }],
  );
  const values = module
    .C_GetAttributeValue(
      session,
      publicKey,
      kind.holds.map((type) => ({ type })),
    )
    .map(({ value }) => value);
  return { privateKey, publicKey, key: createPublicKey({ format: 'jwk', key: kind.jwk(...values) }) };
};
