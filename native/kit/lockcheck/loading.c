// Group D: the module's end, and the process's.

#include <dlfcn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "groups.h"
#include "kit.h"
#include "work.h"

static pthread_barrier_t unloaded;
static struct work inside;

static void *outlives(void *argument)
{
    CK_SESSION_HANDLE session;
    CK_INFO info;

    expect("C_GetInfo", p11->C_GetInfo(&info), ONE_OF(CKR_OK));
    if (inside.signing && session_open(&inside, &session) == CKR_OK)
        expect("C_SignInit and C_Sign", sign_with(session, inside.private), ONE_OF(CKR_OK));
    pthread_barrier_wait(&unloaded);
    pthread_barrier_wait(&unloaded);
    // Destructors of thread-specific data that the module left run here, if it left any.
    pthread_exit(argument);
}

static void leave(void)
{
    exit(0);
}

static void unloaded_first(void)
{
    pthread_t threads[4];
    const char *bad;

    initialize_or_skip(FORM_OS);
    work_begin(&inside);
    pthread_barrier_init(&unloaded, NULL, 5);
    for (unsigned i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, outlives, NULL);
    pthread_barrier_wait(&unloaded);
    module_unload();
    pthread_barrier_wait(&unloaded);
    for (unsigned i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    bad = child_fault(child_run(5, leave));
    if (bad)
        fault("a child forked after dlclose %s", bad);
}

/** Where C_Initialize may be undone by now, and where not. */
static void last_calls(void)
{
    CK_INFO info;
    CK_SESSION_INFO session;
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;

    if (!p11)
        return;
    expect("C_GetInfo at the end of the process", p11->C_GetInfo(&info), ONE_OF(CKR_OK, CKR_CRYPTOKI_NOT_INITIALIZED));
    expect("C_GetSlotList at the end of the process", p11->C_GetSlotList(CK_FALSE, slots, &count),
           ONE_OF(CKR_OK, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_BUFFER_TOO_SMALL));
    if (inside.slot_there)
        p11->C_GetSessionInfo(inside.main, &session);
    p11->C_Finalize(NULL);
}

static bool at_destruction;

static __attribute__((destructor)) void destruction(void)
{
    if (at_destruction)
        last_calls();
}

static void loaded_and_used(void)
{
    module_load();
    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    work_begin(&inside);
    if (inside.signing)
        expect("C_SignInit and C_Sign", sign_with(inside.main, inside.private), ONE_OF(CKR_OK));
}

static void ends_finalized(void)
{
    loaded_and_used();
    work_end(&inside);
    finalize();
    exit(0);
}

static void ends_plainly(void)
{
    loaded_and_used();
    exit(0);
}

static void ends_with_handler(void)
{
    // Registered before dlopen it runs after the module's own.
    atexit(last_calls);
    loaded_and_used();
    exit(0);
}

static void ends_with_destructor(void)
{
    at_destruction = true;
    loaded_and_used();
    exit(0);
}

static void ends(void)
{
    static const struct {
        const char *what;
        void (*run)(void);
    } ways[] = {
        { "exit() after C_Finalize", ends_finalized },
        { "exit() without C_Finalize", ends_plainly },
        { "calls from an atexit handler that was there before dlopen", ends_with_handler },
        { "calls from a destructor", ends_with_destructor },
    };

    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const char *bad = child_fault(child_run(5, ways[i].run));

        if (bad)
            fault("%s: the process %s", ways[i].what, bad);
    }
}

static const struct row rows[] = {
    { 53, QUALITY, "dlclose without C_Finalize, then threads end, then fork", "every C_Initialize has a C_Finalize; here it has none",
      unloaded_first, 0, 0 },
    { 55, QUALITY, "exit() with and without C_Finalize, and calls on the way out",
      "silent; CKR_CRYPTOKI_NOT_INITIALIZED or the right answer", ends, UNLOADED, 30 },
};

const struct group group_loading = { 'D', "The module's end, and the process's", GROUP(rows) };
