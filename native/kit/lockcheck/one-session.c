// Group F: several threads and one session.

#include <string.h>

#include "groups.h"
#include "kit.h"
#include "work.h"

#define THREADS 8
#define PARTS_MAX 64

static struct work shared;

static CK_MECHANISM parts = { CKM_SHA256_RSA_PKCS, NULL, 0 };

/** One step of the three, so that another thread can do each. */
struct hand {
    unsigned step;
    CK_RV rv;
    CK_BYTE signature[SIGNATURE_MAX];
    CK_ULONG length;
};

static void *hand_do(void *argument)
{
    struct hand *hand = argument;

    switch (hand->step) {
    case 0:
        hand->rv = p11->C_SignInit(shared.main, &parts, shared.private);
        break;
    case 1:
        hand->rv = p11->C_SignUpdate(shared.main, text, TEXT_LENGTH);
        break;
    default:
        hand->length = sizeof hand->signature;
        hand->rv = p11->C_SignFinal(shared.main, hand->signature, &hand->length);
        break;
    }
    return NULL;
}

/** All three by this thread, or each by a thread of its own, one after the other. */
static CK_RV sign_in_steps(struct hand *hand, bool handed_off)
{
    for (hand->step = 0; hand->step < 3; hand->step++) {
        pthread_t thread;

        if (!handed_off)
            hand_do(hand);
        else {
            pthread_create(&thread, NULL, hand_do, hand);
            pthread_join(thread, NULL);
        }
        if (hand->rv != CKR_OK)
            return hand->rv;
    }
    return CKR_OK;
}

static void handed_on(void)
{
    unsigned forms_done = 0;

    for (enum form form = FORM_NULL; form < FORMS; form++) {
        struct hand alone, handed;
        CK_RV rv = initialize(form);

        if (rv == CKR_CANT_LOCK)
            continue;
        need("C_Initialize", rv, ONE_OF(CKR_OK));
        work_begin(&shared);
        rv = sign_in_steps(&alone, false);
        if (rv != CKR_OK)
            not_applicable("signing in parts answered %s", rv_name(rv));
        for (unsigned i = 0; i < times(10, 200); i++) {
            expect("signing in steps by three threads", sign_in_steps(&handed, true), ONE_OF(CKR_OK));
            if (handed.length != alone.length || memcmp(handed.signature, alone.signature, alone.length) != 0)
                fault("%s: the signature that three threads made in turn is wrong", form_names[form]);
        }
        forms_done++;
        work_end(&shared);
        finalize();
    }
    mutex_judge(0);
    tell("in %u of %u forms of C_Initialize", forms_done, FORMS);
}

#define CROWDED ONE_OF(CKR_OK, CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED, CKR_FUNCTION_FAILED, CKR_OPERATION_CANCEL_FAILED)

static unsigned right, refused;

static void note(CK_RV rv)
{
    __atomic_add_fetch(rv == CKR_OK ? &right : &refused, 1, __ATOMIC_RELAXED);
}

static void hammer(unsigned number)
{
    (void)number;
    for (unsigned i = 0; i < times(15, 500); i++) {
        const CK_RV rv = sign_with(shared.main, shared.private);

        expect("signing in a session that others use", rv, CROWDED);
        note(rv);
    }
}

static void each_form(void (*run)(unsigned))
{
    for (enum form form = FORM_NULL; form < FORMS; form++) {
        CK_RV rv = initialize(form);

        if (rv == CKR_CANT_LOCK)
            continue;
        need("C_Initialize", rv, ONE_OF(CKR_OK));
        work_begin(&shared);
        threads_run(THREADS, run);
        p11->C_CloseSession(shared.main);
        finalize();
    }
    mutex_judge(0);
    undefined("one session in several threads at once is undefined: %u calls right, %u refused", right, refused);
}

static void hammered(void)
{
    each_form(hammer);
}

#define DIGEST_LENGTH 32
static CK_BYTE digests[PARTS_MAX][DIGEST_LENGTH];

/** The digests of the text once, twice, ...: whatever the threads do to each other, one of them comes out. */
static bool digests_make(CK_SESSION_HANDLE session)
{
    CK_MECHANISM mechanism = { CKM_SHA256, NULL, 0 };

    for (unsigned count = 0; count < PARTS_MAX; count++) {
        CK_ULONG length = DIGEST_LENGTH;

        if (p11->C_DigestInit(session, &mechanism) != CKR_OK)
            return false;
        for (unsigned i = 0; i < count; i++)
            p11->C_DigestUpdate(session, text, TEXT_LENGTH);
        if (p11->C_DigestFinal(session, digests[count], &length) != CKR_OK)
            return false;
    }
    return true;
}

static bool digest_known(const CK_BYTE *digest)
{
    for (unsigned count = 0; count < PARTS_MAX; count++)
        if (memcmp(digests[count], digest, DIGEST_LENGTH) == 0)
            return true;
    return false;
}

static void digest_and_find(unsigned number)
{
    CK_MECHANISM mechanism = { CKM_SHA256, NULL, 0 };
    CK_OBJECT_HANDLE key;

    for (unsigned i = 0; i < times(20, 500); i++) {
        CK_BYTE digest[DIGEST_LENGTH];
        CK_ULONG length = sizeof digest;
        CK_RV rv;

        if (number % 2 == 0 && key_find(shared.main, CKO_PRIVATE_KEY, &key) && key != shared.private)
            fault("a search found object %lu, not the key", key);
        rv = p11->C_DigestInit(shared.main, &mechanism);
        expect("C_DigestInit in a session that others use", rv, CROWDED);
        expect("C_DigestUpdate", p11->C_DigestUpdate(shared.main, text, TEXT_LENGTH), CROWDED);
        rv = p11->C_DigestFinal(shared.main, digest, &length);
        expect("C_DigestFinal", rv, CROWDED);
        note(rv);
        if (rv == CKR_OK && (length != sizeof digest || !digest_known(digest)))
            fault("a digest came out that no order of the calls makes");
    }
}

static void digested(void)
{
    initialize_or_skip(FORM_OS);
    work_begin(&shared);
    if (!digests_make(shared.main))
        not_applicable("the module makes no SHA-256 digests");
    finalize();
    each_form(digest_and_find);
}

static const struct row rows[] = {
    { 81, MUST, "a session is handed from thread to thread, in each mode", "usage guide: sessions and objects belong to all threads alike",
      handed_on, SIGNING, 0 },
    { 82, QUALITY, "eight threads sign in one session at once", "sessions: simultaneous calls in a common session are undefined", hammered,
      SIGNING, 30 },
    { 83, QUALITY, "eight threads digest and search in one session at once",
      "sessions: simultaneous calls in a common session are undefined", digested, SIGNING, 30 },
};

const struct group group_one_session = { 'F', "One session, several threads", GROUP(rows) };
