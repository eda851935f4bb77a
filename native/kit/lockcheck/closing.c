// Group E: sessions and the library end while other threads are inside. Much of it the text leaves undefined.

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "groups.h"
#include "kit.h"
#include "work.h"

#define SIGNERS 8
/** What a call may say when its session was closed by somebody else, which may have been the one that ended the login. */
#define CLOSED                                                                                                                             \
    ONE_OF(CKR_OK, CKR_SESSION_CLOSED, CKR_SESSION_HANDLE_INVALID, CKR_USER_NOT_LOGGED_IN, CKR_KEY_HANDLE_INVALID,                         \
           CKR_OBJECT_HANDLE_INVALID, CKR_OPERATION_NOT_INITIALIZED)

static struct work shared;
static CK_SESSION_HANDLE sessions[SIGNERS];
static unsigned right, ended;
static void (*closing)(void);

/** Signs until it is refused. The codes are those that may refuse it. */
static void sign_until(unsigned number, struct codes codes)
{
    const double end = seconds() + 10;
    CK_RV rv = CKR_OK;

    while (rv == CKR_OK && seconds() < end) {
        rv = sign_with(sessions[number], shared.private);
        __atomic_add_fetch(&right, rv == CKR_OK, __ATOMIC_RELAXED);
    }
    expect("signing while it ends", rv, codes);
    if (rv == CKR_OK)
        fault("signing goes on for ten seconds after the end");
    __atomic_add_fetch(&ended, 1, __ATOMIC_RELAXED);
}

static void sign_or_close(unsigned number)
{
    if (number < SIGNERS) {
        sign_until(number, CLOSED);
        return;
    }
    rest(5);
    closing();
}

static void rounds(void (*close)(void))
{
    closing = close;
    initialize_or_skip(FORM_OS);
    for (unsigned i = 0; i < times(6, 200); i++) {
        work_begin(&shared);
        for (unsigned n = 0; n < SIGNERS; n++)
            need("C_OpenSession", session_open(&shared, &sessions[n]), ONE_OF(CKR_OK));
        threads_run(SIGNERS + 1, sign_or_close);
        p11->C_CloseAllSessions(shared.slot);
    }
    work_begin(&shared);
    expect("signing in a new session", sign_with(shared.main, shared.private), ONE_OF(CKR_OK));
    work_end(&shared);
    finalize();
    tell("%u right signatures before the ends", right);
}

static void all_close(void)
{
    expect("C_CloseAllSessions", p11->C_CloseAllSessions(shared.slot), ONE_OF(CKR_OK));
}

static void all_sessions(void)
{
    rounds(all_close);
}

static void each_close(void)
{
    for (unsigned i = 0; i < SIGNERS; i++)
        expect("C_CloseSession under a running call", p11->C_CloseSession(sessions[i]), ONE_OF(CKR_OK));
}

static void one_session(void)
{
    rounds(each_close);
}

static void sign_or_finalize(unsigned number)
{
    if (number < SIGNERS) {
        sign_until(number, ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED, CKR_SESSION_CLOSED, CKR_SESSION_HANDLE_INVALID));
        return;
    }
    rest(5);
    finalize();
}

static void finalize_inside(void)
{
    for (unsigned i = 0; i < times(6, 200); i++) {
        initialize_or_skip(FORM_OS);
        work_begin(&shared);
        for (unsigned n = 0; n < SIGNERS; n++)
            need("C_OpenSession", session_open(&shared, &sessions[n]), ONE_OF(CKR_OK));
        threads_run(SIGNERS + 1, sign_or_finalize);
    }
    undefined("C_Finalize beside running calls is undefined: %u right signatures, then each of %u callers was told", right, ended);
}

static CK_RV waited_rv[2];
static unsigned waiting;
static bool two_wait;

static void wait_or_finalize(unsigned number)
{
    CK_SLOT_ID slot;
    double began;

    if (number > 0) {
        do {
            __atomic_add_fetch(&waiting, 1, __ATOMIC_SEQ_CST);
            waited_rv[number - 1] = p11->C_WaitForSlotEvent(0, &slot, NULL);
        } while (waited_rv[number - 1] == CKR_OK);
        return;
    }
    rest(200);
    began = seconds();
    finalize();
    if (seconds() - began > 10)
        fault("C_Finalize took %.1f seconds", seconds() - began);
}

static void waiters(unsigned count)
{
    initialize_or_skip(FORM_OS);
    threads_run(count + 1, wait_or_finalize);
    for (unsigned i = 0; i < count; i++) {
        expect("C_WaitForSlotEvent that C_Finalize ends", waited_rv[i],
               two_wait ? ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED, CKR_FUNCTION_NOT_SUPPORTED, CKR_FUNCTION_FAILED, CKR_GENERAL_ERROR)
                        : ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED, CKR_FUNCTION_NOT_SUPPORTED));
        tell("it answered %s", rv_name(waited_rv[i]));
    }
}

static void slot_event(void)
{
    waiters(1);
}

static void slot_events(void)
{
    two_wait = true;
    waiters(2);
    undefined("two threads in C_WaitForSlotEvent are undefined; both ended");
}

static unsigned winners, early;

static void initialize_at_once(unsigned number)
{
    CK_INFO info;
    const CK_RV rv = initialize(FORM_OS);

    (void)number;
    if (!expect("C_Initialize, one of many at once", rv, ONE_OF(CKR_OK, CKR_CRYPTOKI_ALREADY_INITIALIZED)))
        return;
    __atomic_add_fetch(&winners, rv == CKR_OK, __ATOMIC_RELAXED);
    if (p11->C_GetInfo(&info) != CKR_OK)
        __atomic_add_fetch(&early, 1, __ATOMIC_RELAXED);
}

static void initialize_races(void)
{
    const unsigned races = times(25, 1000);

    for (unsigned i = 0; i < 2 * races; i++) {
        winners = 0;
        threads_run(i % 2 == 0 ? 8 : 64, initialize_at_once);
        if (winners != 1)
            fault("%u threads were told CKR_OK", winners);
        finalize();
    }
    if (early > 0)
        fault("%u threads came back before the module was initialised", early);
    tell("%u races of 8 threads, %u of 64", races, races);
}

static bool over;
static unsigned initialised_seen, uninitialised_seen;

static void ping_pong(unsigned number)
{
    if (number == 0) {
        for (unsigned i = 0; i < times(50, 2000); i++) {
            expect("C_Initialize", initialize(FORM_OS), ONE_OF(CKR_OK));
            rest(1);
            finalize();
        }
        __atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
        return;
    }
    while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST)) {
        CK_SLOT_ID slots[64];
        CK_ULONG count = 64;
        const CK_RV rv = p11->C_GetSlotList(CK_FALSE, slots, &count);

        expect("C_GetSlotList beside C_Initialize and C_Finalize", rv, ONE_OF(CKR_OK, CKR_CRYPTOKI_NOT_INITIALIZED));
        __atomic_add_fetch(rv == CKR_OK ? &initialised_seen : &uninitialised_seen, 1, __ATOMIC_RELAXED);
    }
}

static void to_and_fro(void)
{
    initialize_or_skip(FORM_OS);
    finalize();
    threads_run(8, ping_pong);
    undefined("C_Finalize beside other calls is undefined: %u calls found the module initialised, %u did not", initialised_seen,
              uninitialised_seen);
}

static void *cancelled_after_init(void *argument)
{
    CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };

    expect("C_SignInit", p11->C_SignInit(shared.main, &mechanism, shared.private), ONE_OF(CKR_OK));
    // The thread ends here.
    for (;;)
        pause();
    return argument;
}

static void thread_ends(void)
{
    CK_BYTE signature[SIGNATURE_MAX];

    initialize_or_skip(FORM_OS);
    work_begin(&shared);
    for (unsigned i = 0; i < times(10, 200); i++) {
        CK_ULONG length = sizeof signature;
        pthread_t thread;

        pthread_create(&thread, NULL, cancelled_after_init, NULL);
        rest(i % 3);
        pthread_cancel(thread);
        pthread_join(thread, NULL);
        // Cancelled before it began, or in C_SignInit, where that has a cancellation point: then there is nothing to go on with.
        if (p11->C_Sign(shared.main, text, TEXT_LENGTH, signature, &length) == CKR_OK) {
            right++;
            if (!signature_right(signature, length))
                fault("the signature that one thread began and another finished is wrong");
        }
        expect("signing after the thread's end", sign_with(shared.main, shared.private), ONE_OF(CKR_OK));
    }
    tell("%u signatures begun by a thread that has ended", right);
    work_end(&shared);
    finalize();
}

static const struct row rows[] = {
    { 73, QUALITY, "C_CloseAllSessions while eight threads sign", "§5.1.2: CKR_SESSION_CLOSED, or CKR_SESSION_HANDLE_INVALID", all_sessions,
      SIGNING, 30 },
    { 74, QUALITY, "C_CloseSession of a session that is in C_Sign", "§5.1.2: CKR_SESSION_CLOSED, or CKR_SESSION_HANDLE_INVALID",
      one_session, SIGNING, 30 },
    { 75, QUALITY, "C_Finalize while eight threads are in C_Sign", "C_Finalize: undefined while other threads are inside", finalize_inside,
      SIGNING, 30 },
    { 76, MUST, "C_Finalize ends C_WaitForSlotEvent", "C_WaitForSlotEvent: C_Finalize unblocks it, CKR_CRYPTOKI_NOT_INITIALIZED",
      slot_event, 0, 0 },
    { 77, QUALITY, "and two of them", "C_WaitForSlotEvent: undefined for two threads at once", slot_events, 0, 0 },
    { 78, QUALITY, "8 and 64 threads call C_Initialize at once", "C_Initialize: one thread calls it; here the first one counts",
      initialize_races, 0, 40 },
    { 79, QUALITY, "C_Initialize and C_Finalize to and fro beside seven threads", "C_Finalize: undefined while other threads are inside",
      to_and_fro, 0, 30 },
    { 80, QUALITY, "a thread ends between C_SignInit and C_Sign", "sessions belong to the application, not to a thread", thread_ends,
      SIGNING, 0 },
};

const struct group group_closing = { 'E', "Ends while other threads are inside", GROUP(rows) };
