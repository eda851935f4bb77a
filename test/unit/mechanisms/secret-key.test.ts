import { createCipheriv, createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readUlong, ulongBytes } from '../../../src/model/attribute.ts';
import { CKA, CKK, CKO } from '../../../src/protocol/constants.ts';
import { type Attributes, type CkmName, hex, operation, templateOf } from './fixture.ts';

const generate = (name: CkmName, template: Attributes) => operation(name, 'generateKey')(templateOf(template), null);

describe('CKM_AES_KEY_GEN', () => {
  test.each([16, 24, 32])('makes keys of %i bytes, with their length and check value', (length) => {
    const made = generate('AES_KEY_GEN', { VALUE_LEN: ulongBytes(length) });
    const value = made.get(CKA.VALUE)!;
    expect([value.length, readUlong(made.get(CKA.VALUE_LEN)!)]).toEqual([length, length]);
    expect([made.get(CKA.CLASS), made.get(CKA.KEY_TYPE)].map((each) => readUlong(each!))).toEqual([CKO.SECRET_KEY, CKK.AES]);
    const block = createCipheriv(`aes-${8 * length}-ecb`, value, null).update(new Uint8Array(16));
    expect(Buffer.from(made.get(CKA.CHECK_VALUE)!)).toEqual(block.subarray(0, 3));
    expect(generate('AES_KEY_GEN', { VALUE_LEN: ulongBytes(length) }).get(CKA.VALUE)).not.toEqual(value);
  });

  test('makes no others', () => {
    for (const length of [0, 8, 15, 17, 33, 2 ** 60]) {
      expect(() => generate('AES_KEY_GEN', { VALUE_LEN: ulongBytes(length) })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    }
    expect(() => generate('AES_KEY_GEN', {})).toThrow('CKR_TEMPLATE_INCOMPLETE:');
    expect(() => generate('AES_KEY_GEN', { VALUE_LEN: hex('10') })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    expect(() => operation('AES_KEY_GEN', 'generateKey')([{ type: CKA.VALUE_LEN, value: null }], null)).toThrow(
      'CKR_ATTRIBUTE_VALUE_INVALID:',
    );
    expect(() => operation('AES_KEY_GEN', 'generateKey')(templateOf({ VALUE_LEN: ulongBytes(16) }), hex('00'))).toThrow(
      'CKR_MECHANISM_PARAM_INVALID:',
    );
  });
});

describe('CKM_GENERIC_SECRET_KEY_GEN', () => {
  test.each([1, 20, 512])('makes keys of %i bytes', (length) => {
    const made = generate('GENERIC_SECRET_KEY_GEN', { VALUE_LEN: ulongBytes(length) });
    expect([made.get(CKA.VALUE)!.length, readUlong(made.get(CKA.VALUE_LEN)!)]).toEqual([length, length]);
    const digest = createHash('sha1').update(made.get(CKA.VALUE)!).digest();
    expect(Buffer.from(made.get(CKA.CHECK_VALUE)!)).toEqual(digest.subarray(0, 3));
  });

  test('makes no key of nothing, or of more than 512 bytes', () => {
    for (const length of [0, 513, 2 ** 60]) {
      expect(() => generate('GENERIC_SECRET_KEY_GEN', { VALUE_LEN: ulongBytes(length) })).toThrow('CKR_ATTRIBUTE_VALUE_INVALID:');
    }
    expect(() => generate('GENERIC_SECRET_KEY_GEN', {})).toThrow('CKR_TEMPLATE_INCOMPLETE:');
  });
});
