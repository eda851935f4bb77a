// For programs of the kit: finds the interposer in their process, and tells it which DSO is under test.

#pragma once

#include "interposer.h"

/** Null: it was not preloaded. */
struct interposer *interposer_find(void);
/** The DSO under test is the one that has this address; nothing happens where there is no interposer. */
void interposer_attach(const void *in_module);
