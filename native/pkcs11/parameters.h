// Mechanism parameters that hold pointers: which they are, and what writes them out.

#pragma once

#include "marshal.h"

struct parameter {
    CK_MECHANISM_TYPE mechanism;
    CK_ULONG size;
    void (*put)(struct call *call, const void *source);
};

/** Null: the parameter crosses as its bytes. */
const struct parameter *parameter_of(CK_MECHANISM_TYPE mechanism, CK_ULONG size);
