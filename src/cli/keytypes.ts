// The kinds of key that `keygen` makes and `objects` names: rows. `rsa:2048` is a kind and a size, `ed25519` a kind alone.

import type { Template } from 'pkcs11js';
import { CKA, CKK, CKM, CKP } from '../protocol/constants.ts';
import { EXIT, Failure } from './failure.ts';

export interface Recipe {
  readonly mechanism: number;
  readonly pair: boolean;
  /** What says the size: in the public key's template of a pair, in the key's own otherwise. */
  readonly size: Template;
  readonly uses: readonly string[];
}

interface KeyType {
  readonly name: string;
  readonly keyType: number;
  readonly sizes: readonly string[];
  readonly recipe: (size: string) => Recipe;
}

/** CKA_EC_PARAMS by the name of the curve: the DER of its object identifier. */
const CURVES: Readonly<Record<string, string>> = {
  p224: '06052b81040021',
  p256: '06082a8648ce3d030107',
  p384: '06052b81040022',
  p521: '06052b81040023',
  secp256k1: '06052b8104000a',
  ed25519: '06032b6570',
  ed448: '06032b6571',
  x25519: '06032b656e',
  x448: '06032b656f',
};

const parameters = (curve: string): Template => [{ type: CKA.EC_PARAMS, value: Buffer.from(CURVES[curve] ?? '', 'hex') }];

const curveAlone = (name: string, keyType: number, mechanism: number, ...uses: string[]): KeyType => ({
  name,
  keyType,
  sizes: [],
  recipe: () => ({ mechanism, pair: true, size: parameters(name), uses }),
});

const secret = (name: string, keyType: number, mechanism: number, sizes: string[], bitsPerUnit: number, ...uses: string[]): KeyType => ({
  name,
  keyType,
  sizes,
  recipe: (size) => ({ mechanism, pair: false, size: [{ type: CKA.VALUE_LEN, value: (Number(size) * bitsPerUnit) / 8 }], uses }),
});

const parameterSets = (name: string, keyType: number, mechanism: number, sets: Record<string, number>, ...uses: string[]): KeyType => ({
  name,
  keyType,
  sizes: Object.keys(sets),
  recipe: (size) => ({ mechanism, pair: true, size: [{ type: CKA.PARAMETER_SET, value: sets[size] ?? 0 }], uses }),
});

export const KEY_TYPES: readonly KeyType[] = [
  {
    name: 'rsa',
    keyType: CKK.RSA,
    sizes: ['1024', '2048', '3072', '4096', '8192'],
    recipe: (size) => ({
      mechanism: CKM.RSA_PKCS_KEY_PAIR_GEN,
      pair: true,
      size: [
        { type: CKA.MODULUS_BITS, value: Number(size) },
        { type: CKA.PUBLIC_EXPONENT, value: Buffer.from([1, 0, 1]) },
      ],
      uses: ['sign', 'encrypt'],
    }),
  },
  {
    name: 'ec',
    keyType: CKK.EC,
    sizes: ['p224', 'p256', 'p384', 'p521', 'secp256k1'],
    recipe: (curve) => ({ mechanism: CKM.EC_KEY_PAIR_GEN, pair: true, size: parameters(curve), uses: ['sign', 'derive'] }),
  },
  curveAlone('ed25519', CKK.EC_EDWARDS, CKM.EC_EDWARDS_KEY_PAIR_GEN, 'sign'),
  curveAlone('ed448', CKK.EC_EDWARDS, CKM.EC_EDWARDS_KEY_PAIR_GEN, 'sign'),
  curveAlone('x25519', CKK.EC_MONTGOMERY, CKM.EC_MONTGOMERY_KEY_PAIR_GEN, 'derive'),
  curveAlone('x448', CKK.EC_MONTGOMERY, CKM.EC_MONTGOMERY_KEY_PAIR_GEN, 'derive'),
  secret('aes', CKK.AES, CKM.AES_KEY_GEN, ['128', '192', '256'], 1, 'encrypt', 'wrap'),
  secret('generic', CKK.GENERIC_SECRET, CKM.GENERIC_SECRET_KEY_GEN, ['16', '20', '32', '48', '64'], 8, 'sign', 'derive'),
  parameterSets('ml-dsa', CKK.ML_DSA, CKM.ML_DSA_KEY_PAIR_GEN, { 44: CKP.ML_DSA_44, 65: CKP.ML_DSA_65, 87: CKP.ML_DSA_87 }, 'sign'),
  parameterSets(
    'ml-kem',
    CKK.ML_KEM,
    CKM.ML_KEM_KEY_PAIR_GEN,
    { 512: CKP.ML_KEM_512, 768: CKP.ML_KEM_768, 1024: CKP.ML_KEM_1024 },
    'encapsulate',
  ),
];

const choices = ({ name, sizes }: KeyType) => (sizes.length === 0 ? [name] : sizes.map((size) => `${name}:${size}`));

export const EVERY_TYPE = KEY_TYPES.flatMap(choices);

/** The recipe for what was typed after --type. */
export function recipeFor(typed: string): Recipe {
  const type = KEY_TYPES.find((row) => choices(row).includes(typed));
  if (!type) throw new Failure(`There is no key type "${typed}"; the types are ${EVERY_TYPE.join(', ')}.`, EXIT.usage);
  return type.recipe(typed.slice(type.name.length + 1));
}

/** The curve's name behind CKA_EC_PARAMS, if it is one of the table's. */
export const curveNamed = (ecParams: Buffer): string | undefined =>
  Object.keys(CURVES).find((name) => CURVES[name] === ecParams.toString('hex'));

export const keyTypeNamed = (keyType: number): string | undefined => {
  const rows = KEY_TYPES.filter((row) => row.keyType === keyType);
  return rows.length === 1 ? rows[0]?.name : undefined;
};
