// Half of a signature's way to the engine and back is C_SignInit's, and a loop that signs asks the same each time. What a C_SignInit
// without a parameter answers depends on the session, the mechanism, the key, and on things whose every change the engine counts in the
// region. So where the same one succeeded before, its signature was given whole, and nothing was changed since, the answer is known:
// CKR_OK. It is given at once, and the engine hears of it with C_Sign, in one frame (FORESEEN). Any other call of that session
// makes it good first. What changes between the two calls is met by C_Sign, as it would be anyway.

#include "foreseen.h"

#include "marshal.h"
#include "mechanism.h"
#include "module.h"

/** KNOWN: would succeed. ACTIVE: the engine has begun. PROMISED: the application was told so, the engine not. BUSY: a thread is at it. */
enum { NOTHING, KNOWN, ACTIVE, PROMISED, BUSY, STATES = 8 };

static struct foreseen *entry_of(CK_SESSION_HANDLE session)
{
    // Sessions of one worker are neighbours; those of different workers are not to meet.
    return &module.foreseen[(session / WORKERS + session % WORKERS * 167) % FORESEEN_SESSIONS];
}

static uint32_t state_of(uint32_t word)
{
    return word % STATES;
}

/** Fails where another thread was there since `word` was read. */
static bool move(struct foreseen *entry, uint32_t word, uint32_t state)
{
    const uint32_t next = word - state_of(word) + STATES + state;

    return __atomic_compare_exchange_n(&entry->word, &word, next, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/** The entry's word if it is the session's and in that state, else 0 (which no such word is). */
static uint32_t found(const struct foreseen *entry, CK_SESSION_HANDLE session, uint32_t state)
{
    const uint32_t word = __atomic_load_n(&entry->word, __ATOMIC_ACQUIRE);

    return state_of(word) == state && __atomic_load_n(&entry->session, __ATOMIC_RELAXED) == session ? word : 0;
}

static CK_RV init_at_engine(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct call call;

    if (!call_begin(&call, CALL_C_SignInit | OF_ITSELF, session, key))
        return call.rv;
    put_ulong(&call, session);
    put_mechanism(&call, mechanism);
    put_ulong(&call, key);
    call_exchange(&call);
    return call_end(&call);
}

void foreseen_settle(CK_SESSION_HANDLE session)
{
    struct foreseen *entry = entry_of(session);
    uint32_t word = found(entry, session, PROMISED);

    if (word != 0 && move(entry, word, BUSY)) {
        CK_MECHANISM mechanism = { .mechanism = entry->mechanism };

        // If it fails now, the call that follows finds no operation: its key was destroyed, or the login ended, meanwhile.
        init_at_engine(session, &mechanism, entry->key);
        __atomic_store_n(&entry->word, word - PROMISED + STATES + NOTHING, __ATOMIC_RELEASE);
        return;
    }
    for (uint32_t state = KNOWN; state <= ACTIVE; state++) {
        word = found(entry, session, state);
        if (word != 0)
            move(entry, word, NOTHING);
    }
}

void foreseen_forget(void)
{
    for (unsigned i = 0; i < FORESEEN_SESSIONS; i++)
        __atomic_store_n(&module.foreseen[i].word, 0, __ATOMIC_RELEASE);
}

static bool is_plain(const CK_MECHANISM *mechanism)
{
    return mechanism && !mechanism->pParameter && mechanism->ulParameterLen == 0;
}

/** Under a lane, so that the region stays where it is. */
static uint32_t changes_now(const struct call *call)
{
    return __atomic_load_n(&call->hold.region->header.changes, __ATOMIC_ACQUIRE);
}

static bool promise(const struct call *call, CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    struct foreseen *entry = entry_of(session);
    const uint32_t word = found(entry, session, KNOWN);

    return word != 0 && __atomic_load_n(&entry->mechanism, __ATOMIC_RELAXED) == mechanism->mechanism &&
           __atomic_load_n(&entry->key, __ATOMIC_RELAXED) == key &&
           __atomic_load_n(&entry->changes, __ATOMIC_RELAXED) == changes_now(call) && move(entry, word, PROMISED);
}

/** Another session's promise is never overwritten. */
static void learn(CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key, uint32_t changes)
{
    struct foreseen *entry = entry_of(session);
    const uint32_t word = __atomic_load_n(&entry->word, __ATOMIC_ACQUIRE);

    if (state_of(word) >= PROMISED || !move(entry, word, BUSY))
        return;
    __atomic_store_n(&entry->session, session, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->mechanism, mechanism->mechanism, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->key, key, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->changes, changes, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->word, word - state_of(word) + 2 * STATES + ACTIVE, __ATOMIC_RELEASE);
}

CK_RV C_SignInit(CK_SESSION_HANDLE hSession, CK_MECHANISM_PTR pMechanism, CK_OBJECT_HANDLE hKey)
{
    const bool plain = is_plain(pMechanism);
    struct call call;
    uint32_t changes;
    CK_RV rv;

    if (found(entry_of(hSession), hSession, PROMISED) != 0)
        foreseen_settle(hSession);
    if (!call_begin(&call, CALL_C_SignInit, hSession, hKey))
        return call.rv;
    if (plain && promise(&call, hSession, pMechanism, hKey))
        return call_end(&call);
    // Whatever this one begins, what was known of the session counts no more.
    foreseen_settle(hSession);
    changes = changes_now(&call);
    put_ulong(&call, hSession);
    put_mechanism(&call, pMechanism);
    put_ulong(&call, hKey);
    call_exchange(&call);
    rv = call_end(&call);
    if (rv == CKR_OK && plain)
        learn(hSession, pMechanism, hKey, changes);
    return rv;
}

CK_RV C_Sign(CK_SESSION_HANDLE hSession, CK_BYTE_PTR pData, CK_ULONG ulDataLen, CK_BYTE_PTR pSignature, CK_ULONG_PTR pulSignatureLen)
{
    struct foreseen *entry = entry_of(hSession);
    uint32_t word = found(entry, hSession, PROMISED);
    const bool promised = word != 0 && move(entry, word, BUSY);
    struct call call;
    CK_RV rv;

    if (!call_begin(&call, promised ? CALL_C_Sign | FORESEEN : CALL_C_Sign, hSession, NO_SUBJECT)) {
        rv = call.rv;
    } else {
        if (promised) {
            put_ulong(&call, entry->mechanism);
            put_ulong(&call, entry->key);
        }
        put_ulong(&call, hSession);
        put_bytes(&call, pData, ulDataLen);
        put_space(&call, pSignature, pulSignatureLen);
        call_exchange(&call);
        get_bytes(&call, pSignature, pulSignatureLen);
        rv = call_end(&call);
    }
    // The operation has ended well, and the next one may be foreseen; or nobody knows.
    if (promised)
        __atomic_store_n(&entry->word, word - PROMISED + STATES + (rv == CKR_OK && pSignature ? KNOWN : NOTHING), __ATOMIC_RELEASE);
    else if ((word = found(entry, hSession, ACTIVE)) != 0)
        move(entry, word, rv == CKR_OK && pSignature ? KNOWN : NOTHING);
    return rv;
}
