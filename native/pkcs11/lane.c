// Lanes: claiming, posting, waiting.

#include "lane.h"

#include <pthread.h>
#include <string.h>

#include "module.h"
#include "wait.h"

/** How often a sleeping thread looks whether its engine still lives, in milliseconds. */
#define SLICE 250

/** Longest look for an answer before sleeping (a core that slept takes tens of microseconds to wake), and the shortest worth while. */
#define PATIENCE_MOST 100000u
#define PATIENCE_LEAST 2000u
/** How often a lane that has lost its patience tries again. */
#define PROBE 64u
#define LOOKS 16

static void cpu_relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static bool claim_take(uint32_t index)
{
    uint32_t *taken = &module.lanes.claims[index].taken;

    return __atomic_load_n(taken, __ATOMIC_RELAXED) == 0 && __atomic_exchange_n(taken, 1, __ATOMIC_SEQ_CST) == 0;
}

static void claim_give(uint32_t index)
{
    __atomic_store_n(&module.lanes.claims[index].taken, 0, __ATOMIC_SEQ_CST);
    // Pairs with claim_wait: it counts itself and then looks at the claims, we free the claim and then look for it.
    if (__atomic_load_n(&module.lanes.waiters, __ATOMIC_SEQ_CST) != 0) {
        __atomic_fetch_add(&module.lanes.released, 1, __ATOMIC_SEQ_CST);
        word_wake(&module.lanes.released, 1);
    }
}

/** A free lane, or LANES. Threads begin at different ones, each always at the same: it is still in its core's cache. */
static uint32_t claim_scan(void)
{
    const uint32_t first = (uint32_t)(((uint64_t)pthread_self() * 0x9e3779b97f4a7c15u) >> 32);

    for (uint32_t i = 0; i < LANES; i++)
        if (claim_take((first + i) % LANES))
            return (first + i) % LANES;
    return LANES;
}

/** As claim_scan, but waits for one to be released, or for C_Finalize. */
static uint32_t claim_wait(void)
{
    uint32_t index = claim_scan();

    if (index != LANES)
        return index;
    __atomic_fetch_add(&module.lanes.waiters, 1, __ATOMIC_SEQ_CST);
    while (module_ready()) {
        const uint32_t seen = __atomic_load_n(&module.lanes.released, __ATOMIC_SEQ_CST);

        index = claim_scan();
        if (index != LANES)
            break;
        word_wait(&module.lanes.released, seen, SLICE);
    }
    __atomic_fetch_sub(&module.lanes.waiters, 1, __ATOMIC_SEQ_CST);
    return index;
}

/** A session's handle names its worker; a handle that nobody issued goes to one that will say so. A thread that has none asks always the
 * same. */
static uint32_t worker_of(const struct hold *hold, uint64_t session)
{
    const uint32_t workers = lane_workers(hold->region);
    const uint32_t worker = session % WORKERS;

    if (session == NO_SESSION)
        return hold->index % workers;
    return worker < workers ? worker : 0;
}

uint32_t lane_workers(const struct region *region)
{
    // The region's memory is the engine's too: whatever it says, the index stays within the bells.
    const uint32_t told = __atomic_load_n(&region->header.workers, __ATOMIC_RELAXED);

    return told == 0 || told > WORKERS ? 1 : told;
}

enum outcome lane_claim(struct hold *hold, uint64_t session)
{
    for (;;) {
        hold->index = claim_wait();
        if (hold->index == LANES)
            return CLOSED;
        // Pairs with lanes_idle: the claim stands before these are read, so the region is not unmapped under us.
        hold->region = module_ready() ? channel_region() : NULL;
        if (hold->region) {
            hold->worker = worker_of(hold, session);
            __atomic_fetch_add(&module.lanes.held, 1, __ATOMIC_RELAXED);
            __atomic_store_n(&hold->region->lanes[hold->index].state, LANE_CLAIMED, __ATOMIC_RELAXED);
            return PASSED;
        }
        claim_give(hold->index);
        if (!channel_restore())
            return module_ready() ? GONE : CLOSED;
    }
}

static bool settled(uint32_t state)
{
    return state != LANE_POSTED && state != LANE_SLEEPING;
}

/** Looks for an answer as long as looking has paid lately, and only while every call in flight leaves a core to the engine. */
static bool lane_look(const struct hold *hold, const uint32_t *state)
{
    uint32_t *patience = &module.lanes.claims[hold->index].patience[hold->kind];
    uint8_t *rests = &module.lanes.claims[hold->index].rests[hold->kind];
    uint32_t budget = *patience;
    uint64_t end;

    if (2 * __atomic_load_n(&module.lanes.held, __ATOMIC_RELAXED) > module.channel.cores)
        return false;
    if (budget == 0 && (*rests)++ % PROBE != 0)
        return false;
    if (budget == 0)
        budget = PATIENCE_MOST;
    end = clock_nanoseconds() + budget;
    do {
        for (int i = 0; i < LOOKS; i++) {
            if (settled(__atomic_load_n(state, __ATOMIC_ACQUIRE))) {
                *patience = PATIENCE_MOST;
                return true;
            }
            cpu_relax();
        }
    } while (clock_nanoseconds() < end);
    *patience = budget / 2 < PATIENCE_LEAST ? 0 : budget / 2;
    return false;
}

/** PASSED: the state has changed. */
static enum outcome lane_sleep(const struct hold *hold, uint32_t *state)
{
    uint32_t posted = LANE_POSTED;

    // Pairs with the engine's exchange: it either finds SLEEPING and wakes us, or we find its answer here.
    if (!__atomic_compare_exchange_n(state, &posted, LANE_SLEEPING, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return PASSED;
    for (;;) {
        word_wait(state, LANE_SLEEPING, SLICE);
        if (!lane_ours(hold))
            return CLOSED;
        if (settled(__atomic_load_n(state, __ATOMIC_ACQUIRE)))
            return PASSED;
        if (!module_ready() && (hold->abandonable || channel_region() != hold->region))
            return CLOSED;
        if (!channel_lives(hold->region))
            return GONE;
    }
}

/** What only this thread knows of its call's course, told when the lane goes: the worker that answered reads it with its next call. */
static void times_tell(const struct hold *hold)
{
    struct lane *lane = &hold->region->lanes[hold->index];

    __atomic_store_n(&lane->rung, hold->times.rung, __ATOMIC_RELAXED);
    __atomic_store_n(&lane->seen, hold->times.seen, __ATOMIC_RELAXED);
    __atomic_store_n(&lane->done, clock_nanoseconds(), __ATOMIC_RELAXED);
    __atomic_store_n(&lane->ended, hold->times.began, __ATOMIC_RELAXED);
}

enum outcome lane_exchange(struct hold *hold, uint32_t length, bool more)
{
    struct lane *lane = &hold->region->lanes[hold->index];
    struct bell *bell = &hold->region->bells[hold->worker];
    enum outcome outcome = PASSED;

    __atomic_store_n(&lane->worker, hold->worker, __ATOMIC_RELAXED);
    __atomic_store_n(&lane->length, length, __ATOMIC_RELAXED);
    __atomic_store_n(&lane->more, more, __ATOMIC_RELAXED);
    if (hold->times.began != 0) {
        __atomic_store_n(&lane->began, hold->times.began, __ATOMIC_RELAXED);
        __atomic_store_n(&lane->marshalled, clock_nanoseconds(), __ATOMIC_RELAXED);
    }
    __atomic_store_n(&lane->state, LANE_POSTED, __ATOMIC_RELEASE);
    // Pairs with the worker, which says it sleeps and then looks at `pending`.
    __atomic_fetch_or(&bell->pending, 1ull << hold->index, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&bell->asleep, __ATOMIC_SEQ_CST) == 1 && __atomic_exchange_n(&bell->asleep, 0, __ATOMIC_SEQ_CST) == 1)
        word_wake(&bell->asleep, 1);
    if (hold->times.began != 0)
        hold->times.rung = clock_nanoseconds();

    if (!lane_look(hold, &lane->state))
        outcome = lane_sleep(hold, &lane->state);
    if (hold->times.began != 0)
        hold->times.seen = clock_nanoseconds();
    if (outcome != PASSED)
        return outcome;
    switch (__atomic_load_n(&lane->state, __ATOMIC_ACQUIRE)) {
    case LANE_ANSWERED:
        return ANSWERED;
    case LANE_MORE:
        return MORE;
    default:
        channel_lost(hold->region);
        return GONE;
    }
}

bool lane_ours(const struct hold *hold)
{
    return __atomic_load_n(&module.lanes.claims[hold->index].taken, __ATOMIC_RELAXED) != 0;
}

void lane_release(const struct hold *hold, uint32_t used)
{
    if (!lane_ours(hold))
        return;
    explicit_bzero(lane_data(hold), used);
    if (hold->times.rung != 0)
        times_tell(hold);
    __atomic_store_n(&hold->region->lanes[hold->index].state, LANE_FREE, __ATOMIC_RELEASE);
    __atomic_fetch_sub(&module.lanes.held, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&module.lanes.claims[hold->index].caller, 0, __ATOMIC_RELAXED);
    claim_give(hold->index);
}

static bool lanes_free(void)
{
    for (uint32_t i = 0; i < LANES; i++)
        if (__atomic_load_n(&module.lanes.claims[i].taken, __ATOMIC_SEQ_CST) != 0)
            return false;
    return true;
}

bool lanes_idle(unsigned limit)
{
    const uint64_t end = clock_milliseconds() + limit;

    while (!lanes_free()) {
        if (clock_milliseconds() > end)
            return false;
        doze(1);
    }
    return true;
}
