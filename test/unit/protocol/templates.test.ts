import { describe, expect, it } from 'vitest';
import { CKA, CKF } from '../../../src/protocol/constants.ts';
import { MalformedFrame, Reader } from '../../../src/protocol/reader.ts';
import { isTemplateAttribute, templateAttributes } from '../../../src/protocol/templates.ts';

function template(...numbers: number[]) {
  const frame = Buffer.concat(numbers.map((number) => Buffer.from(BigUint64Array.of(BigInt(number)).buffer)));
  const reader = new Reader(new Uint8Array(frame).buffer);
  reader.start(frame.length);
  return reader.template();
}

describe('an attribute that is a template', () => {
  it('is one by its name', () => {
    const named = Object.entries(CKA).filter(([name]) => name.endsWith('_TEMPLATE'));
    expect(named.map(([, type]) => type).sort()).toEqual([...templateAttributes].sort());
  });

  it('is told by the table, for two of them lack the array bit and one that has it is an array of numbers', () => {
    expect([CKA.ENCAPSULATE_TEMPLATE, CKA.DECAPSULATE_TEMPLATE].map((type) => type & CKF.ARRAY_ATTRIBUTE)).toEqual([0, 0]);
    expect(CKA.ALLOWED_MECHANISMS & CKF.ARRAY_ATTRIBUTE).not.toBe(0);
    expect([CKA.ENCAPSULATE_TEMPLATE, CKA.ALLOWED_MECHANISMS].map(isTemplateAttribute)).toEqual([true, false]);
  });

  it('crosses entry by entry, and no other does', () => {
    for (const type of templateAttributes) {
      expect(template(1, type, 2, 1, CKA.ID, 0, 0)).toEqual([{ type, value: null, nested: [{ type: CKA.ID, value: null }] }]);
    }
    for (const type of [CKA.ALLOWED_MECHANISMS, CKA.VALUE, CKF.ARRAY_ATTRIBUTE + CKA.ID]) {
      expect(() => template(1, type, 2, 0)).toThrow(MalformedFrame);
    }
  });
});

describe('a NULL pValue', () => {
  it('keeps the length that was given with it, where it was not 0', () => {
    expect(template(2, CKA.ID, 0, 0, CKA.LABEL, 0, 5)).toEqual([
      { type: CKA.ID, value: null },
      { type: CKA.LABEL, value: null, nullLength: 5 },
    ]);
  });
});
