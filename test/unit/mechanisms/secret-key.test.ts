import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readUlong, ulongBytes } from '../../../src/model/attribute.ts';
import { CKA, CKK, CKO } from '../../../src/protocol/constants.ts';
import { type Attributes, type CkmName, hex, made, templateOf } from './fixture.ts';

const generate = (name: CkmName, template: Attributes) => made(name, templateOf(template));

describe('CKM_AES_KEY_GEN', () => {
  test.each([16, 24, 32])('makes keys of %i bytes, with their length and check value', (length) => {
    const key = generate('AES_KEY_GEN', { VALUE_LEN: ulongBytes(length) });
    const value = key.get(CKA.VALUE)!;
    expect([value.length, readUlong(key.get(CKA.VALUE_LEN)!)]).toEqual([length, length]);
    expect([key.get(CKA.CLASS), key.get(CKA.KEY_TYPE)].map((each) => readUlong(each!))).toEqual([CKO.SECRET_KEY, CKK.AES]);
    const block = createCipheriv(`aes-${8 * length}-ecb`, value, null).update(new Uint8Array(16));
    expect(Buffer.from(key.get(CKA.CHECK_VALUE)!)).toEqual(block.subarray(0, 3));
    expect(generate('AES_KEY_GEN', { VALUE_LEN: ulongBytes(length) }).get(CKA.VALUE)).not.toEqual(value);
  });

  test('makes no others', () => {
    for (const length of [0, 8, 15, 17, 33, 2 ** 60]) {
      expect(() => generate('AES_KEY_GEN', { VALUE_LEN: ulongBytes(length) })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    }
    expect(() => generate('AES_KEY_GEN', {})).toThrow('CKR_TEMPLATE_INCOMPLETE:');
    expect(() => generate('AES_KEY_GEN', { VALUE_LEN: hex('10') })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    expect(() => made('AES_KEY_GEN', [{ type: CKA.VALUE_LEN, value: null }])).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    expect(() => made('AES_KEY_GEN', templateOf({ VALUE_LEN: ulongBytes(16) }), hex('00'))).toThrow('CKR_MECHANISM_PARAM_INVALID:');
  });
});

describe('CKM_GENERIC_SECRET_KEY_GEN', () => {
  test.each([1, 20, 512])('makes keys of %i bytes', (length) => {
    const key = generate('GENERIC_SECRET_KEY_GEN', { VALUE_LEN: ulongBytes(length) });
    expect([key.get(CKA.VALUE)!.length, readUlong(key.get(CKA.VALUE_LEN)!)]).toEqual([length, length]);
    const digest = createHash('sha1').update(key.get(CKA.VALUE)!).digest();
    expect(Buffer.from(key.get(CKA.CHECK_VALUE)!)).toEqual(digest.subarray(0, 3));
  });

  test('makes no key of nothing, or of more than 512 bytes', () => {
    for (const length of [0, 513, 2 ** 60]) {
      expect(() => generate('GENERIC_SECRET_KEY_GEN', { VALUE_LEN: ulongBytes(length) })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    }
    expect(() => generate('GENERIC_SECRET_KEY_GEN', {})).toThrow('CKR_TEMPLATE_INCOMPLETE:');
  });
});
