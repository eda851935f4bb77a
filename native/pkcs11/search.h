// The first handles that a search found, kept in the library: C_FindObjects gives them out, and where they were all of them
// C_FindObjectsFinal has nobody to tell.

#pragma once

#include <stdint.h>

#include "pkcs11.h"

#define SEARCHES 256
#define SEARCH_PAGE 38

/** What is left of a session's search. `word`: its state, and above it a count that no two contents share. */
struct search {
    uint32_t word;
    /** What the engine counted when the session was last known to be open. */
    uint32_t changes;
    uint64_t session;
    uint32_t next, count;
    /** The engine has the search too, and what comes after these. */
    uint32_t more;
    uint32_t handles[SEARCH_PAGE];
} __attribute__((aligned(64)));

/** The session ends: so does its search. */
void search_end(CK_SESSION_HANDLE session);
/** A new engine: nothing is known of it. */
void searches_forget(void);
