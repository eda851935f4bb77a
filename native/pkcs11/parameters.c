// GENERATED from src/protocol/structures.ts by tools/generate.ts; do not edit.
// How each structure with pointers is flattened, and which mechanisms take which.

#include "parameters.h"

static void put_CK_OTP_PARAM(struct call *call, const void *source)
{
    CK_OTP_PARAM params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.type);
    put_bytes(call, params.pValue, params.ulValueLen);
}

static void put_CK_DERIVED_KEY(struct call *call, const void *source)
{
    CK_DERIVED_KEY params;

    read_struct(&params, source, sizeof params);
    put_template(call, params.pTemplate, params.ulAttributeCount);
}

static void get_CK_DERIVED_KEY(struct call *call, void *source)
{
    CK_DERIVED_KEY params;

    read_struct(&params, source, sizeof params);
    get_ulong(call, params.phKey);
}

static void put_CK_PRF_DATA_PARAM(struct call *call, const void *source)
{
    CK_PRF_DATA_PARAM params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.type);
    put_bytes(call, params.pValue, params.ulValueLen);
}

static void put_CK_OTP_PARAMS(struct call *call, const void *source)
{
    CK_OTP_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_count(call, params.pParams, params.ulCount);
    for (CK_ULONG i = 0; i < list_length(params.pParams, params.ulCount) && call->going; i++)
        put_CK_OTP_PARAM(call, params.pParams + i);
}

static void put_CK_HASH_SIGN_ADDITIONAL_CONTEXT(struct call *call, const void *source)
{
    CK_HASH_SIGN_ADDITIONAL_CONTEXT params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.hedgeVariant);
    put_bytes(call, params.pContext, params.ulContextLen);
    put_ulong(call, params.hash);
}

static void put_CK_SIGN_ADDITIONAL_CONTEXT(struct call *call, const void *source)
{
    CK_SIGN_ADDITIONAL_CONTEXT params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.hedgeVariant);
    put_bytes(call, params.pContext, params.ulContextLen);
}

static void put_CK_DSA_PARAMETER_GEN_PARAM(struct call *call, const void *source)
{
    CK_DSA_PARAMETER_GEN_PARAM params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.hash);
    put_bytes(call, params.pSeed, params.ulSeedLen);
    put_ulong(call, params.ulIndex);
}

static void put_CK_IKE1_EXTENDED_DERIVE_PARAMS(struct call *call, const void *source)
{
    CK_IKE1_EXTENDED_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.prfMechanism);
    put_ulong(call, params.bHasKeygxy);
    put_ulong(call, params.hKeygxy);
    put_bytes(call, params.pExtraData, params.ulExtraDataLen);
}

static void put_CK_IKE1_PRF_DERIVE_PARAMS(struct call *call, const void *source)
{
    CK_IKE1_PRF_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.prfMechanism);
    put_ulong(call, params.bHasPrevKey);
    put_ulong(call, params.hKeygxy);
    put_ulong(call, params.hPrevKey);
    put_bytes(call, params.pCKYi, params.ulCKYiLen);
    put_bytes(call, params.pCKYr, params.ulCKYrLen);
    put_ulong(call, params.keyNumber);
}

static void put_CK_IKE_PRF_DERIVE_PARAMS(struct call *call, const void *source)
{
    CK_IKE_PRF_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.prfMechanism);
    put_ulong(call, params.bDataAsKey);
    put_ulong(call, params.bRekey);
    put_bytes(call, params.pNi, params.ulNiLen);
    put_bytes(call, params.pNr, params.ulNrLen);
    put_ulong(call, params.hNewKey);
}

static void put_CK_IKE2_PRF_PLUS_DERIVE_PARAMS(struct call *call, const void *source)
{
    CK_IKE2_PRF_PLUS_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.prfMechanism);
    put_ulong(call, params.bHasSeedKey);
    put_ulong(call, params.hSeedKey);
    put_bytes(call, params.pSeedData, params.ulSeedDataLen);
}

static void put_CK_TLS_PRF_PARAMS(struct call *call, const void *source)
{
    CK_TLS_PRF_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.pSeed, params.ulSeedLen);
    put_bytes(call, params.pLabel, params.ulLabelLen);
    put_ulong(call, (params.pulOutputLen ? *params.pulOutputLen : 0));
}

static void get_CK_TLS_PRF_PARAMS(struct call *call, void *source)
{
    CK_TLS_PRF_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_fixed(call, params.pOutput, (params.pulOutputLen ? *params.pulOutputLen : 0));
}

static void put_CK_TLS_KDF_PARAMS(struct call *call, const void *source)
{
    CK_TLS_KDF_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.prfMechanism);
    put_bytes(call, params.pLabel, params.ulLabelLength);
    put_bytes(call, params.RandomInfo.pClientRandom, params.RandomInfo.ulClientRandomLen);
    put_bytes(call, params.RandomInfo.pServerRandom, params.RandomInfo.ulServerRandomLen);
    put_bytes(call, params.pContextData, params.ulContextDataLength);
}

static void put_CK_TLS12_KEY_MAT_PARAMS(struct call *call, const void *source)
{
    CK_TLS12_KEY_MAT_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.ulMacSizeInBits);
    put_ulong(call, params.ulKeySizeInBits);
    put_ulong(call, params.ulIVSizeInBits);
    put_ulong(call, params.bIsExport);
    put_bytes(call, params.RandomInfo.pClientRandom, params.RandomInfo.ulClientRandomLen);
    put_bytes(call, params.RandomInfo.pServerRandom, params.RandomInfo.ulServerRandomLen);
    put_ulong(call, params.prfHashMechanism);
}

static void get_CK_TLS12_KEY_MAT_PARAMS(struct call *call, void *source)
{
    CK_TLS12_KEY_MAT_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_ulong(call, (params.pReturnedKeyMaterial ? &params.pReturnedKeyMaterial->hClientMacSecret : NULL));
    get_ulong(call, (params.pReturnedKeyMaterial ? &params.pReturnedKeyMaterial->hServerMacSecret : NULL));
    get_ulong(call, (params.pReturnedKeyMaterial ? &params.pReturnedKeyMaterial->hClientKey : NULL));
    get_ulong(call, (params.pReturnedKeyMaterial ? &params.pReturnedKeyMaterial->hServerKey : NULL));
    get_fixed(call, (params.pReturnedKeyMaterial ? params.pReturnedKeyMaterial->pIVClient : 0), bytes_of(params.ulIVSizeInBits));
    get_fixed(call, (params.pReturnedKeyMaterial ? params.pReturnedKeyMaterial->pIVServer : 0), bytes_of(params.ulIVSizeInBits));
}

static void put_CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS(struct call *call, const void *source)
{
    CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.prfHashMechanism);
    put_bytes(call, params.pSessionHash, params.ulSessionHashLen);
}

static void get_CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS(struct call *call, void *source)
{
    CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_fixed(call, params.pVersion, params.pVersion ? 2 : 0);
}

static void put_CK_TLS12_MASTER_KEY_DERIVE_PARAMS(struct call *call, const void *source)
{
    CK_TLS12_MASTER_KEY_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.RandomInfo.pClientRandom, params.RandomInfo.ulClientRandomLen);
    put_bytes(call, params.RandomInfo.pServerRandom, params.RandomInfo.ulServerRandomLen);
    put_ulong(call, params.prfHashMechanism);
}

static void get_CK_TLS12_MASTER_KEY_DERIVE_PARAMS(struct call *call, void *source)
{
    CK_TLS12_MASTER_KEY_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_fixed(call, params.pVersion, params.pVersion ? 2 : 0);
}

static void put_CK_SSL3_KEY_MAT_PARAMS(struct call *call, const void *source)
{
    CK_SSL3_KEY_MAT_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.ulMacSizeInBits);
    put_ulong(call, params.ulKeySizeInBits);
    put_ulong(call, params.ulIVSizeInBits);
    put_ulong(call, params.bIsExport);
    put_bytes(call, params.RandomInfo.pClientRandom, params.RandomInfo.ulClientRandomLen);
    put_bytes(call, params.RandomInfo.pServerRandom, params.RandomInfo.ulServerRandomLen);
}

static void get_CK_SSL3_KEY_MAT_PARAMS(struct call *call, void *source)
{
    CK_SSL3_KEY_MAT_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_ulong(call, (params.pReturnedKeyMaterial ? &params.pReturnedKeyMaterial->hClientMacSecret : NULL));
    get_ulong(call, (params.pReturnedKeyMaterial ? &params.pReturnedKeyMaterial->hServerMacSecret : NULL));
    get_ulong(call, (params.pReturnedKeyMaterial ? &params.pReturnedKeyMaterial->hClientKey : NULL));
    get_ulong(call, (params.pReturnedKeyMaterial ? &params.pReturnedKeyMaterial->hServerKey : NULL));
    get_fixed(call, (params.pReturnedKeyMaterial ? params.pReturnedKeyMaterial->pIVClient : 0), bytes_of(params.ulIVSizeInBits));
    get_fixed(call, (params.pReturnedKeyMaterial ? params.pReturnedKeyMaterial->pIVServer : 0), bytes_of(params.ulIVSizeInBits));
}

static void put_CK_SSL3_MASTER_KEY_DERIVE_PARAMS(struct call *call, const void *source)
{
    CK_SSL3_MASTER_KEY_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.RandomInfo.pClientRandom, params.RandomInfo.ulClientRandomLen);
    put_bytes(call, params.RandomInfo.pServerRandom, params.RandomInfo.ulServerRandomLen);
}

static void get_CK_SSL3_MASTER_KEY_DERIVE_PARAMS(struct call *call, void *source)
{
    CK_SSL3_MASTER_KEY_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_fixed(call, params.pVersion, params.pVersion ? 2 : 0);
}

static void put_CK_SP800_108_FEEDBACK_KDF_PARAMS(struct call *call, const void *source)
{
    CK_SP800_108_FEEDBACK_KDF_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.prfType);
    put_count(call, params.pDataParams, params.ulNumberOfDataParams);
    for (CK_ULONG i = 0; i < list_length(params.pDataParams, params.ulNumberOfDataParams) && call->going; i++)
        put_CK_PRF_DATA_PARAM(call, params.pDataParams + i);
    put_bytes(call, params.pIV, params.ulIVLen);
    put_count(call, params.pAdditionalDerivedKeys, params.ulAdditionalDerivedKeys);
    for (CK_ULONG i = 0; i < list_length(params.pAdditionalDerivedKeys, params.ulAdditionalDerivedKeys) && call->going; i++)
        put_CK_DERIVED_KEY(call, params.pAdditionalDerivedKeys + i);
}

static void get_CK_SP800_108_FEEDBACK_KDF_PARAMS(struct call *call, void *source)
{
    CK_SP800_108_FEEDBACK_KDF_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_count(call, params.pAdditionalDerivedKeys, params.ulAdditionalDerivedKeys);
    for (CK_ULONG i = 0; i < list_length(params.pAdditionalDerivedKeys, params.ulAdditionalDerivedKeys) && call->going; i++)
        get_CK_DERIVED_KEY(call, params.pAdditionalDerivedKeys + i);
}

static void put_CK_SP800_108_KDF_PARAMS(struct call *call, const void *source)
{
    CK_SP800_108_KDF_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.prfType);
    put_count(call, params.pDataParams, params.ulNumberOfDataParams);
    for (CK_ULONG i = 0; i < list_length(params.pDataParams, params.ulNumberOfDataParams) && call->going; i++)
        put_CK_PRF_DATA_PARAM(call, params.pDataParams + i);
    put_count(call, params.pAdditionalDerivedKeys, params.ulAdditionalDerivedKeys);
    for (CK_ULONG i = 0; i < list_length(params.pAdditionalDerivedKeys, params.ulAdditionalDerivedKeys) && call->going; i++)
        put_CK_DERIVED_KEY(call, params.pAdditionalDerivedKeys + i);
}

static void get_CK_SP800_108_KDF_PARAMS(struct call *call, void *source)
{
    CK_SP800_108_KDF_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_count(call, params.pAdditionalDerivedKeys, params.ulAdditionalDerivedKeys);
    for (CK_ULONG i = 0; i < list_length(params.pAdditionalDerivedKeys, params.ulAdditionalDerivedKeys) && call->going; i++)
        get_CK_DERIVED_KEY(call, params.pAdditionalDerivedKeys + i);
}

static void put_CK_PBE_PARAMS(struct call *call, const void *source)
{
    CK_PBE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.pPassword, params.ulPasswordLen);
    put_bytes(call, params.pSalt, params.ulSaltLen);
    put_ulong(call, params.ulIteration);
}

static void get_CK_PBE_PARAMS(struct call *call, void *source)
{
    CK_PBE_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_fixed(call, params.pInitVector, params.pInitVector ? 8 : 0);
}

static void put_CK_PKCS5_PBKD2_PARAMS2(struct call *call, const void *source)
{
    CK_PKCS5_PBKD2_PARAMS2 params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.saltSource);
    put_bytes(call, params.pSaltSourceData, params.ulSaltSourceDataLen);
    put_ulong(call, params.iterations);
    put_ulong(call, params.prf);
    put_bytes(call, params.pPrfData, params.ulPrfDataLen);
    put_bytes(call, params.pPassword, params.ulPasswordLen);
}

static void put_CK_HKDF_PARAMS(struct call *call, const void *source)
{
    CK_HKDF_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.bExtract);
    put_ulong(call, params.bExpand);
    put_ulong(call, params.prfHashMechanism);
    put_ulong(call, params.ulSaltType);
    put_bytes(call, params.pSalt, params.ulSaltLen);
    put_ulong(call, params.hSaltKey);
    put_bytes(call, params.pInfo, params.ulInfoLen);
}

static void put_CK_KEY_DERIVATION_STRING_DATA(struct call *call, const void *source)
{
    CK_KEY_DERIVATION_STRING_DATA params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.pData, params.ulLen);
}

static void put_CK_SEED_CBC_ENCRYPT_DATA_PARAMS(struct call *call, const void *source)
{
    CK_SEED_CBC_ENCRYPT_DATA_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.iv, sizeof params.iv);
    put_bytes(call, params.pData, params.length);
}

static void put_CK_ARIA_CBC_ENCRYPT_DATA_PARAMS(struct call *call, const void *source)
{
    CK_ARIA_CBC_ENCRYPT_DATA_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.iv, sizeof params.iv);
    put_bytes(call, params.pData, params.length);
}

static void put_CK_CAMELLIA_CBC_ENCRYPT_DATA_PARAMS(struct call *call, const void *source)
{
    CK_CAMELLIA_CBC_ENCRYPT_DATA_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.iv, sizeof params.iv);
    put_bytes(call, params.pData, params.length);
}

static void put_CK_AES_CBC_ENCRYPT_DATA_PARAMS(struct call *call, const void *source)
{
    CK_AES_CBC_ENCRYPT_DATA_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.iv, sizeof params.iv);
    put_bytes(call, params.pData, params.length);
}

static void put_CK_DES_CBC_ENCRYPT_DATA_PARAMS(struct call *call, const void *source)
{
    CK_DES_CBC_ENCRYPT_DATA_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.iv, sizeof params.iv);
    put_bytes(call, params.pData, params.length);
}

static void put_CK_X9_42_DH2_DERIVE_PARAMS(struct call *call, const void *source)
{
    CK_X9_42_DH2_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.kdf);
    put_bytes(call, params.pOtherInfo, params.ulOtherInfoLen);
    put_bytes(call, params.pPublicData, params.ulPublicDataLen);
    put_ulong(call, params.ulPrivateDataLen);
    put_ulong(call, params.hPrivateData);
    put_bytes(call, params.pPublicData2, params.ulPublicDataLen2);
}

static void put_CK_X9_42_DH1_DERIVE_PARAMS(struct call *call, const void *source)
{
    CK_X9_42_DH1_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.kdf);
    put_bytes(call, params.pOtherInfo, params.ulOtherInfoLen);
    put_bytes(call, params.pPublicData, params.ulPublicDataLen);
}

static void put_CK_ECDH_AES_KEY_WRAP_PARAMS(struct call *call, const void *source)
{
    CK_ECDH_AES_KEY_WRAP_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.ulAESKeyBits);
    put_ulong(call, params.kdf);
    put_bytes(call, params.pSharedData, params.ulSharedDataLen);
}

static void put_CK_ECDH1_DERIVE_PARAMS(struct call *call, const void *source)
{
    CK_ECDH1_DERIVE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.kdf);
    put_bytes(call, params.pSharedData, params.ulSharedDataLen);
    put_bytes(call, params.pPublicData, params.ulPublicDataLen);
}

static void put_CK_RSA_AES_KEY_WRAP_PARAMS(struct call *call, const void *source)
{
    CK_RSA_AES_KEY_WRAP_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.ulAESKeyBits);
    put_ulong(call, (params.pOAEPParams ? params.pOAEPParams->hashAlg : 0));
    put_ulong(call, (params.pOAEPParams ? params.pOAEPParams->mgf : 0));
    put_ulong(call, (params.pOAEPParams ? params.pOAEPParams->source : 0));
    put_bytes(call, (params.pOAEPParams ? params.pOAEPParams->pSourceData : 0), (params.pOAEPParams ? params.pOAEPParams->ulSourceDataLen : 0));
}

static void put_CK_RSA_PKCS_OAEP_PARAMS(struct call *call, const void *source)
{
    CK_RSA_PKCS_OAEP_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.hashAlg);
    put_ulong(call, params.mgf);
    put_ulong(call, params.source);
    put_bytes(call, params.pSourceData, params.ulSourceDataLen);
}

static void put_CK_CHACHA20_PARAMS(struct call *call, const void *source)
{
    CK_CHACHA20_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.pBlockCounter, bytes_of(params.blockCounterBits));
    put_ulong(call, params.blockCounterBits);
    put_bytes(call, params.pNonce, bytes_of(params.ulNonceBits));
    put_ulong(call, params.ulNonceBits);
}

static void put_CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS(struct call *call, const void *source)
{
    CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.pNonce, nonce_bytes(params.ulNonceLen));
    put_bytes(call, params.pTag, params.pTag ? 16 : 0);
}

static void get_CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS(struct call *call, void *source)
{
    CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_fixed(call, params.pTag, params.pTag ? 16 : 0);
}

static void put_CK_SALSA20_CHACHA20_POLY1305_PARAMS(struct call *call, const void *source)
{
    CK_SALSA20_CHACHA20_POLY1305_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.pNonce, nonce_bytes(params.ulNonceLen));
    put_bytes(call, params.pAAD, params.ulAADLen);
}

static void put_CK_CCM_WRAP_PARAMS(struct call *call, const void *source)
{
    CK_CCM_WRAP_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.ulDataLen);
    put_bytes(call, params.pNonce, params.ulNonceLen);
    put_ulong(call, params.ulNonceFixedBits);
    put_ulong(call, params.nonceGenerator);
    put_bytes(call, params.pAAD, params.ulAADLen);
    put_ulong(call, params.ulMACLen);
}

static void get_CK_CCM_WRAP_PARAMS(struct call *call, void *source)
{
    CK_CCM_WRAP_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_fixed(call, params.pNonce, params.ulNonceLen);
}

static void put_CK_CCM_MESSAGE_PARAMS(struct call *call, const void *source)
{
    CK_CCM_MESSAGE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.ulDataLen);
    put_bytes(call, params.pNonce, params.ulNonceLen);
    put_ulong(call, params.ulNonceFixedBits);
    put_ulong(call, params.nonceGenerator);
    put_bytes(call, params.pMAC, params.ulMACLen);
    put_ulong(call, params.ulMACLen);
}

static void get_CK_CCM_MESSAGE_PARAMS(struct call *call, void *source)
{
    CK_CCM_MESSAGE_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_fixed(call, params.pNonce, params.ulNonceLen);
    get_fixed(call, params.pMAC, params.ulMACLen);
}

static void put_CK_CCM_PARAMS(struct call *call, const void *source)
{
    CK_CCM_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.ulDataLen);
    put_bytes(call, params.pNonce, params.ulNonceLen);
    put_bytes(call, params.pAAD, params.ulAADLen);
    put_ulong(call, params.ulMACLen);
}

static void put_CK_GCM_WRAP_PARAMS(struct call *call, const void *source)
{
    CK_GCM_WRAP_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.pIv, params.ulIvLen);
    put_ulong(call, params.ulIvFixedBits);
    put_ulong(call, params.ivGenerator);
    put_bytes(call, params.pAAD, params.ulAADLen);
    put_ulong(call, params.ulTagBits);
}

static void get_CK_GCM_WRAP_PARAMS(struct call *call, void *source)
{
    CK_GCM_WRAP_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_fixed(call, params.pIv, params.ulIvLen);
}

static void put_CK_GCM_MESSAGE_PARAMS(struct call *call, const void *source)
{
    CK_GCM_MESSAGE_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.pIv, params.ulIvLen);
    put_ulong(call, params.ulIvFixedBits);
    put_ulong(call, params.ivGenerator);
    put_bytes(call, params.pTag, bytes_of(params.ulTagBits));
    put_ulong(call, params.ulTagBits);
}

static void get_CK_GCM_MESSAGE_PARAMS(struct call *call, void *source)
{
    CK_GCM_MESSAGE_PARAMS params;

    read_struct(&params, source, sizeof params);
    get_fixed(call, params.pIv, params.ulIvLen);
    get_fixed(call, params.pTag, bytes_of(params.ulTagBits));
}

static void put_CK_EDDSA_PARAMS(struct call *call, const void *source)
{
    CK_EDDSA_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.phFlag);
    put_bytes(call, params.pContextData, params.ulContextDataLen);
}

static void put_CK_GCM_PARAMS(struct call *call, const void *source)
{
    CK_GCM_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.pIv, params.ulIvLen);
    put_ulong(call, params.ulIvBits);
    put_bytes(call, params.pAAD, params.ulAADLen);
    put_ulong(call, params.ulTagBits);
}

const struct structure structures[] = {
    { sizeof(CK_GCM_PARAMS), put_CK_GCM_PARAMS, NULL },
    { sizeof(CK_EDDSA_PARAMS), put_CK_EDDSA_PARAMS, NULL },
    { sizeof(CK_GCM_MESSAGE_PARAMS), put_CK_GCM_MESSAGE_PARAMS, get_CK_GCM_MESSAGE_PARAMS },
    { sizeof(CK_GCM_WRAP_PARAMS), put_CK_GCM_WRAP_PARAMS, get_CK_GCM_WRAP_PARAMS },
    { sizeof(CK_CCM_PARAMS), put_CK_CCM_PARAMS, NULL },
    { sizeof(CK_CCM_MESSAGE_PARAMS), put_CK_CCM_MESSAGE_PARAMS, get_CK_CCM_MESSAGE_PARAMS },
    { sizeof(CK_CCM_WRAP_PARAMS), put_CK_CCM_WRAP_PARAMS, get_CK_CCM_WRAP_PARAMS },
    { sizeof(CK_SALSA20_CHACHA20_POLY1305_PARAMS), put_CK_SALSA20_CHACHA20_POLY1305_PARAMS, NULL },
    { sizeof(CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS), put_CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS, get_CK_SALSA20_CHACHA20_POLY1305_MSG_PARAMS },
    { sizeof(CK_CHACHA20_PARAMS), put_CK_CHACHA20_PARAMS, NULL },
    { sizeof(CK_RSA_PKCS_OAEP_PARAMS), put_CK_RSA_PKCS_OAEP_PARAMS, NULL },
    { sizeof(CK_RSA_AES_KEY_WRAP_PARAMS), put_CK_RSA_AES_KEY_WRAP_PARAMS, NULL },
    { sizeof(CK_ECDH1_DERIVE_PARAMS), put_CK_ECDH1_DERIVE_PARAMS, NULL },
    { sizeof(CK_ECDH_AES_KEY_WRAP_PARAMS), put_CK_ECDH_AES_KEY_WRAP_PARAMS, NULL },
    { sizeof(CK_X9_42_DH1_DERIVE_PARAMS), put_CK_X9_42_DH1_DERIVE_PARAMS, NULL },
    { sizeof(CK_X9_42_DH2_DERIVE_PARAMS), put_CK_X9_42_DH2_DERIVE_PARAMS, NULL },
    { sizeof(CK_DES_CBC_ENCRYPT_DATA_PARAMS), put_CK_DES_CBC_ENCRYPT_DATA_PARAMS, NULL },
    { sizeof(CK_AES_CBC_ENCRYPT_DATA_PARAMS), put_CK_AES_CBC_ENCRYPT_DATA_PARAMS, NULL },
    { sizeof(CK_CAMELLIA_CBC_ENCRYPT_DATA_PARAMS), put_CK_CAMELLIA_CBC_ENCRYPT_DATA_PARAMS, NULL },
    { sizeof(CK_ARIA_CBC_ENCRYPT_DATA_PARAMS), put_CK_ARIA_CBC_ENCRYPT_DATA_PARAMS, NULL },
    { sizeof(CK_SEED_CBC_ENCRYPT_DATA_PARAMS), put_CK_SEED_CBC_ENCRYPT_DATA_PARAMS, NULL },
    { sizeof(CK_KEY_DERIVATION_STRING_DATA), put_CK_KEY_DERIVATION_STRING_DATA, NULL },
    { sizeof(CK_HKDF_PARAMS), put_CK_HKDF_PARAMS, NULL },
    { sizeof(CK_PKCS5_PBKD2_PARAMS2), put_CK_PKCS5_PBKD2_PARAMS2, NULL },
    { sizeof(CK_PBE_PARAMS), put_CK_PBE_PARAMS, get_CK_PBE_PARAMS },
    { sizeof(CK_SP800_108_KDF_PARAMS), put_CK_SP800_108_KDF_PARAMS, get_CK_SP800_108_KDF_PARAMS },
    { sizeof(CK_SP800_108_FEEDBACK_KDF_PARAMS), put_CK_SP800_108_FEEDBACK_KDF_PARAMS, get_CK_SP800_108_FEEDBACK_KDF_PARAMS },
    { sizeof(CK_SSL3_MASTER_KEY_DERIVE_PARAMS), put_CK_SSL3_MASTER_KEY_DERIVE_PARAMS, get_CK_SSL3_MASTER_KEY_DERIVE_PARAMS },
    { sizeof(CK_SSL3_KEY_MAT_PARAMS), put_CK_SSL3_KEY_MAT_PARAMS, get_CK_SSL3_KEY_MAT_PARAMS },
    { sizeof(CK_TLS12_MASTER_KEY_DERIVE_PARAMS), put_CK_TLS12_MASTER_KEY_DERIVE_PARAMS, get_CK_TLS12_MASTER_KEY_DERIVE_PARAMS },
    { sizeof(CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS), put_CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS, get_CK_TLS12_EXTENDED_MASTER_KEY_DERIVE_PARAMS },
    { sizeof(CK_TLS12_KEY_MAT_PARAMS), put_CK_TLS12_KEY_MAT_PARAMS, get_CK_TLS12_KEY_MAT_PARAMS },
    { sizeof(CK_TLS_KDF_PARAMS), put_CK_TLS_KDF_PARAMS, NULL },
    { sizeof(CK_TLS_PRF_PARAMS), put_CK_TLS_PRF_PARAMS, get_CK_TLS_PRF_PARAMS },
    { sizeof(CK_IKE2_PRF_PLUS_DERIVE_PARAMS), put_CK_IKE2_PRF_PLUS_DERIVE_PARAMS, NULL },
    { sizeof(CK_IKE_PRF_DERIVE_PARAMS), put_CK_IKE_PRF_DERIVE_PARAMS, NULL },
    { sizeof(CK_IKE1_PRF_DERIVE_PARAMS), put_CK_IKE1_PRF_DERIVE_PARAMS, NULL },
    { sizeof(CK_IKE1_EXTENDED_DERIVE_PARAMS), put_CK_IKE1_EXTENDED_DERIVE_PARAMS, NULL },
    { sizeof(CK_DSA_PARAMETER_GEN_PARAM), put_CK_DSA_PARAMETER_GEN_PARAM, NULL },
    { sizeof(CK_SIGN_ADDITIONAL_CONTEXT), put_CK_SIGN_ADDITIONAL_CONTEXT, NULL },
    { sizeof(CK_HASH_SIGN_ADDITIONAL_CONTEXT), put_CK_HASH_SIGN_ADDITIONAL_CONTEXT, NULL },
    { sizeof(CK_OTP_PARAMS), put_CK_OTP_PARAMS, NULL },
    { sizeof(CK_PRF_DATA_PARAM), put_CK_PRF_DATA_PARAM, NULL },
    { sizeof(CK_DERIVED_KEY), put_CK_DERIVED_KEY, get_CK_DERIVED_KEY },
    { sizeof(CK_OTP_PARAM), put_CK_OTP_PARAM, NULL },
};

const struct taker takers[] = {
    { CKM_AES_GCM, 0 },
    { CKM_AES_GCM, 3 },
    { CKM_AES_GMAC, 0 },
    { CKM_AES_CCM, 4 },
    { CKM_AES_CCM, 6 },
    { CKM_CHACHA20_POLY1305, 7 },
    { CKM_CHACHA20, 9 },
    { CKM_EDDSA, 1 },
    { CKM_RSA_PKCS_OAEP, 10 },
    { CKM_RSA_AES_KEY_WRAP, 11 },
    { CKM_ECDH1_DERIVE, 12 },
    { CKM_ECDH1_COFACTOR_DERIVE, 12 },
    { CKM_ECDH_AES_KEY_WRAP, 13 },
    { CKM_ECDH_COF_AES_KEY_WRAP, 13 },
    { CKM_ECDH_X_AES_KEY_WRAP, 13 },
    { CKM_X9_42_DH_DERIVE, 14 },
    { CKM_X9_42_DH_HYBRID_DERIVE, 15 },
    { CKM_DES_ECB_ENCRYPT_DATA, 21 },
    { CKM_DES3_ECB_ENCRYPT_DATA, 21 },
    { CKM_AES_ECB_ENCRYPT_DATA, 21 },
    { CKM_CAMELLIA_ECB_ENCRYPT_DATA, 21 },
    { CKM_ARIA_ECB_ENCRYPT_DATA, 21 },
    { CKM_SEED_ECB_ENCRYPT_DATA, 21 },
    { CKM_DES_CBC_ENCRYPT_DATA, 16 },
    { CKM_DES3_CBC_ENCRYPT_DATA, 16 },
    { CKM_AES_CBC_ENCRYPT_DATA, 17 },
    { CKM_CAMELLIA_CBC_ENCRYPT_DATA, 18 },
    { CKM_ARIA_CBC_ENCRYPT_DATA, 19 },
    { CKM_SEED_CBC_ENCRYPT_DATA, 20 },
    { CKM_CONCATENATE_BASE_AND_DATA, 21 },
    { CKM_CONCATENATE_DATA_AND_BASE, 21 },
    { CKM_XOR_BASE_AND_DATA, 21 },
    { CKM_HKDF_DERIVE, 22 },
    { CKM_HKDF_DATA, 22 },
    { CKM_PKCS5_PBKD2, 23 },
    { CKM_PBE_SHA1_DES3_EDE_CBC, 24 },
    { CKM_PBE_SHA1_DES2_EDE_CBC, 24 },
    { CKM_PBE_SHA1_RC4_128, 24 },
    { CKM_PBE_SHA1_RC4_40, 24 },
    { CKM_PBE_SHA1_RC2_128_CBC, 24 },
    { CKM_PBE_SHA1_RC2_40_CBC, 24 },
    { CKM_PBA_SHA1_WITH_SHA1_HMAC, 24 },
    { CKM_SP800_108_COUNTER_KDF, 25 },
    { CKM_SP800_108_FEEDBACK_KDF, 26 },
    { CKM_SP800_108_DOUBLE_PIPELINE_KDF, 25 },
    { CKM_SSL3_MASTER_KEY_DERIVE, 27 },
    { CKM_SSL3_MASTER_KEY_DERIVE_DH, 27 },
    { CKM_SSL3_KEY_AND_MAC_DERIVE, 28 },
    { CKM_TLS_MASTER_KEY_DERIVE, 27 },
    { CKM_TLS_MASTER_KEY_DERIVE_DH, 27 },
    { CKM_TLS_KEY_AND_MAC_DERIVE, 28 },
    { CKM_TLS_PRF, 33 },
    { CKM_TLS12_MASTER_KEY_DERIVE, 29 },
    { CKM_TLS12_MASTER_KEY_DERIVE_DH, 29 },
    { CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE, 30 },
    { CKM_TLS12_EXTENDED_MASTER_KEY_DERIVE_DH, 30 },
    { CKM_TLS12_KEY_AND_MAC_DERIVE, 31 },
    { CKM_TLS12_KEY_SAFE_DERIVE, 31 },
    { CKM_TLS_KDF, 32 },
    { CKM_TLS12_KDF, 32 },
    { CKM_IKE2_PRF_PLUS_DERIVE, 34 },
    { CKM_IKE_PRF_DERIVE, 35 },
    { CKM_IKE1_PRF_DERIVE, 36 },
    { CKM_IKE1_EXTENDED_DERIVE, 37 },
    { CKM_DSA_PROBABILISTIC_PARAMETER_GEN, 38 },
    { CKM_DSA_SHAWE_TAYLOR_PARAMETER_GEN, 38 },
    { CKM_DSA_FIPS_G_GEN, 38 },
    { CKM_ML_DSA, 39 },
    { CKM_HASH_ML_DSA, 40 },
    { CKM_HASH_ML_DSA_SHA224, 39 },
    { CKM_HASH_ML_DSA_SHA256, 39 },
    { CKM_HASH_ML_DSA_SHA384, 39 },
    { CKM_HASH_ML_DSA_SHA512, 39 },
    { CKM_HASH_ML_DSA_SHA3_224, 39 },
    { CKM_HASH_ML_DSA_SHA3_256, 39 },
    { CKM_HASH_ML_DSA_SHA3_384, 39 },
    { CKM_HASH_ML_DSA_SHA3_512, 39 },
    { CKM_HASH_ML_DSA_SHAKE128, 39 },
    { CKM_HASH_ML_DSA_SHAKE256, 39 },
    { CKM_SLH_DSA, 39 },
    { CKM_HASH_SLH_DSA, 40 },
    { CKM_HASH_SLH_DSA_SHA224, 39 },
    { CKM_HASH_SLH_DSA_SHA256, 39 },
    { CKM_HASH_SLH_DSA_SHA384, 39 },
    { CKM_HASH_SLH_DSA_SHA512, 39 },
    { CKM_HASH_SLH_DSA_SHA3_224, 39 },
    { CKM_HASH_SLH_DSA_SHA3_256, 39 },
    { CKM_HASH_SLH_DSA_SHA3_384, 39 },
    { CKM_HASH_SLH_DSA_SHA3_512, 39 },
    { CKM_HASH_SLH_DSA_SHAKE128, 39 },
    { CKM_HASH_SLH_DSA_SHAKE256, 39 },
    { CKM_HOTP, 41 },
};

const size_t takers_count = sizeof takers / sizeof takers[0];

const uint64_t message_structures[] = { 2, 5, 8 };

const size_t message_structures_count = sizeof message_structures / sizeof message_structures[0];
