import { describe, expect, it } from 'vitest';
import { isAttribute, isBuiltIn, rulesOf, secretTypes, shapeOf, subtypeOf, valueTypes } from '../../../src/model/classes.ts';
import { classes } from '../../../src/model/kinds.ts';
import { isValid } from '../../../src/model/value.ts';
import { CKA, CKC, CKH, CKK, CKO } from '../../../src/protocol/constants.ts';
import { everyKind } from './every-kind.ts';
import { attributes, expectError } from './templates.ts';

const kinds = [...classes].flatMap(([objectClass, { kinds }]) => [...kinds.keys()].map((subtype) => [objectClass, subtype] as const));

describe('the tables', () => {
  it('have every kind of object that a software token can offer', () => {
    const named = (constants: Readonly<Record<string, number>>, objectClass: number): string[] =>
      [...classes.get(objectClass)!.kinds.keys()].map((value) => Object.keys(constants).find((name) => constants[name] === value)!).sort();
    const pairs = 'RSA DSA DH X9_42_DH ECDSA EC_EDWARDS EC_MONTGOMERY ML_KEM ML_DSA SLH_DSA HSS XMSS XMSSMT'.split(' ').sort();
    const hmac = Object.keys(CKK).filter((name) => name.endsWith('_HMAC'));
    const ciphers = 'AES AES_XTS DES DES2 DES3 CAMELLIA ARIA SEED BLOWFISH TWOFISH CAST5 IDEA RC2 RC4 CHACHA20 SALSA20 POLY1305'.split(' ');
    expect(named(CKK, CKO.PUBLIC_KEY)).toEqual(pairs);
    expect(named(CKK, CKO.PRIVATE_KEY)).toEqual(pairs);
    expect(named(CKK, CKO.SECRET_KEY)).toEqual(['GENERIC_SECRET', 'HKDF', ...ciphers, ...hmac].sort());
    expect(named(CKK, CKO.OTP_KEY)).toEqual(['HOTP']);
    expect(named(CKK, CKO.DOMAIN_PARAMETERS)).toEqual(['DH', 'DSA', 'X9_42_DH']);
    expect(named(CKC, CKO.CERTIFICATE)).toEqual(['WTLS', 'X_509', 'X_509_ATTR_CERT']);
    expect(named(CKH, CKO.HW_FEATURE)).toEqual(['CLOCK', 'MONOTONIC_COUNTER']);
    const single = [CKO.DATA, CKO.TRUST, CKO.MECHANISM, CKO.PROFILE, CKO.VALIDATION];
    for (const objectClass of single) expect([...classes.get(objectClass)!.kinds.keys()]).toEqual([undefined]);
  });

  it('have a least template in these tests for every kind that an application can make', () => {
    const tested = Object.values(everyKind).map(({ CLASS, KEY_TYPE, CERTIFICATE_TYPE }) => `${CLASS} ${KEY_TYPE ?? CERTIFICATE_TYPE}`);
    const made = kinds.filter(([objectClass]) => !isBuiltIn(objectClass)).map(([objectClass, subtype]) => `${objectClass} ${subtype}`);
    expect(tested.sort()).toEqual(made.sort());
  });

  it.each(kinds)('say what class %i, type %s is', (objectClass, subtype) => {
    const rules = rulesOf(objectClass, subtype);
    expect(rules?.[CKA.CLASS]).toBeDefined();
    expect(rules?.[CKA.UNIQUE_ID]).toBeDefined();
    const by = subtypeOf(objectClass);
    if (by !== undefined) expect(rules?.[by]).toBeDefined();
  });

  it('do not know what was not written down', () => {
    expect(rulesOf(CKO.OTP_KEY, CKK.SECURID)).toBeUndefined();
    expect(rulesOf(CKO.SECRET_KEY, CKK.RSA)).toBeUndefined();
    expect(rulesOf(CKO.DATA, 0)).toBeUndefined();
  });

  it('name the attribute that tells the kinds of a class apart', () => {
    expect(subtypeOf(CKO.CERTIFICATE)).toBe(CKA.CERTIFICATE_TYPE);
    expect(subtypeOf(CKO.SECRET_KEY)).toBe(CKA.KEY_TYPE);
    expect(subtypeOf(CKO.HW_FEATURE)).toBe(CKA.HW_FEATURE_TYPE);
    expect(subtypeOf(CKO.DATA)).toBeUndefined();
  });

  it.each(kinds)('hold only defaults that are valid (class %i, type %s)', (objectClass, subtype) => {
    for (const [type, rule] of Object.entries(rulesOf(objectClass, subtype)!)) {
      if (rule.default !== undefined) expect(isValid(rule, rule.default), `attribute ${type}`).toBe(true);
    }
  });

  it.each(kinds)('call every private and secret value a secret (class %i, type %s)', (objectClass, subtype) => {
    const rules = rulesOf(objectClass, subtype)!;
    const isSecret = new Set<number>([CKO.PRIVATE_KEY, CKO.SECRET_KEY, CKO.OTP_KEY]).has(objectClass);
    for (const type of [CKA.VALUE, CKA.SEED]) if (rules[type]) expect((rules[type].notes & (1 << 7)) !== 0).toBe(isSecret);
  });
});

describe('what the tables come to', () => {
  it('are the attributes that can be secret', () => {
    const { VALUE, SEED, PRIVATE_EXPONENT, PRIME_1, PRIME_2, EXPONENT_1, EXPONENT_2, COEFFICIENT } = CKA;
    expect(secretTypes()).toEqual(new Set([VALUE, SEED, PRIVATE_EXPONENT, PRIME_1, PRIME_2, EXPONENT_1, EXPONENT_2, COEFFICIENT]));
  });

  it('are the attributes that there are, without the mark of the vendors', () => {
    expect(isAttribute(CKA.LABEL)).toBe(true);
    expect(isAttribute(CKA.HSS_LEVELS)).toBe(true);
    expect(isAttribute(CKA.VENDOR_DEFINED)).toBe(false);
    expect(isAttribute(0x7777)).toBe(false);
    expect(isAttribute(2 ** 64)).toBe(false);
  });

  it('are the types of values', () => {
    expect(valueTypes().get(CKA.TOKEN)).toBe('bool');
    expect(valueTypes().get(CKA.WRAP_TEMPLATE)).toBe('template');
  });

  it('do not hold for an object of no kind', () => {
    expectError('GENERAL_ERROR', () => shapeOf(new Map()));
    expectError('GENERAL_ERROR', () => shapeOf(attributes({ CLASS: CKO.SECRET_KEY })));
  });
});
