// Digests and MACs.
import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { CKM } from '../../src/protocol/constants.ts';
import { secretKey } from '../support/operations.ts';
import { altered, bytes, type CkmName, must, type Row, row, same } from './compare.ts';

/** OpenSSL's name, and how many bytes. */
export const hashes = {
  MD5: ['md5', 16],
  SHA_1: ['sha1', 20],
  SHA224: ['sha224', 28],
  SHA256: ['sha256', 32],
  SHA384: ['sha384', 48],
  SHA512: ['sha512', 64],
} as const;
export type Hash = keyof typeof hashes;
export const hashNames = Object.keys(hashes) as Hash[];

const digest = (name: Hash): Row =>
  row({
    title: `digest ${name}`,
    mechanisms: [name],
    draw: bytes(0, 400),
    check: (parties, data) => {
      const expected = createHash(hashes[name][0]).update(data).digest();
      same(parties, (user) => user.digestEveryWay({ mechanism: CKM[name] }, data), expected);
    },
  });

const mac = (title: string, name: CkmName, draw: fc.Arbitrary<Uint8Array>, keyType: 'GENERIC_SECRET' | 'AES' | 'DES3', hash?: Hash): Row =>
  row({
    title,
    mechanisms: [name],
    draw: fc.record({ value: draw, data: bytes(0, 300) }),
    check: (parties, { value, data }) => {
      const mechanism = { mechanism: CKM[name] };
      const openssl = hash && createHmac(hashes[hash][0], value).update(data).digest();
      same(
        parties,
        (user) => {
          const key = user.create(secretKey(keyType, { VALUE: value, SIGN: true, VERIFY: true }));
          const signature = user.signEveryWay(mechanism, key, data);
          user.verify(mechanism, key, data, signature);
          must(!user.isRight(mechanism, key, data, altered(signature)), 'a MAC with another bit was right');
          return signature;
        },
        openssl,
      );
    },
  });

/** SoftHSM takes no shorter one than the digest. */
const hmac = (hash: Hash): Row => mac(`HMAC ${hash}`, `${hash}_HMAC` as CkmName, bytes(hashes[hash][1], 300), 'GENERIC_SECRET', hash);

export const aesValue = fc.constantFrom(16, 24, 32).chain((size) => bytes(size, size));
/** Every byte of a DES key has odd parity. */
export const desValue = (size: number): fc.Arbitrary<Uint8Array> =>
  bytes(size, size).map((value) => value.map((byte) => (byte & 0xfe) | Number(byte.toString(2).slice(0, -1).split('1').length % 2 === 1)));

export const digests: readonly Row[] = [
  ...hashNames.map(digest),
  ...hashNames.map(hmac),
  mac('AES-CMAC', 'AES_CMAC', aesValue, 'AES'),
  mac('DES3-CMAC', 'DES3_CMAC', desValue(24), 'DES3'),
];
