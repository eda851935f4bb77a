// Which worker a new session goes to.

#pragma once

#include <stdint.h>

#include "layout.h"

struct hold;

struct spread {
    /** Where to begin among workers that have equally many. */
    uint32_t next;
    /** Sessions that are being opened: the engine has not counted them yet. */
    uint32_t coming[WORKERS];
};

/** A new region: the engine says where to begin. */
void spread_begin(const struct region *region);
/** For C_OpenSession, which says when it is answered. */
void spread_choose(struct hold *hold);
void spread_answered(const struct hold *hold);
/** A session of that worker is closed. */
void spread_close(uint32_t worker);
