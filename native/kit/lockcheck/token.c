#include "token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit.h"

#define LABEL "lockcheck"
#define PIN "lockcheck-1234"
#define SLOTS 256

CK_BYTE text[] = "Hello, World!";

static const char *pin(void)
{
    return kit.pin ? kit.pin : PIN;
}

static const char *so_pin(void)
{
    return kit.so_pin ? kit.so_pin : PIN;
}

static bool padded_is(const CK_BYTE *field, size_t size, const char *wanted)
{
    const size_t length = strlen(wanted);

    if (length > size || memcmp(field, wanted, length) != 0)
        return false;
    for (size_t i = length; i < size; i++)
        if (field[i] != ' ')
            return false;
    return true;
}

/** The first slot whose token has the label; with a null pointer the first whose token nobody initialised. */
static bool slot_search(const char *label, CK_SLOT_ID *slot)
{
    CK_SLOT_ID slots[SLOTS];
    CK_ULONG count = SLOTS;
    CK_TOKEN_INFO info;

    if (p11->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK)
        return false;
    for (CK_ULONG i = 0; i < count; i++) {
        if (p11->C_GetTokenInfo(slots[i], &info) != CKR_OK)
            continue;
        if (label ? padded_is(info.label, sizeof info.label, label) : (info.flags & CKF_TOKEN_INITIALIZED) == 0) {
            *slot = slots[i];
            return true;
        }
    }
    return false;
}

bool slot_find(CK_SLOT_ID *slot)
{
    CK_SLOT_ID slots[SLOTS];
    CK_ULONG count = SLOTS;

    if (slot_search(kit.label ? kit.label : LABEL, slot))
        return true;
    if (p11->C_GetSlotList(CK_TRUE, slots, &count) != CKR_OK || count == 0)
        return false;
    *slot = slots[0];
    return true;
}

CK_RV token_login(CK_SESSION_HANDLE session)
{
    return p11->C_Login(session, CKU_USER, (CK_UTF8CHAR_PTR)(uintptr_t)pin(), strlen(pin()));
}

bool key_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *key)
{
    CK_ATTRIBUTE template[] = { { CKA_LABEL, LABEL, strlen(LABEL) }, { CKA_CLASS, &class, sizeof class } };
    CK_ULONG found = 0;

    if (p11->C_FindObjectsInit(session, template, 2) != CKR_OK)
        return false;
    if (p11->C_FindObjects(session, key, 1, &found) != CKR_OK)
        found = 0;
    p11->C_FindObjectsFinal(session);
    return found == 1;
}

bool signature_right(const CK_BYTE *signature, CK_ULONG length)
{
    const char *reference = getenv("LOCKCHECK_REFERENCE");

    if (!reference || strlen(reference) != 2 * length)
        return false;
    for (CK_ULONG i = 0; i < length; i++) {
        unsigned byte = 256;

        if (sscanf(reference + 2 * i, "%2x", &byte) != 1 || byte != signature[i])
            return false;
    }
    return true;
}

static _Noreturn void no_token(const char *why)
{
    line_send(LINE_NO_TOKEN, why);
    done();
}

static void must(const char *function, CK_RV rv)
{
    char why[200];

    if (rv == CKR_OK)
        return;
    snprintf(why, sizeof why, "no token to sign with: %s answered %s", function, rv_name(rv));
    no_token(why);
}

CK_RV token_initialize(CK_SLOT_ID slot)
{
    CK_UTF8CHAR label[32];

    memset(label, ' ', sizeof label);
    memcpy(label, LABEL, strlen(LABEL));
    return p11->C_InitToken(slot, (CK_UTF8CHAR_PTR)(uintptr_t)so_pin(), strlen(so_pin()), label);
}

/** A token of our own, in a slot where nobody has one. */
static void token_make(CK_SLOT_ID slot)
{
    CK_SESSION_HANDLE session;
    CK_UTF8CHAR_PTR so = (CK_UTF8CHAR_PTR)(uintptr_t)so_pin(), user = (CK_UTF8CHAR_PTR)(uintptr_t)pin();

    must("C_InitToken", token_initialize(slot));
    // Initialised, it may have moved to another slot.
    if (!slot_search(LABEL, &slot))
        no_token("the token that C_InitToken made is not found");
    must("C_OpenSession", p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session));
    must("C_Login", p11->C_Login(session, CKU_SO, so, strlen(so_pin())));
    must("C_InitPIN", p11->C_InitPIN(session, user, strlen(pin())));
    must("C_Logout", p11->C_Logout(session));
    must("C_CloseSession", p11->C_CloseSession(session));
}

static void key_make(CK_SESSION_HANDLE session)
{
    CK_MECHANISM mechanism = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 };
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ULONG bits = 1024;
    CK_BYTE exponent[] = { 1, 0, 1 }, id[] = { 1 };
    CK_ATTRIBUTE public[] = {
        { CKA_LABEL, LABEL, strlen(LABEL) },
        { CKA_ID, id, sizeof id },
        { CKA_TOKEN, &yes, 1 },
        { CKA_PRIVATE, &no, 1 },
        { CKA_VERIFY, &yes, 1 },
        { CKA_MODULUS_BITS, &bits, sizeof bits },
        { CKA_PUBLIC_EXPONENT, exponent, sizeof exponent },
    };
    CK_ATTRIBUTE private[] = {
        { CKA_LABEL, LABEL, strlen(LABEL) },
        { CKA_ID, id, sizeof id },
        { CKA_TOKEN, &yes, 1 },
        { CKA_PRIVATE, &yes, 1 },
        { CKA_SIGN, &yes, 1 },
        { CKA_SENSITIVE, &yes, 1 },
    };
    CK_OBJECT_HANDLE keys[2];
    CK_RV rv = p11->C_GenerateKeyPair(session, &mechanism, public, 7, private, 6, &keys[0], &keys[1]);

    // Small and quick where the token allows it.
    if (rv == CKR_KEY_SIZE_RANGE || rv == CKR_ATTRIBUTE_VALUE_INVALID) {
        bits = 2048;
        rv = p11->C_GenerateKeyPair(session, &mechanism, public, 7, private, 6, &keys[0], &keys[1]);
    }
    must("C_GenerateKeyPair", rv);
}

/** The signature that all others must equal, checked with the public half before it counts. */
static void reference_make(CK_SESSION_HANDLE session)
{
    CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };
    CK_OBJECT_HANDLE private, public;
    CK_BYTE signature[SIGNATURE_MAX];
    CK_ULONG length = sizeof signature;
    char hex[2 * SIGNATURE_MAX + 1] = "";

    if (!key_find(session, CKO_PRIVATE_KEY, &private)) {
        key_make(session);
        if (!key_find(session, CKO_PRIVATE_KEY, &private))
            no_token("the key that C_GenerateKeyPair made is not found");
    }
    must("C_SignInit", p11->C_SignInit(session, &mechanism, private));
    must("C_Sign", p11->C_Sign(session, text, TEXT_LENGTH, signature, &length));
    if (!key_find(session, CKO_PUBLIC_KEY, &public))
        no_token("the public half of the key is not found");
    must("C_VerifyInit", p11->C_VerifyInit(session, &mechanism, public));
    must("C_Verify", p11->C_Verify(session, text, TEXT_LENGTH, signature, length));
    for (CK_ULONG i = 0; i < length; i++)
        snprintf(hex + 2 * i, 3, "%02x", signature[i]);
    line_send(LINE_REFERENCE, hex);
}

void token_prepare(void)
{
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;
    CK_RV rv = initialize(FORM_OS);

    must("C_Initialize", rv == CKR_CANT_LOCK ? initialize(FORM_NULL) : rv);
    if (!slot_search(kit.label ? kit.label : LABEL, &slot)) {
        if (kit.label)
            no_token("no token has the given label");
        if (!kit.make_token)
            no_token("no token to sign with: name one with --token-label, or allow --make-token to initialise a free one");
        if (!slot_search(NULL, &slot))
            no_token("no token to sign with: none is there that could be initialised");
        token_make(slot);
        slot_search(LABEL, &slot);
    }
    must("C_OpenSession", p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session));
    must("C_Login", token_login(session));
    reference_make(session);
    finalize();
}
