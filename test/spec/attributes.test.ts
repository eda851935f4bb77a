// The rows in src/model/classes/ beside the standard's tables: types, footnotes and defaults. STRONGROOM_SPEC names the folder with
// the standard's Markdown (working/doc/spec of OASIS's repository); without it there is nothing to compare with and these are skipped.

import { describe, expect, it } from 'vitest';
import { EMPTY, FALSE, TRUE } from '../../src/model/attribute.ts';
import { rulesOf } from '../../src/model/classes.ts';
import type { Rule, Rules, ValueType } from '../../src/model/rules.ts';
import { CKA, CKC, CKH, CKK, CKO } from '../../src/protocol/constants.ts';
import { attributeTables, type StandardRow } from './standard.ts';

const folder = process.env.STRONGROOM_SPEC;
const tables = folder === undefined ? new Map<string, readonly StandardRow[]>() : attributeTables(folder);

const tablesNamed = (...names: string[]): readonly string[] => names.map((name) => `${name} Attributes`);
const OBJECT = tablesNamed('Common Object');
const STORAGE = [...OBJECT, ...tablesNamed('Common Storage Object')];
const PUBLIC = [...STORAGE, ...tablesNamed('Common Key', 'Common Public Key')];
const PRIVATE = [...STORAGE, ...tablesNamed('Common Key', 'Common Private Key')];
const SECRET = [...STORAGE, ...tablesNamed('Common Key', 'Common Secret Key')];
const CERTIFICATE = [...STORAGE, ...tablesNamed('Common Certificate Object')];
const PARAMETERS = [...STORAGE, ...tablesNamed('Common Domain Parameter')];
const FEATURE = [...OBJECT, 'Hardware Feature Common Attributes'];

type StandardKind = readonly [name: string, objectClass: number, subtype: number | undefined, tables: readonly string[]];

/** Key types that come in pairs, by the name that their two tables have. */
const pairs: readonly (readonly [string, number])[] = [
  ['RSA', CKK.RSA],
  ['DSA', CKK.DSA],
  ['Diffie-Hellman', CKK.DH],
  ['X9.42 Diffie-Hellman', CKK.X9_42_DH],
  ['Elliptic Curve', CKK.EC],
  ['Edwards Elliptic Curve', CKK.EC_EDWARDS],
  ['Montgomery Elliptic Curve', CKK.EC_MONTGOMERY],
  ['ML-KEM', CKK.ML_KEM],
  ['ML-DSA', CKK.ML_DSA],
  ['SLH-DSA', CKK.SLH_DSA],
  ['HSS', CKK.HSS],
  ['XMSS', CKK.XMSS],
  ['XMSS^MT^', CKK.XMSSMT],
];

const secretTypes: readonly (readonly [string, number, string])[] = [
  ['generic secret', CKK.GENERIC_SECRET, 'Generic Secret Key Object Attributes'],
  // Without tables of their own.
  ['HKDF', CKK.HKDF, 'Generic Secret Key Object Attributes'],
  ...Object.entries(CKK)
    .filter(([name]) => name.endsWith('_HMAC'))
    .map(([name, type]) => [name, type, 'Generic Secret Key Object Attributes'] as const),
  ['AES', CKK.AES, 'AES Secret Key Object Attributes'],
  ['AES-XTS', CKK.AES_XTS, 'AES-XTS Secret Key Object Attributes'],
  ['Camellia', CKK.CAMELLIA, 'Camellia Secret Key Object Attributes'],
  ['ARIA', CKK.ARIA, 'ARIA Secret Key Object Attributes'],
  ['SEED', CKK.SEED, 'SEED Secret Key Object Attributes'],
  ['DES', CKK.DES, 'DES Secret Key Object'],
  ['DES2', CKK.DES2, 'DES2 Secret Key Object Attributes'],
  ['DES3', CKK.DES3, 'DES3 Secret Key Object Attributes'],
  ['Blowfish', CKK.BLOWFISH, 'BLOWFISH Secret Key Object'],
  ['Twofish', CKK.TWOFISH, 'Twofish Secret Key Object'],
  ['RC2', CKK.RC2, 'RC2 Secret Key Object Attributes'],
  ['RC4', CKK.RC4, 'RC4 Secret Key Object Attributes'],
  ['IDEA', CKK.IDEA, 'IDEA Secret Key Object'],
  ['CAST128', CKK.CAST128, 'CAST128 Secret Key Object Attributes'],
  ['ChaCha20', CKK.CHACHA20, 'ChaCha20 Secret Key Object'],
  // Its own table is captioned so.
  ['Salsa20', CKK.SALSA20, 'ChaCha20 Secret Key Object'],
  ['Poly1305', CKK.POLY1305, 'Poly1305 Secret Key Object'],
];

/** Each kind of object, and the tables whose rows together are its rules. */
const kinds: readonly StandardKind[] = [
  ['data', CKO.DATA, undefined, [...STORAGE, ...tablesNamed('Data Object')]],
  ['X.509', CKO.CERTIFICATE, CKC.X_509, [...CERTIFICATE, ...tablesNamed('X.509 Certificate Object')]],
  ['X.509 attribute', CKO.CERTIFICATE, CKC.X_509_ATTR_CERT, [...CERTIFICATE, ...tablesNamed('X.509 Attribute Certificate Object')]],
  ['WTLS', CKO.CERTIFICATE, CKC.WTLS, [...CERTIFICATE, ...tablesNamed('WTLS Certificate Object')]],
  ['trust', CKO.TRUST, undefined, [...STORAGE, ...tablesNamed('Trust Object')]],
  ...pairs.flatMap(([name, type]): StandardKind[] => [
    [`${name} public`, CKO.PUBLIC_KEY, type, [...PUBLIC, ...tablesNamed(`${name} Public Key Object`)]],
    [`${name} private`, CKO.PRIVATE_KEY, type, [...PRIVATE, ...tablesNamed(`${name} Private Key Object`)]],
  ]),
  ...secretTypes.map(([name, type, table]): StandardKind => [name, CKO.SECRET_KEY, type, [...SECRET, table]]),
  ['HOTP', CKO.OTP_KEY, CKK.HOTP, [...SECRET, 'Common OTP key attributes']],
  ['DSA domain', CKO.DOMAIN_PARAMETERS, CKK.DSA, [...PARAMETERS, ...tablesNamed('DSA Domain Parameter Object')]],
  ['DH domain', CKO.DOMAIN_PARAMETERS, CKK.DH, [...PARAMETERS, ...tablesNamed('Diffie-Hellman Domain Parameter Object')]],
  ['X9.42 domain', CKO.DOMAIN_PARAMETERS, CKK.X9_42_DH, [...PARAMETERS, ...tablesNamed('X9.42 Diffie-Hellman Domain Parameters Object')]],
  ['clock', CKO.HW_FEATURE, CKH.CLOCK, [...FEATURE, ...tablesNamed('Clock Object')]],
  ['counter', CKO.HW_FEATURE, CKH.MONOTONIC_COUNTER, [...FEATURE, ...tablesNamed('Monotonic Counter')]],
  ['mechanism', CKO.MECHANISM, undefined, [...OBJECT, ...tablesNamed('Common Mechanism')]],
  ['profile', CKO.PROFILE, undefined, [...OBJECT, ...tablesNamed('Profile Object')]],
  ['validation', CKO.VALIDATION, undefined, [...OBJECT, ...tablesNamed('Validation Object')]],
];

interface Deviation {
  readonly notes: readonly number[];
  readonly why: string;
}

/** The same deviation at several places. */
const deviating = (table: string, names: readonly string[], notes: readonly number[], why: string): Record<string, Deviation> =>
  Object.fromEntries(names.map((name) => [`${table} CKA_${name}`, { notes, why }]));

const OWN = "the table's own footnote, which is a constraint or a default here";
const MODIFIABLE = 'prose: may be modified after the object is created';
const LATER = 'no application from before v3.2 gives it';

/** Where our footnotes are not the table's, by table and attribute, and why. */
const deviations: Readonly<Record<string, Deviation>> = {
  ...deviating('Common Storage Object Attributes', ['LABEL'], [8], MODIFIABLE),
  ...deviating('Common Storage Object Attributes', ['COPYABLE'], [12], 'its meaning: cannot be set to TRUE once it is FALSE'),
  ...deviating('Common Key Attributes', ['OBJECT_VALIDATION_FLAGS'], [2, 4, 6, 9], 'stricter: not for applications to claim'),
  ...deviating('X.509 Certificate Object Attributes', ['VALUE'], [1], "the table's own footnote 2 begins with the common footnote 1"),
  ...deviating('X.509 Certificate Object Attributes', ['URL', 'HASH_OF_SUBJECT_PUBLIC_KEY', 'HASH_OF_ISSUER_PUBLIC_KEY'], [], OWN),
  ...deviating('X.509 Certificate Object Attributes', ['ID', 'ISSUER', 'SERIAL_NUMBER'], [8], MODIFIABLE),
  ...deviating('WTLS Certificate Object Attributes', ['VALUE'], [1], "the table's own footnote 2 begins with the common footnote 1"),
  ...deviating('WTLS Certificate Object Attributes', ['URL', 'HASH_OF_SUBJECT_PUBLIC_KEY', 'HASH_OF_ISSUER_PUBLIC_KEY'], [], OWN),
  ...deviating('WTLS Certificate Object Attributes', ['ISSUER'], [8], MODIFIABLE),
  ...deviating('X.509 Attribute Certificate Object Attributes', ['AC_ISSUER', 'SERIAL_NUMBER', 'ATTR_TYPES'], [8], MODIFIABLE),
  ...deviating('Trust Object Attributes', ['HASH_OF_CERTIFICATE', 'NAME_HASH_ALGORITHM'], [], OWN),
  ...deviating(
    'Trust Object Attributes',
    Object.keys(CKA).filter((name) => name.startsWith('TRUST_')),
    [8],
    'its own footnote is about defaults; and what else would CKA_MODIFIABLE be for',
  ),
  ...deviating('Monotonic Counter Attributes', ['RESET_ON_INIT', 'HAS_RESET', 'VALUE'], [], 'read only, as all of the object is'),
  ...deviating(
    'Validation Object Attributes',
    ['COUNTRY', 'CERTIFICATE_IDENTIFIER', 'CERTIFICATE_URI', 'VENDOR_URI', 'PROFILE'].map((name) => `VALIDATION_${name}`),
    [],
    OWN,
  ),
  ...deviating('ML-KEM Private Key Object Attributes', ['VALUE'], [4, 6, 7], 'prose: at least one of CKA_SEED and CKA_VALUE'),
  ...deviating('ML-DSA Private Key Object Attributes', ['VALUE'], [4, 6, 7], 'prose: at least one of CKA_SEED and CKA_VALUE'),
  ...deviating('CAST128 Secret Key Object Attributes', ['VALUE_LEN'], [2, 3], 'C_UnwrapKey: a template may specify it'),
  ...deviating('ChaCha20 Secret Key Object', ['VALUE_LEN'], [2], 'the one length there is need not be asked for'),
  ...deviating('Poly1305 Secret Key Object', ['VALUE_LEN'], [2], 'the one length there is need not be asked for'),
  ...Object.assign(
    {},
    ...['Common Public Key', 'Common Private Key', 'RSA Public Key Object', 'RSA Private Key Object'].map((table) =>
      deviating(`${table} Attributes`, ['PUBLIC_CRC64_VALUE'], [4, 13], LATER),
    ),
  ),
};

/** Where our default is not the one that the standard names. */
const otherDefaults: Readonly<Record<string, string>> = {
  'HOTP: Common OTP key attributes CKA_OTP_COUNTER': 'HOTP keys: it "shall be an 8 bytes unsigned integer"',
  'Trust Object Attributes CKA_ISSUER': 'it must be specified',
  'Trust Object Attributes CKA_SERIAL_NUMBER': 'it must be specified',
  ...Object.fromEntries(
    ['HSS', 'XMSS', 'XMSS^MT^'].map((name) => [
      `${name} private: Common Storage Object Attributes CKA_COPYABLE`,
      'HSS: "CKA_COPYABLE MUST be false for this key"; a copy is as dangerous to the others',
    ]),
  ),
};

/** Rows that the published v3.2 does not have. */
const afterwards = ['CKA_SUPPORTED_PARAMETER_SETS', 'CKA_FLAGS'];

/** Attributes that a table lacks and the prose around it gives: kinds, and why. */
const beside: Readonly<Record<string, readonly number[]>> = {
  // "the mechanism contributes ... CKA_PRIME_BITS, and CKA_SUBPRIME_BITS"
  'DSA domain': [CKA.SUBPRIME_BITS],
};

const typeNames: Readonly<Record<string, ValueType>> = {
  CK_BBOOL: 'bool',
  'RFC2279 string': 'text',
  'RFC 2279 string': 'text',
  'Byte array': 'bytes',
  'Big integer': 'bigInteger',
  CK_DATE: 'date',
  CK_ATTRIBUTE_PTR: 'template',
  CK_UTF8CHAR: 'text',
  CK_VERSION: 'bytes',
  'CK_CHAR[16]': 'bytes',
  CK_ULONG_PTR: 'ulongs',
};
const typeOf = (name: string): ValueType => typeNames[name] ?? (name.startsWith('CK_MECHANISM_TYPE_PTR') ? 'ulongs' : 'ulong');

/** The standard's text has one footnote that lost its mark. */
const corrected = (row: StandardRow): StandardRow => (row.name === 'CKA_TRUSTED10' ? { ...row, name: 'CKA_TRUSTED', notes: [10] } : row);

const rowsOf = (names: readonly string[]) =>
  names
    .flatMap((table) => (tables.get(table) ?? []).map((row) => ({ ...corrected(row), place: `${table} ${corrected(row).name}` })))
    .filter(({ name }) => !afterwards.includes(name));

const ruleFor = (rules: Rules, name: string): Rule | undefined => rules[CKA[name.slice('CKA_'.length) as keyof typeof CKA]];

/** The standard's thirteen only: ON_COPY is ours. */
const notesOf = ({ notes }: Rule): number[] => Array.from({ length: 14 }, (_, n) => n).filter((n) => notes & (1 << n));

/** CK_TRUE, CK_FALSE or empty, where the standard says one of these. */
function namedDefault(meaning: string): Uint8Array | undefined {
  const named = /defaults?(?: is| value is| to)? (CK_TRUE|CK_FALSE|empty)/i.exec(meaning)?.[1]?.toUpperCase();
  return named === undefined ? undefined : { CK_TRUE: TRUE, CK_FALSE: FALSE, EMPTY }[named];
}

describe.runIf(folder !== undefined)('the tables of PKCS#11 (compared where STRONGROOM_SPEC names a folder with its text)', () => {
  it.each(kinds)('of %s objects are all there', (_name, _class, _type, names) => {
    for (const name of names) expect(tables.get(name)?.length ?? 0, name).toBeGreaterThan(0);
  });

  it.each(kinds)('have the attributes of our %s objects, no more and no fewer', (kind, objectClass, type, names) => {
    const theirs = rowsOf(names).map(({ name }) => CKA[name.slice('CKA_'.length) as keyof typeof CKA]);
    const ours = Object.entries(rulesOf(objectClass, type)!).filter(([, rule]) => !rule.unkept);
    const sorted = (types: readonly number[]): number[] => [...new Set(types)].sort((a, b) => a - b);
    expect(sorted(ours.map(([attribute]) => Number(attribute)))).toEqual(sorted([...theirs, ...(beside[kind] ?? [])]));
  });

  it.each(kinds)('have the types of our %s objects', (_, objectClass, type, names) => {
    const rules = rulesOf(objectClass, type)!;
    for (const row of rowsOf(names)) expect([row.place, ruleFor(rules, row.name)?.type]).toEqual([row.place, typeOf(row.type)]);
  });

  it.each(kinds)('have the footnotes of our %s objects', (_, objectClass, type, names) => {
    const rules = rulesOf(objectClass, type)!;
    for (const row of rowsOf(names)) {
      const expected = deviations[row.place]?.notes ?? row.notes;
      expect([row.place, notesOf(ruleFor(rules, row.name)!)]).toEqual([row.place, [...expected]]);
    }
  });

  it.each(kinds)('have the defaults of our %s objects, where they name one', (kind, objectClass, type, names) => {
    const rules = rulesOf(objectClass, type)!;
    for (const row of rowsOf(names)) {
      const named = namedDefault(row.meaning);
      if (named !== undefined && !(row.place in otherDefaults) && !(`${kind}: ${row.place}` in otherDefaults)) {
        expect([row.place, ruleFor(rules, row.name)?.default]).toEqual([row.place, named]);
      }
    }
  });

  it('leave the token a default only where we have one (footnote 9)', () => {
    for (const [, objectClass, type, names] of kinds) {
      const open = rowsOf(names).filter(({ meaning, notes }) => meaning.includes('^9^') || notes.includes(9));
      for (const { name, place } of open)
        expect([place, ruleFor(rulesOf(objectClass, type)!, name)?.default !== undefined]).toEqual([place, true]);
    }
  });

  it('differ from ours wherever we say that they do', () => {
    const rows = new Map(rowsOf([...new Set(kinds.flatMap(([, , , names]) => names))]).map((row) => [row.place, row]));
    for (const [place, { notes }] of Object.entries(deviations)) expect(rows.get(place)?.notes, place).not.toEqual(notes);
    for (const [kind, objectClass, type, names] of kinds) {
      for (const { place, name, meaning } of rowsOf(names).filter(
        (row) => row.place in otherDefaults || `${kind}: ${row.place}` in otherDefaults,
      )) {
        expect(namedDefault(meaning), place).toBeDefined();
        expect([kind, place, ruleFor(rulesOf(objectClass, type)!, name)?.default]).not.toEqual([kind, place, namedDefault(meaning)]);
      }
    }
    const places = kinds.flatMap(([kind, , , names]) => rowsOf(names).flatMap(({ place }) => [place, `${kind}: ${place}`]));
    expect(Object.keys(otherDefaults).filter((place) => !places.includes(place))).toEqual([]);
  });
});

it.runIf(folder === undefined)('the tables of PKCS#11 are not here: set STRONGROOM_SPEC to compare ours with them', () => {
  expect(tables.size).toBe(0);
});
