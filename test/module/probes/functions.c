// The functions that version 3.0 and 3.2 added, as C programs alone can call them.
#include "probe.h"

static CK_SESSION_HANDLE session;
static CK_BBOOL yes = CK_TRUE;
static CK_BYTE text[] = "the text of a message, in one part or in two of them";
static const CK_ULONG half = 20;

#define TEXT (sizeof text - 1)

static CK_RV same(const void *a, const void *b, size_t length)
{
    return memcmp(a, b, length) == 0 ? CKR_OK : CKR_DATA_INVALID;
}

static CK_RV first_error(CK_RV a, CK_RV b)
{
    return a != CKR_OK ? a : b;
}

static CK_OBJECT_HANDLE secret(CK_KEY_TYPE type, CK_MECHANISM_TYPE by, CK_ATTRIBUTE_TYPE use, CK_ATTRIBUTE_TYPE inverse)
{
    CK_ULONG length = 32;
    CK_MECHANISM mechanism = { by, NULL, 0 };
    CK_ATTRIBUTE template[] = {
        { CKA_VALUE_LEN, &length, sizeof length },
        { CKA_KEY_TYPE, &type, sizeof type },
        { CKA_EXTRACTABLE, &yes, sizeof yes },
        { use, &yes, sizeof yes },
        { inverse, &yes, sizeof yes },
    };
    CK_OBJECT_HANDLE key;

    must("C_GenerateKey", p11->C_GenerateKey(session, &mechanism, template, COUNT(template), &key));
    return key;
}

struct gcm {
    CK_BYTE iv[12], tag[16];
    CK_GCM_MESSAGE_PARAMS params;
};

static void gcm_prepare(struct gcm *gcm, CK_GENERATOR_FUNCTION generator)
{
    memset(gcm, 0, sizeof *gcm);
    gcm->params = (CK_GCM_MESSAGE_PARAMS){ gcm->iv, sizeof gcm->iv, 0, generator, gcm->tag, 8 * sizeof gcm->tag };
}

static void messages(void)
{
    const CK_OBJECT_HANDLE key = secret(CKK_AES, CKM_AES_KEY_GEN, CKA_ENCRYPT, CKA_DECRYPT);
    CK_MECHANISM mechanism = { CKM_AES_GCM, NULL, 0 };
    CK_BYTE sealed[64], parts[64], plain[64], none[12] = { 0 };
    CK_ULONG length = sizeof sealed, first, rest, more;
    struct gcm one, two;
    CK_RV rv;

    gcm_prepare(&one, CKG_GENERATE_RANDOM);
    gcm_prepare(&two, CKG_GENERATE_RANDOM);
    must("C_MessageEncryptInit", p32->C_MessageEncryptInit(session, &mechanism, key));
    say("C_EncryptMessageNext without a message",
        p32->C_EncryptMessageNext(session, &one.params, sizeof one.params, text, TEXT, sealed, &length, 0));
    say("C_EncryptMessage's length", p32->C_EncryptMessage(session, &one.params, sizeof one.params, text, 4, text, TEXT, NULL, &length));
    say("which is exact", length == TEXT ? CKR_OK : length);
    length = sizeof sealed;
    say("C_EncryptMessage", p32->C_EncryptMessage(session, &one.params, sizeof one.params, text, 4, text, TEXT, sealed, &length));
    say("and its IV is another", memcmp(one.iv, none, sizeof none) != 0 ? CKR_OK : CKR_RANDOM_NO_RNG);

    first = rest = sizeof parts / 2;
    say("C_EncryptMessageBegin", p32->C_EncryptMessageBegin(session, &two.params, sizeof two.params, text, 4));
    say("C_EncryptMessage in the middle",
        p32->C_EncryptMessage(session, &one.params, sizeof one.params, NULL, 0, text, TEXT, plain, &(CK_ULONG){ sizeof plain }));
    say("which ends the message",
        p32->C_EncryptMessageNext(session, &two.params, sizeof two.params, text, half, parts, &first, CKF_END_OF_MESSAGE));
    must("C_EncryptMessageBegin", p32->C_EncryptMessageBegin(session, &two.params, sizeof two.params, text, 4));
    first = half;
    rv = p32->C_EncryptMessageNext(session, &two.params, sizeof two.params, text, half, parts, &first, 0);
    rest = sizeof parts - first;
    say("C_EncryptMessageNext", first_error(rv, p32->C_EncryptMessageNext(session, &two.params, sizeof two.params, text + half, TEXT - half,
                                                                          parts + first, &rest, CKF_END_OF_MESSAGE)));
    say("C_MessageEncryptFinal", p32->C_MessageEncryptFinal(session));

    must("C_MessageDecryptInit", p32->C_MessageDecryptInit(session, &mechanism, key));
    length = sizeof plain;
    rv = p32->C_DecryptMessage(session, &two.params, sizeof two.params, text, 4, parts, first + rest, plain, &length);
    say("C_DecryptMessage", first_error(rv, length == TEXT ? same(plain, text, TEXT) : CKR_DATA_LEN_RANGE));
    must("C_DecryptMessageBegin", p32->C_DecryptMessageBegin(session, &one.params, sizeof one.params, text, 4));
    more = sizeof plain;
    rv = p32->C_DecryptMessageNext(session, &one.params, sizeof one.params, sealed, half, plain, &more, 0);
    length = sizeof plain - more;
    rv = first_error(rv, p32->C_DecryptMessageNext(session, &one.params, sizeof one.params, sealed + half, TEXT - half, plain + more,
                                                   &length, CKF_END_OF_MESSAGE));
    say("C_DecryptMessageNext", first_error(rv, same(plain, text, TEXT)));
    one.tag[0] ^= 1;
    length = sizeof plain;
    rv = p32->C_DecryptMessage(session, &one.params, sizeof one.params, text, 4, sealed, TEXT, plain, &length);
    say("C_DecryptMessage of a wrong tag", rv);
    say("C_SessionCancel", p32->C_SessionCancel(session, CKF_MESSAGE_DECRYPT));
    say("C_MessageDecryptFinal after it", p32->C_MessageDecryptFinal(session));
}

static void authenticated_wrapping(void)
{
    const CK_OBJECT_HANDLE by = secret(CKK_AES, CKM_AES_KEY_GEN, CKA_WRAP, CKA_UNWRAP);
    const CK_OBJECT_HANDLE key = secret(CKK_AES, CKM_AES_KEY_GEN, CKA_ENCRYPT, CKA_DECRYPT);
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_AES;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class }, { CKA_KEY_TYPE, &type, sizeof type } };
    CK_BYTE wrapped[64], none[12] = { 0 };
    CK_ULONG length = sizeof wrapped;
    CK_OBJECT_HANDLE back;
    struct gcm gcm;
    CK_MECHANISM mechanism = { CKM_AES_GCM, &gcm.params, sizeof gcm.params };

    gcm_prepare(&gcm, CKG_GENERATE_RANDOM);
    say("C_WrapKeyAuthenticated", p32->C_WrapKeyAuthenticated(session, &mechanism, by, key, text, 4, wrapped, &length));
    say("and the IV comes back", memcmp(gcm.iv, none, sizeof none) != 0 ? CKR_OK : CKR_RANDOM_NO_RNG);
    gcm.params.ivGenerator = CKG_NO_GENERATE;
    say("C_UnwrapKeyAuthenticated", p32->C_UnwrapKeyAuthenticated(session, &mechanism, by, wrapped, length, template, 2, text, 4, &back));
    say("of other data", p32->C_UnwrapKeyAuthenticated(session, &mechanism, by, wrapped, length, template, 2, text, 5, &back));
}

static void encapsulation(void)
{
    CK_ULONG bits = 2048, length = 0, room = 1;
    CK_BYTE exponent[] = { 1, 0, 1 }, ciphertext[256], first[3], second[3];
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_AES;
    CK_ULONG size = 32;
    CK_MECHANISM generate = { CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0 }, rsa = { CKM_RSA_PKCS, NULL, 0 };
    CK_ATTRIBUTE public[] = {
        { CKA_MODULUS_BITS, &bits, sizeof bits },
        { CKA_PUBLIC_EXPONENT, exponent, sizeof exponent },
        { CKA_ENCAPSULATE, &yes, sizeof yes },
    };
    CK_ATTRIBUTE private[] = { { CKA_DECAPSULATE, &yes, sizeof yes } };
    CK_ATTRIBUTE made[] = {
        { CKA_CLASS, &class, sizeof class },
        { CKA_KEY_TYPE, &type, sizeof type },
        { CKA_VALUE_LEN, &size, sizeof size },
    };
    CK_OBJECT_HANDLE publicKey, privateKey, ours = 0, theirs;
    CK_ATTRIBUTE check[] = { { CKA_CHECK_VALUE, first, 3 } }, other[] = { { CKA_CHECK_VALUE, second, 3 } };

    must("C_GenerateKeyPair", p11->C_GenerateKeyPair(session, &generate, public, 3, private, 1, &publicKey, &privateKey));
    say("C_EncapsulateKey's length", p32->C_EncapsulateKey(session, &rsa, publicKey, made, 3, NULL, &length, &ours));
    say("which is the modulus'", length == sizeof ciphertext && ours == 0 ? CKR_OK : length);
    say("C_EncapsulateKey without room", p32->C_EncapsulateKey(session, &rsa, publicKey, made, 3, ciphertext, &room, &ours));
    say("C_EncapsulateKey", p32->C_EncapsulateKey(session, &rsa, publicKey, made, 3, ciphertext, &length, &ours));
    say("C_EncapsulateKey by the private key", p32->C_EncapsulateKey(session, &rsa, privateKey, made, 3, ciphertext, &length, &theirs));
    say("C_DecapsulateKey by the public key", p32->C_DecapsulateKey(session, &rsa, publicKey, made, 2, ciphertext, length, &theirs));
    say("C_DecapsulateKey", p32->C_DecapsulateKey(session, &rsa, privateKey, made, 2, ciphertext, length, &theirs));
    must("C_GetAttributeValue", p11->C_GetAttributeValue(session, ours, check, 1));
    must("C_GetAttributeValue", p11->C_GetAttributeValue(session, theirs, other, 1));
    say("and both keys are the same", same(first, second, 3));
}

static void derivation(void)
{
    const CK_OBJECT_HANDLE base = secret(CKK_GENERIC_SECRET, CKM_GENERIC_SECRET_KEY_GEN, CKA_DERIVE, CKA_SIGN);
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_AES;
    CK_ULONG size = 16;
    CK_ATTRIBUTE template[] = {
        { CKA_CLASS, &class, sizeof class },
        { CKA_KEY_TYPE, &type, sizeof type },
        { CKA_VALUE_LEN, &size, sizeof size },
    };
    CK_SP800_108_COUNTER_FORMAT counter = { CK_FALSE, 32 };
    CK_PRF_DATA_PARAM data[] = {
        { CK_SP800_108_ITERATION_VARIABLE, &counter, sizeof counter },
        { CK_SP800_108_BYTE_ARRAY, text, TEXT },
    };
    CK_OBJECT_HANDLE own = 0, further = 0;
    CK_DERIVED_KEY keys[] = { { template, 3, &further } };
    CK_SP800_108_KDF_PARAMS params = { CKM_SHA256_HMAC, 2, data, 1, keys };
    CK_MECHANISM mechanism = { CKM_SP800_108_COUNTER_KDF, &params, sizeof params };
    CK_ULONG found;

    say("C_DeriveKey without a place", p11->C_DeriveKey(session, &mechanism, base, template, 3, NULL));
    say("which makes nothing", further);
    say("C_DeriveKey", p11->C_DeriveKey(session, &mechanism, base, template, 3, &own));
    say("and its own key is there", p11->C_GetObjectSize(session, own, &found));
    say("and the further one is another", further != own ? p11->C_GetObjectSize(session, further, &found) : CKR_GENERAL_ERROR);
    say("C_DeriveKey from none", p11->C_DeriveKey(session, &mechanism, ~0UL, template, 3, &own));
}

static void foreseen(void)
{
    const CK_OBJECT_HANDLE key = secret(CKK_GENERIC_SECRET, CKM_GENERIC_SECRET_KEY_GEN, CKA_SIGN, CKA_VERIFY);
    CK_MECHANISM mechanism = { CKM_SHA256_HMAC, NULL, 0 };
    CK_BYTE mac[32];
    CK_ULONG length = sizeof mac;

    must("C_SignInit", p11->C_SignInit(session, &mechanism, key));
    must("C_Sign", p11->C_Sign(session, text, TEXT, mac, &length));
    say("C_VerifySignatureInit of a wrong length", p32->C_VerifySignatureInit(session, &mechanism, key, mac, length - 1));
    must("C_VerifySignatureInit", p32->C_VerifySignatureInit(session, &mechanism, key, mac, length));
    say("C_VerifySignature", p32->C_VerifySignature(session, text, TEXT));
    must("C_VerifySignatureInit", p32->C_VerifySignatureInit(session, &mechanism, key, mac, length));
    must("C_VerifySignatureUpdate", p32->C_VerifySignatureUpdate(session, text, half));
    must("C_VerifySignatureUpdate", p32->C_VerifySignatureUpdate(session, text + half, TEXT - half));
    say("C_VerifySignatureFinal", p32->C_VerifySignatureFinal(session));
    must("C_VerifySignatureInit", p32->C_VerifySignatureInit(session, &mechanism, key, mac, length));
    say("C_VerifySignature of other data", p32->C_VerifySignature(session, text, TEXT - 1));
    say("which ends it", p32->C_VerifySignatureUpdate(session, text, TEXT));
}

static void others(void)
{
    CK_ULONG number = 1;
    CK_UTF8CHAR name[] = "C_Sign";
    CK_ASYNC_DATA data = { 0 };
    char *pin = getenv("PROBE_PIN");

    say("C_GetSessionValidationFlags", p32->C_GetSessionValidationFlags(session, CKS_LAST_VALIDATION_OK, &number));
    say("which are none", number);
    say("C_AsyncComplete", p32->C_AsyncComplete(session, name, &data));
    say("C_AsyncGetID", p32->C_AsyncGetID(session, name, &number));
    say("C_AsyncJoin", p32->C_AsyncJoin(session, name, 1, text, TEXT));
    must("C_Logout", p11->C_Logout(session));
    say("C_LoginUser with a name", p32->C_LoginUser(session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin), name, 6));
    say("C_LoginUser", p32->C_LoginUser(session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin), NULL, 0));
}

static CK_RV digest_is_of(CK_SESSION_HANDLE which, CK_BYTE *data, CK_ULONG length)
{
    CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
    CK_BYTE found[32], expected[32];
    CK_ULONG size = sizeof found;
    CK_RV rv = p11->C_DigestFinal(which, found, &size);

    must("C_DigestInit", p11->C_DigestInit(which, &sha256));
    must("C_Digest", p11->C_Digest(which, data, length, expected, &size));
    return first_error(rv, same(found, expected, sizeof found));
}

static void states(CK_SLOT_ID slot)
{
    CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
    CK_BYTE state[256];
    CK_ULONG length = sizeof state, room = 1;
    // As many as there are workers, and one more: one of them lives on another thread.
    CK_SESSION_HANDLE other = session;

    say("C_GetOperationState of nothing", p11->C_GetOperationState(session, state, &length));
    must("C_DigestInit", p11->C_DigestInit(session, &sha256));
    must("C_DigestUpdate", p11->C_DigestUpdate(session, text, half));
    say("C_GetOperationState without room", p11->C_GetOperationState(session, state, &room));
    length = sizeof state;
    say("C_GetOperationState", p11->C_GetOperationState(session, state, &length));
    must("C_DigestUpdate", p11->C_DigestUpdate(session, text, half));
    for (int i = 0; i < 3; i++) {
        other = open_session(slot);
        must("C_SetOperationState", p11->C_SetOperationState(other, state, length, 0, 0));
        must("C_DigestUpdate", p11->C_DigestUpdate(other, text + half, TEXT - half));
        say("C_SetOperationState, elsewhere", digest_is_of(other, text, TEXT));
    }
    say("C_SetOperationState with a key", p11->C_SetOperationState(other, state, length, 1, 0));
    state[20] ^= 1;
    say("C_SetOperationState of what was tampered with", p11->C_SetOperationState(session, state, length, 0, 0));
    p11->C_DigestInit(session, NULL);
    must("C_EncryptInit",
         p11->C_EncryptInit(session, &(CK_MECHANISM){ CKM_AES_ECB, NULL, 0 }, secret(CKK_AES, CKM_AES_KEY_GEN, CKA_ENCRYPT, CKA_DECRYPT)));
    length = sizeof state;
    say("C_GetOperationState of an encryption", p11->C_GetOperationState(session, state, &length));
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
    messages();
    authenticated_wrapping();
    encapsulation();
    derivation();
    foreseen();
    others();
    states(slot);
    must("C_Finalize", p11->C_Finalize(NULL));
    return 0;
}
