// Group D: C_Initialize where something is lacking: descriptors, memory, its store.

#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "groups.h"
#include "kit.h"
#include "observe.h"
#include "work.h"

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

static void no_descriptor(void)
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
}

static void no_space(void)
{
    struct rlimit few, space;
    CK_RV rv;

    getrlimit(RLIMIT_AS, &space);
    // A page more than is there now: nothing can be mapped.
    few = (struct rlimit){ (rlim_t)getpagesize(), space.rlim_max };
    setrlimit(RLIMIT_AS, &few);
    rv = initialize(FORM_OS);
    setrlimit(RLIMIT_AS, &space);
    after_shortage("no memory can be mapped", rv);
}

/** Somebody whom nothing is allowed: root reads what nobody may read. */
#define NOBODY 65534

/** What a module that says CKR_OK without its store does with it; it may say anything but crash. */
static void use_without_store(void)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = 16;
    CK_TOKEN_INFO info;
    CK_SESSION_HANDLE session;
    const CK_RV rv = p11->C_GetSlotList(CK_TRUE, slots, &count);

    tell("C_GetSlotList answered %s, with %lu tokens", rv_name(rv), rv == CKR_OK ? count : 0);
    for (CK_ULONG i = 0; rv == CKR_OK && i < count && i < 16; i++) {
        p11->C_GetTokenInfo(slots[i], &info);
        if (p11->C_OpenSession(slots[i], CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session) == CKR_OK)
            token_login(session);
    }
}

static void store_shut(struct stat *before)
{
    if (stat(kit.store, before) != 0 || chmod(kit.store, 0) != 0)
        give_up("the store %s cannot be made unreadable", kit.store);
    if (geteuid() == 0 && seteuid(NOBODY) != 0)
        give_up("no other user can be had to whom the store is unreadable");
}

static void store_open(const struct stat *before)
{
    if (getuid() == 0 && seteuid(0) != 0)
        give_up("the user cannot be changed back");
    // Whoever changes his user is no longer the owner of his own files in /proc.
    prctl(PR_SET_DUMPABLE, 1);
    chmod(kit.store, before->st_mode & 07777);
}

static void unreadable_store(void)
{
    struct stat before;
    CK_RV rv;

    store_shut(&before);
    rv = initialize(FORM_OS);
    if (rv == CKR_OK)
        use_without_store();
    store_open(&before);
    after_shortage("the store cannot be read", rv);
}

static void shortage(void)
{
    no_descriptor();
    no_space();
    if (kit.store)
        unreadable_store();
    else
        tell("which folder is the store was not said");
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

#define WHOLE "§5: a function succeeds or leaves the state as it was"

static const struct row rows[] = {
    { 56, QUALITY, "C_Initialize without descriptors, without memory, with a store that it may not read", WHOLE, shortage, 0, 0 },
    { 57, QUALITY, "each allocation in C_Initialize fails in turn", WHOLE, no_memory, INTERPOSED, 40 },
};

const struct group group_shortage = { 'D', "What is lacking", GROUP(rows) };
