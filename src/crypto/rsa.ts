// RSA keys as numbers (big-endian bytes) and as DER (RFC 8017, appendix A.1).

import { contentOf, element, elements, integer, magnitudeOf, sequence, stripped, TAG } from './der.ts';
import { objectIdentifier, type PrivateKeyInfo, pkcs8, readPkcs8, spki } from './key-der.ts';

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

/** The numbers of a PKCS#8, without leading zeros. */
export function readRsaPkcs8(envelope: Uint8Array): RsaPrivate | undefined {
  const info = readPkcs8(envelope);
  return info && readRsaPrivateKey(info);
}

export function readRsaPrivateKey({ algorithm, privateKey }: PrivateKeyInfo): RsaPrivate | undefined {
  if (Buffer.compare(algorithm, rsaEncryption[0]!) !== 0) return undefined;
  const numbers = elements(contentOf(privateKey, TAG.SEQUENCE) ?? new Uint8Array(0))?.map(magnitudeOf);
  // The version is 0: no more than two primes.
  if (numbers?.length !== rsaParts.length + 1 || numbers[0]?.length !== 0 || numbers.includes(undefined)) return undefined;
  return Object.fromEntries(rsaParts.map((part, i) => [part, numbers[i + 1]!])) as RsaPrivate;
}

/** Bits of a number. */
export function bitLength(magnitude: Uint8Array): number {
  const bare = stripped(magnitude);
  return bare.length === 0 ? 0 : bare.length * 8 - (Math.clz32(bare[0]!) - 24);
}
