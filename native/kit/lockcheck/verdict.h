// What a case says of the module while it runs: every line goes to the runner at once, so that a crash loses nothing.

#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "pkcs11.h"

/** Where a case process finds the pipe to its runner. */
#define VERDICT_FD 3

/** The lines' first letters. */
enum verdict_line {
    LINE_FAULT = 'F',
    LINE_NOT_APPLICABLE = 'N',
    LINE_UNDEFINED = 'U',
    LINE_TOLD = 'O',
    /** Without this one the case did not end. */
    LINE_DONE = 'D',
    /** From the preparation: no token, because ...; and the reference signature. */
    LINE_NO_TOKEN = 'T',
    LINE_REFERENCE = 'R',
};

#define PRINTS __attribute__((format(printf, 1, 2)))

/** A fault; the case goes on. Only the first few are passed on. */
PRINTS void fault(const char *format, ...);
/** A fault after which the case cannot go on. */
_Noreturn PRINTS void give_up(const char *format, ...);
/** Seen, and neither good nor bad. */
PRINTS void tell(const char *format, ...);
/** Safe, where the text leaves it open. */
PRINTS void undefined(const char *format, ...);
_Noreturn PRINTS void not_applicable(const char *format, ...);
void line_send(enum verdict_line line, const char *text);
/** Ends the case's process without the module's exit handlers. */
_Noreturn void done(void);
/** The same by way of exit(): what happens there is still a part of the case. */
_Noreturn void done_by_exit(void);

struct codes {
    const CK_RV *each;
    size_t count;
};
#define ONE_OF(...) ((struct codes){ (const CK_RV[]){ __VA_ARGS__ }, sizeof((const CK_RV[]){ __VA_ARGS__ }) / sizeof(CK_RV) })

bool is_one_of(CK_RV rv, struct codes codes);
/** A fault unless the function answered with one of the codes. */
bool expect(const char *what, CK_RV rv, struct codes codes);
/** The same, and the case ends. */
void need(const char *what, CK_RV rv, struct codes codes);

/** "CKR_OK"; a number for one that this kit does not know. */
const char *rv_name(CK_RV rv);
