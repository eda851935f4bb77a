// Runs cases, each in a process of its own with a deadline, and prints a line of JSON for each.

#pragma once

#include <stdbool.h>

#include "cases.h"

struct runner {
    char **argv;
    int argc;
    /** The library that is preloaded for the cases under the interposer. */
    const char *interposer;
    /** Times the deadlines. */
    unsigned patience;
    /** What modules write to standard error is shown. */
    bool verbose;
};

/** Makes a token fit for the cases, in a process of its own; what it found goes to the cases through the environment. */
void runner_prepare(const struct runner *runner);
/** Whether the verdict is not FAIL. */
bool runner_run(const struct runner *runner, const struct row *row);
/** The row without a verdict. */
void runner_list(const struct row *row);
