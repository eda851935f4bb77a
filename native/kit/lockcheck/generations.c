// Group G: children that exit, their children, and whether any two of a family draw the same numbers.

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "family.h"
#include "groups.h"
#include "kit.h"
#include "observe.h"
#include "work.h"

#define RANDOM_LENGTH 64
#define FAMILY 3

/** Of P-256; each signature has a nonce of its own, and r tells two that are equal, whatever the key. */
#define SIGNATURES 4
#define R_LENGTH 32
#define ALL_SIGNATURES (FAMILY * SIGNATURES)

/** What a member of the family drew; shared by all. */
struct drawn {
    CK_BYTE random[RANDOM_LENGTH], r[SIGNATURES][R_LENGTH];
    unsigned randoms, signatures;
    CK_RV refused;
};
static struct drawn *drawn;

static struct work shared;

static CK_RV ec_key_make(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *private)
{
    static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
    CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_ATTRIBUTE of_public[] = { { CKA_EC_PARAMS, p256, sizeof p256 }, { CKA_TOKEN, &no, 1 }, { CKA_VERIFY, &yes, 1 } };
    CK_ATTRIBUTE of_private[] = { { CKA_TOKEN, &no, 1 }, { CKA_PRIVATE, &yes, 1 }, { CKA_SIGN, &yes, 1 } };
    CK_OBJECT_HANDLE public;

    return p11->C_GenerateKeyPair(session, &mechanism, of_public, 3, of_private, 3, &public, private);
}

static CK_RV r_draw(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key, CK_BYTE r[R_LENGTH])
{
    CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };
    CK_BYTE digest[R_LENGTH] = "the same for all of the family", signature[2 * R_LENGTH];
    CK_ULONG length = sizeof signature;
    CK_RV rv = p11->C_SignInit(session, &mechanism, key);

    if (rv == CKR_OK)
        rv = p11->C_Sign(session, digest, sizeof digest, signature, &length);
    memcpy(r, signature, R_LENGTH);
    return rv;
}

/** Random bytes first: they need no more than a session. */
static void draw(struct drawn *own)
{
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE key;
    CK_SLOT_ID slot;

    need("C_Initialize", initialize(FORM_OS), ONE_OF(CKR_OK, CKR_CRYPTOKI_ALREADY_INITIALIZED));
    if (!slot_find(&slot) || p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session) != CKR_OK)
        return;
    own->randoms = expect("C_GenerateRandom", p11->C_GenerateRandom(session, own->random, RANDOM_LENGTH), ONE_OF(CKR_OK));
    expect("C_Login", token_login(session), ONE_OF(CKR_OK, CKR_USER_ALREADY_LOGGED_IN));
    own->refused = ec_key_make(session, &key);
    while (own->refused == CKR_OK && own->signatures < SIGNATURES) {
        own->refused = r_draw(session, key, own->r[own->signatures]);
        own->signatures += own->refused == CKR_OK;
    }
}

static void grandchild(void)
{
    draw(&drawn[2]);
    // With everything that the C library and the module do at the end.
    exit(0);
}

static void parent_of_grandchild(void)
{
    const char *bad;

    draw(&drawn[1]);
    bad = child_fault(child_run(CHILD_LIMIT / 2, grandchild));
    if (bad)
        fault("the grandchild %s", bad);
    exit(0);
}

static void never_uses(void)
{
    exit(0);
}

static const CK_BYTE *r_at(unsigned number)
{
    const struct drawn *own = &drawn[number / SIGNATURES];

    return number % SIGNATURES < own->signatures ? own->r[number % SIGNATURES] : NULL;
}

static void draws_compare(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < FAMILY; i++)
        for (unsigned j = 0; j < i; j++)
            if (drawn[i].randoms > 0 && drawn[j].randoms > 0 && memcmp(drawn[i].random, drawn[j].random, RANDOM_LENGTH) == 0)
                fault("two of parent, child and grandchild got the same random bytes");
    for (unsigned i = 0; i < ALL_SIGNATURES; i++) {
        count += r_at(i) != NULL;
        for (unsigned j = 0; j < i; j++)
            if (r_at(i) && r_at(j) && memcmp(r_at(i), r_at(j), R_LENGTH) == 0)
                fault("two ECDSA signatures have the same nonce, which gives the key away");
    }
    if (count == ALL_SIGNATURES)
        tell("%u nonces of ECDSA, all different", count);
    else
        tell("%u nonces of ECDSA, all different; elsewhere it answered %s", count,
             rv_name(drawn[0].refused != CKR_OK ? drawn[0].refused : drawn[1].refused));
}

/** What children take away when they end is missed by their parent. */
static void store_is_whole(const struct files *before)
{
    const struct files *now = files_list(kit.store);
    const char *example;

    if (files_new(now, before, &example) > 0)
        fault("files of the store are gone after its children's end, %s for one", example);
}

static void generations(void)
{
    const struct files *store = NULL;

    drawn = mmap(NULL, FAMILY * sizeof *drawn, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    initialize_or_skip(FORM_OS);
    work_begin(&shared);
    parent_undisturbed(&shared, "before fork");
    if (kit.store)
        store = files_list(kit.store);
    child_must(&shared, "a child that never uses the module and calls exit()", never_uses);
    child_must(&shared, "a child with a child", parent_of_grandchild);
    if (store)
        store_is_whole(store);
    draw(&drawn[0]);
    draws_compare();
    parent_undisturbed(&shared, "after three generations");
    work_end(&shared);
    finalize();
}

static const struct row rows[] = {
    { 87, QUALITY, "children that exit, grandchildren, random bytes and nonces",
      "usage guide: a child is another application, and calls C_Initialize itself", generations, SIGNING, 40 },
};

const struct group group_generations = { 'G', "fork", GROUP(rows) };
