// Attributes whose value is a template: pointers within pointers, there and back.
#include "probe.h"

static CK_SESSION_HANDLE session;
static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
static char label[] = "inner";
static CK_ULONG aes = CKK_AES;

/** What each of the keys carries. */
static CK_ATTRIBUTE inner[] = {
    { CKA_LABEL, label, sizeof label - 1 },
    { CKA_KEY_TYPE, &aes, sizeof aes },
    { CKA_EXTRACTABLE, &no, sizeof no },
};

/** Asked for as the standard describes it: the length, then the values' lengths, then the values. */
static CK_RV read_back(CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type)
{
    char text[16];
    CK_ULONG number = 0;
    CK_BBOOL flag = CK_TRUE;
    // The types are ignored on input and set on output.
    CK_ATTRIBUTE found[COUNT(inner)] = { { 0 } };
    CK_ATTRIBUTE asked = { type, NULL, 0 };
    CK_RV rv = p11->C_GetAttributeValue(session, key, &asked, 1);

    if (rv != CKR_OK || asked.ulValueLen != sizeof found)
        return rv != CKR_OK ? rv : CKR_GENERAL_ERROR;
    asked.pValue = found;
    rv = p11->C_GetAttributeValue(session, key, &asked, 1);
    if (rv != CKR_OK)
        return rv;
    for (size_t i = 0; i < COUNT(inner); i++)
        if (found[i].type != inner[i].type || found[i].ulValueLen != inner[i].ulValueLen)
            return CKR_GENERAL_ERROR;
    found[0].pValue = text;
    found[1].pValue = &number;
    found[2].pValue = &flag;
    rv = p11->C_GetAttributeValue(session, key, &asked, 1);
    if (rv == CKR_OK && (memcmp(text, label, sizeof label - 1) != 0 || number != CKK_AES || flag != CK_FALSE))
        return CKR_GENERAL_ERROR;
    return rv;
}

/** The key is found by its template, and not by another. */
static CK_RV find(CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type)
{
    CK_ATTRIBUTE asked = { type, inner, sizeof inner }, other = { type, inner, sizeof inner[0] };
    CK_OBJECT_HANDLE found = 0;
    CK_ULONG count = 0;

    must("C_FindObjectsInit", p11->C_FindObjectsInit(session, &other, 1));
    must("C_FindObjects", p11->C_FindObjects(session, &found, 1, &count));
    must("C_FindObjectsFinal", p11->C_FindObjectsFinal(session));
    if (count != 0)
        return CKR_GENERAL_ERROR;
    must("C_FindObjectsInit", p11->C_FindObjectsInit(session, &asked, 1));
    must("C_FindObjects", p11->C_FindObjects(session, &found, 1, &count));
    must("C_FindObjectsFinal", p11->C_FindObjectsFinal(session));
    return count == 1 && found == key ? CKR_OK : CKR_GENERAL_ERROR;
}

static void say_of(const char *name, const char *what, CK_RV rv)
{
    char line[64];

    snprintf(line, sizeof line, "%s %s", name, what);
    say(line, rv);
}

static void secret_key(const char *name, CK_ATTRIBUTE_TYPE type)
{
    CK_ULONG class = CKO_SECRET_KEY, kind = CKK_GENERIC_SECRET;
    CK_ATTRIBUTE template[] = {
        { CKA_CLASS, &class, sizeof class },
        { CKA_KEY_TYPE, &kind, sizeof kind },
        { CKA_VALUE, "secret", 6 },
        { type, inner, sizeof inner },
    };
    CK_OBJECT_HANDLE key;

    must(name, p11->C_CreateObject(session, template, COUNT(template), &key));
    say_of(name, "read back", read_back(key, type));
    say_of(name, "found by", find(key, type));
    must("C_DestroyObject", p11->C_DestroyObject(session, key));
    template[3].ulValueLen--;
    say_of(name, "of no whole number", p11->C_CreateObject(session, template, COUNT(template), &key));
}

static void key_pair(void)
{
    CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
    CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
    CK_ATTRIBUTE public[] = {
        { CKA_EC_PARAMS, p256, sizeof p256 },
        { CKA_ENCAPSULATE, &yes, sizeof yes },
        { CKA_ENCAPSULATE_TEMPLATE, inner, sizeof inner },
    };
    CK_ATTRIBUTE private[] = { { CKA_DECAPSULATE_TEMPLATE, inner, sizeof inner } };
    CK_OBJECT_HANDLE public_key, private_key;
    CK_RV rv = p11->C_GenerateKeyPair(session, &mechanism, public, COUNT(public), private, COUNT(private), &public_key, &private_key);

    must("C_GenerateKeyPair", rv);
    say("CKA_ENCAPSULATE_TEMPLATE read back", read_back(public_key, CKA_ENCAPSULATE_TEMPLATE));
    say("CKA_ENCAPSULATE_TEMPLATE found by", find(public_key, CKA_ENCAPSULATE_TEMPLATE));
    say("CKA_DECAPSULATE_TEMPLATE read back", read_back(private_key, CKA_DECAPSULATE_TEMPLATE));
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    load(argv[1]);
    must("C_Initialize", p11->C_Initialize(NULL));
    session = open_session(find_slot());
    log_in(session);
    secret_key("CKA_WRAP_TEMPLATE", CKA_WRAP_TEMPLATE);
    secret_key("CKA_UNWRAP_TEMPLATE", CKA_UNWRAP_TEMPLATE);
    secret_key("CKA_DERIVE_TEMPLATE", CKA_DERIVE_TEMPLATE);
    key_pair();
    must("C_Finalize", p11->C_Finalize(NULL));
    return 0;
}
