// The steps of the workload.

#include <string.h>

#include "kit.h"
#include "work.h"

#define AES_LENGTH 16

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static CK_ULONG aes_length = AES_LENGTH;
static CK_OBJECT_CLASS data = CKO_DATA;
static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };

static CK_RV get_info(struct work *work)
{
    CK_INFO info;

    (void)work;
    return p11->C_GetInfo(&info);
}

static CK_RV get_slot_list(struct work *work)
{
    CK_SLOT_ID slots[256];
    CK_ULONG count = 256;

    (void)work;
    return p11->C_GetSlotList(CK_FALSE, slots, &count);
}

static CK_RV wait_for_slot_event(struct work *work)
{
    CK_SLOT_ID slot;

    (void)work;
    return p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, NULL);
}

static CK_RV get_slot_info(struct work *work)
{
    CK_SLOT_INFO info;

    return p11->C_GetSlotInfo(work->slot, &info);
}

static CK_RV get_token_info(struct work *work)
{
    CK_TOKEN_INFO info;

    return p11->C_GetTokenInfo(work->slot, &info);
}

static CK_RV get_mechanism_list(struct work *work)
{
    CK_MECHANISM_TYPE types[1024];
    CK_ULONG count = 1024;

    return p11->C_GetMechanismList(work->slot, types, &count);
}

static CK_RV get_mechanism_info(struct work *work)
{
    CK_MECHANISM_INFO info;

    return p11->C_GetMechanismInfo(work->slot, CKM_RSA_PKCS, &info);
}

CK_RV steps_open_session(struct work *work)
{
    return session_open(work, &work->extra);
}

static CK_RV close_session(struct work *work)
{
    return p11->C_CloseSession(work->extra);
}

static CK_RV close_all_sessions(struct work *work)
{
    return p11->C_CloseAllSessions(work->slot);
}

static CK_RV get_session_info(struct work *work)
{
    CK_SESSION_INFO info;

    return p11->C_GetSessionInfo(work->session, &info);
}

static CK_RV logout(struct work *work)
{
    return p11->C_Logout(work->session);
}

static CK_RV login(struct work *work)
{
    return token_login(work->session);
}

static CK_RV find_init(struct work *work)
{
    return p11->C_FindObjectsInit(work->session, NULL, 0);
}

static CK_RV find(struct work *work)
{
    CK_OBJECT_HANDLE found[8];
    CK_ULONG count;

    return p11->C_FindObjects(work->session, found, 8, &count);
}

static CK_RV find_final(struct work *work)
{
    return p11->C_FindObjectsFinal(work->session);
}

static CK_RV generate_random(struct work *work)
{
    return p11->C_GenerateRandom(work->session, work->bytes, 32);
}

static CK_RV seed_random(struct work *work)
{
    return p11->C_SeedRandom(work->session, text, TEXT_LENGTH);
}

static CK_RV digest_init(struct work *work)
{
    CK_MECHANISM mechanism = { CKM_SHA256, NULL, 0 };

    return p11->C_DigestInit(work->session, &mechanism);
}

static CK_RV digest(struct work *work)
{
    work->length = sizeof work->bytes;
    return p11->C_Digest(work->session, text, TEXT_LENGTH, work->bytes, &work->length);
}

static CK_RV digest_update(struct work *work)
{
    return p11->C_DigestUpdate(work->session, text, TEXT_LENGTH);
}

static CK_RV digest_begun(struct work *work)
{
    const CK_RV rv = digest_init(work);

    return rv == CKR_OK ? digest_update(work) : rv;
}

static CK_RV digest_final(struct work *work)
{
    work->length = sizeof work->bytes;
    return p11->C_DigestFinal(work->session, work->bytes, &work->length);
}

static CK_RV get_operation_state(struct work *work)
{
    work->length = sizeof work->bytes;
    return p11->C_GetOperationState(work->session, work->bytes, &work->length);
}

static CK_RV create_object(struct work *work)
{
    CK_ATTRIBUTE template[] = {
        { CKA_CLASS, &data, sizeof data },
        { CKA_TOKEN, &no, 1 },
        { CKA_PRIVATE, &no, 1 },
        { CKA_VALUE, text, TEXT_LENGTH },
    };

    return p11->C_CreateObject(work->session, template, 4, &work->object);
}

static CK_RV copy_object(struct work *work)
{
    CK_OBJECT_HANDLE copy;
    CK_ATTRIBUTE template[] = { { CKA_LABEL, text, TEXT_LENGTH } };

    return p11->C_CopyObject(work->session, work->object, template, 1, &copy);
}

static CK_RV set_attribute_value(struct work *work)
{
    CK_ATTRIBUTE template[] = { { CKA_LABEL, text, TEXT_LENGTH } };

    return p11->C_SetAttributeValue(work->session, work->object, template, 1);
}

static CK_RV get_attribute_value(struct work *work)
{
    CK_BYTE label[64];
    CK_ATTRIBUTE template[] = { { CKA_LABEL, label, sizeof label } };

    return p11->C_GetAttributeValue(work->session, work->private, template, 1);
}

static CK_RV get_object_size(struct work *work)
{
    CK_ULONG size;

    return p11->C_GetObjectSize(work->session, work->private, &size);
}

static CK_RV destroy_object(struct work *work)
{
    return p11->C_DestroyObject(work->session, work->object);
}

static CK_RV generate_key(struct work *work)
{
    CK_MECHANISM mechanism = { CKM_AES_KEY_GEN, NULL, 0 };
    CK_ATTRIBUTE template[] = {
        { CKA_TOKEN, &no, 1 }, { CKA_ENCRYPT, &yes, 1 }, { CKA_DECRYPT, &yes, 1 }, { CKA_VALUE_LEN, &aes_length, sizeof aes_length }
    };

    return p11->C_GenerateKey(work->session, &mechanism, template, 4, &work->object);
}

static CK_RV generate_key_pair(struct work *work)
{
    CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
    CK_ATTRIBUTE public[] = { { CKA_TOKEN, &no, 1 }, { CKA_VERIFY, &yes, 1 }, { CKA_EC_PARAMS, p256, sizeof p256 } };
    CK_ATTRIBUTE private[] = { { CKA_TOKEN, &no, 1 }, { CKA_SIGN, &yes, 1 } };
    CK_OBJECT_HANDLE keys[2];

    return p11->C_GenerateKeyPair(work->session, &mechanism, public, 3, private, 2, &keys[0], &keys[1]);
}

static CK_RV encrypt_init(struct work *work)
{
    CK_MECHANISM mechanism = { CKM_AES_ECB, NULL, 0 };

    return p11->C_EncryptInit(work->session, &mechanism, work->object);
}

static CK_RV encrypt_begun(struct work *work)
{
    const CK_RV rv = generate_key(work);

    return rv == CKR_OK ? encrypt_init(work) : rv;
}

static CK_RV encrypt(struct work *work)
{
    CK_BYTE block[AES_LENGTH] = { 0 };

    work->length = sizeof work->bytes;
    return p11->C_Encrypt(work->session, block, sizeof block, work->bytes, &work->length);
}

static CK_RV decrypt_init(struct work *work)
{
    CK_MECHANISM mechanism = { CKM_AES_ECB, NULL, 0 };

    return p11->C_DecryptInit(work->session, &mechanism, work->object);
}

static CK_RV decrypt_begun(struct work *work)
{
    CK_RV rv = encrypt_begun(work);

    if (rv == CKR_OK)
        rv = encrypt(work);
    return rv == CKR_OK ? decrypt_init(work) : rv;
}

static CK_RV decrypt(struct work *work)
{
    CK_BYTE block[AES_LENGTH];
    CK_ULONG length = sizeof block;

    return p11->C_Decrypt(work->session, work->bytes, AES_LENGTH, block, &length);
}

static CK_RV sign_init(struct work *work)
{
    CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };

    return p11->C_SignInit(work->session, &mechanism, work->private);
}

static CK_RV sign(struct work *work)
{
    CK_RV rv;

    work->length = SIGNATURE_MAX;
    rv = p11->C_Sign(work->session, text, TEXT_LENGTH, work->bytes, &work->length);
    if (rv == CKR_OK && !signature_right(work->bytes, work->length))
        fault("C_Sign answered CKR_OK with a wrong signature");
    return rv;
}

static CK_RV sign_parts_init(struct work *work)
{
    CK_MECHANISM mechanism = { CKM_SHA256_RSA_PKCS, NULL, 0 };

    return p11->C_SignInit(work->session, &mechanism, work->private);
}

static CK_RV sign_update(struct work *work)
{
    return p11->C_SignUpdate(work->session, text, TEXT_LENGTH);
}

static CK_RV sign_begun(struct work *work)
{
    const CK_RV rv = sign_parts_init(work);

    return rv == CKR_OK ? sign_update(work) : rv;
}

static CK_RV sign_final(struct work *work)
{
    work->length = SIGNATURE_MAX;
    return p11->C_SignFinal(work->session, work->bytes, &work->length);
}

static CK_RV verify_init(struct work *work)
{
    CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };

    return p11->C_VerifyInit(work->session, &mechanism, work->public);
}

static CK_RV verify_begun(struct work *work)
{
    CK_RV rv = sign_init(work);

    if (rv == CKR_OK)
        rv = sign(work);
    return rv == CKR_OK ? verify_init(work) : rv;
}

static CK_RV verify(struct work *work)
{
    return p11->C_Verify(work->session, text, TEXT_LENGTH, work->bytes, work->length);
}

const struct step steps[] = {
    { "C_GetInfo", NEEDS_NOTHING, NULL, get_info },
    { "C_GetSlotList", NEEDS_NOTHING, NULL, get_slot_list },
    { "C_WaitForSlotEvent", NEEDS_NOTHING, NULL, wait_for_slot_event },
    { "C_GetSlotInfo", NEEDS_SLOT, NULL, get_slot_info },
    { "C_GetTokenInfo", NEEDS_SLOT, NULL, get_token_info },
    { "C_GetMechanismList", NEEDS_SLOT, NULL, get_mechanism_list },
    { "C_GetMechanismInfo", NEEDS_SLOT, NULL, get_mechanism_info },
    { "C_OpenSession", NEEDS_SESSION, NULL, steps_open_session },
    { "C_CloseSession", NEEDS_SESSION, steps_open_session, close_session },
    { "C_GetSessionInfo", NEEDS_SESSION, NULL, get_session_info },
    { "C_FindObjectsInit", NEEDS_SESSION, NULL, find_init },
    { "C_FindObjects", NEEDS_SESSION, find_init, find },
    { "C_FindObjectsFinal", NEEDS_SESSION, find_init, find_final },
    { "C_GenerateRandom", NEEDS_SESSION, NULL, generate_random },
    { "C_SeedRandom", NEEDS_SESSION, NULL, seed_random },
    { "C_DigestInit", NEEDS_SESSION, NULL, digest_init },
    { "C_Digest", NEEDS_SESSION, digest_init, digest },
    { "C_DigestUpdate", NEEDS_SESSION, digest_init, digest_update },
    { "C_GetOperationState", NEEDS_SESSION, digest_begun, get_operation_state },
    { "C_DigestFinal", NEEDS_SESSION, digest_begun, digest_final },
    { "C_CreateObject", NEEDS_KEY, NULL, create_object },
    { "C_CopyObject", NEEDS_KEY, create_object, copy_object },
    { "C_SetAttributeValue", NEEDS_KEY, create_object, set_attribute_value },
    { "C_DestroyObject", NEEDS_KEY, create_object, destroy_object },
    { "C_GetAttributeValue", NEEDS_KEY, NULL, get_attribute_value },
    { "C_GetObjectSize", NEEDS_KEY, NULL, get_object_size },
    { "C_GenerateKey", NEEDS_KEY, NULL, generate_key },
    { "C_GenerateKeyPair", NEEDS_KEY, NULL, generate_key_pair },
    { "C_EncryptInit", NEEDS_KEY, generate_key, encrypt_init },
    { "C_Encrypt", NEEDS_KEY, encrypt_begun, encrypt },
    { "C_DecryptInit", NEEDS_KEY, generate_key, decrypt_init },
    { "C_Decrypt", NEEDS_KEY, decrypt_begun, decrypt },
    { "C_SignInit", NEEDS_KEY, NULL, sign_init },
    { "C_Sign", NEEDS_KEY, sign_init, sign },
    { "C_SignUpdate", NEEDS_KEY, sign_parts_init, sign_update },
    { "C_SignFinal", NEEDS_KEY, sign_begun, sign_final },
    { "C_VerifyInit", NEEDS_KEY, NULL, verify_init },
    { "C_Verify", NEEDS_KEY, verify_begun, verify },
    { "C_Logout", NEEDS_KEY, NULL, logout },
    { "C_Login", NEEDS_KEY, logout, login },
    { "C_CloseAllSessions", NEEDS_KEY, NULL, close_all_sessions },
};
const size_t steps_count = sizeof steps / sizeof steps[0];
