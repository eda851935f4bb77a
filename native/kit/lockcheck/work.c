#include "work.h"

#include <stddef.h>

#include "kit.h"

bool is_broken(CK_RV rv)
{
    return is_one_of(rv, ONE_OF(CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED, CKR_HOST_MEMORY, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_CANT_LOCK,
                                CKR_MUTEX_BAD, CKR_MUTEX_NOT_LOCKED, CKR_ARGUMENTS_BAD, CKR_SESSION_HANDLE_INVALID,
                                CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_NEED_TO_CREATE_THREADS, CKR_OPERATION_ACTIVE));
}

CK_RV session_open(const struct work *work, CK_SESSION_HANDLE *session)
{
    const CK_FLAGS writes = work->signing ? CKF_RW_SESSION : 0;

    return p11->C_OpenSession(work->slot, CKF_SERIAL_SESSION | writes, NULL, NULL, session);
}

/** The main session, the login, the keys; not CKR_OK where one of them fails. */
static CK_RV main_open(struct work *work)
{
    CK_RV rv = session_open(work, &work->main);

    if (rv == CKR_OK && work->signing)
        rv = token_login(work->main);
    if (rv == CKR_OK && work->signing &&
        (!key_find(work->main, CKO_PRIVATE_KEY, &work->private) || !key_find(work->main, CKO_PUBLIC_KEY, &work->public)))
        rv = CKR_KEY_HANDLE_INVALID;
    return rv;
}

void work_begin(struct work *work)
{
    CK_RV rv;

    *work = (struct work){ 0 };
    work->slot_there = slot_find(&work->slot);
    work->signing = work->slot_there && !kit.no_token;
    if (!work->slot_there && !kit.no_token)
        give_up("the token is not found any more");
    if (!work->slot_there)
        return;
    rv = main_open(work);
    if (rv != CKR_OK && (work->signing || is_broken(rv)))
        give_up("opening a session, C_Login and finding the key: %s", rv_name(rv));
    work->slot_there = rv == CKR_OK;
}

void work_end(struct work *work)
{
    if (work->signing)
        expect("C_Logout", p11->C_Logout(work->main), ONE_OF(CKR_OK));
    if (work->slot_there)
        expect("C_CloseSession", p11->C_CloseSession(work->main), ONE_OF(CKR_OK));
}

bool step_possible(const struct work *work, const struct step *step)
{
    if (step->need == NEEDS_KEY)
        return work->signing;
    return step->need == NEEDS_NOTHING || work->slot_there;
}

CK_RV step_arm(struct work *work, const struct step *step)
{
    CK_RV rv = CKR_OK;

    work->session = work->extra = work->object = CK_INVALID_HANDLE;
    if (step->need >= NEEDS_SESSION)
        rv = session_open(work, &work->session);
    return rv == CKR_OK && step->arm ? step->arm(work) : rv;
}

static bool main_mend(struct work *work)
{
    CK_SESSION_INFO info;

    if (p11->C_GetSessionInfo(work->main, &info) != CKR_OK)
        return main_open(work) == CKR_OK;
    if (!work->signing || info.state == CKS_RW_USER_FUNCTIONS)
        return true;
    return token_login(work->main) == CKR_OK && key_find(work->main, CKO_PRIVATE_KEY, &work->private);
}

bool step_end(struct work *work)
{
    if (work->extra != CK_INVALID_HANDLE)
        p11->C_CloseSession(work->extra);
    if (work->session != CK_INVALID_HANDLE)
        p11->C_CloseSession(work->session);
    return !work->slot_there || main_mend(work);
}

/** Whether the step was done. */
static bool step_do(struct work *work, const struct step *step)
{
    CK_RV rv = step_arm(work, step);

    if (is_broken(rv))
        fault("what comes before %s answered %s", step->name, rv_name(rv));
    if (rv != CKR_OK)
        return false;
    rv = step->call(work);
    if (is_broken(rv))
        fault("%s answered %s", step->name, rv_name(rv));
    return rv == CKR_OK;
}

unsigned workload_each(void (*after)(const char *))
{
    struct work work;
    unsigned performed = 0;

    work_begin(&work);
    if (after)
        after("C_Login");
    for (const struct step *step = steps; step < steps + steps_count; step++) {
        if (!step_possible(&work, step))
            continue;
        performed += step_do(&work, step);
        if (after)
            after(step->name);
        if (!step_end(&work))
            give_up("after %s no session with a login can be had", step->name);
    }
    work_end(&work);
    return performed;
}

unsigned workload(void)
{
    return workload_each(NULL);
}

CK_RV sign_with(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
    CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };
    CK_BYTE signature[SIGNATURE_MAX];
    CK_ULONG length = sizeof signature;
    CK_RV rv = p11->C_SignInit(session, &mechanism, key);

    if (rv != CKR_OK)
        return rv;
    rv = p11->C_Sign(session, text, TEXT_LENGTH, signature, &length);
    if (rv == CKR_OK && !signature_right(signature, length))
        fault("C_Sign answered CKR_OK with a wrong signature");
    return rv;
}

void works(const char *when)
{
    struct work work;
    CK_INFO info;
    CK_RV rv = p11->C_GetInfo(&info);

    if (rv != CKR_OK) {
        fault("%s: C_GetInfo answered %s", when, rv_name(rv));
        return;
    }
    work_begin(&work);
    if (work.signing) {
        rv = sign_with(work.main, work.private);
        if (rv != CKR_OK)
            fault("%s: signing answered %s", when, rv_name(rv));
    }
    work_end(&work);
}
