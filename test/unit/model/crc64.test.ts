import { describe, expect, it } from 'vitest';
import { crc64 } from '../../../src/model/crc64.ts';
import { createObject } from '../../../src/model/template.ts';
import { CKA } from '../../../src/protocol/constants.ts';
import { mlKemPrivate, mlKemPublic } from './every-kind.ts';
import { type Entries, ecPublic, rsaPrivate, rsaPublic, template, valueIn } from './templates.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const create = (entries: Entries) => createObject(template(entries));

/** The definition, bit by bit: the remainder of the message times x^64. */
function remainder(bytes: Uint8Array): bigint {
  let rest = 0n;
  for (const bit of [...bytes].flatMap((byte) => Array.from({ length: 8 }, (_, n) => (byte >> (7 - n)) & 1))) {
    const carry = (rest >> 63n) ^ BigInt(bit);
    rest = BigInt.asUintN(64, rest << 1n) ^ (carry ? 0x42f0e1eba9ea3693n : 0n);
  }
  return rest;
}

describe('CRC-64-ECMA', () => {
  it('has the known answer', () => {
    expect(hex(crc64(Buffer.from('123456789')))).toBe('6c40df5f0b497347');
    expect(hex(crc64(new Uint8Array(0)))).toBe('0000000000000000');
  });

  it('is the remainder by its polynomial', () => {
    for (const length of [1, 7, 8, 9, 255]) {
      const bytes = Uint8Array.from({ length }, (_, n) => (n * 37 + length) % 256);
      expect(BigInt(`0x${hex(crc64(bytes))}`)).toBe(remainder(bytes));
    }
  });
});

describe('CKA_PUBLIC_CRC64_VALUE', () => {
  it('is over the modulus of both halves of an RSA pair', () => {
    for (const key of [rsaPublic, rsaPrivate])
      expect(valueIn(create(key), 'PUBLIC_CRC64_VALUE')).toEqual(crc64(rsaPublic.MODULUS as Uint8Array));
  });

  it('is over the value of any other public key, and never over a private one', () => {
    expect(valueIn(create(mlKemPublic), 'PUBLIC_CRC64_VALUE')).toEqual(crc64(mlKemPublic.VALUE as Uint8Array));
    expect(create(mlKemPrivate).has(CKA.PUBLIC_CRC64_VALUE)).toBe(false);
    expect(create(ecPublic).has(CKA.PUBLIC_CRC64_VALUE)).toBe(false);
  });

  it("is the application's where it gives one", () => {
    expect(hex(valueIn(create({ ...rsaPublic, PUBLIC_CRC64_VALUE: 'theirs!!' }), 'PUBLIC_CRC64_VALUE')!)).toBe(
      hex(Buffer.from('theirs!!')),
    );
  });
});
