// Group A: what C_Initialize does with its arguments.

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "groups.h"
#include "kit.h"
#include "observe.h"
#include "work.h"

#define ALL_CALLBACKS 15u

/** Some of the four callbacks, a bit each. */
static CK_C_INITIALIZE_ARGS masked(unsigned mask, CK_FLAGS flags)
{
    CK_C_INITIALIZE_ARGS args = form_args(FORM_APP, 0);

    if ((mask & 1) == 0)
        args.CreateMutex = NULL;
    if ((mask & 2) == 0)
        args.DestroyMutex = NULL;
    if ((mask & 4) == 0)
        args.LockMutex = NULL;
    if ((mask & 8) == 0)
        args.UnlockMutex = NULL;
    args.flags = flags;
    return args;
}

static void null_argument(void)
{
    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    works("after C_Initialize(NULL)");
    finalize();
}

static void zero_structure(void)
{
    const CK_RV zero = initialize(FORM_ZERO);
    CK_RV null;

    if (zero == CKR_OK) {
        works("after C_Initialize with a zero structure");
        finalize();
    }
    null = initialize(FORM_NULL);
    if (null == CKR_OK)
        finalize();
    if (zero != null)
        fault("a zero structure: %s, a null pointer: %s; the text treats them alike", rv_name(zero), rv_name(null));
    expect("C_Initialize with a zero structure", zero, ONE_OF(CKR_OK));
}

static void form_works(enum form form)
{
    initialize_or_skip(form);
    works(form_names[form]);
    finalize();
}

static void system_locks(void)
{
    form_works(FORM_OS);
}

static void callbacks_only(void)
{
    form_works(FORM_APP);
    tell("%u mutexes made, %u LockMutex calls", mutex_counts(0).made, mutex_counts(0).calls[CALLBACK_LOCK]);
}

static void callbacks_or_system(void)
{
    CK_RV each[2];
    const enum form forms[] = { FORM_OS, FORM_APP };
    CK_RV either;

    for (unsigned i = 0; i < 2; i++) {
        each[i] = initialize(forms[i]);
        if (each[i] == CKR_OK)
            finalize();
    }
    either = initialize(FORM_APP_OS);
    if (either == CKR_OK) {
        works(form_names[FORM_APP_OS]);
        finalize();
    }
    if (either == CKR_CANT_LOCK && each[0] == CKR_CANT_LOCK && each[1] == CKR_CANT_LOCK)
        not_applicable("the module cannot lock in any way");
    expect("C_Initialize with callbacks and CKF_OS_LOCKING_OK", either, ONE_OF(CKR_OK));
}

/** Calls with arguments that are wrong; answers how many were refused as they must be. */
static unsigned refused(const char *what, CK_C_INITIALIZE_ARGS args)
{
    const CK_RV rv = initialize_with(args);

    if (rv == CKR_OK)
        p11->C_Finalize(NULL);
    expect(what, rv, ONE_OF(CKR_ARGUMENTS_BAD));
    return rv == CKR_ARGUMENTS_BAD;
}

static void some_callbacks(void)
{
    unsigned good = 0;

    for (unsigned mask = 1; mask < ALL_CALLBACKS; mask++)
        for (CK_FLAGS flags = 0; flags < 4; flags++) {
            char what[80];

            snprintf(what, sizeof what, "C_Initialize with callbacks %u%u%u%u and flags %lu", mask & 1, mask >> 1 & 1, mask >> 2 & 1,
                     mask >> 3 & 1, flags);
            good += refused(what, masked(mask, flags));
        }
    tell("%u of 56 answered CKR_ARGUMENTS_BAD", good);
    if (mutex_calls(0) > 0)
        fault("%u callbacks were called", mutex_calls(0));
}

static void reserved(void)
{
    static char words[] = "configdir='.'";
    void *const values[] = { (void *)1, words };
    unsigned good = 0;

    for (unsigned i = 0; i < 6; i++) {
        CK_C_INITIALIZE_ARGS args = form_args((enum form[]){ FORM_ZERO, FORM_OS, FORM_APP_OS }[i % 3], 0);

        args.pReserved = values[i / 3];
        good += refused(i / 3 == 0 ? "C_Initialize with pReserved=1" : "C_Initialize with a string in pReserved", args);
    }
    tell("%u of 6 answered CKR_ARGUMENTS_BAD", good);
}

static const enum form threadless_forms[] = { FORM_ZERO, FORM_OS, FORM_APP_OS };

static CK_RV initialize_threadless(unsigned which)
{
    CK_C_INITIALIZE_ARGS args = form_args(threadless_forms[which], 0);

    args.flags |= CKF_LIBRARY_CANT_CREATE_OS_THREADS;
    return initialize_with(args);
}

static void no_threads_flag(void)
{
    for (unsigned i = 0; i < 3; i++) {
        const CK_RV rv = initialize_threadless(i);

        expect("C_Initialize with CKF_LIBRARY_CANT_CREATE_OS_THREADS", rv,
               i == 0 ? ONE_OF(CKR_OK, CKR_NEED_TO_CREATE_THREADS) : ONE_OF(CKR_OK, CKR_NEED_TO_CREATE_THREADS, CKR_CANT_LOCK));
        tell("%s: %s", form_names[threadless_forms[i]], rv_name(rv));
        if (rv == CKR_OK) {
            works("with CKF_LIBRARY_CANT_CREATE_OS_THREADS");
            finalize();
        }
    }
}

static unsigned tasks_before;

static void tasks_compare(const char *function)
{
    const unsigned tasks = observe_tasks();

    if (tasks > tasks_before)
        fault("%u threads after %s, %u before C_Initialize", tasks, function, tasks_before);
}

static void no_threads_made(void)
{
    unsigned performed = 0;

    tasks_before = observe_tasks();
    for (unsigned i = 0; i < 3; i++) {
        if (initialize_threadless(i) != CKR_OK)
            continue;
        tasks_compare("C_Initialize");
        performed += workload_each(tasks_compare);
        finalize();
        tasks_compare("C_Finalize");
    }
    if (performed == 0)
        not_applicable("the module says that it must create threads");
    if (interposer_count(CALL_THREAD) > 0)
        fault("the module called pthread_create %u times", interposer_count(CALL_THREAD));
    tell("%u calls done, %u threads throughout", performed, tasks_before);
}

static void unknown_flags(void)
{
    const CK_FLAGS unknown[] = { 0xf0, 1ul << 31 };

    for (unsigned i = 0; i < 2; i++) {
        CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK | unknown[i] };
        const CK_RV rv = initialize_with(args);

        if (rv == CKR_OK)
            finalize();
        if (expect("C_Initialize with unknown flags", rv, ONE_OF(CKR_OK, CKR_ARGUMENTS_BAD)))
            tell("flag 0x%lx %s", unknown[i], rv == CKR_OK ? "ignored" : "refused");
    }
}

static void overwritten(void)
{
    unsigned before, performed;

    // initialize() overwrites the structure itself, in this case and in all others.
    initialize_or_skip(FORM_APP);
    before = mutex_calls(0);
    performed = workload();
    tell("%u calls done, with %u callbacks", performed, mutex_calls(0) - before);
    finalize();
    mutex_judge(0);
}

static void read_only(void)
{
    CK_C_INITIALIZE_ARGS *args = mmap(NULL, (size_t)getpagesize(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CK_RV rv;

    args->flags = CKF_OS_LOCKING_OK;
    mprotect(args, (size_t)getpagesize(), PROT_READ);
    rv = p11->C_Initialize(args);
    if (rv == CKR_CANT_LOCK)
        not_applicable("C_Initialize with CKF_OS_LOCKING_OK answered CKR_CANT_LOCK");
    need("C_Initialize with read-only arguments", rv, ONE_OF(CKR_OK));
    works("after C_Initialize with read-only arguments");
    finalize();
}

/** NSS hands its own modules a longer structure, with a string where pReserved is, and that at the end of a page. */
static void longer_structure(void)
{
    const size_t page = (size_t)getpagesize();
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CK_C_INITIALIZE_ARGS *args = (CK_C_INITIALIZE_ARGS *)(pages + page) - 1;
    CK_RV rv;

    mprotect(pages + page, page, PROT_NONE);
    *args = form_args(FORM_APP_OS, 0);
    args->flags |= CKF_LIBRARY_CANT_CREATE_OS_THREADS;
    args->pReserved = (void *)(uintptr_t) "configdir='.' flags=noModDB";
    rv = p11->C_Initialize(args);
    if (rv == CKR_OK)
        p11->C_Finalize(NULL);
    expect("C_Initialize with NSS's structure", rv, ONE_OF(CKR_ARGUMENTS_BAD));
}

static void second_refused(const char *what, CK_C_INITIALIZE_ARGS *args)
{
    expect(what, p11->C_Initialize(args), ONE_OF(CKR_CRYPTOKI_ALREADY_INITIALIZED));
}

static void twice(void)
{
    CK_C_INITIALIZE_ARGS other = form_args(FORM_APP, 1), os = form_args(FORM_OS, 0);
    const bool app = initialize(FORM_APP) == CKR_OK;
    unsigned first;

    if (!app)
        need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    first = mutex_calls(0);
    second_refused("a second C_Initialize(NULL)", NULL);
    second_refused("a second C_Initialize with CKF_OS_LOCKING_OK", &os);
    second_refused("a second C_Initialize with other callbacks", &other);
    tell("%u calls done after it", workload());
    if (app)
        tell("%u of the first callbacks called", mutex_calls(0) - first);
    finalize();
    if (mutex_calls(1) > 0)
        fault("the second C_Initialize's callbacks were called %u times", mutex_calls(1));
    mutex_judge(0);
}

static void twice_and_wrong(void)
{
    CK_C_INITIALIZE_ARGS args = { .pReserved = (void *)1 };

    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    expect("C_Initialize with pReserved=1, already initialised", initialize_with(args),
           ONE_OF(CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_ARGUMENTS_BAD));
    works("afterwards");
    finalize();
}

static void failed_leaves_nothing(void)
{
    CK_INFO info;
    unsigned failures = 0;

    for (unsigned mask = 0; mask < ALL_CALLBACKS; mask++) {
        CK_C_INITIALIZE_ARGS args = masked(mask, mask == 0 ? 0 : mask % 4);
        CK_RV rv;

        args.pReserved = mask == 0 ? (void *)1 : NULL;
        rv = initialize_with(args);
        if (rv == CKR_OK) {
            p11->C_Finalize(NULL);
            continue;
        }
        failures++;
        expect("C_GetInfo after a failed C_Initialize", p11->C_GetInfo(&info), ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
        need("a good C_Initialize after a failed one", initialize(FORM_NULL), ONE_OF(CKR_OK));
        finalize();
    }
    if (failures == 0)
        not_applicable("the module accepted all of the wrong arguments");
    tell("%u failures, each left the module uninitialised and ready for a good call", failures);
}

#define C_INITIALIZE "C_Initialize: "

static const struct row rows[] = {
    { 1, MUST, "C_Initialize(NULL)", C_INITIALIZE "a null pointer is the first of the four cases", null_argument, 0, 0 },
    { 2, MUST, "a structure of zeros", C_INITIALIZE "a null pointer is treated like a pointer to a structure of zeros", zero_structure, 0,
      0 },
    { 3, MUST, "CKF_OS_LOCKING_OK", C_INITIALIZE "case 2, the operating system's primitives, or CKR_CANT_LOCK", system_locks, 0, 0 },
    { 4, MUST, "four callbacks", C_INITIALIZE "case 3, the application's mutexes, or CKR_CANT_LOCK", callbacks_only, 0, 0 },
    { 5, MUST, "four callbacks and CKF_OS_LOCKING_OK", C_INITIALIZE "case 4, either of both; CKR_CANT_LOCK only where it can use neither",
      callbacks_or_system, 0, 0 },
    { 6, MUST, "some but not all callbacks, 56 ways", C_INITIALIZE "all four function pointers or none, else CKR_ARGUMENTS_BAD",
      some_callbacks, 0, 0 },
    { 7, MUST, "pReserved is not null", C_INITIALIZE "pReserved non-null: CKR_ARGUMENTS_BAD", reserved, 0, 0 },
    { 8, MUST, "CKF_LIBRARY_CANT_CREATE_OS_THREADS, three ways", C_INITIALIZE "CKR_NEED_TO_CREATE_THREADS where the library cannot work so",
      no_threads_flag, 0, 0 },
    { 9, MUST, "and then no thread is made",
      C_INITIALIZE "with CKF_LIBRARY_CANT_CREATE_OS_THREADS the library may not create its own threads", no_threads_made, INTERPOSED, 0 },
    { 10, QUALITY, "flags that the text does not know", C_INITIALIZE "silent about other flags", unknown_flags, 0, 0 },
    { 11, MUST, "the structure is overwritten after the call",
      C_INITIALIZE "fields are obtained during the call; nothing says that the structure outlives it", overwritten, 0, 0 },
    { 12, MUST, "the structure cannot be written", C_INITIALIZE "pInitArgs is an input", read_only, 0, 0 },
    { 13, QUALITY, "NSS's longer structure, at the end of a page", C_INITIALIZE "pReserved non-null: CKR_ARGUMENTS_BAD", longer_structure,
      0, 0 },
    { 14, MUST, "C_Initialize twice", C_INITIALIZE "CKR_CRYPTOKI_ALREADY_INITIALIZED without a C_Finalize between; no reference count",
      twice, 0, 0 },
    { 15, MUST, "C_Initialize twice, then with wrong arguments", "§5.1.6: no priority among the codes of one function", twice_and_wrong, 0,
      0 },
    { 16, MUST, "a failed C_Initialize leaves nothing behind", "§5: a function succeeds or leaves the state as it was",
      failed_leaves_nothing, 0, 0 },
};

const struct group group_arguments = { 'A', "Arguments of C_Initialize", GROUP(rows) };
