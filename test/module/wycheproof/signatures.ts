// How the vectors for signatures and MACs are asked.
import { CKG, CKH, CKM, CKP } from '../../../src/protocol/constants.ts';
import { ulong } from '../../support/cryptoki.ts';
import type { Mechanism } from '../../support/functions.ts';
import { privateKey, publicKey, secretKey } from '../../support/operations.ts';
import { struct } from '../../support/parameter.ts';
import { type Group, hex, type Judge, type Vector } from './vectors.ts';

type CkmName = keyof typeof CKM;

const fieldsOf = (value: unknown) => value as Readonly<Record<string, string>>;

/** SHA-256 as PKCS#11 writes it in its names, and by itself. */
const hashed = (name: unknown, before: string, after: string): number => {
  const own = String(name).replaceAll('-', '');
  return CKM[`${before}${own}${after}` as CkmName];
};
export const hash = (name: unknown): number => CKM[String(name).replace('SHA-1', 'SHA_1').replace(/^SHA-/, 'SHA') as CkmName];
export const mask = (name: unknown): number => CKG[`MGF1_${String(name).replaceAll('-', '')}` as keyof typeof CKG];

/** CKA_EC_PARAMS by the curve's name, as any of v3.2's forms: a PrintableString. */
export const curve = (name: string): Buffer => Buffer.from([0x13, name.length, ...Buffer.from(name)]);

const rsaPublicKey = ({ publicKey: key }: Group) =>
  publicKey('RSA', { MODULUS: hex(fieldsOf(key).modulus), PUBLIC_EXPONENT: hex(fieldsOf(key).publicExponent), VERIFY: true });

/** All parts that the file has of a private key; the token makes up for the others. */
export const rsaPrivateKey = ({ privateKey: key }: Group, use: 'SIGN' | 'DECRYPT') => {
  const { modulus, publicExponent, privateExponent, prime1, prime2, exponent1, exponent2, coefficient } = fieldsOf(key);
  const whole = { MODULUS: hex(modulus), PUBLIC_EXPONENT: hex(publicExponent), PRIVATE_EXPONENT: hex(privateExponent), [use]: true };
  if (prime1 === undefined) return privateKey('RSA', whole);
  const parts = { PRIME_1: hex(prime1), PRIME_2: hex(prime2), EXPONENT_1: hex(exponent1), EXPONENT_2: hex(exponent2) };
  return privateKey('RSA', { ...whole, ...parts, COEFFICIENT: hex(coefficient), UNWRAP: true });
};

type KeyOf = (group: Group, vector: Vector) => ReturnType<typeof publicKey>;
type MechanismOf = (group: Group, vector: Vector) => Mechanism;

const verifies =
  (keyOf: KeyOf, mechanismOf: MechanismOf): Judge =>
  (user, group, vector) => {
    const key = user.create(keyOf(group, vector));
    user.verifyEveryWay(mechanismOf(group, vector), key, hex(vector.msg), hex(vector.sig ?? vector.tag));
    return true;
  };

export const rsa = verifies(rsaPublicKey, ({ sha }) => ({ mechanism: hashed(sha, '', '_RSA_PKCS') }));
export const rsaPss = verifies(rsaPublicKey, ({ sha, mgfSha, sLen }) => ({
  mechanism: hashed(sha, '', '_RSA_PKCS_PSS'),
  parameter: struct('CK_RSA_PKCS_PSS_PARAMS', { hashAlg: hash(sha), mgf: mask(mgfSha), sLen: sLen as number }),
}));
export const ecdsa = verifies(
  ({ publicKey: key }) =>
    publicKey('EC', { EC_PARAMS: curve(fieldsOf(key).curve!), EC_POINT: hex(fieldsOf(key).uncompressed), VERIFY: true }),
  ({ sha }) => ({ mechanism: hashed(sha, 'ECDSA_', '') }),
);
export const eddsa = verifies(
  ({ publicKey: key }) =>
    publicKey('EC_EDWARDS', { EC_PARAMS: curve(fieldsOf(key).curve!), EC_POINT: hex(fieldsOf(key).pk), VERIFY: true }),
  () => ({ mechanism: CKM.EDDSA }),
);

/** Signed again, which must make the vector's signature; a MAC besides is verified. */
const signs =
  (keyOf: KeyOf, mechanismOf: MechanismOf): Judge =>
  (user, group, vector) => {
    const key = user.create(keyOf(group, vector));
    return hex(vector.sig).equals(user.signEveryWay(mechanismOf(group, vector), key, hex(vector.msg)));
  };

export const rsaSigning = signs(
  (group) => rsaPrivateKey(group, 'SIGN'),
  ({ sha }) => ({ mechanism: hashed(sha, '', '_RSA_PKCS') }),
);

const mac = (keyType: 'GENERIC_SECRET' | 'AES', mechanismOf: MechanismOf): Judge => {
  return (user, group, vector) => {
    const key = user.create(secretKey(keyType, { VALUE: hex(vector.key), SIGN: true, VERIFY: true }));
    const mechanism = mechanismOf(group, vector);
    user.verifyEveryWay(mechanism, key, hex(vector.msg), hex(vector.tag));
    return hex(vector.tag).equals(user.signEveryWay(mechanism, key, hex(vector.msg)));
  };
};

const bytesOfTag = ({ tagSize }: Group) => (tagSize as number) / 8;

/** Tags are whole or cut, so that this is the _GENERAL form of a mechanism. */
export const generalMac = (name: CkmName, keyType: 'GENERIC_SECRET' | 'AES' = 'GENERIC_SECRET'): Judge =>
  mac(keyType, (group) => ({ mechanism: CKM[name], parameter: ulong(bytesOfTag(group)) }));

export const gmac = mac('AES', ({ tagSize }, { iv }) => ({
  mechanism: CKM.AES_GMAC,
  parameter: struct('CK_GCM_PARAMS', { pIv: hex(iv), ulIvBits: hex(iv).length * 8, ulTagBits: tagSize as number }),
}));

const context = ({ ctx }: Vector, hedgeVariant: number): Buffer =>
  struct('CK_SIGN_ADDITIONAL_CONTEXT', { hedgeVariant, pContext: ctx === undefined ? null : hex(ctx) });

type ParameterSet = 'ML_DSA_44' | 'ML_DSA_65' | 'ML_DSA_87';
export const mlDsa = (set: ParameterSet): Judge =>
  verifies(
    (group) => publicKey('ML_DSA', { PARAMETER_SET: CKP[set], VALUE: hex(group.publicKey), VERIFY: true }),
    (_, vector) => ({ mechanism: CKM.ML_DSA, parameter: context(vector, CKH.HEDGE_PREFERRED) }),
  );
export const mlDsaSigning = (set: ParameterSet): Judge =>
  signs(
    (group) => privateKey('ML_DSA', { PARAMETER_SET: CKP[set], SEED: hex(group.privateSeed), SIGN: true }),
    (_, vector) => ({ mechanism: CKM.ML_DSA, parameter: context(vector, CKH.DETERMINISTIC_REQUIRED) }),
  );
