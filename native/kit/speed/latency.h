// How long calls took: counts in buckets that are never wider than a sixteenth of what they hold.

#pragma once

#include <stdint.h>

/** 2^40 ns are eighteen minutes. */
#define LATENCY_BUCKETS (16 * 37)

struct latency {
    uint64_t counts[LATENCY_BUCKETS];
    uint64_t longest;
};

void latency_note(struct latency *latency, uint64_t nanoseconds);
void latency_add(struct latency *sum, const struct latency *other);
/** Microseconds within which that part of all calls was done. */
double latency_within(const struct latency *latency, double part);
