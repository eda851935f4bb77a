// Group E: several threads, each with a session of its own.

#include <string.h>

#include "groups.h"
#include "kit.h"
#include "order.h"
#include "work.h"

#define THREADS_MAX 2048

static CK_SESSION_HANDLE sessions[THREADS_MAX];
static CK_OBJECT_HANDLE key;
static unsigned each_signs, signatures, refused;
/** The application promised one thread and comes with several: a module may say no. */
static bool breach;

static void sign_some(unsigned number)
{
    for (unsigned i = 0; i < each_signs; i++) {
        const CK_RV rv = sign_with(sessions[number], key);

        // CKR_OPERATION_ACTIVE is no refusal: a C_Sign that fails ends its operation, and the session is this thread's alone.
        if (breach && rv == CKR_FUNCTION_FAILED) {
            __atomic_add_fetch(&refused, 1, __ATOMIC_RELAXED);
            continue;
        }
        if (rv != CKR_OK) {
            fault("thread %u: signing answered %s", number + 1, rv_name(rv));
            return;
        }
        __atomic_add_fetch(&signatures, 1, __ATOMIC_RELAXED);
    }
}

/** As hsm-speed does it: all sessions opened by the main thread, read-only, before the login; one key for all. */
static void hsm_speed(enum form form, unsigned threads, unsigned iterations)
{
    CK_SLOT_ID slot;

    initialize_or_skip(form);
    if (!slot_find(&slot))
        give_up("the token is not found");
    for (unsigned i = 0; i < threads; i++) {
        const CK_RV rv = p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &sessions[i]);

        if (rv == CKR_SESSION_COUNT)
            not_applicable("the module has room for %u sessions", i);
        need("C_OpenSession", rv, ONE_OF(CKR_OK));
    }
    need("C_Login", token_login(sessions[0]), ONE_OF(CKR_OK));
    if (!key_find(sessions[0], CKO_PRIVATE_KEY, &key))
        give_up("the key is not found");
    each_signs = iterations;
    breach = form == FORM_NULL;
    threads_run(threads, sign_some);
    expect("C_Logout", p11->C_Logout(sessions[0]), ONE_OF(CKR_OK));
    for (unsigned i = 0; i < threads; i++)
        expect("C_CloseSession", p11->C_CloseSession(sessions[i]), ONE_OF(CKR_OK));
    finalize();
}

static void hsm_speed_each(enum form form)
{
    static const unsigned threads[] = { 2, 8, 64 };

    for (unsigned i = 0; i < 3; i++)
        for (unsigned round = 0; round < times(2, 20); round++)
            hsm_speed(form, threads[i], times(i == 0 ? 20 : 5, 200));
    tell("%s: %u signatures by 2, 8 and 64 threads", form_names[form], signatures);
}

static void seed(void)
{
    hsm_speed_each(FORM_NULL);
    hsm_speed(FORM_NULL, THREADS_MAX, 1);
    tell("and one by each of %u threads", THREADS_MAX);
    if (refused > 0)
        undefined("an application that promised one thread is undefined with many: %u calls were refused", refused);
}

static void seed_system(void)
{
    hsm_speed_each(FORM_OS);
}

static void seed_callbacks(void)
{
    static const enum form forms[] = { FORM_APP, FORM_APP_OS };
    unsigned possible = 0;

    for (unsigned i = 0; i < 2; i++) {
        const CK_RV rv = initialize(forms[i]);

        if (rv == CKR_CANT_LOCK)
            continue;
        need("C_Initialize", rv, ONE_OF(CKR_OK));
        finalize();
        possible++;
        hsm_speed_each(forms[i]);
    }
    if (possible == 0)
        not_applicable("C_Initialize answered CKR_CANT_LOCK");
    mutex_judge(0);
    if (mutex_counts(0).made != mutex_counts(0).destroyed)
        fault("%u mutexes made, %u destroyed", mutex_counts(0).made, mutex_counts(0).destroyed);
    if (order_cycle())
        fault("mutexes were taken in orders that can deadlock");
}

static struct work shared;
static unsigned opened, opened_twice;

/** Handles that are alive, as a set; a full table would only miss a repetition. */
#define ALIVE 65536
static CK_SESSION_HANDLE alive[ALIVE];

static bool alive_add(CK_SESSION_HANDLE session)
{
    for (unsigned i = 0; i < ALIVE; i++) {
        CK_SESSION_HANDLE *place = &alive[(session + i) % ALIVE];
        CK_SESSION_HANDLE none = CK_INVALID_HANDLE;

        if (__atomic_compare_exchange_n(place, &none, session, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            return true;
        if (none == session)
            return false;
    }
    return true;
}

static void alive_remove(CK_SESSION_HANDLE session)
{
    for (unsigned i = 0; i < 64; i++) {
        CK_SESSION_HANDLE was = session;

        if (__atomic_compare_exchange_n(&alive[(session + i) % ALIVE], &was, CK_INVALID_HANDLE, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
            return;
    }
}

static void open_and_close(unsigned number)
{
    (void)number;
    for (unsigned i = 0; i < times(60, 1000); i++) {
        CK_SESSION_HANDLE session;
        CK_SESSION_INFO info;

        if (!expect("C_OpenSession", p11->C_OpenSession(shared.slot, CKF_SERIAL_SESSION, NULL, NULL, &session), ONE_OF(CKR_OK)))
            return;
        if (!alive_add(session))
            __atomic_add_fetch(&opened_twice, 1, __ATOMIC_RELAXED);
        if (expect("C_GetSessionInfo", p11->C_GetSessionInfo(session, &info), ONE_OF(CKR_OK)) && info.state != CKS_RO_USER_FUNCTIONS)
            fault("a session was opened in state %lu though the user is logged in", info.state);
        __atomic_add_fetch(&opened, 1, __ATOMIC_RELAXED);
        alive_remove(session);
        expect("C_CloseSession", p11->C_CloseSession(session), ONE_OF(CKR_OK));
    }
}

static void sessions_come_and_go(void)
{
    CK_SESSION_INFO info;

    initialize_or_skip(FORM_OS);
    work_begin(&shared);
    alive_add(shared.main);
    threads_run(16, open_and_close);
    need("C_GetSessionInfo of the session that stayed", p11->C_GetSessionInfo(shared.main, &info), ONE_OF(CKR_OK));
    if (info.state != CKS_RW_USER_FUNCTIONS)
        fault("the session that stayed is in state %lu: somebody was logged out", info.state);
    if (opened_twice > 0)
        fault("%u handles were given out while they were in use", opened_twice);
    expect("C_SignInit and C_Sign", sign_with(shared.main, shared.private), ONE_OF(CKR_OK));
    tell("%u sessions opened and closed", opened);
    work_end(&shared);
    finalize();
}

/** Steps of the workload, each thread its own, that neither log out nor close another's session. */
static bool is_neighbourly(const struct step *step)
{
    static const char *const not [] = { "C_Logout", "C_Login", "C_CloseAllSessions" };

    for (size_t i = 0; i < sizeof not / sizeof not [0]; i++)
        if (strcmp(step->name, not [i]) == 0)
            return false;
    return true;
}

static unsigned mixed_done;

static void mix(unsigned number)
{
    struct work own = shared;

    for (unsigned i = 0; i < times(2, 40) * steps_count; i++) {
        const struct step *step = &steps[(i * 7 + number * 5) % steps_count];
        CK_RV rv;

        if (!is_neighbourly(step) || !step_possible(&own, step))
            continue;
        rv = step_arm(&own, step);
        if (rv == CKR_OK)
            rv = step->call(&own);
        if (is_broken(rv))
            fault("thread %u: %s answered %s", number + 1, step->name, rv_name(rv));
        __atomic_add_fetch(&mixed_done, rv == CKR_OK, __ATOMIC_RELAXED);
        if (!step_end(&own))
            fault("thread %u: the main session is gone after %s", number + 1, step->name);
    }
}

static void mixture(void)
{
    CK_TOKEN_INFO before, after;

    initialize_or_skip(FORM_OS);
    work_begin(&shared);
    p11->C_GetTokenInfo(shared.slot, &before);
    threads_run(8, mix);
    p11->C_GetTokenInfo(shared.slot, &after);
    if (after.ulSessionCount != CK_UNAVAILABLE_INFORMATION && after.ulSessionCount != before.ulSessionCount)
        fault("%lu sessions are open after it, %lu before", after.ulSessionCount, before.ulSessionCount);
    tell("%u calls done by 8 threads", mixed_done);
    work_end(&shared);
    finalize();
}

#define SAFE "C_Initialize: the library ensures safe access by several threads"

static const struct row rows[] = {
    { 58, QUALITY, "the seed: C_Initialize(NULL), a session a thread, one key", "C_Initialize, case 1: the application breaks its promise",
      seed, SIGNING, 30 },
    { 59, MUST, "the same with CKF_OS_LOCKING_OK", SAFE, seed_system, SIGNING, 30 },
    { 60, MUST, "the same with callbacks, and with both", SAFE, seed_callbacks, SIGNING, 60 },
    { 62, MUST, "eight threads do a bit of everything", SAFE, mixture, SIGNING, 30 },
    { 63, MUST, "sessions come and go beside one that stays", "C_CloseSession: only the last one's end logs out", sessions_come_and_go,
      SIGNING, 30 },
};

const struct group group_threads = { 'E', "A session a thread", GROUP(rows) };
