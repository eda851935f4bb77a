// Half of an operation's way to the engine and back is its Init's, and a loop that signs or encrypts asks the same each time. What an
// Init answers depends on the session, the mechanism, the key, and on things whose every change the engine counts in the region. So where
// the same one succeeded before, its operation was carried out, and nothing was changed since, the answer is known: CKR_OK. It is given at
// once, and the engine hears of it with the call that follows, in one frame (FORESEEN). Any other call of that session makes it good first.
// What changes between the two calls is met by the second, as it would be anyway.

#include "foreseen.h"

#include <string.h>

#include "mechanism.h"
#include "module.h"

/** KNOWN: would succeed. ACTIVE: the engine has begun. PROMISED: the application was told so, the engine not. BUSY: a thread is at it. */
enum { NOTHING, KNOWN, ACTIVE, PROMISED, BUSY, STATES = 8 };

#define UNASKED UINT64_MAX
#define EVERY_BYTE UINT64_MAX

/**
 * Parameters that may be the same Init's again, and how many of their bytes must be so, from the first. Lengths and numbers must always be:
 * they decide, while a nonce's bytes are as good as any others. (One that may hold a secret is not kept here.)
 */
static const struct {
    CK_MECHANISM_TYPE mechanism;
    uint64_t same;
} parameters[] = {
    { CKM_AES_GCM, 0 },
    { CKM_CHACHA20_POLY1305, 0 },
    { CKM_AES_CBC, 0 },
    { CKM_AES_CBC_PAD, 0 },
    // ulCounterBits, then the block.
    { CKM_AES_CTR, sizeof(CK_ULONG) },
    { CKM_RSA_PKCS_PSS, EVERY_BYTE },
    { CKM_SHA1_RSA_PKCS_PSS, EVERY_BYTE },
    { CKM_SHA224_RSA_PKCS_PSS, EVERY_BYTE },
    { CKM_SHA256_RSA_PKCS_PSS, EVERY_BYTE },
    { CKM_SHA384_RSA_PKCS_PSS, EVERY_BYTE },
    { CKM_SHA512_RSA_PKCS_PSS, EVERY_BYTE },
    { CKM_RSA_PKCS_OAEP, EVERY_BYTE },
};

static struct foreseen *entry_of(CK_SESSION_HANDLE session)
{
    // Sessions of one worker are neighbours; those of different workers are not to meet.
    return &module.foreseen[(session / WORKERS + session % WORKERS * 167) % FORESEEN_SESSIONS];
}

static uint32_t state_of(uint32_t word)
{
    return word % STATES;
}

/** The new word; 0 where another thread was there since `word` was read. */
static uint32_t move(struct foreseen *entry, uint32_t word, uint32_t state)
{
    // No word is 0, but for those of entries that were never used.
    const uint32_t next = (word - state_of(word) + STATES != 0 ? word - state_of(word) + STATES : STATES) + state;

    return __atomic_compare_exchange_n(&entry->word, &word, next, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED) ? next : 0;
}

/** From BUSY. Whoever settled the session meanwhile has made another word of it: then nothing is known. */
static void give(struct foreseen *entry, uint32_t word, uint32_t state)
{
    while (move(entry, word, state) == 0) {
        word = __atomic_load_n(&entry->word, __ATOMIC_ACQUIRE);
        state = NOTHING;
    }
}

/** The entry's word if it is the session's and in that state, else 0. */
static uint32_t found(const struct foreseen *entry, CK_SESSION_HANDLE session, uint32_t state)
{
    const uint32_t word = __atomic_load_n(&entry->word, __ATOMIC_ACQUIRE);

    return state_of(word) == state && __atomic_load_n(&entry->session, __ATOMIC_RELAXED) == session ? word : 0;
}

/** Found so, and this thread's from now on. */
static uint32_t taken(struct foreseen *entry, CK_SESSION_HANDLE session, uint32_t state)
{
    const uint32_t word = found(entry, session, state);

    return word != 0 ? move(entry, word, BUSY) : 0;
}

static void init_at_engine(const struct foreseen *entry)
{
    struct call call;

    if (!call_begin(&call, entry->operation->init | OF_ITSELF, entry->session, NO_SUBJECT))
        return;
    put_written(&call, entry->arguments, entry->length);
    call_exchange(&call);
    call_end(&call);
}

void foreseen_settle(CK_SESSION_HANDLE session)
{
    struct foreseen *entry = entry_of(session);
    uint32_t word = taken(entry, session, PROMISED);

    if (word != 0) {
        // If it fails now, the call that follows finds no operation: its key was destroyed, or the login ended, meanwhile.
        init_at_engine(entry);
        give(entry, word, NOTHING);
        return;
    }
    for (uint32_t state = KNOWN; state <= ACTIVE; state++) {
        word = found(entry, session, state);
        if (word != 0)
            move(entry, word, NOTHING);
    }
    // Who is at it will notice.
    word = found(entry, session, BUSY);
    if (word != 0)
        move(entry, word, BUSY);
}

void foreseen_forget(void)
{
    for (unsigned i = 0; i < FORESEEN_SESSIONS; i++)
        __atomic_store_n(&module.foreseen[i].word, 0, __ATOMIC_RELEASE);
}

/** An Init's arguments, in the lane. */
struct arguments {
    const uint8_t *bytes;
    uint32_t length;
    /** Where in them the contents of strings lie. */
    const struct span *contents;
    uint32_t count;
};

/** Puts the arguments; false where the same could not be recognised, or is not to be kept. */
static bool put_init(struct call *call, struct arguments *arguments, CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism,
                     const CK_OBJECT_HANDLE *key)
{
    const uint32_t start = call->at;
    const CK_MECHANISM copy = mechanism ? *mechanism : (CK_MECHANISM){ 0 };
    bool good = mechanism && !copy.pParameter && copy.ulParameterLen == 0;

    put_ulong(call, session);
    for (size_t i = 0; copy.pParameter && i < sizeof parameters / sizeof *parameters && !good; i++) {
        good = parameters[i].mechanism == copy.mechanism;
        call->noted.same = parameters[i].same;
    }
    call->noted.on = good;
    put_mechanism(call, mechanism ? &copy : NULL);
    call->noted.on = false;
    if (key)
        put_ulong(call, *key);
    *arguments = (struct arguments){ lane_data(&call->hold) + start, call->at - start, call->noted.spans, call->noted.count };
    return good && call->going && call->sent == 0 && arguments->length <= FORESEEN_ARGUMENTS && arguments->count <= SPANS;
}

/** Whether they differ in the contents of strings at most. Lengths stand before contents: with the same ones, these are in the same places.
 */
static bool is_same(const struct foreseen *entry, const struct arguments *arguments)
{
    uint32_t at = 0;

    if (entry->length != arguments->length)
        return false;
    for (uint32_t i = 0; i <= arguments->count; i++) {
        const uint32_t end = i < arguments->count ? arguments->contents[i].start : arguments->length;

        if (memcmp(entry->arguments + at, arguments->bytes + at, end - at) != 0)
            return false;
        at = i < arguments->count ? arguments->contents[i].end : end;
    }
    return true;
}

static void keep(struct foreseen *entry, const uint8_t *bytes, uint32_t length)
{
    memcpy(entry->arguments, bytes, length);
    entry->length = length;
}

static bool promise(const struct call *call, const struct operation *operation, CK_SESSION_HANDLE session,
                    const struct arguments *arguments)
{
    struct foreseen *entry = entry_of(session);
    const uint32_t word = taken(entry, session, KNOWN);
    bool good;

    if (word == 0)
        return false;
    good = entry->operation == operation && entry->changes == changes_now(call) && is_same(entry, arguments);
    if (good)
        keep(entry, arguments->bytes, arguments->length);
    give(entry, word, good ? PROMISED : NOTHING);
    return good;
}

/** Another session's promise is never overwritten. */
static void learn(const struct operation *operation, CK_SESSION_HANDLE session, uint32_t changes, const uint8_t *bytes, uint32_t length)
{
    struct foreseen *entry = entry_of(session);
    uint32_t word = __atomic_load_n(&entry->word, __ATOMIC_ACQUIRE);

    if (state_of(word) >= PROMISED || (word = move(entry, word, BUSY)) == 0)
        return;
    __atomic_store_n(&entry->session, session, __ATOMIC_RELAXED);
    __atomic_store_n(&entry->operation, operation, __ATOMIC_RELAXED);
    entry->changes = changes;
    entry->asked = UNASKED;
    keep(entry, bytes, length);
    give(entry, word, ACTIVE);
}

CK_RV foreseen_init(void *from, const struct operation *operation, CK_SESSION_HANDLE session, const CK_MECHANISM *mechanism,
                    const CK_OBJECT_HANDLE *key)
{
    uint8_t bytes[FORESEEN_ARGUMENTS];
    struct arguments arguments;
    struct call call;
    uint32_t changes;
    bool good;
    CK_RV rv;

    if (found(entry_of(session), session, PROMISED) != 0)
        foreseen_settle(session);
    if (!call_begin_from(from, &call, operation->init, session, key ? *key : NO_SUBJECT))
        return call.rv;
    good = put_init(&call, &arguments, session, mechanism, key);
    if (good && promise(&call, operation, session, &arguments))
        return call_end(&call);
    // Whatever this one begins, what was known of the session counts no more.
    foreseen_settle(session);
    changes = changes_now(&call);
    // The answer comes where they lie.
    if (good)
        memcpy(bytes, arguments.bytes, arguments.length);
    call_exchange(&call);
    rv = call_end(&call);
    if (rv == CKR_OK && good)
        learn(operation, session, changes, bytes, arguments.length);
    return rv;
}

bool turn_begin(struct turn *turn, void *from, const struct operation *operation, CK_SESSION_HANDLE session)
{
    turn->entry = entry_of(session);
    // Of another operation it is any other call.
    if (__atomic_load_n(&turn->entry->operation, __ATOMIC_RELAXED) != operation)
        foreseen_settle(session);
    // Begun first: the promise is not this call's if it is refused, for another thread is inside, and may have been told so.
    if (!call_begin_from(from, &turn->call, operation->whole, session, NO_SUBJECT))
        return false;
    turn->word = taken(turn->entry, session, PROMISED);
    turn->promised = turn->word != 0;
    if (!turn->promised)
        turn->word = taken(turn->entry, session, ACTIVE);
    if (turn->promised) {
        turn->call.at = 0;
        put_ulong(&turn->call, operation->whole | FORESEEN);
        put_written(&turn->call, turn->entry->arguments, turn->entry->length);
    }
    put_ulong(&turn->call, session);
    return true;
}

bool turn_answered(struct turn *turn, CK_ULONG input, CK_ULONG *needed)
{
    const struct foreseen *entry = turn->entry;

    if (!turn->promised || entry->asked != input || entry->changes != changes_now(&turn->call))
        return false;
    *needed = entry->needed;
    call_end(&turn->call);
    give(turn->entry, turn->word, PROMISED);
    return true;
}

CK_RV turn_end(struct turn *turn, CK_ULONG input, const CK_ULONG *needed)
{
    const CK_RV rv = call_end(&turn->call);
    // The operation has ended well, and the next one may be foreseen; or it goes on; or nobody knows. (After CKR_BUFFER_TOO_SMALL it goes
    // on as well, but "how long?" has another answer then: how long the result is that is kept.)
    uint32_t state = rv == CKR_OK ? KNOWN : NOTHING;

    if (turn->word == 0)
        return rv;
    if (rv == CKR_OK && needed) {
        state = ACTIVE;
        turn->entry->asked = input;
        turn->entry->needed = *needed;
    }
    give(turn->entry, turn->word, state);
    return rv;
}
