import { describe, expect, it } from 'vitest';
import { draftObject } from '../../../src/model/draft.ts';
import { createObject, makeObject } from '../../../src/model/template.ts';
import { checkEncapsulated, checkWrapped, withTemplateOf } from '../../../src/model/wrapping.ts';
import { CKA, CKK, CKO } from '../../../src/protocol/constants.ts';
import { mlKemPublic } from './every-kind.ts';
import { aes, attributes, bytesOf, data, type Entries, ecPrivate, expectError, rsaPublic, template, valueIn } from './templates.ts';

const create = (entries: Entries) => createObject(template(entries), { bySo: true });
const key = create({ ...aes, LABEL: 'k', SENSITIVE: true, EXTRACTABLE: true });
const wrapping = create({ ...aes, WRAP: true });

describe('a key that is wrapped', () => {
  it('is a secret or a private key', () => {
    expect(() => checkWrapped(wrapping, key)).not.toThrow();
    expect(() => checkWrapped(wrapping, create({ ...ecPrivate, EXTRACTABLE: true }))).not.toThrow();
    for (const other of [rsaPublic, data]) expectError('KEY_NOT_WRAPPABLE', () => checkWrapped(wrapping, create(other)));
  });

  it('is extractable', () => {
    expectError('KEY_UNEXTRACTABLE', () => checkWrapped(wrapping, create(aes)));
    expectError('KEY_UNEXTRACTABLE', () => checkWrapped(create({ ...aes, TRUSTED: true }), create({ ...aes, WRAP_WITH_TRUSTED: true })));
  });

  it('leaves under a trusted key only, where it asks for that', () => {
    const careful = create({ ...aes, EXTRACTABLE: true, WRAP_WITH_TRUSTED: true });
    expectError('KEY_NOT_WRAPPABLE', () => checkWrapped(wrapping, careful));
    expect(() => checkWrapped(create({ ...aes, TRUSTED: true }), careful)).not.toThrow();
    expect(() => checkWrapped(create({ ...rsaPublic, TRUSTED: true }), careful)).not.toThrow();
  });

  it.each([
    [{ LABEL: 'k' }, true],
    [{ LABEL: 'k', KEY_TYPE: CKK.AES, CLASS: CKO.SECRET_KEY }, true],
    [{}, true],
    [{ LABEL: 'l' }, false],
    [{ LABEL: 'k', SENSITIVE: false }, false],
    [{ MODULUS: 'n' }, false],
  ] as [Entries, boolean][])('is what CKA_WRAP_TEMPLATE describes (%j: %s)', (asked, fits) => {
    const partial = create({ ...aes, WRAP_TEMPLATE: template(asked) });
    if (fits) expect(() => checkWrapped(partial, key)).not.toThrow();
    else expectError('KEY_HANDLE_INVALID', () => checkWrapped(partial, key));
  });

  it('is not guessed at by a template with its value', () => {
    expectError('KEY_HANDLE_INVALID', () => checkWrapped(create({ ...aes, WRAP_TEMPLATE: template({ VALUE: aes.VALUE }) }), key));
  });
});

describe('a key that is encapsulated', () => {
  it('is what CKA_ENCAPSULATE_TEMPLATE describes', () => {
    const publicKey = create({ ...mlKemPublic, ENCAPSULATE_TEMPLATE: template({ EXTRACTABLE: false }) });
    expectError('KEY_HANDLE_INVALID', () => checkEncapsulated(publicKey, key));
    expect(() => checkEncapsulated(publicKey, create(aes))).not.toThrow();
    expect(() => checkEncapsulated(create(mlKemPublic), key)).not.toThrow();
  });
});

describe('a key that arrives under another', () => {
  const kind = { CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.AES };
  const holder = (own: Entries) => create({ ...aes, UNWRAP_TEMPLATE: template(own), DERIVE_TEMPLATE: template(own) });
  const unwrap = (own: Entries, entries: Entries, bySo = false) => {
    const asked = withTemplateOf(holder(own), 'unwrap', template(entries));
    return makeObject('unwrap', asked, new Map(), attributes({ VALUE: aes.VALUE }), { bySo });
  };

  it('gets what the template of that key says, beside what the application says', () => {
    const unwrapped = unwrap({ EXTRACTABLE: false, LABEL: 'theirs' }, { ...kind, ID: 'mine' });
    expect(valueIn(unwrapped, 'EXTRACTABLE')).toEqual(bytesOf(false));
    expect(valueIn(unwrapped, 'LABEL')).toEqual(bytesOf('theirs'));
    expect(valueIn(unwrapped, 'ID')).toEqual(bytesOf('mine'));
  });

  it('may be told the same by both, and nothing else', () => {
    expect(valueIn(unwrap({ EXTRACTABLE: false }, { ...kind, EXTRACTABLE: false }), 'EXTRACTABLE')).toEqual(bytesOf(false));
    expectError('TEMPLATE_INCONSISTENT', () => unwrap({ EXTRACTABLE: false }, { ...kind, EXTRACTABLE: true }));
    expectError('TEMPLATE_INCONSISTENT', () => unwrap({ CLASS: CKO.PRIVATE_KEY }, kind));
  });

  it('may have its class and type from that key alone', () => {
    expect(valueIn(unwrap(kind, {}), 'KEY_TYPE')).toEqual(bytesOf(CKK.AES));
  });

  it('becomes no trusted key by the template of an application that is not the SO', () => {
    expectError('ATTRIBUTE_READ_ONLY', () => unwrap({ TRUSTED: true }, kind));
    expect(valueIn(unwrap({ TRUSTED: true }, kind, true), 'TRUSTED')).toEqual(bytesOf(true));
  });

  it('gets templates within the template too', () => {
    const inner = template({ EXTRACTABLE: false });
    expect(valueIn(unwrap({ UNWRAP_TEMPLATE: inner }, kind), 'UNWRAP_TEMPLATE')).toEqual(
      valueIn(create({ ...aes, UNWRAP_TEMPLATE: inner }), 'UNWRAP_TEMPLATE'),
    );
  });

  it('is as the application says where that key has no template', () => {
    const asked = template(kind);
    for (const way of ['unwrap', 'decapsulate', 'derive'] as const) expect(withTemplateOf(create(aes), way, asked)).toBe(asked);
  });

  it('gets the template of its function', () => {
    const own = (type: number) => new Map([...create(aes), ...attributes({}), [type, valueIn(holder({ LABEL: 'x' }), 'UNWRAP_TEMPLATE')!]]);
    const of = { unwrap: CKA.UNWRAP_TEMPLATE, decapsulate: CKA.DECAPSULATE_TEMPLATE, derive: CKA.DERIVE_TEMPLATE } as const;
    for (const way of ['unwrap', 'decapsulate', 'derive'] as const) {
      for (const [name, type] of Object.entries(of)) {
        expect(withTemplateOf(own(type), way, []).length, `${way}, ${name}`).toBe(name === way ? 1 : 0);
      }
    }
  });

  it('derived, is judged by both templates before anything is derived', () => {
    const asked = withTemplateOf(holder({ SENSITIVE: true }), 'derive', template({ SENSITIVE: false }));
    expectError('TEMPLATE_INCONSISTENT', () => draftObject('derive', asked, attributes(kind)));
  });
});
