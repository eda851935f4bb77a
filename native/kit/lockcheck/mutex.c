#include "mutex.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit.h"
#include "order.h"

/** More are refused with CKR_HOST_MEMORY. A record is never used again, so that whoever uses a dead mutex is seen. */
#define MUTEXES 65536

struct record {
    pthread_mutex_t os;
    /** 0: nobody. */
    uintptr_t owner;
    bool alive, refused;
};

const char *const callback_names[CALLBACK_KINDS] = { "CreateMutex", "DestroyMutex", "LockMutex", "UnlockMutex" };

static struct record records[MUTEXES];
static unsigned records_count;
static struct mutex_counts counts[MUTEX_SETS];
static bool retired[MUTEX_SETS];
static struct mutex_plan plan;
static unsigned plan_calls, plan_struck;
static enum mutex_value value;
static unsigned slow;
static const unsigned *fibre;
static void (*fibre_yield)(void);
static void (*lock_hook)(void);
static _Thread_local char self;

#define COUNT(counter) __atomic_add_fetch(&(counter), 1, __ATOMIC_RELAXED)

static uintptr_t caller(void)
{
    return fibre ? *fibre : (uintptr_t)&self;
}

/** Counts the call; whether it is one that fails. */
static bool called(unsigned set, enum callback callback)
{
    unsigned call;

    COUNT(counts[set].calls[callback]);
    // Told at once: it may happen in exit(), after which nobody looks at the counts.
    if (retired[set] && COUNT(counts[set].late) == 1)
        fault("%s was called after its time", callback_names[callback]);
    if (plan.from == 0 || plan.callback != callback)
        return false;
    call = COUNT(plan_calls);
    if (call < plan.from || (plan.count != 0 && call >= plan.from + plan.count))
        return false;
    COUNT(plan_struck);
    return true;
}

static void *as_value(unsigned index)
{
    if (value == VALUE_NULL)
        return NULL;
    return value == VALUE_ODD ? (void *)(uintptr_t)(2 * index + 1) : (void *)&records[index];
}

/** Null where the pointer never came from CreateMutex, or the mutex is gone. */
static struct record *record_find(void *mutex)
{
    const uintptr_t number = (uintptr_t)mutex;
    struct record *record = mutex;

    if (value == VALUE_ODD)
        record = (number & 1) != 0 && number / 2 < MUTEXES ? &records[number / 2] : NULL;
    else if (record < records || record >= records + MUTEXES || (number - (uintptr_t)records) % sizeof *record != 0)
        record = NULL;
    return record && __atomic_load_n(&record->alive, __ATOMIC_ACQUIRE) ? record : NULL;
}

static CK_RV create(unsigned set, void **mutex)
{
    unsigned index;

    if (called(set, CALLBACK_CREATE))
        return plan.rv;
    index = __atomic_fetch_add(&records_count, 1, __ATOMIC_RELAXED);
    if (index >= MUTEXES)
        return CKR_HOST_MEMORY;
    pthread_mutex_init(&records[index].os, NULL);
    __atomic_store_n(&records[index].alive, true, __ATOMIC_RELEASE);
    COUNT(counts[set].made);
    *mutex = as_value(index);
    return CKR_OK;
}

static CK_RV destroy(unsigned set, void *mutex)
{
    struct record *record = record_find(mutex);

    if (called(set, CALLBACK_DESTROY))
        return plan.rv;
    if (value == VALUE_NULL)
        return COUNT(counts[set].destroyed), CKR_OK;
    if (!record)
        return COUNT(counts[set].dead), CKR_MUTEX_BAD;
    if (__atomic_load_n(&record->owner, __ATOMIC_RELAXED) != 0)
        COUNT(counts[set].destroyed_locked);
    __atomic_store_n(&record->alive, false, __ATOMIC_RELEASE);
    COUNT(counts[set].destroyed);
    return CKR_OK;
}

static void record_take(struct record *record)
{
    if (slow) {
        usleep(slow);
        sched_yield();
    }
    if (fibre_yield)
        do
            fibre_yield();
        while (pthread_mutex_trylock(&record->os) != 0);
    else
        pthread_mutex_lock(&record->os);
    __atomic_store_n(&record->owner, caller(), __ATOMIC_RELAXED);
    __atomic_store_n(&record->refused, false, __ATOMIC_RELAXED);
    order_taken((unsigned)(record - records));
}

static CK_RV lock(unsigned set, void *mutex)
{
    struct record *record = record_find(mutex);

    if (called(set, CALLBACK_LOCK)) {
        if (record)
            __atomic_store_n(&record->refused, true, __ATOMIC_RELAXED);
        return plan.rv;
    }
    if (value == VALUE_NULL)
        return CKR_OK;
    if (!record)
        return COUNT(counts[set].dead), CKR_MUTEX_BAD;
    // A real mutex would never come back from here.
    if (__atomic_load_n(&record->owner, __ATOMIC_RELAXED) == caller())
        return COUNT(counts[set].recursive), CKR_OK;
    record_take(record);
    if (lock_hook)
        lock_hook();
    return CKR_OK;
}

static CK_RV unlock(unsigned set, void *mutex)
{
    struct record *record = record_find(mutex);
    uintptr_t owner;

    // A plan's failure is one after the deed: a mutex that stayed locked would only show that it is locked.
    const bool fails = called(set, CALLBACK_UNLOCK);

    if (value == VALUE_NULL)
        return fails ? plan.rv : CKR_OK;
    if (!record)
        return COUNT(counts[set].dead), CKR_MUTEX_BAD;
    owner = __atomic_load_n(&record->owner, __ATOMIC_RELAXED);
    if (owner != caller()) {
        if (__atomic_load_n(&record->refused, __ATOMIC_RELAXED))
            COUNT(counts[set].unmatched);
        else if (owner == 0)
            COUNT(counts[set].not_locked);
        else
            COUNT(counts[set].foreign);
        return CKR_MUTEX_NOT_LOCKED;
    }
    __atomic_store_n(&record->owner, 0, __ATOMIC_RELAXED);
    order_released((unsigned)(record - records));
    pthread_mutex_unlock(&record->os);
    return fails ? plan.rv : CKR_OK;
}

#define SET(n)                                                                                                                             \
    static CK_RV create_##n(CK_VOID_PTR_PTR mutex)                                                                                         \
    {                                                                                                                                      \
        return create(n, mutex);                                                                                                           \
    }                                                                                                                                      \
    static CK_RV destroy_##n(CK_VOID_PTR mutex)                                                                                            \
    {                                                                                                                                      \
        return destroy(n, mutex);                                                                                                          \
    }                                                                                                                                      \
    static CK_RV lock_##n(CK_VOID_PTR mutex)                                                                                               \
    {                                                                                                                                      \
        return lock(n, mutex);                                                                                                             \
    }                                                                                                                                      \
    static CK_RV unlock_##n(CK_VOID_PTR mutex)                                                                                             \
    {                                                                                                                                      \
        return unlock(n, mutex);                                                                                                           \
    }
SET(0)
SET(1)

void mutex_callbacks(CK_C_INITIALIZE_ARGS *args, unsigned set)
{
    args->CreateMutex = set == 0 ? create_0 : create_1;
    args->DestroyMutex = set == 0 ? destroy_0 : destroy_1;
    args->LockMutex = set == 0 ? lock_0 : lock_1;
    args->UnlockMutex = set == 0 ? unlock_0 : unlock_1;
}

struct mutex_counts mutex_counts(unsigned set)
{
    return counts[set];
}

unsigned mutex_calls(unsigned set)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < CALLBACK_KINDS; i++)
        sum += counts[set].calls[i];
    return sum;
}

void mutex_retire(unsigned set)
{
    retired[set] = true;
}

void mutex_fail(struct mutex_plan given)
{
    plan = given;
    plan_calls = plan_struck = 0;
}

unsigned mutex_struck(void)
{
    return plan_struck;
}

void mutex_value(enum mutex_value given)
{
    value = given;
}

void mutex_slow(unsigned microseconds)
{
    slow = microseconds;
}

void mutex_fibres(const unsigned *running, void (*yield)(void))
{
    fibre = running;
    fibre_yield = yield;
}

void mutex_hook(void (*hook)(void))
{
    lock_hook = hook;
}

void mutex_judge(unsigned set)
{
    const struct mutex_counts *each = &counts[set];
    const struct {
        unsigned count;
        const char *what;
    } breaches[] = {
        { each->dead, "used a mutex that was not made or is gone" },        { each->recursive, "locked a mutex that the thread held" },
        { each->foreign, "unlocked a mutex that another thread held" },     { each->not_locked, "unlocked a mutex that was not locked" },
        { each->unmatched, "unlocked a mutex whose LockMutex had failed" }, { each->destroyed_locked, "destroyed a locked mutex" },
    };

    for (size_t i = 0; i < sizeof breaches / sizeof breaches[0]; i++)
        if (breaches[i].count > 0)
            fault("the module %s (%u times)", breaches[i].what, breaches[i].count);
}
