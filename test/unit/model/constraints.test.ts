// What must hold between the attributes of one object, kind by kind.

import { describe, expect, it } from 'vitest';
import { changeObject, copyObject, createObject, makeObject } from '../../../src/model/template.ts';
import { CKA, CKK, CKM, CKO, CKP, CKT } from '../../../src/protocol/constants.ts';
import {
  everyKind,
  hssPrivate,
  mlDsaPrivate,
  mlDsaPublic,
  mlKemPrivate,
  mlKemPublic,
  slhDsaPrivate,
  slhDsaPublic,
  trust,
  wtls,
  xmssPrivate,
  xmssPublic,
} from './every-kind.ts';
import { aes, attributes, bytesOf, type Entries, ecPrivate, ecPublic, expectError, filled, template, valueIn } from './templates.ts';

const create = (entries: Entries) => createObject(template(entries));

describe('a key with a parameter set', () => {
  it.each([
    [mlKemPublic, CKP.ML_KEM_512, 800],
    [mlKemPublic, CKP.ML_KEM_1024, 1568],
    [mlKemPrivate, CKP.ML_KEM_512, 1632],
    [mlKemPrivate, CKP.ML_KEM_1024, 3168],
    [mlDsaPublic, CKP.ML_DSA_65, 1952],
    [mlDsaPublic, CKP.ML_DSA_87, 2592],
    [mlDsaPrivate, CKP.ML_DSA_65, 4032],
    [mlDsaPrivate, CKP.ML_DSA_87, 4896],
    [slhDsaPublic, CKP.SLH_DSA_SHA2_128S, 32],
    [slhDsaPublic, CKP.SLH_DSA_SHAKE_256F, 64],
    [slhDsaPrivate, CKP.SLH_DSA_SHA2_128F, 64],
    [slhDsaPrivate, CKP.SLH_DSA_SHAKE_256S, 128],
  ])('is as long as that makes it (%#)', (kind, PARAMETER_SET, length) => {
    expect(valueIn(create({ ...kind, PARAMETER_SET, VALUE: filled(length, 1) }), 'VALUE')?.length).toBe(length);
    expectError('TEMPLATE_INCONSISTENT', () => create({ ...kind, VALUE: filled(length, 1) }));
    expectError('ATTRIBUTE_VALUE_INVALID', () => create({ ...kind, PARAMETER_SET, VALUE: filled(length + 1, 1) }));
  });

  const withSets = Object.entries(everyKind).filter(([, { PARAMETER_SET }]) => PARAMETER_SET !== undefined);
  it.each(withSets)('has one that there is (%s)', (_, entries) => {
    for (const PARAMETER_SET of [0, 57, 2 ** 40]) expectError('PARAMETER_SET_NOT_SUPPORTED', () => create({ ...entries, PARAMETER_SET }));
    expectError('ATTRIBUTE_VALUE_INVALID', () => create({ ...entries, PARAMETER_SET: filled(4, 0) }));
  });

  it('is refused by a code that C_DeriveKey and C_SetAttributeValue have, where those are asked', () => {
    const implied = attributes({ CLASS: CKO.PUBLIC_KEY, KEY_TYPE: CKK.ML_KEM });
    expectError('ATTRIBUTE_VALUE_INVALID', () => makeObject('derive', template({ PARAMETER_SET: 9 }), implied, new Map()));
    expectError('ATTRIBUTE_VALUE_INVALID', () => changeObject(create(mlKemPublic), template({ PARAMETER_SET: 9 })));
    expectError('PARAMETER_SET_NOT_SUPPORTED', () => makeObject('generate', template({ PARAMETER_SET: 9 }), implied, new Map()));
  });

  it('may be told it again when a pair is generated, the same one', () => {
    const pair = (entries: Entries) =>
      makeObject(
        'generate',
        template(entries),
        attributes({ CLASS: CKO.PRIVATE_KEY, KEY_TYPE: CKK.ML_KEM }),
        attributes({ PARAMETER_SET: CKP.ML_KEM_768, VALUE: mlKemPrivate.VALUE, SEED: filled(64, 1) }),
        { mechanism: CKM.ML_KEM_KEY_PAIR_GEN },
      );
    expect(valueIn(pair({ PARAMETER_SET: CKP.ML_KEM_768 }), 'LOCAL')).toEqual(bytesOf(true));
    expectError('TEMPLATE_INCONSISTENT', () => pair({ PARAMETER_SET: CKP.ML_KEM_512 }));
    expectError('ATTRIBUTE_READ_ONLY', () => pair({ SEED: filled(64, 1) }));
  });
});

describe('a private key on a curve', () => {
  const pair = (entries: Entries) =>
    makeObject(
      'generate',
      template(entries),
      attributes({ CLASS: CKO.PRIVATE_KEY, KEY_TYPE: CKK.EC }),
      attributes({ EC_PARAMS: ecPublic.EC_PARAMS, VALUE: ecPrivate.VALUE }),
    );

  it('may be told its curve again when the pair is generated, the same one', () => {
    expect(valueIn(pair({ EC_PARAMS: ecPublic.EC_PARAMS }), 'EC_PARAMS')).toEqual(ecPublic.EC_PARAMS);
    expectError('TEMPLATE_INCONSISTENT', () => pair({ EC_PARAMS: 'other' }));
  });

  it('is not told it when it is unwrapped', () => {
    const implied = attributes({ CLASS: CKO.PRIVATE_KEY, KEY_TYPE: CKK.EC });
    expectError('ATTRIBUTE_READ_ONLY', () => makeObject('unwrap', template({ EC_PARAMS: 'x' }), implied, new Map()));
  });
});

describe('an ML-KEM or ML-DSA private key', () => {
  it.each([
    [mlKemPrivate, 64],
    [mlDsaPrivate, 32],
  ])('has its value, its seed or both', (kind, length) => {
    const SEED = filled(length, 1);
    expect(valueIn(create({ ...kind, SEED }), 'SEED')).toEqual(SEED);
    expect(create({ ...kind, SEED, VALUE: undefined }).has(CKA.VALUE)).toBe(false);
    expectError('TEMPLATE_INCOMPLETE', () => create({ ...kind, VALUE: undefined }));
    expectError('ATTRIBUTE_VALUE_INVALID', () => create({ ...kind, SEED: filled(length - 1, 1) }));
  });
});

describe('a private key with a state', () => {
  const stateful = Object.entries(everyKind).filter(([name]) => /^(hss|xmss|xmssMt)Private$/.test(name));

  it.each(stateful)('is kept in, and there is one of it (%s)', (_, entries) => {
    const key = create(entries);
    expect(['SENSITIVE', 'EXTRACTABLE', 'COPYABLE'].map((name) => valueIn(key, name as 'COPYABLE')![0])).toEqual([1, 0, 0]);
    for (const [name, value] of [
      ['SENSITIVE', false],
      ['EXTRACTABLE', true],
      ['COPYABLE', true],
    ] as const) {
      expectError('TEMPLATE_INCONSISTENT', () => create({ ...entries, [name]: value }));
    }
    expectError('ACTION_PROHIBITED', () => copyObject(key, []));
  });

  it('has one LMS and one LM-OTS type a level', () => {
    expect(stateful.length).toBe(3);
    for (const name of ['HSS_LMS_TYPES', 'HSS_LMOTS_TYPES'] as const) {
      expectError('TEMPLATE_INCONSISTENT', () => create({ ...hssPrivate, [name]: filled(8, 0) }));
      expectError('ATTRIBUTE_VALUE_INVALID', () => create({ ...hssPrivate, [name]: filled(9, 0) }));
    }
    for (const HSS_LEVELS of [0, 9]) expectError('ATTRIBUTE_VALUE_INVALID', () => create({ ...hssPrivate, HSS_LEVELS }));
    expectError('ATTRIBUTE_VALUE_INVALID', () => create({ ...xmssPrivate, VALUE: '' }));
  });

  it('does not say itself how many signatures are left', () => {
    expectError('ATTRIBUTE_READ_ONLY', () => create({ ...hssPrivate, HSS_KEYS_REMAINING: 1 }));
    expectError('ATTRIBUTE_READ_ONLY', () => changeObject(create(hssPrivate), template({ HSS_KEYS_REMAINING: 1 })));
  });
});

describe('an XMSS public key', () => {
  const value = (set: number, width: number): Uint8Array => Uint8Array.of(0, 0, 0, set, ...filled(2 * width, 7));
  const widths = [32, 64, 32, 64, 24, 32, 24];

  it.each([
    ['XMSS', CKK.XMSS, 3],
    ['XMSS^MT', CKK.XMSSMT, 8],
  ] as const)('begins with its parameter set, and has its length (%s)', (_, KEY_TYPE, group) => {
    for (let set = 1; set <= 7 * group; set++) {
      const width = widths[Math.floor((set - 1) / group)]!;
      const key = { ...xmssPublic, KEY_TYPE, PARAMETER_SET: set };
      expect(valueIn(create({ ...key, VALUE: value(set, width) }), 'VALUE')?.length).toBe(4 + 2 * width);
      expectError('TEMPLATE_INCONSISTENT', () => create({ ...key, VALUE: value(set, width === 32 ? 64 : 32) }));
      expectError('TEMPLATE_INCONSISTENT', () => create({ ...key, VALUE: value(set + 1, width) }));
    }
    expectError('PARAMETER_SET_NOT_SUPPORTED', () => create({ ...xmssPublic, KEY_TYPE, PARAMETER_SET: 7 * group + 1 }));
  });
});

describe('a DES key', () => {
  it.each(['DES', 'DES2', 'DES3'])('has odd parity in every byte (%s)', (name) => {
    const key = everyKind[name]!;
    const { length } = key.VALUE as Uint8Array;
    expectError('ATTRIBUTE_VALUE_INVALID', () => create({ ...key, VALUE: Uint8Array.of(...filled(length - 1, 7), 6) }));
  });
});

describe('a WTLS certificate', () => {
  const url = { VALUE: '', URL: 'u', HASH_OF_SUBJECT_PUBLIC_KEY: 'h', HASH_OF_ISSUER_PUBLIC_KEY: 'h' };

  it('has no subject only where it has no value', () => {
    expectError('TEMPLATE_INCONSISTENT', () => create({ ...wtls, SUBJECT: '' }));
    expect(valueIn(create({ ...wtls, ...url, SUBJECT: '' }), 'SUBJECT')?.length).toBe(0);
  });

  it('has a value, or a URL and two hashes', () => {
    expectError('TEMPLATE_INCONSISTENT', () => create({ ...wtls, VALUE: '' }));
    expectError('TEMPLATE_INCONSISTENT', () => create({ ...wtls, ...url, HASH_OF_ISSUER_PUBLIC_KEY: '' }));
  });
});

describe('a trust object', () => {
  const hashed = { HASH_OF_CERTIFICATE: 'hash', NAME_HASH_ALGORITHM: CKM.SHA256 };

  it.each([CKT.TRUSTED, CKT.TRUST_ANCHOR, CKT.TRUST_MUST_VERIFY_TRUST])(
    'names the certificate by its hash where it gives trust (%i)',
    (value) => {
      expect(valueIn(create({ ...trust, ...hashed, TRUST_CODE_SIGNING: value }), 'TRUST_CODE_SIGNING')).toEqual(bytesOf(value));
      expectError('TEMPLATE_INCOMPLETE', () => create({ ...trust, TRUST_CODE_SIGNING: value }));
      expectError('TEMPLATE_INCOMPLETE', () => create({ ...trust, TRUST_CODE_SIGNING: value, HASH_OF_CERTIFICATE: 'hash' }));
      expectError('TEMPLATE_INCOMPLETE', () => create({ ...trust, TRUST_CODE_SIGNING: value, NAME_HASH_ALGORITHM: CKM.SHA256 }));
    },
  );

  it.each([CKT.TRUST_UNKNOWN, CKT.NOT_TRUSTED])('needs no hash to give none (%i)', (value) => {
    expect(create({ ...trust, TRUST_SERVER_AUTH: value }).has(CKA.NAME_HASH_ALGORITHM)).toBe(false);
  });

  it('knows five kinds of trust, and says nothing where nothing was said', () => {
    expectError('ATTRIBUTE_VALUE_INVALID', () => create({ ...trust, ...hashed, TRUST_SERVER_AUTH: 5 }));
    expect(create(trust).has(CKA.TRUST_SERVER_AUTH)).toBe(false);
    expect(valueIn(create(trust), 'PRIVATE')).toEqual(bytesOf(false));
  });

  it('can change its mind, by codes that C_SetAttributeValue has', () => {
    const object = create({ ...trust, ...hashed, TRUST_SERVER_AUTH: CKT.TRUSTED });
    const changed = changeObject(object, template({ TRUST_SERVER_AUTH: CKT.NOT_TRUSTED }));
    expect(valueIn(changed, 'TRUST_SERVER_AUTH')).toEqual(bytesOf(CKT.NOT_TRUSTED));
    expectError('TEMPLATE_INCONSISTENT', () => changeObject(create(trust), template({ TRUST_SERVER_AUTH: CKT.TRUSTED })));
    expectError('ATTRIBUTE_READ_ONLY', () => changeObject(object, template({ ISSUER: 'other' })));
  });
});

describe('a key', () => {
  it('has start and end dates, which are for reference only', () => {
    const object = create({ ...aes, START_DATE: '20260101', END_DATE: '20250101' });
    expect(valueIn(changeObject(object, template({ END_DATE: '' })), 'END_DATE')).toEqual(bytesOf(''));
  });
});
