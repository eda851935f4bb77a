import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type RsaPrivate, readRsaPkcs8, rsaParts, rsaPkcs8 } from '../../../src/crypto/rsa.ts';
import { completeRsa } from '../../../src/crypto/rsa-numbers.ts';

function generate(modulusLength: number, publicExponent: number): { der: Buffer; key: RsaPrivate } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent });
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  return { der, key: readRsaPkcs8(der)! };
}

const text = (key: RsaPrivate | undefined): string[] =>
  key === undefined ? [] : rsaParts.map((part) => Buffer.from(key[part]).toString('hex'));
const without = (key: RsaPrivate, ...parts: (keyof RsaPrivate)[]): RsaPrivate =>
  Object.fromEntries(Object.entries(key).filter(([part]) => !parts.includes(part as keyof RsaPrivate))) as unknown as RsaPrivate;

describe("an RSA private key's numbers", () => {
  test('DER that OpenSSL wrote is written again byte for byte', () => {
    const { der, key } = generate(1024, 65537);
    expect(Buffer.compare(rsaPkcs8(key), der)).toBe(0);
  });

  test.each([
    [1024, 3],
    [1024, 65537],
    [1031, 65537],
    [2048, 17],
  ])('the primes of a %i bit key are found from its exponents, public %i', (bits, exponent) => {
    const { key } = generate(bits, exponent);
    const found = completeRsa({ modulus: key.modulus, publicExponent: key.publicExponent, privateExponent: key.privateExponent });
    const primes = (each: RsaPrivate) => [each.prime1, each.prime2].map((prime) => Buffer.from(prime).toString('hex')).sort();
    expect(primes(found!)).toEqual(primes(key));
  });

  test('any one part that is missing is computed', () => {
    const { key } = generate(1024, 65537);
    for (const part of rsaParts) {
      if (part !== 'modulus' && part !== 'privateExponent') expect(text(completeRsa(without(key, part)))).toEqual(text(key));
    }
    expect(text(completeRsa(without(key, 'exponent1', 'exponent2', 'coefficient')))).toEqual(text(key));
  });

  test('any one part that is wrong is noticed', () => {
    const { key } = generate(1024, 65537);
    for (const part of rsaParts) {
      const wrong = Uint8Array.from(key[part]);
      wrong[wrong.length - 1]! ^= 4;
      expect(completeRsa({ ...key, [part]: wrong })).toBeUndefined();
    }
  });

  test('numbers that make no key at all are refused, and do not divide by zero', () => {
    const { key } = generate(1024, 65537);
    const zero = new Uint8Array(1);
    const one = Uint8Array.of(1);
    for (const part of rsaParts) {
      expect(completeRsa({ ...key, [part]: zero })).toBeUndefined();
      expect(completeRsa({ ...key, [part]: one })).toBeUndefined();
    }
    for (const privateExponent of [zero, one, new Uint8Array(0)]) {
      expect(completeRsa({ modulus: key.modulus, publicExponent: key.publicExponent, privateExponent })).toBeUndefined();
      expect(completeRsa({ modulus: one, publicExponent: one, privateExponent })).toBeUndefined();
    }
  });

  test('a private exponent that belongs to the product of the primes less one is as good', () => {
    const { key } = generate(1024, 65537);
    const big = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
    const phi = (big(key.prime1) - 1n) * (big(key.prime2) - 1n);
    let d = big(key.privateExponent);
    // Some multiple of lambda further, d is the inverse modulo phi.
    const gap = gcd(big(key.prime1) - 1n, big(key.prime2) - 1n);
    while ((d * big(key.publicExponent)) % phi !== 1n) d += phi / gap;
    const privateExponent = Buffer.from(d.toString(16).padStart(256, '0'), 'hex');
    const found = completeRsa({ modulus: key.modulus, publicExponent: key.publicExponent, privateExponent });
    expect(found && [text(found)[3], text(found)[4]].sort()).toEqual([text(key)[3], text(key)[4]].sort());
  });
});

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}
