// Finding one key takes three functions and, without this, three ways to the engine and back. C_FindObjectsInit's answer brings the
// first handles along (kinds of its own: src/protocol/calls.ts) and says whether they were all; if so, the engine has forgotten the search
// already, and what is left of it is here. The engine counts in the region whatever closes sessions behind the library's back: where it
// has counted since, it is asked whether the session is still there before an answer is given from here.

#include "search.h"

#include "foreseen.h"
#include "marshal.h"
#include "module.h"

/** OPEN: the session's search goes on. BUSY: a thread is at it. */
enum { NONE, OPEN, BUSY, STATES = 4 };

/** How often a thread that meets another in its session looks again: that one copies some handles, or is at the engine. */
#define LOOKS 1000

static struct search *place_of(CK_SESSION_HANDLE session)
{
    // Sessions of one worker are neighbours; those of different workers are not to meet.
    return &module.searches[(session / WORKERS + session % WORKERS * 167) % SEARCHES];
}

static bool move(struct search *search, uint32_t word, uint32_t state)
{
    const uint32_t next = word - word % STATES + STATES + state;

    return __atomic_compare_exchange_n(&search->word, &word, next, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/** Whoever has taken it gives it back. */
static void give(struct search *search, uint32_t state)
{
    const uint32_t word = __atomic_load_n(&search->word, __ATOMIC_RELAXED);

    __atomic_store_n(&search->word, word - word % STATES + STATES + state, __ATOMIC_RELEASE);
}

/** The session's search if the library has it: BUSY, and the caller's alone. */
static struct search *take(CK_SESSION_HANDLE session)
{
    struct search *search = place_of(session);

    for (unsigned looks = 0; looks < LOOKS; looks++) {
        const uint32_t word = __atomic_load_n(&search->word, __ATOMIC_ACQUIRE);

        if (word % STATES == NONE || __atomic_load_n(&search->session, __ATOMIC_RELAXED) != session)
            return NULL;
        if (word % STATES == OPEN && move(search, word, BUSY))
            return search;
    }
    return NULL;
}

/** Another thread begins a search of this session, or is at the engine with it: that one came first. */
static bool is_taken(CK_SESSION_HANDLE session)
{
    const struct search *search = place_of(session);

    return __atomic_load_n(&search->word, __ATOMIC_ACQUIRE) % STATES == BUSY &&
           __atomic_load_n(&search->session, __ATOMIC_RELAXED) == session;
}

/** A place for a search that begins, or NULL: another session's is there. */
static struct search *reserve(CK_SESSION_HANDLE session)
{
    struct search *search = place_of(session);
    const uint32_t word = __atomic_load_n(&search->word, __ATOMIC_ACQUIRE);

    if (word % STATES != NONE || !move(search, word, BUSY))
        return NULL;
    __atomic_store_n(&search->session, session, __ATOMIC_RELAXED);
    return search;
}

void search_end(CK_SESSION_HANDLE session)
{
    struct search *search = take(session);

    if (search)
        give(search, NONE);
}

void searches_forget(void)
{
    for (unsigned i = 0; i < SEARCHES; i++)
        __atomic_store_n(&module.searches[i].word, 0, __ATOMIC_RELEASE);
}

/** Reads handles: the first `room` into the application's, what follows into the search's page. @return how many the application got. */
static CK_ULONG get_found(struct call *call, CK_OBJECT_HANDLE *handles, CK_ULONG room, struct search *search)
{
    const uint64_t told = get_number(call);
    CK_ULONG count = 0;

    search->next = search->count = 0;
    for (uint64_t i = 0; i < told && call->going; i++) {
        const uint64_t handle = get_number(call);

        if (call->going && count < room)
            handles[count++] = handle;
        else if (call->going && search->count < SEARCH_PAGE)
            search->handles[search->count++] = (uint32_t)handle;
    }
    return count;
}

CK_RV C_FindObjectsInit(CK_SESSION_HANDLE hSession, CK_ATTRIBUTE_PTR pTemplate, CK_ULONG ulCount)
{
    struct search *search, *active;
    struct call call;

    if (!call_begin(&call, CALL_C_FindObjectsInit, hSession, NO_SUBJECT))
        return call.rv;
    active = take(hSession);
    if (active)
        give(active, OPEN);
    if (!active && is_taken(hSession)) {
        call_fail(&call, CKR_OPERATION_ACTIVE);
        return call_end(&call);
    }
    search = active ? NULL : reserve(hSession);
    if (search)
        search->changes = changes_now(&call);
    put_ulong(&call, hSession);
    put_template(&call, pTemplate, ulCount);
    // Where the session has a search here already, the engine says so, or that there is no such session.
    put_ulong(&call, active != NULL);
    put_ulong(&call, search ? SEARCH_PAGE : 0);
    put_ulong(&call, 0);
    call_exchange(&call);
    if (search) {
        get_found(&call, NULL, 0, search);
        search->more = get_number(&call) != 0;
        give(search, call.rv == CKR_OK && call.going ? OPEN : NONE);
    }
    return call_end(&call);
}

/** The engine has ended this search already: that it knows of none means that the session stands. */
static void accept_ended(struct call *call, const struct search *search)
{
    if (!search->more && call->rv == CKR_OPERATION_NOT_INITIALIZED)
        call->rv = CKR_OK;
}

/** Gives out what is here, and asks for what is wanted beyond it and a page more. `unfinished`: asking on may bring more. */
static CK_ULONG find_on(struct call *call, struct search *search, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *handles, CK_ULONG room,
                        bool *unfinished)
{
    const uint32_t changes = changes_now(call);
    CK_ULONG count = 0, wanted;

    while (count < room && search->next < search->count)
        handles[count++] = search->handles[search->next++];
    if (search->changes == changes && (count == room || !search->more))
        return count;
    wanted = search->more ? room - count : 0;
    put_ulong(call, session);
    // A page more, unless that were more than a number holds.
    put_room(call, handles, wanted != 0 && wanted + SEARCH_PAGE > wanted ? wanted + SEARCH_PAGE : wanted);
    put_ulong(call, 0);
    call_exchange(call);
    if (call->going && count < room) {
        count += get_found(call, handles + count, room - count, search);
        *unfinished = get_number(call) != 0;
    }
    accept_ended(call, search);
    search->changes = changes;
    return count;
}

/** One turn: what is here, or what the engine finds in the time that it takes for it. */
static CK_RV find_some(void *from, uint64_t function, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *handles, CK_ULONG room, CK_ULONG *count,
                       bool *unfinished)
{
    struct search *search;
    struct call call;

    *unfinished = false;
    if (!call_begin_from(from, &call, function, session, NO_SUBJECT))
        return call.rv;
    search = take(session);
    if (search) {
        *count = find_on(&call, search, session, handles, room, unfinished);
        give(search, call.rv == CKR_OK ? OPEN : NONE);
    } else {
        put_ulong(&call, session);
        put_room(&call, handles, room);
        put_ulong(&call, 0);
        call_exchange(&call);
        get_handles(&call, handles, room, count);
        *unfinished = get_number(&call) != 0;
    }
    return call_end(&call);
}

/** Bad pointers are judged in one place, the engine; the search goes on. */
static CK_RV refuse_place(void *from, CK_SESSION_HANDLE session)
{
    struct call call;

    if (!call_begin_from(from, &call, CALL_C_FindObjects, session, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, session);
    put_ulong(&call, BAD_MARK);
    put_ulong(&call, 0);
    call_exchange(&call);
    return call_end(&call);
}

CK_RV C_FindObjects(CK_SESSION_HANDLE hSession, CK_OBJECT_HANDLE_PTR phObject, CK_ULONG ulMaxObjectCount, CK_ULONG_PTR pulObjectCount)
{
    void *const from = __builtin_return_address(0);
    CK_ULONG part = 0, count = 0;
    bool unfinished;
    CK_RV rv;

    if (!pulObjectCount || (!phObject && ulMaxObjectCount > 0))
        return refuse_place(from, hSession);
    rv = find_some(from, CALL_C_FindObjects, hSession, phObject, ulMaxObjectCount, &part, &unfinished);
    for (count = part; rv == CKR_OK && unfinished && count < ulMaxObjectCount; count += part) {
        part = 0;
        rv = find_some(from, CALL_C_FindObjects | OF_ITSELF, hSession, phObject + count, ulMaxObjectCount - count, &part, &unfinished);
    }
    if (rv == CKR_OK)
        *pulObjectCount = count;
    return rv;
}

CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE hSession)
{
    struct search *search;
    struct call call;

    if (!call_begin(&call, CALL_C_FindObjectsFinal, hSession, NO_SUBJECT))
        return call.rv;
    search = take(hSession);
    if (!search || search->more || search->changes != changes_now(&call)) {
        put_ulong(&call, hSession);
        call_exchange(&call);
        if (search)
            accept_ended(&call, search);
    }
    if (search)
        give(search, NONE);
    return call_end(&call);
}

CK_RV C_SessionCancel(CK_SESSION_HANDLE hSession, CK_FLAGS flags)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SessionCancel, hSession, NO_SUBJECT))
        return call.rv;
    put_ulong(&call, hSession);
    put_ulong(&call, flags);
    put_ulong(&call, 0);
    call_exchange(&call);
    if (call.rv == CKR_OK && (flags & CKF_FIND_OBJECTS) != 0)
        search_end(hSession);
    return call_end(&call);
}

/** "The ongoing operations are abruptly cancelled." */
CK_RV C_SetOperationState(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pOperationState, CK_ULONG ulOperationStateLen,
                          CK_OBJECT_HANDLE hEncryptionKey, CK_OBJECT_HANDLE hAuthenticationKey)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SetOperationState, hSession, hEncryptionKey))
        return call.rv;
    put_ulong(&call, hSession);
    put_bytes(&call, pOperationState, ulOperationStateLen);
    put_ulong(&call, hEncryptionKey);
    put_ulong(&call, hAuthenticationKey);
    call_exchange(&call);
    if (call.rv == CKR_OK)
        search_end(hSession);
    return call_end(&call);
}
