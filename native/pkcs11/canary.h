// Makes ThreadSanitizer and Helgrind check an application's use of sessions: each call says that it writes a byte of its session's own.
// Two calls that nothing orders are then a data race, though they never overlap; this library needs no instrumentation for it.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Where it is wanted and a checker is there, else canary_sing does nothing. */
void canary_begin(bool wanted);
/** Memory whose accesses are ours to answer for: Helgrind does not know what orders them. */
void canary_spare(const void *memory, size_t size);

extern char *canaries;
void canary_write(void *from, uint64_t session, bool alone);

/** A session, or 0; and the process, where one thread was promised. `from` is where the application called. */
static inline void canary_sing(void *from, uint64_t session, bool alone)
{
    if (__builtin_expect(canaries != NULL, 0))
        canary_write(from, session, alone);
}
