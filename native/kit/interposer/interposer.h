// What the interposer and the programs of the kit know of each other: counters, found by the symbol's name.

#pragma once

#include <stdint.h>

enum call {
    CALL_MUTEX,
    CALL_RWLOCK,
    CALL_SPIN,
    CALL_CONDITION,
    CALL_SEMAPHORE,
    /** Between threads of this process, and one that may be with another process. */
    CALL_FUTEX,
    CALL_FUTEX_SHARED,
    CALL_THREAD,
    CALL_ALLOCATION,
    CALLS,
};

struct span {
    uintptr_t from, to;
};

/** A function that is to run at exit or around fork. */
struct handler {
    uintptr_t caller;
    /** With the DSO it goes away; null: it stays until the process ends. */
    const void *dso;
};

#define HANDLERS 512

struct interposer {
    /** Where the DSO under test lies, and where its examiner. */
    struct span module, kit;
    /** Calls from the module's DSO, and from all others but the kit. */
    unsigned own[CALLS], others[CALLS];
    /** The allocation that fails, counted down; 0: none. */
    unsigned allocation;
    /** Those that are registered; a place is free whose caller is 0. */
    struct handler handlers[HANDLERS];
};

#define INTERPOSER "lockcheck_interposer"
