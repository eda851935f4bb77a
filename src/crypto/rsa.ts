// RSA keys as numbers (big-endian bytes) and as DER (RFC 8017, appendix A.1).

import { contentOf, element, elements, integer, sequence, stripped, TAG } from './der.ts';
import { objectIdentifier, pkcs8, privateKeyIn, spki } from './key-der.ts';

export interface RsaPublic {
  readonly modulus: Uint8Array;
  readonly publicExponent: Uint8Array;
}

/** In the order of RSAPrivateKey. */
export const rsaParts = [
  'modulus',
  'publicExponent',
  'privateExponent',
  'prime1',
  'prime2',
  'exponent1',
  'exponent2',
  'coefficient',
] as const;
export type RsaPrivate = Readonly<Record<(typeof rsaParts)[number], Uint8Array>>;

const rsaEncryption = [objectIdentifier('2a864886f70d010101'), element(TAG.NULL)];

export const rsaSpki = (key: RsaPublic): Uint8Array => spki(rsaEncryption, sequence(integer(key.modulus), integer(key.publicExponent)));

export const rsaPkcs8 = (key: RsaPrivate): Uint8Array =>
  pkcs8(rsaEncryption, sequence(integer(new Uint8Array(0)), ...rsaParts.map((part) => integer(key[part]))));

/** The numbers of a PKCS#8 that OpenSSL made, without leading zeros. */
export function readRsaPkcs8(envelope: Uint8Array): RsaPrivate | undefined {
  const key = privateKeyIn(envelope);
  const numbers = key && elements(contentOf(key, TAG.SEQUENCE) ?? new Uint8Array(0));
  if (numbers?.length !== rsaParts.length + 1) return undefined;
  return Object.fromEntries(rsaParts.map((part, i) => [part, stripped(numbers[i + 1]!.content)])) as RsaPrivate;
}

/** Bits of a number. */
export function bitLength(magnitude: Uint8Array): number {
  const bare = stripped(magnitude);
  return bare.length === 0 ? 0 : bare.length * 8 - (Math.clz32(bare[0]!) - 24);
}
