// Group C: which primitives the module's own DSO uses, and threads that are not the system's.

#include <stdlib.h>
#include <ucontext.h>

#include "groups.h"
#include "kit.h"
#include "observe.h"
#include "work.h"

static const char *const names[CALLS] = {
    [CALL_MUTEX] = "pthread mutex",         [CALL_RWLOCK] = "pthread rwlock", [CALL_SPIN] = "pthread spin lock",
    [CALL_CONDITION] = "pthread condition", [CALL_SEMAPHORE] = "semaphore",   [CALL_FUTEX] = "private futex",
};

static void callbacks_alone(void)
{
    unsigned before[CALLS], performed, others;

    if (kit.system_locks)
        not_applicable("the module was told to use the system's locks whatever the application asks for");
    initialize_or_skip(FORM_APP);
    for (enum call call = CALL_MUTEX; call <= CALL_FUTEX; call++)
        before[call] = interposer_count(call);
    others = interposer_count_others(CALL_MUTEX) + interposer_count_others(CALL_RWLOCK);
    performed = workload();
    for (enum call call = CALL_MUTEX; call <= CALL_FUTEX; call++)
        if (interposer_count(call) != before[call])
            fault("the module's own code called a %s %u times", names[call], interposer_count(call) - before[call]);
    others = interposer_count_others(CALL_MUTEX) + interposer_count_others(CALL_RWLOCK) - others;
    tell("%u calls done; other libraries used %u locks of the system", performed, others);
    finalize();
}

static unsigned own_locks(void)
{
    unsigned sum = 0;

    for (enum call call = CALL_MUTEX; call <= CALL_FUTEX; call++)
        sum += interposer_count(call);
    return sum;
}

static void locks_per_signature(void)
{
    static const enum form forms[] = { FORM_NULL, FORM_OS };
    const unsigned signatures = 10;

    for (unsigned i = 0; i < 2; i++) {
        struct work work;
        unsigned locks;

        initialize_or_skip(forms[i]);
        work_begin(&work);
        expect("C_SignInit and C_Sign", sign_with(work.main, work.private), ONE_OF(CKR_OK));
        locks = own_locks();
        for (unsigned n = 0; n < signatures; n++)
            expect("C_SignInit and C_Sign", sign_with(work.main, work.private), ONE_OF(CKR_OK));
        locks = own_locks() - locks;
        tell("%s: %.1f locks a signature", form_names[forms[i]], (double)locks / signatures);
        if (locks > 0)
            fault("%s: %.1f locks for one signature in a session of one's own", form_names[forms[i]], (double)locks / signatures);
        work_end(&work);
        finalize();
    }
}

#define FIBRES 4
#define FIBRE_STACK (512 * 1024)

/** 0 is the thread itself; the others are 1 to FIBRES. */
static ucontext_t contexts[FIBRES + 1];
static unsigned running, left;
static bool over[FIBRES + 1];
static unsigned switches;
static struct work shared;

static void fibre_yield(void)
{
    const unsigned from = running;
    unsigned to = from;

    if (from == 0)
        return;
    do
        to = to % FIBRES + 1;
    while (to != from && over[to]);
    if (to == from)
        return;
    switches++;
    running = to;
    swapcontext(&contexts[from], &contexts[to]);
    // Whoever switches back to this one has set `running`.
}

static void fibre_run(void)
{
    CK_OBJECT_CLASS class = CKO_DATA;
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class }, { CKA_VALUE, text, TEXT_LENGTH } };

    for (unsigned i = 0; i < times(3, 30); i++) {
        CK_SESSION_HANDLE session;
        CK_OBJECT_HANDLE object;

        expect("C_OpenSession", session_open(&shared, &session), ONE_OF(CKR_OK));
        expect("C_SignInit and C_Sign", sign_with(session, shared.private), ONE_OF(CKR_OK));
        if (expect("C_CreateObject", p11->C_CreateObject(session, template, 2, &object), ONE_OF(CKR_OK)))
            expect("C_DestroyObject", p11->C_DestroyObject(session, object), ONE_OF(CKR_OK));
        expect("C_CloseSession", p11->C_CloseSession(session), ONE_OF(CKR_OK));
    }
    over[running] = true;
    if (--left == 0)
        running = 0;
    else
        while (over[running])
            running = running % FIBRES + 1;
    setcontext(&contexts[running]);
}

static void fibres(void)
{
    initialize_or_skip(FORM_APP);
    work_begin(&shared);
    mutex_fibres(&running, fibre_yield);
    left = FIBRES;
    for (unsigned i = 1; i <= FIBRES; i++) {
        getcontext(&contexts[i]);
        contexts[i].uc_stack.ss_sp = malloc(FIBRE_STACK);
        contexts[i].uc_stack.ss_size = FIBRE_STACK;
        makecontext(&contexts[i], fibre_run, 0);
    }
    running = 1;
    swapcontext(&contexts[0], &contexts[1]);
    mutex_fibres(NULL, NULL);
    tell("%u switches between %u fibres", switches, FIBRES);
    work_end(&shared);
    finalize();
    mutex_judge(0);
}

static const struct row rows[] = {
    { 43, MUST, "callbacks only: no lock of the system's", "C_Initialize, case 3: the library must use the callbacks", callbacks_alone,
      INTERPOSED, 0 },
    { 44, QUALITY, "how many locks a signature takes", "silent; a session of one's own shares nothing that changes", locks_per_signature,
      INTERPOSED | SIGNING, 0 },
    { 46, QUALITY, "fibres: the callbacks switch contexts on one thread",
      "C_Initialize, case 3 is for applications whose threads are not the system's", fibres, SIGNING, 0 },
};

const struct group group_primitives = { 'C', "Which primitives are used", GROUP(rows) };
