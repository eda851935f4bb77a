// Group E: what ends up in the token, and who may make it anew.

#include <string.h>

#include "groups.h"
#include "kit.h"
#include "work.h"

#define THREADS 4
#define LABEL "lockcheck many"
#define MADE_MAX 256

static struct work shared;
static CK_OBJECT_HANDLE made[MADE_MAX];
static unsigned made_count;
static CK_RV refused;

static CK_RV pair_generate(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE keys[2])
{
    CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
    CK_BBOOL yes = CK_TRUE;
    CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
    CK_ATTRIBUTE public[] = {
        { CKA_TOKEN, &yes, 1 }, { CKA_LABEL, LABEL, strlen(LABEL) }, { CKA_VERIFY, &yes, 1 }, { CKA_EC_PARAMS, p256, sizeof p256 }
    };
    CK_ATTRIBUTE private[] = { { CKA_TOKEN, &yes, 1 }, { CKA_LABEL, LABEL, strlen(LABEL) }, { CKA_SIGN, &yes, 1 } };

    return p11->C_GenerateKeyPair(session, &mechanism, public, 4, private, 3, &keys[0], &keys[1]);
}

static void generate_some(unsigned number)
{
    CK_SESSION_HANDLE session;

    (void)number;
    need("C_OpenSession", session_open(&shared, &session), ONE_OF(CKR_OK));
    for (unsigned i = 0; i < times(3, 20); i++) {
        CK_OBJECT_HANDLE keys[2];
        const CK_RV rv = pair_generate(session, keys);

        if (rv != CKR_OK) {
            refused = rv;
            return;
        }
        for (unsigned k = 0; k < 2; k++)
            made[__atomic_fetch_add(&made_count, 1, __ATOMIC_RELAXED) % MADE_MAX] = keys[k];
    }
}

/** The keys with the label; whole ones only. */
static unsigned keys_list(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE found[MADE_MAX])
{
    CK_ATTRIBUTE template[] = { { CKA_LABEL, LABEL, strlen(LABEL) } };
    CK_ULONG count = 0;

    expect("C_FindObjectsInit", p11->C_FindObjectsInit(session, template, 1), ONE_OF(CKR_OK));
    expect("C_FindObjects", p11->C_FindObjects(session, found, MADE_MAX, &count), ONE_OF(CKR_OK));
    expect("C_FindObjectsFinal", p11->C_FindObjectsFinal(session), ONE_OF(CKR_OK));
    for (CK_ULONG i = 0; i < count; i++) {
        CK_OBJECT_CLASS class = 0;
        CK_BYTE parameters[64];
        CK_ATTRIBUTE whole[] = { { CKA_CLASS, &class, sizeof class }, { CKA_EC_PARAMS, parameters, sizeof parameters } };

        expect("C_GetAttributeValue of a new key", p11->C_GetAttributeValue(session, found[i], whole, 2), ONE_OF(CKR_OK));
        if (class != CKO_PUBLIC_KEY && class != CKO_PRIVATE_KEY)
            fault("a new key has the class %lu", class);
    }
    return (unsigned)count;
}

static void list_and_destroy(void)
{
    CK_OBJECT_HANDLE found[MADE_MAX];
    struct work own;
    unsigned count;

    need("C_Initialize in the second process", initialize(FORM_OS), ONE_OF(CKR_OK));
    work_begin(&own);
    count = keys_list(own.main, found);
    if (count != made_count)
        fault("the second process finds %u of %u keys", count, made_count);
    for (unsigned i = 0; i < count; i++)
        expect("C_DestroyObject", p11->C_DestroyObject(own.main, found[i]), ONE_OF(CKR_OK));
    work_end(&own);
    finalize();
}

static void generated(void)
{
    const char *bad;

    initialize_or_skip(FORM_OS);
    work_begin(&shared);
    threads_run(THREADS, generate_some);
    work_end(&shared);
    finalize();
    if (refused == CKR_MECHANISM_INVALID || refused == CKR_FUNCTION_NOT_SUPPORTED)
        not_applicable("C_GenerateKeyPair answered %s", rv_name(refused));
    if (refused != CKR_OK)
        fault("C_GenerateKeyPair answered %s", rv_name(refused));
    for (unsigned i = 0; i < made_count; i++)
        for (unsigned k = 0; k < i; k++)
            if (made[i] == made[k])
                fault("two keys have the handle %lu", made[i]);
    // Not initialised now, so that the second process begins like any other.
    bad = child_fault(child_run(15, list_and_destroy));
    if (bad)
        fault("the second process %s", bad);
    tell("%u keys by %u threads", made_count, THREADS);
}

static CK_RV initialized[THREADS];

static void initialize_token(unsigned number)
{
    CK_SESSION_HANDLE session;

    if (number > 0) {
        for (unsigned i = 0; i < 20; i++)
            if (expect("C_OpenSession", session_open(&shared, &session), ONE_OF(CKR_OK)))
                expect("C_CloseSession", p11->C_CloseSession(session), ONE_OF(CKR_OK));
        return;
    }
    for (unsigned i = 0; i < THREADS; i++)
        initialized[i] = token_initialize(shared.slot);
}

static void token_with_sessions(void)
{
    // Should the module do it, the token is gone: only one that is the kit's own is put at risk.
    if (!kit.make_token)
        not_applicable("a module that did it would destroy the token, which is not the kit's own");
    initialize_or_skip(FORM_OS);
    work_begin(&shared);
    threads_run(THREADS, initialize_token);
    for (unsigned i = 0; i < THREADS; i++)
        expect("C_InitToken while sessions are open", initialized[i], ONE_OF(CKR_SESSION_EXISTS));
    expect("signing after it", sign_with(shared.main, shared.private), ONE_OF(CKR_OK));
    work_end(&shared);
    finalize();
}

static const struct row rows[] = {
    { 71, MUST, "four threads generate keys, and another process lists them", "C_Initialize: the library ensures safe access", generated,
      SIGNING, 30 },
    { 72, MUST, "C_InitToken while other threads have sessions", "C_InitToken: CKR_SESSION_EXISTS", token_with_sessions, SIGNING, 0 },
};

const struct group group_populated = { 'E', "What is in the token", GROUP(rows) };
