// Inits answered without asking: where the answer is known, an Init travels with the call that carries its operation out.

#pragma once

#include "marshal.h"

#define FORESEEN_SESSIONS 1024
/** Bytes of an Init's arguments as they cross: GCM with 12 bytes of nonce and up to 160 of associated data. */
#define FORESEEN_ARGUMENTS 256

/** An operation in one part: the numbers of the call that begins it and of the one that carries it out. */
struct operation {
    uint32_t init, whole;
};

/**
 * What is known of a session. `word`: its state, and above it a count that no two contents share. The rest belongs to whoever made it
 * BUSY; session and operation are looked at by others as well.
 */
struct foreseen {
    uint32_t word;
    uint32_t changes;
    uint64_t session;
    const struct operation *operation;
    /** "How long?" was asked for so much input, and this was the answer; UNASKED. */
    uint64_t asked, needed;
    /** The Init's arguments, as they cross. */
    uint32_t length;
    uint8_t arguments[FORESEEN_ARGUMENTS];
} __attribute__((aligned(64)));

CK_RV foreseen_init(void *from, const struct operation *operation, CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism,
                    const CK_OBJECT_HANDLE *key);

/** A call that carries an operation out, from what was known before it to what is known after it. */
struct turn {
    struct call call;
    struct foreseen *entry;
    /** The entry's word as this thread has it; 0: nothing is known. */
    uint32_t word;
    /** The engine has to hear of the Init: it goes first. */
    bool promised;
};

/** As call_begin; the arguments follow, the session first. */
bool turn_begin(struct turn *turn, void *from, const struct operation *operation, CK_SESSION_HANDLE session);
/** Whether the length that is asked for is known, and was given. */
bool turn_answered(struct turn *turn, CK_ULONG input, CK_ULONG *needed);
/** As call_end. `needed`: what is asked is only how long the output will be, for so much input. */
CK_RV turn_end(struct turn *turn, CK_ULONG input, const CK_ULONG *needed);

/** Before any other call of the session: an Init that was answered ahead is made good, and nothing more is foreseen. */
void foreseen_settle(CK_SESSION_HANDLE session);
/** A new engine: nothing is known of it. */
void foreseen_forget(void);
