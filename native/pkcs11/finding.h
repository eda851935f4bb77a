// What the audit met with, on its way to the engine: counters and first sightings in the shared region.

#pragma once

#include <stdint.h>

#include "layout.h"

// A caller, as the auditor keeps it: its session in the upper half, its thread's number in 24 bits and its function in 8.
static inline uint32_t function_of(uint64_t caller)
{
    return caller % 256;
}

static inline uint32_t thread_of(uint64_t caller)
{
    return (uint32_t)caller / 256;
}

static inline uint64_t session_of(uint64_t caller)
{
    return caller >> 32;
}

/**
 * Who met: `first` was inside, 0 where nobody knows who. Where in the application they called is null where nobody knows, and the process
 * is 0 where it is the application itself.
 */
struct meeting {
    uint64_t first, second;
    const void *first_from, *second_from;
    uint32_t second_process;
};

/** Into these FINDINGS places, if one is left: who it was the first time, and how often. */
void finding_note(struct finding *findings, uint32_t breach, const struct meeting *meeting, uint32_t times);
_Noreturn void finding_abort(uint32_t breach, const struct meeting *meeting);
/** As the setting wants it. */
void finding_record(struct region *region, uint32_t breach, const struct meeting *meeting, uint32_t times);
