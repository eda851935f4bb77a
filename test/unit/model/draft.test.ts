import { describe, expect, it } from 'vitest';
import { EMPTY, FALSE, TRUE, ulongBytes } from '../../../src/model/attribute.ts';
import { draftObject } from '../../../src/model/draft.ts';
import { createObject, makeObject } from '../../../src/model/template.ts';
import { CK, CKA, CKK, CKM, CKO } from '../../../src/protocol/constants.ts';
import { aes, attributes, bytesOf, type Entries, ecPublic, expectError, rsaPrivate, rsaPublic, template, valueIn } from './templates.ts';

const aesImplied = attributes({ CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.AES });
const aesMade = attributes({ VALUE: aes.VALUE });
const generate = (entries: Entries, made = aesMade) =>
  makeObject('generate', template(entries), aesImplied, made, { mechanism: CKM.AES_KEY_GEN });

describe('a generated key', () => {
  it('has what the template, the defaults and the mechanism give it', () => {
    const key = generate({ VALUE_LEN: 16, LABEL: 'new' });
    expect(valueIn(key, 'CLASS')).toEqual(ulongBytes(CKO.SECRET_KEY));
    expect(valueIn(key, 'KEY_TYPE')).toEqual(ulongBytes(CKK.AES));
    expect(valueIn(key, 'VALUE')).toEqual(aes.VALUE);
    expect(valueIn(key, 'LABEL')).toEqual(bytesOf('new'));
    expect(valueIn(key, 'ENCRYPT')).toEqual(TRUE);
    expect(valueIn(key, 'UNIQUE_ID')?.length).toBe(36);
  });

  it('says where it comes from', () => {
    const key = generate({ VALUE_LEN: 16 });
    expect(valueIn(key, 'LOCAL')).toEqual(TRUE);
    expect(valueIn(key, 'KEY_GEN_MECHANISM')).toEqual(ulongBytes(CKM.AES_KEY_GEN));
  });

  it.each([true, false])('was always sensitive if it is (%s)', (SENSITIVE) => {
    expect(valueIn(generate({ VALUE_LEN: 16, SENSITIVE }), 'ALWAYS_SENSITIVE')).toEqual(bytesOf(SENSITIVE));
  });

  it.each([true, false])('was never extractable if it is not (%s)', (EXTRACTABLE) => {
    expect(valueIn(generate({ VALUE_LEN: 16, EXTRACTABLE }), 'NEVER_EXTRACTABLE')).toEqual(bytesOf(!EXTRACTABLE));
  });

  it('may say again what is implied, and not otherwise', () => {
    expect(valueIn(generate({ CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.AES, VALUE_LEN: 16 }), 'LOCAL')).toEqual(TRUE);
    expectError('TEMPLATE_INCONSISTENT', () => generate({ CLASS: CKO.PUBLIC_KEY, VALUE_LEN: 16 }));
    expectError('TEMPLATE_INCONSISTENT', () => generate({ KEY_TYPE: CKK.GENERIC_SECRET, VALUE_LEN: 16 }));
    expectError('ATTRIBUTE_VALUE_INVALID', () => generate({ KEY_TYPE: new Uint8Array(4), VALUE_LEN: 16 }));
  });

  it('contradicts its mechanism before it lacks anything', () => {
    const ec = attributes({ CLASS: CKO.PUBLIC_KEY, KEY_TYPE: CKK.EC });
    expectError('TEMPLATE_INCONSISTENT', () => draftObject('generate', template({ KEY_TYPE: CKK.RSA }), ec));
  });

  it('has whatever else is implied, and nothing instead', () => {
    const implied = new Map([...aesImplied, ...attributes({ WRAP: true })]);
    expect(draftObject('generate', template({ VALUE_LEN: 16 }), implied).given.get(CKA.WRAP)).toEqual(TRUE);
    expectError('TEMPLATE_INCONSISTENT', () => draftObject('generate', template({ VALUE_LEN: 16, WRAP: false }), implied));
  });

  it('needs what footnote 3 asks for', () => {
    expectError('TEMPLATE_INCOMPLETE', () => generate({}));
    const rsa = attributes({ CLASS: CKO.PUBLIC_KEY, KEY_TYPE: CKK.RSA });
    expectError('TEMPLATE_INCOMPLETE', () => draftObject('generate', template({ PUBLIC_EXPONENT: 'e' }), rsa));
    const ec = attributes({ CLASS: CKO.PUBLIC_KEY, KEY_TYPE: CKK.EC });
    expectError('TEMPLATE_INCOMPLETE', () => draftObject('generate', [], ec));
  });

  it.each([
    { VALUE: aes.VALUE },
    { LOCAL: true },
    { UNIQUE_ID: 'mine' },
    { KEY_GEN_MECHANISM: CKM.AES_KEY_GEN },
    { ALWAYS_SENSITIVE: true },
    { NEVER_EXTRACTABLE: true },
    { OBJECT_VALIDATION_FLAGS: 1 },
    { TRUSTED: true },
  ] as Entries[])('is not given what footnote 4 or 10 forbids (%j)', (entries) => {
    expectError('ATTRIBUTE_READ_ONLY', () => generate({ VALUE_LEN: 16, ...entries }));
  });

  it('is not stored without what its type needs', () => {
    expectError('TEMPLATE_INCOMPLETE', () => generate({ VALUE_LEN: 16 }, new Map()));
  });

  it('has the length that was asked for', () => {
    expectError('TEMPLATE_INCONSISTENT', () => generate({ VALUE_LEN: 32 }));
  });

  it('is refused where a mechanism makes what is not valid or not of its class', () => {
    expectError('ATTRIBUTE_VALUE_INVALID', () => generate({ VALUE_LEN: 17 }, attributes({ VALUE: new Uint8Array(17) })));
    expectError('GENERAL_ERROR', () => generate({ VALUE_LEN: 16 }, attributes({ VALUE: aes.VALUE, MODULUS: 'n' })));
  });

  it('has been judged before anything was made', () => {
    expectError('ATTRIBUTE_VALUE_INVALID', () => draftObject('generate', template({ TOKEN: null, VALUE_LEN: 16 }), aesImplied));
    expectError('TEMPLATE_INCONSISTENT', () => draftObject('generate', template({ MODULUS: 'n', VALUE_LEN: 16 }), aesImplied));
  });
});

describe('a value that both the template and the library give', () => {
  const implied = attributes({ CLASS: CKO.PUBLIC_KEY, KEY_TYPE: CKK.RSA });
  const pair = (entries: Entries, made: Entries) =>
    makeObject(
      'generate',
      template({ MODULUS_BITS: 2048, ...entries }),
      implied,
      attributes({ MODULUS: rsaPublic.MODULUS, PUBLIC_EXPONENT: Uint8Array.of(1, 0, 1), ...made }),
    );

  it("is the template's where both say the same", () => {
    expect(valueIn(pair({ PUBLIC_EXPONENT: Uint8Array.of(0, 1, 0, 1) }, {}), 'PUBLIC_EXPONENT')).toEqual(Uint8Array.of(0, 1, 0, 1));
  });

  it('is inconsistent where they do not', () => {
    expectError('TEMPLATE_INCONSISTENT', () => pair({ PUBLIC_EXPONENT: Uint8Array.of(3) }, {}));
    expectError('TEMPLATE_INCONSISTENT', () => pair({ PUBLIC_EXPONENT: Uint8Array.of(0) }, {}));
    expectError('TEMPLATE_INCONSISTENT', () => pair({ MODULUS_BITS: 2047 }, {}));
  });

  it('is invalid where it is one that the library finds itself', () => {
    expect(valueIn(pair({ PUBLIC_KEY_INFO: 'spki' }, { PUBLIC_KEY_INFO: 'spki' }), 'PUBLIC_KEY_INFO')).toEqual(bytesOf('spki'));
    expectError('ATTRIBUTE_VALUE_INVALID', () => pair({ PUBLIC_KEY_INFO: 'other' }, { PUBLIC_KEY_INFO: 'spki' }));
    expectError('ATTRIBUTE_VALUE_INVALID', () =>
      generate({ VALUE_LEN: 16, CHECK_VALUE: 'abd' }, attributes({ VALUE: aes.VALUE, CHECK_VALUE: 'abc' })),
    );
  });

  it('is made where an empty one is as good as the default', () => {
    expect(valueIn(pair({ PUBLIC_KEY_INFO: '' }, { PUBLIC_KEY_INFO: 'spki' }), 'PUBLIC_KEY_INFO')).toEqual(bytesOf('spki'));
  });

  it('stays away where an empty check value asks for none', () => {
    const made = attributes({ VALUE: aes.VALUE, CHECK_VALUE: 'abc' });
    expect(valueIn(generate({ VALUE_LEN: 16, CHECK_VALUE: '' }, made), 'CHECK_VALUE')).toEqual(EMPTY);
    expect(valueIn(generate({ VALUE_LEN: 16 }, made), 'CHECK_VALUE')).toEqual(bytesOf('abc'));
  });
});

describe('an unwrapped key', () => {
  const kind = { CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.AES };
  const unwrap = (entries: Entries) => makeObject('unwrap', template(entries), new Map(), aesMade);

  it('is extractable unless the template says otherwise', () => {
    expect(valueIn(unwrap(kind), 'EXTRACTABLE')).toEqual(TRUE);
    expect(valueIn(unwrap({ ...kind, EXTRACTABLE: false }), 'EXTRACTABLE')).toEqual(FALSE);
  });

  it('was outside', () => {
    const key = unwrap({ ...kind, SENSITIVE: true, EXTRACTABLE: false });
    expect(valueIn(key, 'LOCAL')).toEqual(FALSE);
    expect(valueIn(key, 'ALWAYS_SENSITIVE')).toEqual(FALSE);
    expect(valueIn(key, 'NEVER_EXTRACTABLE')).toEqual(FALSE);
    expect(valueIn(key, 'KEY_GEN_MECHANISM')).toEqual(ulongBytes(CK.UNAVAILABLE_INFORMATION));
  });

  it('takes no history from the key that unwrapped it', () => {
    const base = attributes({ ALWAYS_SENSITIVE: true, NEVER_EXTRACTABLE: true });
    const key = makeObject('unwrap', template({ ...kind, EXTRACTABLE: false }), new Map(), aesMade, { base });
    expect(valueIn(key, 'ALWAYS_SENSITIVE')).toEqual(FALSE);
    expect(valueIn(key, 'NEVER_EXTRACTABLE')).toEqual(FALSE);
  });

  it('needs its class and type, from the template or the mechanism', () => {
    expectError('TEMPLATE_INCOMPLETE', () => unwrap({ KEY_TYPE: CKK.AES }));
    expectError('TEMPLATE_INCOMPLETE', () => unwrap({ CLASS: CKO.SECRET_KEY }));
    expect(valueIn(makeObject('unwrap', [], aesImplied, aesMade), 'VALUE')).toEqual(aes.VALUE);
  });

  it('may have its length in the template, the right one', () => {
    expect(valueIn(unwrap({ ...kind, VALUE_LEN: 16 }), 'VALUE_LEN')).toEqual(ulongBytes(16));
    expectError('WRAPPED_KEY_LEN_RANGE', () => unwrap({ ...kind, VALUE_LEN: 24 }));
  });

  it('is not given what footnote 6 forbids', () => {
    expectError('ATTRIBUTE_READ_ONLY', () => unwrap({ ...kind, VALUE: aes.VALUE }));
    expectError('ATTRIBUTE_READ_ONLY', () => unwrap({ CLASS: CKO.PRIVATE_KEY, KEY_TYPE: CKK.RSA, MODULUS: rsaPrivate.MODULUS }));
    expectError('ATTRIBUTE_READ_ONLY', () => unwrap({ ...kind, LOCAL: false }));
  });
});

describe('an encapsulated key', () => {
  const encapsulate = (entries: Entries) => makeObject('encapsulate', template(entries), aesImplied, aesMade, { mechanism: CKM.ML_KEM });

  it('is extractable unless the template says otherwise', () => {
    expect(valueIn(encapsulate({}), 'EXTRACTABLE')).toEqual(TRUE);
    expect(valueIn(encapsulate({ EXTRACTABLE: false }), 'EXTRACTABLE')).toEqual(FALSE);
  });

  it('was outside, for its other half is', () => {
    const key = encapsulate({ SENSITIVE: true, EXTRACTABLE: false });
    for (const name of ['LOCAL', 'ALWAYS_SENSITIVE', 'NEVER_EXTRACTABLE'] as const) expect(valueIn(key, name)).toEqual(FALSE);
    expect(valueIn(key, 'KEY_GEN_MECHANISM')).toEqual(ulongBytes(CK.UNAVAILABLE_INFORMATION));
  });

  it('is not given its value', () => {
    expectError('ATTRIBUTE_READ_ONLY', () => encapsulate({ VALUE: aes.VALUE }));
  });
});

describe('a derived key', () => {
  const derive = (entries: Entries, base?: Entries) =>
    makeObject('derive', template(entries), aesImplied, aesMade, base === undefined ? {} : { base: attributes(base) });

  it('is not local and was not made by a key generation mechanism', () => {
    expect(valueIn(derive({}), 'LOCAL')).toEqual(FALSE);
    expect(valueIn(derive({}), 'KEY_GEN_MECHANISM')).toEqual(ulongBytes(CK.UNAVAILABLE_INFORMATION));
  });

  it.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
    [false, false, false],
  ])('was always sensitive if its base key was (%s) and it is (%s)', (ALWAYS_SENSITIVE, SENSITIVE, expected) => {
    expect(valueIn(derive({ SENSITIVE }, { ALWAYS_SENSITIVE }), 'ALWAYS_SENSITIVE')).toEqual(bytesOf(expected));
  });

  it.each([
    [true, false, true],
    [true, true, false],
    [false, false, false],
    [false, true, false],
  ])('was never extractable if its base key was not (%s) and it is not (%s)', (NEVER_EXTRACTABLE, EXTRACTABLE, expected) => {
    expect(valueIn(derive({ EXTRACTABLE }, { NEVER_EXTRACTABLE }), 'NEVER_EXTRACTABLE')).toEqual(bytesOf(expected));
  });

  it('has no history without a base key', () => {
    expect(valueIn(derive({}), 'ALWAYS_SENSITIVE')).toEqual(FALSE);
    expect(valueIn(derive({}), 'NEVER_EXTRACTABLE')).toEqual(FALSE);
  });

  it('is not given its value', () => {
    expectError('ATTRIBUTE_READ_ONLY', () => derive({ VALUE: aes.VALUE }));
  });
});

describe('a public key', () => {
  it('has no history of secrets', () => {
    const implied = attributes({ CLASS: CKO.PUBLIC_KEY, KEY_TYPE: CKK.EC });
    const key = makeObject('generate', template({ EC_PARAMS: ecPublic.EC_PARAMS }), implied, attributes({ EC_POINT: ecPublic.EC_POINT }), {
      mechanism: CKM.EC_KEY_PAIR_GEN,
    });
    expect(valueIn(key, 'LOCAL')).toEqual(TRUE);
    expect(key.has(CKA.ALWAYS_SENSITIVE)).toBe(false);
    expect(key.has(CKA.EXTRACTABLE)).toBe(false);
  });
});

describe('two objects', () => {
  it('share nothing that one of them could change', () => {
    const [one, other] = [createObject(template(aes)), createObject(template(aes))];
    one.set(CKA.LABEL, bytesOf('mine'));
    one.delete(CKA.ID);
    expect(valueIn(other, 'LABEL')).toEqual(EMPTY);
    expect(other.has(CKA.ID)).toBe(true);
  });
});
