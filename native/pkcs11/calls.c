// GENERATED from src/protocol/calls.ts by tools/generate.ts; do not edit.
// The functions that only cross to the engine.

#include "marshal.h"
#include "mechanism.h"

CK_RV C_GetInfo(CK_INFO_PTR pInfo)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GetInfo, NO_SESSION, NO_SUBJECT))
        return call.rv;
    put_place(&call, pInfo);
    call_exchange(&call);
    get_struct(&call, pInfo, sizeof *pInfo);
    return call_end(&call);
}

CK_RV C_GetSlotList(CK_BBOOL tokenPresent, CK_SLOT_ID_PTR pSlotList, CK_ULONG_PTR pulCount)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GetSlotList, NO_SESSION, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, tokenPresent);
    put_space(&call, pSlotList, pulCount);
    call_exchange(&call);
    get_ulongs(&call, pSlotList, pulCount);
    return call_end(&call);
}

CK_RV C_GetSlotInfo(CK_SLOT_ID slotID, CK_SLOT_INFO_PTR pInfo)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GetSlotInfo, NO_SESSION, slotID))
        return call.rv;
    put_ulong(&call, slotID);
    put_place(&call, pInfo);
    call_exchange(&call);
    get_struct(&call, pInfo, sizeof *pInfo);
    return call_end(&call);
}

CK_RV C_GetTokenInfo(CK_SLOT_ID slotID, CK_TOKEN_INFO_PTR pInfo)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GetTokenInfo, NO_SESSION, slotID))
        return call.rv;
    put_ulong(&call, slotID);
    put_place(&call, pInfo);
    call_exchange(&call);
    get_struct(&call, pInfo, sizeof *pInfo);
    return call_end(&call);
}

CK_RV C_GetMechanismList(CK_SLOT_ID slotID, CK_MECHANISM_TYPE_PTR pMechanismList, CK_ULONG_PTR pulCount)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GetMechanismList, NO_SESSION, slotID))
        return call.rv;
    put_ulong(&call, slotID);
    put_space(&call, pMechanismList, pulCount);
    call_exchange(&call);
    get_ulongs(&call, pMechanismList, pulCount);
    return call_end(&call);
}

CK_RV C_GetMechanismInfo(CK_SLOT_ID slotID, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO_PTR pInfo)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GetMechanismInfo, NO_SESSION, slotID))
        return call.rv;
    put_ulong(&call, slotID);
    put_ulong(&call, type);
    put_place(&call, pInfo);
    call_exchange(&call);
    get_struct(&call, pInfo, sizeof *pInfo);
    return call_end(&call);
}

CK_RV C_InitToken(CK_SLOT_ID slotID, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen, CK_UTF8CHAR_PTR pLabel)
{
    struct call call;

    if (!call_begin(&call, CALL_C_InitToken, NO_SESSION, slotID))
        return call.rv;
    put_ulong(&call, slotID);
    put_bytes(&call, pPin, ulPinLen);
    put_fixed(&call, pLabel, 32);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_InitPIN(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_InitPIN, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pPin, ulPinLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_SetPIN(CK_SESSION_HANDLE hSession, CK_UTF8CHAR_PTR pOldPin, CK_ULONG ulOldLen, CK_UTF8CHAR_PTR pNewPin, CK_ULONG ulNewLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SetPIN, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pOldPin, ulOldLen);
    put_bytes(&call, pNewPin, ulNewLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_CloseSession(CK_SESSION_HANDLE hSession)
{
    struct call call;

    if (!call_begin(&call, CALL_C_CloseSession, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_CloseAllSessions(CK_SLOT_ID slotID)
{
    struct call call;

    if (!call_begin(&call, CALL_C_CloseAllSessions, NO_SESSION, slotID))
        return call.rv;
    put_ulong(&call, slotID);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_GetOperationState(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pOperationState, CK_ULONG_PTR pulOperationStateLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GetOperationState, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_space(&call, pOperationState, pulOperationStateLen);
    call_exchange(&call);
    get_bytes(&call, pOperationState, pulOperationStateLen);
    return call_end(&call);
}

CK_RV C_Login(CK_SESSION_HANDLE hSession, CK_USER_TYPE userType, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_Login, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_ulong(&call, userType);
    put_bytes(&call, pPin, ulPinLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_Logout(CK_SESSION_HANDLE hSession)
{
    struct call call;

    if (!call_begin(&call, CALL_C_Logout, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_CreateObject(CK_SESSION_HANDLE hSession, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount, CK_OBJECT_HANDLE_PTR phObject)
{
    struct call call;

    if (!call_begin(&call, CALL_C_CreateObject, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_template(&call, pTemplate, ulCount);
    put_place(&call, phObject);
    call_exchange(&call);
    get_ulong(&call, phObject);
    return call_end(&call);
}

CK_RV C_CopyObject(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount, CK_OBJECT_HANDLE_PTR phNewObject)
{
    struct call call;

    if (!call_begin(&call, CALL_C_CopyObject, hSession, hObject))
        return call.rv;
    put_ulong(&call, hSession);
    put_ulong(&call, hObject);
    put_template(&call, pTemplate, ulCount);
    put_place(&call, phNewObject);
    call_exchange(&call);
    get_ulong(&call, phNewObject);
    return call_end(&call);
}

CK_RV C_DestroyObject(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DestroyObject, hSession, hObject))
        return call.rv;
    put_ulong(&call, hSession);
    put_ulong(&call, hObject);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_GetObjectSize(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, CK_ULONG_PTR pulSize)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GetObjectSize, hSession, hObject))
        return call.rv;
    put_ulong(&call, hSession);
    put_ulong(&call, hObject);
    put_place(&call, pulSize);
    call_exchange(&call);
    get_ulong(&call, pulSize);
    return call_end(&call);
}

CK_RV C_GetAttributeValue(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GetAttributeValue, hSession, hObject))
        return call.rv;
    put_ulong(&call, hSession);
    put_ulong(&call, hObject);
    put_wanted(&call, pTemplate, ulCount);
    call_exchange(&call);
    get_template(&call, pTemplate, ulCount);
    return call_end(&call);
}

CK_RV C_SetAttributeValue(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hObject, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SetAttributeValue, hSession, hObject))
        return call.rv;
    put_ulong(&call, hSession);
    put_ulong(&call, hObject);
    put_template(&call, pTemplate, ulCount);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_EncryptUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen, CK_BYTE_PTR pEncryptedPart, CK_ULONG_PTR pulEncryptedPartLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_EncryptUpdate, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pPart, ulPartLen);
    put_space(&call, pEncryptedPart, pulEncryptedPartLen);
    call_exchange(&call);
    get_bytes(&call, pEncryptedPart, pulEncryptedPartLen);
    return call_end(&call);
}

CK_RV C_EncryptFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pLastEncryptedPart, CK_ULONG_PTR pulLastEncryptedPartLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_EncryptFinal, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_space(&call, pLastEncryptedPart, pulLastEncryptedPartLen);
    call_exchange(&call);
    get_bytes(&call, pLastEncryptedPart, pulLastEncryptedPartLen);
    return call_end(&call);
}

CK_RV C_DecryptUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedPart, CK_ULONG ulEncryptedPartLen, CK_BYTE_PTR pPart, CK_ULONG_PTR pulPartLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DecryptUpdate, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pEncryptedPart, ulEncryptedPartLen);
    put_space(&call, pPart, pulPartLen);
    call_exchange(&call);
    get_bytes(&call, pPart, pulPartLen);
    return call_end(&call);
}

CK_RV C_DecryptFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pLastPart, CK_ULONG_PTR pulLastPartLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DecryptFinal, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_space(&call, pLastPart, pulLastPartLen);
    call_exchange(&call);
    get_bytes(&call, pLastPart, pulLastPartLen);
    return call_end(&call);
}

CK_RV C_DigestUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DigestUpdate, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pPart, ulPartLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_DigestKey(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE hKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DigestKey, hSession, hKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_ulong(&call, hKey);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_DigestFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pDigest, CK_ULONG_PTR pulDigestLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DigestFinal, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_space(&call, pDigest, pulDigestLen);
    call_exchange(&call);
    get_bytes(&call, pDigest, pulDigestLen);
    return call_end(&call);
}

CK_RV C_SignUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SignUpdate, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pPart, ulPartLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_SignFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSignature, CK_ULONG_PTR pulSignatureLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SignFinal, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_space(&call, pSignature, pulSignatureLen);
    call_exchange(&call);
    get_bytes(&call, pSignature, pulSignatureLen);
    return call_end(&call);
}

CK_RV C_SignRecoverInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SignRecoverInit, hSession, hKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_ulong(&call, hKey);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_SignRecover(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, CK_ULONG_PTR pulSignatureLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SignRecover, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pData, ulDataLen);
    put_space(&call, pSignature, pulSignatureLen);
    call_exchange(&call);
    get_bytes(&call, pSignature, pulSignatureLen);
    return call_end(&call);
}

CK_RV C_VerifyUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_VerifyUpdate, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pPart, ulPartLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_VerifyFinal(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_VerifyFinal, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pSignature, ulSignatureLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_VerifyRecoverInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_VerifyRecoverInit, hSession, hKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_ulong(&call, hKey);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_VerifyRecover(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen, CK_BYTE_PTR pData, CK_ULONG_PTR pulDataLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_VerifyRecover, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pSignature, ulSignatureLen);
    put_space(&call, pData, pulDataLen);
    call_exchange(&call);
    get_bytes(&call, pData, pulDataLen);
    return call_end(&call);
}

CK_RV C_DigestEncryptUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen, CK_BYTE_PTR pEncryptedPart, CK_ULONG_PTR pulEncryptedPartLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DigestEncryptUpdate, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pPart, ulPartLen);
    put_space(&call, pEncryptedPart, pulEncryptedPartLen);
    call_exchange(&call);
    get_bytes(&call, pEncryptedPart, pulEncryptedPartLen);
    return call_end(&call);
}

CK_RV C_DecryptDigestUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedPart, CK_ULONG ulEncryptedPartLen, CK_BYTE_PTR pPart, CK_ULONG_PTR pulPartLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DecryptDigestUpdate, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pEncryptedPart, ulEncryptedPartLen);
    put_space(&call, pPart, pulPartLen);
    call_exchange(&call);
    get_bytes(&call, pPart, pulPartLen);
    return call_end(&call);
}

CK_RV C_SignEncryptUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen, CK_BYTE_PTR pEncryptedPart, CK_ULONG_PTR pulEncryptedPartLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SignEncryptUpdate, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pPart, ulPartLen);
    put_space(&call, pEncryptedPart, pulEncryptedPartLen);
    call_exchange(&call);
    get_bytes(&call, pEncryptedPart, pulEncryptedPartLen);
    return call_end(&call);
}

CK_RV C_DecryptVerifyUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedPart, CK_ULONG ulEncryptedPartLen, CK_BYTE_PTR pPart, CK_ULONG_PTR pulPartLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DecryptVerifyUpdate, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pEncryptedPart, ulEncryptedPartLen);
    put_space(&call, pPart, pulPartLen);
    call_exchange(&call);
    get_bytes(&call, pPart, pulPartLen);
    return call_end(&call);
}

CK_RV C_GenerateKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount, CK_OBJECT_HANDLE_PTR phKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GenerateKey, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_template(&call, pTemplate, ulCount);
    put_place(&call, phKey);
    call_exchange(&call);
    get_mechanism(&call, pMechanism);
    get_ulong(&call, phKey);
    return call_end(&call);
}

CK_RV C_GenerateKeyPair(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_ATTRIBUTE_PTR pPublicKeyTemplate, CK_ULONG ulPublicKeyAttributeCount, CK_ATTRIBUTE_PTR pPrivateKeyTemplate, CK_ULONG ulPrivateKeyAttributeCount, CK_OBJECT_HANDLE_PTR phPublicKey, CK_OBJECT_HANDLE_PTR phPrivateKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GenerateKeyPair, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_template(&call, pPublicKeyTemplate, ulPublicKeyAttributeCount);
    put_template(&call, pPrivateKeyTemplate, ulPrivateKeyAttributeCount);
    put_place(&call, phPublicKey);
    put_place(&call, phPrivateKey);
    call_exchange(&call);
    get_ulong(&call, phPublicKey);
    get_ulong(&call, phPrivateKey);
    return call_end(&call);
}

CK_RV C_WrapKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hWrappingKey, CK_OBJECT_HANDLE hKey, CK_BYTE_PTR pWrappedKey, CK_ULONG_PTR pulWrappedKeyLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_WrapKey, hSession, hWrappingKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_ulong(&call, hWrappingKey);
    put_ulong(&call, hKey);
    put_space(&call, pWrappedKey, pulWrappedKeyLen);
    call_exchange(&call);
    get_mechanism(&call, pMechanism);
    get_bytes(&call, pWrappedKey, pulWrappedKeyLen);
    return call_end(&call);
}

CK_RV C_UnwrapKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hUnwrappingKey, CK_BYTE_PTR pWrappedKey, CK_ULONG ulWrappedKeyLen, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulAttributeCount, CK_OBJECT_HANDLE_PTR phKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_UnwrapKey, hSession, hUnwrappingKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_ulong(&call, hUnwrappingKey);
    put_bytes(&call, pWrappedKey, ulWrappedKeyLen);
    put_template(&call, pTemplate, ulAttributeCount);
    put_place(&call, phKey);
    call_exchange(&call);
    get_ulong(&call, phKey);
    return call_end(&call);
}

CK_RV C_DeriveKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hBaseKey, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulAttributeCount, CK_OBJECT_HANDLE_PTR phKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DeriveKey, hSession, hBaseKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_ulong(&call, hBaseKey);
    put_template(&call, pTemplate, ulAttributeCount);
    put_ulong(&call, phKey ? 0 : NULL_MARK);
    call_exchange(&call);
    get_mechanism(&call, pMechanism);
    get_ulong(&call, phKey);
    return call_end(&call);
}

CK_RV C_SeedRandom(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pSeed, CK_ULONG ulSeedLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SeedRandom, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pSeed, ulSeedLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_GenerateRandom(CK_SESSION_HANDLE hSession, CK_BYTE_PTR RandomData, CK_ULONG ulRandomLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GenerateRandom, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_room(&call, RandomData, ulRandomLen);
    call_exchange(&call);
    get_fixed(&call, RandomData, ulRandomLen);
    return call_end(&call);
}

CK_RV C_LoginUser(CK_SESSION_HANDLE hSession, CK_USER_TYPE userType, CK_UTF8CHAR_PTR pPin, CK_ULONG ulPinLen, CK_UTF8CHAR_PTR pUsername, CK_ULONG ulUsernameLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_LoginUser, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_ulong(&call, userType);
    put_bytes(&call, pPin, ulPinLen);
    put_bytes(&call, pUsername, ulUsernameLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_MessageEncryptInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_MessageEncryptInit, hSession, hKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_message_mechanism(&call, pMechanism);
    put_ulong(&call, hKey);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_EncryptMessage(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, CK_BYTE_PTR pAssociatedData, CK_ULONG ulAssociatedDataLen, CK_BYTE_PTR pPlaintext, CK_ULONG ulPlaintextLen, CK_BYTE_PTR pCiphertext, CK_ULONG_PTR pulCiphertextLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_EncryptMessage, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_message_parameter(&call, pParameter, ulParameterLen);
    put_bytes(&call, pAssociatedData, ulAssociatedDataLen);
    put_bytes(&call, pPlaintext, ulPlaintextLen);
    put_space(&call, pCiphertext, pulCiphertextLen);
    call_exchange(&call);
    get_message_parameter(&call, pParameter, ulParameterLen);
    get_bytes(&call, pCiphertext, pulCiphertextLen);
    return call_end(&call);
}

CK_RV C_EncryptMessageBegin(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, CK_BYTE_PTR pAssociatedData, CK_ULONG ulAssociatedDataLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_EncryptMessageBegin, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_message_parameter(&call, pParameter, ulParameterLen);
    put_bytes(&call, pAssociatedData, ulAssociatedDataLen);
    call_exchange(&call);
    get_message_parameter(&call, pParameter, ulParameterLen);
    return call_end(&call);
}

CK_RV C_EncryptMessageNext(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, CK_BYTE_PTR pPlaintextPart, CK_ULONG ulPlaintextPartLen, CK_BYTE_PTR pCiphertextPart, CK_ULONG_PTR pulCiphertextPartLen, CK_FLAGS flags)
{
    struct call call;

    if (!call_begin(&call, CALL_C_EncryptMessageNext, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_message_parameter(&call, pParameter, ulParameterLen);
    put_bytes(&call, pPlaintextPart, ulPlaintextPartLen);
    put_space(&call, pCiphertextPart, pulCiphertextPartLen);
    put_ulong(&call, flags);
    call_exchange(&call);
    get_message_parameter(&call, pParameter, ulParameterLen);
    get_bytes(&call, pCiphertextPart, pulCiphertextPartLen);
    return call_end(&call);
}

CK_RV C_MessageEncryptFinal(CK_SESSION_HANDLE hSession)
{
    struct call call;

    if (!call_begin(&call, CALL_C_MessageEncryptFinal, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_MessageDecryptInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_MessageDecryptInit, hSession, hKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_message_mechanism(&call, pMechanism);
    put_ulong(&call, hKey);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_DecryptMessage(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, CK_BYTE_PTR pAssociatedData, CK_ULONG ulAssociatedDataLen, CK_BYTE_PTR pCiphertext, CK_ULONG ulCiphertextLen, CK_BYTE_PTR pPlaintext, CK_ULONG_PTR pulPlaintextLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DecryptMessage, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_message_parameter(&call, pParameter, ulParameterLen);
    put_bytes(&call, pAssociatedData, ulAssociatedDataLen);
    put_bytes(&call, pCiphertext, ulCiphertextLen);
    put_space(&call, pPlaintext, pulPlaintextLen);
    call_exchange(&call);
    get_message_parameter(&call, pParameter, ulParameterLen);
    get_bytes(&call, pPlaintext, pulPlaintextLen);
    return call_end(&call);
}

CK_RV C_DecryptMessageBegin(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, CK_BYTE_PTR pAssociatedData, CK_ULONG ulAssociatedDataLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DecryptMessageBegin, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_message_parameter(&call, pParameter, ulParameterLen);
    put_bytes(&call, pAssociatedData, ulAssociatedDataLen);
    call_exchange(&call);
    get_message_parameter(&call, pParameter, ulParameterLen);
    return call_end(&call);
}

CK_RV C_DecryptMessageNext(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, CK_BYTE_PTR pCiphertextPart, CK_ULONG ulCiphertextPartLen, CK_BYTE_PTR pPlaintextPart, CK_ULONG_PTR pulPlaintextPartLen, CK_FLAGS flags)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DecryptMessageNext, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_message_parameter(&call, pParameter, ulParameterLen);
    put_bytes(&call, pCiphertextPart, ulCiphertextPartLen);
    put_space(&call, pPlaintextPart, pulPlaintextPartLen);
    put_ulong(&call, flags);
    call_exchange(&call);
    get_message_parameter(&call, pParameter, ulParameterLen);
    get_bytes(&call, pPlaintextPart, pulPlaintextPartLen);
    return call_end(&call);
}

CK_RV C_MessageDecryptFinal(CK_SESSION_HANDLE hSession)
{
    struct call call;

    if (!call_begin(&call, CALL_C_MessageDecryptFinal, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_MessageSignInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_MessageSignInit, hSession, hKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_ulong(&call, hKey);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_SignMessage(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, CK_ULONG_PTR pulSignatureLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SignMessage, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pParameter, ulParameterLen);
    put_bytes(&call, pData, ulDataLen);
    put_space(&call, pSignature, pulSignatureLen);
    call_exchange(&call);
    get_bytes(&call, pSignature, pulSignatureLen);
    return call_end(&call);
}

CK_RV C_SignMessageBegin(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SignMessageBegin, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pParameter, ulParameterLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_SignMessageNext(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, CK_ULONG_PTR pulSignatureLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SignMessageNext, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pParameter, ulParameterLen);
    put_bytes(&call, pData, ulDataLen);
    put_space(&call, pSignature, pulSignatureLen);
    call_exchange(&call);
    get_bytes(&call, pSignature, pulSignatureLen);
    return call_end(&call);
}

CK_RV C_MessageSignFinal(CK_SESSION_HANDLE hSession)
{
    struct call call;

    if (!call_begin(&call, CALL_C_MessageSignFinal, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_MessageVerifyInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_MessageVerifyInit, hSession, hKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_ulong(&call, hKey);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_VerifyMessage(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_VerifyMessage, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pParameter, ulParameterLen);
    put_bytes(&call, pData, ulDataLen);
    put_bytes(&call, pSignature, ulSignatureLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_VerifyMessageBegin(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_VerifyMessageBegin, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pParameter, ulParameterLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_VerifyMessageNext(CK_SESSION_HANDLE hSession, CK_VOID_PTR pParameter, CK_ULONG ulParameterLen, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_VerifyMessageNext, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pParameter, ulParameterLen);
    put_bytes(&call, pData, ulDataLen);
    put_bytes(&call, pSignature, ulSignatureLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_MessageVerifyFinal(CK_SESSION_HANDLE hSession)
{
    struct call call;

    if (!call_begin(&call, CALL_C_MessageVerifyFinal, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_EncapsulateKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hPublicKey, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulAttributeCount, CK_BYTE_PTR pCiphertext, CK_ULONG_PTR pulCiphertextLen, CK_OBJECT_HANDLE_PTR phKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_EncapsulateKey, hSession, hPublicKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_ulong(&call, hPublicKey);
    put_template(&call, pTemplate, ulAttributeCount);
    put_space(&call, pCiphertext, pulCiphertextLen);
    put_place(&call, phKey);
    call_exchange(&call);
    get_bytes(&call, pCiphertext, pulCiphertextLen);
    get_ulong(&call, phKey);
    return call_end(&call);
}

CK_RV C_DecapsulateKey(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hPrivateKey, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulAttributeCount, CK_BYTE_PTR pCiphertext, CK_ULONG ulCiphertextLen, CK_OBJECT_HANDLE_PTR phKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_DecapsulateKey, hSession, hPrivateKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_ulong(&call, hPrivateKey);
    put_template(&call, pTemplate, ulAttributeCount);
    put_bytes(&call, pCiphertext, ulCiphertextLen);
    put_place(&call, phKey);
    call_exchange(&call);
    get_ulong(&call, phKey);
    return call_end(&call);
}

CK_RV C_VerifySignatureInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_VerifySignatureInit, hSession, hKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_ulong(&call, hKey);
    put_bytes(&call, pSignature, ulSignatureLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_VerifySignature(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_VerifySignature, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pData, ulDataLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_VerifySignatureUpdate(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pPart, CK_ULONG ulPartLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_VerifySignatureUpdate, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pPart, ulPartLen);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_VerifySignatureFinal(CK_SESSION_HANDLE hSession)
{
    struct call call;

    if (!call_begin(&call, CALL_C_VerifySignatureFinal, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_GetSessionValidationFlags(CK_SESSION_HANDLE hSession, CK_SESSION_VALIDATION_FLAGS_TYPE type, CK_FLAGS_PTR pFlags)
{
    struct call call;

    if (!call_begin(&call, CALL_C_GetSessionValidationFlags, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_ulong(&call, type);
    put_place(&call, pFlags);
    call_exchange(&call);
    get_ulong(&call, pFlags);
    return call_end(&call);
}

CK_RV C_WrapKeyAuthenticated(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hWrappingKey, CK_OBJECT_HANDLE hKey, CK_BYTE_PTR pAssociatedData, CK_ULONG ulAssociatedDataLen, CK_BYTE_PTR pWrappedKey, CK_ULONG_PTR pulWrappedKeyLen)
{
    struct call call;

    if (!call_begin(&call, CALL_C_WrapKeyAuthenticated, hSession, hWrappingKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_message_mechanism(&call, pMechanism);
    put_ulong(&call, hWrappingKey);
    put_ulong(&call, hKey);
    put_bytes(&call, pAssociatedData, ulAssociatedDataLen);
    put_space(&call, pWrappedKey, pulWrappedKeyLen);
    call_exchange(&call);
    get_message_mechanism(&call, pMechanism);
    get_bytes(&call, pWrappedKey, pulWrappedKeyLen);
    return call_end(&call);
}

CK_RV C_UnwrapKeyAuthenticated(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hUnwrappingKey, CK_BYTE_PTR pWrappedKey, CK_ULONG ulWrappedKeyLen, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulAttributeCount, CK_BYTE_PTR pAssociatedData, CK_ULONG ulAssociatedDataLen, CK_OBJECT_HANDLE_PTR phKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_UnwrapKeyAuthenticated, hSession, hUnwrappingKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_message_mechanism(&call, pMechanism);
    put_ulong(&call, hUnwrappingKey);
    put_bytes(&call, pWrappedKey, ulWrappedKeyLen);
    put_template(&call, pTemplate, ulAttributeCount);
    put_bytes(&call, pAssociatedData, ulAssociatedDataLen);
    put_place(&call, phKey);
    call_exchange(&call);
    get_message_mechanism(&call, pMechanism);
    get_ulong(&call, phKey);
    return call_end(&call);
}
