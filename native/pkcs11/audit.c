// Each session counts the calls that are in it, and so does the process where one thread was promised, and C_WaitForSlotEvent: a call that
// finds another there has met a breach. Closing, destroying and logging in look through the lanes besides.

#include "audit.h"

#include <errno.h>
#include <stddef.h>

#include "canary.h"
#include "finding.h"
#include "module.h"
#include "orphan.h"
#include "setting.h"
#include "traits.h"
#include "wait.h"

/** Of this thread. `life` tells a child's thread that the rest is its parent's. */
static __thread struct {
    uint32_t life;
    uint32_t thread;
    uint64_t inside;
} self;

// Beside the module's state, not in it: a child goes on counting where its parent was.
static uint32_t lives_past;

static const char *const levels[] = {
    [AUDIT_OFF] = "off", [AUDIT_COUNT] = "count", [AUDIT_LOG] = "log", [AUDIT_ENFORCE] = "enforce", [AUDIT_ABORT] = "abort"
};

uint32_t audit_level(void)
{
    return __atomic_load_n(&module.audit.level, __ATOMIC_RELAXED);
}

bool audit_begin(const CK_C_INITIALIZE_ARGS *args)
{
    const int level = setting_choose("audit", "STRONGROOM_AUDIT", levels, sizeof levels / sizeof levels[0]);

    if (level < 0)
        return false;
    module.audit.init_case = 1 + ((args->flags & CKF_OS_LOCKING_OK) != 0 ? 1 : 0) + (args->CreateMutex ? 2 : 0);
    __atomic_store_n(&module.audit.level, (uint32_t)level, __ATOMIC_RELAXED);
    __atomic_store_n(&module.audit.life, ++lives_past, __ATOMIC_RELEASE);
    canary_begin(level != AUDIT_OFF);
    return true;
}

void audit_introduce(struct region *region)
{
    uint64_t caller;
    uint32_t untold;

    region->header.init_case = module.audit.init_case;
    region->header.primitive = locks_primitive();
    region->header.audit = audit_level();
    orphans_expect(audit_level());
    watch_close_all();
    untold = orphan_untold(&caller);
    if (untold != 0)
        finding_record(region, B5, &(struct meeting){ .second = caller }, untold);
    canary_spare(region, sizeof *region);
}

static uint32_t flags_of(uint64_t caller)
{
    return traits[function_of(caller)].flags;
}

void audit_closed(const struct audit *audit, CK_RV rv)
{
    if ((flags_of(audit->me) & CLOSES) != 0 && audit->session && (rv == CKR_OK || rv == CKR_SESSION_HANDLE_INVALID))
        watch_close(audit->session);
    if ((flags_of(audit->me) & CLOSES_ALL) != 0 && rv == CKR_OK)
        watch_close_slot(audit->subject);
}

CK_ULONG audit_bits(const struct audit *audit)
{
    if (audit_level() == AUDIT_OFF || !audit->session)
        return 0;
    return __atomic_load_n(&audit->session->breaches, __ATOMIC_RELAXED);
}

/** Asked only where there seems to be a breach. A thread that was cancelled in its application's callback never left. */
static bool lives(uint64_t caller)
{
    return syscall(SYS_tgkill, getpid(), thread_of(caller), 0) == 0 || errno != ESRCH;
}

static bool suspected(const struct audit *audit, uint32_t breach)
{
    for (unsigned i = 0; i < audit->suspicions; i++)
        if (audit->suspected[i].breach == breach)
            return true;
    return false;
}

static void suspect(struct audit *audit, uint32_t breach, uint64_t other)
{
    // What a thread finds of its own is the call from within which it calls.
    if (audit->nested && thread_of(other) == thread_of(audit->me))
        breach = B8;
    if (breach == B2 && ((flags_of(other) | flags_of(audit->me)) & CLOSES) != 0)
        breach = B6;
    if (!suspected(audit, breach) && audit->suspicions < sizeof audit->suspected / sizeof audit->suspected[0])
        audit->suspected[audit->suspicions++] = (struct suspicion){ breach, other };
}

/** Of those that have a lane, one of another thread, in that session if it is not 0. */
static uint64_t other_find(uint64_t me, uint64_t session)
{
    for (uint32_t i = 0; i < LANES; i++) {
        const uint64_t other = __atomic_load_n(&module.lanes.claims[i].caller, __ATOMIC_RELAXED);

        if (other != 0 && thread_of(other) != thread_of(me) && (session == 0 || session_of(other) == session))
            return other;
    }
    return 0;
}

/** Beside the number of those inside. */
#define OWES (1u << 31)

static uint32_t inside_of(uint64_t overlap)
{
    return (uint32_t)overlap & ~OWES;
}

static void overlap_enter(uint64_t *overlap, struct audit *audit, uint32_t breach)
{
    uint64_t before = __atomic_load_n(overlap, __ATOMIC_RELAXED), inside, other = 0;

    do
        // One that died inside is counted no more.
        inside = inside_of(before) == 1 && !lives(before >> 32) ? 0 : inside_of(before);
    while (!__atomic_compare_exchange_n(overlap, &before, audit->me << 32 | (before & OWES) | (inside + 1), false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED));
    if (inside == 0)
        return;
    // The last one may have left before the others: where it is told who it was, it is worth a look.
    if (audit_level() >= AUDIT_LOG && breach != B4)
        other = other_find(audit->me, breach == B2 ? session_of(audit->me) : 0);
    suspect(audit, breach, other != 0 ? other : before >> 32 | (breach == B2 ? session_of(audit->me) << 32 : 0));
}

/** Not below 0, which is what a child finds where its parent was counted in. False: it is the last one, and owes an end. */
static bool overlap_leave(uint64_t *overlap)
{
    uint64_t before = __atomic_load_n(overlap, __ATOMIC_RELAXED);

    do
        if ((uint32_t)before == (OWES | 1))
            return false;
    while (inside_of(before) != 0 && !__atomic_compare_exchange_n(overlap, &before, before - 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    return true;
}

static uint64_t caller_now(uint32_t function, CK_SESSION_HANDLE session)
{
    const uint32_t life = __atomic_load_n(&module.audit.life, __ATOMIC_RELAXED);

    if (self.life != life || self.thread == 0) {
        self.life = life;
        self.thread = (uint32_t)syscall(SYS_gettid);
        self.inside = 0;
    }
    return (session > INT32_MAX ? 0 : session << 32) | (uint64_t)self.thread << 8 | function;
}

static CK_RV verdict(const struct audit *audit)
{
    if (audit->suspicions == 0)
        return CKR_OK;
    if (__atomic_load_n(&module.strict, __ATOMIC_RELAXED) && suspected(audit, B1))
        return CKR_FUNCTION_FAILED;
    if (audit_level() == AUDIT_ENFORCE && suspected(audit, B2))
        return (flags_of(audit->me) & LISTS_ACTIVE) != 0 ? CKR_OPERATION_ACTIVE : CKR_FUNCTION_FAILED;
    return CKR_OK;
}

/**
 * A call that fails ends its operation, also one that is refused (§5.2). But another one may be inside, and has the operation from before
 * it: so it is ended once nobody is.
 */
static void owe(struct audit *audit)
{
    const uint16_t ends = traits[function_of(audit->me)].ends;

    if (ends == 0)
        return;
    if (!audit->session) {
        audit->owes = ends;
        return;
    }
    __atomic_fetch_or(&audit->session->owed, ends, __ATOMIC_RELAXED);
    __atomic_fetch_or(&audit->session->overlap, OWES, __ATOMIC_RELEASE);
}

CK_RV audit_enter(struct audit *audit, const void *from, uint32_t function, CK_SESSION_HANDLE session, CK_ULONG subject)
{
    CK_RV rv;

    audit->me = caller_now(function, session);
    audit->from = from;
    audit->subject = (uint32_t)subject;
    audit->session = watch_find(session);
    audit->nested = self.inside != 0;
    if (audit->nested)
        suspect(audit, B8, self.inside);
    self.inside = audit->me;
    audit->alone = __atomic_load_n(&module.alone, __ATOMIC_RELAXED);
    if (audit->alone)
        overlap_enter(&module.audit.alone, audit, B1);
    if (audit->session)
        overlap_enter(&audit->session->overlap, audit, B2);
    if ((flags_of(audit->me) & WAITS) != 0)
        overlap_enter(&module.audit.waiting, audit, B4);
    rv = verdict(audit);
    if (rv != CKR_OK)
        owe(audit);
    return rv;
}

/** Until this call may leave its session: what it is to end first. */
static uint32_t session_leave(struct audit *audit, bool done)
{
    struct watch *watch = audit->session;
    uint32_t owed = audit->owes;

    if (!watch) {
        audit->owes = 0;
        return owed;
    }
    // Where it began one, none was there when the other call was refused.
    if (done && __atomic_load_n(&watch->owed, __ATOMIC_RELAXED) != 0)
        __atomic_fetch_and(&watch->owed, ~(uint32_t)traits[function_of(audit->me)].begins, __ATOMIC_RELAXED);
    do {
        if (overlap_leave(&watch->overlap))
            return 0;
        __atomic_fetch_and(&watch->overlap, ~(uint64_t)OWES, __ATOMIC_ACQ_REL);
        owed = __atomic_exchange_n(&watch->owed, 0, __ATOMIC_RELAXED);
    } while (owed == 0);
    return owed;
}

uint32_t audit_leave(struct audit *audit, bool done)
{
    const uint32_t owed = session_leave(audit, done);

    if (owed != 0)
        return owed;
    if ((flags_of(audit->me) & WAITS) != 0)
        overlap_leave(&module.audit.waiting);
    if (audit->alone)
        overlap_leave(&module.audit.alone);
    // A green thread may have changed its carrier in a callback: another's mark stays.
    if (self.inside == audit->me)
        self.inside = 0;
    return 0;
}

/** Whether what this call ends or changes is what the other uses. */
static bool disturbs(const struct audit *audit, uint64_t other, const struct claim *claim)
{
    const struct watch *watch = watch_find(session_of(other));
    const uint32_t flags = flags_of(audit->me);

    if (!watch)
        return false;
    if ((flags & CLOSES_ALL) != 0)
        return watch->slot == audit->subject;
    if ((flags & DESTROYS) != 0)
        return __atomic_load_n(&claim->subject, __ATOMIC_RELAXED) == audit->subject ||
               __atomic_load_n(&watch->key, __ATOMIC_RELAXED) == audit->subject;
    return audit->session && watch->slot == audit->session->slot;
}

static void disturbed_find(struct audit *audit, uint32_t own)
{
    for (uint32_t i = 0; i < LANES; i++) {
        const uint64_t other = __atomic_load_n(&module.lanes.claims[i].caller, __ATOMIC_RELAXED);

        if (i != own && other != 0 && thread_of(other) != thread_of(audit->me) && disturbs(audit, other, &module.lanes.claims[i])) {
            suspect(audit, (flags_of(audit->me) & CLOSES_ALL) != 0 ? B6 : B7, other);
            return;
        }
    }
}

static void mark(uint64_t caller, uint32_t breach)
{
    struct watch *watch = watch_find(session_of(caller));

    if (watch)
        __atomic_fetch_or(&watch->breaches, 1u << (breach - 1), __ATOMIC_RELAXED);
}

/** Where the call came from; null where it has no lane, or has left it by now. */
static const void *from_of(uint64_t caller)
{
    for (uint32_t i = 0; caller != 0 && i < LANES; i++)
        if (__atomic_load_n(&module.lanes.claims[i].caller, __ATOMIC_RELAXED) == caller)
            return __atomic_load_n(&module.lanes.claims[i].from, __ATOMIC_RELAXED);
    return NULL;
}

void audit_seat(struct audit *audit, const struct hold *hold)
{
    struct claim *claim = &module.lanes.claims[hold->index];
    const uint32_t flags = flags_of(audit->me);

    __atomic_store_n(&claim->caller, audit->me, __ATOMIC_RELAXED);
    __atomic_store_n(&claim->subject, audit->subject, __ATOMIC_RELAXED);
    __atomic_store_n(&claim->from, audit->from, __ATOMIC_RELAXED);
    if ((flags & KEEPS_KEY) != 0 && audit->session)
        __atomic_store_n(&audit->session->key, audit->subject, __ATOMIC_RELAXED);
    if ((flags & (CLOSES_ALL | DESTROYS | LOGS_IN_OR_OUT)) != 0)
        disturbed_find(audit, hold->index);
    for (unsigned i = 0; i < audit->suspicions; i++) {
        mark(audit->suspected[i].other, audit->suspected[i].breach);
        mark(audit->me, audit->suspected[i].breach);
        finding_record(hold->region, audit->suspected[i].breach,
                       &(struct meeting){ audit->suspected[i].other, audit->me, from_of(audit->suspected[i].other), audit->from, 0 }, 1);
    }
}

/** Those that wait for a slot event are let go: the one exception that the standard makes. */
static uint64_t caller_any(void)
{
    for (uint32_t i = 0; i < LANES; i++) {
        const uint64_t other = __atomic_load_n(&module.lanes.claims[i].caller, __ATOMIC_RELAXED);

        if (other != 0 && (flags_of(other) & WAITS) == 0)
            return other;
    }
    return 0;
}

/** Somebody waits for a lock, or for a lane: inside, and nobody knows who. */
static bool anybody_waits(void)
{
    return __atomic_load_n(&module.waiting, __ATOMIC_SEQ_CST) != 0 || __atomic_load_n(&module.lanes.waiters, __ATOMIC_SEQ_CST) != 0;
}

void audit_finalize(const void *from)
{
    // Where somebody connects just now there is no engine to tell, and the region may go.
    struct region *region = __atomic_load_n(&module.channel.connecting, __ATOMIC_SEQ_CST) == 0 ? channel_region() : NULL;
    const uint64_t other = caller_any();

    if (region && (other != 0 || anybody_waits()))
        finding_record(region, B3, &(struct meeting){ other, caller_now(CALL_C_Finalize, 0), from_of(other), from, 0 }, 1);
    orphans_excuse();
}
