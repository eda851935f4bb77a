import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { curves, edwardsCurves } from '../../../src/crypto/curves.ts';
import { bitString, octetString } from '../../../src/crypto/der.ts';
import { generateEc } from '../../../src/crypto/ec.ts';
import { readRsaPkcs8 } from '../../../src/crypto/rsa.ts';
import { completeObject } from '../../../src/mechanisms/complete.ts';
import { readUlong, ulongBytes } from '../../../src/model/attribute.ts';
import { CKA, CKC, CKO } from '../../../src/protocol/constants.ts';
import { type Attributes, attributesOf, created, hex, sign, text, verify } from './fixture.ts';

const p256 = curves.find((curve) => curve.name === 'prime256v1')!;

describe('RSA', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const parts = readRsaPkcs8(privateKey.export({ format: 'der', type: 'pkcs8' }))!;
  const spki = createPublicKey(privateKey as never).export({ format: 'der', type: 'spki' });
  const publicValues = { MODULUS: parts.modulus, PUBLIC_EXPONENT: parts.publicExponent };
  const least = { ...publicValues, PRIVATE_EXPONENT: parts.privateExponent };
  const primes = { PRIME_1: parts.prime1, PRIME_2: parts.prime2 };
  const exponents = { EXPONENT_1: parts.exponent1, EXPONENT_2: parts.exponent2, COEFFICIENT: parts.coefficient };
  const createPublic = (values: Attributes) => created('PUBLIC_KEY', 'RSA', values).attributes;
  const createPrivate = (values: Attributes) => created('PRIVATE_KEY', 'RSA', values).attributes;

  test('a public key gets its length in bits and its SubjectPublicKeyInfo', () => {
    const attributes = createPublic(publicValues);
    expect(readUlong(attributes.get(CKA.MODULUS_BITS)!)).toBe(1024);
    expect(text(attributes.get(CKA.PUBLIC_KEY_INFO)!)).toBe(text(spki));
  });

  test('leading zeros stay, and change nothing', () => {
    const padded = createPublic({ ...publicValues, MODULUS: Uint8Array.of(0, ...parts.modulus) });
    expect(padded.get(CKA.MODULUS)!.length).toBe(129);
    expect(text(padded.get(CKA.PUBLIC_KEY_INFO)!)).toBe(text(spki));
    expect(readUlong(padded.get(CKA.MODULUS_BITS)!)).toBe(1024);
  });

  test('a private key gets what it lacks, and signs', () => {
    for (const values of [least, { ...least, ...primes }, { ...least, PRIME_2: parts.prime2 }, { ...least, ...primes, ...exponents }]) {
      const key = created('PRIVATE_KEY', 'RSA', values);
      const types = [CKA.PRIME_1, CKA.PRIME_2, CKA.EXPONENT_1, CKA.EXPONENT_2, CKA.COEFFICIENT];
      expect(types.filter((type) => !key.attributes.has(type))).toEqual([]);
      expect(text(key.attributes.get(CKA.PUBLIC_KEY_INFO)!)).toBe(text(spki));
      const signature = sign('SHA256_RSA_PKCS', key, hex('00'));
      expect(verify('SHA256_RSA_PKCS', created('PUBLIC_KEY', 'RSA', publicValues), hex('00'), signature)).toBe(true);
    }
  });

  test('a private key without its public exponent gets it from the primes', () => {
    const { MODULUS, PRIVATE_EXPONENT } = least;
    expect(text(createPrivate({ MODULUS, PRIVATE_EXPONENT, ...primes }).get(CKA.PUBLIC_EXPONENT)!)).toBe('010001');
    expect(() => createPrivate({ MODULUS, PRIVATE_EXPONENT })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
  });

  test.each<[string, Attributes]>([
    ['a modulus of 1016 bits', { MODULUS: Uint8Array.of(0, ...parts.modulus.subarray(1)) }],
    ['an even modulus', { MODULUS: Uint8Array.of(...parts.modulus.subarray(0, -1), 2) }],
    ['a modulus of nothing', { MODULUS: new Uint8Array(0) }],
    ['a modulus of 16392 bits', { MODULUS: new Uint8Array(2049).fill(0xff) }],
    ['an exponent of 1', { PUBLIC_EXPONENT: hex('01') }],
    ['an even exponent', { PUBLIC_EXPONENT: hex('010000') }],
    ['an exponent of nothing', { PUBLIC_EXPONENT: new Uint8Array(0) }],
    ['an exponent of 65 bits', { PUBLIC_EXPONENT: hex('010000000000000001') }],
    ['another length in bits', { MODULUS_BITS: ulongBytes(1023) }],
    ['another SubjectPublicKeyInfo', { PUBLIC_KEY_INFO: hex('3000') }],
  ])('a public key with %s is refused', (_, values) => {
    expect(() => createPublic({ ...publicValues, ...values })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
  });

  test.each<[string, Attributes]>([
    ['a number that belongs to no such key', { EXPONENT_1: parts.exponent2 }],
    ['another private exponent', { PRIVATE_EXPONENT: parts.exponent1 }],
    ['primes that are not its own', { PRIME_1: parts.prime1, PRIME_2: hex('03') }],
    ['a prime of zero', { PRIME_1: hex('00') }],
    ['a private exponent longer than the modulus', { PRIVATE_EXPONENT: new Uint8Array(1_000_000).fill(1) }],
    ['another SubjectPublicKeyInfo', { PUBLIC_KEY_INFO: hex('3000') }],
  ])('a private key with %s is refused', (_, values) => {
    expect(() => createPrivate({ ...least, ...values })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
  });

  test('an empty SubjectPublicKeyInfo, and the right one, are as good as none', () => {
    for (const PUBLIC_KEY_INFO of [new Uint8Array(0), Uint8Array.from(spki)]) {
      expect(text(createPrivate({ ...least, PUBLIC_KEY_INFO }).get(CKA.PUBLIC_KEY_INFO)!)).toBe(text(spki));
    }
  });

  test('a key without what its type needs is incomplete', () => {
    expect(() => createPublic({ MODULUS: parts.modulus })).toThrow('CKR_TEMPLATE_INCOMPLETE:');
    expect(() => createPrivate(publicValues)).toThrow('CKR_TEMPLATE_INCOMPLETE:');
  });
});

describe('elliptic curves', () => {
  const { scalar, point } = generateEc(p256);
  const createPublic = (values: Attributes) => created('PUBLIC_KEY', 'EC', { EC_PARAMS: p256.oid, ...values }).attributes;
  const createPrivate = (values: Attributes) => created('PRIVATE_KEY', 'EC', { EC_PARAMS: p256.oid, ...values }).attributes;
  const node = (der: Uint8Array) => createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });

  test('a public key is taken as DER and as it is, and both get the SubjectPublicKeyInfo that another library reads', () => {
    const infos = [octetString(point), point].map((EC_POINT) => createPublic({ EC_POINT }).get(CKA.PUBLIC_KEY_INFO)!);
    expect(text(infos[0]!)).toBe(text(infos[1]!));
    const { x, y } = node(infos[0]!).export({ format: 'jwk' });
    expect(Buffer.concat([Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')])).toEqual(Buffer.from(point.subarray(1)));
    expect(text(createPrivate({ VALUE: scalar }).get(CKA.PUBLIC_KEY_INFO)!)).toBe(text(infos[0]!));
  });

  test.each<[string, Uint8Array]>([
    ['a point off the curve', Uint8Array.of(...point.subarray(0, -1), point.at(-1)! ^ 1)],
    ['the same in DER', octetString(Uint8Array.of(...point.subarray(0, -1), point.at(-1)! ^ 1))],
    ['infinity', Uint8Array.of(0)],
    ['infinity in DER', octetString(Uint8Array.of(0))],
    ['nothing', new Uint8Array(0)],
    ['a point of another curve', generateEc(curves[0]!).point],
  ])('a public key that is %s is refused', (_, EC_POINT) => {
    expect(() => createPublic({ EC_POINT })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
  });

  test.each<[string, Uint8Array]>([
    ['zero', new Uint8Array(32)],
    ['nothing', new Uint8Array(0)],
    ['above the order', new Uint8Array(32).fill(0xff)],
    ['longer than the order', new Uint8Array(33).fill(1)],
  ])('a private key that is %s is refused', (_, VALUE) => {
    expect(() => createPrivate({ VALUE })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
  });

  test('a curve that is not supported, and what is no curve, are told apart', () => {
    expect(() => createPublic({ EC_PARAMS: hex('06052b81040008'), EC_POINT: point })).toThrow('CKR_CURVE_NOT_SUPPORTED:');
    expect(() => createPrivate({ EC_PARAMS: hex('3000'), VALUE: scalar })).toThrow('CKR_DOMAIN_PARAMS_INVALID:');
    expect(() => createPublic({})).toThrow('CKR_TEMPLATE_INCOMPLETE:');
  });
});

describe('Edwards curves', () => {
  test.each(edwardsCurves.map((curve) => [curve.name, curve] as const))('%s', (name, curve) => {
    const { privateKey } = name === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ed448');
    const spki = createPublicKey(privateKey as never).export({ format: 'der', type: 'spki' });
    const VALUE = Uint8Array.from(privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-curve.size));
    const bare = Uint8Array.from(spki.subarray(-curve.size));
    const make = (keyClass: 'PUBLIC_KEY' | 'PRIVATE_KEY', values: Attributes) =>
      created(keyClass, 'EC_EDWARDS', { EC_PARAMS: curve.oid, ...values });

    for (const EC_POINT of [bare, octetString(bare), bitString(bare)]) {
      const key = make('PUBLIC_KEY', { EC_POINT });
      expect(text(key.attributes.get(CKA.PUBLIC_KEY_INFO)!)).toBe(text(spki));
      expect(verify('EDDSA', key, hex('00'), sign('EDDSA', make('PRIVATE_KEY', { VALUE }), hex('00')))).toBe(true);
    }
    expect(text(make('PRIVATE_KEY', { VALUE }).attributes.get(CKA.PUBLIC_KEY_INFO)!)).toBe(text(spki));
    for (const EC_POINT of [bare.subarray(1), new Uint8Array(curve.size).fill(0xff), new Uint8Array(0)]) {
      expect(() => make('PUBLIC_KEY', { EC_POINT })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    }
    expect(() => make('PRIVATE_KEY', { VALUE: VALUE.subarray(1) })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    expect(() => make('PRIVATE_KEY', { VALUE, EC_PARAMS: p256.oid })).toThrow('CKR_CURVE_NOT_SUPPORTED:');
  });
});

describe('secret keys', () => {
  const aes = (values: Attributes) => created('SECRET_KEY', 'AES', values).attributes;

  test('an AES key gets its length and check value; those given must be right, and an empty check value is left empty', () => {
    const VALUE = new Uint8Array(16);
    // FIPS 197's zero key: the first block of zeros.
    const attributes = aes({ VALUE });
    expect([text(attributes.get(CKA.CHECK_VALUE)!), readUlong(attributes.get(CKA.VALUE_LEN)!)]).toEqual(['66e94b', 16]);
    expect(text(aes({ VALUE, CHECK_VALUE: hex('66e94b') }).get(CKA.CHECK_VALUE)!)).toBe('66e94b');
    expect(aes({ VALUE, CHECK_VALUE: hex('') }).get(CKA.CHECK_VALUE)!.length).toBe(0);
    expect(() => aes({ VALUE, CHECK_VALUE: hex('66e94c') })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    expect(() => aes({ VALUE, VALUE_LEN: ulongBytes(32) })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    expect(() => aes({ VALUE: new Uint8Array(17) })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    expect(() => aes({})).toThrow('CKR_TEMPLATE_INCOMPLETE:');
  });

  test("a generic secret's check value is of its SHA-1, and so is an HMAC key's", () => {
    for (const keyType of ['GENERIC_SECRET', 'SHA256_HMAC', 'SHA3_512_HMAC'] as const) {
      const { attributes } = created('SECRET_KEY', keyType, { VALUE: Buffer.from('abc') });
      expect([text(attributes.get(CKA.CHECK_VALUE)!), readUlong(attributes.get(CKA.VALUE_LEN)!)]).toEqual(['a9993e', 3]);
    }
  });
});

test("an X.509 certificate's check value is of its value's SHA-1; one that was given must be that, or empty", () => {
  const certificate = (more: Attributes) => {
    const draft = attributesOf({ CLASS: ulongBytes(CKO.CERTIFICATE), CERTIFICATE_TYPE: ulongBytes(CKC.X_509), ...more });
    completeObject(draft);
    return draft.get(CKA.CHECK_VALUE);
  };
  const VALUE = Buffer.from('abc');
  expect(text(certificate({ VALUE })!)).toBe('a9993e');
  expect(text(certificate({ VALUE, CHECK_VALUE: hex('a9993e') })!)).toBe('a9993e');
  expect(certificate({ VALUE, CHECK_VALUE: hex('') })!.length).toBe(0);
  expect(() => certificate({ VALUE, CHECK_VALUE: hex('a9993f') })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
  expect(certificate({ URL: Buffer.from('https://example.org') })).toBeUndefined();
});

test('objects of other kinds stay as they are', () => {
  const data = attributesOf({ CLASS: ulongBytes(CKO.DATA), VALUE: hex('00') });
  completeObject(data);
  expect(data).toEqual(attributesOf({ CLASS: ulongBytes(CKO.DATA), VALUE: hex('00') }));
  expect(created('SECRET_KEY', 'SKIPJACK', { VALUE: hex('00') }).attributes.size).toBe(3);
});
