// Every function of PKCS#11 v3.2 in the order of its lists, with the kinds of its arguments, so that a case can call each of them.

#include "functions.h"

#include <string.h>

#include "kit.h"

#define ARGUMENTS_MAX 10
#define PLENTY (64 * 1024)

/** S session, O object, I slot, F flags, 1 a number, P a pointer, N a null pointer where plausible arguments have one. */
const struct function functions[] = {
    { "C_Initialize", "N" },
    { "C_Finalize", "N" },
    { "C_GetInfo", "P" },
    { "C_GetFunctionList", "P" },
    { "C_GetSlotList", "1PP" },
    { "C_GetSlotInfo", "IP" },
    { "C_GetTokenInfo", "IP" },
    { "C_GetMechanismList", "IPP" },
    { "C_GetMechanismInfo", "I1P" },
    { "C_InitToken", "IP1P" },
    { "C_InitPIN", "SP1" },
    { "C_SetPIN", "SP1P1" },
    { "C_OpenSession", "IFNNP" },
    { "C_CloseSession", "S" },
    { "C_CloseAllSessions", "I" },
    { "C_GetSessionInfo", "SP" },
    { "C_GetOperationState", "SPP" },
    { "C_SetOperationState", "SP1OO" },
    { "C_Login", "S1P1" },
    { "C_Logout", "S" },
    { "C_CreateObject", "SP1P" },
    { "C_CopyObject", "SOP1P" },
    { "C_DestroyObject", "SO" },
    { "C_GetObjectSize", "SOP" },
    { "C_GetAttributeValue", "SOP1" },
    { "C_SetAttributeValue", "SOP1" },
    { "C_FindObjectsInit", "SP1" },
    { "C_FindObjects", "SP1P" },
    { "C_FindObjectsFinal", "S" },
    { "C_EncryptInit", "SPO" },
    { "C_Encrypt", "SP1PP" },
    { "C_EncryptUpdate", "SP1PP" },
    { "C_EncryptFinal", "SPP" },
    { "C_DecryptInit", "SPO" },
    { "C_Decrypt", "SP1PP" },
    { "C_DecryptUpdate", "SP1PP" },
    { "C_DecryptFinal", "SPP" },
    { "C_DigestInit", "SP" },
    { "C_Digest", "SP1PP" },
    { "C_DigestUpdate", "SP1" },
    { "C_DigestKey", "SO" },
    { "C_DigestFinal", "SPP" },
    { "C_SignInit", "SPO" },
    { "C_Sign", "SP1PP" },
    { "C_SignUpdate", "SP1" },
    { "C_SignFinal", "SPP" },
    { "C_SignRecoverInit", "SPO" },
    { "C_SignRecover", "SP1PP" },
    { "C_VerifyInit", "SPO" },
    { "C_Verify", "SP1P1" },
    { "C_VerifyUpdate", "SP1" },
    { "C_VerifyFinal", "SP1" },
    { "C_VerifyRecoverInit", "SPO" },
    { "C_VerifyRecover", "SP1PP" },
    { "C_DigestEncryptUpdate", "SP1PP" },
    { "C_DecryptDigestUpdate", "SP1PP" },
    { "C_SignEncryptUpdate", "SP1PP" },
    { "C_DecryptVerifyUpdate", "SP1PP" },
    { "C_GenerateKey", "SPP1P" },
    { "C_GenerateKeyPair", "SPP1P1PP" },
    { "C_WrapKey", "SPOOPP" },
    { "C_UnwrapKey", "SPOP1P1P" },
    { "C_DeriveKey", "SPOP1P" },
    { "C_SeedRandom", "SP1" },
    { "C_GenerateRandom", "SP1" },
    { "C_GetFunctionStatus", "S" },
    { "C_CancelFunction", "S" },
    { "C_WaitForSlotEvent", "FPN" },
    { "C_GetInterfaceList", "PP" },
    { "C_GetInterface", "PPPF" },
    { "C_LoginUser", "S1P1P1" },
    { "C_SessionCancel", "SF" },
    { "C_MessageEncryptInit", "SPO" },
    { "C_EncryptMessage", "SP1P1P1PP" },
    { "C_EncryptMessageBegin", "SP1P1" },
    { "C_EncryptMessageNext", "SP1P1PPF" },
    { "C_MessageEncryptFinal", "S" },
    { "C_MessageDecryptInit", "SPO" },
    { "C_DecryptMessage", "SP1P1P1PP" },
    { "C_DecryptMessageBegin", "SP1P1" },
    { "C_DecryptMessageNext", "SP1P1PPF" },
    { "C_MessageDecryptFinal", "S" },
    { "C_MessageSignInit", "SPO" },
    { "C_SignMessage", "SP1P1PP" },
    { "C_SignMessageBegin", "SP1" },
    { "C_SignMessageNext", "SP1P1PP" },
    { "C_MessageSignFinal", "S" },
    { "C_MessageVerifyInit", "SPO" },
    { "C_VerifyMessage", "SP1P1P1" },
    { "C_VerifyMessageBegin", "SP1" },
    { "C_VerifyMessageNext", "SP1P1P1" },
    { "C_MessageVerifyFinal", "S" },
    { "C_EncapsulateKey", "SPOP1PPP" },
    { "C_DecapsulateKey", "SPOP1P1P" },
    { "C_VerifySignatureInit", "SPOP1" },
    { "C_VerifySignature", "SP1" },
    { "C_VerifySignatureUpdate", "SP1" },
    { "C_VerifySignatureFinal", "S" },
    { "C_GetSessionValidationFlags", "S1P" },
    { "C_AsyncComplete", "SPP" },
    { "C_AsyncGetID", "SPP" },
    { "C_AsyncJoin", "SP1P1" },
    { "C_WrapKeyAuthenticated", "SPOOP1PP" },
    { "C_UnwrapKeyAuthenticated", "SPOP1P1P1P" },
};
const size_t functions_count = sizeof functions / sizeof functions[0];

typedef void (*untyped)(void);
/** Every argument is of a machine word's size or smaller: on the systems that this library runs on they are passed alike. */
typedef CK_RV (*words)(uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t, uintptr_t);

static uintptr_t argument(char kind, bool null)
{
    // Zero: the pointers to pointers in it are null, the counts are none.
    static CK_BYTE plenty[PLENTY] __attribute__((aligned(64)));

    switch (kind) {
    case 'P':
        return null ? 0 : (uintptr_t)plenty;
    case 'F':
        return CKF_SERIAL_SESSION;
    case 'S':
    case 'O':
    case '1':
        return 1;
    default:
        return 0;
    }
}

CK_RV function_call(const void *list, size_t index, bool null)
{
    const untyped *members = (const untyped *)((const char *)list + offsetof(CK_FUNCTION_LIST, C_Initialize));
    const char *kinds = functions[index].kinds;
    const words call = (words)members[index];
    uintptr_t a[ARGUMENTS_MAX] = { 0 };

    for (size_t i = 0; kinds[i]; i++)
        a[i] = argument(kinds[i], null);
    return call(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9]);
}

bool function_offered(const void *list, size_t index)
{
    const untyped *members = (const untyped *)((const char *)list + offsetof(CK_FUNCTION_LIST, C_Initialize));

    return members[index] != NULL;
}

size_t list_length(const void *list)
{
    const CK_VERSION *version = list;
    const size_t offset = offsetof(CK_FUNCTION_LIST, C_Initialize);

    if (version->major < 3)
        return (sizeof(CK_FUNCTION_LIST) - offset) / sizeof(untyped);
    return ((version->minor < 2 ? sizeof(CK_FUNCTION_LIST_3_0) : sizeof(CK_FUNCTION_LIST_3_2)) - offset) / sizeof(untyped);
}

bool function_before_initialize(const char *name)
{
    static const char *const always[] = { "C_Initialize", "C_GetFunctionList", "C_GetInterfaceList", "C_GetInterface" };

    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        if (strcmp(name, always[i]) == 0)
            return true;
    return false;
}
