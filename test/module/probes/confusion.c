// Every mechanism with every object, in every function that takes both: what each pair is answered.
#include "probe.h"

static CK_SESSION_HANDLE session;
static CK_BYTE bytes[4096];
static CK_ULONG length;
static CK_OBJECT_HANDLE made;

/* Functions with more arguments than a mechanism and a key. */

static CK_RV verify_signature_init(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
    return p32->C_VerifySignatureInit(h, m, key, bytes, 64);
}

static CK_RV wrap(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
    return p32->C_WrapKey(h, m, key, key, bytes, &length);
}

static CK_RV unwrap(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
    return p32->C_UnwrapKey(h, m, key, bytes, 64, NULL, 0, &made);
}

static CK_RV wrap_authenticated(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
    return p32->C_WrapKeyAuthenticated(h, m, key, key, bytes, 4, bytes, &length);
}

static CK_RV unwrap_authenticated(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
    return p32->C_UnwrapKeyAuthenticated(h, m, key, bytes, 64, NULL, 0, bytes, 4, &made);
}

static CK_RV derive(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
    return p32->C_DeriveKey(h, m, key, NULL, 0, &made);
}

static CK_RV encapsulate(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
    return p32->C_EncapsulateKey(h, m, key, NULL, 0, bytes, &length, &made);
}

static CK_RV decapsulate(CK_SESSION_HANDLE h, CK_MECHANISM *m, CK_OBJECT_HANDLE key)
{
    return p32->C_DecapsulateKey(h, m, key, NULL, 0, bytes, 64, &made);
}

typedef CK_RV (*use)(CK_SESSION_HANDLE, CK_MECHANISM *, CK_OBJECT_HANDLE);

static CK_MECHANISM_TYPE types[1024];
static CK_ULONG mechanisms = COUNT(types);

static struct {
    CK_OBJECT_HANDLE handle;
    char label[64];
} objects[256];
static CK_ULONG count;

/** The objects that have a name: the others are the token's own. */
static void look_around(CK_SLOT_ID slot)
{
    CK_OBJECT_HANDLE found[COUNT(objects)];
    CK_ULONG number;

    must("C_GetMechanismList", p11->C_GetMechanismList(slot, types, &mechanisms));
    must("C_FindObjectsInit", p11->C_FindObjectsInit(session, NULL, 0));
    must("C_FindObjects", p11->C_FindObjects(session, found, COUNT(found), &number));
    must("C_FindObjectsFinal", p11->C_FindObjectsFinal(session));
    for (CK_ULONG i = 0; i < number; i++) {
        CK_ATTRIBUTE asked = { CKA_LABEL, objects[count].label, sizeof objects[count].label - 1 };

        objects[count].handle = found[i];
        if (p11->C_GetAttributeValue(session, found[i], &asked, 1) == CKR_OK && asked.ulValueLen > 0)
            count++;
    }
}

static void try_one(const char *function, use with, CK_FLAGS operation, CK_MECHANISM_TYPE type, CK_ULONG object)
{
    CK_MECHANISM mechanism = { type, NULL, 0 };
    char call[128];
    CK_RV rv;

    length = sizeof bytes;
    rv = with(session, &mechanism, objects[object].handle);
    snprintf(call, sizeof call, "%s %lu %s", function, type, objects[object].label);
    say(call, rv);
    if (rv == CKR_OK)
        p32->C_SessionCancel(session, operation);
}

/** Every object with what has the operation, and with what has not, one. */
static void try_all(CK_SLOT_ID slot, const char *function, use with, CK_FLAGS operation)
{
    CK_MECHANISM_INFO info;

    for (CK_ULONG i = 0; i < mechanisms; i++) {
        must("C_GetMechanismInfo", p11->C_GetMechanismInfo(slot, types[i], &info));
        for (CK_ULONG j = 0; j < (info.flags & operation ? count : 1); j++)
            try_one(function, with, operation, types[i], j);
    }
}

int main(int argc, char **argv)
{
    CK_SLOT_ID slot;

    (void)argc;
    load_3_2(argv[1]);
    must("C_Initialize", p11->C_Initialize(NULL));
    slot = find_slot();
    session = open_session(slot);
    log_in(session);
    look_around(slot);
    try_all(slot, "C_EncryptInit", p32->C_EncryptInit, CKF_ENCRYPT);
    try_all(slot, "C_DecryptInit", p32->C_DecryptInit, CKF_DECRYPT);
    try_all(slot, "C_SignInit", p32->C_SignInit, CKF_SIGN);
    try_all(slot, "C_VerifyInit", p32->C_VerifyInit, CKF_VERIFY);
    try_all(slot, "C_SignRecoverInit", p32->C_SignRecoverInit, CKF_SIGN_RECOVER);
    try_all(slot, "C_VerifyRecoverInit", p32->C_VerifyRecoverInit, CKF_VERIFY_RECOVER);
    try_all(slot, "C_VerifySignatureInit", verify_signature_init, CKF_VERIFY);
    try_all(slot, "C_MessageEncryptInit", p32->C_MessageEncryptInit, CKF_MESSAGE_ENCRYPT);
    try_all(slot, "C_MessageDecryptInit", p32->C_MessageDecryptInit, CKF_MESSAGE_DECRYPT);
    try_all(slot, "C_MessageSignInit", p32->C_MessageSignInit, CKF_MESSAGE_SIGN);
    try_all(slot, "C_MessageVerifyInit", p32->C_MessageVerifyInit, CKF_MESSAGE_VERIFY);
    try_all(slot, "C_WrapKey", wrap, CKF_WRAP);
    try_all(slot, "C_UnwrapKey", unwrap, CKF_UNWRAP);
    try_all(slot, "C_WrapKeyAuthenticated", wrap_authenticated, CKF_WRAP);
    try_all(slot, "C_UnwrapKeyAuthenticated", unwrap_authenticated, CKF_UNWRAP);
    try_all(slot, "C_DeriveKey", derive, CKF_DERIVE);
    try_all(slot, "C_EncapsulateKey", encapsulate, CKF_ENCAPSULATE);
    try_all(slot, "C_DecapsulateKey", decapsulate, CKF_DECAPSULATE);
    must("works", works(session));
    must("C_Finalize", p11->C_Finalize(NULL));
    return 0;
}
