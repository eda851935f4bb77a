// The module that is measured, from dlopen to C_Finalize, and its sessions.

#pragma once

#include "token.h"

/** Loads it, initialises it in the form asked for, finds the token and logs in with a session that stays open. */
void module_open(void);
void module_close(void);
/** Before module_open: makes the token. */
void token_make(void);
/** The session that holds the login. */
CK_SESSION_HANDLE module_session(void);
CK_SESSION_HANDLE session_open(void);
/** Calls of the LockMutex that C_Initialize was given; 0 in the forms that give none. */
unsigned long module_locks(void);
/** Calls of the system's own locks, by the module's code and by the libraries it uses; counted only under the interposer. */
struct system_locks {
    unsigned own, others;
};
struct system_locks module_system_locks(void);
