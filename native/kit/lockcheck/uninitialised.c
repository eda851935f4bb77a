// Group B: before C_Initialize, after C_Finalize, and C_Finalize itself.

#include <dlfcn.h>
#include <stdio.h>

#include "functions.h"
#include "groups.h"
#include "kit.h"
#include "work.h"

#define LISTS 3

/** The module's lists; those that it does not offer, or that are another's, are left out. */
static unsigned lists_get(const void *lists[LISTS])
{
    unsigned count = 0;

    lists[count++] = p11;
    for (CK_BYTE minor = 0; minor <= 2; minor += 2) {
        const void *list = module_list(3, minor);

        if (list && ((const CK_VERSION *)list)->major >= 3)
            lists[count++] = list;
    }
    return count;
}

static const void *seen_list;
static void *seen_interface;

static void finders_call(unsigned number)
{
    CK_C_GetInterfaceList get_interface_list;
    CK_FUNCTION_LIST *list = NULL;
    CK_INTERFACE interfaces[16];
    CK_ULONG count = 16;

    (void)number;
    expect("C_GetFunctionList", p11->C_GetFunctionList(&list), ONE_OF(CKR_OK));
    if (list != seen_list)
        fault("C_GetFunctionList answered another list than before");
    *(void **)&get_interface_list = dlsym(library, "C_GetInterfaceList");
    if (get_interface_list)
        expect("C_GetInterfaceList", get_interface_list(interfaces, &count), ONE_OF(CKR_OK));
    if (module_list(3, 0) != seen_interface)
        fault("C_GetInterface answered another list than before");
}

static void finders(void)
{
    seen_list = p11;
    seen_interface = module_list(3, 0);
    threads_run(8, finders_call);
    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    finalize();
    threads_run(8, finders_call);
}

/** Every function of every list; `also` is accepted beside CKR_CRYPTOKI_NOT_INITIALIZED. */
static void all_not_initialized(bool null, struct codes codes)
{
    const void *lists[LISTS];
    const unsigned count = lists_get(lists);
    unsigned called = 0;

    for (unsigned i = 0; i < count; i++)
        for (size_t f = 0; f < list_length(lists[i]); f++) {
            if (function_before_initialize(functions[f].name) || !function_offered(lists[i], f))
                continue;
            // A module may leave functions out, of which it says so at any time.
            const CK_RV rv = function_call(lists[i], f, null);

            if (rv == CKR_FUNCTION_NOT_SUPPORTED)
                continue;
            expect(functions[f].name, rv, codes);
            called++;
        }
    tell("%u functions called in %u lists", called, count);
}

static void all_before(void)
{
    all_not_initialized(false, ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
}

static void all_before_null(void)
{
    all_not_initialized(true, ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED, CKR_ARGUMENTS_BAD));
}

static void finalize_first(void)
{
    expect("C_Finalize before C_Initialize", p11->C_Finalize(NULL), ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
}

static void finalize_reserved(void)
{
    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    expect("C_Finalize with pReserved=1", p11->C_Finalize((void *)1), ONE_OF(CKR_ARGUMENTS_BAD));
    works("after a C_Finalize that failed");
    finalize();
}

static void finalize_twice(void)
{
    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    finalize();
    expect("a second C_Finalize", p11->C_Finalize(NULL), ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
}

static void no_count(void)
{
    CK_INFO info;

    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    for (unsigned i = 0; i < 5; i++)
        expect("another C_Initialize", initialize(FORM_NULL), ONE_OF(CKR_CRYPTOKI_ALREADY_INITIALIZED));
    finalize();
    expect("C_GetInfo after one C_Finalize", p11->C_GetInfo(&info), ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
}

static void all_after(void)
{
    struct work work;

    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    work_begin(&work);
    finalize();
    expect("C_Logout after C_Finalize", p11->C_Logout(work.main), ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
    expect("C_CloseSession after C_Finalize", p11->C_CloseSession(work.main), ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
    expect("C_Finalize after C_Finalize", p11->C_Finalize(NULL), ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
    all_before();
}

static void old_handles(void)
{
    struct work old, new;
    CK_SESSION_INFO info;
    CK_ULONG size;

    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    work_begin(&old);
    if (!old.slot_there)
        not_applicable("the module has no token to open a session with");
    finalize();
    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    expect("C_GetSessionInfo with the handle of before", p11->C_GetSessionInfo(old.main, &info), ONE_OF(CKR_SESSION_HANDLE_INVALID));
    expect("C_CloseSession with the handle of before", p11->C_CloseSession(old.main), ONE_OF(CKR_SESSION_HANDLE_INVALID));
    work_begin(&new);
    if (new.slot_there &&new.main == old.main)
        tell("a new session got the handle that an old one had");
    if (new.signing && old.private != new.private) {
        const CK_RV rv = p11->C_GetObjectSize(new.main, old.private, &size);

        if (rv == CKR_OK)
            tell("the old key's handle names an object again");
    }
    work_end(&new);
    finalize();
}

static void mode_switches(void)
{
    static const enum form modes[] = { FORM_NULL, FORM_OS, FORM_APP, FORM_APP_OS };
    unsigned pairs = 0, set = 0;

    for (unsigned i = 0; i < 16; i++) {
        const enum form first = modes[i / 4], second = modes[i % 4];
        CK_RV rv = initialize_set(first, set);
        unsigned before;

        if (rv == CKR_CANT_LOCK)
            continue;
        need("C_Initialize", rv, ONE_OF(CKR_OK));
        works(form_names[first]);
        finalize();
        before = mutex_calls(set);
        rv = initialize_set(second, 1 - set);
        if (rv == CKR_CANT_LOCK)
            continue;
        need("the next C_Initialize", rv, ONE_OF(CKR_OK));
        works(form_names[second]);
        finalize();
        if (mutex_calls(set) != before)
            fault("after %s and then %s the first callbacks were called %u times", form_names[first], form_names[second],
                  mutex_calls(set) - before);
        set = 1 - set;
        pairs++;
    }
    tell("%u of 16 pairs of modes done", pairs);
    mutex_judge(0);
    mutex_judge(1);
}

static void legacy_call(const char *when, CK_SESSION_HANDLE session, struct codes codes)
{
    char what[120];

    snprintf(what, sizeof what, "C_GetFunctionStatus %s", when);
    expect(what, p11->C_GetFunctionStatus(session), codes);
    snprintf(what, sizeof what, "C_CancelFunction %s", when);
    expect(what, p11->C_CancelFunction(session), codes);
}

static void legacy(void)
{
    CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };
    CK_BYTE signature[SIGNATURE_MAX];
    CK_ULONG length = sizeof signature;
    struct work work;

    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    work_begin(&work);
    if (!work.slot_there)
        not_applicable("the module has no token to open a session with");
    legacy_call("in an idle session", work.main, ONE_OF(CKR_FUNCTION_NOT_PARALLEL));
    if (work.signing) {
        need("C_SignInit", p11->C_SignInit(work.main, &mechanism, work.private), ONE_OF(CKR_OK));
        legacy_call("while an operation is active", work.main, ONE_OF(CKR_FUNCTION_NOT_PARALLEL));
        expect("C_Sign after them", p11->C_Sign(work.main, text, TEXT_LENGTH, signature, &length), ONE_OF(CKR_OK));
        if (!signature_right(signature, length))
            fault("the signature after them is wrong");
    }
    work_end(&work);
    finalize();
}

static void legacy_invalid(void)
{
    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    legacy_call("with no session", CK_INVALID_HANDLE, ONE_OF(CKR_FUNCTION_NOT_PARALLEL, CKR_SESSION_HANDLE_INVALID));
    legacy_call("with an unknown session", 0x7fffffff, ONE_OF(CKR_FUNCTION_NOT_PARALLEL, CKR_SESSION_HANDLE_INVALID));
    finalize();
}

#define NOT_INITIALIZED "§5.1.6 CKR_CRYPTOKI_NOT_INITIALIZED: every function but C_Initialize and those that find the functions"
#define C_FINALIZE "C_Finalize: "

static const struct row rows[] = {
    { 17, MUST, "C_GetFunctionList and C_GetInterface at any time, 8 threads", "§5.4.4: callable before C_Initialize", finders, 0, 0 },
    { 18, MUST, "every other function before C_Initialize", NOT_INITIALIZED, all_before, 0, 0 },
    { 19, QUALITY, "the same with null pointers", NOT_INITIALIZED " or CKR_ARGUMENTS_BAD, and no crash", all_before_null, 0, 0 },
    { 20, MUST, "C_Finalize before C_Initialize", C_FINALIZE "CKR_CRYPTOKI_NOT_INITIALIZED", finalize_first, 0, 0 },
    { 21, MUST, "C_Finalize with pReserved", C_FINALIZE "pReserved non-null: CKR_ARGUMENTS_BAD, and nothing is done", finalize_reserved, 0,
      0 },
    { 22, MUST, "C_Finalize twice", C_FINALIZE "a second one finds the module not initialised", finalize_twice, 0, 0 },
    { 23, MUST, "six times C_Initialize, once C_Finalize", C_FINALIZE "no reference count", no_count, 0, 0 },
    { 24, MUST, "every function after C_Finalize", NOT_INITIALIZED, all_after, 0, 0 },
    { 25, MUST, "handles from before C_Finalize", C_FINALIZE "the sessions are over", old_handles, 0, 0 },
    { 26, MUST, "from each locking mode to each", "C_Initialize: the arguments of each call choose the mode", mode_switches, 0, 0 },
    { 27, MUST, "C_GetFunctionStatus and C_CancelFunction", "legacy functions: CKR_FUNCTION_NOT_PARALLEL, nothing else happens", legacy, 0,
      0 },
    { 28, MUST, "the same with a session that is none", "§5.1.1: they cannot return CKR_OK", legacy_invalid, 0, 0 },
};

const struct group group_uninitialised = { 'B', "Before C_Initialize and after C_Finalize", GROUP(rows) };
