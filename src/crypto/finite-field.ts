// DSA and Diffie-Hellman in the integers modulo a prime: keys as numbers (big-endian bytes) and as DER.

import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject, randomBytes } from 'node:crypto';
import { attempt } from './attempt.ts';
import { contentOf, elements, integer, magnitudeOf, sequence, stripped, TAG } from './der.ts';
import { objectIdentifier, type PrivateKeyInfo, pkcs8, spki } from './key-der.ts';
import { widened } from './number.ts';
import { bitLength } from './rsa.ts';

/** Prime, order of the base's subgroup (where it is told), base. */
export interface Domain {
  readonly p: Uint8Array;
  readonly q?: Uint8Array | undefined;
  readonly g: Uint8Array;
}

/** What the three uses differ in: their name, and the order in which their DER has the numbers. */
export interface FieldKind {
  readonly oid: Uint8Array;
  readonly order: readonly (keyof Domain)[];
}
export const fieldKinds = {
  DSA: { oid: objectIdentifier('2a8648ce380401'), order: ['p', 'q', 'g'] },
  DH: { oid: objectIdentifier('2a864886f70d010301'), order: ['p', 'g'] },
  X9_42_DH: { oid: objectIdentifier('2a8648ce3e0201'), order: ['p', 'g', 'q'] },
} as const satisfies Record<string, FieldKind>;

const algorithm = ({ oid, order }: FieldKind, domain: Domain): Uint8Array[] => [
  oid,
  sequence(...order.map((name) => integer(domain[name] ?? new Uint8Array(0)))),
];

export const fieldSpki = (kind: FieldKind, domain: Domain, y: Uint8Array): Uint8Array => spki(algorithm(kind, domain), integer(y));

export const fieldPkcs8 = (kind: FieldKind, domain: Domain, x: Uint8Array): Uint8Array => pkcs8(algorithm(kind, domain), integer(x));

export function readFieldKey(
  { oid, order }: FieldKind,
  { algorithm: named, parameters, privateKey }: PrivateKeyInfo,
): { readonly domain: Domain; readonly x: Uint8Array } | undefined {
  const numbers = elements(contentOf(parameters ?? new Uint8Array(0), TAG.SEQUENCE) ?? new Uint8Array(0))?.map(magnitudeOf);
  const [x] = elements(privateKey)?.map(magnitudeOf) ?? [];
  // PKCS#3 lets a length follow, which the private value has anyway.
  const whole = numbers !== undefined && numbers.length >= order.length && !numbers.includes(undefined);
  if (Buffer.compare(named, oid) !== 0 || !whole || x === undefined) return undefined;
  return { domain: Object.fromEntries(order.map((name, i) => [name, numbers[i]!])) as unknown as Domain, x };
}

/** y of SubjectPublicKeyInfo's BIT STRING. */
export function publicNumber(key: Uint8Array): Uint8Array | undefined {
  const [y] = elements(key) ?? [];
  return y && magnitudeOf(y);
}

// Whatever the key is for, it is one of PKCS#3 to OpenSSL; and as DER, not as node:crypto's DiffieHellman: that looks each time
// whether the prime is one, which takes a second.
const privateObject = (domain: Domain, x: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.from(fieldPkcs8(fieldKinds.DH, domain, x)), format: 'der', type: 'pkcs8' });
const publicObject = (domain: Domain, y: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.from(fieldSpki(fieldKinds.DH, domain, y)), format: 'der', type: 'spki' });

/** g to the power of x; undefined where OpenSSL takes these for no key. */
export const powerOf = (domain: Domain, x: Uint8Array): Uint8Array | undefined =>
  attempt(() => {
    const info = createPublicKey(privateObject(domain, x)).export({ format: 'der', type: 'spki' });
    const [, key] = elements(contentOf(info, TAG.SEQUENCE)!)!;
    return publicNumber(key!.content.subarray(1));
  });

/** What x and another's y agree on, as wide as the prime. */
export const agreeField = (domain: Domain, x: Uint8Array, y: Uint8Array): Uint8Array | undefined =>
  attempt(() => {
    const secret = diffieHellman({ privateKey: privateObject(domain, x), publicKey: publicObject(domain, y) });
    return widened(secret, stripped(domain.p).length);
  });

/** A number from 1 to below the limit; any of them as likely as any other. */
export function randomBelow(limit: Uint8Array): Uint8Array {
  const bare = stripped(limit);
  const mask = 0xff >> (8 * bare.length - bitLength(bare));
  for (;;) {
    const number = randomBytes(bare.length);
    number[0]! &= mask;
    if (Buffer.compare(number, bare) < 0 && number.some((byte) => byte !== 0)) return number;
  }
}

/** A number of just so many bits. */
export function randomOf(bits: number): Uint8Array {
  const number = randomBytes(Math.ceil(bits / 8));
  const spare = 8 * number.length - bits;
  number[0]! &= 0xff >> spare;
  number[0]! |= 0x80 >> spare;
  return number;
}
