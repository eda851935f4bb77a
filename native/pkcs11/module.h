// All that the library remembers, in pages that a fork wipes: a child finds zeros, which mean "not initialised", whatever its
// parent's threads were doing, and can initialise for itself. No handler is needed, and none could be unregistered at dlclose.

#pragma once

#include "audit.h"
#include "channel.h"
#include "foreseen.h"
#include "lane.h"
#include "lock.h"
#include "search.h"
#include "spread.h"

enum state { UNINITIALIZED = 0, INITIALIZING, READY, FINALIZING };

// The largest page there is; madvise wants whole pages, and nothing else may lie in them.
#if defined(__x86_64__)
#define PAGE 4096
#else
#define PAGE 65536
#endif

struct module {
    uint32_t state;
    /** The application promised one call at a time (C_Initialize without flag and callbacks), and whether it is held to it. */
    bool alone, strict;
    /** Calls that hold or await a lock, or the connection: C_Finalize waits for them. */
    uint32_t waiting;
    struct locks locks;
    struct channel channel;
    struct lanes lanes;
    struct spread spread;
    struct audits audit;
    struct foreseen foreseen[FORESEEN_SESSIONS];
    struct search searches[SEARCHES];
} __attribute__((aligned(PAGE)));

extern struct module module;

/** Sequentially consistent: who enters does so first and then looks here, who closes the module sets it and then looks who is in. */
static inline bool module_ready(void)
{
    return __atomic_load_n(&module.state, __ATOMIC_SEQ_CST) == READY;
}

/** Not below 0, which is what a child finds where its parent was counted in. */
static inline void count_out(uint32_t *count)
{
    if (__atomic_load_n(count, __ATOMIC_RELAXED) != 0)
        __atomic_fetch_sub(count, 1, __ATOMIC_SEQ_CST);
}
