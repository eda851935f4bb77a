import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readUlong, sameBytes, ulongBytes, ulongOf } from '../../../src/model/attribute.ts';
import { CKA } from '../../../src/protocol/constants.ts';
import { expectError } from './templates.ts';

describe('a CK_ULONG', () => {
  it('comes back as it was written', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (n) => readUlong(ulongBytes(n)) === n));
  });

  it('that is not available is all ones', () => {
    expect(ulongBytes(2 ** 64)).toEqual(new Uint8Array(8).fill(0xff));
  });

  it('is read where it lies, aligned or not', () => {
    expect(readUlong(Uint8Array.of(9, 5, 0, 0, 0, 0, 0, 0, 0).subarray(1))).toBe(5);
  });

  it('of another length is not valid', () => {
    expectError('ATTRIBUTE_VALUE_INVALID', () => readUlong(new Uint8Array(4)));
  });

  it('that the object does not have is undefined', () => {
    expect(ulongOf(new Map(), CKA.CLASS)).toBeUndefined();
  });
});

describe('sameBytes', () => {
  it('is true for equal bytes, whatever they lie in', () => {
    expect(sameBytes(Uint8Array.of(1, 2), Buffer.from([0, 1, 2]).subarray(1))).toBe(true);
  });

  it.each([[[1]], [[1, 3]], [[2, 2]], [[1, 2, 0]], [[]]])('is false for 01 02 and %j', (other) => {
    expect(sameBytes(Uint8Array.of(1, 2), Uint8Array.from(other))).toBe(false);
  });
});
