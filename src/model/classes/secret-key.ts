// Secret key objects, by type.

import { CKA, CKK } from '../../protocol/constants.ts';
import { FALSE, TRUE } from '../attribute.ts';
import { lengthOf } from '../computed.ts';
import type { Kind, Rules } from '../rules.ts';
import { bool, bytes, lazily, template, ulong, withDefault } from '../rules.ts';
import { hasOddParity, nonEmpty, oneOf, positive } from '../value.ts';
import { key } from './key.ts';

const secretKey: Rules = {
  ...key,
  ...withDefault(key, TRUE, CKA.PRIVATE),
  [CKA.SENSITIVE]: { ...bool(8, 11), default: FALSE },
  [CKA.ENCRYPT]: { ...bool(8), default: FALSE },
  [CKA.DECRYPT]: { ...bool(8), default: FALSE },
  [CKA.SIGN]: { ...bool(8), default: FALSE },
  [CKA.VERIFY]: { ...bool(8), default: FALSE },
  [CKA.WRAP]: { ...bool(8), default: FALSE },
  [CKA.UNWRAP]: { ...bool(8), default: FALSE },
  // The token's choice (footnote 9): a key that is to leave must be said to.
  [CKA.EXTRACTABLE]: { ...bool(8, 12), default: FALSE },
  [CKA.ALWAYS_SENSITIVE]: bool(2, 4, 6),
  [CKA.NEVER_EXTRACTABLE]: bool(2, 4, 6),
  [CKA.CHECK_VALUE]: { ...bytes(), lengths: [0, 3], confirmed: true, erasable: true },
  [CKA.WRAP_WITH_TRUSTED]: { ...bool(11), default: FALSE },
  [CKA.TRUSTED]: { ...bool(10), default: FALSE },
  [CKA.WRAP_TEMPLATE]: template(),
  [CKA.UNWRAP_TEMPLATE]: template(),
  [CKA.DERIVE_TEMPLATE]: template(),
};

/** What keys of a type are for, unless the template says otherwise. */
const CIPHER = [CKA.ENCRYPT, CKA.DECRYPT];
const MAC = [CKA.SIGN, CKA.VERIFY];
const BLOCK_CIPHER = [...CIPHER, ...MAC];

const valueLength = lengthOf(CKA.VALUE);
const usable = (uses: readonly number[]): Rules => ({ ...secretKey, ...withDefault(secretKey, TRUE, ...uses) });

const ofAnyLength = (...uses: number[]): Kind =>
  lazily(() => ({
    ...usable(uses),
    [CKA.VALUE]: { ...bytes(1, 4, 6, 7), valid: nonEmpty },
    [CKA.VALUE_LEN]: { ...ulong(2, 3), valid: positive, computed: valueLength },
  }));

/** Those of keys that only sign and verify. */
export const macKey: Rules = ofAnyLength(...MAC).rules;

const ofLengths = (lengths: readonly number[], uses: readonly number[]): Kind =>
  lazily(() => ({
    ...usable(uses),
    [CKA.VALUE]: { ...bytes(1, 4, 6, 7), lengths },
    [CKA.VALUE_LEN]: { ...ulong(2, 3), valid: oneOf(...lengths), computed: valueLength },
  }));

/** The one length of its type need not be asked for (3), whatever the table says. */
const ofLength = (length: number, uses: readonly number[]): Kind =>
  lazily(() => ({ ...ofLengths([length], uses).rules, [CKA.VALUE_LEN]: { ...ulong(2), valid: oneOf(length), computed: valueLength } }));

/** Types without CKA_VALUE_LEN. C_UnwrapKey lets a template state it all the same, and applications do so elsewhere too. */
const ofKnownLength = (length: number, valid?: (value: Uint8Array) => boolean): Kind =>
  lazily(() => ({
    ...usable(BLOCK_CIPHER),
    [CKA.VALUE]: { ...bytes(1, 4, 6, 7), lengths: [length], ...(valid && { valid }) },
    [CKA.VALUE_LEN]: { ...ulong(2), valid: oneOf(length), computed: valueLength, unkept: true },
  }));

const upTo = (most: number): readonly number[] => Array.from({ length: most }, (_, n) => n + 1);

/** The HMAC key types have no tables of their own: generic secrets with a narrower use. */
const hmacTypes = Object.entries(CKK).filter(([name]) => name.endsWith('_HMAC'));

export const secretKeys: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [CKK.GENERIC_SECRET, ofAnyLength(...MAC)],
  [CKK.HKDF, ofAnyLength()],
  ...hmacTypes.map(([, type]) => [type, ofAnyLength(...MAC)] as const),
  [CKK.AES, ofLengths([16, 24, 32], BLOCK_CIPHER)],
  [CKK.AES_XTS, ofLengths([32, 64], CIPHER)],
  [CKK.CAMELLIA, ofLengths([16, 24, 32], BLOCK_CIPHER)],
  [CKK.ARIA, ofLengths([16, 24, 32], BLOCK_CIPHER)],
  [CKK.TWOFISH, ofLengths([16, 24, 32], CIPHER)],
  [CKK.BLOWFISH, ofLengths(upTo(56), CIPHER)],
  [CKK.CAST128, ofLengths(upTo(16), BLOCK_CIPHER)],
  [CKK.RC2, ofLengths(upTo(128), BLOCK_CIPHER)],
  [CKK.RC4, ofLengths(upTo(256), CIPHER)],
  [CKK.SEED, ofKnownLength(16)],
  [CKK.IDEA, ofKnownLength(16)],
  [CKK.DES, ofKnownLength(8, hasOddParity)],
  [CKK.DES2, ofKnownLength(16, hasOddParity)],
  [CKK.DES3, ofKnownLength(24, hasOddParity)],
  [CKK.CHACHA20, ofLength(32, CIPHER)],
  [CKK.SALSA20, ofLength(32, CIPHER)],
  [CKK.POLY1305, ofLength(32, MAC)],
]);
