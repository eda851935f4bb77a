// Waiting and waking on 32-bit words. Words in a region are shared with other processes; a doorbell is this process's own.

#pragma once

#include <climits>
#include <cstdint>
#include <ctime>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

// The system's number for futex_waitv (Linux 5.16); headers older than the kernel do not name it.
#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

inline void futex_wake_shared(uint32_t *word, int threads) {
    syscall(SYS_futex, word, FUTEX_WAKE, threads, nullptr, nullptr, 0);
}

inline void futex_wake_private(uint32_t *word) {
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

inline void futex_wait_private(uint32_t *word, uint32_t expected, const timespec &limit) {
    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, &limit, nullptr, 0);
}

// Until one word is woken or differs from what its entry expects. Negative with errno where it did not sleep, or not to the end.
inline long futex_wait_any(struct futex_waitv *words, unsigned count) {
    return syscall(SYS_futex_waitv, words, count, 0, nullptr, CLOCK_MONOTONIC);
}
