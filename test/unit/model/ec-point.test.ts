import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derPoint, rawPoint } from '../../../src/model/ec-point.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const tagged = (tag: number, content: Uint8Array): Uint8Array =>
  Uint8Array.of(tag, ...(content.length < 128 ? [content.length] : [0x81, content.length]), ...content);
const der = (content: Uint8Array): Uint8Array => tagged(4, content);
const bitString = (content: Uint8Array, lacking = 0): Uint8Array => tagged(3, Uint8Array.of(lacking, ...content));

const fieldSize = fc.constantFrom(20, 24, 28, 32, 40, 48, 64, 66);
const uncompressed = fieldSize.chain((size) =>
  fc.uint8Array({ minLength: 2 * size, maxLength: 2 * size }).map((xy) => Uint8Array.of(4, ...xy)),
);
const compressed = fieldSize.chain((size) =>
  fc.tuple(fc.constantFrom(2, 3), fc.uint8Array({ minLength: size, maxLength: size })).map(([sign, x]) => Uint8Array.of(sign, ...x)),
);
const point = fc.oneof(uncompressed, compressed);

describe('CKA_EC_POINT of CKK_EC', () => {
  it('is put into an OCTET STRING where it is a bare point', () => {
    fc.assert(fc.property(point, (raw) => hex(derPoint(raw)) === hex(der(raw))));
  });

  it('stays as it is where it is an OCTET STRING', () => {
    fc.assert(fc.property(point, (raw) => hex(derPoint(der(raw))) === hex(der(raw))));
  });

  it('is put from a BIT STRING into an OCTET STRING', () => {
    fc.assert(fc.property(point, (raw) => hex(derPoint(bitString(raw))) === hex(der(raw))));
  });

  it('is no BIT STRING where bits are lacking or it is not a point that is in it', () => {
    const point = Uint8Array.of(4, ...new Uint8Array(64));
    for (const value of [bitString(point, 1), bitString(new Uint8Array(65)), bitString(point.subarray(2)), bitString(new Uint8Array(0))]) {
      expect(derPoint(value)).toBe(value);
    }
  });

  it('is told from a BIT STRING on any curve, where a compressed point could begin as one', () => {
    for (const size of [20, 24, 28, 32, 40, 48, 64, 66]) {
      const raw = new Uint8Array(1 + size).fill(7);
      raw.set([3, size - 1, 0, 2]);
      expect(hex(derPoint(raw))).toBe(hex(der(raw)));
    }
  });

  it.each([
    ['P-256, where X begins as the length of an OCTET STRING would', 65, 63],
    ['brainpoolP512, where X begins as a short length would', 129, 127],
    ['P-192, likewise', 49, 47],
  ])('is told from an OCTET STRING on %s', (_, length, first) => {
    const raw = new Uint8Array(length).fill(7);
    raw.set([4, first, 4]);
    expect(hex(derPoint(raw))).toBe(hex(der(raw)));
  });

  it('is told from a long OCTET STRING on P-521', () => {
    const raw = new Uint8Array(133).fill(7);
    raw.set([4, 0x81, 130, 4]);
    expect(hex(derPoint(raw))).toBe(hex(der(raw)));
  });

  it.each([
    ['nothing', []],
    ['an OCTET STRING of another length', [4, 5, 4, 1, 2, 3, 4]],
    ['a length that is not there', [4]],
    ['a long form without its length', [4, 0x81]],
  ])('is left to crypto where it is %s', (_, bytes) => {
    expect(derPoint(Uint8Array.from(bytes))).toEqual(Uint8Array.from(bytes));
  });
});

describe('CKA_EC_POINT of CKK_EC_EDWARDS and CKK_EC_MONTGOMERY', () => {
  it.each([32, 56, 57])('is taken out of an OCTET STRING (%i bytes)', (size) => {
    const raw = new Uint8Array(size).fill(4);
    expect(rawPoint(der(raw))).toEqual(raw);
    expect(rawPoint(raw)).toBe(raw);
  });

  it.each([32, 56, 57])('is taken out of a BIT STRING (%i bytes)', (size) => {
    const raw = new Uint8Array(size).fill(3);
    expect(rawPoint(bitString(raw))).toEqual(raw);
    expect(rawPoint(raw)).toBe(raw);
    expect(rawPoint(bitString(raw, 1))).toEqual(bitString(raw, 1));
  });

  it('does not keep the frame alive that it came in', () => {
    for (const form of [der, bitString]) expect(rawPoint(form(new Uint8Array(32))).buffer.byteLength).toBe(32);
  });

  it('is left to crypto where it has another length', () => {
    const value = der(new Uint8Array(31));
    expect(rawPoint(value)).toBe(value);
  });
});
