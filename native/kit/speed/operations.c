#include "operations.h"

#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "module.h"
#include "program.h"

/** Calls, and remembers which function it was that failed. */
#define CALL(function, ...)                                                                                                                \
    do {                                                                                                                                   \
        const CK_RV rv = p11->function(__VA_ARGS__);                                                                                       \
        if (rv != CKR_OK) {                                                                                                                \
            place->failed = #function;                                                                                                     \
            return rv;                                                                                                                     \
        }                                                                                                                                  \
    } while (0)

static CK_MECHANISM mechanism_of(const struct operation *operation)
{
    return (CK_MECHANISM){ operation->mechanism, operation->parameter, operation->parameter_length };
}

static CK_ULONG size_of(const struct operation *operation)
{
    return operation->fixed || asked.size == 0 ? operation->size : asked.size;
}

static CK_RV run_sign(const struct operation *operation, struct place *place)
{
    CK_MECHANISM mechanism = mechanism_of(operation);
    CK_ULONG length = place->out_size;

    CALL(C_SignInit, place->session, &mechanism, place->key.private);
    CALL(C_Sign, place->session, place->data, size_of(operation), place->out, &length);
    return CKR_OK;
}

/** A nonce is never used twice with one key: it counts. */
static CK_RV run_encrypt_gcm(const struct operation *operation, struct place *place)
{
    CK_BYTE nonce[12] = { 0 };
    CK_GCM_PARAMS parameters = { .pIv = nonce, .ulIvLen = sizeof nonce, .ulIvBits = 8 * sizeof nonce, .ulTagBits = 128 };
    CK_MECHANISM mechanism = { operation->mechanism, &parameters, sizeof parameters };
    CK_ULONG length = place->out_size;

    memcpy(nonce, &place->number, sizeof place->number);
    memcpy(nonce + sizeof place->number, &place->turn, sizeof place->turn);
    CALL(C_EncryptInit, place->session, &mechanism, place->key.private);
    CALL(C_Encrypt, place->session, place->data, size_of(operation), place->out, &length);
    return CKR_OK;
}

static CK_RV run_digest(const struct operation *operation, struct place *place)
{
    CK_MECHANISM mechanism = mechanism_of(operation);
    CK_ULONG length = place->out_size;

    CALL(C_DigestInit, place->session, &mechanism);
    CALL(C_Digest, place->session, place->data, size_of(operation), place->out, &length);
    return CKR_OK;
}

static CK_RV run_random(const struct operation *operation, struct place *place)
{
    CALL(C_GenerateRandom, place->session, place->out, size_of(operation));
    return CKR_OK;
}

static CK_RV run_find(const struct operation *operation, struct place *place)
{
    CK_BYTE id[8];
    CK_ATTRIBUTE template[] = { { CKA_ID, id, sizeof id } };
    CK_OBJECT_HANDLE found;
    CK_ULONG count = 0;

    (void)operation;
    object_id(1 + (place->turn * 7919 + place->number * 104729) % asked.objects, id);
    CALL(C_FindObjectsInit, place->session, template, 1);
    CALL(C_FindObjects, place->session, &found, 1, &count);
    CALL(C_FindObjectsFinal, place->session);
    if (count == 1)
        return CKR_OK;
    place->failed = "C_FindObjects (found nothing)";
    return CKR_GENERAL_ERROR;
}

static CK_RV run_attribute(const struct operation *operation, struct place *place)
{
    CK_BYTE label[64], id[64];
    CK_ULONG type;
    CK_ATTRIBUTE template[] = { { CKA_LABEL, label, sizeof label }, { CKA_ID, id, sizeof id }, { CKA_KEY_TYPE, &type, sizeof type } };

    (void)operation;
    CALL(C_GetAttributeValue, place->session, place->key.private, template, 3);
    return CKR_OK;
}

static CK_RV run_session(const struct operation *operation, struct place *place)
{
    CK_SESSION_INFO info;
    CK_SESSION_HANDLE session;

    (void)operation;
    CALL(C_GetSessionInfo, place->session, &info);
    CALL(C_OpenSession, info.slotID, CKF_SERIAL_SESSION, NULL, NULL, &session);
    CALL(C_CloseSession, session);
    return CKR_OK;
}

static CK_RV run_session_info(const struct operation *operation, struct place *place)
{
    CK_SESSION_INFO info;

    (void)operation;
    CALL(C_GetSessionInfo, place->session, &info);
    return CKR_OK;
}

static CK_RV run_generate(const struct operation *operation, struct place *place)
{
    const enum kind_name name = operation->key;
    struct pair made;
    const CK_RV made_rv = key_generate(place->session, &kinds[name], false, &made);

    if (made_rv != CKR_OK) {
        place->failed = kinds[name].pair ? "C_GenerateKeyPair" : "C_GenerateKey";
        return made_rv;
    }
    if (kinds[name].pair)
        CALL(C_DestroyObject, place->session, made.public);
    CALL(C_DestroyObject, place->session, made.private);
    return CKR_OK;
}

static void leave(struct left *left, CK_OBJECT_HANDLE object)
{
    if (left->count == left->room) {
        left->room = 2 * left->room + 64;
        left->objects = realloc(left->objects, left->room * sizeof *left->objects);
        if (!left->objects)
            fail("there is no memory for what is to be destroyed again.");
    }
    left->objects[left->count++] = object;
}

/** A key that stays on the token: the call is back when it is safe on the disk. */
static CK_RV run_create(const struct operation *operation, struct place *place)
{
    struct pair made;
    const CK_RV rv = key_generate(place->session, &kinds[operation->key], true, &made);

    if (rv != CKR_OK)
        place->failed = "C_GenerateKey";
    else
        leave(&place->left, made.private);
    return rv;
}

CK_RV place_clear(const struct operation *operation, struct place *place)
{
    (void)operation;
    while (place->left.count > 0)
        CALL(C_DestroyObject, place->session, place->left.objects[--place->left.count]);
    return CKR_OK;
}

static CK_RSA_PKCS_PSS_PARAMS pss = { CKM_SHA256, CKG_MGF1_SHA256, 32 };

const struct operation operations[] = {
    { "rsa-2048", "C_SignInit, C_Sign with CKM_RSA_PKCS", run_sign, CKM_RSA_PKCS, NULL, 0, RSA_2048, 51, true, false },
    { "rsa-2048-pss", "C_SignInit, C_Sign with CKM_RSA_PKCS_PSS", run_sign, CKM_RSA_PKCS_PSS, &pss, sizeof pss, RSA_2048, 32, true, false },
    { "rsa-3072", "C_SignInit, C_Sign with CKM_RSA_PKCS", run_sign, CKM_RSA_PKCS, NULL, 0, RSA_3072, 51, true, false },
    { "rsa-3072-pss", "C_SignInit, C_Sign with CKM_RSA_PKCS_PSS", run_sign, CKM_RSA_PKCS_PSS, &pss, sizeof pss, RSA_3072, 32, true, false },
    { "rsa-4096", "C_SignInit, C_Sign with CKM_RSA_PKCS", run_sign, CKM_RSA_PKCS, NULL, 0, RSA_4096, 51, true, false },
    { "rsa-4096-pss", "C_SignInit, C_Sign with CKM_RSA_PKCS_PSS", run_sign, CKM_RSA_PKCS_PSS, &pss, sizeof pss, RSA_4096, 32, true, false },
    { "p-256", "C_SignInit, C_Sign with CKM_ECDSA", run_sign, CKM_ECDSA, NULL, 0, P_256, 32, true, false },
    { "p-384", "C_SignInit, C_Sign with CKM_ECDSA", run_sign, CKM_ECDSA, NULL, 0, P_384, 48, true, false },
    { "ed25519", "C_SignInit, C_Sign with CKM_EDDSA", run_sign, CKM_EDDSA, NULL, 0, ED25519, 32, false, false },
    { "ml-dsa-65", "C_SignInit, C_Sign with CKM_ML_DSA", run_sign, CKM_ML_DSA, NULL, 0, ML_DSA_65, 32, false, false },
    { "hmac-sha256", "C_SignInit, C_Sign with CKM_SHA256_HMAC", run_sign, CKM_SHA256_HMAC, NULL, 0, GENERIC_256, 256, false, false },
    { "aes-gcm", "C_EncryptInit, C_Encrypt with CKM_AES_GCM", run_encrypt_gcm, CKM_AES_GCM, NULL, 0, AES_256, 1024, false, false },
    { "sha-256", "C_DigestInit, C_Digest with CKM_SHA256", run_digest, CKM_SHA256, NULL, 0, KINDS, 1024, false, false },
    { "random", "C_GenerateRandom", run_random, 0, NULL, 0, KINDS, 32, false, false },
    { "find", "C_FindObjectsInit by CKA_ID, C_FindObjects, C_FindObjectsFinal", run_find, 0, NULL, 0, KINDS, 0, true, true },
    { "attribute", "C_GetAttributeValue of three attributes", run_attribute, 0, NULL, 0, P_256, 0, true, false },
    { "session", "C_OpenSession, C_CloseSession", run_session, 0, NULL, 0, KINDS, 0, true, false },
    { "session-info", "C_GetSessionInfo", run_session_info, 0, NULL, 0, KINDS, 0, true, false },
    { "generate-p-256", "C_GenerateKeyPair of session objects, C_DestroyObject twice", run_generate, 0, NULL, 0, P_256, 0, true, false },
    { "generate-rsa-2048", "C_GenerateKeyPair of session objects, C_DestroyObject twice", run_generate, 0, NULL, 0, RSA_2048, 0, true,
      false },
    { "generate-rsa-4096", "C_GenerateKeyPair of session objects, C_DestroyObject twice", run_generate, 0, NULL, 0, RSA_4096, 0, true,
      false },
    { "generate-aes", "C_GenerateKey of a session object, C_DestroyObject", run_generate, 0, NULL, 0, AES_256, 0, true, false },
    { "create-aes", "C_GenerateKey of a token object, durable", run_create, 0, NULL, 0, AES_256, 0, true, false },
};
const size_t operations_count = sizeof operations / sizeof operations[0];
