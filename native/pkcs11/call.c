// A call from its entry to its return value.

#include <errno.h>

#include "canary.h"
#include "finding.h"
#include "marshal.h"
#include "module.h"
#include "orphan.h"
#include "traits.h"
#include "wait.h"

/** A call's number without what may be said beside it. */
#define FUNCTIONS 256

static CK_RV rv_of(enum outcome outcome)
{
    switch (outcome) {
    case CLOSED:
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    case GONE:
        return CKR_DEVICE_ERROR;
    default:
        return CKR_OK;
    }
}

static CK_ULONG lock_of(const struct traits *function, CK_ULONG subject)
{
    if ((function->flags & LOCKS_SESSIONS) != 0)
        return LOCK_SESSIONS;
    return (function->flags & LOCKS_OBJECT) != 0 ? subject : NO_LOCK;
}

/**
 * What the lock of opening and closing guards is where sessions go. It is not held while the engine is asked: there each session is apart
 * from every other, and threads that open and close theirs would cross one after the other.
 */
static void place(struct call *call, uint32_t function, CK_SESSION_HANDLE session)
{
    if ((traits[function].flags & LOCKS_SESSIONS) == 0)
        return;
    if (function == CALL_C_OpenSession)
        spread_choose(&call->hold);
    else if (function == CALL_C_CloseSession)
        spread_close(session % WORKERS);
    lock_give(call->lock);
    call->lock = NULL;
}

static CK_RV enter(void *from, struct call *call, uint64_t id, CK_SESSION_HANDLE session, CK_ULONG subject)
{
    const uint32_t function = id % FUNCTIONS;
    CK_RV rv, refusal = CKR_OK;

    if (!module_ready()) {
        orphan_called(from, function);
        return CKR_CRYPTOKI_NOT_INITIALIZED;
    }
    if ((id & OF_ITSELF) == 0) {
        canary_sing(from, session == NO_SESSION ? 0 : session, __atomic_load_n(&module.alone, __ATOMIC_RELAXED));
        refusal = audit_enter(&call->audit, from, function, session, subject);
    }
    // The lock before the lane: a thread that waits in its application's mutex must not keep others from a lane meanwhile.
    rv = refusal == CKR_OK ? lock_take(&call->lock, lock_of(&traits[function], subject)) : CKR_OK;
    if (rv == CKR_OK)
        rv = rv_of(lane_claim(&call->hold, session));
    if (rv != CKR_OK)
        return rv;
    if (call->audit.me != 0)
        audit_seat(&call->audit, &call->hold);
    if (refusal != CKR_OK)
        lane_release(&call->hold, 0);
    else
        place(call, function, session);
    return refusal;
}

/** As the engine does where one of its calls fails. Without an engine nothing is left of them. */
static void operations_fail(CK_SESSION_HANDLE session, uint32_t operations)
{
    struct call call;

    if (!channel_region() || !call_begin(&call, CALL_C_SessionCancel | OF_ITSELF, session, NO_SUBJECT))
        return;
    put_ulong(&call, session);
    put_ulong(&call, 0);
    put_ulong(&call, operations);
    call_exchange(&call);
    call_end(&call);
}

static void leave(struct call *call)
{
    const bool done = call->rv == CKR_OK && call->refusal == CKR_OK;
    uint32_t owed;

    lock_give(call->lock);
    while (call->audit.me != 0 && (owed = audit_leave(&call->audit, done)) != 0)
        operations_fail(session_of(call->audit.me), owed);
    errno = call->errno_before;
}

bool call_begin_from(void *from, struct call *call, uint64_t id, CK_SESSION_HANDLE session, CK_ULONG subject)
{
    *call = (struct call){ .errno_before = errno };
    if (__atomic_load_n(&module.channel.traced, __ATOMIC_RELAXED))
        call->hold.times.began = clock_nanoseconds();
    if (session != NO_SESSION && (traits[id % FUNCTIONS].flags & FORESEES) == 0)
        foreseen_settle(session);
    call->rv = enter(from, call, id, session, subject);
    if (call->rv != CKR_OK) {
        leave(call);
        return false;
    }
    if ((traits[id % FUNCTIONS].flags & CLOSES) != 0)
        search_end(session);
    call->hold.kind = id % KINDS;
    call->going = true;
    put_ulong(call, id & ~OF_ITSELF);
    return true;
}

void call_fail(struct call *call, CK_RV rv)
{
    call->rv = rv;
    call->going = false;
}

/** Against the protocol: nothing more can be had through this region. */
void call_garbled(struct call *call)
{
    channel_lost(call->hold.region);
    call->more = false;
    call_fail(call, CKR_DEVICE_ERROR);
}

/** A fragment is full: the engine takes it and asks for more. */
void fragment_send(struct call *call)
{
    const enum outcome outcome = lane_exchange(&call->hold, call->at, true);

    // There is no answer before the question is complete.
    if (outcome == ANSWERED)
        call_garbled(call);
    else if (outcome != MORE)
        call_fail(call, rv_of(outcome));
    call->sent += call->at;
    call->at = 0;
}

/** Posts the rest of the request, or asks for the next fragment of the reply; one of the reply's lies in the lane then. */
static void fragment_receive(struct call *call, uint32_t length)
{
    const enum outcome outcome = lane_exchange(&call->hold, length, false);
    const struct lane *lane = &call->hold.region->lanes[call->hold.index];

    if (outcome == MORE) {
        call_garbled(call);
        return;
    }
    if (outcome != ANSWERED) {
        call->more = false;
        call_fail(call, rv_of(outcome));
        return;
    }
    // Read once: the memory is not ours alone.
    call->length = __atomic_load_n(&lane->length, __ATOMIC_RELAXED);
    call->more = __atomic_load_n(&lane->more, __ATOMIC_RELAXED) != 0;
    call->at = 0;
    if (call->length > LANE_DATA) {
        call->length = LANE_DATA;
        call_garbled(call);
    }
    if (call->length > call->used)
        call->used = call->length;
}

void fragment_next(struct call *call)
{
    if (call->more)
        fragment_receive(call, 0);
    else
        call_garbled(call);
}

void call_exchange(struct call *call)
{
    if (!call->going)
        return;
    fragment_receive(call, call->at);
    call->rv = call->going ? get_number(call) : call->rv;
    // Where nothing follows the return value, nothing is to be written.
    call->going = call->going && (call->at < call->length || call->more);
}

CK_RV call_end(struct call *call)
{
    // The lane is free for another call only after the engine has handed out the whole reply.
    while (call->more)
        fragment_receive(call, 0);
    if ((traits[call->audit.me % FUNCTIONS].flags & (CLOSES | CLOSES_ALL)) != 0)
        audit_closed(&call->audit, call->rv);
    lane_release(&call->hold, call->used);
    leave(call);
    return call->refusal != CKR_OK ? call->refusal : call->rv;
}
