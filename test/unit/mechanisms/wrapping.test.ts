import { createPrivateKey, createPublicKey, publicDecrypt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { materialOf, unwrapped } from '../../../src/mechanisms/material.ts';
import type { Key } from '../../../src/mechanisms/mechanism.ts';
import { ulongBytes } from '../../../src/model/attribute.ts';
import { CKA, CKD, CKG, CKK, CKM, CKO, CKZ } from '../../../src/protocol/constants.ts';
import type { MechanismParameter } from '../../../src/protocol/parameters.ts';
import { type CkmName, created, generated, generic, hex, keyOf, mechanisms, operation, struct, templateOf, text } from './fixture.ts';

const aesKey = (bytes = 32): Key => created('SECRET_KEY', 'AES', { VALUE: new Uint8Array(bytes).fill(7) });
const secretTemplate = (keyType: keyof typeof CKK, length?: number) =>
  templateOf({
    CLASS: ulongBytes(CKO.SECRET_KEY),
    KEY_TYPE: ulongBytes(CKK[keyType]),
    ...(length !== undefined && { VALUE_LEN: ulongBytes(length) }),
  });
const privateTemplate = (keyType: keyof typeof CKK) =>
  templateOf({ CLASS: ulongBytes(CKO.PRIVATE_KEY), KEY_TYPE: ulongBytes(CKK[keyType]) });

/** As C_WrapKey and C_UnwrapKey do it. */
function wrap(name: CkmName, key: Key, target: Key, parameter: MechanismParameter = null): Uint8Array {
  return operation(name, 'wrapKey')(key, parameter, materialOf(target.attributes, mechanisms.get(CKM[name])!)).wrapped;
}
function unwrap(
  name: CkmName,
  key: Key,
  wrapped: Uint8Array,
  template: ReturnType<typeof templateOf>,
  parameter: MechanismParameter = null,
): Key {
  const material = operation(name, 'unwrapKey')(key, parameter, wrapped, template);
  return keyOf(unwrapped(template, material, mechanisms.get(CKM[name])!).made);
}
const value = (key: Key): string => text(key.attributes.get(CKA.VALUE)!);

const iv = hex('000102030405060708090a0b0c0d0e0f');
const oaep = { hashAlg: CKM.SHA256, mgf: CKG.MGF1_SHA1, source: CKZ.DATA_SPECIFIED, pSourceData: hex('aabbcc') };

describe('secret keys', () => {
  const target = created('SECRET_KEY', 'GENERIC_SECRET', { VALUE: hex('00112233445566778899aabbccddeeff00112233') });
  const parameters: Readonly<Partial<Record<CkmName, MechanismParameter>>> = {
    AES_ECB: null,
    AES_CBC: iv,
    AES_CBC_PAD: iv,
    AES_OFB: iv,
    AES_CFB64: iv,
    AES_CTS: iv,
    AES_CTR: Buffer.concat([ulongBytes(64), iv]),
    AES_KEY_WRAP: null,
    AES_KEY_WRAP_PAD: null,
    AES_KEY_WRAP_KWP: hex('01020304'),
    AES_KEY_WRAP_PKCS7: hex('0102030405060708'),
    AES_GCM: struct('CK_GCM_PARAMS', { pIv: iv, ulIvBits: 0, pAAD: null, ulTagBits: 96 }),
    AES_CCM: struct('CK_CCM_WRAP_PARAMS', {
      ulDataLen: 0,
      pNonce: iv.slice(3),
      ulNonceFixedBits: 0,
      nonceGenerator: 0,
      pAAD: iv,
      ulMACLen: 8,
    }),
  };

  test.each(Object.entries(parameters) as [CkmName, MechanismParameter][])('leave under CKM_%s and come back', (name, parameter) => {
    const wrapped = wrap(name, aesKey(), target, parameter);
    expect(text(wrapped)).not.toContain(value(target));
    const back = unwrap(name, aesKey(), wrapped, secretTemplate('GENERIC_SECRET', 20), parameter);
    expect(value(back)).toBe(value(target));
  });

  test('are cut to the length asked for where the mode filled them up, and to no other', () => {
    const wrapped = wrap('AES_ECB', aesKey(), target);
    expect(wrapped.length).toBe(32);
    expect(value(unwrap('AES_ECB', aesKey(), wrapped, secretTemplate('AES', 24)))).toBe(`${value(target)}00000000`);
    for (const length of [16, 33]) {
      expect(() => unwrap('AES_ECB', aesKey(), wrapped, secretTemplate('GENERIC_SECRET', length))).toThrow('CKR_WRAPPED_KEY_LEN_RANGE:');
    }
    expect(() => unwrap('AES_KEY_WRAP', aesKey(), wrap('AES_KEY_WRAP', aesKey(), target), secretTemplate('DES3'))).not.toThrow();
    expect(() => unwrap('AES_KEY_WRAP_KWP', aesKey(), wrap('AES_KEY_WRAP_KWP', aesKey(), target), secretTemplate('AES'))).toThrow(
      'CKR_WRAPPED_KEY_LEN_RANGE:',
    );
  });

  test('that were changed, or are of no length, are refused', () => {
    const wrapped = Uint8Array.from(wrap('AES_KEY_WRAP_KWP', aesKey(), target));
    wrapped[9]! ^= 1;
    const template = secretTemplate('GENERIC_SECRET');
    expect(() => unwrap('AES_KEY_WRAP_KWP', aesKey(), wrapped, template)).toThrow('CKR_WRAPPED_KEY_INVALID:');
    expect(() => unwrap('AES_KEY_WRAP_KWP', aesKey(16), wrapped, template)).toThrow('CKR_WRAPPED_KEY_INVALID:');
    for (const name of ['AES_KEY_WRAP', 'AES_KEY_WRAP_KWP', 'AES_KEY_WRAP_PKCS7', 'AES_ECB'] as const) {
      for (const length of [1, 15, 17]) {
        expect(() => unwrap(name, aesKey(), new Uint8Array(length), template)).toThrow('CKR_WRAPPED_KEY_LEN_RANGE:');
      }
    }
    expect(() => wrap('AES_KEY_WRAP', aesKey(), generic('00'))).toThrow('CKR_KEY_SIZE_RANGE:');
  });

  test('leave under RSA in every padding', async () => {
    const { publicKey, privateKey } = await generated('RSA_PKCS_KEY_PAIR_GEN', { MODULUS_BITS: ulongBytes(2048) });
    const template = secretTemplate('GENERIC_SECRET', 20);
    const wrapping = struct('CK_RSA_AES_KEY_WRAP_PARAMS', { ulAESKeyBits: 256, ...oaep });
    for (const [name, parameter] of [
      ['RSA_PKCS', null],
      ['RSA_X_509', null],
      ['RSA_PKCS_OAEP', struct('CK_RSA_PKCS_OAEP_PARAMS', oaep)],
      ['RSA_AES_KEY_WRAP', wrapping],
    ] as const) {
      const wrapped = wrap(name, publicKey, target, parameter);
      expect(value(unwrap(name, privateKey, wrapped, template, parameter)), name).toBe(value(target));
    }
    const other = struct('CK_RSA_PKCS_OAEP_PARAMS', { ...oaep, pSourceData: null });
    const labelled = wrap('RSA_PKCS_OAEP', publicKey, target, struct('CK_RSA_PKCS_OAEP_PARAMS', oaep));
    expect(() => unwrap('RSA_PKCS_OAEP', privateKey, labelled, template, other)).toThrow('CKR_WRAPPED_KEY_INVALID:');
    expect(() => wrap('RSA_PKCS', publicKey, generic('00'.repeat(246)))).toThrow('CKR_KEY_SIZE_RANGE:');
    expect(() => wrap('RSA_PKCS', publicKey, privateKey)).toThrow('CKR_KEY_NOT_WRAPPABLE:');
    expect(() => wrap('RSA_AES_KEY_WRAP', publicKey, target, struct('CK_RSA_AES_KEY_WRAP_PARAMS', { ulAESKeyBits: 64, ...oaep }))).toThrow(
      'CKR_MECHANISM_PARAM_INVALID:',
    );
  });

  test('are made for RSA at once', async () => {
    const { publicKey, privateKey } = await generated('RSA_PKCS_KEY_PAIR_GEN', { MODULUS_BITS: ulongBytes(1025) });
    for (const [name, template] of [
      ['RSA_PKCS', secretTemplate('AES', 32)],
      ['RSA_X_509', secretTemplate('GENERIC_SECRET')],
    ] as const) {
      const encapsulating = operation(name, 'encapsulateKey')(publicKey, null);
      const { ciphertext, key } = encapsulating.encapsulate(template);
      expect(ciphertext.length).toBe(encapsulating.size);
      const back = operation(name, 'decapsulateKey')(privateKey, null, ciphertext, template);
      expect(back.made.get(CKA.VALUE)).toEqual(key.made.get(CKA.VALUE));
    }
  });
});

describe('private keys', () => {
  const kinds = [
    ['RSA', 'RSA_PKCS_KEY_PAIR_GEN', { MODULUS_BITS: ulongBytes(1024) }],
    ['EC', 'EC_KEY_PAIR_GEN', { EC_PARAMS: hex('06052b81040022') }],
    ['EC_EDWARDS', 'EC_EDWARDS_KEY_PAIR_GEN', { EC_PARAMS: hex('06032b6570') }],
    ['EC_MONTGOMERY', 'EC_MONTGOMERY_KEY_PAIR_GEN', { EC_PARAMS: hex('06032b656e') }],
  ] as const;

  test.each(kinds)('of type %s leave as the PKCS#8 that OpenSSL reads, and come back', async (keyType, name, template) => {
    const { privateKey, publicKey } = await generated(name, template);
    const wrapped = wrap('AES_KEY_WRAP', aesKey(), privateKey);
    const der = materialOf(privateKey.attributes, mechanisms.get(CKM.AES_KEY_WRAP)!);
    const spki = createPublicKey(createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })).export({
      format: 'der',
      type: 'spki',
    });
    expect(text(spki)).toBe(text(publicKey.attributes.get(CKA.PUBLIC_KEY_INFO)!));
    const back = unwrap('AES_KEY_WRAP', aesKey(), wrapped, privateTemplate(keyType));
    for (const [type, bytes] of privateKey.attributes) expect(text(back.attributes.get(type)!)).toBe(text(bytes));
  });

  test('come back as what they are, or not at all', async () => {
    const { privateKey } = await generated('EC_KEY_PAIR_GEN', { EC_PARAMS: hex('06052b81040022') });
    const wrapped = wrap('AES_CBC_PAD', aesKey(), privateKey, iv);
    expect(() => unwrap('AES_CBC_PAD', aesKey(), wrapped, privateTemplate('RSA'), iv)).toThrow('CKR_WRAPPED_KEY_INVALID:');
    expect(() => unwrap('AES_CBC_PAD', aesKey(), wrapped, privateTemplate('EC_EDWARDS'), iv)).toThrow('CKR_WRAPPED_KEY_INVALID:');
    const noise = wrap('AES_CBC_PAD', aesKey(), generic('00'.repeat(90)), iv);
    expect(() => unwrap('AES_CBC_PAD', aesKey(), noise, privateTemplate('EC'), iv)).toThrow('CKR_WRAPPED_KEY_INVALID:');
    expect(() => wrap('AES_ECB', aesKey(), privateKey)).toThrow('CKR_KEY_NOT_WRAPPABLE:');
    expect(() => unwrap('AES_ECB', aesKey(), wrapped, privateTemplate('EC'))).toThrow('CKR_TEMPLATE_INCONSISTENT:');
    expect(() => unwrap('AES_CBC_PAD', aesKey(), wrapped, templateOf({ CLASS: ulongBytes(CKO.PRIVATE_KEY) }), iv)).toThrow(
      'CKR_TEMPLATE_INCOMPLETE:',
    );
  });

  test.each([
    ['ECDH_AES_KEY_WRAP', 'EC_KEY_PAIR_GEN', '06052b81040023'],
    ['ECDH_COF_AES_KEY_WRAP', 'EC_KEY_PAIR_GEN', '06082a8648ce3d030107'],
    ['ECDH_X_AES_KEY_WRAP', 'EC_MONTGOMERY_KEY_PAIR_GEN', '06032b656f'],
  ] as const)('leave under CKM_%s', async (name, generation, oid) => {
    const { publicKey, privateKey } = await generated(generation, { EC_PARAMS: hex(oid) });
    const { privateKey: target } = await generated('RSA_PKCS_KEY_PAIR_GEN', { MODULUS_BITS: ulongBytes(1024) });
    const parameter = struct('CK_ECDH_AES_KEY_WRAP_PARAMS', { ulAESKeyBits: 256, kdf: CKD.SHA384_KDF, pSharedData: hex('aa') });
    const wrapped = wrap(name, publicKey, target, parameter);
    const back = unwrap(name, privateKey, wrapped, privateTemplate('RSA'), parameter);
    expect(text(back.attributes.get(CKA.PRIME_1)!)).toBe(text(target.attributes.get(CKA.PRIME_1)!));
    expect(() => unwrap(name, privateKey, wrapped.subarray(0, 40), privateTemplate('RSA'), parameter)).toThrow(/^CKR_WRAPPED_KEY_/);
  });
});

describe('recovery', () => {
  test.each(['RSA_PKCS', 'RSA_X_509'] as const)('%s gives the data back', async (name) => {
    const { publicKey, privateKey } = await generated('RSA_PKCS_KEY_PAIR_GEN', { MODULUS_BITS: ulongBytes(1024) });
    const signing = operation(name, 'signRecover')(privateKey, null);
    const signature = signing.sign(hex('616263'));
    expect(signature.length).toBe(signing.size);
    const recovering = operation(name, 'verifyRecover')(publicKey, null);
    const data = recovering.recover(signature)!;
    expect(data.length).toBeLessThanOrEqual(recovering.bound);
    expect(text(data).endsWith('616263')).toBe(true);
    const node = createPublicKey({ key: Buffer.from(publicKey.attributes.get(CKA.PUBLIC_KEY_INFO)!), format: 'der', type: 'spki' });
    if (name === 'RSA_PKCS') expect(text(publicDecrypt(node, signature))).toBe(text(data));
    if (name === 'RSA_PKCS') expect(recovering.recover(Uint8Array.from(signature).reverse())).toBeUndefined();
  });
});
