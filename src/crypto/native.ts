// What node:crypto cannot express, from the same OpenSSL: signatures over a digest that the caller made, and EdDSA's variants.
// A key belongs to the thread that loaded it and works for no other; its memory goes when it is collected.

import { createRequire } from 'node:module';

declare const native: unique symbol;

export interface NativeKey {
  readonly [native]: true;
}

/** Hashes by OpenSSL's names: 'sha256', 'sha3-512' ... The digest's length must be the hash's. */
export interface Pss {
  readonly hash: string;
  readonly mgfHash: string;
  readonly saltLength: number;
}

/** RFC 8032's variants. `ph`: the message is hashed by the algorithm first. `context` (at most 255 bytes) makes Ed25519 Ed25519ctx. */
export interface EdVariant {
  readonly ph?: boolean;
  readonly context?: Uint8Array;
}

/** Signing writes to `out` and returns the signature's length; an `out` too small, or data that the key cannot sign, throws. */
interface Crypto {
  loadPrivateKey(pkcs8: Uint8Array): NativeKey;
  loadPublicKey(spki: Uint8Array): NativeKey;
  /** ECDSA over the bytes as they are (cut to the order's length, left-most), as r and s of the order's width (P1363). */
  signDigest(key: NativeKey, digest: Uint8Array, out: Uint8Array): number;
  verifyDigest(key: NativeKey, digest: Uint8Array, signature: Uint8Array): boolean;
  /** RSASSA-PKCS1-v1_5's block type 1 around the caller's bytes: no DigestInfo is added. At most the modulus less 11 bytes. */
  signRsaPkcs1(key: NativeKey, data: Uint8Array, out: Uint8Array): number;
  verifyRsaPkcs1(key: NativeKey, data: Uint8Array, signature: Uint8Array): boolean;
  signRsaPss(key: NativeKey, digest: Uint8Array, pss: Pss, out: Uint8Array): number;
  verifyRsaPss(key: NativeKey, digest: Uint8Array, pss: Pss, signature: Uint8Array): boolean;
  /** EdDSA over the whole message. */
  signMessage(key: NativeKey, message: Uint8Array, out: Uint8Array, variant?: EdVariant): number;
  verifyMessage(key: NativeKey, message: Uint8Array, signature: Uint8Array, variant?: EdVariant): boolean;
}

const addon = createRequire(import.meta.url)('../../build/Release/channel.node') as Crypto;

export const {
  loadPrivateKey,
  loadPublicKey,
  signDigest,
  verifyDigest,
  signRsaPkcs1,
  verifyRsaPkcs1,
  signRsaPss,
  verifyRsaPss,
  signMessage,
  verifyMessage,
} = addon;
