// C_SignInit answered without asking: where its answer is known, it travels with the C_Sign that follows it.

#pragma once

#include <stdint.h>

#include "pkcs11.h"

#define FORESEEN_SESSIONS 1024

/** What is known of a session's signing. `word`: its state, and above it a count that no two contents share. */
struct foreseen {
    uint32_t word;
    uint32_t changes;
    uint64_t session;
    uint64_t mechanism;
    uint64_t key;
} __attribute__((aligned(64)));

/** Before any other call of the session: a C_SignInit that was answered ahead is made good, and nothing more is foreseen. */
void foreseen_settle(CK_SESSION_HANDLE session);
/** A new engine: nothing is known of it. */
void foreseen_forget(void);
