#include "token.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "program.h"

#define SLOTS 256

CK_FUNCTION_LIST *p11;

void *module_load(const char *path)
{
    CK_C_GetFunctionList get_function_list;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *function;

    if (!library)
        fail("%s", dlerror());
    function = dlsym(library, "C_GetFunctionList");
    if (!function)
        fail("%s is no PKCS#11 module.", path);
    *(void **)&get_function_list = function;
    must("C_GetFunctionList", get_function_list(&p11));
    return function;
}

static bool has_label(const CK_TOKEN_INFO *info, const char *label)
{
    const size_t length = strlen(label);

    if (length > sizeof info->label || memcmp(info->label, label, length) != 0)
        return false;
    for (size_t i = length; i < sizeof info->label; i++)
        if (info->label[i] != ' ')
            return false;
    return true;
}

/** With a null pointer a token that nobody has initialised. */
static bool slot_search(const char *label, CK_SLOT_ID *slot)
{
    CK_SLOT_ID slots[SLOTS];
    CK_ULONG count = SLOTS;
    CK_TOKEN_INFO info;

    must("C_GetSlotList", p11->C_GetSlotList(CK_TRUE, slots, &count));
    for (CK_ULONG i = 0; i < count; i++) {
        if (p11->C_GetTokenInfo(slots[i], &info) != CKR_OK)
            continue;
        if (label ? has_label(&info, label) : (info.flags & CKF_TOKEN_INITIALIZED) == 0) {
            *slot = slots[i];
            return true;
        }
    }
    return false;
}

CK_SLOT_ID slot_labelled(const char *label)
{
    CK_SLOT_ID slot;

    if (!slot_search(label, &slot))
        fail("no token is called \"%s\".", label);
    return slot;
}

CK_SLOT_ID slot_free(void)
{
    CK_SLOT_ID slot;

    if (!slot_search(NULL, &slot))
        fail("no slot has a token that is still to be initialised.");
    return slot;
}
