import { describe, expect, it } from 'vitest';
import { matches, readAttribute, spellings } from '../../../src/model/reading.ts';
import { createObject } from '../../../src/model/template.ts';
import { CKA, CKO } from '../../../src/protocol/constants.ts';
import {
  aes,
  bytesOf,
  data,
  type Entries,
  ecPrivate,
  ecPublic,
  edwardsPublic,
  filled,
  montgomeryPublic,
  rsaPrivate,
  rsaPublic,
  template,
} from './templates.ts';

const create = (entries: Entries) => createObject(template(entries));

describe('C_GetAttributeValue', () => {
  it.each([
    ['CKA_SENSITIVE is true', { SENSITIVE: true, EXTRACTABLE: true }],
    ['CKA_EXTRACTABLE is false', { SENSITIVE: false, EXTRACTABLE: false }],
    ['both are so', {}],
  ])('does not reveal a secret value where %s', (_, entries) => {
    expect(readAttribute(create({ ...aes, ...entries }), CKA.VALUE)).toBe('sensitive');
    expect(readAttribute(create({ ...rsaPrivate, ...entries }), CKA.PRIVATE_EXPONENT)).toBe('sensitive');
  });

  it('reveals it where the key is neither sensitive nor unextractable', () => {
    const object = create({ ...ecPrivate, SENSITIVE: false, EXTRACTABLE: true });
    expect(readAttribute(object, CKA.VALUE)).toEqual(ecPrivate.VALUE);
  });

  it('says sensitive, not absent, of a secret that the object does not have', () => {
    expect(readAttribute(create(rsaPrivate), CKA.PRIME_1)).toBe('sensitive');
    expect(readAttribute(create({ ...rsaPrivate, SENSITIVE: false, EXTRACTABLE: true }), CKA.PRIME_1)).toBe('invalid');
  });

  it('reveals what is not secret of a sensitive key', () => {
    const object = create(rsaPrivate);
    expect(readAttribute(object, CKA.MODULUS)).toEqual(rsaPrivate.MODULUS);
    expect(readAttribute(object, CKA.SENSITIVE)).toEqual(bytesOf(true));
  });

  it('says invalid of what the object does not have', () => {
    expect(readAttribute(create(aes), CKA.MODULUS)).toBe('invalid');
    expect(readAttribute(create(aes), 0x7777)).toBe('invalid');
  });

  it('says invalid, not sensitive, where another class has such a secret', () => {
    expect(readAttribute(create(aes), CKA.PRIVATE_EXPONENT)).toBe('invalid');
  });

  it('reveals the value of a data object', () => {
    expect(readAttribute(create({ ...data, VALUE: 'open' }), CKA.VALUE)).toEqual(bytesOf('open'));
  });
});

describe('the spelling of older versions', () => {
  it.each([edwardsPublic, montgomeryPublic])('is an OCTET STRING for points that are bare since v3.1', (entries) => {
    const object = create(entries);
    const point = readAttribute(object, CKA.EC_POINT) as Uint8Array;
    expect(point).toEqual(entries.EC_POINT);
    expect(readAttribute(object, CKA.EC_POINT, true)).toEqual(Uint8Array.of(4, 32, ...point));
  });

  it('is the same for everything else', () => {
    const object = create(ecPublic);
    for (const type of object.keys()) expect(readAttribute(object, type, true)).toBe(readAttribute(object, type));
  });
});

describe('C_FindObjects', () => {
  const object = create({ ...aes, LABEL: 'a key', ID: '' });

  it('matches everything with an empty template', () => {
    expect(matches(object, [])).toBe(true);
  });

  it('matches byte for byte, and every entry', () => {
    expect(matches(object, template({ CLASS: CKO.SECRET_KEY, LABEL: 'a key' }))).toBe(true);
    expect(matches(object, template({ CLASS: CKO.SECRET_KEY, LABEL: 'a kez' }))).toBe(false);
    expect(matches(object, template({ LABEL: 'a key', CLASS: CKO.DATA }))).toBe(false);
    expect(matches(object, template({ LABEL: 'a ke' }))).toBe(false);
    expect(matches(object, template({ LABEL: 'a key ' }))).toBe(false);
  });

  it('takes a NULL value for an empty one', () => {
    expect(matches(object, template({ ID: null }))).toBe(true);
    expect(matches(object, template({ LABEL: null }))).toBe(false);
  });

  it('matches no value where NULL has a length', () => {
    expect(matches(object, [{ type: CKA.ID, value: null, nullLength: 1 }])).toBe(false);
  });

  it('finds defaults', () => {
    expect(matches(object, template({ TOKEN: false, SENSITIVE: false }))).toBe(true);
  });

  it('does not match what the object does not have', () => {
    expect(matches(object, template({ MODULUS: null }))).toBe(false);
    expect(matches(object, [{ type: 0x7777, value: null }])).toBe(false);
  });

  it('tells nothing of a secret, right or wrong', () => {
    expect(matches(object, template({ VALUE: aes.VALUE }))).toBe(false);
    expect(matches(object, template({ VALUE: 'wrong' }))).toBe(false);
    expect(matches(create(rsaPrivate), template({ PRIVATE_EXPONENT: rsaPrivate.PRIVATE_EXPONENT }))).toBe(false);
  });

  it('finds a key by a value that is no secret', () => {
    expect(matches(create({ ...aes, SENSITIVE: false, EXTRACTABLE: true }), template({ VALUE: aes.VALUE }))).toBe(true);
    expect(matches(create(rsaPublic), template({ MODULUS: rsaPublic.MODULUS }))).toBe(true);
    expect(matches(create({ ...data, VALUE: 'x' }), template({ VALUE: 'x' }))).toBe(true);
  });

  it('does not match a template with what is none', () => {
    expect(matches(object, template({ CLASS: [], LABEL: [] }))).toBe(false);
  });

  it('compares templates entry by entry', () => {
    const wrapping = create({ ...aes, WRAP_TEMPLATE: template({ LABEL: 'x', UNWRAP_TEMPLATE: template({ ID: 'y' }) }) });
    const search = (entries: Entries) => matches(wrapping, template({ WRAP_TEMPLATE: template(entries) }));
    expect(search({ LABEL: 'x', UNWRAP_TEMPLATE: template({ ID: 'y' }) })).toBe(true);
    expect(search({ LABEL: 'x', UNWRAP_TEMPLATE: template({ ID: 'z' }) })).toBe(false);
    expect(search({ LABEL: 'x', UNWRAP_TEMPLATE: null })).toBe(false);
    expect(search({ LABEL: 'x' })).toBe(false);
    expect(search({ ID: 'x', UNWRAP_TEMPLATE: template({ ID: 'y' }) })).toBe(false);
  });
});

describe('a search for a point', () => {
  const values = (value: Uint8Array) => spellings(template({ LABEL: 'a key', EC_POINT: value })).map(([, entry]) => entry?.value);
  const raw = filled(32, 9);

  it('is one for what an Edwards key would have, whatever form it comes in', () => {
    expect(values(raw)).toEqual([raw]);
    for (const form of [Uint8Array.of(4, 32, ...raw), Uint8Array.of(3, 33, 0, ...raw)]) expect(values(form)).toContainEqual(raw);
  });

  it('is two where the bytes may be an Edwards key’s or another curve’s', () => {
    // 57 bytes that begin with 04: Ed448, or a point of P-224.
    const either = Uint8Array.of(4, ...filled(56, 9));
    expect(values(either)).toEqual([Uint8Array.of(4, 57, ...either), either]);
  });

  it('leaves everything else of the template, and a template without a point, as it came', () => {
    const plain = template({ LABEL: 'a key', CLASS: CKO.PUBLIC_KEY });
    expect(spellings(plain)).toEqual([plain]);
    expect(spellings(template({ LABEL: 'a key', EC_POINT: raw }))[0]![0]).toEqual(template({ LABEL: 'a key' })[0]);
    expect(spellings(template({ EC_POINT: null }))).toHaveLength(1);
  });
});
