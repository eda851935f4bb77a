// Preloaded before the C library: counts by the calling DSO, told by the return address, who calls what, and then lets the C library do it.

#include "interposer.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Names of the C library's for which it has no header.
extern int __cxa_atexit(void (*function)(void *), void *argument, void *dso);
extern int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *dso);
extern void __cxa_finalize(void *dso);

#define SHOWN __attribute__((visibility("default")))

SHOWN extern struct interposer lockcheck_interposer;
struct interposer lockcheck_interposer;

static bool within(struct span span, uintptr_t address)
{
    return address >= span.from && address < span.to;
}

/** Whether the caller is not the kit itself. */
static bool count(enum call call, const void *caller)
{
    const uintptr_t address = (uintptr_t)caller;

    if (within(lockcheck_interposer.kit, address))
        return false;
    if (within(lockcheck_interposer.module, address))
        __atomic_add_fetch(&lockcheck_interposer.own[call], 1, __ATOMIC_RELAXED);
    else
        __atomic_add_fetch(&lockcheck_interposer.others[call], 1, __ATOMIC_RELAXED);
    return true;
}

/** The C library's function of that name. */
#define PASS_ON(name, ...)                                                                                                                 \
    static __typeof__(&name) real;                                                                                                         \
    if (!real)                                                                                                                             \
        *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                                         \
    return real(__VA_ARGS__)

#define COUNTED(call, result, name, parameters, ...)                                                                                       \
    SHOWN result name parameters                                                                                                           \
    {                                                                                                                                      \
        count(call, __builtin_return_address(0));                                                                                          \
        PASS_ON(name, __VA_ARGS__);                                                                                                        \
    }

COUNTED(CALL_MUTEX, int, pthread_mutex_lock, (pthread_mutex_t * mutex), mutex)
COUNTED(CALL_MUTEX, int, pthread_mutex_trylock, (pthread_mutex_t * mutex), mutex)
COUNTED(CALL_MUTEX, int, pthread_mutex_timedlock, (pthread_mutex_t * mutex, const struct timespec *end), mutex, end)
COUNTED(CALL_RWLOCK, int, pthread_rwlock_rdlock, (pthread_rwlock_t * lock), lock)
COUNTED(CALL_RWLOCK, int, pthread_rwlock_wrlock, (pthread_rwlock_t * lock), lock)
COUNTED(CALL_RWLOCK, int, pthread_rwlock_tryrdlock, (pthread_rwlock_t * lock), lock)
COUNTED(CALL_RWLOCK, int, pthread_rwlock_trywrlock, (pthread_rwlock_t * lock), lock)
COUNTED(CALL_SPIN, int, pthread_spin_lock, (pthread_spinlock_t * lock), lock)
COUNTED(CALL_CONDITION, int, pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t *mutex), condition, mutex)
COUNTED(CALL_CONDITION, int, pthread_cond_timedwait, (pthread_cond_t * condition, pthread_mutex_t *mutex, const struct timespec *end),
        condition, mutex, end)
COUNTED(CALL_SEMAPHORE, int, sem_wait, (sem_t * semaphore), semaphore)
COUNTED(CALL_SEMAPHORE, int, sem_timedwait, (sem_t * semaphore, const struct timespec *end), semaphore, end)
COUNTED(CALL_THREAD, int, pthread_create, (pthread_t * thread, const pthread_attr_t *attributes, void *(*start)(void *), void *argument),
        thread, attributes, start, argument)

SHOWN long syscall(long number, ...)
{
    static long (*real)(long, ...);
    long a[6];
    va_list values;

    va_start(values, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(values, long);
    va_end(values);
    if (number == SYS_futex)
        count((a[1] & FUTEX_PRIVATE_FLAG) != 0 ? CALL_FUTEX : CALL_FUTEX_SHARED, __builtin_return_address(0));
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "syscall");
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void handler_add(const void *caller, const void *dso)
{
    for (unsigned i = 0; i < HANDLERS; i++) {
        struct handler *handler = &lockcheck_interposer.handlers[i];
        uintptr_t none = 0;

        if (__atomic_compare_exchange_n(&handler->caller, &none, (uintptr_t)caller, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
            handler->dso = dso;
            return;
        }
    }
}

/** What atexit() becomes in a DSO, and in C++ every destructor of something that lives as long as its DSO. */
SHOWN int __cxa_atexit(void (*function)(void *), void *argument, void *dso)
{
    handler_add(__builtin_return_address(0), dso);
    PASS_ON(__cxa_atexit, function, argument, dso);
}

SHOWN int on_exit(void (*function)(int, void *), void *argument)
{
    handler_add(__builtin_return_address(0), NULL);
    PASS_ON(on_exit, function, argument);
}

/** What pthread_atfork() becomes. */
SHOWN int __register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *dso)
{
    handler_add(__builtin_return_address(0), dso);
    PASS_ON(__register_atfork, prepare, parent, child, dso);
}

/** A DSO that is unloaded runs its own and takes them away. */
SHOWN void __cxa_finalize(void *dso)
{
    for (unsigned i = 0; dso && i < HANDLERS; i++)
        if (lockcheck_interposer.handlers[i].dso == dso)
            lockcheck_interposer.handlers[i] = (struct handler){ 0 };
    PASS_ON(__cxa_finalize, dso);
}

/** dlsym may allocate: these are reached without it. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *bytes, size_t size);

static bool allocation_fails(const void *caller)
{
    if (!count(CALL_ALLOCATION, caller) || lockcheck_interposer.allocation == 0)
        return false;
    if (__atomic_sub_fetch(&lockcheck_interposer.allocation, 1, __ATOMIC_RELAXED) != 0)
        return false;
    errno = ENOMEM;
    return true;
}

SHOWN void *malloc(size_t size)
{
    return allocation_fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

SHOWN void *calloc(size_t number, size_t size)
{
    return allocation_fails(__builtin_return_address(0)) ? NULL : __libc_calloc(number, size);
}

SHOWN void *realloc(void *bytes, size_t size)
{
    return allocation_fails(__builtin_return_address(0)) ? NULL : __libc_realloc(bytes, size);
}
