// The locks between the threads of one application. C_Initialize's arguments choose the primitive; what is guarded has a lock of its own:
// each object that is being changed, the opening and closing of sessions, the connecting. A signature takes none.

#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "pkcs11.h"

/** Keys beside the objects' handles, which fit 31 bits. */
#define NO_LOCK 0UL
#define LOCK_SESSIONS (~0UL)
#define LOCK_CONNECTION (~1UL)

/** The first two are those of the keys above. More threads than this at once, each changing another object, wait for each other's turn. */
#define LOCKS 256
#define FIRST_OBJECT_LOCK 2

struct lock {
    CK_ULONG key;
    /** Threads that hold it or wait for it; it may be given another key when there are none. */
    uint32_t users;
    bool made;
    /** Its release failed: nobody may wait for it again. */
    bool broken;
    void *app;
    pthread_mutex_t os;
};

struct primitive;

struct locks {
    const struct primitive *primitive;
    CK_C_INITIALIZE_ARGS callbacks;
    /** Guards which lock has which key. */
    struct lock table;
    struct lock each[LOCKS];
};

/** Chooses the primitive by the arguments and the setting, and makes what is needed at once. */
CK_RV locks_make(const CK_C_INITIALIZE_ARGS *args);
void locks_destroy(void);
/** PRIMITIVE_NONE, _APP or _OS. */
uint32_t locks_primitive(void);

/** Takes the lock of a key; `held` is for lock_give. Never one that the thread holds already. */
CK_RV lock_take(struct lock **held, CK_ULONG key);
void lock_give(struct lock *held);
