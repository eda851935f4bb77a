// DSA and Diffie-Hellman: keys, and the domain parameters that they are made from (§6.2, §6.4).

import { CKA } from '../../protocol/constants.ts';
import { TRUE } from '../attribute.ts';
import { bitsOf } from '../computed.ts';
import type { Kind, Rules } from '../rules.ts';
import { bigInteger, bool, ulong, withDefault } from '../rules.ts';
import { privateKey } from './private-key.ts';
import { publicKey } from './public-key.ts';
import { storage } from './storage.ts';

const domainParameters: Rules = {
  ...storage,
  [CKA.KEY_TYPE]: ulong(1),
  [CKA.LOCAL]: bool(2, 4),
};

const primeBits = { ...ulong(2, 3), computed: bitsOf(CKA.PRIME) };
const subprimeBits = { ...ulong(2, 3), computed: bitsOf(CKA.SUBPRIME) };

export const dsaPublic: Kind = {
  rules: {
    ...publicKey,
    ...withDefault(publicKey, TRUE, CKA.VERIFY),
    [CKA.PRIME]: bigInteger(1, 3),
    [CKA.SUBPRIME]: bigInteger(1, 3),
    [CKA.BASE]: bigInteger(1, 3),
    [CKA.VALUE]: bigInteger(1, 4),
  },
};

export const dsaPrivate: Kind = {
  rules: {
    ...privateKey,
    ...withDefault(privateKey, TRUE, CKA.SIGN),
    [CKA.PRIME]: bigInteger(1, 4, 6),
    [CKA.SUBPRIME]: bigInteger(1, 4, 6),
    [CKA.BASE]: bigInteger(1, 4, 6),
    [CKA.VALUE]: bigInteger(1, 4, 6, 7),
  },
};

export const dsaParameters: Kind = {
  rules: {
    ...domainParameters,
    [CKA.PRIME]: bigInteger(1, 4),
    [CKA.SUBPRIME]: bigInteger(1, 4),
    [CKA.BASE]: bigInteger(1, 4),
    [CKA.PRIME_BITS]: primeBits,
    // Not in the table, but the mechanisms contribute it; and without it the length follows from CKA_PRIME_BITS.
    [CKA.SUBPRIME_BITS]: { ...ulong(2), computed: bitsOf(CKA.SUBPRIME) },
  },
};

export const dhPublic: Kind = {
  rules: { ...publicKey, [CKA.PRIME]: bigInteger(1, 3), [CKA.BASE]: bigInteger(1, 3), [CKA.VALUE]: bigInteger(1, 4) },
};

export const dhPrivate: Kind = {
  rules: {
    ...privateKey,
    [CKA.PRIME]: bigInteger(1, 4, 6),
    [CKA.BASE]: bigInteger(1, 4, 6),
    [CKA.VALUE]: bigInteger(1, 4, 6, 7),
    [CKA.VALUE_BITS]: { ...ulong(2), computed: bitsOf(CKA.VALUE) },
  },
};

export const dhParameters: Kind = {
  rules: { ...domainParameters, [CKA.PRIME]: bigInteger(1, 4), [CKA.BASE]: bigInteger(1, 4), [CKA.PRIME_BITS]: primeBits },
};

export const x942Public: Kind = {
  rules: {
    ...publicKey,
    [CKA.PRIME]: bigInteger(1, 3),
    [CKA.BASE]: bigInteger(1, 3),
    [CKA.SUBPRIME]: bigInteger(1, 3),
    [CKA.VALUE]: bigInteger(1, 4),
  },
};

export const x942Private: Kind = {
  rules: {
    ...privateKey,
    [CKA.PRIME]: bigInteger(1, 4, 6),
    [CKA.BASE]: bigInteger(1, 4, 6),
    [CKA.SUBPRIME]: bigInteger(1, 4, 6),
    [CKA.VALUE]: bigInteger(1, 4, 6, 7),
  },
};

export const x942Parameters: Kind = {
  rules: {
    ...domainParameters,
    [CKA.PRIME]: bigInteger(1, 4),
    [CKA.BASE]: bigInteger(1, 4),
    [CKA.SUBPRIME]: bigInteger(1, 4),
    [CKA.PRIME_BITS]: primeBits,
    [CKA.SUBPRIME_BITS]: subprimeBits,
  },
};
