// Calls of a child that was forked from an initialised process and has not initialised for itself (B5). The region stays with the parent;
// a page of its own goes with the child, and there the engine finds what the child called, be the parent still there or not.

#pragma once

#include <stdbool.h>
#include <stdint.h>

/** Maps the page that the descriptor stands for; children made from now on have it. */
bool orphans_open(int memory);
/** The page that is there, the parent's or this process's own, goes. */
void orphans_close(void);
/** Of this process: what its children would break. */
void orphans_expect(uint32_t level);
/** Nobody is inside any more: a child has nothing to inherit. */
void orphans_excuse(void);
/** What this process itself called as a child, and could tell nobody: how often, and which function last. */
uint32_t orphan_untold(uint64_t *caller);
/**
 * A call of a process that is not initialised. Another thread may have held anything at the fork: nothing is locked or allocated here.
 * @param from where the application called.
 */
void orphan_called(const void *from, uint32_t function);
