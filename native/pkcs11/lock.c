// The locks and their three primitives. A mutex code (CKR_MUTEX_BAD, CKR_MUTEX_NOT_LOCKED) never leaves this file (§5.1.5).

#include "lock.h"

#include <string.h>

#include "module.h"
#include "setting.h"

struct primitive {
    CK_RV (*make)(struct lock *);
    CK_RV (*destroy)(struct lock *);
    CK_RV (*take)(struct lock *);
    CK_RV (*give)(struct lock *);
};

static CK_RV allowed(CK_RV rv)
{
    return rv == CKR_OK || rv == CKR_HOST_MEMORY ? rv : CKR_GENERAL_ERROR;
}

// What the application calls a mutex is its own business, a null pointer included.
static CK_RV app_make(struct lock *lock)
{
    lock->app = NULL;
    return allowed(module.locks.callbacks.CreateMutex(&lock->app));
}

static CK_RV app_destroy(struct lock *lock)
{
    return allowed(module.locks.callbacks.DestroyMutex(lock->app));
}

static CK_RV app_take(struct lock *lock)
{
    return allowed(module.locks.callbacks.LockMutex(lock->app));
}

static CK_RV app_give(struct lock *lock)
{
    return allowed(module.locks.callbacks.UnlockMutex(lock->app));
}

static CK_RV os_make(struct lock *lock)
{
    return pthread_mutex_init(&lock->os, NULL) == 0 ? CKR_OK : CKR_HOST_MEMORY;
}

static CK_RV os_destroy(struct lock *lock)
{
    return pthread_mutex_destroy(&lock->os) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

static CK_RV os_take(struct lock *lock)
{
    return pthread_mutex_lock(&lock->os) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

static CK_RV os_give(struct lock *lock)
{
    return pthread_mutex_unlock(&lock->os) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

enum { AUTO, NONE, OS, STRICT };

static const struct primitive app = { app_make, app_destroy, app_take, app_give };
static const struct primitive os = { os_make, os_destroy, os_take, os_give };

static CK_RV mutex_make(struct lock *lock)
{
    const CK_RV rv = module.locks.primitive->make(lock);

    lock->made = rv == CKR_OK;
    lock->broken = false;
    return rv;
}

// An application that forks inside its callback comes back from it twice, and in the child all of this is wiped: nothing is held there.
static CK_RV mutex_take(struct lock *lock)
{
    CK_RV rv;

    if (__atomic_load_n(&lock->broken, __ATOMIC_RELAXED))
        return CKR_GENERAL_ERROR;
    rv = module.locks.primitive->take(lock);
    return module.locks.primitive ? rv : CKR_CRYPTOKI_NOT_INITIALIZED;
}

// The work is done when this is called, and its result stands; but whoever waited for this mutex now might wait for ever.
static void mutex_give(struct lock *lock)
{
    if (module.locks.primitive && module.locks.primitive->give(lock) != CKR_OK)
        __atomic_store_n(&lock->broken, true, __ATOMIC_RELAXED);
}

static void mutex_destroy(struct lock *lock)
{
    if (lock->made)
        module.locks.primitive->destroy(lock);
    memset(lock, 0, sizeof *lock);
}

/** Null: no lock of any kind. Case 4, callbacks and flag, may use either: the system's needs nothing of the application's to live on. */
static const struct primitive *choose(const CK_C_INITIALIZE_ARGS *args, int setting)
{
    if (setting == NONE)
        return NULL;
    if (setting == OS || (args->flags & CKF_OS_LOCKING_OK) != 0)
        return &os;
    return args->CreateMutex ? &app : NULL;
}

uint32_t locks_primitive(void)
{
    if (!module.locks.primitive)
        return PRIMITIVE_NONE;
    return module.locks.primitive == &app ? PRIMITIVE_APP : PRIMITIVE_OS;
}

CK_RV locks_make(const CK_C_INITIALIZE_ARGS *args)
{
    static const char *const settings[] = { [AUTO] = "auto", [NONE] = "none", [OS] = "os", [STRICT] = "strict" };
    const int setting = setting_choose("locking", "STRONGROOM_LOCKING", settings, sizeof settings / sizeof settings[0]);

    // Whoever misspelt `strict` is not to believe that he has it.
    if (setting < 0)
        return CKR_FUNCTION_FAILED;
    module.locks.callbacks = *args;
    // A call that began before the last C_Finalize may look at these just now.
    __atomic_store_n(&module.locks.primitive, choose(args, setting), __ATOMIC_RELAXED);
    __atomic_store_n(&module.alone, (args->flags & CKF_OS_LOCKING_OK) == 0 && !args->CreateMutex, __ATOMIC_RELAXED);
    __atomic_store_n(&module.strict, setting == STRICT, __ATOMIC_RELAXED);
    return module.locks.primitive ? mutex_make(&module.locks.table) : CKR_OK;
}

void locks_destroy(void)
{
    if (!module.locks.primitive)
        return;
    for (unsigned i = 0; i < LOCKS; i++)
        mutex_destroy(&module.locks.each[i]);
    mutex_destroy(&module.locks.table);
}

/** The lock that has the key, or one that nobody uses; those made already come first. Under the table's lock. */
static struct lock *lock_search(CK_ULONG key)
{
    struct lock *unused = NULL;

    // Never another's: a thread that waits for one of these may hold its object's.
    if (~key < FIRST_OBJECT_LOCK)
        return &module.locks.each[~key];
    for (unsigned i = FIRST_OBJECT_LOCK; i < LOCKS; i++) {
        struct lock *lock = &module.locks.each[i];
        const bool used = __atomic_load_n(&lock->users, __ATOMIC_ACQUIRE) != 0;

        if (used && lock->key == key)
            return lock;
        if (!used && !unused && !lock->broken)
            unused = lock;
    }
    if (unused)
        unused->key = key;
    return unused;
}

/** Finds the key's lock and counts this thread in. `own` is false where every lock is another's: then it is one to wait for. */
static CK_RV lock_find(struct lock **found, CK_ULONG key, bool *own)
{
    CK_RV rv = mutex_take(&module.locks.table);
    struct lock *lock;

    if (rv != CKR_OK)
        return rv;
    lock = lock_search(key);
    *own = lock != NULL;
    if (!lock)
        lock = &module.locks.each[FIRST_OBJECT_LOCK + key % (LOCKS - FIRST_OBJECT_LOCK)];
    rv = lock->made ? CKR_OK : mutex_make(lock);
    if (rv == CKR_OK)
        __atomic_fetch_add(&lock->users, 1, __ATOMIC_RELAXED);
    *found = lock;
    mutex_give(&module.locks.table);
    return rv;
}

static CK_RV lock_wait(struct lock **held, CK_ULONG key)
{
    for (;;) {
        struct lock *lock;
        bool own;
        CK_RV rv = lock_find(&lock, key, &own);

        if (rv != CKR_OK)
            return rv;
        rv = mutex_take(lock);
        if (rv == CKR_OK && own) {
            *held = lock;
            return CKR_OK;
        }
        if (rv == CKR_OK)
            mutex_give(lock);
        count_out(&lock->users);
        if (rv != CKR_OK)
            return rv;
    }
}

/** Whether there are locks at all, in this life of the library or in one that is just ending. */
static bool locks_there(void)
{
    return __atomic_load_n(&module.locks.primitive, __ATOMIC_RELAXED) != NULL;
}

CK_RV lock_take(struct lock **held, CK_ULONG key)
{
    CK_RV rv;

    *held = NULL;
    if (key == NO_LOCK || !locks_there())
        return CKR_OK;
    __atomic_fetch_add(&module.waiting, 1, __ATOMIC_SEQ_CST);
    rv = module_ready() ? CKR_OK : CKR_CRYPTOKI_NOT_INITIALIZED;
    // Counted in, it keeps C_Finalize from ending this life; but it may be another one by now, without locks.
    if (rv == CKR_OK && locks_there())
        rv = lock_wait(held, key);
    if (!*held)
        count_out(&module.waiting);
    return rv;
}

void lock_give(struct lock *held)
{
    if (!held)
        return;
    mutex_give(held);
    count_out(&held->users);
    count_out(&module.waiting);
}
