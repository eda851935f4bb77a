// Group D: what the module takes from its process, and gives back.

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
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

#define ROUNDS 3

/** Where files may stay, and how many new ones in a round of cycles are too many. */
struct place {
    const char *name, *within;
    unsigned least, rounds;
    const char *example;
    struct files *before;
};

static void files_compare(struct place *place)
{
    const struct files *now = files_list(place->within);

    if (files_new(place->before, now, &place->example) >= place->least)
        place->rounds++;
    files_free(place->before);
}

/** Others may leave files too, but hardly as many in every round. Where only the module writes, one in every round is one too many. */
static void cycles_leave_no_files(const char *own, unsigned cycles)
{
    struct place places[] = { { .name = "the folders for such", .least = cycles },
                              { .name = "TMPDIR", .within = own, .least = 1 },
                              { .name = "the store", .within = kit.store, .least = 1 } };
    const unsigned count = kit.store ? 3 : 2;

    for (unsigned round = 0; round < ROUNDS; round++) {
        for (unsigned i = 0; i < count; i++)
            places[i].before = files_list(places[i].within);
        for (unsigned i = 0; i < cycles; i++)
            cycle();
        for (unsigned i = 0; i < count; i++)
            files_compare(&places[i]);
    }
    for (unsigned i = 0; i < count; i++)
        if (places[i].rounds == ROUNDS)
            fault("each %u cycles leave files in %s, %s for one", cycles, places[i].name, places[i].example);
}

/** With nowhere else to write to than a folder of its own. */
static void files_stay(unsigned cycles)
{
    const char *before = getenv("TMPDIR");
    char own[200];

    snprintf(own, sizeof own, "%s/lockcheck-XXXXXX", before ? before : "/tmp");
    if (!mkdtemp(own))
        give_up("there is no folder for temporary files");
    setenv("TMPDIR", own, 1);
    cycles_leave_no_files(own, cycles);
    rmdir(own);
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
    files_stay((cycles + ROUNDS - 1) / ROUNDS);
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
    tell("%u of its functions are registered for exit or fork, until dlclose", interposer_handlers());
    module_unload();
    surroundings_compare(before, "after dlclose");
    if (interposer_handlers() > 0)
        fault("after dlclose %u functions of the module are registered still, for exit or fork", interposer_handlers());
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

static const struct row rows[] = {
    { 48, QUALITY, "threads are as many after dlclose as before dlopen", "C_Finalize: done with the library", threads_back, UNLOADED, 0 },
    { 49, QUALITY, "descriptors, mappings and files do not grow, and descriptors are closed by an exec", "C_Finalize cleans up",
      descriptors, 0, 0 },
    { 50, QUALITY, "signals, masks, folders, locale, floating point, handlers of exit and fork are left alone",
      "silent; they are the application's", left_alone, UNLOADED | INTERPOSED, 0 },
    { 51, QUALITY, "memory does not grow", "C_Finalize cleans up", memory, 0, 0 },
    { 52, QUALITY, "loaded and unloaded again and again", "C_Finalize: done with the library", reloaded, UNLOADED, 0 },
};

const struct group group_resources = { 'D', "What is taken and given back", GROUP(rows) };
