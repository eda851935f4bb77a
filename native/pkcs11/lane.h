// A lane carries one call at a time: claim it, exchange fragments through it, release it. Knows nothing of PKCS#11.

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

/** Functions are told apart by a few bits of their number, since some answer at once and some take long. */
#define KINDS 16

/** One per lane, on cache lines of its own, in this process alone: an engine cannot take a lane from the thread that has it. */
struct claim {
    uint32_t taken;
    /** Nanoseconds that the lane's next user looks for its answer before it sleeps. */
    uint32_t patience[KINDS];
    /** For the audit: the call that has the lane, the object or slot that it is about, and where the application called. */
    uint64_t caller;
    uint32_t subject;
    const void *from;
    /** Calls since looking for an answer, instead of sleeping at once, last paid. */
    uint8_t rests[KINDS];
} __attribute__((aligned(64)));

struct lanes {
    struct claim claims[LANES];
    /** Threads that wait for a lane, and the word they sleep on: lanes released meanwhile. */
    uint32_t waiters;
    uint32_t released;
    /** Lanes that are held: calls in flight. */
    uint32_t held;
};

/** A thread's hold on a lane. */
struct hold {
    struct region *region;
    uint32_t index;
    uint32_t worker;
    /** The function, as far as KINDS tells. */
    uint32_t kind;
    /** C_Finalize may end this call without its answer. */
    bool abandonable;
    /** For the engine's trace; began 0: there is none. */
    struct {
        uint64_t began, rung, seen;
    } times;
};

enum outcome { PASSED, ANSWERED, MORE, GONE, CLOSED };

/** PASSED: the lane is held. GONE: no engine can be had. CLOSED: the module is not initialised, or not any more. */
enum outcome lane_claim(struct hold *hold, uint64_t session);
/** Posts a fragment and waits: ANSWERED, MORE (send the next), GONE or CLOSED. */
enum outcome lane_exchange(struct hold *hold, uint32_t length, bool more);
/** False in a child that was forked in the midst of the call: the lane is its parent's, and not even mapped. */
bool lane_ours(const struct hold *hold);
/** Zeroes what the lane held of the call, and lets it go. */
void lane_release(const struct hold *hold, uint32_t used);
/** Of the engine that serves this region; at least 1, at most WORKERS. */
uint32_t lane_workers(const struct region *region);
/** Waits until no lane is held, for `limit` milliseconds at most. */
bool lanes_idle(unsigned limit);

static inline uint8_t *lane_data(const struct hold *hold)
{
    return hold->region->data[hold->index];
}

/** Session of a call that has none: any worker will do. */
#define NO_SESSION (~0UL)
