// What the library knows of each function beside its arguments (traits.c, generated).

#pragma once

#include <stdint.h>

enum {
    LOCKS_SESSIONS = 1,
    LOCKS_OBJECT = 2,
    /** CKR_OPERATION_ACTIVE is among the values that it may return. */
    LISTS_ACTIVE = 4,
    /** Begins an operation that goes on using the key. */
    KEEPS_KEY = 8,
    CLOSES = 16,
    CLOSES_ALL = 32,
    DESTROYS = 64,
    LOGS_IN_OR_OUT = 128,
    WAITS = 256,
    /** An Init that may be answered ahead, or the call that carries its operation out: foreseen.h sees to them. */
    FORESEES = 512,
};

struct traits {
    const char *name;
    uint16_t flags;
    /** Operations (OPERATION_*): which it begins, and which it ends where it fails. */
    uint16_t begins, ends;
};

/** By the number of the call. */
extern const struct traits traits[];
