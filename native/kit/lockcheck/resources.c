// Group D: what the module takes from its process, and gives back.

#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "groups.h"
#include "kit.h"
#include "observe.h"
#include "work.h"

static void tasks_are(unsigned wanted, const char *when)
{
    const unsigned tasks = observe_tasks();

    if (tasks != wanted)
        fault("%u threads %s, %u before dlopen", tasks, when, wanted);
}

static void threads_back(void)
{
    const unsigned before = observe_tasks();
    CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK | CKF_LIBRARY_CANT_CREATE_OS_THREADS };
    CK_RV rv;

    module_load();
    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    workload();
    tell("%u threads when initialised", observe_tasks());
    finalize();
    rv = initialize_with(args);
    if (rv == CKR_OK) {
        tasks_are(before, "with CKF_LIBRARY_CANT_CREATE_OS_THREADS");
        workload();
        tasks_are(before, "with CKF_LIBRARY_CANT_CREATE_OS_THREADS, after work");
        finalize();
    } else
        expect("C_Initialize with CKF_LIBRARY_CANT_CREATE_OS_THREADS", rv, ONE_OF(CKR_NEED_TO_CREATE_THREADS, CKR_CANT_LOCK));
    module_unload();
    tasks_are(before, "after dlclose");
}

/** C_Initialize, a session, C_Finalize. */
static void cycle(void)
{
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;

    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    if (slot_find(&slot))
        p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session);
    finalize();
}

/** The first cycles load and allocate what stays. */
static void warm(void)
{
    for (unsigned i = 0; i < 5; i++)
        cycle();
}

static void descriptors(void)
{
    const unsigned cycles = times(30, 100);
    unsigned fds, mappings;
    int inherited;
    struct work work;

    warm();
    fds = observe_descriptors();
    mappings = observe_mappings();
    for (unsigned i = 0; i < cycles; i++)
        cycle();
    if (observe_descriptors() > fds)
        fault("%u descriptors after %u cycles, %u before", observe_descriptors(), cycles, fds);
    if (observe_mappings() > mappings + cycles / 10)
        fault("%u mappings after %u cycles, %u before", observe_mappings(), cycles, mappings);
    tell("%u descriptors, %u mappings", observe_descriptors(), observe_mappings());
    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    work_begin(&work);
    inherited = observe_inherited(VERDICT_FD);
    if (inherited >= 0)
        fault("descriptor %d is not closed by an exec", inherited);
    work_end(&work);
    finalize();
}

static void left_alone(void)
{
    const struct surroundings *before = surroundings_take();

    module_load();
    surroundings_compare(before, "after dlopen");
    need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
    surroundings_compare(before, "after C_Initialize");
    workload();
    surroundings_compare(before, "after work");
    finalize();
    surroundings_compare(before, "after C_Finalize");
    module_unload();
    surroundings_compare(before, "after dlclose");
}

static void memory(void)
{
    const unsigned cycles = times(100, 1000);
    unsigned long before, after;

    warm();
    before = observe_pages();
    for (unsigned i = 0; i < cycles; i++)
        cycle();
    after = observe_pages();
    // Less than one a cycle; a few come and go with the allocator.
    if (after > before + cycles)
        fault("%lu pages after %u cycles, %lu before", after, cycles, before);
    tell("%lu pages before, %lu after %u cycles", before, after, cycles);
}

static void reloaded(void)
{
    const unsigned signing = times(5, 200), cycles = times(60, 1100);
    unsigned keys = 0, stayed = 0;

    for (unsigned i = 0; i < cycles; i++) {
        module_load();
        need("C_Initialize(NULL)", initialize(FORM_NULL), ONE_OF(CKR_OK));
        if (i < signing)
            works("after loading again");
        finalize();
        module_unload();
        stayed += dlopen(kit.module, RTLD_NOW | RTLD_NOLOAD) != NULL;
        if (i == 1)
            keys = observe_free_keys();
    }
    // Two cycles in, whatever is kept once is there.
    if (observe_free_keys() + cycles / 4 < keys)
        fault("%u keys for thread-specific data are free after %u cycles, before %u", observe_free_keys(), cycles, keys);
    tell("%u cycles, %s", cycles, stayed > 0 ? "the module stays mapped" : "unmapped each time");
}

#define DESCRIPTORS 64

static void after_shortage(const char *what, CK_RV rv)
{
    CK_INFO info;

    tell("%s: C_Initialize answered %s", what, rv_name(rv));
    if (rv == CKR_OK)
        finalize();
    else {
        expect(what, rv, ONE_OF(CKR_HOST_MEMORY, CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED, CKR_CANT_LOCK, CKR_NEED_TO_CREATE_THREADS));
        expect("C_GetInfo after it", p11->C_GetInfo(&info), ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
    }
    need("C_Initialize when there is enough again", initialize(FORM_OS), ONE_OF(CKR_OK, CKR_CANT_LOCK));
    works("when there is enough again");
    finalize();
}

static void shortage(void)
{
    struct rlimit few = { DESCRIPTORS, DESCRIPTORS }, space;
    int fds[DESCRIPTORS];
    unsigned count = 0;
    CK_RV rv;

    getrlimit(RLIMIT_NOFILE, &space);
    few.rlim_max = space.rlim_max;
    setrlimit(RLIMIT_NOFILE, &few);
    while (count < DESCRIPTORS && (fds[count] = dup(VERDICT_FD)) >= 0)
        count++;
    rv = initialize(FORM_OS);
    while (count > 0)
        close(fds[--count]);
    setrlimit(RLIMIT_NOFILE, &space);
    after_shortage("no descriptor is free", rv);
    getrlimit(RLIMIT_AS, &space);
    // A page more than is there now: nothing can be mapped.
    few = (struct rlimit){ (rlim_t)getpagesize(), space.rlim_max };
    setrlimit(RLIMIT_AS, &few);
    rv = initialize(FORM_OS);
    setrlimit(RLIMIT_AS, &space);
    after_shortage("no memory can be mapped", rv);
}

static unsigned failing_allocation;

static void allocation_fails(void)
{
    CK_INFO info;
    CK_RV rv;

    interposer_fail_allocation(failing_allocation);
    rv = initialize(FORM_OS);
    interposer_fail_allocation(0);
    if (rv == CKR_OK) {
        finalize();
        return;
    }
    expect("C_Initialize without memory", rv, ONE_OF(CKR_HOST_MEMORY, CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED, CKR_CANT_LOCK));
    expect("C_GetInfo after it", p11->C_GetInfo(&info), ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
}

static unsigned allocations(void)
{
    return interposer_count(CALL_ALLOCATION) + interposer_count_others(CALL_ALLOCATION);
}

/** Where a child leaves what it counted. */
static unsigned *allocations_seen;

static void allocations_count(void)
{
    const unsigned before = allocations();

    initialize(FORM_OS);
    *allocations_seen = allocations() - before;
}

static unsigned allocations_expected(void)
{
    allocations_seen = mmap(NULL, sizeof *allocations_seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    child_run(5, allocations_count);
    return *allocations_seen;
}

static void no_memory(void)
{
    const unsigned most = allocations_expected(), step = most / times(24, 250) + 1;
    unsigned crashed = 0, tried = 0;
    const char *how = "";

    for (failing_allocation = 1; failing_allocation <= most; failing_allocation += step) {
        const char *bad = child_fault(child_run(5, allocation_fails));

        tried++;
        crashed += bad != NULL;
        how = bad ? bad : how;
    }
    if (crashed > 0)
        fault("C_Initialize %s, as one of %u of %u allocations failed", how, crashed, tried);
    tell("%u allocations, %u of them failed in turn", most, tried);
}

static const struct row rows[] = {
    { 48, QUALITY, "threads are as many after dlclose as before dlopen", "C_Finalize: done with the library", threads_back, UNLOADED, 0 },
    { 49, QUALITY, "descriptors and mappings do not grow, and are closed by an exec", "C_Finalize cleans up", descriptors, 0, 0 },
    { 50, QUALITY, "signals, masks, folders, locale, floating point are left alone", "silent; they are the application's", left_alone,
      UNLOADED, 0 },
    { 51, QUALITY, "memory does not grow", "C_Finalize cleans up", memory, 0, 0 },
    { 52, QUALITY, "loaded and unloaded again and again", "C_Finalize: done with the library", reloaded, UNLOADED, 0 },
    { 56, QUALITY, "C_Initialize without descriptors, without memory", "§5: a function succeeds or leaves the state as it was", shortage, 0,
      0 },
    { 57, QUALITY, "each allocation in C_Initialize fails in turn", "§5: a function succeeds or leaves the state as it was", no_memory,
      INTERPOSED, 40 },
};

const struct group group_resources = { 'D', "What is taken and given back", GROUP(rows) };
