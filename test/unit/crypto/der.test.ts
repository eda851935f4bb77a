import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentOf, element, elements, integer, sequence, stripped, TAG } from '../../../src/crypto/der.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

describe('DER, written', () => {
  test.each([
    [0, '0400'],
    [127, '047f'],
    [128, '048180'],
    [255, '0481ff'],
    [256, '04820100'],
    [65535, '0482ffff'],
    [65536, '0483010000'],
  ])('a length of %i takes the shortest form', (length, head) => {
    expect(hex(element(TAG.OCTET_STRING, new Uint8Array(length))).slice(0, head.length)).toBe(head);
  });

  test.each([
    ['', '020100'],
    ['00', '020100'],
    ['7f', '02017f'],
    ['80', '02020080'],
    ['000001', '020101'],
    ['ff00', '020300ff00'],
  ])('the number %s is neither padded nor negative', (magnitude, der) => {
    expect(hex(integer(bytes(magnitude)))).toBe(der);
  });

  test('what is written is read back', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (contents) => {
        const whole = sequence(...contents.map((content) => element(TAG.OCTET_STRING, content)));
        const read = elements(contentOf(whole, TAG.SEQUENCE)!)!;
        expect(read.map(({ content }) => hex(content))).toEqual(contents.map(hex));
      }),
    );
  });
});

describe('DER, read', () => {
  test.each([
    ['an indefinite length', '04800000'],
    ['a length longer than the content', '040501'],
    ['a long form where the short one does', '04817f'.padEnd(6 + 254, '0')],
    ['a long form with leading zeros', '04820080'.padEnd(8 + 256, '0')],
    ['a length of four bytes', '048400000001ff'],
    ['a length that is cut off', '0482'],
    ['a tag without a length', '04'],
    ['something after the end', '0401ff00'],
    ['another tag', '0201ff'],
    ['nothing', ''],
  ])('%s is refused', (_, der) => {
    expect(contentOf(bytes(der), TAG.OCTET_STRING)).toBeUndefined();
  });

  test('arbitrary bytes never throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (any) => void elements(any)));
  });
});

test('stripping leaves no leading zeros, and nothing of zero', () => {
  expect([hex(stripped(bytes('000102'))), hex(stripped(bytes('0000'))), hex(stripped(bytes('')))]).toEqual(['0102', '', '']);
});
