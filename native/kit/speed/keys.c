#include "keys.h"

#include <stdint.h>
#include <string.h>

#include "asked.h"
#include "module.h"
#include "program.h"

#define LABEL "strongroom speed"
#define BATCH 512

static CK_BYTE exponent[] = { 1, 0, 1 };

const struct kind kinds[KINDS] = {
    [RSA_2048] = { "rsa-2048", CKM_RSA_PKCS_KEY_PAIR_GEN, CKA_MODULUS_BITS, 2048, { 0 }, 0, CKA_SIGN, true },
    [RSA_3072] = { "rsa-3072", CKM_RSA_PKCS_KEY_PAIR_GEN, CKA_MODULUS_BITS, 3072, { 0 }, 0, CKA_SIGN, true },
    [RSA_4096] = { "rsa-4096", CKM_RSA_PKCS_KEY_PAIR_GEN, CKA_MODULUS_BITS, 4096, { 0 }, 0, CKA_SIGN, true },
    [P_256] = { "p-256", CKM_EC_KEY_PAIR_GEN, 0, 0, { 0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 }, 10, CKA_SIGN, true },
    [P_384] = { "p-384", CKM_EC_KEY_PAIR_GEN, 0, 0, { 0x06, 5, 0x2b, 0x81, 0x04, 0, 0x22 }, 7, CKA_SIGN, true },
    // By its name: SoftHSM 2.6 does not know the object identifier.
    [ED25519] = { "ed25519", CKM_EC_EDWARDS_KEY_PAIR_GEN, 0, 0,
                  "\x13\x0c"
                  "edwards25519",
                  14, CKA_SIGN, true },
    [ML_DSA_65] = { "ml-dsa-65", CKM_ML_DSA_KEY_PAIR_GEN, CKA_PARAMETER_SET, CKP_ML_DSA_65, { 0 }, 0, CKA_SIGN, true },
    [GENERIC_256] = { "generic-256", CKM_GENERIC_SECRET_KEY_GEN, CKA_VALUE_LEN, 32, { 0 }, 0, CKA_SIGN, false },
    [AES_256] = { "aes-256", CKM_AES_KEY_GEN, CKA_VALUE_LEN, 32, { 0 }, 0, CKA_ENCRYPT, false },
};

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

/** The kind's parameters, as they stand in the template of a public or a secret key. */
static CK_ULONG parameters_add(const struct kind *kind, CK_ATTRIBUTE *template)
{
    if (kind->size == 0) {
        template[0] = (CK_ATTRIBUTE){ CKA_EC_PARAMS, (void *)(uintptr_t)kind->parameters, kind->parameters_length };
        return 1;
    }
    template[0] = (CK_ATTRIBUTE){ kind->size, (void *)(uintptr_t)&kind->value, sizeof kind->value };
    if (kind->size != CKA_MODULUS_BITS)
        return 1;
    template[1] = (CK_ATTRIBUTE){ CKA_PUBLIC_EXPONENT, exponent, sizeof exponent };
    return 2;
}

CK_RV key_generate(CK_SESSION_HANDLE session, const struct kind *kind, bool on_token, struct pair *made)
{
    CK_MECHANISM mechanism = { kind->generation, NULL, 0 };
    CK_ATTRIBUTE private[8] = {
        { CKA_LABEL, LABEL, strlen(LABEL) },
        { CKA_ID, (void *)(uintptr_t)kind->name, strlen(kind->name) },
        { CKA_TOKEN, on_token ? &yes : &no, 1 },
        { CKA_PRIVATE, &yes, 1 },
        { CKA_SENSITIVE, &yes, 1 },
        { kind->use, &yes, 1 },
    };
    CK_ATTRIBUTE public[8] = { private[0], private[1], private [2], { CKA_PRIVATE, &no, 1 }, { CKA_VERIFY, &yes, 1 } };

    if (!kind->pair)
        return p11->C_GenerateKey(session, &mechanism, private, 6 + parameters_add(kind, private + 6), &made->private);
    return p11->C_GenerateKeyPair(session, &mechanism, public, 5 + parameters_add(kind, public + 5), private, 6, &made->public,
                                  &made->private);
}

static CK_ULONG search(CK_SESSION_HANDLE session, CK_ATTRIBUTE *template, CK_ULONG length, CK_OBJECT_HANDLE *found, CK_ULONG most)
{
    CK_ULONG count = 0;

    must("C_FindObjectsInit", p11->C_FindObjectsInit(session, template, length));
    must("C_FindObjects", p11->C_FindObjects(session, found, most, &count));
    must("C_FindObjectsFinal", p11->C_FindObjectsFinal(session));
    return count;
}

struct pair key_have(CK_SESSION_HANDLE session, enum kind_name name)
{
    const struct kind *kind = &kinds[name];
    CK_OBJECT_CLASS class = kind->pair ? CKO_PRIVATE_KEY : CKO_SECRET_KEY;
    CK_ATTRIBUTE template[] = {
        { CKA_LABEL, LABEL, strlen(LABEL) },
        { CKA_ID, (void *)(uintptr_t)kind->name, strlen(kind->name) },
        { CKA_CLASS, &class, sizeof class },
        { CKA_TOKEN, &yes, 1 },
    };
    struct pair pair = { 0 };
    CK_RV rv;

    if (!asked.session_keys && search(session, template, 4, &pair.private, 1) == 1)
        return pair;
    rv = key_generate(session, kind, !asked.session_keys, &pair);
    if (rv != CKR_OK)
        fail("no %s key can be made: 0x%lx.", kind->name, rv);
    return pair;
}

void object_id(unsigned long n, CK_BYTE id[8])
{
    for (int i = 0; i < 8; i++)
        id[i] = (CK_BYTE)(n >> (8 * i));
}

void objects_have(CK_SESSION_HANDLE session)
{
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    CK_BYTE id[8], value[32] = { 1 };
    CK_ATTRIBUTE template[] = {
        { CKA_LABEL, LABEL, strlen(LABEL) }, { CKA_CLASS, &class, sizeof class },  { CKA_TOKEN, asked.session_keys ? &no : &yes, 1 },
        { CKA_ID, id, sizeof id },           { CKA_KEY_TYPE, &type, sizeof type }, { CKA_PRIVATE, &yes, 1 },
        { CKA_VALUE, value, sizeof value },
    };
    CK_OBJECT_HANDLE found;

    object_id(asked.objects, id);
    if (search(session, template, 4, &found, 1) == 1)
        return;
    for (unsigned long n = 1; n <= asked.objects; n++) {
        object_id(n, id);
        must("C_CreateObject", p11->C_CreateObject(session, template, 7, &found));
    }
}

void objects_clean(CK_SESSION_HANDLE session)
{
    CK_ATTRIBUTE template[] = { { CKA_LABEL, LABEL, strlen(LABEL) }, { CKA_TOKEN, &yes, 1 } };
    CK_OBJECT_HANDLE found[BATCH];
    CK_ULONG count;

    while ((count = search(session, template, 2, found, BATCH)) > 0)
        for (CK_ULONG i = 0; i < count; i++)
            must("C_DestroyObject", p11->C_DestroyObject(session, found[i]));
}
