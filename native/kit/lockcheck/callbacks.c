// Group C: what the library does with the application's mutexes when they work.

#include <dlfcn.h>

#include "groups.h"
#include "kit.h"
#include "order.h"
#include "work.h"

static struct mutex_counts worked(void)
{
    unsigned performed;

    initialize_or_skip(FORM_APP);
    performed = workload();
    finalize();
    tell("%u calls done, %u mutexes, %u LockMutex calls", performed, mutex_counts(0).made, mutex_counts(0).calls[CALLBACK_LOCK]);
    return mutex_counts(0);
}

static void locks(void)
{
    const struct mutex_counts counts = worked();

    if (counts.dead > 0)
        fault("%u times a mutex that CreateMutex did not make, or that is gone", counts.dead);
    if (counts.recursive > 0)
        fault("%u times a mutex that the thread held already", counts.recursive);
}

static void unlocks(void)
{
    const struct mutex_counts counts = worked();

    if (counts.foreign > 0)
        fault("%u times a mutex that another thread held", counts.foreign);
    if (counts.not_locked > 0)
        fault("%u times a mutex that was not locked", counts.not_locked);
}

static void held_none(const char *function)
{
    if (order_held() > 0)
        fault("after %s the thread holds %u mutexes", function, order_held());
}

static void none_kept(void)
{
    initialize_or_skip(FORM_APP);
    held_none("C_Initialize");
    tell("%u calls done", workload_each(held_none));
    finalize();
    held_none("C_Finalize");
}

static void balance(void)
{
    const struct mutex_counts counts = worked();

    if (counts.made != counts.destroyed)
        fault("%u mutexes made, %u destroyed", counts.made, counts.destroyed);
    if (counts.destroyed_locked > 0)
        fault("%u were destroyed while locked", counts.destroyed_locked);
    if (counts.dead > 0)
        fault("%u calls with a mutex that is gone", counts.dead);
}

static void nothing_later(void)
{
    worked();
    mutex_retire(0);
    rest(1000);
    dlclose(library);
    done_by_exit();
}

static void nothing_at_exit(void)
{
    struct work work;

    initialize_or_skip(FORM_APP);
    work_begin(&work);
    mutex_retire(0);
    done_by_exit();
}

static void opaque(void)
{
    static const enum mutex_value values[] = { VALUE_NULL, VALUE_ODD };

    for (unsigned i = 0; i < 2; i++) {
        mutex_value(values[i]);
        initialize_or_skip(FORM_APP);
        tell("%s: %u calls done", values[i] == VALUE_NULL ? "null" : "odd numbers", workload());
        finalize();
    }
    mutex_judge(0);
}

static struct work crowd;

/** Signs, and makes and destroys an object, in a session of its own. */
static void crowd_work(unsigned number)
{
    CK_SESSION_HANDLE session;
    CK_OBJECT_CLASS class = CKO_DATA;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class }, { CKA_VALUE, text, TEXT_LENGTH } };

    (void)number;
    for (unsigned i = 0; i < times(2, 20); i++) {
        CK_OBJECT_HANDLE object;
        CK_RV rv = session_open(&crowd, &session);

        if (!expect("C_OpenSession", rv, ONE_OF(CKR_OK)))
            return;
        if (crowd.signing) {
            expect("C_SignInit and C_Sign", sign_with(session, crowd.private), ONE_OF(CKR_OK));
            rv = p11->C_CreateObject(session, template, 2, &object);
            if (rv == CKR_OK)
                expect("C_DestroyObject", p11->C_DestroyObject(session, object), ONE_OF(CKR_OK));
            else if (is_broken(rv))
                fault("C_CreateObject answered %s", rv_name(rv));
        }
        expect("C_CloseSession", p11->C_CloseSession(session), ONE_OF(CKR_OK));
        if (order_held() > 0)
            fault("a thread holds %u mutexes after its calls", order_held());
    }
}

static void crowd_run(enum form form, unsigned threads)
{
    initialize_or_skip(form);
    work_begin(&crowd);
    if (!crowd.slot_there)
        not_applicable("the module has no token to open a session with");
    threads_run(threads, crowd_work);
    work_end(&crowd);
    finalize();
    mutex_judge(0);
}

static void slow(void)
{
    mutex_slow(1000);
    crowd_run(FORM_APP, 8);
    if (order_cycle())
        fault("mutexes were taken in orders that can deadlock");
    tell("%u LockMutex calls", mutex_counts(0).calls[CALLBACK_LOCK]);
}

static void either(void)
{
    crowd_run(FORM_APP_OS, 8);
    tell("%u LockMutex calls", mutex_counts(0).calls[CALLBACK_LOCK]);
}

static unsigned notified;

static CK_RV notify(CK_SESSION_HANDLE session, CK_NOTIFICATION event, CK_VOID_PTR application)
{
    const CK_FUNCTION_LIST_3_0 *list = module_list(3, 0);

    (void)event;
    (void)application;
    notified++;
    if (order_held() > 0)
        fault("Notify was called while %u mutexes were held", order_held());
    if (list)
        expect("C_SessionCancel inside Notify", list->C_SessionCancel(session, CKF_SIGN),
               ONE_OF(CKR_FUNCTION_FAILED, CKR_FUNCTION_NOT_SUPPORTED));
    return CKR_OK;
}

static void notifications(void)
{
    CK_SESSION_HANDLE session;
    struct work work;

    initialize_or_skip(FORM_APP);
    work_begin(&work);
    if (!work.slot_there)
        not_applicable("the module has no token to open a session with");
    need("C_OpenSession with a Notify callback", p11->C_OpenSession(work.slot, CKF_SERIAL_SESSION, &work, notify, &session),
         ONE_OF(CKR_OK));
    for (unsigned i = 0; work.signing && i < 10; i++)
        expect("C_SignInit and C_Sign", sign_with(session, work.private), ONE_OF(CKR_OK));
    expect("C_CloseSession", p11->C_CloseSession(session), ONE_OF(CKR_OK));
    work_end(&work);
    finalize();
    tell("Notify was called %u times", notified);
}

static const struct row rows[] = {
    { 29, MUST, "LockMutex: made, alive, not held", "CK_LOCKMUTEX: undefined where the thread holds the mutex", locks, 0, 0 },
    { 30, MUST, "UnlockMutex: by the thread that locked", "CK_UNLOCKMUTEX: undefined where another thread holds the mutex", unlocks, 0, 0 },
    { 31, QUALITY, "no mutex is held when a function is back", "silent; one that is kept stops the other threads", none_kept, 0, 0 },
    { 32, SHOULD, "as many are destroyed as were made", "C_Finalize cleans up; CK_DESTROYMUTEX once, unlocked", balance, 0, 0 },
    { 33, MUST, "no callback after C_Finalize, to the end of the process", "C_Finalize ends the use of the arguments of C_Initialize",
      nothing_later, 0, 0 },
    { 34, SHOULD, "exit() without C_Finalize calls no callback", "every C_Initialize has a C_Finalize; without it nothing may crash",
      nothing_at_exit, 0, 0 },
    { 35, MUST, "mutexes are null pointers, or odd numbers", "CK_CREATEMUTEX: the pointer is the application's business", opaque, 0, 0 },
    { 42, QUALITY, "slow callbacks that yield, 8 threads", "the library ensures safe access by several threads", slow, 0, 0 },
    { 45, MUST, "callbacks and CKF_OS_LOCKING_OK, 8 threads", "C_Initialize, case 4: either primitive, and safe access", either, 0, 0 },
    { 47, QUALITY, "Notify is called with no mutex held", "C_SessionCancel inside a callback: CKR_FUNCTION_FAILED", notifications, 0, 0 },
};

const struct group group_callbacks = { 'C', "The application's mutexes", GROUP(rows) };
