import { describe, expect, it } from 'vitest';
import { builtInObject } from '../../../src/model/built-in.ts';
import { matches, readAttribute } from '../../../src/model/reading.ts';
import { changeObject, copyObject, createObject } from '../../../src/model/template.ts';
import { CKA, CKH, CKM, CKO, CKP, CKV } from '../../../src/protocol/constants.ts';
import { attributes, data, type Entries, expectError, filled, template } from './templates.ts';

const clock = { CLASS: CKO.HW_FEATURE, UNIQUE_ID: 'clock', HW_FEATURE_TYPE: CKH.CLOCK, VALUE: '2026112319000000' };
const counter = {
  CLASS: CKO.HW_FEATURE,
  UNIQUE_ID: 'counter',
  HW_FEATURE_TYPE: CKH.MONOTONIC_COUNTER,
  RESET_ON_INIT: false,
  HAS_RESET: false,
  VALUE: filled(8, 0),
};
const mechanism = { CLASS: CKO.MECHANISM, UNIQUE_ID: 'mechanism', MECHANISM_TYPE: CKM.SLH_DSA };
const profile = { CLASS: CKO.PROFILE, UNIQUE_ID: 'profile', PROFILE_ID: CKP.BASELINE_PROVIDER };
const validation = {
  CLASS: CKO.VALIDATION,
  UNIQUE_ID: 'validation',
  VALIDATION_TYPE: CKV.TYPE_SOFTWARE,
  VALIDATION_VERSION: Uint8Array.of(1, 0),
  VALIDATION_LEVEL: 1,
  VALIDATION_MODULE_ID: 'module',
  VALIDATION_FLAG: 1,
  VALIDATION_AUTHORITY_TYPE: CKV.AUTHORITY_TYPE_UNSPECIFIED,
};
const builtIn: Readonly<Record<string, Entries>> = { clock, counter, mechanism, profile, validation };

describe.each(Object.entries(builtIn))('a built-in object (%s)', (_, entries) => {
  const object = builtInObject(attributes(entries));

  it('has what the token gives it, and defaults', () => {
    for (const [type, value] of attributes(entries)) expect(readAttribute(object, type)).toEqual(value);
    if (entries.CLASS === CKO.VALIDATION) expect(readAttribute(object, CKA.VALIDATION_COUNTRY)).toEqual(new Uint8Array(0));
  });

  it('is found as other objects are', () => {
    const { CLASS, UNIQUE_ID } = entries;
    expect(matches(object, template({ CLASS, UNIQUE_ID }))).toBe(true);
    expect(matches(object, template({ CLASS, UNIQUE_ID: 'other' }))).toBe(false);
  });

  it('is no storage object', () => {
    for (const type of [CKA.TOKEN, CKA.PRIVATE, CKA.LABEL, CKA.MODIFIABLE]) expect(readAttribute(object, type)).toBe('invalid');
  });

  it('is nobody’s to make', () => {
    expectError('TEMPLATE_INCONSISTENT', () => createObject(template({ ...entries, UNIQUE_ID: undefined })));
    expectError('TEMPLATE_INCONSISTENT', () => createObject(template({ ...entries, UNIQUE_ID: undefined }), { bySo: true }));
  });

  it('is nobody’s to change or to copy', () => {
    for (const bySo of [false, true]) {
      expectError('ACTION_PROHIBITED', () => changeObject(object, template({ VALUE: entries.VALUE }), { bySo }));
      expectError('ACTION_PROHIBITED', () => copyObject(object, [], { bySo }));
    }
  });

  it('lacks nothing, and has nothing of another class', () => {
    for (const name of Object.keys(entries))
      expectError('GENERAL_ERROR', () => builtInObject(attributes({ ...entries, [name]: undefined })));
    expectError('GENERAL_ERROR', () => builtInObject(attributes({ ...entries, LABEL: 'label' })));
  });
});

describe('a built-in object', () => {
  it.each([
    ['a clock that shows no time', { ...clock, VALUE: '20261123 1900000' }],
    ['a clock whose last characters are not zeros', { ...clock, VALUE: '2026112319000012' }],
    ['a counter without a number', { ...counter, VALUE: '' }],
    ['a version of one byte', { ...validation, VALIDATION_VERSION: filled(1, 1) }],
    ['a country of three letters', { ...validation, VALIDATION_COUNTRY: 'abc' }],
    ['a validation of no kind', { ...validation, VALIDATION_TYPE: 9 }],
    ['what applications make', { ...data, UNIQUE_ID: 'data' }],
    ['a feature of another kind', { ...clock, HW_FEATURE_TYPE: CKH.USER_INTERFACE }],
  ] as [string, Entries][])('is not %s', (_, entries) => {
    expectError('GENERAL_ERROR', () => builtInObject(attributes(entries)));
  });
});
