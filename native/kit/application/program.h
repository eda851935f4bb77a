// A program of the kit: how it ends when something goes wrong, what it is given, and the time.

#pragma once

#include <stddef.h>

#include "pkcs11.h"

/** Ends the program, with its name before the words. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/** Ends the program, with the function's name, unless the value is CKR_OK. */
void must(const char *function, CK_RV rv);

/** What an option was given. */
unsigned long number(const char *given, unsigned long most, const char *option);
/** The first line of the file, or STRONGROOM_PIN where none is named. */
void pin_read(const char *file, char *pin, size_t size);

/** Seconds, by a clock that all processes share. */
double now(void);
void pause_for(double seconds);
