// Group E: objects that come, change and go while other threads use them. The object is a copy of the key: its signatures are known.

#include <stdio.h>
#include <string.h>

#include "groups.h"
#include "kit.h"
#include "work.h"

#define SIGNERS 8
#define GONE ONE_OF(CKR_OK, CKR_OBJECT_HANDLE_INVALID, CKR_KEY_HANDLE_INVALID, CKR_OPERATION_NOT_INITIALIZED)

static struct work shared;
static CK_OBJECT_HANDLE copy;
static bool over;
static unsigned right, refused;

static void begin(void)
{
    initialize_or_skip(FORM_OS);
    work_begin(&shared);
}

static void end(void)
{
    tell("%u right, %u refused", right, refused);
    work_end(&shared);
    finalize();
}

/** A label and an id that belong together. */
static CK_RV copy_make(CK_SESSION_HANDLE session, unsigned number, CK_OBJECT_HANDLE *made)
{
    CK_BBOOL no = CK_FALSE;
    char label[32];
    CK_BYTE id[sizeof number];
    CK_ATTRIBUTE template[] = { { CKA_TOKEN, &no, 1 }, { CKA_LABEL, label, 0 }, { CKA_ID, id, sizeof id } };

    template[1].ulValueLen = (CK_ULONG)snprintf(label, sizeof label, "copy %u", number);
    memcpy(id, &number, sizeof id);
    return p11->C_CopyObject(session, shared.private, template, 3, made);
}

static void copy_need(CK_SESSION_HANDLE session, unsigned number)
{
    const CK_RV rv = copy_make(session, number, &copy);

    if (rv != CKR_OK)
        not_applicable("C_CopyObject of a private key answered %s", rv_name(rv));
}

/** Signs with the copy until it is gone. */
static void sign_until_gone(const char *what)
{
    CK_SESSION_HANDLE session;
    CK_RV rv = session_open(&shared, &session);

    if (!expect("C_OpenSession", rv, ONE_OF(CKR_OK)))
        return;
    while (rv == CKR_OK && !__atomic_load_n(&over, __ATOMIC_SEQ_CST)) {
        rv = sign_with(session, __atomic_load_n(&copy, __ATOMIC_SEQ_CST));
        expect(what, rv, GONE);
        __atomic_add_fetch(rv == CKR_OK ? &right : &refused, 1, __ATOMIC_RELAXED);
    }
    expect("C_CloseSession", p11->C_CloseSession(session), ONE_OF(CKR_OK));
}

static void destroy_while_signing(unsigned number)
{
    if (number > 0) {
        sign_until_gone("signing with a key that is destroyed");
        return;
    }
    rest(5);
    expect("C_DestroyObject", p11->C_DestroyObject(shared.main, copy), ONE_OF(CKR_OK));
    rest(20);
    __atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
}

static void destroyed(void)
{
    CK_ULONG size;

    begin();
    for (unsigned i = 0; i < times(10, 300); i++) {
        over = false;
        copy_need(shared.main, i);
        threads_run(SIGNERS + 1, destroy_while_signing);
        expect("C_GetObjectSize of a destroyed key", p11->C_GetObjectSize(shared.main, copy, &size), ONE_OF(CKR_OBJECT_HANDLE_INVALID));
    }
    end();
}

/** Whether the label and the id that one call read belong together; false also where the object has gone. */
static bool pair_read(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object)
{
    char label[32] = "", wanted[32];
    unsigned number = 0;
    CK_ATTRIBUTE template[] = { { CKA_LABEL, label, sizeof label - 1 }, { CKA_ID, &number, sizeof number } };
    const CK_RV rv = p11->C_GetAttributeValue(session, object, template, 2);

    if (!expect("C_GetAttributeValue", rv, ONE_OF(CKR_OK, CKR_OBJECT_HANDLE_INVALID)) || rv != CKR_OK)
        return false;
    snprintf(wanted, sizeof wanted, "copy %u", number);
    label[template[0].ulValueLen < sizeof label ? template[0].ulValueLen : 0] = '\0';
    if (strcmp(label, wanted) != 0)
        fault("one call read the label \"%s\" and the id of \"%s\"", label, wanted);
    return true;
}

static void churn(void)
{
    CK_OBJECT_HANDLE made;

    for (unsigned i = 0; i < times(100, 5000); i++) {
        const CK_RV rv = copy_make(shared.main, i, &made);

        if (!expect("C_CopyObject", rv, ONE_OF(CKR_OK)))
            break;
        __atomic_store_n(&copy, made, __ATOMIC_SEQ_CST);
        expect("C_DestroyObject", p11->C_DestroyObject(shared.main, made), ONE_OF(CKR_OK));
    }
    __atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
}

static void watch_churn(unsigned number)
{
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE found[32];
    CK_ULONG count;

    if (number == 0) {
        churn();
        return;
    }
    need("C_OpenSession", session_open(&shared, &session), ONE_OF(CKR_OK));
    while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST)) {
        CK_RV rv;

        pair_read(session, __atomic_load_n(&copy, __ATOMIC_SEQ_CST));
        expect("C_FindObjectsInit", p11->C_FindObjectsInit(session, NULL, 0), ONE_OF(CKR_OK));
        expect("C_FindObjects", p11->C_FindObjects(session, found, 32, &count), ONE_OF(CKR_OK));
        expect("C_FindObjectsFinal", p11->C_FindObjectsFinal(session), ONE_OF(CKR_OK));
        rv = sign_with(session, __atomic_load_n(&copy, __ATOMIC_SEQ_CST));
        expect("signing with a key that comes and goes", rv, GONE);
        __atomic_add_fetch(rv == CKR_OK ? &right : &refused, 1, __ATOMIC_RELAXED);
    }
}

static void come_and_go(void)
{
    begin();
    copy_need(shared.main, 0);
    threads_run(4, watch_churn);
    end();
}

static CK_RV pair_write(CK_OBJECT_HANDLE object, unsigned number)
{
    char label[32];
    CK_ATTRIBUTE template[] = { { CKA_LABEL, label, 0 }, { CKA_ID, &number, sizeof number } };

    template[0].ulValueLen = (CK_ULONG)snprintf(label, sizeof label, "copy %u", number);
    return p11->C_SetAttributeValue(shared.main, object, template, 2);
}

static void change_and_read(unsigned number)
{
    CK_SESSION_HANDLE session;

    if (number == 0) {
        for (unsigned i = 1; i < times(200, 5000); i++)
            expect("C_SetAttributeValue", pair_write(copy, i * 37), ONE_OF(CKR_OK));
        __atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
        return;
    }
    need("C_OpenSession", session_open(&shared, &session), ONE_OF(CKR_OK));
    while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST)) {
        __atomic_add_fetch(&right, pair_read(session, copy), __ATOMIC_RELAXED);
        expect("signing with a key that is changed", sign_with(session, copy), ONE_OF(CKR_OK));
    }
}

static void changed(void)
{
    CK_BBOOL no = CK_FALSE;
    CK_ATTRIBUTE unsign[] = { { CKA_SIGN, &no, 1 } };
    CK_RV rv;

    begin();
    copy_need(shared.main, 0);
    rv = pair_write(copy, 1);
    if (rv != CKR_OK)
        not_applicable("C_SetAttributeValue answered %s", rv_name(rv));
    threads_run(4, change_and_read);
    rv = p11->C_SetAttributeValue(shared.main, copy, unsign, 1);
    if (rv == CKR_OK)
        expect("signing once CKA_SIGN is false", sign_with(shared.main, copy), ONE_OF(CKR_KEY_FUNCTION_NOT_PERMITTED));
    end();
}

static CK_SESSION_HANDLE owner;

static void close_while_signing(unsigned number)
{
    if (number > 0) {
        sign_until_gone("signing with another session's object");
        return;
    }
    rest(5);
    expect("C_CloseSession of the owner", p11->C_CloseSession(owner), ONE_OF(CKR_OK));
    rest(20);
    __atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
}

static void owner_closes(void)
{
    CK_ULONG size;

    begin();
    for (unsigned i = 0; i < times(10, 300); i++) {
        over = false;
        need("C_OpenSession", session_open(&shared, &owner), ONE_OF(CKR_OK));
        copy_need(owner, i);
        threads_run(SIGNERS + 1, close_while_signing);
        expect("C_GetObjectSize of a closed session's object", p11->C_GetObjectSize(shared.main, copy, &size),
               ONE_OF(CKR_OBJECT_HANDLE_INVALID));
    }
    end();
}

#define COPY_OR_BLOCK "usage guide: the operation completes, the deletion waits, or CKR_OBJECT_HANDLE_INVALID"

static const struct row rows[] = {
    { 67, SHOULD, "a key is destroyed while eight threads sign with it", COPY_OR_BLOCK, destroyed, SIGNING, 30 },
    { 68, MUST, "keys come and go beside those who look for them", "C_Initialize: safe access; a handle names one object", come_and_go,
      SIGNING, 30 },
    { 69, MUST, "attributes are changed beside those who read them", "C_SetAttributeValue: all of its attributes or none", changed, SIGNING,
      30 },
    { 70, MUST, "the owner of a session object closes its session", "C_CloseSession destroys the session's objects, whoever uses them",
      owner_closes, SIGNING, 30 },
};

const struct group group_objects = { 'E', "Objects that change beside other threads", GROUP(rows) };
