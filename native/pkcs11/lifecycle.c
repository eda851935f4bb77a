// C_Initialize and C_Finalize, and the functions that never leave the process.

#include <errno.h>
#include <sys/mman.h>

#include "module.h"
#include "pkcs11.h"
#include "wait.h"

/** How long C_Finalize waits for calls in flight: longer than the longest of them that only waits, one that connects. */
#define FINALIZE_LIMIT (13 * SECOND)
/** And again, once the engine has been let go: whoever waited for it notices within a slice. */
#define LEAVE_LIMIT (2 * SECOND)
/** How long C_Initialize waits for another thread's C_Initialize or C_Finalize. */
#define TURN_LIMIT (30 * SECOND)

struct module module;

/** "Some, but not all" of the callbacks is an error, and so is anything in pReserved (C_Initialize). */
static bool arguments_good(const CK_C_INITIALIZE_ARGS *args)
{
    const int given = (args->CreateMutex != NULL) + (args->DestroyMutex != NULL) + (args->LockMutex != NULL) + (args->UnlockMutex != NULL);

    return !args->pReserved && (given == 0 || given == 4);
}

static void state_set(enum state state)
{
    __atomic_store_n(&module.state, state, __ATOMIC_SEQ_CST);
}

static bool state_change(uint32_t from, enum state to)
{
    return __atomic_compare_exchange_n(&module.state, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/** Exactly one of several threads gets through; the others hear of it when it is done, not before. */
static CK_RV turn_take(void)
{
    const uint64_t end = clock_milliseconds() + TURN_LIMIT;

    if (madvise(&module, sizeof module, MADV_WIPEONFORK) != 0)
        return CKR_GENERAL_ERROR;
    while (!state_change(UNINITIALIZED, INITIALIZING)) {
        if (module_ready())
            return CKR_CRYPTOKI_ALREADY_INITIALIZED;
        if (clock_milliseconds() > end)
            return CKR_FUNCTION_FAILED;
        doze(1);
    }
    return CKR_OK;
}

/** All or nothing: what was made is unmade where the rest fails. */
static CK_RV bring_up(const CK_C_INITIALIZE_ARGS *args)
{
    const CK_RV rv = locks_make(args);

    if (rv != CKR_OK)
        return rv;
    // A child that was forked inside CreateMutex comes back here: it has initialised nothing.
    if (__atomic_load_n(&module.state, __ATOMIC_SEQ_CST) != INITIALIZING)
        return CKR_FUNCTION_FAILED;
    if (audit_begin(args) && channel_open())
        return CKR_OK;
    locks_destroy();
    return CKR_FUNCTION_FAILED;
}

CK_RV C_Initialize(CK_VOID_PTR pInitArgs)
{
    // Copied: nothing says that the structure outlives this call.
    const CK_C_INITIALIZE_ARGS args = pInitArgs ? *(const CK_C_INITIALIZE_ARGS *)pInitArgs : (CK_C_INITIALIZE_ARGS){ 0 };
    const int errno_before = errno;
    CK_RV rv = arguments_good(&args) ? turn_take() : CKR_ARGUMENTS_BAD;

    if (rv == CKR_OK) {
        rv = bring_up(&args);
        state_set(rv == CKR_OK ? READY : UNINITIALIZED);
    }
    errno = errno_before;
    return rv;
}

/** Calls that were inside when the module closed: those in lanes, and those that hold or await a lock or the connection. */
static void drain(unsigned limit)
{
    const uint64_t end = clock_milliseconds() + limit;

    while (__atomic_load_n(&module.waiting, __ATOMIC_SEQ_CST) != 0 && clock_milliseconds() < end)
        doze(1);
    lanes_idle(limit);
}

CK_RV C_Finalize(CK_VOID_PTR pReserved)
{
    const int errno_before = errno;

    if (pReserved)
        return CKR_ARGUMENTS_BAD;
    if (!state_change(READY, FINALIZING))
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    // Undefined by the standard while other threads are inside (but for C_WaitForSlotEvent, which ends): here they may finish.
    audit_finalize(__builtin_return_address(0));
    drain(FINALIZE_LIMIT);
    channel_close();
    drain(LEAVE_LIMIT);
    locks_destroy();
    state_set(UNINITIALIZED);
    errno = errno_before;
    return CKR_OK;
}

/** Left from version 1, when functions could run in parallel with the application; they cannot answer CKR_OK (§5.1.1). */
CK_RV C_GetFunctionStatus(CK_SESSION_HANDLE hSession)
{
    (void)hSession;
    return module_ready() ? CKR_FUNCTION_NOT_PARALLEL : CKR_CRYPTOKI_NOT_INITIALIZED;
}

CK_RV C_CancelFunction(CK_SESSION_HANDLE hSession)
{
    return C_GetFunctionStatus(hSession);
}
