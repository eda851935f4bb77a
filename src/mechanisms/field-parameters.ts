// Domain parameters of DSA and Diffie-Hellman, generated.

import { getDiffieHellman } from 'node:crypto';
import { fieldKinds, readFieldKey } from '../crypto/finite-field.ts';
import { readPkcs8 } from '../crypto/key-der.ts';
import { readUlong, type Template, ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK, CKO } from '../protocol/constants.ts';
import { given, requiredUlong } from './key.ts';
import type { Made, Mechanism, Slow } from './mechanism.ts';
import { noParameter } from './parameter.ts';

const parameters = (
  keyType: number,
  keySize: Mechanism['keySize'],
  make: (template: Template, slow: Slow) => Promise<Made>,
): Mechanism => ({
  keyType,
  keySize,
  generates: CKO.DOMAIN_PARAMETERS,
  operations: {
    generateKey(template, parameter, slow) {
      noParameter(parameter);
      return make(template, slow);
    },
  },
});

const made = (keyType: number, ...numbers: readonly (readonly [number, Uint8Array])[]): Made =>
  new Map([[CKA.CLASS, ulongBytes(CKO.DOMAIN_PARAMETERS)], [CKA.KEY_TYPE, ulongBytes(keyType)], ...numbers]);

/** FIPS 186-4 §4.2: OpenSSL makes no shorter ones. */
const ORDERS: readonly (readonly [prime: number, order: number])[] = [
  [1024, 160],
  [2048, 224],
  [2048, 256],
  [3072, 256],
];

/** A prime, an order and a base: DSA's, and X9.42's, which are the same. */
export const orderedParameters = (keyType: number): Mechanism =>
  parameters(keyType, [1024, 3072], async (template, slow) => {
    const bits = requiredUlong(template, CKA.PRIME_BITS);
    const asked = given(template, CKA.SUBPRIME_BITS);
    const order = asked === undefined ? ORDERS.findLast(([prime]) => prime === bits)?.[1] : readUlong(asked);
    const known = ORDERS.some(([prime, subprime]) => prime === bits && subprime === order);
    ensure(known && order !== undefined, 'ATTRIBUTE_VALUE_INVALID', 'no domain parameters have primes of these lengths');
    const info = readPkcs8(await slow.compute('dsaParameters', bits, order));
    const key = info && readFieldKey(fieldKinds.DSA, info);
    ensure(key !== undefined, 'DEVICE_ERROR', 'the generation of parameters gave none');
    const { p, q, g } = key.domain;
    return made(keyType, [CKA.PRIME, p], [CKA.SUBPRIME, q!], [CKA.BASE, g]);
  });

/** RFC 3526's. To find another safe prime of such a length takes minutes, and gains nothing. */
const known: ReadonlyMap<number, string> = new Map([
  [1536, 'modp5'],
  [2048, 'modp14'],
  [3072, 'modp15'],
  [4096, 'modp16'],
  [6144, 'modp17'],
  [8192, 'modp18'],
]);
const FOUND_MAX = 1024;

export const dhParameters: Mechanism = parameters(CKK.DH, [512, 8192], async (template, slow) => {
  const bits = requiredUlong(template, CKA.PRIME_BITS);
  const group = known.get(bits);
  const fits = group !== undefined || (bits >= 512 && bits <= FOUND_MAX && bits % 8 === 0);
  ensure(fits, 'ATTRIBUTE_VALUE_INVALID', 'Diffie-Hellman primes have 512 to 1024 bits, or as many as one of RFC 3526');
  const prime = group === undefined ? await slow.compute('safePrime', bits) : getDiffieHellman(group).getPrime();
  return made(CKK.DH, [CKA.PRIME, prime], [CKA.BASE, Uint8Array.of(2)]);
});
