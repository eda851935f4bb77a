// What can be measured, a row each.

#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "keys.h"
#include "pkcs11.h"

/** Objects that stay on the token until the measuring is over. */
struct left {
    CK_OBJECT_HANDLE *objects;
    size_t count, room;
};

/** One thread's place. */
struct place {
    unsigned number;
    CK_SESSION_HANDLE session;
    struct pair key;
    CK_BYTE *data, *out;
    CK_ULONG out_size;
    unsigned long turn;
    struct left left;
    /** The function that answered other than CKR_OK. */
    const char *failed;
};

struct operation {
    const char *name;
    /** What is called, for people. */
    const char *calls;
    CK_RV (*run)(const struct operation *operation, struct place *place);
    CK_MECHANISM_TYPE mechanism;
    void *parameter;
    CK_ULONG parameter_length;
    /** Which key; KINDS: none. */
    enum kind_name key;
    /** Bytes of data, unless others are asked for; `fixed`: those and no others. */
    CK_ULONG size;
    bool fixed;
    /** It looks for one among many. */
    bool among;
};

extern const struct operation operations[];
extern const size_t operations_count;

/** Destroys what the operation left on the token: the next run finds it as this one did. */
CK_RV place_clear(const struct operation *operation, struct place *place);
