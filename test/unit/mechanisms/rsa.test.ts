import { constants, createPublicKey, createVerify, publicDecrypt } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { readUlong, ulongBytes } from '../../../src/model/attribute.ts';
import { CKA, CKG, CKM } from '../../../src/protocol/constants.ts';
import {
  type CkmName,
  cut,
  generated,
  hex,
  keyOf,
  operation,
  type Pair,
  sign,
  signParts,
  slow,
  templateOf,
  text,
  ulongs,
  verify,
  verifyParts,
} from './fixture.ts';

let pair: Pair;
beforeAll(async () => {
  pair = await generated('RSA_PKCS_KEY_PAIR_GEN', { MODULUS_BITS: ulongBytes(1024) });
});

const message = Buffer.from('message');
const modulusOf = () => pair.publicKey.attributes.get(CKA.MODULUS)!;
const node = () => createPublicKey({ key: Buffer.from(pair.publicKey.attributes.get(CKA.PUBLIC_KEY_INFO)!), format: 'der', type: 'spki' });

describe('CKM_RSA_PKCS_KEY_PAIR_GEN', () => {
  test('makes both keys whole', () => {
    const { publicKey, privateKey } = pair;
    expect(readUlong(publicKey.attributes.get(CKA.MODULUS_BITS)!)).toBe(1024);
    expect(Buffer.from(publicKey.attributes.get(CKA.PUBLIC_EXPONENT)!).toString('hex')).toBe('010001');
    const parts = [CKA.MODULUS, CKA.PUBLIC_EXPONENT, CKA.PRIVATE_EXPONENT, CKA.PRIME_1, CKA.PRIME_2, CKA.EXPONENT_1, CKA.EXPONENT_2];
    expect([...parts, CKA.COEFFICIENT, CKA.PUBLIC_KEY_INFO].filter((type) => !privateKey.attributes.has(type))).toEqual([]);
    expect(publicKey.attributes.has(CKA.PRIVATE_EXPONENT)).toBe(false);
  });

  test('keeps the exponent as the template gives it, and answers to those it cannot use', async () => {
    const { publicKey } = await generated('RSA_PKCS_KEY_PAIR_GEN', { MODULUS_BITS: ulongBytes(1024), PUBLIC_EXPONENT: hex('0003') });
    expect(publicKey.attributes.get(CKA.PUBLIC_EXPONENT)).toEqual(hex('0003'));
    for (const exponent of ['', '00', '01', '02', '0100000001']) {
      const values = { MODULUS_BITS: ulongBytes(1024), PUBLIC_EXPONENT: hex(exponent) };
      await expect(generated('RSA_PKCS_KEY_PAIR_GEN', values)).rejects.toThrow('CKR_TEMPLATE_INCONSISTENT:');
    }
  });

  test('needs a modulus length from 1024 to 16384 bits', async () => {
    await expect(generated('RSA_PKCS_KEY_PAIR_GEN', {})).rejects.toThrow('CKR_TEMPLATE_INCOMPLETE:');
    for (const bits of [0, 1023, 16385, 2 ** 40]) {
      await expect(generated('RSA_PKCS_KEY_PAIR_GEN', { MODULUS_BITS: ulongBytes(bits) })).rejects.toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    }
    const short = templateOf({ MODULUS_BITS: hex('0004') });
    await expect(async () => operation('RSA_PKCS_KEY_PAIR_GEN', 'generateKeyPair')(short, [], null, slow)).rejects.toThrow(
      'CKR_ATTRIBUTE_VALUE_INVALID:',
    );
  });
});

describe('RSA PKCS#1 v1.5', () => {
  test('what is signed as it is, another library finds in the signature', () => {
    const signature = sign('RSA_PKCS', pair.privateKey, message);
    expect(publicDecrypt({ key: node(), padding: constants.RSA_PKCS1_PADDING }, signature)).toEqual(message);
    expect(verify('RSA_PKCS', pair.publicKey, message, signature)).toBe(true);
    expect(verify('RSA_PKCS', pair.publicKey, message.subarray(1), signature)).toBe(false);
  });

  test('there is room for the modulus less eleven bytes, and not for one more', () => {
    const [most, more] = [new Uint8Array(117), new Uint8Array(118)];
    expect(verify('RSA_PKCS', pair.publicKey, most, sign('RSA_PKCS', pair.privateKey, most))).toBe(true);
    expect(() => sign('RSA_PKCS', pair.privateKey, more)).toThrow('CKR_DATA_LEN_RANGE:');
    expect(() => verify('RSA_PKCS', pair.publicKey, more, new Uint8Array(128))).toThrow('CKR_DATA_LEN_RANGE:');
  });

  test.each([
    ['SHA1_RSA_PKCS', 'sha1'],
    ['SHA224_RSA_PKCS', 'sha224'],
    ['SHA256_RSA_PKCS', 'sha256'],
    ['SHA384_RSA_PKCS', 'sha384'],
    ['SHA512_RSA_PKCS', 'sha512'],
    ['SHA3_224_RSA_PKCS', 'sha3-224'],
    ['SHA3_256_RSA_PKCS', 'sha3-256'],
    ['SHA3_384_RSA_PKCS', 'sha3-384'],
    ['SHA3_512_RSA_PKCS', 'sha3-512'],
  ] as const)('CKM_%s is the signature that another library knows', (name, hash) => {
    const signature = sign(name, pair.privateKey, message);
    expect(createVerify(hash).update(message).verify(node(), signature)).toBe(true);
    expect(Buffer.from(signParts(name, pair.privateKey, cut(message, 2)))).toEqual(Buffer.from(signature));
    expect(verifyParts(name, pair.publicKey, cut(message, 3), signature)).toBe(true);
    expect(verifyParts(name, pair.publicKey, cut(message, 3).slice(1), signature)).toBe(false);
  });

  test('the raw mechanisms sign the same in parts as in one', () => {
    for (const name of ['RSA_PKCS', 'RSA_X_509'] as const) {
      const signing = operation(name, 'sign')(pair.privateKey, null);
      for (const byte of message) signing.update?.(Uint8Array.of(byte));
      expect(text(signing.final!())).toBe(text(sign(name, pair.privateKey, message)));
    }
  });
});

describe('CKM_RSA_X_509', () => {
  test('signs a number below the modulus, with zeros before it where it is short', () => {
    const signature = sign('RSA_X_509', pair.privateKey, message);
    const opened = publicDecrypt({ key: node(), padding: constants.RSA_NO_PADDING }, signature);
    expect([opened.subarray(0, 121).some((byte) => byte !== 0), opened.subarray(121)]).toEqual([false, message]);
    expect(verify('RSA_X_509', pair.publicKey, message, signature)).toBe(true);
    expect(verify('RSA_X_509', pair.publicKey, message.subarray(1), signature)).toBe(false);
    expect(verify('RSA_X_509', pair.publicKey, message, Buffer.alloc(128, 0xff))).toBe(false);
  });

  test('refuses more bytes than the modulus has, and the modulus itself', () => {
    expect(() => sign('RSA_X_509', pair.privateKey, new Uint8Array(129))).toThrow('CKR_DATA_LEN_RANGE:');
    expect(() => sign('RSA_X_509', pair.privateKey, modulusOf())).toThrow('CKR_DATA_INVALID:');
  });
});

describe('RSA PSS', () => {
  const parameter = (hash: number, mask: number, salt: number) => ulongs(hash, mask, salt);

  test.each([
    ['SHA1_RSA_PKCS_PSS', 'sha1', CKM.SHA_1, CKG.MGF1_SHA1],
    ['SHA224_RSA_PKCS_PSS', 'sha224', CKM.SHA224, CKG.MGF1_SHA224],
    ['SHA256_RSA_PKCS_PSS', 'sha256', CKM.SHA256, CKG.MGF1_SHA256],
    ['SHA384_RSA_PKCS_PSS', 'sha384', CKM.SHA384, CKG.MGF1_SHA384],
    ['SHA512_RSA_PKCS_PSS', 'sha512', CKM.SHA512, CKG.MGF1_SHA512],
    ['SHA3_256_RSA_PKCS_PSS', 'sha3-256', CKM.SHA3_256, CKG.MGF1_SHA3_256],
  ] as const)('CKM_%s is the signature that another library knows', (name, hash, hashType, mask) => {
    const signature = sign(name, pair.privateKey, message, parameter(hashType, mask, 20));
    const options = { key: node(), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 };
    expect(createVerify(hash).update(message).verify(options, signature)).toBe(true);
    expect(verifyParts(name, pair.publicKey, cut(message, 3), signature, parameter(hashType, mask, 20))).toBe(true);
    expect(verify(name, pair.publicKey, message, signature, parameter(hashType, mask, 21))).toBe(false);
  });

  test('over a digest that the application made', () => {
    const digest = Buffer.alloc(32, 7);
    const given = parameter(CKM.SHA256, CKG.MGF1_SHA1, 0);
    const signature = sign('RSA_PKCS_PSS', pair.privateKey, digest, given);
    expect(verify('RSA_PKCS_PSS', pair.publicKey, digest, signature, given)).toBe(true);
    expect(verify('RSA_PKCS_PSS', pair.publicKey, digest, signature, parameter(CKM.SHA256, CKG.MGF1_SHA256, 0))).toBe(false);
    expect(() => sign('RSA_PKCS_PSS', pair.privateKey, message, given)).toThrow('CKR_DATA_LEN_RANGE:');
    expect(() => verify('RSA_PKCS_PSS', pair.publicKey, message, signature, given)).toThrow('CKR_DATA_LEN_RANGE:');
  });

  test.each<[string, CkmName, Uint8Array | null]>([
    ['none', 'SHA256_RSA_PKCS_PSS', null],
    ['a short one', 'SHA256_RSA_PKCS_PSS', new Uint8Array(23)],
    ["another hash than the mechanism's", 'SHA256_RSA_PKCS_PSS', parameter(CKM.SHA384, CKG.MGF1_SHA384, 20)],
    ['a hash that there is not', 'RSA_PKCS_PSS', parameter(CKM.MD5, CKG.MGF1_SHA1, 20)],
    ['a mask that there is not', 'RSA_PKCS_PSS', parameter(CKM.SHA256, 0, 20)],
    ['a salt one byte longer than there is room for', 'SHA256_RSA_PKCS_PSS', parameter(CKM.SHA256, CKG.MGF1_SHA256, 95)],
    ['a salt of 2^63 bytes', 'SHA256_RSA_PKCS_PSS', parameter(CKM.SHA256, CKG.MGF1_SHA256, 2 ** 63)],
    ['any salt where the hash alone is too long', 'SHA512_RSA_PKCS_PSS', parameter(CKM.SHA512, CKG.MGF1_SHA512, 63)],
  ])('a parameter is refused: %s', (_, name, given) => {
    expect(() => operation(name, 'sign')(pair.privateKey, given)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
    expect(() => operation(name, 'verify')(pair.publicKey, given)).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });

  test('the longest salt fits, and one bit more of modulus makes no more room', async () => {
    const longest = parameter(CKM.SHA256, CKG.MGF1_SHA256, 94);
    expect(
      verify('SHA256_RSA_PKCS_PSS', pair.publicKey, message, sign('SHA256_RSA_PKCS_PSS', pair.privateKey, message, longest), longest),
    ).toBe(true);
    const odd = await generated('RSA_PKCS_KEY_PAIR_GEN', { MODULUS_BITS: ulongBytes(1025) });
    const signature = sign('SHA256_RSA_PKCS_PSS', odd.privateKey, message, longest);
    expect([signature.length, verify('SHA256_RSA_PKCS_PSS', odd.publicKey, message, signature, longest)]).toEqual([129, true]);
    expect(() => operation('SHA256_RSA_PKCS_PSS', 'sign')(odd.privateKey, parameter(CKM.SHA256, CKG.MGF1_SHA256, 95))).toThrow(
      'CKR_MECHANISM_PARAM_INVALID:',
    );
  });
});

test('a private key signs with no more than modulus, exponents and primes', () => {
  const bare = new Map(pair.privateKey.attributes);
  for (const type of [CKA.EXPONENT_1, CKA.EXPONENT_2, CKA.COEFFICIENT, CKA.PUBLIC_KEY_INFO, CKA.PUBLIC_EXPONENT]) bare.delete(type);
  const signature = sign('SHA256_RSA_PKCS', keyOf(bare), message);
  expect(verify('SHA256_RSA_PKCS', pair.publicKey, message, signature)).toBe(true);
});

test('a key is loaded once, however many operations begin with it', () => {
  const key = keyOf(pair.privateKey.attributes);
  operation('SHA256_RSA_PKCS', 'sign')(key, null);
  const [[name, loaded]] = [...key.memo] as [[string, unknown]];
  operation('SHA512_RSA_PKCS', 'sign')(key, null);
  expect([key.memo.size, key.memo.get(name) === loaded]).toEqual([1, true]);
});
