import { describe, expect, it } from 'vitest';
import { isAttribute, rulesOf, secretTypes, shapeOf, subtypeOf, valueTypes } from '../../../src/model/classes.ts';
import { CKA, CKC, CKK, CKO } from '../../../src/protocol/constants.ts';
import { attributes, expectError } from './templates.ts';

const keyTypes = {
  [CKO.PUBLIC_KEY]: [CKK.RSA, CKK.EC, CKK.EC_EDWARDS, CKK.EC_MONTGOMERY],
  [CKO.PRIVATE_KEY]: [CKK.RSA, CKK.EC, CKK.EC_EDWARDS, CKK.EC_MONTGOMERY],
  [CKO.SECRET_KEY]: [CKK.AES, CKK.GENERIC_SECRET, CKK.SHA_1_HMAC, CKK.SHA256_HMAC, CKK.SHA512_T_HMAC, CKK.SHA3_512_HMAC],
};

const kinds: (readonly [number, number | undefined])[] = [
  [CKO.DATA, undefined],
  [CKO.CERTIFICATE, CKC.X_509],
  ...Object.entries(keyTypes).flatMap(([objectClass, types]) => types.map((type) => [Number(objectClass), type] as const)),
];

describe('the tables', () => {
  it.each(kinds)('know class %i, type %s', (objectClass, subtype) => {
    const rules = rulesOf(objectClass, subtype);
    expect(rules?.[CKA.CLASS]).toBeDefined();
    expect(rules?.[CKA.UNIQUE_ID]).toBeDefined();
  });

  it('do not know what was not written down', () => {
    expect(rulesOf(CKO.HW_FEATURE)).toBeUndefined();
    expect(rulesOf(CKO.SECRET_KEY, CKK.RSA)).toBeUndefined();
    expect(rulesOf(CKO.DATA, 0)).toBeUndefined();
  });

  it('name the attribute that tells the kinds of a class apart', () => {
    expect(subtypeOf(CKO.CERTIFICATE)).toBe(CKA.CERTIFICATE_TYPE);
    expect(subtypeOf(CKO.SECRET_KEY)).toBe(CKA.KEY_TYPE);
    expect(subtypeOf(CKO.DATA)).toBeUndefined();
  });

  it.each(kinds)('hold only defaults that are valid (class %i, type %s)', (objectClass, subtype) => {
    for (const rule of Object.values(rulesOf(objectClass, subtype)!)) {
      if (rule.default === undefined) continue;
      expect(rule.valid?.(rule.default) ?? true).toBe(true);
      if (rule.type === 'bool') expect(rule.default.length).toBe(1);
      if (rule.type === 'ulong') expect(rule.default.length).toBe(8);
    }
  });
});

describe('what the tables come to', () => {
  it('are the attributes that can be secret', () => {
    const { VALUE, PRIVATE_EXPONENT, PRIME_1, PRIME_2, EXPONENT_1, EXPONENT_2, COEFFICIENT } = CKA;
    expect(secretTypes).toEqual(new Set([VALUE, PRIVATE_EXPONENT, PRIME_1, PRIME_2, EXPONENT_1, EXPONENT_2, COEFFICIENT]));
  });

  it('are the attributes that there are, without the mark of the vendors', () => {
    expect(isAttribute(CKA.LABEL)).toBe(true);
    expect(isAttribute(CKA.HSS_LEVELS)).toBe(true);
    expect(isAttribute(CKA.VENDOR_DEFINED)).toBe(false);
    expect(isAttribute(0x7777)).toBe(false);
    expect(isAttribute(2 ** 64)).toBe(false);
  });

  it('are the types of values', () => {
    expect(valueTypes.get(CKA.TOKEN)).toBe('bool');
    expect(valueTypes.get(CKA.WRAP_TEMPLATE)).toBe('template');
  });

  it('do not hold for an object of no kind', () => {
    expectError('GENERAL_ERROR', () => shapeOf(new Map()));
    expectError('GENERAL_ERROR', () => shapeOf(attributes({ CLASS: CKO.SECRET_KEY })));
  });
});
