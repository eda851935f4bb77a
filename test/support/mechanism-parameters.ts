// A good parameter for every mechanism that has one.
import { CK, CKA, CKD, CKF, CKG, CKK, CKM, CKO, CKP, CKZ } from '../../src/protocol/constants.ts';
import { array, type Members, structure, ulong, ulongs } from './cryptoki.ts';
import type { KeyRing } from './mechanism-keys.ts';

/** What a parameter may depend on: the keys that there are, the type of the one that is used, and what for. */
export interface Asked {
  readonly keys: KeyRing;
  readonly keyType: number;
  readonly flag: keyof typeof CKF;
  /** Bytes of data. */
  readonly length: number;
}
type Make = (asked: Asked) => Uint8Array;

const bytes = (length: number): Buffer => Buffer.alloc(length, 7);
const DATA = bytes(32);
const of =
  (name: string, members: Members | ((asked: Asked) => Members)): Make =>
  (asked) =>
    structure(name, typeof members === 'function' ? members(asked) : members);
const just =
  (parameter: Uint8Array): Make =>
  () =>
    parameter;

/** Of SHA-1's family name in a mechanism's: SHA256_RSA_PKCS_PSS. */
const hashIn = (name: string): { hash: number; mgf: number; size: number } => {
  const [, hash = 'SHA256'] = /(SHA3_\d+|SHA\d+)/.exec(name) ?? [];
  const [digest, bits] = hash === 'SHA1' ? ['SHA_1', 160] : [hash, Number(hash.slice(-3))];
  return { hash: CKM[digest as keyof typeof CKM], mgf: CKG[`MGF1_${hash}` as keyof typeof CKG], size: bits / 8 };
};
const pss = (name: string): Make => {
  const { hash, mgf, size } = hashIn(name);
  return just(structure('CK_RSA_PKCS_PSS_PARAMS', [hash, mgf, size]));
};
const oaep = structure('CK_RSA_PKCS_OAEP_PARAMS', [CKM.SHA256, CKG.MGF1_SHA256, CKZ.DATA_SPECIFIED, null, 0]);

/** An encapsulation's ciphertext is what the other side sends. */
const theirs = ({ keys, keyType, flag }: Asked): Members => {
  const value = flag === 'DERIVE' ? keys.publicValue(keyType) : null;
  return { kdf: CKD.NULL, pPublicData: value, ulPublicDataLen: value?.length ?? 0 };
};
const random = { pClientRandom: DATA, ulClientRandomLen: 32, pServerRandom: DATA, ulServerRandomLen: 32 };
const nonces = { pNi: DATA, ulNiLen: 32, pNr: DATA, ulNrLen: 32 };
const generic = ({ keys }: Asked): number => keys.of(CKK.GENERIC_SECRET).privateKey;
const keyMaterial = {
  ...{ ulMacSizeInBits: 128, ulKeySizeInBits: 128, ulIVSizeInBits: 128, RandomInfo: random },
  pReturnedKeyMaterial: structure('CK_SSL3_KEY_MAT_OUT', { pIVClient: bytes(16), pIVServer: bytes(16) }),
};
const counter = structure('CK_SP800_108_COUNTER_FORMAT', [0, 32]);
const input = (first: readonly [number, Uint8Array | null]): Members => ({
  ...{ prfType: CKM.SHA256_HMAC, ulNumberOfDataParams: 2 },
  pDataParams: array(
    'CK_PRF_DATA_PARAM',
    [first, [CK.SP800_108_BYTE_ARRAY, DATA] as const].map(([type, value]) => [type, value, value?.length ?? 0]),
  ),
});
const blockCipher = (block: number): Make => just(bytes(block));
const password = { pPassword: DATA, ulPasswordLen: 32, pSalt: DATA, ulSaltLen: 32, ulIteration: 2 };
const cbcData = (name: string, block: number) => of(name, [bytes(block), DATA, 32]);

const parameters: readonly (readonly [RegExp, Make])[] = [
  [/^RC2_(ECB|MAC)$/, just(ulong(64))],
  [/^RC2_CBC/, just(structure('CK_RC2_CBC_PARAMS', [64, bytes(8)]))],
  [/^RC2_MAC_GENERAL$/, just(ulongs(64, 4))],
  [/_HMAC_GENERAL$|_MAC_GENERAL$|^SSL3_(MD5|SHA1)_MAC$/, just(ulong(4))],
  [/_CMAC_GENERAL$/, just(ulong(4))],
  [/^HASH_(ML|SLH)_DSA$/, of('CK_HASH_SIGN_ADDITIONAL_CONTEXT', { hash: CKM.SHA256 })],
  [/^RSA_PKCS_OAEP$/, just(oaep)],
  [/^RSA_AES_KEY_WRAP$/, of('CK_RSA_AES_KEY_WRAP_PARAMS', [256, oaep])],
  [/^ECDH1_/, of('CK_ECDH1_DERIVE_PARAMS', theirs)],
  [/^ECDH_/, of('CK_ECDH_AES_KEY_WRAP_PARAMS', [256, CKD.SHA256_KDF, 0, null])],
  [/^DH_PKCS_DERIVE$/, ({ keys, keyType, flag }) => (flag === 'DERIVE' ? keys.publicValue(keyType) : bytes(0))],
  [/^X9_42_DH_DERIVE$/, of('CK_X9_42_DH1_DERIVE_PARAMS', theirs)],
  [
    /^X9_42_DH_HYBRID_DERIVE$/,
    of('CK_X9_42_DH2_DERIVE_PARAMS', (asked) => {
      const value = asked.keys.publicValue(asked.keyType);
      const passing = asked.keys.of(asked.keyType).privateKey;
      const size = { ulPrivateDataLen: value.length, ulPublicDataLen2: value.length };
      return { ...(theirs(asked) as object), kdf: CKD.SHA1_KDF_CONCATENATE, ...size, hPrivateData: passing, pPublicData2: value };
    }),
  ],
  [/^(AES|CAMELLIA)_CTR$/, just(structure('CK_AES_CTR_PARAMS', [128, bytes(16)]))],
  [/^AES_G(CM|MAC)$/, of('CK_GCM_PARAMS', [bytes(12), 12, 96, null, 0, 128])],
  [/^AES_CCM$/, of('CK_CCM_PARAMS', ({ flag, length }) => [/WRAP/.test(flag) ? 16 : length, bytes(12), 12, null, 0, 16])],
  [/^CHACHA20$/, of('CK_CHACHA20_PARAMS', [bytes(4), 32, bytes(12), 96])],
  [/^CHACHA20_POLY1305$/, of('CK_SALSA20_CHACHA20_POLY1305_PARAMS', [bytes(12), 96, null, 0])],
  [/^(DES3?)_CBC_ENCRYPT_DATA$/, cbcData('CK_DES_CBC_ENCRYPT_DATA_PARAMS', 8)],
  [/_CBC_ENCRYPT_DATA$/, cbcData('CK_AES_CBC_ENCRYPT_DATA_PARAMS', 16)],
  [/_ECB_ENCRYPT_DATA$|_AND_DATA$|^CONCATENATE_DATA_AND_BASE$/, of('CK_KEY_DERIVATION_STRING_DATA', [DATA, 32])],
  [/^CONCATENATE_BASE_AND_KEY$/, (asked) => ulong(generic(asked))],
  [/^EXTRACT_KEY_FROM_KEY$/, just(ulong(3))],
  [/^(DES3?|BLOWFISH|CAST128|IDEA)_CBC(_PAD)?$|^DES_[OC]FB/, blockCipher(8)],
  [/^AES_(OFB|CFB\d+|CTS|XTS)$|^(AES|CAMELLIA|ARIA|SEED)_CBC(_PAD)?$/, blockCipher(16)],
  [/^HKDF_(DERIVE|DATA)$/, of('CK_HKDF_PARAMS', { bExtract: 1, bExpand: 1, prfHashMechanism: CKM.SHA256, ulSaltType: CKF.HKDF_SALT_NULL })],
  [
    /^PKCS5_PBKD2$/,
    of('CK_PKCS5_PBKD2_PARAMS2', {
      ...{ saltSource: CKZ.SALT_SPECIFIED, pSaltSourceData: DATA, ulSaltSourceDataLen: 32, iterations: 2 },
      ...{ prf: CKP.PKCS5_PBKD2_HMAC_SHA256, pPassword: DATA, ulPasswordLen: 32 },
    }),
  ],
  [/^PB[EA]_SHA1/, of('CK_PBE_PARAMS', () => ({ ...password, pInitVector: Buffer.alloc(8) }))],
  [/^SP800_108_COUNTER/, of('CK_SP800_108_KDF_PARAMS', input([CK.SP800_108_ITERATION_VARIABLE, counter]))],
  [/^SP800_108_FEEDBACK/, of('CK_SP800_108_FEEDBACK_KDF_PARAMS', input([CK.SP800_108_ITERATION_VARIABLE, null]))],
  [/^SP800_108_DOUBLE/, of('CK_SP800_108_KDF_PARAMS', input([CK.SP800_108_ITERATION_VARIABLE, null]))],
  [/^(SSL3|TLS)_PRE_MASTER_KEY_GEN$/, just(Buffer.of(3, 1))],
  [/^(SSL3|TLS)_MASTER_KEY_DERIVE/, of('CK_SSL3_MASTER_KEY_DERIVE_PARAMS', { RandomInfo: random, pVersion: Buffer.alloc(2) })],
  [/^(SSL3|TLS)_KEY_AND_MAC_DERIVE$/, of('CK_SSL3_KEY_MAT_PARAMS', keyMaterial)],
  [/^TLS_PRF$/, of('CK_TLS_PRF_PARAMS', [DATA, 32, DATA, 32, bytes(16), ulong(16)])],
  [
    /^TLS12_MASTER_KEY_DERIVE/,
    of('CK_TLS12_MASTER_KEY_DERIVE_PARAMS', { RandomInfo: random, pVersion: Buffer.alloc(2), prfHashMechanism: CKM.SHA256 }),
  ],
  [
    /^TLS12_EXTENDED/,
    of('CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS', {
      ...{ prfHashMechanism: CKM.SHA256, pSessionHash: DATA, ulSessionHashLen: 32, pVersion: Buffer.alloc(2) },
    }),
  ],
  [/^TLS12_KEY_/, of('CK_TLS12_KEY_MAT_PARAMS', { ...keyMaterial, prfHashMechanism: CKM.SHA256 })],
  [/^TLS(12)?_KDF$/, of('CK_TLS_KDF_PARAMS', { prfMechanism: CKM.SHA256, pLabel: DATA, ulLabelLength: 32, RandomInfo: random })],
  [/^TLS(12)?_MAC$/, just(ulongs(CKM.SHA256, 12, 1))],
  [/^IKE2_/, of('CK_IKE2_PRF_PLUS_DERIVE_PARAMS', { prfMechanism: CKM.SHA256_HMAC, pSeedData: DATA, ulSeedDataLen: 32 })],
  [/^IKE_PRF/, of('CK_IKE_PRF_DERIVE_PARAMS', { prfMechanism: CKM.SHA256_HMAC, ...nonces })],
  [
    /^IKE1_PRF/,
    of('CK_IKE1_PRF_DERIVE_PARAMS', (asked) => ({
      ...{ prfMechanism: CKM.SHA256_HMAC, hKeygxy: generic(asked), pCKYi: DATA, ulCKYiLen: 8, pCKYr: DATA, ulCKYrLen: 8 },
    })),
  ],
  [/^IKE1_EXTENDED/, of('CK_IKE1_EXTENDED_DERIVE_PARAMS', { prfMechanism: CKM.SHA256_HMAC, pExtraData: DATA, ulExtraDataLen: 32 })],
];

/** What C_SignInit and its like are given, or null. */
export function parameterFor(name: string, asked: Asked): Uint8Array | null {
  if (/_PSS$/.test(name)) return pss(name)(asked);
  const make = parameters.find(([names]) => names.test(name))?.[1];
  return make?.(asked) ?? null;
}

/** Of one message, for what has message-based encryption and authenticated wrapping. The tag stands in it afterwards. */
export function messageParameter(name: string, length: number): Buffer {
  if (name === 'AES_GCM') return structure('CK_GCM_MESSAGE_PARAMS', [bytes(12), 12, 0, CKG.NO_GENERATE, Buffer.alloc(16), 128]);
  if (name === 'AES_CCM') return structure('CK_CCM_MESSAGE_PARAMS', [length, bytes(12), 12, 0, CKG.NO_GENERATE, Buffer.alloc(16), 16]);
  return structure('CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS', [bytes(12), 96, Buffer.alloc(16)]);
}

/** Where a derivation's template says more than that it wants a generic secret. */
export const templateOfDerived = (name: string): Readonly<Record<number, number | boolean>> => {
  if (name === 'HKDF_DATA') return { [CKA.CLASS]: CKO.DATA, [CKA.VALUE_LEN]: 16 };
  if (name === 'PUB_KEY_FROM_PRIV_KEY') return { [CKA.CLASS]: CKO.PUBLIC_KEY, [CKA.KEY_TYPE]: CKK.RSA };
  if (/KEY_AND_MAC|KEY_SAFE/.test(name)) return { [CKA.CLASS]: CKO.SECRET_KEY, [CKA.KEY_TYPE]: CKK.AES };
  const own = /MASTER_KEY_DERIVE|^IKE_PRF/.test(name);
  return { [CKA.CLASS]: CKO.SECRET_KEY, [CKA.KEY_TYPE]: CKK.GENERIC_SECRET, ...(!own && { [CKA.VALUE_LEN]: 16 }) };
};
