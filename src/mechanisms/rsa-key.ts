// RSA keys: loaded from their attributes, generated, and completed when an application brings them.

import { stripped } from '../crypto/der.ts';
import { loadPrivateKey, loadPublicKey, type NativeKey } from '../crypto/native.ts';
import { bitLength, type RsaPrivate, type RsaPublic, readRsaPkcs8, readRsaPrivateKey, rsaParts, rsaPkcs8, rsaSpki } from '../crypto/rsa.ts';
import { completeRsa } from '../crypto/rsa-numbers.ts';
import { type Attributes, type Template, ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKO } from '../protocol/constants.ts';
import { contribute, type Draft, drafted } from './contribute.ts';
import type { PrivateForm } from './form.ts';
import { attribute, given, remembered, requiredUlong } from './key.ts';
import type { Key, MadePair, Slow } from './mechanism.ts';

/** Bits of a modulus, from and to. */
export const rsaSizes: readonly [number, number] = [1024, 16384];

/** From so many bits on, one private operation takes tens of milliseconds and more. */
const SLOW_BITS = 8192;
export const isSlowRsa = (key: Attributes): boolean => bitLength(attribute(key, CKA.MODULUS)) >= SLOW_BITS;

export interface RsaKey {
  readonly native: NativeKey;
  /** Bytes and bits of the modulus. */
  readonly size: number;
  readonly bits: number;
}

const attributeOf: Readonly<Record<keyof RsaPrivate, number>> = {
  modulus: CKA.MODULUS,
  publicExponent: CKA.PUBLIC_EXPONENT,
  privateExponent: CKA.PRIVATE_EXPONENT,
  prime1: CKA.PRIME_1,
  prime2: CKA.PRIME_2,
  exponent1: CKA.EXPONENT_1,
  exponent2: CKA.EXPONENT_2,
  coefficient: CKA.COEFFICIENT,
};

export const rsaPrivate = (key: Key): RsaKey => remembered(key, 'native', loadPrivate);
export const rsaPublic = (key: Key): RsaKey => remembered(key, 'native', loadPublic);

const loadPrivate = (attributes: Attributes): RsaKey => loaded(attributes, loadPrivateKey(rsaPrivateDer(attributes)));
const loadPublic = (attributes: Attributes): RsaKey => loaded(attributes, loadPublicKey(rsaPublicDer(attributes)));

function loaded(attributes: Attributes, native: NativeKey): RsaKey {
  const bits = bitLength(attribute(attributes, CKA.MODULUS));
  return { native, bits, size: Math.ceil(bits / 8) };
}

/** PKCS#8 of a private key object. */
export function rsaPrivateDer(attributes: Attributes): Uint8Array {
  const [modulus, privateExponent] = [attribute(attributes, CKA.MODULUS), attribute(attributes, CKA.PRIVATE_EXPONENT)];
  const parts = { ...partsOf(attributes), modulus, privateExponent };
  const complete = rsaParts.every((part) => parts[part] !== undefined) ? (parts as RsaPrivate) : completeRsa(parts);
  ensure(complete !== undefined, 'KEY_TYPE_INCONSISTENT', "an RSA private key's numbers do not belong together");
  return rsaPkcs8(complete);
}

/** SubjectPublicKeyInfo of a public key object, or of a private one's public part. */
export const rsaPublicDer = (attributes: Attributes): Uint8Array =>
  rsaSpki({ modulus: attribute(attributes, CKA.MODULUS), publicExponent: attribute(attributes, CKA.PUBLIC_EXPONENT) });

function partsOf(attributes: Attributes): Partial<RsaPrivate> {
  const parts = rsaParts.map((part) => [part, attributes.get(attributeOf[part])] as const);
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined && value.length > 0));
}

export const rsaForm: PrivateForm = {
  write: rsaPrivateDer,
  read(info) {
    const key = readRsaPrivateKey(info);
    return key && rsaParts.map((part) => [attributeOf[part], key[part]]);
  },
  publicOf: (attributes) => [CKA.MODULUS, CKA.PUBLIC_EXPONENT].map((type) => [type, attribute(attributes, type)]),
};

export function completeRsaPublic(draft: Draft): void {
  const key = { modulus: drafted(draft, CKA.MODULUS), publicExponent: drafted(draft, CKA.PUBLIC_EXPONENT) };
  checkPublic(key);
  contribute(draft, CKA.MODULUS_BITS, ulongBytes(bitLength(key.modulus)));
  contribute(draft, CKA.PUBLIC_KEY_INFO, rsaSpki(key));
}

export function completeRsaPrivate(draft: Draft): void {
  const [modulus, privateExponent] = [drafted(draft, CKA.MODULUS), drafted(draft, CKA.PRIVATE_EXPONENT)];
  const parts = { ...partsOf(draft), modulus, privateExponent };
  // Bounded before any arithmetic: hostile numbers must not keep this worker busy.
  ensure(isModulus(modulus), 'ATTRIBUTE_VALUE_INVALID', 'the RSA modulus is out of range');
  const short = rsaParts.every((part) => (parts[part]?.length ?? 0) <= modulus.length);
  ensure(short, 'ATTRIBUTE_VALUE_INVALID', 'a number is longer than the RSA modulus');
  const all = completeRsa(parts);
  ensure(all !== undefined, 'ATTRIBUTE_VALUE_INVALID', "an RSA private key's numbers do not belong together");
  checkPublic(all);
  // Numbers that were given stay as they were, leading zeros and all: an application may search for them.
  for (const part of rsaParts) if (!parts[part]) draft.set(attributeOf[part], all[part]);
  contribute(draft, CKA.PUBLIC_KEY_INFO, rsaSpki(all));
}

const isModulus = (modulus: Uint8Array): boolean => {
  const bits = bitLength(modulus);
  return bits >= rsaSizes[0] && bits <= rsaSizes[1] && modulus.at(-1)! % 2 === 1;
};

function checkPublic({ modulus, publicExponent }: RsaPublic): void {
  ensure(isModulus(modulus), 'ATTRIBUTE_VALUE_INVALID', 'the RSA modulus is out of range');
  const bits = bitLength(publicExponent);
  const odd = bits > 1 && publicExponent.at(-1)! % 2 === 1;
  // OpenSSL refuses longer ones above 3072 bits, where raising to them takes long.
  ensure(odd && bits <= 64, 'ATTRIBUTE_VALUE_INVALID', 'the RSA public exponent is even, 1 or longer than 64 bits');
}

const F4 = Uint8Array.of(1, 0, 1);

export async function generateRsaPair(template: Template, slow: Slow): Promise<MadePair> {
  const bits = requiredUlong(template, CKA.MODULUS_BITS);
  ensure(bits >= rsaSizes[0] && bits <= rsaSizes[1], 'ATTRIBUTE_VALUE_INVALID', 'RSA moduli have 1024 to 16384 bits');
  const exponent = given(template, CKA.PUBLIC_EXPONENT) ?? F4;
  const length = bitLength(exponent);
  const usable = length > 1 && length <= 32 && exponent.at(-1)! % 2 === 1;
  // §6.1.4: an exponent that cannot be used is an inconsistency of the template.
  ensure(usable, 'TEMPLATE_INCONSISTENT', 'the RSA public exponent is even, 1 or longer than 32 bits');

  const key = readRsaPkcs8(await slow.generateRsa(bits, stripped(exponent)));
  ensure(key !== undefined, 'DEVICE_ERROR', 'key generation gave no RSA private key');
  const common = [
    [CKA.KEY_TYPE, ulongBytes(CKK.RSA)],
    [CKA.MODULUS, key.modulus],
    [CKA.PUBLIC_EXPONENT, exponent],
    [CKA.PUBLIC_KEY_INFO, rsaSpki(key)],
  ] as const;
  const secret = rsaParts.slice(2).map((part) => [attributeOf[part], key[part]] as const);
  return {
    publicKey: new Map([[CKA.CLASS, ulongBytes(CKO.PUBLIC_KEY)], [CKA.MODULUS_BITS, ulongBytes(bits)], ...common]),
    privateKey: new Map([[CKA.CLASS, ulongBytes(CKO.PRIVATE_KEY)], ...common, ...secret]),
  };
}
