import { describe, expect, it } from 'vitest';
import { EMPTY, FALSE, TRUE } from '../../../src/model/attribute.ts';
import { changeObject, copyObject } from '../../../src/model/template.ts';
import { CKA, CKK, CKO } from '../../../src/protocol/constants.ts';
import {
  aes,
  bytesOf,
  certificate,
  create,
  data,
  type Entries,
  ecPrivate,
  expectError,
  rsaPrivate,
  rsaPublic,
  template,
  uuid,
  valueIn,
} from './templates.ts';

describe('C_SetAttributeValue', () => {
  const change = (entries: Entries, changes: Entries, bySo = false) => changeObject(create(entries, true), template(changes), { bySo });

  it('changes what footnote 8 opens, and nothing else', () => {
    const source = create(aes);
    const changed = changeObject(source, template({ LABEL: 'new', ID: 'id', ENCRYPT: false, END_DATE: '20300101' }));
    expect(valueIn(changed, 'LABEL')).toEqual(bytesOf('new'));
    expect(valueIn(changed, 'ENCRYPT')).toEqual(FALSE);
    for (const [type, value] of source) {
      if (![CKA.LABEL, CKA.ID, CKA.ENCRYPT, CKA.END_DATE].includes(type as 3)) expect(changed.get(type)).toBe(value);
    }
  });

  it('leaves the object that it was given as it was', () => {
    const source = create(aes);
    const before = new Map(source);
    changeObject(source, template({ LABEL: 'new' }));
    expect(source).toEqual(before);
  });

  it('refuses an object that is not modifiable', () => {
    expectError('ACTION_PROHIBITED', () => change({ ...data, MODIFIABLE: false }, { LABEL: 'new' }));
    expectError('ACTION_PROHIBITED', () => change({ ...data, MODIFIABLE: false }, { LABEL: 'new' }, true));
  });

  it.each([
    [data, { TOKEN: true }],
    [data, { PRIVATE: true }],
    [data, { MODIFIABLE: false }],
    [data, { DESTROYABLE: false }],
    [data, { VALUE: 'new' }],
    [data, { CLASS: CKO.DATA }],
    [data, { UNIQUE_ID: 'mine' }],
    [aes, { VALUE: new Uint8Array(16) }],
    [aes, { KEY_TYPE: CKK.AES }],
    [aes, { LOCAL: true }],
    [aes, { ALWAYS_SENSITIVE: true }],
    [aes, { ALLOWED_MECHANISMS: '' }],
    [aes, { CHECK_VALUE: 'abc' }],
    [ecPrivate, { ALWAYS_AUTHENTICATE: true }],
    [rsaPublic, { MODULUS: 'n' }],
    [certificate, { SUBJECT: 'other' }],
    [certificate, { CERTIFICATE_CATEGORY: 1 }],
  ] as [Entries, Entries][])('refuses to change what stays as it was made (%#)', (entries, changes) => {
    expectError('ATTRIBUTE_READ_ONLY', () => change(entries, changes));
  });

  it.each([
    ['SENSITIVE', { SENSITIVE: false, EXTRACTABLE: true }, true],
    ['WRAP_WITH_TRUSTED', {}, true],
    ['EXTRACTABLE', { EXTRACTABLE: true }, false],
    ['COPYABLE', {}, false],
  ] as const)('lets CKA_%s go one way only (footnotes 11 and 12)', (name, before, end) => {
    const first = create({ ...aes, ...before });
    expect(valueIn(changeObject(first, template({ [name]: !end })), name)).toEqual(bytesOf(!end));
    const changed = changeObject(first, template({ [name]: end }));
    expect(valueIn(changed, name)).toEqual(bytesOf(end));
    expectError('ATTRIBUTE_READ_ONLY', () => changeObject(changed, template({ [name]: !end })));
    expect(valueIn(changeObject(changed, template({ [name]: end })), name)).toEqual(bytesOf(end));
  });

  it('does not forget that a key was readable once', () => {
    const key = changeObject(create({ ...aes, SENSITIVE: false, EXTRACTABLE: true }), template({ SENSITIVE: true, EXTRACTABLE: false }));
    expect(valueIn(key, 'ALWAYS_SENSITIVE')).toEqual(FALSE);
    expect(valueIn(key, 'NEVER_EXTRACTABLE')).toEqual(FALSE);
  });

  it('takes a check value away, for good', () => {
    expect(valueIn(change({ ...aes, CHECK_VALUE: 'abc' }, { CHECK_VALUE: '' }), 'CHECK_VALUE')).toEqual(EMPTY);
  });

  it('lets the SO alone give and take trust', () => {
    expect(valueIn(change(aes, { TRUSTED: true }, true), 'TRUSTED')).toEqual(TRUE);
    expectError('ATTRIBUTE_READ_ONLY', () => change(aes, { TRUSTED: true }));
    expectError('ATTRIBUTE_READ_ONLY', () => change({ ...aes, TRUSTED: true }, { TRUSTED: false }));
  });

  it('opens what the prose on certificates opens, until the certificate is trusted', () => {
    const changes = { ID: 'i', ISSUER: 'j', SERIAL_NUMBER: 'k', LABEL: 'l' };
    expect(valueIn(change(certificate, changes), 'ISSUER')).toEqual(bytesOf('j'));
    expectError('ACTION_PROHIBITED', () => change({ ...certificate, TRUSTED: true }, changes));
    expect(valueIn(change({ ...certificate, TRUSTED: true }, { TRUSTED: false }, true), 'TRUSTED')).toEqual(FALSE);
  });

  it('gives an object what it did not have yet', () => {
    expect(valueIn(change(ecPrivate, { PUBLIC_KEY_INFO: 'spki' }), 'PUBLIC_KEY_INFO')).toEqual(bytesOf('spki'));
  });

  it("refuses in the standard's order", () => {
    expectError('ATTRIBUTE_TYPE_INVALID', () =>
      changeObject(create(data), [...template({ LABEL: 'x' }), { type: 0x7777, value: null }, ...template({ TOKEN: null })]),
    );
    expectError('ATTRIBUTE_VALUE_INVALID', () => change(data, { CLASS: CKO.DATA, PRIVATE: null }));
    expectError('ATTRIBUTE_READ_ONLY', () => change(data, { MODULUS: 'n', CLASS: CKO.DATA }));
    expectError('TEMPLATE_INCONSISTENT', () => change(data, { MODULUS: 'n' }));
    expectError('TEMPLATE_INCONSISTENT', () => changeObject(create(data), [...template({ LABEL: 'x' }), ...template({ LABEL: 'y' })]));
  });
});

describe('C_CopyObject', () => {
  it('copies everything but CKA_UNIQUE_ID', () => {
    const source = create(rsaPrivate);
    const copy = copyObject(source, []);
    expect(valueIn(copy, 'UNIQUE_ID')).not.toEqual(valueIn(source, 'UNIQUE_ID'));
    expect(Buffer.from(valueIn(copy, 'UNIQUE_ID')!).toString()).toMatch(uuid);
    for (const [type, value] of source) if (type !== CKA.UNIQUE_ID) expect(copy.get(type)).toBe(value);
    expect(copy.size).toBe(source.size);
  });

  it('refuses an object that is not copyable', () => {
    expectError('ACTION_PROHIBITED', () => copyObject(create({ ...data, COPYABLE: false }), []));
  });

  it('opens the four attributes that C_SetAttributeValue does not', () => {
    const changes = { TOKEN: true, PRIVATE: true, MODIFIABLE: false, DESTROYABLE: false, LABEL: 'copy' };
    const copy = copyObject(create({ ...data, PRIVATE: false }), template(changes));
    for (const [name, value] of Object.entries(changes)) expect(valueIn(copy, name as 'TOKEN')).toEqual(bytesOf(value));
  });

  it('copies an object that is not modifiable, and may make the copy so', () => {
    const copy = copyObject(create({ ...data, MODIFIABLE: false }), template({ MODIFIABLE: true, LABEL: 'copy' }));
    expect(valueIn(copy, 'MODIFIABLE')).toEqual(TRUE);
  });

  it('lets a key become stricter only', () => {
    const open = create({ ...aes, SENSITIVE: false, EXTRACTABLE: true });
    const copy = copyObject(open, template({ SENSITIVE: true, EXTRACTABLE: false }));
    expect(valueIn(copy, 'NEVER_EXTRACTABLE')).toEqual(FALSE);
    expectError('ATTRIBUTE_READ_ONLY', () => copyObject(copy, template({ SENSITIVE: false })));
    expectError('ATTRIBUTE_READ_ONLY', () => copyObject(copy, template({ EXTRACTABLE: true })));
  });

  it('does not make a private object public', () => {
    expectError('TEMPLATE_INCONSISTENT', () => copyObject(create(aes), template({ PRIVATE: false })));
  });

  it('holds to what must hold between attributes', () => {
    const key = create({ ...ecPrivate, PRIVATE: true, ALWAYS_AUTHENTICATE: true });
    expectError('TEMPLATE_INCONSISTENT', () => copyObject(key, template({ PRIVATE: false })));
  });

  it('does not copy a trusted certificate to something else', () => {
    const trusted = create({ ...certificate, TRUSTED: true }, true);
    expect(valueIn(copyObject(trusted, template({ TOKEN: true })), 'TRUSTED')).toEqual(TRUE);
    expectError('ATTRIBUTE_READ_ONLY', () => copyObject(trusted, template({ ISSUER: 'other' })));
  });

  it('refuses what C_CreateObject would refuse', () => {
    const source = create(aes);
    expectError('ATTRIBUTE_TYPE_INVALID', () => copyObject(source, [{ type: 0x7777, value: null }]));
    expectError('ATTRIBUTE_VALUE_INVALID', () => copyObject(source, template({ TOKEN: null })));
    expectError('ATTRIBUTE_READ_ONLY', () => copyObject(source, template({ UNIQUE_ID: 'mine' })));
    expectError('ATTRIBUTE_READ_ONLY', () => copyObject(source, template({ VALUE: aes.VALUE })));
    expectError('TEMPLATE_INCONSISTENT', () => copyObject(source, template({ MODULUS: 'n' })));
  });
});
