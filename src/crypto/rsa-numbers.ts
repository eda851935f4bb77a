// What an RSA private key's numbers say about each other: the ones that are missing, and whether they belong together.
// Plain big integers, not constant in time: done once, while a key is being imported, and never to sign or decrypt.

import type { RsaPrivate } from './rsa.ts';
import { rsaParts } from './rsa.ts';

type Given = Partial<RsaPrivate> & Pick<RsaPrivate, 'modulus' | 'privateExponent'>;

/** All of the key's numbers, or undefined where those given contradict each other or are too few. */
export function completeRsa(given: Given): RsaPrivate | undefined {
  const number = (part: keyof RsaPrivate) => (given[part] === undefined ? undefined : fromBytes(given[part]));
  const [n, d] = [fromBytes(given.modulus), fromBytes(given.privateExponent)];
  const e = number('publicExponent');
  const primes = primesOf(n, d, e, number('prime1'), number('prime2'));
  if (primes === undefined) return undefined;

  const [p, q] = primes;
  const lambda = ((p - 1n) * (q - 1n)) / gcd(p - 1n, q - 1n);
  const publicExponent = e ?? inverse(d, lambda);
  const coefficient = inverse(q, p);
  if (publicExponent === undefined || coefficient === undefined || (publicExponent * d) % lambda !== 1n) return undefined;

  const numbers = [n, publicExponent, d, p, q, d % (p - 1n), d % (q - 1n), coefficient];
  const agree = rsaParts.every((part, i) => given[part] === undefined || number(part) === numbers[i]);
  return agree ? (Object.fromEntries(rsaParts.map((part, i) => [part, toBytes(numbers[i]!)])) as RsaPrivate) : undefined;
}

function primesOf(n: bigint, d: bigint, e?: bigint, prime1?: bigint, prime2?: bigint): [bigint, bigint] | undefined {
  const pair = prime1 !== undefined || prime2 !== undefined ? divided(n, prime1, prime2) : e === undefined ? undefined : factored(n, e, d);
  if (pair === undefined) return undefined;
  const [p, q] = pair;
  return p > 2n && q > 2n && p !== q && p * q === n ? pair : undefined;
}

const divided = (n: bigint, p: bigint | undefined, q: bigint | undefined): [bigint, bigint] | undefined => {
  if (p === 0n || q === 0n) return undefined;
  return p !== undefined ? [p, q ?? n / p] : q !== undefined ? [n / q, q] : undefined;
};

/** NIST SP 800-56B Rev. 2, appendix C.2: the primes from both exponents. */
function factored(n: bigint, e: bigint, d: bigint): [bigint, bigint] | undefined {
  const k = e * d - 1n;
  if (k <= 0n || n < 2n) return undefined;
  const a = k * gcd(n - 1n, k);
  const m = a / n;
  const sum = (n - (a % n)) / (m + 1n) + 1n;
  const square = sum * sum - 4n * n;
  if (square <= 0n) return undefined;
  const difference = root(square);
  return [(sum + difference) / 2n, (sum - difference) / 2n];
}

/** The integer part of a square root, by Newton's iteration from above. */
function root(square: bigint): bigint {
  let guess = 1n << BigInt(Math.ceil(square.toString(16).length * 2));
  for (;;) {
    const next = (guess + square / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** a to the power of -1 modulo m, or undefined where there is none. */
function inverse(a: bigint, m: bigint): bigint | undefined {
  let [r, next, t, nextT] = [m, a % m, 0n, 1n];
  while (next !== 0n) {
    const quotient = r / next;
    [r, next] = [next, r - quotient * next];
    [t, nextT] = [nextT, t - quotient * nextT];
  }
  if (r !== 1n) return undefined;
  return t < 0n ? t + m : t;
}

const fromBytes = (bytes: Uint8Array): bigint => BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);

function toBytes(number: bigint): Uint8Array {
  const hex = number.toString(16);
  return Uint8Array.from(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
}
