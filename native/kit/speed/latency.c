#include "latency.h"

/** Below 16 a bucket each; from there sixteen to every power of two. */
static unsigned bucket_of(uint64_t value)
{
    const unsigned power = value < 16 ? 0 : 63 - (unsigned)__builtin_clzll(value) - 4;
    const unsigned bucket = power == 0 && value < 16 ? (unsigned)value : 16 * (power + 1) + (unsigned)(value >> power) - 16;

    return bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1;
}

/** The middle of what a bucket holds. */
static double middle_of(unsigned bucket)
{
    const unsigned power = bucket < 16 ? 0 : bucket / 16 - 1;
    const uint64_t least = bucket < 16 ? bucket : (uint64_t)(bucket % 16 + 16) << power;

    return (double)least + (double)((uint64_t)1 << power) / 2;
}

void latency_note(struct latency *latency, uint64_t nanoseconds)
{
    latency->counts[bucket_of(nanoseconds)]++;
    if (nanoseconds > latency->longest)
        latency->longest = nanoseconds;
}

void latency_add(struct latency *sum, const struct latency *other)
{
    for (unsigned i = 0; i < LATENCY_BUCKETS; i++)
        sum->counts[i] += other->counts[i];
    if (other->longest > sum->longest)
        sum->longest = other->longest;
}

double latency_within(const struct latency *latency, double part)
{
    uint64_t all = 0, seen = 0;

    for (unsigned i = 0; i < LATENCY_BUCKETS; i++)
        all += latency->counts[i];
    for (unsigned i = 0; i < LATENCY_BUCKETS; i++) {
        seen += latency->counts[i];
        if (all > 0 && (double)seen >= part * (double)all)
            return middle_of(i) / 1000;
    }
    return 0;
}
