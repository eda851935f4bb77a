// The functions of PKCS#11, to be called by number.

#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "pkcs11.h"

struct function {
    const char *name;
    const char *kinds;
};

extern const struct function functions[];
extern const size_t functions_count;

/** With plausible arguments, or with null for every pointer. */
CK_RV function_call(const void *list, size_t index, bool null);
bool function_offered(const void *list, size_t index);
/** How many functions a list of that version has. */
size_t list_length(const void *list);
/** Whether an application may call it before C_Initialize. */
bool function_before_initialize(const char *name);
