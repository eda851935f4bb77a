// Every function as an attacker calls it: the calls are generated from the rows of src/protocol/ (test/support/hostile-calls.ts).
#include "probe.h"

#define HUGE_LENGTH (1UL << 63)
#define FOREIGN(name) (CK_ULONG) strtoul(getenv(name), NULL, 10)

static CK_SLOT_ID slot;
static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE object;
static CK_BYTE bytes[8192];
static CK_ULONG length, number, endless_length;
static CK_ASYNC_DATA async;

static CK_ATTRIBUTE label = { CKA_LABEL, bytes, 16 };
static CK_ATTRIBUTE endless_label = { CKA_LABEL, bytes, HUGE_LENGTH };
static CK_ATTRIBUTE hollow_label = { CKA_LABEL, NULL, 16 };
/** Each is the other's only entry. */
static CK_ATTRIBUTE inner;
static CK_ATTRIBUTE circle = { CKA_WRAP_TEMPLATE, &inner, sizeof inner };
static CK_ATTRIBUTE inner = { CKA_UNWRAP_TEMPLATE, &circle, sizeof circle };

static CK_MECHANISM plain = { CKM_AES_ECB, NULL, 0 };
static CK_MECHANISM hollow = { CKM_AES_CBC, NULL, 16 };
static CK_MECHANISM endless = { CKM_AES_CBC, bytes, HUGE_LENGTH };

static void prepare(void)
{
    length = sizeof bytes;
    endless_length = HUGE_LENGTH;
    label = (CK_ATTRIBUTE){ CKA_LABEL, bytes, 16 };
    endless_label = (CK_ATTRIBUTE){ CKA_LABEL, bytes, HUGE_LENGTH };
    hollow_label = (CK_ATTRIBUTE){ CKA_LABEL, NULL, 16 };
    circle.ulValueLen = inner.ulValueLen = sizeof(CK_ATTRIBUTE);
}

/** Whatever a call began is given up again. */
static void judged(const char *name, CK_RV rv)
{
    say(name, rv);
    p32->C_SessionCancel(session, 0xffffffff);
}

#define CALL(name, call)    \
    do {                    \
        prepare();          \
        judged(name, call); \
    } while (0)

/** A parameter whose pointers are NULL, given to functions of every kind. */
static void attack(const char *name, CK_MECHANISM_TYPE type, void *params, CK_ULONG size)
{
    CK_MECHANISM mechanism = { type, params, size };
    char call[192];

    prepare();
    snprintf(call, sizeof call, "C_EncryptInit %s", name);
    judged(call, p32->C_EncryptInit(session, &mechanism, object));
    snprintf(call, sizeof call, "C_SignInit %s", name);
    judged(call, p32->C_SignInit(session, &mechanism, object));
    snprintf(call, sizeof call, "C_WrapKey %s", name);
    judged(call, p32->C_WrapKey(session, &mechanism, object, object, bytes, &length));
    snprintf(call, sizeof call, "C_DeriveKey %s", name);
    judged(call, p32->C_DeriveKey(session, &mechanism, object, &label, 1, &number));
    snprintf(call, sizeof call, "C_GenerateKey %s", name);
    judged(call, p32->C_GenerateKey(session, &mechanism, &label, 1, &number));
}

#define ATTACK(name, mechanism, type, members)       \
    do {                                             \
        type params;                                 \
        memset(&params, 0, sizeof params);           \
        members;                                     \
        attack(name, mechanism, &params, sizeof params); \
    } while (0)

#include "hostile-calls.h"

static void find_object(void)
{
    CK_ATTRIBUTE wanted = { CKA_LABEL, "permits everything", 18 };
    CK_ULONG found = 0;

    must("C_FindObjectsInit", p11->C_FindObjectsInit(session, &wanted, 1));
    must("C_FindObjects", p11->C_FindObjects(session, &object, 1, &found));
    must("C_FindObjectsFinal", p11->C_FindObjectsFinal(session));
    must("the key", found == 1 ? CKR_OK : CKR_OBJECT_HANDLE_INVALID);
}

int main(int argc, char **argv)
{
    (void)argc;
    load_3_2(argv[1]);
    uninitialized_calls();
    must("C_Initialize", p11->C_Initialize(NULL));
    slot = find_slot();
    session = open_session(slot);
    log_in(session);
    find_object();
    hostile_calls();
    hostile_parameters();
    must("works", works(session));
    must("C_GetObjectSize", p11->C_GetObjectSize(session, object, &number));
    must("C_Finalize", p11->C_Finalize(NULL));
    return 0;
}
