// The rows in src/model/classes/ beside the standard's tables: types, footnotes and defaults. STRONGROOM_SPEC names the folder with
// the standard's Markdown (working/doc/spec of OASIS's repository); without it there is nothing to compare with and these are skipped.

import { describe, expect, it } from 'vitest';
import { EMPTY, FALSE, TRUE } from '../../src/model/attribute.ts';
import { rulesOf } from '../../src/model/classes.ts';
import type { Rule, Rules, ValueType } from '../../src/model/rules.ts';
import { CKA, CKC, CKK, CKO } from '../../src/protocol/constants.ts';
import { attributeTables, type StandardRow } from './standard.ts';

const folder = process.env.STRONGROOM_SPEC;
const tables = folder === undefined ? new Map<string, readonly StandardRow[]>() : attributeTables(folder);

const [STORAGE, KEY] = [['Common Object', 'Common Storage Object'], ['Common Key']].map((names) =>
  names.map((name) => `${name} Attributes`),
);
const publicKey = [...STORAGE!, ...KEY!, 'Common Public Key Attributes'];
const privateKey = [...STORAGE!, ...KEY!, 'Common Private Key Attributes'];
const secretKey = [...STORAGE!, ...KEY!, 'Common Secret Key Attributes'];

/** Each kind of object, and the tables whose rows together are its rules. */
const kinds: readonly (readonly [string, number, number | undefined, readonly string[]])[] = [
  ['data', CKO.DATA, undefined, [...STORAGE!, 'Data Object Attributes']],
  ['X.509', CKO.CERTIFICATE, CKC.X_509, [...STORAGE!, 'Common Certificate Object Attributes', 'X.509 Certificate Object Attributes']],
  ['RSA public', CKO.PUBLIC_KEY, CKK.RSA, [...publicKey, 'RSA Public Key Object Attributes']],
  ['EC public', CKO.PUBLIC_KEY, CKK.EC, [...publicKey, 'Elliptic Curve Public Key Object Attributes']],
  ['Edwards public', CKO.PUBLIC_KEY, CKK.EC_EDWARDS, [...publicKey, 'Edwards Elliptic Curve Public Key Object Attributes']],
  ['Montgomery public', CKO.PUBLIC_KEY, CKK.EC_MONTGOMERY, [...publicKey, 'Montgomery Elliptic Curve Public Key Object Attributes']],
  ['RSA private', CKO.PRIVATE_KEY, CKK.RSA, [...privateKey, 'RSA Private Key Object Attributes']],
  ['EC private', CKO.PRIVATE_KEY, CKK.EC, [...privateKey, 'Elliptic Curve Private Key Object Attributes']],
  ['Edwards private', CKO.PRIVATE_KEY, CKK.EC_EDWARDS, [...privateKey, 'Edwards Elliptic Curve Private Key Object Attributes']],
  ['Montgomery private', CKO.PRIVATE_KEY, CKK.EC_MONTGOMERY, [...privateKey, 'Montgomery Elliptic Curve Private Key Object Attributes']],
  ['AES', CKO.SECRET_KEY, CKK.AES, [...secretKey, 'AES Secret Key Object Attributes']],
  ['generic secret', CKO.SECRET_KEY, CKK.GENERIC_SECRET, [...secretKey, 'Generic Secret Key Object Attributes']],
];

/** Where our footnotes are not the table's, by table and attribute, and why. */
const deviations: Readonly<Record<string, { readonly notes: readonly number[]; readonly why: string }>> = {
  'Common Storage Object Attributes CKA_LABEL': { notes: [8], why: 'prose: can be modified after the object is created' },
  'Common Storage Object Attributes CKA_COPYABLE': { notes: [12], why: 'its meaning: cannot be set to TRUE once it is FALSE' },
  'Common Key Attributes CKA_OBJECT_VALIDATION_FLAGS': { notes: [2, 4, 6, 9], why: 'stricter: not for applications to claim' },
  'X.509 Certificate Object Attributes CKA_VALUE': { notes: [1], why: "the table's own footnote 2 begins with the common footnote 1" },
  'X.509 Certificate Object Attributes CKA_URL': { notes: [], why: "the table's own footnote 3 is a constraint" },
  'X.509 Certificate Object Attributes CKA_HASH_OF_SUBJECT_PUBLIC_KEY': { notes: [], why: "the table's own footnote 4 is a constraint" },
  'X.509 Certificate Object Attributes CKA_HASH_OF_ISSUER_PUBLIC_KEY': { notes: [], why: "the table's own footnote 4 is a constraint" },
  'X.509 Certificate Object Attributes CKA_ID': { notes: [8], why: 'prose: may be modified after the object is created' },
  'X.509 Certificate Object Attributes CKA_ISSUER': { notes: [8], why: 'prose: may be modified after the object is created' },
  'X.509 Certificate Object Attributes CKA_SERIAL_NUMBER': { notes: [8], why: 'prose: may be modified after the object is created' },
  ...Object.fromEntries(
    ['Common Public Key', 'Common Private Key', 'RSA Public Key Object', 'RSA Private Key Object'].map((table) => [
      `${table} Attributes CKA_PUBLIC_CRC64_VALUE`,
      { notes: [4, 13], why: 'no application from before v3.2 gives it' },
    ]),
  ),
};

/** Where our default is not the one that the standard names. */
const otherDefaults: Readonly<Record<string, string>> = {
  'Common Secret Key Attributes CKA_SENSITIVE': 'stricter: a key that is to leave must be said to',
};

const typeNames: Readonly<Record<string, ValueType>> = {
  CK_BBOOL: 'bool',
  'RFC2279 string': 'text',
  'Byte array': 'bytes',
  'Big integer': 'bigInteger',
  CK_DATE: 'date',
  CK_ATTRIBUTE_PTR: 'template',
};
const typeOf = (name: string): ValueType => typeNames[name] ?? (name.startsWith('CK_MECHANISM_TYPE_PTR') ? 'ulongs' : 'ulong');

/** The standard's text has one footnote that lost its mark. */
const corrected = (row: StandardRow): StandardRow => (row.name === 'CKA_TRUSTED10' ? { ...row, name: 'CKA_TRUSTED', notes: [10] } : row);

const rowsOf = (names: readonly string[]) =>
  names.flatMap((table) => (tables.get(table) ?? []).map((row) => ({ ...corrected(row), place: `${table} ${corrected(row).name}` })));

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

  it.each(kinds)('have the attributes of our %s objects, no more and no fewer', (_, objectClass, type, names) => {
    const theirs = rowsOf(names).map(({ name }) => CKA[name.slice('CKA_'.length) as keyof typeof CKA]);
    expect(Object.keys(rulesOf(objectClass, type)!).map(Number)).toEqual([...new Set(theirs)].sort((a, b) => a - b));
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

  it.each(kinds)('have the defaults of our %s objects, where they name one', (_, objectClass, type, names) => {
    const rules = rulesOf(objectClass, type)!;
    for (const row of rowsOf(names)) {
      const named = namedDefault(row.meaning);
      if (named !== undefined && !(row.place in otherDefaults)) {
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
    for (const place of Object.keys(otherDefaults)) expect(namedDefault(rows.get(place)?.meaning ?? ''), place).toBeDefined();
  });
});

it.runIf(folder === undefined)('the tables of PKCS#11 are not here: set STRONGROOM_SPEC to compare ours with them', () => {
  expect(tables.size).toBe(0);
});
