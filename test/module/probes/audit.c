// The thread contract, kept and broken: what the library answers. What it noticed is read from `strongroom audit`.
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

static CK_SLOT_ID slot;
static CK_SESSION_HANDLE shared;
static int called;

/** A bit of ulDeviceError: B1. */
enum { ALONE = 1 };

/** A call that takes the engine some tenths of a second. */
static CK_RV slow(CK_SESSION_HANDLE session)
{
    CK_PKCS5_PBKD2_PARAMS2 parameters = { .saltSource = CKZ_SALT_SPECIFIED,
                                          .pSaltSourceData = "salt",
                                          .ulSaltSourceDataLen = 4,
                                          .iterations = 1000000,
                                          .prf = CKP_PKCS5_PBKD2_HMAC_SHA256,
                                          .pPassword = (CK_UTF8CHAR *)"password",
                                          .ulPasswordLen = 8 };
    CK_MECHANISM mechanism = { CKM_PKCS5_PBKD2, &parameters, sizeof parameters };
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    CK_ULONG length = 16;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class },
                                { CKA_KEY_TYPE, &type, sizeof type },
                                { CKA_VALUE_LEN, &length, sizeof length } };
    CK_OBJECT_HANDLE key;

    return p11->C_GenerateKey(session, &mechanism, template, COUNT(template), &key);
}

/** The thread that is about to be in a slow call; nothing else will let it sleep. */
static pid_t about_to;

static void *work(void *session)
{
    prctl(PR_SET_NAME, "first");
    __atomic_store_n(&about_to, (pid_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
    return (void *)slow(*(CK_SESSION_HANDLE *)session);
}

/** Whether the thread waits in a futex, as the kernel tells it. */
static bool asleep(pid_t thread)
{
    char path[64], text[64] = "";
    FILE *file;

    snprintf(path, sizeof path, "/proc/self/task/%d/syscall", thread);
    file = fopen(path, "r");
    if (file && !fgets(text, sizeof text, file))
        text[0] = '\0';
    if (file)
        fclose(file);
    return atoi(text) == SYS_futex && text[0] != 'r';
}

static pthread_t start(void *(*job)(void *), void *argument)
{
    pthread_t thread;

    must("pthread_create", (CK_RV)pthread_create(&thread, NULL, job, argument));
    return thread;
}

/** A thread that is inside a slow call when this returns: it uses its processor no more, and has told where it is. */
static pthread_t start_until_asleep(void *(*job)(void *), void *argument)
{
    pthread_t thread;

    __atomic_store_n(&about_to, 0, __ATOMIC_RELAXED);
    thread = start(job, argument);
    while (__atomic_load_n(&about_to, __ATOMIC_ACQUIRE) == 0 || !asleep(__atomic_load_n(&about_to, __ATOMIC_ACQUIRE)))
        usleep(1000);
    return thread;
}

static pthread_t start_slow(CK_SESSION_HANDLE *session)
{
    return start_until_asleep(work, session);
}

static CK_RV end(pthread_t thread)
{
    void *rv;

    pthread_join(thread, &rv);
    return (CK_RV)rv;
}

static CK_ULONG errors_of(CK_SESSION_HANDLE session)
{
    CK_SESSION_INFO info;

    must("C_GetSessionInfo", p11->C_GetSessionInfo(session, &info));
    return info.ulDeviceError;
}

/** Sequential hand-off of one session among threads, and a thread a session: both kept. */
static void *hand_off(void *step)
{
    CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
    CK_BYTE digest[32];
    CK_ULONG length = sizeof digest;

    if (*(int *)step == 0)
        return (void *)p11->C_DigestInit(shared, &sha256);
    if (*(int *)step == 1)
        return (void *)p11->C_DigestUpdate(shared, (CK_BYTE *)"abc", 3);
    return (void *)p11->C_DigestFinal(shared, digest, &length);
}

static CK_RV kept(void)
{
    CK_RV rv = CKR_OK;

    for (int i = 0; i < 300 && rv == CKR_OK; i++) {
        int step = i % 3;
        pthread_t thread;

        must("pthread_create", (CK_RV)pthread_create(&thread, NULL, hand_off, &step));
        rv = end(thread);
    }
    return rv;
}

static void *own_session(void *unused)
{
    CK_SESSION_HANDLE session = open_session(slot);
    CK_RV rv = CKR_OK;

    (void)unused;
    for (int i = 0; i < 200 && rv == CKR_OK; i++)
        rv = works(session);
    return (void *)(rv == CKR_OK ? p11->C_CloseSession(session) : rv);
}

static CK_RV sessions_each(void)
{
    pthread_t threads[4];
    CK_RV rv = CKR_OK;

    for (size_t i = 0; i < COUNT(threads); i++)
        must("pthread_create", (CK_RV)pthread_create(&threads[i], NULL, own_session, NULL));
    for (size_t i = 0; i < COUNT(threads); i++) {
        const CK_RV each = end(threads[i]);

        rv = rv == CKR_OK ? each : rv;
    }
    return rv;
}

static void two_in_one(void)
{
    CK_SESSION_HANDLE session = open_session(slot);
    pthread_t thread;
    CK_BYTE byte;

    say("before it is told nothing", errors_of(session) == 0 ? CKR_OK : CKR_GENERAL_ERROR);
    thread = start_slow(&session);
    say("a second thread in the session", p11->C_GenerateRandom(session, &byte, 1));
    say("the first one", end(thread));
    say("another session tells of nothing", errors_of(shared) == 0 ? CKR_OK : CKR_GENERAL_ERROR);
}

static void *wait_for_event(void *unused)
{
    CK_SLOT_ID which;

    (void)unused;
    return (void *)p11->C_WaitForSlotEvent(0, &which, NULL);
}

static void closed_under(void)
{
    CK_SESSION_HANDLE session = open_session(slot);
    pthread_t thread = start_slow(&session);

    say("closing a session under a call", p11->C_CloseSession(session));
    say("the call", end(thread));
    session = open_session(slot);
    thread = start_slow(&session);
    say("closing all sessions under a call", p11->C_CloseAllSessions(slot));
    say("the call of another", end(thread));
    shared = open_session(slot);
    log_in(shared);
}

static CK_OBJECT_HANDLE secret_make(void)
{
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    CK_BBOOL yes = CK_TRUE;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class },
                                { CKA_KEY_TYPE, &type, sizeof type },
                                { CKA_SIGN, &yes, sizeof yes },
                                { CKA_TOKEN, &yes, sizeof yes },
                                { CKA_VALUE, "0123456789abcdef", 16 } };
    CK_OBJECT_HANDLE secret;

    must("C_CreateObject", p11->C_CreateObject(shared, template, COUNT(template), &secret));
    return secret;
}

static void destroyed_under(void)
{
    CK_MECHANISM mechanism = { CKM_SHA256_HMAC, NULL, 0 };
    const CK_OBJECT_HANDLE secret = secret_make();
    CK_SESSION_HANDLE session = open_session(slot);
    pthread_t thread;

    must("C_SignInit", p11->C_SignInit(session, &mechanism, secret));
    thread = start_slow(&session);
    say("destroying a key with which a busy session signs", p11->C_DestroyObject(shared, secret));
    say("its call", end(thread));
}

static void in_handler(int signal)
{
    CK_INFO info;

    (void)signal;
    if (p11->C_GetInfo(&info) == CKR_OK)
        __atomic_store_n(&called, 1, __ATOMIC_RELAXED);
}

static void from_handler(void)
{
    const struct sigaction action = { .sa_handler = in_handler, .sa_flags = SA_RESTART };
    pthread_t thread;

    sigaction(SIGUSR1, &action, NULL);
    thread = start_slow(&shared);
    pthread_kill(thread, SIGUSR1);
    say("a call that a handler interrupts with another", end(thread));
    say("the other", __atomic_load_n(&called, __ATOMIC_RELAXED) ? CKR_OK : CKR_GENERAL_ERROR);
}

static void child_without(void)
{
    CK_INFO info;
    int status = -1;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        if (p11->C_GetInfo(&info) != CKR_CRYPTOKI_NOT_INITIALIZED || p11->C_Initialize(NULL) != CKR_OK)
            _exit(1);
        _exit(p11->C_Finalize(NULL) == CKR_OK ? 0 : 2);
    }
    waitpid(pid, &status, 0);
    say("a child without C_Initialize, then with", status == 0 ? CKR_OK : CKR_GENERAL_ERROR);
}

static void finalised_under(void)
{
    pthread_t thread = start_slow(&shared);

    say("C_Finalize under a call", p11->C_Finalize(NULL));
    say("the call of before", end(thread));
}

static int break_all(void)
{
    const pthread_t threads[] = { start(wait_for_event, NULL), start(wait_for_event, NULL) };

    two_in_one();
    closed_under();
    destroyed_under();
    from_handler();
    child_without();
    finalised_under();
    say("the first that waited", end(threads[0]));
    say("the second", end(threads[1]));
    return 0;
}

static void keep(void)
{
    say("a session a thread", sessions_each());
    say("one session, handed on", kept());
    say("nothing to tell", errors_of(shared) == 0 ? CKR_OK : CKR_GENERAL_ERROR);
}

/** Two threads, each in a session of its own, though one was promised. */
static void two_at_once(void)
{
    CK_SESSION_HANDLE session = open_session(slot);
    pthread_t thread;

    say("one session, handed on", kept());
    thread = start(work, &session);
    while ((errors_of(shared) & ALONE) == 0)
        usleep(1000);
    say("the other", end(thread));
}

/** The second call of a session, where the contract is enforced. */
static void refused(void)
{
    CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
    pthread_t thread = start_slow(&shared);

    say("another call meanwhile", p11->C_DigestInit(shared, &sha256));
    say("the first one", end(thread));
    say("another call afterwards", p11->C_DigestInit(shared, &sha256));
}

static CK_RV digest_end(CK_SESSION_HANDLE session)
{
    CK_BYTE digest[32];
    CK_ULONG length = sizeof digest;

    return p11->C_DigestFinal(session, digest, &length);
}

/** Operations of several parts, one of them known to the engine alone. */
static void operations_begin(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE secret)
{
    CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 }, hmac = { CKM_SHA256_HMAC, NULL, 0 };

    must("C_DigestInit", p11->C_DigestInit(session, &sha256));
    must("C_DigestUpdate", p11->C_DigestUpdate(session, (CK_BYTE *)"abc", 3));
    must("C_SignInit", p11->C_SignInit(session, &hmac, secret));
    must("C_SignUpdate", p11->C_SignUpdate(session, (CK_BYTE *)"abc", 3));
}

/** Calls that end an operation, refused because of another's call of a session: then the operations are there no more. */
static void ended(CK_SESSION_HANDLE *busy, CK_SESSION_HANDLE session)
{
    CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 }, hmac = { CKM_SHA256_HMAC, NULL, 0 };
    const CK_OBJECT_HANDLE secret = secret_make();
    CK_BYTE mac[32];
    CK_ULONG length = sizeof mac;
    pthread_t thread;

    operations_begin(session, secret);
    thread = start_slow(busy);
    say("C_DigestFinal meanwhile", digest_end(session));
    say("C_SignFinal meanwhile", p11->C_SignFinal(session, mac, &length));
    say("the first one", end(thread));
    say("C_DigestFinal afterwards", digest_end(session));
    say("C_SignInit afterwards", p11->C_SignInit(session, &hmac, secret));
    say("C_DigestInit afterwards", p11->C_DigestInit(session, &sha256));
    say("C_DigestFinal of that", digest_end(session));
}

static void ended_in_session(void)
{
    ended(&shared, shared);
}

/** What was not refused ends nothing that it would not have ended. */
static void kept_in_session(void)
{
    pthread_t thread;
    CK_BYTE byte;

    operations_begin(shared, secret_make());
    thread = start_slow(&shared);
    say("C_GenerateRandom meanwhile", p11->C_GenerateRandom(shared, &byte, 1));
    say("the first one", end(thread));
    say("C_DigestFinal afterwards", digest_end(shared));
}

/** Each in a session of its own; the Init of the last operation is not known to the engine yet. */
static void ended_alone(void)
{
    CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
    CK_SESSION_HANDLE own = open_session(slot), promised = open_session(slot);
    CK_BYTE digest[32];
    CK_ULONG length = sizeof digest;
    pthread_t thread;

    ended(&shared, own);
    must("C_Digest", works(promised));
    must("C_DigestInit", p11->C_DigestInit(promised, &sha256));
    thread = start_slow(&shared);
    say("C_Digest meanwhile", p11->C_Digest(promised, (CK_BYTE *)"", 0, digest, &length));
    end(thread);
    say("C_Digest afterwards", p11->C_Digest(promised, (CK_BYTE *)"", 0, digest, &length));
    say("all of it", works(promised));
}

#define LARGE 40000000

struct result {
    CK_BYTE *data;
    CK_BYTE digest[32];
};

static void *digest_large(void *argument)
{
    CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
    struct result *result = argument;
    CK_ULONG length = sizeof result->digest;

    must("C_DigestInit", p11->C_DigestInit(shared, &sha256));
    __atomic_store_n(&about_to, (pid_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
    return (void *)p11->C_Digest(shared, result->data, LARGE, result->digest, &length);
}

/** A call that is refused does not end the operation that another thread is just carrying out. */
static void spared(void)
{
    const CK_BYTE expected[4] = { 0xc0, 0xe6, 0x62, 0x3a };
    struct result result = { calloc(1, LARGE), { 0 } };
    pthread_t thread = start_until_asleep(digest_large, &result);

    say("C_DigestFinal meanwhile", digest_end(shared));
    say("the first one", end(thread));
    say("its result", memcmp(result.digest, expected, sizeof expected) == 0 ? CKR_OK : CKR_GENERAL_ERROR);
    say("all of it", works(shared));
    free(result.data);
}

/** The application's own mutexes; whoever locks one next may take his time. */
static pthread_mutex_t mutexes[64];
static unsigned made;
static bool lingers, is_inside;

static CK_RV mutex_create(void **mutex)
{
    *mutex = &mutexes[made % COUNT(mutexes)];
    return made++ < COUNT(mutexes) && pthread_mutex_init(*mutex, NULL) == 0 ? CKR_OK : CKR_HOST_MEMORY;
}

static CK_RV mutex_destroy(void *mutex)
{
    return pthread_mutex_destroy(mutex) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

static CK_RV mutex_lock(void *mutex)
{
    if (__atomic_exchange_n(&lingers, false, __ATOMIC_SEQ_CST)) {
        __atomic_store_n(&is_inside, true, __ATOMIC_SEQ_CST);
        usleep(300000);
    }
    return pthread_mutex_lock(mutex) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

static CK_RV mutex_unlock(void *mutex)
{
    return pthread_mutex_unlock(mutex) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

static void *open_another(void *unused)
{
    CK_SESSION_HANDLE session;

    (void)unused;
    p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session);
    return NULL;
}

/** C_Finalize while a thread waits for a lock: it is in no session, and has no way to the engine yet. */
static void waiting(void)
{
    pthread_t thread;

    lingers = true;
    thread = start(open_another, NULL);
    while (!__atomic_load_n(&is_inside, __ATOMIC_SEQ_CST))
        usleep(1000);
    say("C_Finalize", p11->C_Finalize(NULL));
    end(thread);
    exit(0);
}

static const struct {
    const char *name;
    void (*act)(void);
} acts[] = {
    { "waiting", waiting }, { "keep", keep }, { "alone", two_at_once }, { "refused", refused }, { "strict", refused },
    { "ended", ended_in_session }, { "ended alone", ended_alone }, { "kept", kept_in_session }, { "spared", spared },
};

/** argv[2]: what to do. "break" ends with C_Finalize itself. */
int main(int argc, char **argv)
{
    const bool one = argc > 2 && (strstr(argv[2], "alone") || strcmp(argv[2], "strict") == 0);
    CK_C_INITIALIZE_ARGS args = { .flags = one ? 0 : CKF_OS_LOCKING_OK };

    if (argc > 2 && strcmp(argv[2], "waiting") == 0)
        args = (CK_C_INITIALIZE_ARGS){ mutex_create, mutex_destroy, mutex_lock, mutex_unlock, 0, NULL };
    load(argv[1]);
    must("C_Initialize", p11->C_Initialize(&args));
    slot = find_slot();
    shared = open_session(slot);
    log_in(shared);
    if (strcmp(argv[2], "break") == 0)
        return break_all();
    for (size_t i = 0; i < COUNT(acts); i++)
        if (strcmp(argv[2], acts[i].name) == 0)
            acts[i].act();
    say("C_Finalize", p11->C_Finalize(NULL));
    return 0;
}
