// What C_Initialize is given, and what is left when it refuses.
#include <stdbool.h>

#include "probe.h"

static CK_RV create(void **mutex)
{
    *mutex = malloc(1);
    return CKR_OK;
}

static CK_RV destroy(void *mutex)
{
    free(mutex);
    return CKR_OK;
}

static CK_RV touch(void *mutex)
{
    return mutex ? CKR_OK : CKR_GENERAL_ERROR;
}

/** With the callbacks whose bits are set in `mask`: create, destroy, lock, unlock. */
static CK_C_INITIALIZE_ARGS arguments(unsigned mask, CK_FLAGS flags, void *reserved)
{
    return (CK_C_INITIALIZE_ARGS){
        .CreateMutex = mask & 1 ? create : NULL,
        .DestroyMutex = mask & 2 ? destroy : NULL,
        .LockMutex = mask & 4 ? touch : NULL,
        .UnlockMutex = mask & 8 ? touch : NULL,
        .flags = flags,
        .pReserved = reserved,
    };
}

/** As C_Initialize, with arguments that are gone when it has returned. Refused, it must have left nothing; accepted, a library that works. */
static CK_RV initialize(unsigned mask, CK_FLAGS flags, void *reserved)
{
    CK_C_INITIALIZE_ARGS given = arguments(mask, flags, reserved);
    CK_INFO info;
    CK_RV rv = p11->C_Initialize(&given);

    memset(&given, 0xaa, sizeof given);
    if (rv != CKR_OK)
        return p11->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED ? rv : CKR_GENERAL_ERROR;
    rv = works(open_session(find_slot()));
    must("C_Finalize", p11->C_Finalize(NULL));
    return rv;
}

static CK_RV partial(CK_FLAGS flags)
{
    for (unsigned mask = 1; mask < 15; mask++)
        if (initialize(mask, flags, NULL) != CKR_ARGUMENTS_BAD)
            return CKR_GENERAL_ERROR;
    return CKR_ARGUMENTS_BAD;
}

int main(int argc, char **argv)
{
    char text[] = "a string";

    (void)argc;
    load(argv[1]);
    say("C_Finalize before C_Initialize", p11->C_Finalize(NULL));
    say("no flag, no callbacks", initialize(0, 0, NULL));
    say("CKF_OS_LOCKING_OK", initialize(0, CKF_OS_LOCKING_OK, NULL));
    say("callbacks", initialize(15, 0, NULL));
    say("callbacks and CKF_OS_LOCKING_OK", initialize(15, CKF_OS_LOCKING_OK, NULL));
    say("no threads of its own", initialize(0, CKF_LIBRARY_CANT_CREATE_OS_THREADS | CKF_OS_LOCKING_OK, NULL));
    say("as NSS does it", initialize(15, CKF_LIBRARY_CANT_CREATE_OS_THREADS | CKF_OS_LOCKING_OK, NULL));
    say("some of the callbacks", partial(0));
    say("some of the callbacks and CKF_OS_LOCKING_OK", partial(CKF_OS_LOCKING_OK));
    say("something reserved", initialize(0, CKF_OS_LOCKING_OK, text));
    must("C_Initialize", p11->C_Initialize(NULL));
    say("twice", p11->C_Initialize(NULL));
    say("and once more", p11->C_Initialize(NULL));
    say("one C_Finalize ends it", p11->C_Finalize(NULL));
    say("and there is no second", p11->C_Finalize(NULL));
    return 0;
}
