// What every case has: the module, how C_Initialize is called in each of its forms, and how much is to be done.

#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cases.h"
#include "mutex.h"
#include "pkcs11.h"
#include "verdict.h"

struct kit {
    const char *module;
    const char *label, *pin, *so_pin;
    /** The folder that the module keeps its tokens in, and how it is told so; null where nobody said which. */
    const char *store;
    /** A token that nobody initialised may be. */
    bool make_token;
    /** Whoever runs the module told it to use the system's locks, whatever the application asks for. */
    bool system_locks;
    /** Loops in their full length. */
    bool full;
    /** Why no case can sign; null where they can. */
    const char *no_token;
};
extern struct kit kit;

/** The module's functions, and what dlopen gave. */
extern CK_FUNCTION_LIST *p11;
extern void *library;

void module_load(void);
void module_unload(void);
/** The same module from another file, beside the first. */
CK_FUNCTION_LIST *module_load_from(const char *path, void **loaded);
/** The 3.x list of at least that minor version; null where the module offers none. */
void *module_list(CK_BYTE major, CK_BYTE minor);

/** The four cases of C_Initialize's text, with both spellings of the first. */
enum form { FORM_NULL, FORM_ZERO, FORM_OS, FORM_APP, FORM_APP_OS, FORMS };
extern const char *const form_names[FORMS];

CK_C_INITIALIZE_ARGS form_args(enum form form, unsigned set);
/** Overwrites the arguments once the call is back: the library had to read them during it. */
CK_RV initialize_with(CK_C_INITIALIZE_ARGS args);
/** With the callbacks of a set; see mutex.h. */
CK_RV initialize_set(enum form form, unsigned set);
CK_RV initialize(enum form form);
/** N/A where the module says CKR_CANT_LOCK and may. */
void initialize_or_skip(enum form form);
void finalize(void);

/** `few` in a short run, `many` in a full one. */
unsigned times(unsigned few, unsigned many);
double seconds(void);
void rest(unsigned milliseconds);

/** Runs in each of N threads at once, through a barrier, and waits for them; the argument is the thread's number. */
void threads_run(unsigned count, void (*run)(unsigned number));
/** Runs in a child; answers with its wait status, or -1 if it had to be killed after the time. */
int child_run(unsigned limit_seconds, void (*run)(void));
/** What a wait status says; null where the child ended well. */
const char *child_fault(int status);
