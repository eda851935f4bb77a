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

/** RSA encryption's paddings; `hash` and `mgfHash` as PSS has them. */
export type RsaPadding = 'pkcs1' | 'none' | { readonly hash: string; readonly mgfHash: string; readonly label: Uint8Array };

/** FIPS 204 and 205. `encoded`: the message comes as M', with its context and what else goes before it; else it gets `context`. */
export interface PostQuantumVariant {
  readonly context: Uint8Array;
  readonly encoded: boolean;
  /** Signing only: not hedged with randomness. */
  readonly deterministic: boolean;
}

/** What LM-OTS is made of: OpenSSL's name of the hash, the bytes that are kept of it, bits of a digit, chains. */
export interface LmsHash {
  readonly hash: string;
  readonly n: number;
  readonly w: number;
  readonly p: number;
}

/** XMSS's: `padding` is how many bytes tell F, H and PRF apart. */
export interface XmssHash {
  readonly hash: string;
  readonly n: number;
  readonly padding: number;
}

declare const hash: unique symbol;
export interface NativeHash {
  readonly [hash]: true;
}

declare const mac: unique symbol;
export interface NativeMac {
  readonly [mac]: true;
}

declare const cipher: unique symbol;
export interface NativeCipher {
  readonly [cipher]: true;
}

declare const aead: unique symbol;
export interface NativeAead {
  readonly [aead]: true;
}

declare const blake2b: unique symbol;
export interface Blake2b {
  readonly [blake2b]: true;
}

declare const rc2: unique symbol;
export interface Rc2 {
  readonly [rc2]: true;
}

/** Signing writes to `out` and returns the signature's length; an `out` too small, or data that the key cannot sign, throws. */
interface Crypto {
  loadPrivateKey(pkcs8: Uint8Array): NativeKey;
  loadPublicKey(spki: Uint8Array): NativeKey;
  /** ECDSA or DSA over the bytes as they are (cut to the order's length, left-most), as r and s of the order's width (P1363). */
  signDigest(key: NativeKey, digest: Uint8Array, out: Uint8Array): number;
  verifyDigest(key: NativeKey, digest: Uint8Array, signature: Uint8Array): boolean;
  /** RSASSA-PKCS1-v1_5's block type 1 around the caller's bytes: no DigestInfo is added. At most the modulus less 11 bytes. */
  signRsaPkcs1(key: NativeKey, data: Uint8Array, out: Uint8Array): number;
  verifyRsaPkcs1(key: NativeKey, data: Uint8Array, signature: Uint8Array): boolean;
  signRsaPss(key: NativeKey, digest: Uint8Array, pss: Pss, out: Uint8Array): number;
  verifyRsaPss(key: NativeKey, digest: Uint8Array, pss: Pss, signature: Uint8Array): boolean;
  /**
   * The length of what is in `out`, which is as long as the modulus; undefined where the data cannot be encrypted, or was not encrypted
   * so. Wrong padding of PKCS#1 v1.5 is no refusal: OpenSSL then gives random data, so that nobody learns of it (implicit rejection).
   */
  encryptRsa(key: NativeKey, data: Uint8Array, padding: RsaPadding, out: Uint8Array): number | undefined;
  decryptRsa(key: NativeKey, data: Uint8Array, padding: RsaPadding, out: Uint8Array): number | undefined;
  /** ML-DSA and SLH-DSA over the whole message. */
  signPostQuantum(key: NativeKey, message: Uint8Array, out: Uint8Array, variant: PostQuantumVariant): number;
  verifyPostQuantum(key: NativeKey, message: Uint8Array, signature: Uint8Array, variant: PostQuantumVariant): boolean;
  /** ML-DSA's and ML-KEM's expanded private key, as FIPS 204 and 203 have it. */
  rawPrivate(key: NativeKey, out: Uint8Array): number;
  /**
   * Diffie-Hellman on an elliptic curve. `point`: uncompressed, or RFC 7748's bytes. False where it is none of the curve, where every
   * key would agree with it on the same, and where `out` is not as long as a coordinate.
   */
  agree(key: NativeKey, point: Uint8Array, out: Uint8Array): boolean;
  /** A hash whose context is kept, for data in one piece; digests of 64 bytes at most, whose length is given. */
  loadHash(name: string): NativeHash;
  hashWhole(hash: NativeHash, data: Uint8Array, out: Uint8Array): number;
  /** A MAC of a hash or a cipher, by OpenSSL's names, with a context that keeps its key. `out`: as long as the whole code at least. */
  loadMac(kind: 'HMAC' | 'CMAC', name: string, key: Uint8Array): NativeMac;
  macWhole(mac: NativeMac, data: Uint8Array, out: Uint8Array): void;
  /** Clears the key now; what it computes from now on is of no use. */
  forgetHmac(hmac: NativeMac): void;
  /** A cipher with contexts that keep their key. `iv`: empty where the mode has none. */
  loadCipher(name: string, key: Uint8Array): NativeCipher;
  /**
   * `out`: as long as the data, and a padding that is put on. The number of bytes that came out; undefined where the data does not end as it
   * has to, with padding or with a whole block, and `out` is zeroed then.
   */
  cipherWhole(
    cipher: NativeCipher,
    decrypting: boolean,
    padding: boolean,
    iv: Uint8Array,
    data: Uint8Array,
    out: Uint8Array,
  ): number | undefined;
  /** Authenticated encryption with contexts that keep their key: GCM, ChaCha20-Poly1305, by OpenSSL's names. */
  loadAead(cipher: string, key: Uint8Array): NativeAead;
  /** `out`: as long as the data and the tag that is wanted. */
  sealWhole(aead: NativeAead, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array, out: Uint8Array): void;
  /** False where the tag is wrong, and `out` is zeroed then. */
  openWhole(aead: NativeAead, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array, tag: Uint8Array, out: Uint8Array): boolean;
  /** Clears the key now; using it from now on throws. */
  forgetAead(aead: NativeAead): void;
  /** One block of null bytes, by a block cipher in ECB mode. `out`: as long as a block. */
  encryptNulls(cipher: string, key: Uint8Array, out: Uint8Array): void;
  /** At most 2^31 - 1 bytes. */
  fillRandom(out: Uint8Array): void;
  /** BLAKE2b with digests of `size` bytes. */
  beginBlake2b(size: number): Blake2b;
  updateBlake2b(digest: Blake2b, data: Uint8Array): void;
  finishBlake2b(digest: Blake2b, out: Uint8Array): number;
  /** OpenSSL's legacy provider, for all threads of this process. Again and again is as good as once. */
  loadLegacyProvider(): void;
  /** RFC 2268, from the legacy provider. `bits`: the effective ones. `iv`: empty for ECB. `out`: a block longer than the data. */
  beginRc2(mode: 'ECB' | 'CBC', key: Uint8Array, bits: number, iv: Uint8Array, decrypting: boolean): Rc2;
  padRc2(cipher: Rc2, on: boolean): void;
  updateRc2(cipher: Rc2, data: Uint8Array, out: Uint8Array): number;
  /** undefined: the data does not end as it has to, with padding or with a whole block. */
  finishRc2(cipher: Rc2, out: Uint8Array): number | undefined;
  /**
   * RFC 8554: a subtree of an LMS tree, made on OpenSSL's own threads: its 2^height leaves' nodes as a heap, the root at place 1.
   * `top`: its root's number in the tree.
   */
  lmsSubtree(of: LmsHash, identifier: Uint8Array, seed: Uint8Array, treeHeight: number, height: number, top: number): Promise<Uint8Array>;
  /** LM-OTS: the chains up to the digits, from the seed (Appendix A). */
  lmotsSign(of: LmsHash, identifier: Uint8Array, q: number, seed: Uint8Array, digits: Uint8Array): Uint8Array;
  /** The tree's leaf, its node `number`, that a one-time signature with these digits leads to. */
  lmsLeaf(of: LmsHash, identifier: Uint8Array, q: number, number: number, digits: Uint8Array, signature: Uint8Array): Uint8Array;
  /** RFC 8391: the tree's leaf that a one-time signature with these digits leads to. `address`: the layer and the tree. */
  xmssLeaf(of: XmssHash, seed: Uint8Array, address: Uint8Array, index: number, digits: Uint8Array, signature: Uint8Array): Uint8Array;
  /** At most 2^31 - 1 bytes. */
  seedGenerator(seed: Uint8Array): void;
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
  encryptRsa,
  decryptRsa,
  signPostQuantum,
  verifyPostQuantum,
  rawPrivate,
  agree,
  loadHash,
  hashWhole,
  loadMac,
  macWhole,
  forgetHmac,
  loadCipher,
  cipherWhole,
  loadAead,
  sealWhole,
  openWhole,
  forgetAead,
  encryptNulls,
  fillRandom,
  beginBlake2b,
  updateBlake2b,
  finishBlake2b,
  loadLegacyProvider,
  beginRc2,
  padRc2,
  updateRc2,
  finishRc2,
  lmsSubtree,
  lmotsSign,
  lmsLeaf,
  xmssLeaf,
  seedGenerator,
  signMessage,
  verifyMessage,
} = addon;
