// The types of secret key: how long they are, and what their check values are made of.

import { digest } from '../crypto/digest.ts';
import { legacyCipher } from '../crypto/legacy.ts';
import { encryptNulls } from '../crypto/native.ts';
import { ulongBytes } from '../model/attribute.ts';
import { ensure } from '../model/error.ts';
import { CKA, CKK } from '../protocol/constants.ts';
import { contribute, type Draft, drafted } from './contribute.ts';

export interface SecretType {
  readonly keyType: number;
  /** Bytes that a key may have; any number up to SECRET_MAX where it is left out. */
  readonly lengths?: readonly number[];
  /** The first three bytes of this are the check value. */
  readonly checked: (value: Uint8Array) => Uint8Array;
  /** A DES key: each byte has a bit that says nothing. */
  readonly hasParity?: true;
  /** There is no CKA_VALUE_LEN. */
  readonly isUnmeasured?: true;
}

/** Bytes of a generated key, at the most. */
export const SECRET_MAX = 512;

/** "The ECB encryption of a single block of null bytes, using the default cipher associated with the key type." */
const byCipher =
  (block: number, nameFor: (length: number) => string): SecretType['checked'] =>
  (value) => {
    const encrypted = new Uint8Array(block);
    encryptNulls(nameFor(value.length), value, encrypted);
    return encrypted;
  };

/** Where there is no such cipher: "the first three bytes of the SHA-1 hash". */
const byHash: SecretType['checked'] = (value) => digest('sha1', value);

const bits = (length: number): number => 8 * length;
const BLOCK_CIPHER = [16, 24, 32];
const upTo = (most: number): readonly number[] => Array.from({ length: most }, (_, n) => n + 1);

export const ofAnyLength = (keyType: number): SecretType => ({ keyType, checked: byHash });

/** OpenSSL keeps single DES in its legacy provider; three times the same key is the same cipher, and so is a second key between two firsts. */
export const tripled = (value: Uint8Array): Uint8Array => Buffer.concat([value, value, value]).subarray(0, 24);
const byDes: SecretType['checked'] = (value) => byCipher(8, () => 'des-ede3-ecb')(tripled(value));

const byLegacyCipher = (block: number, name: string): SecretType['checked'] => byCipher(block, () => legacyCipher(name));

export const secretTypes = {
  AES: { keyType: CKK.AES, lengths: BLOCK_CIPHER, checked: byCipher(16, (length) => `aes-${bits(length)}-ecb`) },
  AES_XTS: { keyType: CKK.AES_XTS, lengths: [32, 64], checked: byHash },
  CAMELLIA: { keyType: CKK.CAMELLIA, lengths: BLOCK_CIPHER, checked: byCipher(16, (length) => `camellia-${bits(length)}-ecb`) },
  ARIA: { keyType: CKK.ARIA, lengths: BLOCK_CIPHER, checked: byCipher(16, (length) => `aria-${bits(length)}-ecb`) },
  DES: { keyType: CKK.DES, lengths: [8], checked: byDes, hasParity: true, isUnmeasured: true },
  DES2: { keyType: CKK.DES2, lengths: [16], checked: byDes, hasParity: true, isUnmeasured: true },
  DES3: { keyType: CKK.DES3, lengths: [24], checked: byDes, hasParity: true, isUnmeasured: true },
  SEED: { keyType: CKK.SEED, lengths: [16], checked: byLegacyCipher(16, 'seed-ecb'), isUnmeasured: true },
  IDEA: { keyType: CKK.IDEA, lengths: [16], checked: byLegacyCipher(8, 'idea-ecb'), isUnmeasured: true },
  BLOWFISH: { keyType: CKK.BLOWFISH, lengths: upTo(56), checked: byLegacyCipher(8, 'bf-ecb') },
  CAST128: { keyType: CKK.CAST128, lengths: upTo(16), checked: byLegacyCipher(8, 'cast5-ecb') },
  // Its cipher is another one with every number of effective bits.
  RC2: { keyType: CKK.RC2, lengths: upTo(128), checked: byHash },
  RC4: { keyType: CKK.RC4, lengths: upTo(256), checked: byHash },
  CHACHA20: { keyType: CKK.CHACHA20, lengths: [32], checked: byHash },
  POLY1305: { keyType: CKK.POLY1305, lengths: [32], checked: byHash },
  GENERIC_SECRET: ofAnyLength(CKK.GENERIC_SECRET),
  HKDF: ofAnyLength(CKK.HKDF),
} as const satisfies Record<string, SecretType>;

export const fits = ({ lengths }: SecretType, length: number): boolean => lengths?.includes(length) ?? true;

/** What a secret key lacks: its length, and the value to check it by (§4.10.2: given as an empty value, that is to be left out). */
export const completion = (type: SecretType) => (draft: Draft) => {
  const value = drafted(draft, CKA.VALUE);
  ensure(fits(type, value.length), 'ATTRIBUTE_VALUE_INVALID', 'the key type has no keys of that length');
  if (!type.isUnmeasured) contribute(draft, CKA.VALUE_LEN, ulongBytes(value.length));
  const wanted = draft.get(CKA.CHECK_VALUE)?.length !== 0;
  if (wanted) contribute(draft, CKA.CHECK_VALUE, new Uint8Array(type.checked(value).subarray(0, 3)));
};

/** "The parity bits of the key will be set properly": the lowest bit of each byte. */
export const withOddParity = (value: Uint8Array): Uint8Array =>
  value.map((byte) => {
    let ones = 0;
    for (let rest = byte >> 1; rest > 0; rest >>= 1) ones += rest & 1;
    return (byte & 0xfe) | (ones % 2 === 0 ? 1 : 0);
  });
