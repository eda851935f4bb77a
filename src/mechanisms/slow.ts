// What takes so long that it is done by the one who can wait for it, on OpenSSL's own threads or bit by bit: bytes and numbers in, bytes out.

import { generateKeyPair, generatePrime, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { generateHss, hssFrame } from '../crypto/hss.ts';
import { pkcs12 } from '../crypto/pkcs12.ts';

export const slowWork = {
  pbkdf2: (hash: string, password: Uint8Array, salt: Uint8Array, iterations: number, length: number): Promise<Uint8Array> =>
    promisify(pbkdf2)(password, salt, iterations, length, hash),

  pkcs12,

  /** New DSA domain parameters, as a PKCS#8 of some key with them. */
  async dsaParameters(modulusLength: number, divisorLength: number): Promise<Uint8Array> {
    const { privateKey } = await promisify(generateKeyPair)('dsa', { modulusLength, divisorLength });
    return privateKey.export({ format: 'der', type: 'pkcs8' });
  },

  /** A key pair of one of the types that have no parameters, as PKCS#8. */
  async keyPair(type: string): Promise<Uint8Array> {
    const { privateKey } = await promisify(generateKeyPair)(type as 'slh-dsa-sha2-128s', {});
    return privateKey.export({ format: 'der', type: 'pkcs8' });
  },

  generateHss,

  /** Trees that a signature needs, and does not find made. */
  hssFrame,

  /** A prime p where (p - 1) / 2 is one too, and of which 2 generates the subgroup of that order: as RFC 3526's, p is 23 modulo 24. */
  safePrime: (bits: number): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      generatePrime(bits, { safe: true, add: 24n, rem: 23n }, (error, prime) => (error ? reject(error) : resolve(new Uint8Array(prime))));
    }),
};

export type SlowWork = typeof slowWork;
