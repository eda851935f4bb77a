// Group C: what the library does when the application's mutexes fail.

#include <stdio.h>

#include "groups.h"
#include "kit.h"
#include "work.h"

/** What a function that fails may say for a callback that failed. */
#define FAILURES ONE_OF(CKR_HOST_MEMORY, CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED, CKR_DEVICE_ERROR)

static void plan_none(void)
{
    mutex_fail((struct mutex_plan){ 0 });
}

static unsigned outstanding(void)
{
    return mutex_counts(0).made - mutex_counts(0).destroyed;
}

/** How often CreateMutex is called by C_Initialize. */
static unsigned creations_at_start(void)
{
    unsigned calls;

    initialize_or_skip(FORM_APP);
    calls = mutex_counts(0).calls[CALLBACK_CREATE];
    finalize();
    return calls;
}

/** Whether C_Initialize said CKR_OK although its k-th mutex could not be made. */
static bool create_failed(unsigned k, CK_RV rv)
{
    CK_INFO info;
    CK_RV answer;

    mutex_fail((struct mutex_plan){ CALLBACK_CREATE, k, 1, rv });
    answer = initialize(FORM_APP);
    plan_none();
    if (answer == CKR_OK) {
        p11->C_Finalize(NULL);
        return true;
    }
    expect("C_Initialize whose CreateMutex failed", answer, ONE_OF(CKR_HOST_MEMORY, CKR_GENERAL_ERROR, CKR_CANT_LOCK, CKR_FUNCTION_FAILED));
    if (outstanding() > 0)
        fault("%u mutexes are left after C_Initialize failed", outstanding());
    expect("C_GetInfo after it", p11->C_GetInfo(&info), ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
    need("C_Initialize after one that failed", initialize(FORM_APP), ONE_OF(CKR_OK));
    finalize();
    return false;
}

static void create_fails(void)
{
    static const CK_RV codes[] = { CKR_HOST_MEMORY, CKR_GENERAL_ERROR };
    const unsigned creations = creations_at_start();
    unsigned wrong = 0;

    tell("C_Initialize makes %u mutexes", creations);
    for (unsigned k = 1; k <= creations; k++)
        for (unsigned i = 0; i < 2; i++)
            wrong += create_failed(k, codes[i]);
    if (wrong > 0)
        fault("C_Initialize answered CKR_OK %u of %u times although CreateMutex had failed", wrong, 2 * creations);
    initialize_or_skip(FORM_APP);
    works("after all of these failures");
    finalize();
}

/** One call that fails if CreateMutex does, and then does not fail. */
static void create_later_step(struct work *work, const struct step *step, unsigned *struck)
{
    CK_RV rv = step->call(work);

    if (mutex_struck() == *struck)
        return;
    *struck = mutex_struck();
    if (!expect(step->name, rv, FAILURES))
        return;
    rv = step->call(work);
    if (rv != CKR_OK)
        fault("%s answered %s once CreateMutex worked again", step->name, rv_name(rv));
}

/** Each function after C_Initialize, and the k-th mutex made for them fails. Whether there was a k-th. */
static bool create_later_fails(unsigned k)
{
    struct work work;
    unsigned struck = 0;

    initialize_or_skip(FORM_APP);
    mutex_fail((struct mutex_plan){ CALLBACK_CREATE, k, 1, CKR_HOST_MEMORY });
    work = (struct work){ .signing = !kit.no_token };
    work.slot_there = slot_find(&work.slot);
    for (const struct step *step = steps; step < steps + steps_count && work.slot_there; step++) {
        // Only those that need nothing armed: arming would take the failure that is meant for the call.
        if (step->arm || step->need == NEEDS_KEY)
            continue;
        if (step->need == NEEDS_SESSION && work.session == CK_INVALID_HANDLE) {
            const struct step open = { "C_OpenSession", NEEDS_SESSION, NULL, steps_open_session };

            create_later_step(&work, &open, &struck);
            work.session = work.extra;
        }
        create_later_step(&work, step, &struck);
    }
    plan_none();
    p11->C_CloseAllSessions(work.slot);
    finalize();
    if (outstanding() > 0)
        fault("%u mutexes are left after C_Finalize", outstanding());
    return struck > 0;
}

static void create_fails_later(void)
{
    unsigned k = 1;

    while (k <= times(8, 64) && create_later_fails(k))
        k++;
    tell("%u mutexes are made after C_Initialize by calls in one session", k - 1);
    initialize_or_skip(FORM_APP);
    works("after all of these failures");
    finalize();
    mutex_judge(0);
}

struct state {
    CK_ULONG sessions, objects;
};

static struct state state_of(const struct work *work)
{
    struct state state = { 0 };
    CK_TOKEN_INFO info;
    CK_OBJECT_HANDLE found[64];
    CK_ULONG count = 1;

    if (!work->slot_there)
        return state;
    if (p11->C_GetTokenInfo(work->slot, &info) == CKR_OK)
        state.sessions = info.ulSessionCount;
    if (p11->C_FindObjectsInit(work->main, NULL, 0) == CKR_OK) {
        while (count > 0 && p11->C_FindObjects(work->main, found, 64, &count) == CKR_OK)
            state.objects += count;
        p11->C_FindObjectsFinal(work->main);
    }
    return state;
}

static void again(struct work *work)
{
    p11->C_Finalize(NULL);
    need("C_Initialize again", initialize(FORM_APP), ONE_OF(CKR_OK));
    work_begin(work);
}

struct failing {
    unsigned struck, ignored;
};

/** The step with the j-th LockMutex failing. Whether there was a j-th. */
static bool lock_fails_once(struct work *work, const struct step *step, unsigned j, struct failing *failing)
{
    struct state before, after;
    bool struck;
    CK_RV rv;

    if (step_arm(work, step) != CKR_OK) {
        step_end(work);
        return false;
    }
    before = state_of(work);
    mutex_fail((struct mutex_plan){ CALLBACK_LOCK, j, 1, CKR_GENERAL_ERROR });
    rv = step->call(work);
    struck = mutex_struck() > 0;
    plan_none();
    failing->struck += struck;
    failing->ignored += struck && rv == CKR_OK;
    // What a module does not offer it may say at any time.
    if (struck && rv != CKR_OK && rv != CKR_FUNCTION_NOT_SUPPORTED) {
        expect(step->name, rv, FAILURES);
        after = state_of(work);
        if (after.sessions != before.sessions || after.objects != before.objects)
            fault("%s failed and left %lu sessions and %lu objects of %lu and %lu", step->name, after.sessions, after.objects,
                  before.sessions, before.objects);
        rv = step->call(work);
        if (is_broken(rv))
            fault("%s answered %s once LockMutex worked again", step->name, rv_name(rv));
    }
    if (!step_end(work))
        again(work);
    return struck;
}

static void lock_fails(void)
{
    struct failing failing = { 0 };
    struct work work;

    initialize_or_skip(FORM_APP);
    work_begin(&work);
    for (const struct step *step = steps; step < steps + steps_count; step++) {
        unsigned j = 1;

        while (step_possible(&work, step) && j <= times(6, 1000) && lock_fails_once(&work, step, j, &failing))
            j++;
    }
    p11->C_Finalize(NULL);
    tell("LockMutex failed %u times", failing.struck);
    if (failing.ignored > 0)
        fault("%u of %u functions whose LockMutex failed answered CKR_OK", failing.ignored, failing.struck);
    if (mutex_counts(0).unmatched > 0)
        fault("%u times UnlockMutex for a LockMutex that had failed", mutex_counts(0).unmatched);
}

/** Every step with all callbacks of one kind failing; `judge` sees the answer where one was struck, and the seconds that it took. */
static unsigned each_fails(struct mutex_plan plan, void (*judge)(const struct step *, CK_RV, double))
{
    struct work work;
    unsigned struck = 0;

    need("C_Initialize", initialize(FORM_APP), ONE_OF(CKR_OK));
    work_begin(&work);
    for (const struct step *step = steps; step < steps + steps_count; step++) {
        double began;
        CK_RV rv;

        if (!step_possible(&work, step))
            continue;
        if (step_arm(&work, step) == CKR_OK) {
            mutex_fail(plan);
            began = seconds();
            rv = step->call(&work);
            if (mutex_struck() > 0)
                judge(step, rv, seconds() - began);
            struck += mutex_struck();
        }
        plan_none();
        // What a mutex guards may be lost now, until the next C_Initialize.
        if (!step_end(&work))
            again(&work);
    }
    p11->C_Finalize(NULL);
    return struck;
}

static void code_judge(const struct step *step, CK_RV rv, double took)
{
    (void)took;
    if (rv == CKR_MUTEX_BAD || rv == CKR_MUTEX_NOT_LOCKED)
        fault("%s answered %s", step->name, rv_name(rv));
}

static void mutex_codes(void)
{
    static const CK_RV codes[] = { CKR_MUTEX_BAD, CKR_MUTEX_NOT_LOCKED };
    unsigned struck = 0;

    initialize_or_skip(FORM_APP);
    finalize();
    for (unsigned i = 0; i < 2; i++) {
        for (enum callback callback = CALLBACK_DESTROY; callback < CALLBACK_KINDS; callback++)
            struck += each_fails((struct mutex_plan){ callback, 1, 0, codes[i] }, code_judge);
        need("C_Initialize", initialize(FORM_APP), ONE_OF(CKR_OK));
        mutex_fail((struct mutex_plan){ CALLBACK_DESTROY, 1, 0, codes[i] });
        code_judge(&(const struct step){ .name = "C_Finalize" }, p11->C_Finalize(NULL), 0);
        struck += mutex_struck();
        plan_none();
    }
    tell("%u callbacks failed so", struck);
}

static void time_judge(const struct step *step, CK_RV rv, double took)
{
    if (took > 2)
        fault("%s took %.1f seconds", step->name, took);
    if (rv == CKR_MUTEX_BAD || rv == CKR_MUTEX_NOT_LOCKED)
        fault("%s answered %s", step->name, rv_name(rv));
}

static void unlock_fails(void)
{
    initialize_or_skip(FORM_APP);
    finalize();
    tell("%u UnlockMutex calls failed", each_fails((struct mutex_plan){ CALLBACK_UNLOCK, 1, 0, CKR_GENERAL_ERROR }, time_judge));
    need("C_Initialize afterwards", initialize(FORM_APP), ONE_OF(CKR_OK));
    works("afterwards");
    finalize();
}

static void destroy_fails(void)
{
    CK_INFO info;
    CK_RV rv;

    initialize_or_skip(FORM_APP);
    workload();
    mutex_fail((struct mutex_plan){ CALLBACK_DESTROY, 1, 0, CKR_GENERAL_ERROR });
    rv = p11->C_Finalize(NULL);
    tell("%u DestroyMutex calls failed, C_Finalize answered %s", mutex_struck(), rv_name(rv));
    plan_none();
    expect("C_Finalize", rv, ONE_OF(CKR_OK, CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED, CKR_HOST_MEMORY));
    expect("C_GetInfo after it", p11->C_GetInfo(&info), ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
    need("C_Initialize after it", initialize(FORM_APP), ONE_OF(CKR_OK));
    works("afterwards");
    finalize();
}

static const struct row rows[] = {
    { 36, MUST, "CreateMutex fails, each in turn", "C_Initialize fails whole, or the library would not be safe for several threads",
      create_fails, 0, 0 },
    { 37, MUST, "CreateMutex fails after C_Initialize", "§5: a function succeeds or leaves the state as it was", create_fails_later, 0, 0 },
    { 38, MUST, "LockMutex fails, each in turn, in each function",
      "C_Initialize, case 3: the library must use the callbacks to ensure safe access", lock_fails, 0, 0 },
    { 39, MUST, "CKR_MUTEX_BAD and CKR_MUTEX_NOT_LOCKED stay inside", "§5.1.5: not returned by any function of Cryptoki", mutex_codes, 0,
      0 },
    { 40, QUALITY, "UnlockMutex fails", "silent; no endless retry", unlock_fails, 0, 0 },
    { 41, QUALITY, "DestroyMutex fails in C_Finalize", "silent; C_Finalize completes", destroy_fails, 0, 0 },
};

const struct group group_failing = { 'C', "The application's mutexes, failing", GROUP(rows) };
