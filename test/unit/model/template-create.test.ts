import { describe, expect, it } from 'vitest';
import { EMPTY, FALSE, TRUE, ulongBytes } from '../../../src/model/attribute.ts';
import { unpackTemplate } from '../../../src/model/nested.ts';
import { createObject } from '../../../src/model/template.ts';
import { CK, CKA, CKK, CKM, CKO } from '../../../src/protocol/constants.ts';
import { everyKind } from './every-kind.ts';
import {
  aes,
  bytesOf,
  certificate,
  create,
  data,
  type Entries,
  ecPrivate,
  ecPublic,
  edwardsPrivate,
  edwardsPublic,
  expectError,
  generic,
  montgomeryPublic,
  rsaPrivate,
  rsaPublic,
  template,
  uuid,
  valueIn,
} from './templates.ts';

describe('C_CreateObject', () => {
  it.each(Object.keys(everyKind))('makes an object of the least template (%s)', (kind) => {
    const object = create(everyKind[kind]!);
    for (const { type, value } of template(everyKind[kind]!)) expect(object.get(type)).toEqual(value);
    expect(Buffer.from(valueIn(object, 'UNIQUE_ID')!).toString()).toMatch(uuid);
    expect(valueIn(object, 'TOKEN')).toEqual(FALSE);
    expect(valueIn(object, 'MODIFIABLE')).toEqual(TRUE);
    expect(valueIn(object, 'LABEL')).toEqual(EMPTY);
  });

  it('gives every object its own CKA_UNIQUE_ID', () => {
    const ids = Array.from({ length: 100 }, () => Buffer.from(valueIn(create(data), 'UNIQUE_ID')!).toString());
    expect(new Set(ids).size).toBe(100);
  });

  it('says that a created key was outside', () => {
    for (const entries of [aes, rsaPrivate]) {
      const key = create({ ...entries, SENSITIVE: true, EXTRACTABLE: false });
      expect(valueIn(key, 'LOCAL')).toEqual(FALSE);
      expect(valueIn(key, 'ALWAYS_SENSITIVE')).toEqual(FALSE);
      expect(valueIn(key, 'NEVER_EXTRACTABLE')).toEqual(FALSE);
      expect(valueIn(key, 'KEY_GEN_MECHANISM')).toEqual(ulongBytes(CK.UNAVAILABLE_INFORMATION));
    }
    expect(create(rsaPublic).has(CKA.ALWAYS_SENSITIVE)).toBe(false);
    expect(create(certificate).has(CKA.LOCAL)).toBe(false);
  });

  it('keeps the length of a secret key with it', () => {
    expect(valueIn(create(aes), 'VALUE_LEN')).toEqual(ulongBytes(16));
    expect(valueIn(create(generic), 'VALUE_LEN')).toEqual(ulongBytes(6));
  });

  it.each([
    [2048, [0xc1, ...Array(255).fill(0)]],
    [2041, [0x01, ...Array(255).fill(0)]],
    [8, [0, 0, 0x80]],
    [0, [0]],
  ])('counts %i bits of an RSA modulus', (bits, modulus) => {
    expect(valueIn(create({ ...rsaPublic, MODULUS: Uint8Array.from(modulus) }), 'MODULUS_BITS')).toEqual(ulongBytes(bits));
  });

  it('takes a NULL value for an empty one', () => {
    expect(valueIn(create({ ...data, LABEL: null }), 'LABEL')).toEqual(EMPTY);
  });

  it('takes the CRT parts of an RSA private key, all, some or none', () => {
    const parts = { PRIME_1: 'p', PRIME_2: 'q', EXPONENT_1: 'd', EXPONENT_2: 'e', COEFFICIENT: 'c' };
    expect(valueIn(create({ ...rsaPrivate, ...parts }), 'COEFFICIENT')).toEqual(bytesOf('c'));
    expect(create({ ...rsaPrivate, PRIME_1: 'p' }).has(CKA.PRIME_2)).toBe(false);
  });

  it('brings CKA_EC_POINT to the form of its key type', () => {
    const bare = Uint8Array.of(4, ...new Uint8Array(64));
    expect(valueIn(create({ ...ecPublic, EC_POINT: bare }), 'EC_POINT')).toEqual(Uint8Array.of(4, 65, ...bare));
    for (const kind of [edwardsPublic, montgomeryPublic]) {
      expect(valueIn(create({ ...kind, EC_POINT: Uint8Array.of(4, 32, ...new Uint8Array(32)) }), 'EC_POINT')).toEqual(new Uint8Array(32));
    }
  });

  it('keeps a copy of a template within a template', () => {
    const object = create({ ...aes, UNWRAP_TEMPLATE: template({ EXTRACTABLE: false }) });
    expect(unpackTemplate(valueIn(object, 'UNWRAP_TEMPLATE')!)).toEqual(template({ EXTRACTABLE: false }));
  });

  it('takes every HMAC key type for a generic secret', () => {
    const types = Object.entries(CKK).filter(([name]) => name.endsWith('_HMAC'));
    expect(types.length).toBe(19);
    for (const [, KEY_TYPE] of types) expect(valueIn(create({ ...generic, KEY_TYPE }), 'SIGN')).toEqual(TRUE);
  });
});

describe("an object's defaults", () => {
  it.each([
    ['data', true],
    ['certificate', false],
    ['rsaPublic', false],
    ['ecPrivate', true],
    ['aes', true],
  ])('make %s private: %s', (kind, expected) => {
    expect(valueIn(create(everyKind[kind]!), 'PRIVATE')).toEqual(bytesOf(expected));
  });

  it('keep keys in', () => {
    for (const entries of [aes, generic, rsaPrivate, ecPrivate]) expect(valueIn(create(entries), 'EXTRACTABLE')).toEqual(FALSE);
    for (const entries of [rsaPrivate, ecPrivate]) expect(valueIn(create(entries), 'SENSITIVE')).toEqual(TRUE);
  });

  it('make a secret key CKA_SENSITIVE only where the template does ("default CK_FALSE")', () => {
    for (const entries of [aes, generic]) expect(valueIn(create(entries), 'SENSITIVE')).toEqual(FALSE);
  });

  const usages = ['ENCRYPT', 'DECRYPT', 'SIGN', 'VERIFY', 'SIGN_RECOVER', 'VERIFY_RECOVER', 'WRAP', 'UNWRAP', 'DERIVE'] as const;
  it.each([
    ['rsaPublic', ['ENCRYPT', 'VERIFY', 'VERIFY_RECOVER']],
    ['rsaPrivate', ['DECRYPT', 'SIGN', 'SIGN_RECOVER']],
    ['ecPublic', ['VERIFY']],
    ['ecPrivate', ['SIGN']],
    ['edwardsPublic', ['VERIFY']],
    ['edwardsPrivate', ['SIGN']],
    ['montgomeryPublic', []],
    ['montgomeryPrivate', []],
    ['aes', ['ENCRYPT', 'DECRYPT', 'SIGN', 'VERIFY']],
    ['generic', ['SIGN', 'VERIFY']],
  ])('let %s be used for %j', (kind, expected) => {
    const object = create(everyKind[kind]!);
    expect(usages.filter((usage) => valueIn(object, usage)?.[0] === 1)).toEqual(expected);
  });

  it('give way to the template', () => {
    const object = create({ ...aes, TOKEN: true, PRIVATE: false, ENCRYPT: false, WRAP: true, START_DATE: '20260101', ID: 'x' });
    expect(['TOKEN', 'PRIVATE', 'ENCRYPT', 'WRAP'].map((name) => valueIn(object, name as 'TOKEN')?.[0])).toEqual([1, 0, 0, 1]);
    expect(valueIn(object, 'START_DATE')).toEqual(bytesOf('20260101'));
  });

  it('do not leave an empty CKA_CHECK_VALUE or list of mechanisms where none was given', () => {
    expect(create(aes).has(CKA.CHECK_VALUE)).toBe(false);
    expect(create(aes).has(CKA.ALLOWED_MECHANISMS)).toBe(false);
    expect(valueIn(create({ ...aes, CHECK_VALUE: '' }), 'CHECK_VALUE')).toEqual(EMPTY);
    expect(valueIn(create({ ...aes, ALLOWED_MECHANISMS: ulongBytes(CKM.AES_GCM) }), 'ALLOWED_MECHANISMS')).toEqual(ulongBytes(CKM.AES_GCM));
  });
});

describe('C_CreateObject refuses', () => {
  it('an attribute that does not exist', () => {
    expectError('ATTRIBUTE_TYPE_INVALID', () => createObject([...template(data), { type: 0x7777, value: null }]));
    expectError('ATTRIBUTE_TYPE_INVALID', () => createObject([...template(data), { type: CKA.VENDOR_DEFINED, value: null }]));
  });

  it.each([
    ['a bool of 2', { ...data, TOKEN: Uint8Array.of(2) }],
    ['a bool of 4 bytes', { ...data, TOKEN: Uint8Array.of(1, 0, 0, 0) }],
    ['a bool of NULL', { ...data, TOKEN: null }],
    ['a class of 4 bytes', { ...data, CLASS: new Uint8Array(4) }],
    ['a class of NULL', { ...data, CLASS: null }],
    ['a class that does not exist', { ...data, CLASS: 0x77 }],
    ['a class of a vendor', { ...data, CLASS: 0x80000001 }],
    ['a key type that does not exist', { ...aes, KEY_TYPE: 0x7777 }],
    ['a date of 7 digits', { ...aes, START_DATE: '2026010' }],
    ['half a mechanism', { ...aes, ALLOWED_MECHANISMS: new Uint8Array(12) }],
    ['an AES key of 17 bytes', { ...aes, VALUE: new Uint8Array(17) }],
    ['a generic secret of none', { ...generic, VALUE: '' }],
    ['an empty modulus', { ...rsaPublic, MODULUS: '' }],
    ['an empty prime', { ...rsaPrivate, PRIME_1: '' }],
    ['empty curve parameters', { ...ecPrivate, EC_PARAMS: '' }],
    ['an empty point', { ...ecPublic, EC_POINT: '' }],
    ['an empty Edwards seed', { ...edwardsPrivate, VALUE: '' }],
    ['a check value of 2 bytes', { ...aes, CHECK_VALUE: 'ab' }],
    ['a certificate category of 4', { ...certificate, CERTIFICATE_CATEGORY: 4 }],
    ['a security domain of 4', { ...certificate, JAVA_MIDP_SECURITY_DOMAIN: 4 }],
  ] as [string, Entries][])('%s, as a value that is not valid', (_, entries) => {
    expectError('ATTRIBUTE_VALUE_INVALID', () => create(entries));
  });

  it.each([
    ['UNIQUE_ID', { ...data, UNIQUE_ID: 'mine' }],
    ['LOCAL', { ...aes, LOCAL: true }],
    ['KEY_GEN_MECHANISM', { ...aes, KEY_GEN_MECHANISM: CKM.AES_KEY_GEN }],
    ['ALWAYS_SENSITIVE', { ...aes, ALWAYS_SENSITIVE: true }],
    ['NEVER_EXTRACTABLE', { ...rsaPrivate, NEVER_EXTRACTABLE: false }],
    ['VALUE_LEN', { ...aes, VALUE_LEN: 16 }],
    ['MODULUS_BITS', { ...rsaPublic, MODULUS_BITS: 2048 }],
    ['OBJECT_VALIDATION_FLAGS', { ...aes, OBJECT_VALIDATION_FLAGS: 1 }],
  ] as [string, Entries][])('%s in the template', (_, entries) => {
    expectError('ATTRIBUTE_READ_ONLY', () => create(entries));
  });

  it.each([certificate, rsaPublic, aes])('trust that the SO did not give', (entries) => {
    expectError('ATTRIBUTE_READ_ONLY', () => create({ ...entries, TRUSTED: true }));
    expect(valueIn(create({ ...entries, TRUSTED: true }, true), 'TRUSTED')).toEqual(TRUE);
    expect(valueIn(create({ ...entries, TRUSTED: false }), 'TRUSTED')).toEqual(FALSE);
  });

  it.each(Object.keys(everyKind))('%s without any of what its least template has', (kind) => {
    const least = everyKind[kind]!;
    for (const name of Object.keys(least)) expectError('TEMPLATE_INCOMPLETE', () => create({ ...least, [name]: undefined }));
  });

  it('an empty template', () => {
    expectError('TEMPLATE_INCOMPLETE', () => createObject([]));
  });

  it.each([
    ['a template of bytes', { ...aes, WRAP_TEMPLATE: new Uint8Array(24) }],
    ['a template of bytes whose number lacks the array bit', { ...rsaPublic, ENCAPSULATE_TEMPLATE: new Uint8Array(24) }],
    ['an attribute of another class', { ...aes, MODULUS: 'n' }],
    ['an attribute of another key type', { ...ecPublic, PUBLIC_EXPONENT: 'e' }],
    ['a class that is built in', { CLASS: CKO.HW_FEATURE }],
    ['a key type that it does not have', { ...aes, KEY_TYPE: CKK.SKIPJACK }],
    ['a class without the type that it is offered for', { CLASS: CKO.OTP_KEY, KEY_TYPE: CKK.SECURID }],
    ['a key type of another class', { ...aes, KEY_TYPE: CKK.RSA }],
    ['a PIN for each use of a public object', { ...ecPrivate, PRIVATE: false, ALWAYS_AUTHENTICATE: true }],
    ['a certificate without value and URL', { ...certificate, VALUE: '' }],
    ['a certificate with a URL and no hashes', { ...certificate, URL: 'https://example.org/' }],
    ['a certificate with a URL and one hash', { ...certificate, URL: 'u', HASH_OF_SUBJECT_PUBLIC_KEY: 'h' }],
  ] as [string, Entries][])('%s, as inconsistent', (_, entries) => {
    expectError('TEMPLATE_INCONSISTENT', () => create(entries));
  });

  it('an attribute that is given two values', () => {
    expectError('TEMPLATE_INCONSISTENT', () => createObject([...template(data), ...template({ LABEL: 'a' }), ...template({ LABEL: 'b' })]));
    expectError('TEMPLATE_INCONSISTENT', () => createObject([...template(data), ...template({ CLASS: CKO.SECRET_KEY })]));
  });

  it("the standard's first mistake first", () => {
    const mistakes: [Parameters<typeof expectError>[0], Parameters<typeof createObject>[0]][] = [
      ['ATTRIBUTE_TYPE_INVALID', [{ type: 0x7777, value: null }]],
      ['ATTRIBUTE_VALUE_INVALID', template({ TOKEN: null })],
      ['ATTRIBUTE_READ_ONLY', template({ LOCAL: true })],
      ['TEMPLATE_INCOMPLETE', template({ CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.AES })],
      ['TEMPLATE_INCONSISTENT', template({ MODULUS: 'n' })],
    ];
    for (const [at, [name]] of mistakes.entries()) {
      const key = at <= 3 ? [] : template({ VALUE: aes.VALUE });
      const entries = [...mistakes.slice(at).flatMap(([, given]) => given), ...key];
      const kind = at <= 3 ? [] : template({ CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.AES });
      expectError(name, () => createObject([...entries, ...kind].reverse()));
    }
  });

  it('nothing of a certificate that has a URL and both hashes', () => {
    const entries = { VALUE: '', URL: 'u', HASH_OF_SUBJECT_PUBLIC_KEY: 'h', HASH_OF_ISSUER_PUBLIC_KEY: 'h' };
    expect(valueIn(create({ ...certificate, ...entries }), 'URL')).toEqual(bytesOf('u'));
  });
});
