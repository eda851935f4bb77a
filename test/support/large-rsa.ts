// An RSA key of 8192 bits without the minute that it takes to generate one: the product of two primes that everybody knows (RFC 3526).

import { getDiffieHellman } from 'node:crypto';
import { invert } from '@noble/curves/abstract/modular.js';

const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const bytesOf = (value: bigint): Buffer => {
  const digits = value.toString(16);
  return Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
};

const [p, q, e] = [number(getDiffieHellman('modp17').getPrime()), number(getDiffieHellman('modp14').getPrime()), 65537n];
const d = invert(e, (p - 1n) * (q - 1n));

export const largePublic = { MODULUS: bytesOf(p * q), PUBLIC_EXPONENT: bytesOf(e) };
export const largePrivate = {
  ...largePublic,
  PRIVATE_EXPONENT: bytesOf(d),
  PRIME_1: bytesOf(p),
  PRIME_2: bytesOf(q),
  EXPONENT_1: bytesOf(d % (p - 1n)),
  EXPONENT_2: bytesOf(d % (q - 1n)),
  COEFFICIENT: bytesOf(invert(q, p)),
};
