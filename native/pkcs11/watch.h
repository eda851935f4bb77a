// The sessions that the auditor watches: a table of its own, since what the engine knows of them is not at hand here.

#pragma once

#include <stdint.h>

#include "pkcs11.h"

/** Sessions that are watched at once; those beyond are served like any other. */
#define WATCHES 4096

/** A session, on a cache line of its own. */
struct watch {
    /** How many calls are inside (31 bits), whether the last of them owes an end (OWES), and above that who came last. */
    uint64_t overlap;
    uint32_t session;
    uint32_t slot;
    /** The key that its last operation was begun with. */
    uint32_t key;
    /** Breaches it took part in, a bit each from B1 on. */
    uint32_t breaches;
    /** What C_GetSessionInfo last answered (special.c): the engine's count of changes (32 bits), the session's flags and state (16 each).
     * 0: nothing. */
    uint64_t info;
    /** Operations that calls which were refused would have ended: whoever leaves last sees to it. */
    uint32_t owed;
} __attribute__((aligned(64)));

/** Null: it is not watched, or there is none. */
struct watch *watch_find(CK_SESSION_HANDLE session);
void watch_open(CK_SESSION_HANDLE session, CK_SLOT_ID slot);
void watch_close(struct watch *watch);
void watch_close_slot(CK_SLOT_ID slot);
/** Another engine: it knows none of them. */
void watch_close_all(void);
