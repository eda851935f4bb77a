// A child of an application that is at work, and what the parent must not feel of it.

#pragma once

#include "work.h"

/** Seconds. */
#define CHILD_LIMIT 8

/** A fault unless the parent still signs. */
void parent_undisturbed(const struct work *work, const char *when);
/** A fault unless the child ends well, in time, and the parent still signs. */
void child_must(const struct work *work, const char *what, void (*run)(void));
