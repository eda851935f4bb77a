// The application's mutexes as the library under test is given them: each keeps a record of what was done to it, and any callback can fail.

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "pkcs11.h"

/** Sets of callbacks: which of them a library calls tells which C_Initialize it remembers. */
#define MUTEX_SETS 2

enum callback { CALLBACK_CREATE, CALLBACK_DESTROY, CALLBACK_LOCK, CALLBACK_UNLOCK, CALLBACK_KINDS };
extern const char *const callback_names[CALLBACK_KINDS];

struct mutex_counts {
    unsigned calls[CALLBACK_KINDS];
    /** Made and destroyed with success. */
    unsigned made, destroyed;
    /** Breaches of the contract. */
    unsigned dead, recursive, foreign, not_locked, destroyed_locked;
    /** Unlocked although its LockMutex had failed. */
    unsigned unmatched;
    /** Calls after mutex_retire. */
    unsigned late;
};

/** How callbacks are to fail. */
struct mutex_plan {
    enum callback callback;
    /** From which call of its kind on, counted from 1 at mutex_fail; 0: none. */
    unsigned from;
    /** How many of them; 0: all from there. */
    unsigned count;
    CK_RV rv;
};

/** What CreateMutex answers as a mutex. */
enum mutex_value { VALUE_POINTER, VALUE_NULL, VALUE_ODD };

void mutex_callbacks(CK_C_INITIALIZE_ARGS *args, unsigned set);
struct mutex_counts mutex_counts(unsigned set);
/** Calls of any kind. */
unsigned mutex_calls(unsigned set);
/** From now on no callback of the set may be called. */
void mutex_retire(unsigned set);
void mutex_fail(struct mutex_plan plan);
/** How often the plan struck. */
unsigned mutex_struck(void);
void mutex_value(enum mutex_value value);
/** Each LockMutex first waits that long, and lets others go first. */
void mutex_slow(unsigned microseconds);
/** Threads that are not the system's: who runs, and how one lets another run. A LockMutex that must wait yields. */
void mutex_fibres(const unsigned *running, void (*yield)(void));
/** Called inside each LockMutex once it has the mutex. */
void mutex_hook(void (*hook)(void));
/** Says each breach that the records show. */
void mutex_judge(unsigned set);
