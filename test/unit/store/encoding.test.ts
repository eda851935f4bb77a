import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAttributes, type Entry, encodedLength, encodeInto } from '../../../src/store/encoding.ts';

const entries = fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.uint8Array({ maxLength: 40 })), {
  selector: ([type]) => type,
});

function encodeAttributes(list: readonly Entry[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(encodedLength(list));
  encodeInto(bytes, 0, list);
  return bytes;
}

describe('attributes as bytes', () => {
  it('are written where they are to stand, and nowhere else', () => {
    const list: Entry[] = [[0xfedc_ba98, Uint8Array.of(7, 8)]];
    const bytes = new Uint8Array(encodedLength(list) + 5).fill(0xee);
    encodeInto(bytes, 3, list);
    expect([...bytes]).toEqual([0xee, 0xee, 0xee, 0x98, 0xba, 0xdc, 0xfe, 2, 0, 0, 0, 7, 8, 0xee, 0xee]);
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(entries, (list) => {
        expect(decodeAttributes(encodeAttributes(list))).toEqual(new Map(list));
      }),
    );
  });

  it('are refused at every length but their own', () => {
    const bytes = encodeAttributes([
      [1, Uint8Array.of(1, 2, 3)],
      [2, Uint8Array.of(4)],
    ]);
    const boundary = 8 + 3;
    for (let length = 1; length < bytes.length; length++) {
      if (length === boundary) continue;
      expect(() => decodeAttributes(bytes.subarray(0, length)), `${length}`).toThrow(/^CKR_DEVICE_ERROR/);
    }
    expect(decodeAttributes(bytes.subarray(0, boundary)).size).toBe(1);
  });

  it('are refused when a length points beyond the end', () => {
    const bytes = encodeAttributes([[1, Uint8Array.of(1)]]);
    for (const length of [2, 0x7fff_ffff, 0xffff_ffff]) {
      new DataView(bytes.buffer).setUint32(4, length, true);
      expect(() => decodeAttributes(bytes)).toThrow('longer than its object');
    }
  });

  it('are refused when a type is stated twice, in one part or in two', () => {
    const one = encodeAttributes([[1, Uint8Array.of(1)]]);
    expect(() => decodeAttributes(Buffer.concat([one, one]))).toThrow('twice');
    expect(() => decodeAttributes(one, decodeAttributes(one))).toThrow('twice');
  });

  it('either decode or are refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decodeAttributes(bytes);
        } catch (error) {
          expect(`${error}`).toMatch(/CKR_DEVICE_ERROR/);
        }
      }),
    );
  });

  it('whose type does not fit are not written wrongly', () => {
    expect(() => encodeAttributes([[2 ** 32, Uint8Array.of(1)]])).toThrow(/^CKR_GENERAL_ERROR/);
  });
});
