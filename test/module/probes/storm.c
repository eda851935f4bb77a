// What the standard leaves undefined, in numbers: every act must end, and nothing may come of it but answers that are listed.
// storm MODULE ACT [ROUNDS] [THREADS] [LOCKING]; LOCKING is none, os or app.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define THREADS_MAX 256

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SANITIZED
extern void AnnotateIgnoreReadsBegin(const char *file, int line);
extern void AnnotateIgnoreWritesBegin(const char *file, int line);
#elif __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif
/** Seconds after which a child is taken to hang. */
#define CHILD_LIMIT 30

static unsigned rounds = 20, threads = 8;
static const char *module_path, *locking = "os";
static CK_SLOT_ID slot;
static CK_SESSION_HANDLE shared;
static CK_OBJECT_HANDLE secret;
static pthread_barrier_t barrier;
static int stop;
static unsigned long calls;

/** From a store of its own: after a clone that libc does not know of, malloc's lock may be held by a thread that is not there. */
static struct {
    pthread_mutex_t mutex;
    int taken;
} store[1024];

static CK_RV mutex_create(void **mutex)
{
    for (size_t i = 0; i < COUNT(store); i++)
        if (__atomic_exchange_n(&store[i].taken, 1, __ATOMIC_ACQ_REL) == 0) {
            *mutex = &store[i];
            return pthread_mutex_init(&store[i].mutex, NULL) == 0 ? CKR_OK : CKR_HOST_MEMORY;
        }
    return CKR_HOST_MEMORY;
}

static CK_RV mutex_destroy(void *mutex)
{
    pthread_mutex_destroy(mutex);
    for (size_t i = 0; i < COUNT(store); i++)
        if (mutex == &store[i])
            __atomic_store_n(&store[i].taken, 0, __ATOMIC_RELEASE);
    return CKR_OK;
}

static CK_RV mutex_lock(void *mutex)
{
    return pthread_mutex_lock(mutex) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

static CK_RV mutex_unlock(void *mutex)
{
    return pthread_mutex_unlock(mutex) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

static CK_RV initialize(void)
{
    CK_C_INITIALIZE_ARGS args = { .flags = strcmp(locking, "os") == 0 ? CKF_OS_LOCKING_OK : 0 };

    if (strcmp(locking, "app") == 0)
        args = (CK_C_INITIALIZE_ARGS){ mutex_create, mutex_destroy, mutex_lock, mutex_unlock, 0, NULL };
    return p11->C_Initialize(&args);
}

static void up(void)
{
    must("C_Initialize", initialize());
    slot = find_slot();
    shared = open_session(slot);
    log_in(shared);
}

static _Noreturn void wrong(const char *what, CK_RV rv)
{
    fprintf(stderr, "%s: 0x%lx\n", what, rv);
    // Other threads are in calls: nothing of exit()'s is to be tried here.
    _exit(1);
}

static void allow(const char *what, CK_RV rv, const CK_RV *allowed, size_t count)
{
    __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
    for (size_t i = 0; i < count; i++)
        if (rv == allowed[i])
            return;
    wrong(what, rv);
}

static bool stopped(void)
{
    return __atomic_load_n(&stop, __ATOMIC_ACQUIRE);
}

static void start(pthread_t *thread, void *(*work)(void *))
{
    if (pthread_create(thread, NULL, work, NULL) != 0)
        wrong("pthread_create", 0);
}

/** Runs `act` while `threads` do their work, and ends them. */
static void beside(void *(*work)(void *), void (*act)(void))
{
    pthread_t each[THREADS_MAX];

    __atomic_store_n(&stop, 0, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < threads; i++)
        start(&each[i], work);
    act();
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(each[i], NULL);
}

// ---- C_Initialize by many at once

static unsigned winners;

static void *initialize_at_once(void *unused)
{
    const CK_RV allowed[] = { CKR_OK, CKR_CRYPTOKI_ALREADY_INITIALIZED };
    CK_INFO info;
    CK_RV rv;

    (void)unused;
    pthread_barrier_wait(&barrier);
    rv = initialize();
    allow("C_Initialize of many", rv, allowed, COUNT(allowed));
    if (rv == CKR_OK)
        __atomic_fetch_add(&winners, 1, __ATOMIC_RELAXED);
    // Whoever has been answered finds it initialised.
    must("C_GetInfo after it", p11->C_GetInfo(&info));
    return NULL;
}

static void races(void)
{
    pthread_t each[THREADS_MAX];

    for (unsigned round = 0; round < rounds; round++) {
        winners = 0;
        pthread_barrier_init(&barrier, NULL, threads);
        for (unsigned i = 0; i < threads; i++)
            start(&each[i], initialize_at_once);
        for (unsigned i = 0; i < threads; i++)
            pthread_join(each[i], NULL);
        pthread_barrier_destroy(&barrier);
        if (winners != 1)
            wrong("winners", winners);
        must("C_Finalize", p11->C_Finalize(NULL));
    }
}

// ---- forks

static void *work_on(void *unused)
{
    CK_SESSION_HANDLE session = open_session(slot);
    CK_RV rv;

    (void)unused;
    while (!stopped()) {
        rv = works(session);
        allow("a parent's call", rv, &(CK_RV){ CKR_OK }, 1);
    }
    must("C_CloseSession", p11->C_CloseSession(session));
    return NULL;
}

static int own_life(void)
{
    CK_SESSION_HANDLE session;

    if (initialize() != CKR_OK)
        return 3;
    if (p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session) != CKR_OK)
        return 4;
    if (works(session) != CKR_OK)
        return 5;
    return p11->C_Finalize(NULL) == CKR_OK ? 0 : 6;
}

/** ThreadSanitizer remembers what its parent's other threads did to memory that is the child's own by now, and wiped. */
static void alone_from_now(void)
{
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
    AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
    AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
#endif
#endif
}

/** A child in four has no use for the library, one has a life of its own, one finalizes first, one does nothing at all. */
static int child(unsigned number)
{
    CK_SESSION_INFO about;
    CK_INFO info;

    alarm(CHILD_LIMIT);
    alone_from_now();
    if (number % 4 == 0)
        return 0;
    if (p11->C_GetInfo(&info) != CKR_CRYPTOKI_NOT_INITIALIZED)
        return 1;
    if (p11->C_GetSessionInfo(shared, &about) != CKR_CRYPTOKI_NOT_INITIALIZED)
        return 2;
    if (number % 4 == 1)
        return 0;
    if (number % 4 == 2 && p11->C_Finalize(NULL) != CKR_CRYPTOKI_NOT_INITIALIZED)
        return 7;
    return own_life();
}

static pid_t fork_somehow(unsigned number)
{
#ifndef SANITIZED
    if (number % 8 >= 4)
        return (pid_t)syscall(SYS_clone, (unsigned long)SIGCHLD, 0ul, 0ul, 0ul, 0ul);
#endif
    (void)number;
    return fork();
}

static unsigned forked;

static void fork_one(void)
{
    const unsigned number = __atomic_fetch_add(&forked, 1, __ATOMIC_RELAXED);
    const pid_t pid = fork_somehow(number);
    int status = 0;

    if (pid == 0)
        _exit(child(number));
    if (pid < 0)
        wrong("fork", (CK_RV)errno);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (status != 0)
        wrong("a child", (CK_RV)status);
}

static void *fork_on(void *unused)
{
    const CK_SESSION_HANDLE session = open_session(slot);

    while (!stopped()) {
        allow("a forking thread's call", works(session), &(CK_RV){ CKR_OK }, 1);
        fork_one();
    }
    return unused;
}

static void fork_all(void)
{
    pthread_t another;

    // Two threads fork, this one and another that works with a session between its forks.
    start(&another, fork_on);
    while (__atomic_load_n(&forked, __ATOMIC_RELAXED) < rounds)
        fork_one();
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    pthread_join(another, NULL);
}

static void forks(void)
{
    CK_SESSION_INFO info;

    up();
    beside(work_on, fork_all);
    must("C_GetSessionInfo", p11->C_GetSessionInfo(shared, &info));
    if (info.state != CKS_RW_USER_FUNCTIONS)
        wrong("the parent's login", info.state);
    must("C_Finalize", p11->C_Finalize(NULL));
}

// ---- a handler that forks, and child and parent come back into the call that it interrupted

static pthread_t interrupted;
static int children;

static void fork_in_handler(int signal)
{
    const int before = errno;
    const pid_t pid = fork();
    int status = -1;

    (void)signal;
    if (pid == 0) {
        children = 1;
        alarm(CHILD_LIMIT);
    } else {
        waitpid(pid, &status, 0);
        if (status != 0)
            wrong("a child that was forked in a handler", (CK_RV)status);
    }
    errno = before;
}

static void *interrupt_on(void *unused)
{
    for (unsigned i = 0; i < rounds; i++) {
        usleep(20000);
        pthread_kill(interrupted, SIGUSR1);
    }
    usleep(20000);
    must("C_Finalize", p11->C_Finalize(NULL));
    return unused;
}

/** Waits in a call till the other thread finalizes; its children find that they are not initialised. */
static void handlers(void)
{
    const struct sigaction action = { .sa_handler = fork_in_handler, .sa_flags = SA_RESTART };
    pthread_t another;
    CK_SLOT_ID which;
    CK_RV rv;

    up();
    sigaction(SIGUSR1, &action, NULL);
    interrupted = pthread_self();
    start(&another, interrupt_on);
    rv = p11->C_WaitForSlotEvent(0, &which, NULL);
    if (children)
        _exit(rv == CKR_CRYPTOKI_NOT_INITIALIZED ? own_life() : 9);
    allow("C_WaitForSlotEvent", rv, &(CK_RV){ CKR_CRYPTOKI_NOT_INITIALIZED }, 1);
    pthread_join(another, NULL);
}

// ---- many sessions

static void sessions(void)
{
    CK_SESSION_HANDLE *all = calloc(rounds, sizeof *all);

    up();
    for (unsigned i = 0; i < rounds; i++)
        all[i] = open_session(slot);
    for (unsigned i = 0; i < rounds; i++)
        allow("a session of many", works(all[i]), &(CK_RV){ CKR_OK }, 1);
    for (unsigned i = 0; i < rounds; i++)
        must("C_CloseSession", p11->C_CloseSession(all[i]));
    free(all);
    must("C_Finalize", p11->C_Finalize(NULL));
}

// ---- one session, and all at once

static void *hammer_on(void *unused)
{
    const CK_RV allowed[] = { CKR_OK, CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED, CKR_FUNCTION_FAILED };

    (void)unused;
    for (unsigned i = 0; i < rounds; i++)
        // CKR_GENERAL_ERROR would be a digest that is wrong.
        allow("a call in a session of all", works(shared), allowed, COUNT(allowed));
    return NULL;
}

static void nothing(void)
{
}

static void hammer(void)
{
    up();
    beside(hammer_on, nothing);
    must("C_CloseSession", p11->C_CloseSession(shared));
    shared = open_session(slot);
    must("afterwards", works(shared));
    must("C_Finalize", p11->C_Finalize(NULL));
}

// ---- sessions closed, the module finalized and keys destroyed under those who use them

static const CK_RV closed_codes[] = { CKR_OK, CKR_SESSION_CLOSED, CKR_SESSION_HANDLE_INVALID, CKR_CRYPTOKI_NOT_INITIALIZED,
                                      CKR_OPERATION_NOT_INITIALIZED };

static void *reopen_on(void *unused)
{
    while (!stopped()) {
        CK_SESSION_HANDLE session = 0;
        CK_RV rv = p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session);

        allow("C_OpenSession", rv, closed_codes, COUNT(closed_codes));
        for (int i = 0; i < 50 && rv == CKR_OK; i++) {
            rv = works(session);
            allow("a call under C_CloseAllSessions or C_Finalize", rv, closed_codes, COUNT(closed_codes));
        }
    }
    return unused;
}

static void close_all(void)
{
    for (unsigned i = 0; i < rounds; i++) {
        usleep(2000);
        must("C_CloseAllSessions", p11->C_CloseAllSessions(slot));
    }
}

static void closing(void)
{
    up();
    beside(reopen_on, close_all);
    must("C_Finalize", p11->C_Finalize(NULL));
}

static void finalize_all(void)
{
    for (unsigned i = 0; i < rounds; i++) {
        usleep(2000);
        must("C_Finalize", p11->C_Finalize(NULL));
        must("C_Initialize", initialize());
    }
}

static void finalizing(void)
{
    up();
    beside(reopen_on, finalize_all);
    must("C_Finalize", p11->C_Finalize(NULL));
}

static void secret_make(void)
{
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class },
                                { CKA_KEY_TYPE, &type, sizeof type },
                                { CKA_SIGN, &yes, sizeof yes },
                                { CKA_VALUE, "0123456789abcdef", 16 } };
    CK_OBJECT_HANDLE made;

    must("C_CreateObject", p11->C_CreateObject(shared, template, COUNT(template), &made));
    __atomic_store_n(&secret, made, __ATOMIC_RELEASE);
}

static void *sign_on(void *unused)
{
    static const CK_BYTE first[4] = { 0xbc, 0xaa, 0x92, 0x84 }; // HMAC-SHA-256 of "abc"
    const CK_RV allowed[] = { CKR_OK, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID, CKR_OPERATION_NOT_INITIALIZED };
    CK_MECHANISM mechanism = { CKM_SHA256_HMAC, NULL, 0 };
    const CK_SESSION_HANDLE session = open_session(slot);

    while (!stopped()) {
        CK_BYTE mac[32];
        CK_ULONG length = sizeof mac;
        CK_RV rv = p11->C_SignInit(session, &mechanism, __atomic_load_n(&secret, __ATOMIC_ACQUIRE));

        allow("C_SignInit", rv, allowed, COUNT(allowed));
        if (rv != CKR_OK)
            continue;
        rv = p11->C_Sign(session, (CK_BYTE *)"abc", 3, mac, &length);
        allow("C_Sign", rv, allowed, COUNT(allowed));
        if (rv == CKR_OK && memcmp(mac, first, sizeof first) != 0)
            wrong("a signature", mac[0]);
    }
    return unused;
}

static void destroy_all(void)
{
    for (unsigned i = 0; i < rounds; i++) {
        const CK_OBJECT_HANDLE old = secret;

        usleep(2000);
        must("C_DestroyObject", p11->C_DestroyObject(shared, old));
        secret_make();
    }
}

static void destroying(void)
{
    up();
    secret_make();
    beside(sign_on, destroy_all);
    must("C_Finalize", p11->C_Finalize(NULL));
}

// ---- leaving and unloading

static void call_at_exit(void)
{
    const CK_RV allowed[] = { CKR_OK, CKR_CRYPTOKI_NOT_INITIALIZED };
    CK_INFO info;

    allow("C_GetInfo at exit", p11->C_GetInfo(&info), allowed, COUNT(allowed));
}

/** Ends without C_Finalize, or with it, while threads are at work and handlers of both orders call in. */
static void leaving(void)
{
    pthread_t each[THREADS_MAX];

    up();
    for (unsigned i = 0; i < threads; i++)
        start(&each[i], reopen_on);
    usleep(50000);
    atexit(call_at_exit);
    if (rounds % 2 == 1)
        must("C_Finalize", p11->C_Finalize(NULL));
    say("the end is reached", CKR_OK);
    exit(0);
}

static void *load_and_work(void *unused)
{
    CK_SESSION_HANDLE session = open_session(slot);

    must("a call", works(session));
    pthread_barrier_wait(&barrier);
    // Meanwhile the library goes: this thread's end is not to need it.
    pthread_barrier_wait(&barrier);
    return unused;
}

static unsigned lines_with(const char *path, const char *word)
{
    FILE *file = fopen(path, "r");
    char line[512];
    unsigned count = 0;

    while (file && fgets(line, sizeof line, file))
        count += strstr(line, word) != NULL;
    if (file)
        fclose(file);
    return count;
}

static void loading(void)
{
    for (unsigned i = 0; i < rounds; i++) {
        void *library = dlopen(module_path, RTLD_NOW | RTLD_LOCAL);
        CK_RV (*list)(CK_FUNCTION_LIST **) = NULL;
        pthread_t thread;

        if (library)
            *(void **)&list = dlsym(library, "C_GetFunctionList");
        if (!list || list(&p11) != CKR_OK)
            wrong("dlopen", i);
        up();
        pthread_barrier_init(&barrier, NULL, 2);
        start(&thread, load_and_work);
        pthread_barrier_wait(&barrier);
        // One in five is careless.
        if (i % 5 != 4)
            must("C_Finalize", p11->C_Finalize(NULL));
        dlclose(library);
        pthread_barrier_wait(&barrier);
        pthread_join(thread, NULL);
        pthread_barrier_destroy(&barrier);
        if (lines_with("/proc/self/maps", "libstrongroom") != 0)
            wrong("mappings after dlclose", i);
    }
}

static const struct {
    const char *name;
    void (*act)(void);
    /** It loads the module itself. */
    bool loads;
} acts[] = {
    { "races", races, false },           { "forks", forks, false },     { "handlers", handlers, false }, { "sessions", sessions, false },
    { "hammer", hammer, false },         { "closing", closing, false }, { "finalizing", finalizing, false },
    { "destroying", destroying, false }, { "leaving", leaving, false }, { "loading", loading, true },
};

int main(int argc, char **argv)
{
    if (argc > 3)
        rounds = (unsigned)atoi(argv[3]);
    if (argc > 4)
        threads = (unsigned)atoi(argv[4]);
    if (argc > 5)
        locking = argv[5];
    module_path = argv[1];
    for (size_t i = 0; i < COUNT(acts); i++) {
        if (strcmp(argv[2], acts[i].name) != 0)
            continue;
        if (strcmp(argv[2], "leaving") == 0)
            atexit(call_at_exit);
        if (!acts[i].loads)
            load(module_path);
        acts[i].act();
        say(argv[2], CKR_OK);
        printf("calls that were judged\t%lu\n", calls);
    }
    return 0;
}
