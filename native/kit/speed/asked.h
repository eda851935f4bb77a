// What was asked for.

#pragma once

#include <stdbool.h>

#define THREADS_MAX 2048

/** The ways to call C_Initialize, as the standard numbers its cases; and both spellings of the first. */
enum form { FORM_NULL, FORM_ZERO, FORM_OS, FORM_APP, FORM_APP_OS, FORMS };
extern const char *const form_names[FORMS];

/** Whose session an operation uses: the thread's own, one for all threads (against the rules), or one from a pool that threads hand on. */
enum sharing { SHARING_OWN, SHARING_ONE, SHARING_POOL, SHARINGS };
extern const char *const sharing_names[SHARINGS];

struct asked {
    const char *module, *label, *pin_file;
    const struct operation *operation;
    unsigned long threads, size, objects;
    double seconds;
    enum form form;
    enum sharing sharing;
    /** Keys are session objects. */
    bool session_keys;
    /** Initialises a token that nobody has yet, with that label, and both PINs the same; measures nothing. */
    bool prepare;
    /** Says `ready`, and begins when a line comes on standard input: for several processes that are measured at the same time. */
    bool together;
    /** Destroys what earlier runs left on the token; measures nothing. */
    bool clean;
    /** A process whose time is to be told as well: the engine's. 0: none. */
    unsigned long beside;
};
extern struct asked asked;
