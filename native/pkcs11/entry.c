// What an application finds the functions by.

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "pkcs11.h"

#define ADDRESS(name) .name = name,

static const CK_FUNCTION_LIST list_2_40 = { .version = { 2, 40 }, CK_FUNCTIONS_2_40(ADDRESS) };
static const CK_FUNCTION_LIST_3_0 list_3_0 = { .version = { 3, 0 }, CK_FUNCTIONS_3_0(ADDRESS) };
static const CK_FUNCTION_LIST_3_2 list_3_2 = { .version = { 3, 2 }, CK_FUNCTIONS_3_2(ADDRESS) };

#define NAME ((CK_UTF8CHAR_PTR) "PKCS 11")

// The default first. None is CKF_INTERFACE_FORK_SAFE: that would promise a child copies of its parent's sessions.
static const CK_INTERFACE interfaces[] = {
    { NAME, (CK_VOID_PTR)&list_3_2, 0 },
    { NAME, (CK_VOID_PTR)&list_3_0, 0 },
    { NAME, (CK_VOID_PTR)&list_2_40, 0 },
};
#define INTERFACES (sizeof interfaces / sizeof interfaces[0])

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR ppFunctionList)
{
    if (!ppFunctionList)
        return CKR_ARGUMENTS_BAD;
    *ppFunctionList = (CK_FUNCTION_LIST_PTR)&list_2_40;
    return CKR_OK;
}

CK_RV C_GetInterfaceList(CK_INTERFACE_PTR pInterfacesList, CK_ULONG_PTR pulCount)
{
    CK_ULONG room;

    if (!pulCount)
        return CKR_ARGUMENTS_BAD;
    room = *pulCount;
    *pulCount = INTERFACES;
    if (!pInterfacesList)
        return CKR_OK;
    if (room < INTERFACES)
        return CKR_BUFFER_TOO_SMALL;
    for (size_t i = 0; i < INTERFACES; i++)
        pInterfacesList[i] = interfaces[i];
    return CKR_OK;
}

static bool matches(const CK_INTERFACE *interface, const CK_UTF8CHAR *name, const CK_VERSION *version, CK_FLAGS flags)
{
    const CK_VERSION *offered = interface->pFunctionList;

    return (!name || strcmp((const char *)name, (const char *)interface->pInterfaceName) == 0) &&
           (!version || (version->major == offered->major && version->minor == offered->minor)) && (flags & ~interface->flags) == 0;
}

CK_RV C_GetInterface(CK_UTF8CHAR_PTR pInterfaceName, CK_VERSION_PTR pVersion, CK_INTERFACE_PTR_PTR ppInterface, CK_FLAGS flags)
{
    if (!ppInterface)
        return CKR_ARGUMENTS_BAD;
    for (size_t i = 0; i < INTERFACES; i++)
        if (matches(&interfaces[i], pInterfaceName, pVersion, flags)) {
            *ppInterface = (CK_INTERFACE_PTR)&interfaces[i];
            return CKR_OK;
        }
    return CKR_FUNCTION_FAILED;
}
