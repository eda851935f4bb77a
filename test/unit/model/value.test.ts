import { describe, expect, it } from 'vitest';
import { ulongBytes } from '../../../src/model/attribute.ts';
import { bytes, ulong } from '../../../src/model/rules.ts';
import { between, hasOddParity, isValid, isWellFormed, nonEmpty, oneOf, positive } from '../../../src/model/value.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

describe('a well-formed value', () => {
  it.each([[0], [1]])('that is a CK_BBOOL can be %i', (byte) => {
    expect(isWellFormed('bool', Uint8Array.of(byte))).toBe(true);
  });

  it.each([[[]], [[2]], [[255]], [[0, 0]], [[1, 0, 0, 0, 0, 0, 0, 0]]])('that is a CK_BBOOL is not %j', (value) => {
    expect(isWellFormed('bool', Uint8Array.from(value))).toBe(false);
  });

  it('that is a CK_ULONG has exactly 8 bytes', () => {
    const lengths = Array.from({ length: 17 }, (_, n) => n).filter((n) => isWellFormed('ulong', new Uint8Array(n)));
    expect(lengths).toEqual([8]);
  });

  it('that is an array of CK_ULONG has whole elements, none among them', () => {
    const lengths = Array.from({ length: 18 }, (_, n) => n).filter((n) => isWellFormed('ulongs', new Uint8Array(n)));
    expect(lengths).toEqual([0, 8, 16]);
  });

  it('that is a big integer is not empty', () => {
    expect(isWellFormed('bigInteger', new Uint8Array(0))).toBe(false);
    expect(isWellFormed('bigInteger', Uint8Array.of(0, 1))).toBe(true);
  });

  it.each(['', '19000101', '20261231', '99991231', '20240229'])('that is a date can be "%s"', (date) => {
    expect(isWellFormed('date', ascii(date))).toBe(true);
  });

  it.each([
    '2026123',
    '202612311',
    '18991231',
    '20261301',
    '20260001',
    '20260132',
    '20260100',
    '2026-1-1',
    ' 2026010',
    '\0\0\0\0\0\0\0\0',
    '2026010\n',
    '20260101\n',
  ])('that is a date is not %j', (date) => {
    expect(isWellFormed('date', ascii(date))).toBe(false);
  });

  it('that is a label may be anything', () => {
    expect(isWellFormed('text', Uint8Array.of(0xff, 0xfe, 0))).toBe(true);
  });
});

describe('a row', () => {
  it('may ask for one of some lengths', () => {
    const rule = { ...bytes(), lengths: [16, 32] };
    expect([15, 16, 17, 32].map((n) => isValid(rule, new Uint8Array(n)))).toEqual([false, true, false, true]);
  });

  it('may ask for any length but none', () => {
    expect([0, 1].map((n) => isValid({ ...bytes(), valid: nonEmpty }, new Uint8Array(n)))).toEqual([false, true]);
  });

  it('may ask for one of some numbers, and is asked only once the type is right', () => {
    const rule = { ...ulong(), valid: oneOf(0, 3) };
    expect([0, 1, 3, 2 ** 32, 2 ** 64].map((n) => isValid(rule, ulongBytes(n)))).toEqual([true, false, true, false, false]);
    expect(isValid(rule, new Uint8Array(4))).toBe(false);
  });

  it('may ask for a range of numbers', () => {
    expect([0, 1, 8, 9].map((n) => between(1, 8)(ulongBytes(n)))).toEqual([false, true, true, false]);
    expect([0, 1, 2 ** 40].map((n) => positive(ulongBytes(n)))).toEqual([false, true, true]);
  });

  it('may ask for odd parity', () => {
    const ones = (byte: number): number => byte.toString(2).replaceAll('0', '').length;
    for (let byte = 0; byte < 256; byte++) expect(hasOddParity(Uint8Array.of(byte)), `${byte}`).toBe(ones(byte) % 2 === 1);
    expect(hasOddParity(Uint8Array.of(1, 2, 4, 3))).toBe(false);
  });
});
