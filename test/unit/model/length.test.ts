import { describe, expect, it } from 'vitest';
import { draftObject } from '../../../src/model/draft.ts';
import { lengthAsked } from '../../../src/model/length.ts';
import type { Way } from '../../../src/model/rules.ts';
import { makeObject } from '../../../src/model/template.ts';
import { CKA, CKK, CKO } from '../../../src/protocol/constants.ts';
import { attributes, type Entries, expectError, filled, template, valueIn } from './templates.ts';

const implied = (KEY_TYPE: number) => attributes({ CLASS: CKO.SECRET_KEY, KEY_TYPE });
const asked = (type: number, entries: Entries = {}) => lengthAsked(draftObject('derive', template(entries), implied(type)));

describe('the length that a key is to have', () => {
  it('is what the template says', () => {
    expect(asked(CKK.AES, { VALUE_LEN: 24 })).toBe(24);
    expect(asked(CKK.GENERIC_SECRET, { VALUE_LEN: 5 })).toBe(5);
  });

  it.each([
    ['DES', 8],
    ['DES2', 16],
    ['DES3', 24],
    ['SEED', 16],
    ['CHACHA20', 32],
    ['POLY1305', 32],
  ] as const)('is that of its type where there is one only (%s)', (name, length) => {
    expect(asked(CKK[name])).toBe(length);
    expect(asked(CKK[name], { VALUE_LEN: length })).toBe(length);
    expectError('ATTRIBUTE_VALUE_INVALID', () => asked(CKK[name], { VALUE_LEN: length + 8 }));
  });

  it('is not known where neither says', () => {
    for (const type of [CKK.AES, CKK.GENERIC_SECRET, CKK.SHA256_HMAC, CKK.AES_XTS]) expect(asked(type)).toBeUndefined();
  });

  it.each([
    ['AES', 17],
    ['AES_XTS', 16],
    ['BLOWFISH', 57],
    ['GENERIC_SECRET', 0],
  ] as const)('is one that its type can have (%s, %i)', (name, VALUE_LEN) => {
    expectError('ATTRIBUTE_VALUE_INVALID', () => asked(CKK[name], { VALUE_LEN }));
  });
});

describe('a key that has not the length it should', () => {
  const make = (way: Exclude<Way, 'create'>, type: number, entries: Entries, length: number) =>
    makeObject(way, template(entries), implied(type), attributes({ VALUE: filled(length, 7) }));
  const codes = [
    ['unwrap', 'WRAPPED_KEY_LEN_RANGE'],
    ['encapsulate', 'KEY_SIZE_RANGE'],
    ['derive', 'KEY_SIZE_RANGE'],
    ['generate', 'TEMPLATE_INCONSISTENT'],
  ] as const;

  it.each(codes)('is told apart by its function (%s: CKR_%s)', (way, code) => {
    expectError(code, () => make(way, CKK.AES, { VALUE_LEN: 16 }, 32));
    expectError(code, () => make(way, CKK.DES3, {}, 16));
    expectError(code, () => make(way, CKK.AES, { VALUE_LEN: 16 }, 17));
  });

  it('is not told of one that is right', () => {
    for (const [way] of codes)
      expect(valueIn(make(way, CKK.AES, { VALUE_LEN: 16 }, 16), 'VALUE_LEN')).toEqual(valueIn(attributes({ VALUE_LEN: 16 }), 'VALUE_LEN'));
  });

  it('is none where its bytes are wrong', () => {
    const even = attributes({ VALUE: filled(24, 6) });
    expectError('WRAPPED_KEY_INVALID', () => makeObject('unwrap', [], implied(CKK.DES3), even));
    expectError('ATTRIBUTE_VALUE_INVALID', () => makeObject('derive', [], implied(CKK.DES3), even));
  });
});

describe('a type without CKA_VALUE_LEN', () => {
  it('takes it for a question, and does not keep it', () => {
    const key = makeObject('unwrap', template({ VALUE_LEN: 24 }), implied(CKK.DES3), attributes({ VALUE: filled(24, 7) }));
    expect(key.has(CKA.VALUE_LEN)).toBe(false);
  });
});
