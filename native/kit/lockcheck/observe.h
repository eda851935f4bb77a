// What can be seen of the process beside what the module answers.

#pragma once

#include <stdbool.h>

#include "attach.h"

/** Threads of this process. */
unsigned observe_tasks(void);
unsigned observe_descriptors(void);
/** Lines of /proc/self/maps. */
unsigned observe_mappings(void);
/** Resident memory, in pages. */
unsigned long observe_pages(void);
/** How many keys for thread-specific data can still be made. */
unsigned observe_free_keys(void);
/** The lowest descriptor above the given one that is open and outlives an exec; -1: none. */
int observe_inherited(int above);

/** The names in the places where files are left behind, as far as they are this user's. */
struct files;
/** @param within in this folder and all below it; null: where a process may write without being told to. */
struct files *files_list(const char *within);
/** How many are new, and the name of one. */
unsigned files_new(const struct files *before, const struct files *now, const char **example);
void files_free(struct files *files);

/** What a library in somebody else's process leaves alone: signals, masks, folders, the locale, floating point. */
struct surroundings;
struct surroundings *surroundings_take(void);
/** Says what is different now. */
void surroundings_compare(const struct surroundings *before, const char *when);

/** Calls from the module's DSO since it was loaded; ends the case where the interposer is not there. */
unsigned interposer_count(enum call call);
/** Calls from every other DSO but the kit: the module's crypto library, for instance. */
unsigned interposer_count_others(enum call call);
/** Functions that the module's DSO registered, to run at exit or around fork, and that are registered still. */
unsigned interposer_handlers(void);
/** The k-th allocation by anybody but the kit fails from now on; 0: none. Answers whether the one before was reached. */
bool interposer_fail_allocation(unsigned k);
