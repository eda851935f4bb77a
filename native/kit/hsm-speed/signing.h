// The threads that sign, each in a session of its own, all at once.

#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pkcs11.h"

#define THREADS_MAX 2048
#define SIGNATURE_MAX 1024

struct mechanism {
    const char *name;
    CK_MECHANISM_TYPE type;
    CK_ULONG length;
    /** Every right signature is the same. */
    bool deterministic;
};

struct options {
    const char *module, *label, *key, *pin_file, *signatures;
    unsigned long slot, threads, iterations;
    double seconds;
    bool slot_given, os_locking, json;
    const struct mechanism *mechanism;
};
extern struct options options;

struct record {
    uint32_t length;
    CK_BYTE bytes[SIGNATURE_MAX];
};

/** Signatures to be checked by somebody else. */
struct kept {
    CK_BYTE *bytes;
    size_t length, room;
};

struct signer {
    pthread_t thread;
    CK_SESSION_HANDLE session;
    unsigned long made;
    struct record first;
    struct kept kept;
    const char *failed;
    CK_RV rv;
    double ended;
};

extern struct signer signers[THREADS_MAX];
extern CK_OBJECT_HANDLE key;

/** Seconds from the moment all threads were there to the end of the last. */
double threads_run(void);
