import { describe, expect, it } from 'vitest';
import { ulongBytes } from '../../../src/model/attribute.ts';
import { bitsOf, lengthOf } from '../../../src/model/computed.ts';
import { createObject } from '../../../src/model/template.ts';
import { CKA } from '../../../src/protocol/constants.ts';
import { dhPrivate, dsaParameters, hssPublic, x942Parameters } from './every-kind.ts';
import { type Entries, expectError, filled, template, valueIn } from './templates.ts';

const create = (entries: Entries) => createObject(template(entries));

describe('a number that follows from another attribute', () => {
  it('is there once that is', () => {
    for (const compute of [bitsOf(CKA.PRIME), lengthOf(CKA.PRIME)]) expect(compute(new Map())).toBeUndefined();
    expect(lengthOf(CKA.PRIME)(new Map([[CKA.PRIME, new Uint8Array(5)]]))).toEqual(ulongBytes(5));
  });

  it('is the length in bits of primes, subprimes and private values', () => {
    expect(valueIn(create(dsaParameters), 'PRIME_BITS')).toEqual(ulongBytes(1024));
    expect(valueIn(create(dsaParameters), 'SUBPRIME_BITS')).toEqual(ulongBytes(160));
    expect(valueIn(create(x942Parameters), 'SUBPRIME_BITS')).toEqual(ulongBytes(160));
    expect(valueIn(create(dhPrivate), 'VALUE_BITS')).toEqual(ulongBytes(156));
  });

  it('is what an HSS public key begins with', () => {
    const key = create(hssPublic);
    expect(['HSS_LEVELS', 'HSS_LMS_TYPE', 'HSS_LMOTS_TYPE'].map((name) => valueIn(key, name as 'HSS_LEVELS'))).toEqual(
      [2, 5, 4].map(ulongBytes),
    );
  });

  it('makes a value invalid that it could not follow from', () => {
    expectError('ATTRIBUTE_VALUE_INVALID', () => create({ ...hssPublic, VALUE: filled(60, 0) }));
    expectError('ATTRIBUTE_VALUE_INVALID', () => create({ ...hssPublic, VALUE: filled(60, 9) }));
  });

  it('is not given by an application', () => {
    expectError('ATTRIBUTE_READ_ONLY', () => create({ ...dsaParameters, PRIME_BITS: 1024 }));
    expectError('ATTRIBUTE_READ_ONLY', () => create({ ...dhPrivate, VALUE_BITS: 156 }));
    expectError('ATTRIBUTE_READ_ONLY', () => create({ ...hssPublic, HSS_LEVELS: 2 }));
  });
});
