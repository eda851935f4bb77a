// Group E: logging in and out, and the last session's end, beside other threads.

#include "groups.h"
#include "kit.h"
#include "work.h"

static struct work shared;

static unsigned racing_rounds(void)
{
    return times(30, 1000);
}

static CK_SESSION_HANDLE racing;

/** Even threads close the only session, odd ones open another. */
static void close_or_open(unsigned number)
{
    if (number == 0)
        expect("C_CloseSession of the last session", p11->C_CloseSession(shared.main), ONE_OF(CKR_OK));
    else
        expect("C_OpenSession beside it", p11->C_OpenSession(shared.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &racing),
               ONE_OF(CKR_OK));
}

static void last_session(void)
{
    unsigned logged_in = 0;

    initialize_or_skip(FORM_OS);
    for (unsigned i = 0; i < racing_rounds() / 3; i++) {
        CK_SESSION_INFO info;
        CK_OBJECT_HANDLE key;
        bool found;

        work_begin(&shared);
        threads_run(2, close_or_open);
        if (!expect("C_GetSessionInfo of the new session", p11->C_GetSessionInfo(racing, &info), ONE_OF(CKR_OK)))
            break;
        found = key_find(racing, CKO_PRIVATE_KEY, &key);
        if (info.state != CKS_RW_PUBLIC_SESSION && info.state != CKS_RW_USER_FUNCTIONS)
            fault("the new session is in state %lu", info.state);
        if (found != (info.state == CKS_RW_USER_FUNCTIONS))
            fault("in state %lu the private key is %s", info.state, found ? "found" : "not found");
        logged_in += found;
        expect("C_CloseSession", p11->C_CloseSession(racing), ONE_OF(CKR_OK));
    }
    tell("the login outlived the close %u times", logged_in);
    finalize();
}

static unsigned winners;

static void log_in(unsigned number)
{
    CK_RV rv;

    (void)number;
    rv = token_login(shared.main);
    expect("C_Login", rv, ONE_OF(CKR_OK, CKR_USER_ALREADY_LOGGED_IN));
    __atomic_add_fetch(&winners, rv == CKR_OK, __ATOMIC_RELAXED);
}

static void one_login(void)
{
    initialize_or_skip(FORM_OS);
    work_begin(&shared);
    for (unsigned i = 0; i < times(5, 200); i++) {
        need("C_Logout", p11->C_Logout(shared.main), ONE_OF(CKR_OK));
        winners = 0;
        threads_run(16, log_in);
        if (winners != 1)
            fault("%u of 16 C_Login answered CKR_OK", winners);
    }
    work_end(&shared);
    finalize();
}

static bool over;
static unsigned right, refused;

static void sign_or_be_refused(unsigned number)
{
    const struct codes refusals =
        ONE_OF(CKR_USER_NOT_LOGGED_IN, CKR_KEY_HANDLE_INVALID, CKR_OBJECT_HANDLE_INVALID, CKR_OPERATION_NOT_INITIALIZED, CKR_OK);
    CK_SESSION_HANDLE session;

    if (number == 0) {
        for (unsigned i = 0; i < times(6, 200); i++) {
            rest(10);
            expect("C_Logout", p11->C_Logout(shared.main), ONE_OF(CKR_OK));
            expect("C_Login", token_login(shared.main), ONE_OF(CKR_OK));
        }
        __atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
        return;
    }
    need("C_OpenSession", session_open(&shared, &session), ONE_OF(CKR_OK));
    while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST)) {
        CK_OBJECT_HANDLE key;
        CK_RV rv;

        if (!key_find(session, CKO_PRIVATE_KEY, &key)) {
            rest(1);
            continue;
        }
        rv = sign_with(session, key);
        expect("signing beside C_Logout and C_Login", rv, refusals);
        __atomic_add_fetch(rv == CKR_OK ? &right : &refused, 1, __ATOMIC_RELAXED);
    }
}

static void logins_and_signers(void)
{
    CK_ULONG size;

    initialize_or_skip(FORM_OS);
    work_begin(&shared);
    threads_run(5, sign_or_be_refused);
    if (p11->C_GetObjectSize(shared.main, shared.private, &size) == CKR_OK)
        fault("the private key's handle from before C_Logout is valid again");
    tell("%u right signatures, %u refused", right, refused);
    work_end(&shared);
    finalize();
}

static const struct row rows[] = {
    { 64, MUST, "the last session is closed while another is opened", "C_CloseSession: the last one's end logs out; a new session is valid",
      last_session, SIGNING, 30 },
    { 65, MUST, "sixteen threads log in at once", "C_Login: one logs in, CKR_USER_ALREADY_LOGGED_IN for the others", one_login, SIGNING,
      30 },
    { 66, MUST, "logging out and in beside signers", "C_Logout: handles of private objects become invalid for good", logins_and_signers,
      SIGNING, 30 },
};

const struct group group_logins = { 'E', "Logging in and out beside other threads", GROUP(rows) };
