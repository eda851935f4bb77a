// Operations in one part, and their Inits, which often need no way of their own to the engine (foreseen.h).

#include "foreseen.h"

#define HERE __builtin_return_address(0)

static const struct operation encryption = { CALL_C_EncryptInit, CALL_C_Encrypt };
static const struct operation decryption = { CALL_C_DecryptInit, CALL_C_Decrypt };
static const struct operation digesting = { CALL_C_DigestInit, CALL_C_Digest };
static const struct operation signing = { CALL_C_SignInit, CALL_C_Sign };
static const struct operation verifying = { CALL_C_VerifyInit, CALL_C_Verify };

/** What the application gives, and where it wants the result. */
struct given {
    CK_SESSION_HANDLE session;
    const CK_BYTE *input;
    CK_ULONG length;
    CK_BYTE *output;
    CK_ULONG *output_length;
};

static CK_RV whole(void *from, const struct operation *operation, const struct given *given)
{
    const bool asks = !given->output && given->output_length;
    struct turn turn;

    if (!turn_begin(&turn, from, operation, given->session))
        return turn.call.rv;
    if (asks && (given->input || given->length == 0) && turn_answered(&turn, given->length, given->output_length))
        return CKR_OK;
    put_bytes(&turn.call, given->input, given->length);
    put_space(&turn.call, given->output, given->output_length);
    call_exchange(&turn.call);
    get_bytes(&turn.call, given->output, given->output_length);
    return turn_end(&turn, given->length, asks ? given->output_length : NULL);
}

CK_RV C_EncryptInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey)
{
    return foreseen_init(HERE, &encryption, hSession, pMechanism, &hKey);
}

CK_RV C_Encrypt(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pEncryptedData,
                CK_ULONG_PTR pulEncryptedDataLen)
{
    return whole(HERE, &encryption, &(struct given){ hSession, pData, ulDataLen, pEncryptedData, pulEncryptedDataLen });
}

CK_RV C_DecryptInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey)
{
    return foreseen_init(HERE, &decryption, hSession, pMechanism, &hKey);
}

CK_RV C_Decrypt(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pEncryptedData, CK_ULONG ulEncryptedDataLen, CK_BYTE_PTR pData,
                CK_ULONG_PTR pulDataLen)
{
    return whole(HERE, &decryption, &(struct given){ hSession, pEncryptedData, ulEncryptedDataLen, pData, pulDataLen });
}

CK_RV C_DigestInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism)
{
    return foreseen_init(HERE, &digesting, hSession, pMechanism, NULL);
}

CK_RV C_Digest(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pDigest, CK_ULONG_PTR pulDigestLen)
{
    return whole(HERE, &digesting, &(struct given){ hSession, pData, ulDataLen, pDigest, pulDigestLen });
}

CK_RV C_SignInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey)
{
    return foreseen_init(HERE, &signing, hSession, pMechanism, &hKey);
}

CK_RV C_Sign(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, CK_ULONG_PTR pulSignatureLen)
{
    return whole(HERE, &signing, &(struct given){ hSession, pData, ulDataLen, pSignature, pulSignatureLen });
}

CK_RV C_VerifyInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey)
{
    return foreseen_init(HERE, &verifying, hSession, pMechanism, &hKey);
}

CK_RV C_Verify(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, CK_ULONG ulSignatureLen)
{
    struct turn turn;

    if (!turn_begin(&turn, HERE, &verifying, hSession))
        return turn.call.rv;
    put_bytes(&turn.call, pData, ulDataLen);
    put_bytes(&turn.call, pSignature, ulSignatureLen);
    call_exchange(&turn.call);
    return turn_end(&turn, 0, NULL);
}
