// A bit of everything that a module can do, one function at a time, so that a case can watch or disturb each.

#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "pkcs11.h"
#include "token.h"

struct work {
    /** Whether the module has a token at all, and one that signs. */
    bool slot_there, signing;
    CK_SLOT_ID slot;
    /** Holds the login. */
    CK_SESSION_HANDLE main;
    /** The step's own. */
    CK_SESSION_HANDLE session, extra;
    CK_OBJECT_HANDLE private, public, object;
    CK_BYTE bytes[1024];
    CK_ULONG length;
};

enum need { NEEDS_NOTHING, NEEDS_SLOT, NEEDS_SESSION, NEEDS_KEY };

struct step {
    /** The function that is called. */
    const char *name;
    enum need need;
    /** Brings about what the call needs; null: nothing. */
    CK_RV (*arm)(struct work *work);
    CK_RV (*call)(struct work *work);
};

extern const struct step steps[];
extern const size_t steps_count;

/** After C_Initialize: the slot, a session, the login and the keys, as far as there are any. */
void work_begin(struct work *work);
void work_end(struct work *work);

/** Whether the step can be done with this module's token. */
bool step_possible(const struct work *work, const struct step *step);
/** A session and whatever else the step needs; not CKR_OK: the module cannot. */
CK_RV step_arm(struct work *work, const struct step *step);
/** Closes the step's sessions, and opens the main one again if the step took it or the login. False where that cannot be done. */
bool step_end(struct work *work);
/** Codes that no step of an orderly application gets from a sound module. */
bool is_broken(CK_RV rv);

/** All steps, each in a session of its own; `after` (or null) is called after each. Answers how many were done. */
unsigned workload_each(void (*after)(const char *function));
unsigned workload(void);

/** Puts a new session into `extra`. */
CK_RV steps_open_session(struct work *work);
CK_RV session_open(const struct work *work, CK_SESSION_HANDLE *session);
/** C_SignInit and C_Sign; a fault if the signature is wrong. */
CK_RV sign_with(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key);
/** The module works: it signs if it can, or else tells about itself. */
void works(const char *when);
