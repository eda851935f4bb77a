// The groups of cases, each in a file of its own.

#pragma once

#include "cases.h"

extern const struct group group_arguments, group_uninitialised, group_callbacks, group_failing, group_primitives, group_resources,
    group_loading, group_threads, group_logins, group_objects, group_closing, group_populated, group_one_session, group_forking,
    group_shortage, group_neighbours, group_pace, group_generations;
