// What can be seen of the process beside what the module answers.

#pragma once

#include <stdbool.h>

#include "interposer.h"

/** Threads of this process. */
unsigned observe_tasks(void);

/** Tells the interposer which DSO is under test; nothing where there is no interposer. */
void interposer_attach(void);
/** Calls from the module's DSO since it was loaded; ends the case where the interposer is not there. */
unsigned interposer_count(enum call call);
/** Calls from every other DSO but the kit: the module's crypto library, for instance. */
unsigned interposer_count_others(enum call call);
/** The k-th allocation of the module's DSO from now on fails; 0: none. Answers whether the one before was reached. */
bool interposer_fail_allocation(unsigned k);
