// The connection to the engine: the socket that tells each side whether the other lives, and the region they share.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout.h"

struct channel {
    /** Null while there is no engine. Nobody unmaps it while a lane of it is held. */
    struct region *region;
    struct region *mapped;
    /** 1 while a thread connects; attempts that came to nothing. */
    uint32_t connecting;
    uint32_t failures;
    /** The engine wants the times of calls. */
    bool traced;
    /** That this process may run on. */
    uint32_t cores;
};

/** Connects to the store's engine, which is started if need be. */
bool channel_open(void);
/** Lets the engine go. The region stays mapped where a thread is still inside it. */
void channel_close(void);
/** As channel_open, for a call that found no engine: one thread tries, the others wait for it. */
bool channel_restore(void);

struct region *channel_region(void);
/** Maps what a descriptor of the engine's stands for; null where it is not of that size, or may shrink under us. */
void *channel_map(int memory, size_t size);
/** What the engine says makes no sense, or it has gone: the next call connects anew. */
void channel_lost(struct region *region);
/** Is this still the region to wait in, and its engine there? */
bool channel_lives(struct region *region);
