// Sleeping on a word and looking at the clock. Everything here goes round libc's cancellation points: a thread that is cancelled
// while it waits would keep its lane, or its application's mutex, for ever.

#pragma once

#include <linux/futex.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000u

/** Until the word is woken or is not `expected`; gives up after `limit` milliseconds. The word may lie in shared memory. */
static inline void word_wait(const uint32_t *word, uint32_t expected, unsigned limit)
{
    const struct timespec time = { .tv_sec = limit / SECOND, .tv_nsec = (long)(limit % SECOND) * 1000000 };

    syscall(SYS_futex, word, FUTEX_WAIT, expected, &time, NULL, 0);
}

static inline void word_wake(const uint32_t *word, int threads)
{
    syscall(SYS_futex, word, FUTEX_WAKE, threads, NULL, NULL, 0);
}

static inline void doze(unsigned milliseconds)
{
    const uint32_t word = 0;

    word_wait(&word, 0, milliseconds);
}

static inline uint64_t clock_nanoseconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static inline uint64_t clock_milliseconds(void)
{
    return clock_nanoseconds() / 1000000u;
}
