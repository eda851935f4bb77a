// A session lives on one worker as long as it lives: it goes to the one that has the fewest. Among equals it is the one that just lost a
// session, else each in turn: whoever opens and closes sessions time after time meets a worker that is awake, and does not wake another
// each time.

#include "spread.h"

#include "module.h"

void spread_begin(const struct region *region)
{
    __atomic_store_n(&module.spread.next, __atomic_load_n(&region->header.first_worker, __ATOMIC_RELAXED), __ATOMIC_RELAXED);
}

static uint32_t load_of(const struct region *region, uint32_t worker)
{
    return __atomic_load_n(&region->bells[worker].sessions, __ATOMIC_RELAXED) +
           __atomic_load_n(&module.spread.coming[worker], __ATOMIC_RELAXED);
}

void spread_choose(struct hold *hold)
{
    const uint32_t workers = lane_workers(hold->region);
    const uint32_t first = __atomic_load_n(&module.spread.next, __ATOMIC_RELAXED) % workers;
    uint32_t chosen = first;

    for (uint32_t i = 1; i < workers; i++) {
        const uint32_t worker = (first + i) % workers;

        if (load_of(hold->region, worker) < load_of(hold->region, chosen))
            chosen = worker;
    }
    __atomic_fetch_add(&module.spread.coming[chosen], 1, __ATOMIC_RELAXED);
    __atomic_store_n(&module.spread.next, chosen + 1, __ATOMIC_RELAXED);
    hold->worker = chosen;
}

void spread_answered(const struct hold *hold)
{
    count_out(&module.spread.coming[hold->worker]);
}

void spread_close(uint32_t worker)
{
    __atomic_store_n(&module.spread.next, worker, __ATOMIC_RELAXED);
}
