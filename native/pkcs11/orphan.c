#include "orphan.h"

#include <sys/mman.h>

#include "finding.h"
#include "module.h"
#include "wait.h"

// Beside the module's state, not in it: a child finds here that its parent was initialised, and how.
static struct {
    struct orphans *page;
    uint32_t initialised;
    uint32_t level;
    /** Threads that are about to write into the page. */
    uint32_t writing;
    uint32_t untold;
    uint64_t last;
} inherited;

bool orphans_open(int memory)
{
    struct orphans *page = channel_map(memory, sizeof *page);

    __atomic_store_n(&inherited.page, page, __ATOMIC_SEQ_CST);
    return page != NULL;
}

void orphans_close(void)
{
    struct orphans *page = __atomic_exchange_n(&inherited.page, NULL, __ATOMIC_SEQ_CST);

    // Pairs with orphan_called: it counts itself and then takes the page. One that was in it stays, never to be used again.
    if (page && __atomic_load_n(&inherited.writing, __ATOMIC_SEQ_CST) == 0)
        munmap(page, sizeof *page);
}

void orphans_expect(uint32_t level)
{
    __atomic_store_n(&inherited.level, level, __ATOMIC_RELAXED);
    __atomic_store_n(&inherited.initialised, 1, __ATOMIC_RELEASE);
}

void orphans_excuse(void)
{
    __atomic_store_n(&inherited.initialised, 0, __ATOMIC_RELAXED);
}

uint32_t orphan_untold(uint64_t *caller)
{
    *caller = __atomic_load_n(&inherited.last, __ATOMIC_RELAXED);
    return __atomic_exchange_n(&inherited.untold, 0, __ATOMIC_RELAXED);
}

/** False where nobody would read it. */
static bool tell(struct orphans *page, uint32_t level, uint64_t caller)
{
    if (!page || __atomic_load_n(&page->tally.closed, __ATOMIC_SEQ_CST) != 0)
        return false;
    __atomic_fetch_add(&page->tally.calls, 1, __ATOMIC_RELAXED);
    if (level >= AUDIT_LOG)
        finding_note(page->findings, B5, &(struct meeting){ .second = caller, .second_process = (uint32_t)getpid() }, 1);
    return true;
}

void orphan_called(const void *from, uint32_t function)
{
    uint32_t level;
    uint64_t caller;

    if (__atomic_load_n(&inherited.initialised, __ATOMIC_ACQUIRE) == 0 || __atomic_load_n(&module.state, __ATOMIC_RELAXED) != UNINITIALIZED)
        return;
    level = __atomic_load_n(&inherited.level, __ATOMIC_RELAXED);
    // Asked each time: a child of a child has nothing of its own to tell it by that they are not the same.
    caller = (uint64_t)(uint32_t)syscall(SYS_gettid) << 8 | function;
    __atomic_fetch_add(&inherited.writing, 1, __ATOMIC_SEQ_CST);
    if (!tell(__atomic_load_n(&inherited.page, __ATOMIC_SEQ_CST), level, caller)) {
        __atomic_store_n(&inherited.last, caller, __ATOMIC_RELAXED);
        __atomic_fetch_add(&inherited.untold, 1, __ATOMIC_RELAXED);
    }
    __atomic_fetch_sub(&inherited.writing, 1, __ATOMIC_SEQ_CST);
    if (level == AUDIT_ABORT)
        finding_abort(B5, &(struct meeting){ .second = caller, .second_from = from });
}
