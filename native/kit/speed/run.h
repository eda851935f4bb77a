// The threads that do the operation, all at once, for a time; and what came of it.

#pragma once

#include <stdint.h>

#include "latency.h"
#include "module.h"

struct outcome {
    uint64_t done, refused;
    /** When measuring began, by a clock that all processes share. */
    double began;
    double seconds;
    struct latency latency;
    /** The slowest thread's count as a part of the fastest's. */
    double fairness;
    /** Seconds of processor time in the measured part: this process, and the one beside it. */
    double user, system, beside;
    unsigned long locks;
    struct system_locks system_locks;
};

struct outcome threads_run(void);
