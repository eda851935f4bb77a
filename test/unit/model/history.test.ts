import { describe, expect, it } from 'vitest';
import type { Circumstances } from '../../../src/model/history.ts';
import { createObject, makeObject } from '../../../src/model/template.ts';
import { CKA, CKK, CKM, CKO } from '../../../src/protocol/constants.ts';
import { dsaParameters } from './every-kind.ts';
import { aes, attributes, bytesOf, type Entries, expectError, template, valueIn } from './templates.ts';

const implied = attributes({ CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.AES });
const derive = (entries: Entries, circumstances: Circumstances) =>
  makeObject('derive', template(entries), implied, attributes({ VALUE: aes.VALUE }), circumstances);

const open = { SENSITIVE: false, EXTRACTABLE: true, ALWAYS_SENSITIVE: false, NEVER_EXTRACTABLE: false };
const closed = { SENSITIVE: true, EXTRACTABLE: false, ALWAYS_SENSITIVE: true, NEVER_EXTRACTABLE: true };
const flags = (key: ReturnType<typeof derive>): Entries => ({
  SENSITIVE: valueIn(key, 'SENSITIVE')![0] === 1,
  EXTRACTABLE: valueIn(key, 'EXTRACTABLE')![0] === 1,
  ALWAYS_SENSITIVE: valueIn(key, 'ALWAYS_SENSITIVE')![0] === 1,
  NEVER_EXTRACTABLE: valueIn(key, 'NEVER_EXTRACTABLE')![0] === 1,
});
const keys = (base: Entries, second?: Entries): Circumstances => ({
  base: attributes(base),
  ...(second && { second: attributes(second) }),
});

describe('a key derived from two', () => {
  it('was always sensitive and never extractable only if both were', () => {
    expect(flags(derive({ SENSITIVE: true }, keys(closed, closed)))).toEqual(closed);
    expect(flags(derive({}, keys(closed, open)))).toMatchObject({ ALWAYS_SENSITIVE: false, NEVER_EXTRACTABLE: false });
    expect(flags(derive({}, keys(open, closed)))).toMatchObject({ ALWAYS_SENSITIVE: false, NEVER_EXTRACTABLE: false });
  });
});

describe('a key that takes over the protection of those that it is made of', () => {
  const protecting = (base: Entries, second?: Entries): Circumstances => ({ ...keys(base, second), inherits: 'protection' });

  it.each([
    ['one of two is protected', protecting(open, closed)],
    ['the other is', protecting(closed, open)],
    ['the only one is', protecting(closed)],
  ])('is sensitive and not extractable where %s, and cannot be anything else', (_, circumstances) => {
    expect(flags(derive({}, circumstances))).toMatchObject({ SENSITIVE: true, EXTRACTABLE: false });
    expect(flags(derive({ SENSITIVE: true, EXTRACTABLE: false }, circumstances))).toMatchObject({ SENSITIVE: true });
    expectError('TEMPLATE_INCONSISTENT', () => derive({ SENSITIVE: false }, circumstances));
    expectError('TEMPLATE_INCONSISTENT', () => derive({ EXTRACTABLE: true }, circumstances));
  });

  it('is what the template says where no key is protected', () => {
    expect(flags(derive({ SENSITIVE: false, EXTRACTABLE: true }, protecting(open)))).toMatchObject({ SENSITIVE: false, EXTRACTABLE: true });
    expect(flags(derive({}, protecting(open)))).toMatchObject({ SENSITIVE: false, EXTRACTABLE: false });
  });

  it('is no data object, which anybody could read, unless the key could be read anyway', () => {
    const data = (circumstances: Circumstances) => makeObject('derive', template({ CLASS: CKO.DATA }), new Map(), new Map(), circumstances);
    expectError('TEMPLATE_INCONSISTENT', () => data(protecting(closed)));
    expectError('TEMPLATE_INCONSISTENT', () => data(protecting({ ...open, EXTRACTABLE: false })));
    expect(valueIn(data(protecting(open)), 'CLASS')).toEqual(bytesOf(CKO.DATA));
  });

  it('has their values where its template has none, and its own where it has (SP 800-108)', () => {
    const defaulting = (base: Entries): Circumstances => ({ ...keys(base), inherits: 'defaults' });
    expect(flags(derive({}, defaulting(open)))).toEqual(open);
    expect(flags(derive({}, defaulting(closed)))).toEqual(closed);
    expect(flags(derive({ SENSITIVE: false, EXTRACTABLE: true }, defaulting(closed)))).toEqual(open);
    expect(flags(derive({ SENSITIVE: true }, defaulting(open)))).toMatchObject({ SENSITIVE: true, EXTRACTABLE: true });
  });

  it('is made of something', () => {
    expectError('GENERAL_ERROR', () => derive({}, { inherits: 'protection' }));
  });
});

describe('a key that takes over all of its base key (the key and MAC derivations of SSL and TLS)', () => {
  it.each([open, closed, { ...open, SENSITIVE: true }])('has its values (%j)', (base) => {
    expect(flags(derive({}, { ...keys(base), inherits: 'all' }))).toEqual(base);
  });

  it('cannot be told otherwise, in either direction', () => {
    expectError('TEMPLATE_INCONSISTENT', () => derive({ SENSITIVE: true }, { ...keys(open), inherits: 'all' }));
    expectError('TEMPLATE_INCONSISTENT', () => derive({ SENSITIVE: false }, { ...keys(closed), inherits: 'all' }));
  });
});

describe('domain parameters', () => {
  it('are local where they were generated here', () => {
    const { CLASS, KEY_TYPE, PRIME, SUBPRIME, BASE } = dsaParameters;
    const made = makeObject(
      'generate',
      template({ PRIME_BITS: 1024 }),
      attributes({ CLASS, KEY_TYPE }),
      attributes({ PRIME, SUBPRIME, BASE }),
      { mechanism: CKM.DSA_PARAMETER_GEN },
    );
    expect(valueIn(made, 'LOCAL')).toEqual(bytesOf(true));
    expect(made.has(CKA.KEY_GEN_MECHANISM)).toBe(false);
    expect(valueIn(createObject(template(dsaParameters)), 'LOCAL')).toEqual(bytesOf(false));
  });
});
