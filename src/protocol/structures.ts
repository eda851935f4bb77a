// Mechanism parameters that hold pointers: how each structure is flattened. native/pkcs11/parameters.c is generated from these rows:
// field by field, in the order given here. What a function writes into a structure comes back the same way.

/**
 * A field, by its place in the structure: a member, a member's member (`a.b`), or what a pointer leads to (`a->b`, `*a`; nothing where
 * that pointer is NULL). The last name of the path is the field's. A length that goes with a pointer does not cross twice.
 */
export type ParameterField = { readonly path: string } & (
  | { readonly kind: 'ulong' }
  /** A pointer, with the member that holds its length: in bytes, in bits, or as `nonce` in either. */
  | { readonly kind: 'bytes' | 'bits' | 'nonce'; readonly length: string; readonly way: Way }
  /** A pointer to so many bytes. */
  | { readonly kind: 'fixed'; readonly size: number; readonly way: Way }
  /** Bytes in the structure itself. */
  | { readonly kind: 'array' }
  /** A pointer to several structures, with the member that counts them. */
  | { readonly kind: 'list'; readonly count: string; readonly struct: string }
  | { readonly kind: 'template'; readonly count: string }
  /** Where the function writes a handle: a member, or what a member points to. */
  | { readonly kind: 'handle'; readonly pointed: boolean }
);
/** From the application, to it, or both. */
export type Way = 'in' | 'out' | 'inOut';

const ulong = <const P extends string>(path: P) => ({ kind: 'ulong', path }) as const;
const bytes = <const P extends string>(path: P, length: string) => ({ kind: 'bytes', path, length, way: 'in' }) as const;
const bits = <const P extends string>(path: P, length: string) => ({ kind: 'bits', path, length, way: 'in' }) as const;
/** In bits, as the standard has it, or in bytes, as NSS has it: no ChaCha20 nonce has less than 64 bits or more than 24 bytes. */
const nonce = <const P extends string>(path: P, length: string) => ({ kind: 'nonce', path, length, way: 'in' }) as const;
const array = <const P extends string>(path: P) => ({ kind: 'array', path }) as const;
const list = <const P extends string, const S extends string>(path: P, count: string, struct: S) =>
  ({ kind: 'list', path, count, struct }) as const;
const template = <const P extends string>(path: P, count: string) => ({ kind: 'template', path, count }) as const;
const outBytes = <const P extends string>(path: P, length: string) => ({ kind: 'bytes', path, length, way: 'out' }) as const;
const outBits = <const P extends string>(path: P, length: string) => ({ kind: 'bits', path, length, way: 'out' }) as const;
const outFixed = <const P extends string>(path: P, size: number) => ({ kind: 'fixed', path, size, way: 'out' }) as const;
const inOutBytes = <const P extends string>(path: P, length: string) => ({ kind: 'bytes', path, length, way: 'inOut' }) as const;
const inOutBits = <const P extends string>(path: P, length: string) => ({ kind: 'bits', path, length, way: 'inOut' }) as const;
const inOutFixed = <const P extends string>(path: P, size: number) => ({ kind: 'fixed', path, size, way: 'inOut' }) as const;
const handle = <const P extends string>(path: P) => ({ kind: 'handle', path, pointed: false }) as const;
const handleAt = <const P extends string>(path: P) => ({ kind: 'handle', path, pointed: true }) as const;

const random = [
  bytes('RandomInfo.pClientRandom', 'RandomInfo.ulClientRandomLen'),
  bytes('RandomInfo.pServerRandom', 'RandomInfo.ulServerRandomLen'),
] as const;
const keyMaterial = [
  ulong('ulMacSizeInBits'),
  ulong('ulKeySizeInBits'),
  ulong('ulIVSizeInBits'),
  ulong('bIsExport'),
  ...random,
  handle('pReturnedKeyMaterial->hClientMacSecret'),
  handle('pReturnedKeyMaterial->hServerMacSecret'),
  handle('pReturnedKeyMaterial->hClientKey'),
  handle('pReturnedKeyMaterial->hServerKey'),
  outBits('pReturnedKeyMaterial->pIVClient', 'ulIVSizeInBits'),
  outBits('pReturnedKeyMaterial->pIVServer', 'ulIVSizeInBits'),
] as const;
const encryptData = [array('iv'), bytes('pData', 'length')] as const;
const otherInfo = [ulong('kdf'), bytes('pOtherInfo', 'ulOtherInfoLen'), bytes('pPublicData', 'ulPublicDataLen')] as const;
const dataParameters = [ulong('prfType'), list('pDataParams', 'ulNumberOfDataParams', 'CK_PRF_DATA_PARAM')] as const;
const furtherKeys = list('pAdditionalDerivedKeys', 'ulAdditionalDerivedKeys', 'CK_DERIVED_KEY');
const context = [ulong('hedgeVariant'), bytes('pContext', 'ulContextLen')] as const;

/** Structures that hold pointers, by name. A structure's number on the wire is its place here. */
export const parameters = {
  CK_GCM_PARAMS: [bytes('pIv', 'ulIvLen'), ulong('ulIvBits'), bytes('pAAD', 'ulAADLen'), ulong('ulTagBits')],
  CK_EDDSA_PARAMS: [ulong('phFlag'), bytes('pContextData', 'ulContextDataLen')],
  CK_GCM_MESSAGE_PARAMS: [
    inOutBytes('pIv', 'ulIvLen'),
    ulong('ulIvFixedBits'),
    ulong('ivGenerator'),
    inOutBits('pTag', 'ulTagBits'),
    ulong('ulTagBits'),
  ],
  CK_GCM_WRAP_PARAMS: [
    inOutBytes('pIv', 'ulIvLen'),
    ulong('ulIvFixedBits'),
    ulong('ivGenerator'),
    bytes('pAAD', 'ulAADLen'),
    ulong('ulTagBits'),
  ],
  CK_CCM_PARAMS: [ulong('ulDataLen'), bytes('pNonce', 'ulNonceLen'), bytes('pAAD', 'ulAADLen'), ulong('ulMACLen')],
  CK_CCM_MESSAGE_PARAMS: [
    ulong('ulDataLen'),
    inOutBytes('pNonce', 'ulNonceLen'),
    ulong('ulNonceFixedBits'),
    ulong('nonceGenerator'),
    inOutBytes('pMAC', 'ulMACLen'),
    ulong('ulMACLen'),
  ],
  CK_CCM_WRAP_PARAMS: [
    ulong('ulDataLen'),
    inOutBytes('pNonce', 'ulNonceLen'),
    ulong('ulNonceFixedBits'),
    ulong('nonceGenerator'),
    bytes('pAAD', 'ulAADLen'),
    ulong('ulMACLen'),
  ],
  CK_SALSA20_CHACHA20_POLY1305_PARAMS: [nonce('pNonce', 'ulNonceLen'), bytes('pAAD', 'ulAADLen')],
  CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS: [nonce('pNonce', 'ulNonceLen'), inOutFixed('pTag', 16)],
  CK_CHACHA20_PARAMS: [
    bits('pBlockCounter', 'blockCounterBits'),
    ulong('blockCounterBits'),
    bits('pNonce', 'ulNonceBits'),
    ulong('ulNonceBits'),
  ],
  CK_RSA_PKCS_OAEP_PARAMS: [ulong('hashAlg'), ulong('mgf'), ulong('source'), bytes('pSourceData', 'ulSourceDataLen')],
  CK_RSA_AES_KEY_WRAP_PARAMS: [
    ulong('ulAESKeyBits'),
    ulong('pOAEPParams->hashAlg'),
    ulong('pOAEPParams->mgf'),
    ulong('pOAEPParams->source'),
    bytes('pOAEPParams->pSourceData', 'pOAEPParams->ulSourceDataLen'),
  ],
  CK_ECDH1_DERIVE_PARAMS: [ulong('kdf'), bytes('pSharedData', 'ulSharedDataLen'), bytes('pPublicData', 'ulPublicDataLen')],
  CK_ECDH_AES_KEY_WRAP_PARAMS: [ulong('ulAESKeyBits'), ulong('kdf'), bytes('pSharedData', 'ulSharedDataLen')],
  CK_X9_42_DH1_DERIVE_PARAMS: otherInfo,
  CK_X9_42_DH2_DERIVE_PARAMS: [...otherInfo, ulong('ulPrivateDataLen'), ulong('hPrivateData'), bytes('pPublicData2', 'ulPublicDataLen2')],
  CK_DES_CBC_ENCRYPT_DATA_PARAMS: encryptData,
  CK_AES_CBC_ENCRYPT_DATA_PARAMS: encryptData,
  CK_CAMELLIA_CBC_ENCRYPT_DATA_PARAMS: encryptData,
  CK_ARIA_CBC_ENCRYPT_DATA_PARAMS: encryptData,
  CK_SEED_CBC_ENCRYPT_DATA_PARAMS: encryptData,
  CK_KEY_DERIVATION_STRING_DATA: [bytes('pData', 'ulLen')],
  CK_HKDF_PARAMS: [
    ulong('bExtract'),
    ulong('bExpand'),
    ulong('prfHashMechanism'),
    ulong('ulSaltType'),
    bytes('pSalt', 'ulSaltLen'),
    ulong('hSaltKey'),
    bytes('pInfo', 'ulInfoLen'),
  ],
  CK_PKCS5_PBKD2_PARAMS2: [
    ulong('saltSource'),
    bytes('pSaltSourceData', 'ulSaltSourceDataLen'),
    ulong('iterations'),
    ulong('prf'),
    bytes('pPrfData', 'ulPrfDataLen'),
    bytes('pPassword', 'ulPasswordLen'),
  ],
  CK_PBE_PARAMS: [outFixed('pInitVector', 8), bytes('pPassword', 'ulPasswordLen'), bytes('pSalt', 'ulSaltLen'), ulong('ulIteration')],
  CK_SP800_108_KDF_PARAMS: [...dataParameters, furtherKeys],
  CK_SP800_108_FEEDBACK_KDF_PARAMS: [...dataParameters, bytes('pIV', 'ulIVLen'), furtherKeys],
  CK_SSL3_MASTER_KEY_DERIVE_PARAMS: [...random, outFixed('pVersion', 2)],
  CK_SSL3_KEY_MAT_PARAMS: keyMaterial,
  CK_TLS12_MASTER_KEY_DERIVE_PARAMS: [...random, outFixed('pVersion', 2), ulong('prfHashMechanism')],
  CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS: [
    ulong('prfHashMechanism'),
    bytes('pSessionHash', 'ulSessionHashLen'),
    outFixed('pVersion', 2),
  ],
  CK_TLS12_KEY_MAT_PARAMS: [...keyMaterial, ulong('prfHashMechanism')],
  CK_TLS_KDF_PARAMS: [ulong('prfMechanism'), bytes('pLabel', 'ulLabelLength'), ...random, bytes('pContextData', 'ulContextDataLength')],
  CK_TLS_PRF_PARAMS: [
    bytes('pSeed', 'ulSeedLen'),
    bytes('pLabel', 'ulLabelLen'),
    ulong('*pulOutputLen'),
    outBytes('pOutput', '*pulOutputLen'),
  ],
  CK_IKE2_PRF_PLUS_DERIVE_PARAMS: [ulong('prfMechanism'), ulong('bHasSeedKey'), ulong('hSeedKey'), bytes('pSeedData', 'ulSeedDataLen')],
  CK_IKE_PRF_DERIVE_PARAMS: [
    ulong('prfMechanism'),
    ulong('bDataAsKey'),
    ulong('bRekey'),
    bytes('pNi', 'ulNiLen'),
    bytes('pNr', 'ulNrLen'),
    ulong('hNewKey'),
  ],
  CK_IKE1_PRF_DERIVE_PARAMS: [
    ulong('prfMechanism'),
    ulong('bHasPrevKey'),
    ulong('hKeygxy'),
    ulong('hPrevKey'),
    bytes('pCKYi', 'ulCKYiLen'),
    bytes('pCKYr', 'ulCKYrLen'),
    ulong('keyNumber'),
  ],
  CK_IKE1_EXTENDED_DERIVE_PARAMS: [ulong('prfMechanism'), ulong('bHasKeygxy'), ulong('hKeygxy'), bytes('pExtraData', 'ulExtraDataLen')],
  CK_DSA_PARAMETER_GEN_PARAM: [ulong('hash'), bytes('pSeed', 'ulSeedLen'), ulong('ulIndex')],
  CK_SIGN_ADDITIONAL_CONTEXT: context,
  CK_HASH_SIGN_ADDITIONAL_CONTEXT: [...context, ulong('hash')],
  CK_OTP_PARAMS: [list('pParams', 'ulCount', 'CK_OTP_PARAM')],
  // Elements of lists.
  CK_PRF_DATA_PARAM: [ulong('type'), bytes('pValue', 'ulValueLen')],
  CK_DERIVED_KEY: [template('pTemplate', 'ulAttributeCount'), handleAt('phKey')],
  CK_OTP_PARAM: [ulong('type'), bytes('pValue', 'ulValueLen')],
} as const satisfies Record<string, readonly ParameterField[]>;

export type ParameterName = keyof typeof parameters;
