// An application whose mutexes are its own: the library is to take those and no others, give each back, and leave none behind. This
// program's pthread functions stand before libc's, and tell by the return address who calls them.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "probe.h"

#define THREADS 4

/** What the library called of the system's, and how often of the application's. */
static unsigned long system_calls, creates, destroys, locks, unlocks;
static __thread int held;
static const char *broken;

static bool from_library(const void *address)
{
    Dl_info about;

    return dladdr(address, &about) != 0 && strstr(about.dli_fname, "libstrongroom") != NULL;
}

#define STANDS_BEFORE(name, type)                                                                                                          \
    int name(type *object)                                                                                                                 \
    {                                                                                                                                      \
        static int (*real)(type *);                                                                                                        \
                                                                                                                                           \
        if (!real)                                                                                                                         \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                                                                     \
        if (from_library(__builtin_return_address(0)))                                                                                     \
            __atomic_fetch_add(&system_calls, 1, __ATOMIC_RELAXED);                                                                        \
        return real(object);                                                                                                               \
    }

STANDS_BEFORE(pthread_mutex_lock, pthread_mutex_t)
STANDS_BEFORE(pthread_mutex_trylock, pthread_mutex_t)
STANDS_BEFORE(pthread_mutex_unlock, pthread_mutex_t)
STANDS_BEFORE(pthread_mutex_destroy, pthread_mutex_t)
STANDS_BEFORE(pthread_rwlock_rdlock, pthread_rwlock_t)
STANDS_BEFORE(pthread_rwlock_wrlock, pthread_rwlock_t)
STANDS_BEFORE(pthread_rwlock_unlock, pthread_rwlock_t)
STANDS_BEFORE(pthread_spin_lock, volatile int)
STANDS_BEFORE(pthread_cond_signal, pthread_cond_t)

struct mutex {
    pthread_mutex_t real;
    pthread_t owner;
    bool locked, alive;
};

static void require(bool holds, const char *what)
{
    if (!holds)
        __atomic_store_n(&broken, what, __ATOMIC_RELAXED);
}

static CK_RV create(void **mutex)
{
    struct mutex *made = calloc(1, sizeof *made);

    pthread_mutex_init(&made->real, NULL);
    made->alive = true;
    *mutex = made;
    __atomic_fetch_add(&creates, 1, __ATOMIC_RELAXED);
    return CKR_OK;
}

static CK_RV destroy(void *mutex)
{
    struct mutex *one = mutex;

    require(one->alive, "destroyed twice");
    require(!one->locked, "destroyed while locked");
    one->alive = false;
    __atomic_fetch_add(&destroys, 1, __ATOMIC_RELAXED);
    return CKR_OK;
}

static CK_RV lock(void *mutex)
{
    struct mutex *one = mutex;

    require(one->alive, "locked after its end");
    pthread_mutex_lock(&one->real);
    one->owner = pthread_self();
    one->locked = true;
    held++;
    __atomic_fetch_add(&locks, 1, __ATOMIC_RELAXED);
    return CKR_OK;
}

static CK_RV unlock(void *mutex)
{
    struct mutex *one = mutex;

    require(one->locked && pthread_equal(one->owner, pthread_self()), "unlocked by another thread");
    one->locked = false;
    held--;
    __atomic_fetch_add(&unlocks, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&one->real);
    return CKR_OK;
}

static void judge(const char *what, CK_RV rv)
{
    must(what, rv);
    require(held == 0, "held after a call");
}

static CK_SLOT_ID slot;
static CK_OBJECT_HANDLE shared_object;

static CK_OBJECT_HANDLE object_make(CK_SESSION_HANDLE session)
{
    CK_OBJECT_CLASS class = CKO_DATA;
    CK_BBOOL no = CK_FALSE;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class }, { CKA_PRIVATE, &no, sizeof no }, { CKA_LABEL, "one", 3 } };
    CK_OBJECT_HANDLE made;

    judge("C_CreateObject", p11->C_CreateObject(session, template, COUNT(template), &made));
    return made;
}

/** Everything that takes a lock, and what takes none. */
static void *work(void *unused)
{
    CK_ATTRIBUTE label = { CKA_LABEL, "two", 3 };

    for (int i = 0; i < 20; i++) {
        CK_SESSION_HANDLE session = open_session(slot);
        CK_OBJECT_HANDLE object = object_make(session), copy;
        CK_SLOT_ID which;
        unsigned long before;

        require(held == 0, "held after C_OpenSession");
        judge("C_SetAttributeValue", p11->C_SetAttributeValue(session, object, &label, 1));
        judge("C_SetAttributeValue of one for all", p11->C_SetAttributeValue(session, shared_object, &label, 1));
        judge("C_CopyObject", p11->C_CopyObject(session, object, &label, 1, &copy));
        judge("C_DestroyObject", p11->C_DestroyObject(session, copy));
        before = __atomic_load_n(&locks, __ATOMIC_RELAXED);
        judge("a digest", works(session));
        if (unused)
            require(__atomic_load_n(&locks, __ATOMIC_RELAXED) == before, "a lock for a digest");
        require(p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &which, NULL) == CKR_NO_EVENT, "an event");
        judge("C_CloseSession", p11->C_CloseSession(session));
    }
    return NULL;
}

static void run(CK_C_INITIALIZE_ARGS args)
{
    CK_SESSION_HANDLE session;
    pthread_t threads[THREADS];

    judge("C_Initialize", p11->C_Initialize(&args));
    slot = find_slot();
    session = open_session(slot);
    shared_object = object_make(session);
    work(&slot);
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    judge("C_Finalize", p11->C_Finalize(NULL));
}

static void say_whether(const char *what, bool holds)
{
    say(what, holds ? CKR_OK : CKR_GENERAL_ERROR);
}

int main(int argc, char **argv)
{
    (void)argc;
    load(argv[1]);
    run((CK_C_INITIALIZE_ARGS){ create, destroy, lock, unlock, 0, NULL });
    say_whether("the application's mutexes are used", creates > 0 && locks > 0);
    say_whether("each is destroyed", creates == destroys);
    say_whether("each lock is given back", locks == unlocks);
    say_whether("and none of the system's is touched", system_calls == 0);
    creates = locks = 0;
    run((CK_C_INITIALIZE_ARGS){ .flags = CKF_OS_LOCKING_OK });
    say_whether("where the system's are wanted they are seen", system_calls > 0 && creates == 0 && locks == 0);
    system_calls = 0;
    run((CK_C_INITIALIZE_ARGS){ .flags = 0 });
    say_whether("where none is wanted there is none", system_calls == 0 && creates == 0 && locks == 0);
    say_whether("the callbacks' contract is kept", !broken);
    return 0;
}
