// A module with one fault, for the conformance kit to find: it hands everything on to the real one (CARELESS_MODULE), and does what the case of that number
// (CARELESS_CASE) forbids.
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "pkcs11.h"

static CK_FUNCTION_LIST real, list;
static bool slow, alone;
static unsigned signs;

static bool careless(int number)
{
    return atoi(getenv("CARELESS_CASE")) == number;
}

static void at_end(int code, void *argument)
{
    (void)code;
    (void)argument;
}

static void leave_file(void)
{
    char path[200];

    snprintf(path, sizeof path, "%s/left-XXXXXX", getenv("TMPDIR"));
    close(mkstemp(path));
}

static CK_RV slot_list(CK_BBOOL present, CK_SLOT_ID_PTR slots, CK_ULONG_PTR count)
{
    void (*forget)(void);

    *(void **)&forget = dlsym(RTLD_DEFAULT, "ERR_clear_error");
    if (forget)
        forget();
    return real.C_GetSlotList(present, slots, count);
}

static CK_RV initialize(void *pointer)
{
    const CK_C_INITIALIZE_ARGS *args = pointer;
    const CK_RV rv = real.C_Initialize(pointer);

    alone = careless(58) && !args;
    slow = careless(61) && args && (args->flags & CKF_OS_LOCKING_OK) != 0;
    if (careless(49))
        leave_file();
    if (careless(50))
        on_exit(at_end, NULL);
    // The store is shut, and it dies of it.
    if (careless(56) && rv == CKR_FUNCTION_FAILED && euidaccess(getenv("STRONGROOM_HOME"), R_OK) != 0)
        abort();
    return rv;
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE_PTR data, CK_ULONG length, CK_BYTE_PTR signature, CK_ULONG_PTR room)
{
    // So long that no neighbour on the machine hides it.
    struct timespec some = { 0, 5000000 };
    CK_RV rv;

    // Refused, and the operation is still there.
    if (alone && __atomic_add_fetch(&signs, 1, __ATOMIC_RELAXED) % 50 == 0)
        return CKR_FUNCTION_FAILED;
    rv = real.C_Sign(session, data, length, signature, room);
    if (slow)
        nanosleep(&some, NULL);
    // Of P-256: a nonce that was used before.
    if (careless(87) && rv == CKR_OK && *room == 64)
        memset(signature, 7, 32);
    return rv;
}

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR to)
{
    void *module = dlopen(getenv("CARELESS_MODULE"), RTLD_NOW);
    CK_RV (*get)(CK_FUNCTION_LIST_PTR_PTR);
    CK_FUNCTION_LIST_PTR its;

    *(void **)&get = dlsym(module, "C_GetFunctionList");
    get(&its);
    list = real = *its;
    if (careless(54))
        list.C_GetSlotList = slot_list;
    else if (!careless(0))
        list.C_Initialize = initialize;
    list.C_Sign = sign;
    *to = &list;
    return CKR_OK;
}
