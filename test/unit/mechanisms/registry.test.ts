import { describe, expect, test } from 'vitest';
import type { Operations } from '../../../src/mechanisms/mechanism.ts';
import { flagsOf, registry } from '../../../src/mechanisms/registry.ts';
import { secretKeys } from '../../../src/model/classes/secret-key.ts';
import { CKF, CKK, CKM } from '../../../src/protocol/constants.ts';
import { created, hex, keyOf, operation } from './fixture.ts';

const mechanisms = registry({ legacy: true });
const nameOf = new Map(Object.entries(CKM).map(([name, value]) => [value as number, name]));
const rows = [...mechanisms].map(([type, mechanism]) => [nameOf.get(type) ?? `0x${type.toString(16)}`, mechanism] as const);

/** The standard's "key type" columns, by the mechanism's name; the first that fits holds. 'any' is any secret key, 'none' no key at all. */
const keyTypes: readonly (readonly [RegExp, readonly (keyof typeof CKK)[] | 'any' | 'none'])[] = [
  [/^TLS|^SSL3/, ['GENERIC_SECRET']],
  [/^CONCATENATE|^XOR|^IKE|^EXTRACT|_KEY_DERIV(E|ATION)$|^SP800_108/, 'any'],
  [/^HOTP/, ['HOTP']],
  [/^PBE_SHA1_DES3/, ['DES3']],
  [/^PBE_SHA1_DES2/, ['DES2']],
  [/^PBE_SHA1_RC2/, ['RC2']],
  [/^PBE_SHA1_RC4/, ['RC4']],
  [/^PBA_/, ['GENERIC_SECRET']],
  [/^PUB_KEY_FROM_PRIV_KEY$|^PKCS5_PBKD2$/, 'none'],
  [/^HKDF_KEY_GEN/, ['HKDF']],
  [/^HKDF/, ['HKDF', 'GENERIC_SECRET']],
  [/MONTGOMERY|^ECDH_X/, ['EC_MONTGOMERY']],
  [/^ECDH1_DERIVE|^ECDH_AES/, ['EC', 'EC_MONTGOMERY']],
  [/ML_KEM/, ['ML_KEM']],
  [/ML_DSA/, ['ML_DSA']],
  [/SLH_DSA/, ['SLH_DSA']],
  [/^HSS/, ['HSS']],
  [/^XMSSMT/, ['XMSSMT']],
  [/^XMSS/, ['XMSS']],
  [/^DSA/, ['DSA']],
  [/^DH_/, ['DH']],
  [/^X9_42/, ['X9_42_DH']],
  [/RSA/, ['RSA']],
  [/EDDSA|EDWARDS/, ['EC_EDWARDS']],
  [/ECDSA|^EC_|^ECDH/, ['EC']],
  [/^AES_XTS/, ['AES_XTS']],
  [/^AES_/, ['AES']],
  [/^GENERIC_SECRET/, ['GENERIC_SECRET']],
  [/^CHACHA20/, ['CHACHA20']],
  [/^POLY1305/, ['POLY1305']],
  [/^DES2_KEY_GEN/, ['DES2']],
  [/^DES3_KEY_GEN/, ['DES3']],
  [/^DES3_/, ['DES2', 'DES3']],
  [/^DES_[OC]FB/, ['DES', 'DES2', 'DES3']],
  [/^DES_/, ['DES']],
  [/^SEED_/, ['SEED']],
  [/^BLOWFISH_/, ['BLOWFISH']],
  [/^CAST128_/, ['CAST128']],
  [/^IDEA_/, ['IDEA']],
  [/^RC2_/, ['RC2']],
  [/^RC4/, ['RC4']],
  [/^CAMELLIA/, ['CAMELLIA']],
  [/^ARIA/, ['ARIA']],
];
const secrets = [...secretKeys.keys()];
function keyTypesOf(name: string): number[] {
  const hmac = /^(.*_HMAC)(_GENERAL)?$/.exec(name);
  const generated = `${/^(.*)_KEY_GEN$/.exec(name)?.[1]}_HMAC`;
  if (generated in CKK) return [CKK[generated as keyof typeof CKK]];
  const names = hmac ? ['GENERIC_SECRET', hmac[1]] : (keyTypes.find(([pattern]) => pattern.test(name))?.[1] ?? []);
  if (names === 'any') return secrets;
  if (names === 'none') return [];
  return names.map((each) => CKK[each as keyof typeof CKK]);
}

describe('the registry', () => {
  test('has no mechanism twice, and none without a name', () => {
    expect(new Set(rows.map(([name]) => name)).size).toBe(mechanisms.size);
    expect(rows.filter(([name]) => name.startsWith('0x'))).toEqual([]);
  });

  test('lists every mechanism that is promised', () => {
    const hashes = ['SHA224', 'SHA256', 'SHA384', 'SHA512'];
    const sha3 = ['SHA3_224', 'SHA3_256', 'SHA3_384', 'SHA3_512'];
    const digests = ['SHA_1', ...hashes, ...sha3, 'SHA512_224', 'SHA512_256'];
    const signatures = ['SHA1', ...hashes, ...sha3].flatMap((hash) => [`${hash}_RSA_PKCS`, `${hash}_RSA_PKCS_PSS`, `ECDSA_${hash}`]);
    const promised = [
      ...['RSA_PKCS_KEY_PAIR_GEN', 'EC_KEY_PAIR_GEN', 'EC_EDWARDS_KEY_PAIR_GEN', 'AES_KEY_GEN', 'GENERIC_SECRET_KEY_GEN'],
      ...['RSA_PKCS', 'RSA_X_509', 'RSA_PKCS_PSS', 'ECDSA', 'EDDSA'],
      ...['AES_ECB', 'AES_CBC', 'AES_CBC_PAD', 'AES_CTR', 'AES_GCM'],
      ...signatures,
      ...digests.flatMap((hash) => [hash, `${hash}_HMAC`, `${hash}_HMAC_GENERAL`]),
    ];
    expect(promised.filter((name) => !mechanisms.has(CKM[name as keyof typeof CKM]))).toEqual([]);
  });

  test.each(rows)('%s works on the key types that the standard gives it, and on no other', (name, { keyType }) => {
    const takes = [keyType ?? []].flat();
    const every = [...new Set<number>(Object.values(CKK))];
    expect(every.filter((type) => takes.includes(type))).toEqual(every.filter((type) => keyTypesOf(name).includes(type)));
  });

  test.each(rows)('%s has the flags of what it does', (_, mechanism) => {
    const { operations } = mechanism;
    const flagged: Partial<Record<keyof Operations, number>> = {
      digest: CKF.DIGEST,
      sign: CKF.SIGN,
      verify: CKF.VERIFY,
      signRecover: CKF.SIGN_RECOVER,
      verifyRecover: CKF.VERIFY_RECOVER,
      encrypt: CKF.ENCRYPT,
      decrypt: CKF.DECRYPT,
      generateKey: CKF.GENERATE,
      generateKeyPair: CKF.GENERATE_KEY_PAIR,
      wrapKey: CKF.WRAP,
      unwrapKey: CKF.UNWRAP,
      deriveKey: CKF.DERIVE,
      encapsulateKey: CKF.ENCAPSULATE,
      decapsulateKey: CKF.DECAPSULATE,
      messageEncrypt: CKF.MESSAGE_ENCRYPT,
      messageDecrypt: CKF.MESSAGE_DECRYPT,
      messageSign: CKF.MESSAGE_SIGN,
      messageVerify: CKF.MESSAGE_VERIFY,
    };
    const flags = flagsOf(mechanism);
    const does = (name: string): boolean => name in operations || (name === 'sign' && 'signStateful' in operations);
    for (const [name, flag] of Object.entries(flagged)) expect((flags & flag) !== 0).toBe(does(name));
    expect(flags & CKF.HW).toBe(0);
  });

  test('mechanisms on curves tell how a curve may be named and a point written', () => {
    const flags = CKF.EC_F_P | CKF.EC_OID | CKF.EC_CURVENAME | CKF.EC_UNCOMPRESS;
    for (const name of ['EC_KEY_PAIR_GEN', 'ECDSA', 'EDDSA'] as const) expect(flagsOf(mechanisms.get(CKM[name])!) & flags).toBe(flags);
  });

  test('key sizes are in the unit of the standard', () => {
    const sizes = (name: keyof typeof CKM) => mechanisms.get(CKM[name])?.keySize;
    expect(sizes('RSA_PKCS_KEY_PAIR_GEN')).toEqual([1024, 16384]);
    expect(sizes('ECDSA')).toEqual([160, 521]);
    expect(sizes('EDDSA')).toEqual([255, 448]);
    expect(sizes('AES_GCM')).toEqual([16, 32]);
    expect(sizes('GENERIC_SECRET_KEY_GEN')).toEqual([8, 4096]);
    expect(sizes('SHA256')).toEqual([0, 0]);
  });
});

describe('a key in the wrong hands', () => {
  test('a key without what the operation needs is an error of the application, not of the engine', () => {
    const empty = keyOf(new Map());
    const parameters = [null, hex('00'.repeat(16)), hex('00'.repeat(24)), hex('0100000000000000')];
    for (const [, { operations }] of rows) {
      for (const which of ['sign', 'verify', 'encrypt', 'decrypt'] as const) {
        for (const parameter of parameters) {
          const begin = operations[which];
          if (begin !== undefined) expect(() => begin(empty, parameter)).toThrow(/^CKR_(KEY_TYPE_INCONSISTENT|MECHANISM_PARAM_INVALID):/);
        }
      }
    }
  });

  test('a public key signs nothing', () => {
    const point = hex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c');
    const key = created('PUBLIC_KEY', 'EC_EDWARDS', { EC_PARAMS: hex('06032b6570'), EC_POINT: point });
    expect(() => operation('EDDSA', 'sign')(key, null)).toThrow('CKR_KEY_TYPE_INCONSISTENT:');
  });

  test('a mechanism without a parameter takes none', () => {
    for (const [name, { operations, keyType }] of rows) {
      if (keyType !== undefined || operations.digest === undefined) continue;
      expect(() => operations.digest!(hex('00')), name).toThrow('CKR_MECHANISM_PARAM_INVALID:');
      expect(operations.digest(hex('')).size, name).toBeGreaterThan(0);
    }
  });
});
