// The 88 cases as rows. A group's rows stand in its own file, next to the functions that they call.

#pragma once

#include <stdbool.h>
#include <stddef.h>

/** Must: the text states it. Should: "should", or the usage guide. Quality: the text is silent or leaves it undefined. */
enum class {
    MUST = 'M',
    SHOULD = 'S',
    QUALITY = 'Q',
};

enum {
    /** Runs under the interposer, which sees which DSO calls which function of the C library. */
    INTERPOSED = 1,
    /** Needs a token with a key that signs. */
    SIGNING = 2,
    /** The module is loaded by the case itself: its baseline is taken before. */
    UNLOADED = 4,
};

struct row {
    int number;
    enum class class;
    const char *title;
    const char *clause;
    void (*run)(void);
    unsigned flags;
    /** Seconds, where the usual ones do not do. */
    unsigned deadline;
};

struct group {
    char letter;
    const char *title;
    const struct row *rows;
    size_t count;
};

#define GROUP(rows) (rows), sizeof(rows) / sizeof((rows)[0])

extern const struct group *const groups[];
extern const size_t groups_count;

const struct row *row_find(int number);
