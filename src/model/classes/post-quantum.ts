// ML-KEM, ML-DSA and SLH-DSA keys (§6.67 to §6.69): CKA_PARAMETER_SET decides how long their values are.

import { CKA, CKP } from '../../protocol/constants.ts';
import type { Attributes } from '../attribute.ts';
import { TRUE, ulongOf } from '../attribute.ts';
import type { Constraint, Kind, Rule } from '../rules.ts';
import { bytes, ulong, withDefault } from '../rules.ts';
import { oneOf } from '../value.ts';
import { privateKey } from './private-key.ts';
import { publicKey } from './public-key.ts';

/** Bytes of CKA_VALUE by parameter set: [public, private]. */
type Sizes = ReadonlyMap<number, readonly [publicValue: number, privateValue: number]>;

// FIPS 203, table 3.
const mlKem: Sizes = new Map([
  [CKP.ML_KEM_512, [800, 1632]],
  [CKP.ML_KEM_768, [1184, 2400]],
  [CKP.ML_KEM_1024, [1568, 3168]],
]);

// FIPS 204, table 2.
const mlDsa: Sizes = new Map([
  [CKP.ML_DSA_44, [1312, 2560]],
  [CKP.ML_DSA_65, [1952, 4032]],
  [CKP.ML_DSA_87, [2592, 4896]],
]);

// FIPS 205, table 2: 2n and 4n.
const slhDsaSet = (set: number, n: number) => [set, [2 * n, 4 * n]] as const;
const slhDsa: Sizes = new Map([
  ...[CKP.SLH_DSA_SHA2_128S, CKP.SLH_DSA_SHAKE_128S, CKP.SLH_DSA_SHA2_128F, CKP.SLH_DSA_SHAKE_128F].map((set) => slhDsaSet(set, 16)),
  ...[CKP.SLH_DSA_SHA2_192S, CKP.SLH_DSA_SHAKE_192S, CKP.SLH_DSA_SHA2_192F, CKP.SLH_DSA_SHAKE_192F].map((set) => slhDsaSet(set, 24)),
  ...[CKP.SLH_DSA_SHA2_256S, CKP.SLH_DSA_SHAKE_256S, CKP.SLH_DSA_SHA2_256F, CKP.SLH_DSA_SHAKE_256F].map((set) => slhDsaSet(set, 32)),
]);

const PUBLIC = 0;
const PRIVATE = 1;
type Half = typeof PUBLIC | typeof PRIVATE;

const lengths = (sizes: Sizes, half: Half): readonly number[] => [...new Set([...sizes.values()].map((pair) => pair[half]))];

const parameterSet = (sizes: Sizes): Pick<Rule, 'valid' | 'refusal'> => ({
  valid: oneOf(...sizes.keys()),
  refusal: 'PARAMETER_SET_NOT_SUPPORTED',
});

const fitting = (sizes: Sizes, half: Half): Constraint => ({
  says: 'CKA_VALUE is as long as its parameter set makes it',
  holds: (object: Attributes) => {
    const value = object.get(CKA.VALUE);
    return value === undefined || sizes.get(ulongOf(object, CKA.PARAMETER_SET) ?? -1)?.[half] === value.length;
  },
});

/** "At least one of CKA_SEED and CKA_VALUE must be specified": the mechanism finds the other where it can. */
const seedOrValue: Constraint = {
  says: 'the key has neither CKA_SEED nor CKA_VALUE',
  holds: (object) => object.has(CKA.SEED) || object.has(CKA.VALUE),
  refusal: 'TEMPLATE_INCOMPLETE',
};

const publicKind = (sizes: Sizes, use: number): Kind => ({
  rules: {
    ...publicKey,
    ...withDefault(publicKey, TRUE, use),
    [CKA.PARAMETER_SET]: { ...ulong(1, 3), ...parameterSet(sizes) },
    [CKA.VALUE]: { ...bytes(1, 4), lengths: lengths(sizes, PUBLIC) },
  },
  constraints: [fitting(sizes, PUBLIC)],
});

const privateKind = (sizes: Sizes, use: number): Kind => ({
  rules: {
    ...privateKey,
    ...withDefault(privateKey, TRUE, use),
    [CKA.PARAMETER_SET]: { ...ulong(1, 4, 6), ...parameterSet(sizes), repeatable: true },
    [CKA.VALUE]: { ...bytes(1, 4, 6, 7), lengths: lengths(sizes, PRIVATE) },
  },
  constraints: [fitting(sizes, PRIVATE)],
});

const seededKind = (sizes: Sizes, use: number, seed: number): Kind => {
  const { rules, constraints = [] } = privateKind(sizes, use);
  return {
    rules: {
      ...rules,
      [CKA.SEED]: { ...bytes(4, 6, 7), lengths: [seed] },
      // Not required (1): see seedOrValue.
      [CKA.VALUE]: { ...rules[CKA.VALUE]!, ...bytes(4, 6, 7) },
    },
    constraints: [...constraints, seedOrValue],
  };
};

export const mlKemPublic = publicKind(mlKem, CKA.ENCAPSULATE);
export const mlKemPrivate = seededKind(mlKem, CKA.DECAPSULATE, 64);
export const mlDsaPublic = publicKind(mlDsa, CKA.VERIFY);
export const mlDsaPrivate = seededKind(mlDsa, CKA.SIGN, 32);
export const slhDsaPublic = publicKind(slhDsa, CKA.VERIFY);
export const slhDsaPrivate = privateKind(slhDsa, CKA.SIGN);
