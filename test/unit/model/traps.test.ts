// Where other tokens fell: each trap by its name.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../../src/model/attribute.ts';
import { isTrue } from '../../../src/model/attribute.ts';
import { shapeOf } from '../../../src/model/classes.ts';
import { draftObject } from '../../../src/model/draft.ts';
import { lengthAsked } from '../../../src/model/length.ts';
import { matches, readAttribute } from '../../../src/model/reading.ts';
import { note } from '../../../src/model/rules.ts';
import { changeObject, copyObject, createObject, makeObject } from '../../../src/model/template.ts';
import { checkWrapped } from '../../../src/model/wrapping.ts';
import { CKA, CKK, CKO } from '../../../src/protocol/constants.ts';
import { everyKind, mlKemPrivate, mlKemPublic } from './every-kind.ts';
import {
  aes,
  attempt,
  attributes,
  bytesOf,
  type Entries,
  ecPublic,
  edwardsPublic,
  expectError,
  filled,
  montgomeryPublic,
  template,
  valueIn,
} from './templates.ts';

const create = (entries: Entries) => createObject(template(entries));

describe('ML-KEM templates with CKA_VALUE_LEN', () => {
  const shared = attributes({ VALUE: filled(32, 7) });
  const secret = attributes({ CLASS: CKO.SECRET_KEY });
  const ways = ['encapsulate', 'unwrap'] as const;

  it.each([CKK.GENERIC_SECRET, CKK.AES, CKK.HKDF, CKK.SHA256_HMAC, CKK.CHACHA20])(
    'are those of a key of 32 bytes, of type %i',
    (KEY_TYPE) => {
      for (const way of ways) {
        const key = makeObject(way, template({ KEY_TYPE, VALUE_LEN: 32 }), secret, shared);
        expect(valueIn(key, 'VALUE_LEN')).toEqual(bytesOf(32));
        expect(valueIn(makeObject(way, template({ KEY_TYPE }), secret, shared), 'VALUE_LEN')).toEqual(bytesOf(32));
      }
    },
  );

  it('tell before anything is made that a shorter key is wanted', () => {
    for (const way of ways) expect(lengthAsked(draftObject(way, template({ KEY_TYPE: CKK.AES, VALUE_LEN: 16 }), secret))).toBe(16);
  });

  it('are refused where they ask for what was not made', () => {
    expectError('KEY_SIZE_RANGE', () => makeObject('encapsulate', template({ KEY_TYPE: CKK.AES, VALUE_LEN: 16 }), secret, shared));
    expectError('WRAPPED_KEY_LEN_RANGE', () => makeObject('unwrap', template({ KEY_TYPE: CKK.AES, VALUE_LEN: 16 }), secret, shared));
  });

  it('are not for the pair, whose keys have no such length', () => {
    for (const kind of [mlKemPublic, mlKemPrivate]) expectError('TEMPLATE_INCONSISTENT', () => create({ ...kind, VALUE_LEN: 32 }));
  });
});

describe('an unknown template attribute is CKR_ATTRIBUTE_TYPE_INVALID', () => {
  const unknown = [0x7777, 0x40000777, 0x80000001, CKA.VENDOR_DEFINED, 2 ** 63, 2 ** 64].map((type) => ({ type, value: null }));

  it.each(unknown)('whoever asks (%j)', (entry) => {
    const object = create(aes);
    const implied = attributes({ CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.AES });
    const acts = [
      () => createObject([...template(aes), entry]),
      () => copyObject(object, [entry]),
      () => changeObject(object, [entry]),
      ...(['generate', 'unwrap', 'encapsulate', 'derive'] as const).map((way) => () => draftObject(way, [entry], implied)),
      () => create({ ...aes, WRAP_TEMPLATE: [entry] }),
    ];
    for (const act of acts) expectError('ATTRIBUTE_TYPE_INVALID', act);
    expect(matches(object, [entry])).toBe(false);
    expect(readAttribute(object, entry.type)).toBe('invalid');
  });

  it('and one that another class has is not unknown', () => {
    expectError('TEMPLATE_INCONSISTENT', () => create({ ...aes, PROFILE_ID: 1 }));
  });
});

describe('EC points raw, as OCTET STRING and as BIT STRING are accepted, v3.2’s form is given back', () => {
  const [octets, bits] = [4, 3].map((tag) => (content: Uint8Array) => Uint8Array.of(tag, content.length, ...content)) as [
    (content: Uint8Array) => Uint8Array,
    (content: Uint8Array) => Uint8Array,
  ];
  const forms = (raw: Uint8Array): Uint8Array[] => [raw, octets(raw), bits(Uint8Array.of(0, ...raw))];
  const uncompressed = Uint8Array.of(4, ...filled(64, 9));
  const compressed = Uint8Array.of(3, ...filled(32, 9));

  it.each([
    ['CKK_EC, uncompressed: an OCTET STRING', ecPublic, uncompressed, octets(uncompressed)],
    ['CKK_EC, compressed: an OCTET STRING', ecPublic, compressed, octets(compressed)],
    ['CKK_EC_EDWARDS: raw', edwardsPublic, filled(32, 9), filled(32, 9)],
    ['CKK_EC_EDWARDS of 448 bits: raw', edwardsPublic, filled(57, 9), filled(57, 9)],
    ['CKK_EC_MONTGOMERY: raw', montgomeryPublic, filled(56, 9), filled(56, 9)],
  ] as [string, Entries, Uint8Array, Uint8Array][])('%s', (_, kind, raw, given) => {
    for (const EC_POINT of forms(raw)) expect(readAttribute(create({ ...kind, EC_POINT }), CKA.EC_POINT)).toEqual(given);
  });
});

describe('C_CopyObject changing CKA_LABEL', () => {
  it.each(Object.keys(everyKind))('gives the copy the new label and the old one nothing (%s)', (kind) => {
    const source = create({ ...everyKind[kind]!, LABEL: 'old' });
    if (!isTrue(source, CKA.COPYABLE)) {
      expectError('ACTION_PROHIBITED', () => copyObject(source, template({ LABEL: 'new' })));
      return;
    }
    const copy = copyObject(source, template({ LABEL: 'new' }));
    expect(valueIn(copy, 'LABEL')).toEqual(bytesOf('new'));
    expect(valueIn(source, 'LABEL')).toEqual(bytesOf('old'));
    for (const [type, value] of source) if (type !== CKA.LABEL && type !== CKA.UNIQUE_ID) expect(copy.get(type)).toBe(value);
  });
});

describe('equal duplicates in a template count once', () => {
  it.each(Object.keys(everyKind))('when an object is created (%s)', (kind) => {
    const entries = template(everyKind[kind]!);
    const [once, twice] = [createObject(entries), createObject([...entries, ...entries])];
    for (const [type, value] of once) if (type !== CKA.UNIQUE_ID) expect(twice.get(type)).toEqual(value);
    expect(twice.size).toBe(once.size);
  });

  it('when it is copied, changed, or made by another function', () => {
    const label = [...template({ LABEL: 'a' }), ...template({ LABEL: 'a' })];
    expect(valueIn(copyObject(create(aes), label), 'LABEL')).toEqual(bytesOf('a'));
    expect(valueIn(changeObject(create(aes), label), 'LABEL')).toEqual(bytesOf('a'));
    const implied = attributes({ CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.AES });
    expect(draftObject('derive', label, implied).given.get(CKA.LABEL)).toEqual(bytesOf('a'));
  });

  it('when they are the same in another spelling', () => {
    const raw = filled(32, 9);
    const EC_POINT = Uint8Array.of(4, 32, ...raw);
    expect(valueIn(createObject([...template(edwardsPublic), ...template({ EC_POINT })]), 'EC_POINT')).toEqual(raw);
  });

  it('and unequal ones are inconsistent', () => {
    const labels = [...template({ LABEL: 'a' }), ...template({ LABEL: 'b' })];
    for (const act of [() => copyObject(create(aes), labels), () => changeObject(create(aes), labels)])
      expectError('TEMPLATE_INCONSISTENT', act);
    expectError('TEMPLATE_INCONSISTENT', () => createObject([...template(aes), ...labels]));
  });
});

describe('NULL with a length is CKR_ATTRIBUTE_VALUE_INVALID', () => {
  const entry = { type: CKA.LABEL, value: null, nullLength: 4 };

  it('wherever a template gives values', () => {
    const object = create(aes);
    for (const act of [
      () => createObject([...template(aes), entry]),
      () => copyObject(object, [entry]),
      () => changeObject(object, [entry]),
      () => createObject([...template(aes), { ...entry, type: CKA.WRAP_TEMPLATE }]),
      () => createObject([{ ...entry, type: CKA.CLASS }]),
      () => create({ ...aes, UNWRAP_TEMPLATE: [entry] }),
    ]) {
      expectError('ATTRIBUTE_VALUE_INVALID', act);
    }
  });
});

describe('sensitive values are never readable by any path', () => {
  const keys = Object.entries(everyKind).filter(([, { CLASS }]) => CLASS === CKO.SECRET_KEY || CLASS === CKO.PRIVATE_KEY);
  const secretsOf = (object: Attributes): number[] =>
    [...shapeOf(object).rules].filter(([, { notes }]) => notes & note.secret).map(([type]) => type);

  const expectHidden = (object: Attributes): void => {
    const secrets = secretsOf(object);
    expect(secrets.length).toBeGreaterThan(0);
    for (const type of secrets) {
      expect(readAttribute(object, type)).toBe('sensitive');
      const value = object.get(type) ?? null;
      for (const guess of [value, null, bytesOf('wrong')]) expect(matches(object, [{ type, value: guess }])).toBe(false);
    }
  };

  it.each(keys)('not by getting or finding (%s)', (_, entries) => {
    for (const flags of [{ SENSITIVE: true, EXTRACTABLE: true }, { SENSITIVE: false, EXTRACTABLE: false }, {}]) {
      const made = attempt(() => create({ ...entries, ...flags }));
      if (made !== undefined) expectHidden(made);
    }
    expectHidden(create(entries));
  });

  it.each(keys)('not by copying or changing (%s)', (_, entries) => {
    const key = create(entries);
    const step = fc.record(
      { SENSITIVE: fc.boolean(), EXTRACTABLE: fc.boolean(), COPYABLE: fc.boolean(), CLASS: fc.constantFrom(CKO.DATA) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), step), { maxLength: 6 }), (steps) => {
        let object: Attributes = key;
        for (const [copy, changes] of steps) {
          const given = template(changes as Entries);
          object = attempt(() => (copy ? copyObject(object, given) : changeObject(object, given))) ?? object;
        }
        expectHidden(object);
      }),
      { numRuns: 30 },
    );
  });

  it.each(keys)('not by wrapping what does not leave (%s)', (_, entries) => {
    expectError('KEY_UNEXTRACTABLE', () => checkWrapped(create({ ...aes, WRAP: true }), create(entries)));
  });

  it('not by deriving what is cut out of it into something that is not as protected', () => {
    const circumstances = { base: create(aes), inherits: 'protection' } as const;
    for (const CLASS of [CKO.DATA, CKO.CERTIFICATE, CKO.DOMAIN_PARAMETERS]) {
      const asked = template({
        CLASS,
        KEY_TYPE: CLASS === CKO.DOMAIN_PARAMETERS ? CKK.DH : undefined,
        CERTIFICATE_TYPE: CLASS === CKO.CERTIFICATE ? 0 : undefined,
      });
      expectError('TEMPLATE_INCONSISTENT', () => draftObject('derive', asked, new Map(), circumstances));
    }
    const open = template({ CLASS: CKO.SECRET_KEY, KEY_TYPE: CKK.GENERIC_SECRET, SENSITIVE: false, EXTRACTABLE: true });
    expectError('TEMPLATE_INCONSISTENT', () => draftObject('derive', open, new Map(), circumstances));
  });
});
