// NULL where a pointer must be, lengths that no memory has, handles that nobody gave out.
#include "probe.h"

#define HUGE_LENGTH (1UL << 63)

static CK_SLOT_ID slot;
static CK_SESSION_HANDLE session;
static CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
static CK_BYTE buffer[256];
static CK_ULONG length;

static void start_digest(void)
{
    length = sizeof buffer;
    must("C_DigestInit", p11->C_DigestInit(session, &sha256));
}

/** After a refused call its operation must be over: a new one can be started. */
static void say_digest(const char *name, CK_RV rv)
{
    say(name, rv);
    if (p11->C_DigestInit(session, &sha256) == CKR_OPERATION_ACTIVE)
        printf("%s: and still active\t0\n", name);
    else
        p11->C_DigestInit(session, NULL);
    length = sizeof buffer;
}

static void general(void)
{
    say("C_GetFunctionList(NULL)", p11->C_GetFunctionList(NULL));
    say("C_GetInfo(NULL)", p11->C_GetInfo(NULL));
    say("C_GetSlotList(NULL, NULL)", p11->C_GetSlotList(CK_TRUE, NULL, NULL));
    say("C_GetSlotInfo(NULL)", p11->C_GetSlotInfo(slot, NULL));
    say("C_GetTokenInfo(NULL)", p11->C_GetTokenInfo(slot, NULL));
    say("C_GetTokenInfo(no such slot)", p11->C_GetTokenInfo(HUGE_LENGTH, (CK_TOKEN_INFO *)buffer));
    say("C_GetMechanismList(NULL, NULL)", p11->C_GetMechanismList(slot, NULL, NULL));
    say("C_GetMechanismInfo(NULL)", p11->C_GetMechanismInfo(slot, CKM_SHA256, NULL));
    say("C_InitToken(no label)", p11->C_InitToken(slot, (CK_UTF8CHAR *)"12345678", 8, NULL));
    say("C_WaitForSlotEvent(reserved)", p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &slot, buffer));
}

static void sessions(void)
{
    say("C_OpenSession(no handle)", p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, NULL));
    say("C_OpenSession(not serial)", p11->C_OpenSession(slot, 0, NULL, NULL, &length));
    say("C_OpenSession(no such slot)", p11->C_OpenSession(HUGE_LENGTH, CKF_SERIAL_SESSION, NULL, NULL, &length));
    say("C_GetSessionInfo(NULL)", p11->C_GetSessionInfo(session, NULL));
    say("C_GetSessionInfo(no such session)", p11->C_GetSessionInfo(HUGE_LENGTH, (CK_SESSION_INFO *)buffer));
    say("C_Login(no such user)", p11->C_Login(session, 7, (CK_UTF8CHAR *)"123456", 6));
    say("C_Login(NULL PIN of 6)", p11->C_Login(session, CKU_USER, NULL, 6));
    say("C_SetPIN(NULL new PIN)", p11->C_SetPIN(session, (CK_UTF8CHAR *)"123456", 6, NULL, 6));
}

static void objects(void)
{
    CK_ULONG class = CKO_DATA;
    CK_BYTE value[4] = { 1, 2, 3, 4 };
    CK_ATTRIBUTE data[] = { { CKA_CLASS, &class, sizeof class }, { CKA_VALUE, value, sizeof value } };
    CK_ATTRIBUTE endless = { CKA_VALUE, value, HUGE_LENGTH };
    CK_ATTRIBUTE hollow = { CKA_VALUE, NULL, 4 };
    CK_ATTRIBUTE roomy = { CKA_VALUE, buffer, HUGE_LENGTH };
    CK_OBJECT_HANDLE object;

    must("C_CreateObject", p11->C_CreateObject(session, data, COUNT(data), &object));
    say("C_CreateObject(NULL template)", p11->C_CreateObject(session, NULL, 2, &object));
    say("C_CreateObject(no handle)", p11->C_CreateObject(session, data, COUNT(data), NULL));
    say("C_CreateObject(2^63 attributes)", p11->C_CreateObject(session, data, HUGE_LENGTH, &object));
    say("C_CreateObject(2^60 attributes)", p11->C_CreateObject(session, data, 1UL << 60, &object));
    say("C_CreateObject(a value of 2^63)", p11->C_CreateObject(session, (CK_ATTRIBUTE[]){ data[0], endless }, 2, &object));
    say("C_CreateObject(a NULL value of 4)", p11->C_CreateObject(session, (CK_ATTRIBUTE[]){ data[0], hollow }, 2, &object));
    say("C_GetAttributeValue(NULL template)", p11->C_GetAttributeValue(session, object, NULL, 1));
    say("C_GetAttributeValue(2^63 attributes)", p11->C_GetAttributeValue(session, object, &roomy, HUGE_LENGTH));
    say("C_GetAttributeValue(room for 2^63)", p11->C_GetAttributeValue(session, object, &roomy, 1));
    roomy.ulValueLen = ~0UL;
    memset(buffer, 0, sizeof value);
    must("C_GetAttributeValue", p11->C_GetAttributeValue(session, object, &roomy, 1));
    say("C_GetAttributeValue(room for 2^64-1)", memcmp(buffer, value, sizeof value) == 0 ? CKR_OK : CKR_GENERAL_ERROR);
    say("C_GetAttributeValue(no such object)", p11->C_GetAttributeValue(session, HUGE_LENGTH, &roomy, 1));
    say("C_SetAttributeValue(NULL template)", p11->C_SetAttributeValue(session, object, NULL, 1));
    say("C_GetObjectSize(NULL)", p11->C_GetObjectSize(session, object, NULL));
    say("C_CopyObject(no handle)", p11->C_CopyObject(session, object, NULL, 0, NULL));
    say("C_DestroyObject(no such object)", p11->C_DestroyObject(session, HUGE_LENGTH));
    say("C_FindObjectsInit(NULL template)", p11->C_FindObjectsInit(session, NULL, 1));
    must("C_FindObjectsInit", p11->C_FindObjectsInit(session, NULL, 0));
    say("C_FindObjects(no handles)", p11->C_FindObjects(session, NULL, 1, &length));
    p11->C_FindObjectsFinal(session);
    must("C_FindObjectsInit", p11->C_FindObjectsInit(session, NULL, 0));
    say("C_FindObjects(no count)", p11->C_FindObjects(session, &object, 1, NULL));
    p11->C_FindObjectsFinal(session);
}

static void operations(void)
{
    CK_MECHANISM hollow = { CKM_AES_CBC, NULL, 16 };
    CK_MECHANISM endless = { CKM_AES_CBC, buffer, HUGE_LENGTH };
    CK_OBJECT_HANDLE key;

    say("C_DigestInit(no such session)", p11->C_DigestInit(HUGE_LENGTH, &sha256));
    start_digest();
    say_digest("C_Digest(NULL data of 5)", p11->C_Digest(session, NULL, 5, buffer, &length));
    start_digest();
    say_digest("C_Digest(no length)", p11->C_Digest(session, buffer, 5, buffer, NULL));
    start_digest();
    say("C_Digest(2^63 bytes)", p11->C_Digest(session, buffer, HUGE_LENGTH, buffer, &length));
    p11->C_DigestInit(session, NULL);
    start_digest();
    length = HUGE_LENGTH;
    say("C_Digest(room for 2^63)", p11->C_Digest(session, buffer, 5, buffer, &length));
    start_digest();
    length = ~0UL;
    memset(buffer, 0, 32);
    must("C_Digest", p11->C_Digest(session, NULL, 0, buffer, &length));
    say("C_Digest(room for 2^64-1)", buffer[0] == 0xe3 && length == 32 ? CKR_OK : CKR_GENERAL_ERROR);
    start_digest();
    say("C_DigestUpdate(2^64-1 bytes)", p11->C_DigestUpdate(session, buffer, ~0UL));
    p11->C_DigestInit(session, NULL);
    say("C_GenerateKey(NULL mechanism)", p11->C_GenerateKey(session, NULL, NULL, 0, &key));
    say("C_GenerateKey(NULL parameter of 16)", p11->C_GenerateKey(session, &hollow, NULL, 0, &key));
    say("C_GenerateKey(a parameter of 2^63)", p11->C_GenerateKey(session, &endless, NULL, 0, &key));
    say("C_EncryptInit(no such key)", p11->C_EncryptInit(session, &(CK_MECHANISM){ CKM_AES_ECB, NULL, 0 }, HUGE_LENGTH));
    say("C_DigestInit(NULL mechanism, nothing active)", p11->C_DigestInit(session, NULL));
    say("C_EncryptInit(NULL mechanism, nothing active)", p11->C_EncryptInit(session, NULL, 0));
    say("C_SignInit(NULL mechanism, nothing active)", p11->C_SignInit(session, NULL, 0));
    start_digest();
    say("C_DigestInit(NULL mechanism, to cancel)", p11->C_DigestInit(session, NULL));
    say("C_WrapKey(NULL mechanism)", p11->C_WrapKey(session, NULL, 1, 2, buffer, &length));
    say("C_GenerateRandom(NULL)", p11->C_GenerateRandom(session, NULL, 5));
    say("C_GenerateRandom(2^63 bytes)", p11->C_GenerateRandom(session, buffer, HUGE_LENGTH));
    say("C_SeedRandom(NULL)", p11->C_SeedRandom(session, NULL, 5));
}

int main(int argc, char **argv)
{
    (void)argc;
    load(argv[1]);
    must("C_Initialize", p11->C_Initialize(NULL));
    slot = find_slot();
    session = open_session(slot);
    log_in(session);
    general();
    sessions();
    objects();
    operations();
    say("and it still works", works(session));
    say("C_Finalize(reserved)", p11->C_Finalize(buffer));
    say("C_Finalize", p11->C_Finalize(NULL));
    say("C_Finalize again", p11->C_Finalize(NULL));
    say("C_GetInfo afterwards", p11->C_GetInfo((CK_INFO *)buffer));
    return 0;
}
