#include "module.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "attach.h"
#include "program.h"

static CK_SLOT_ID slot;
static CK_SESSION_HANDLE login;
static unsigned long locks;

const char *const form_names[FORMS] = { "null", "zero", "os", "app", "app-os" };

static CK_RV mutex_create(void **mutex)
{
    pthread_mutex_t *made = malloc(sizeof *made);

    if (!made)
        return CKR_HOST_MEMORY;
    pthread_mutex_init(made, NULL);
    *mutex = made;
    return CKR_OK;
}

static CK_RV mutex_destroy(void *mutex)
{
    pthread_mutex_destroy(mutex);
    free(mutex);
    return CKR_OK;
}

static CK_RV mutex_lock(void *mutex)
{
    __atomic_fetch_add(&locks, 1, __ATOMIC_RELAXED);
    return pthread_mutex_lock(mutex) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

static CK_RV mutex_unlock(void *mutex)
{
    return pthread_mutex_unlock(mutex) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

unsigned long module_locks(void)
{
    return __atomic_load_n(&locks, __ATOMIC_RELAXED);
}

struct system_locks module_system_locks(void)
{
    const struct interposer *interposer = interposer_find();
    struct system_locks sum = { 0, 0 };

    for (enum call call = CALL_MUTEX; interposer && call <= CALL_FUTEX; call++) {
        sum.own += __atomic_load_n(&interposer->own[call], __ATOMIC_RELAXED);
        sum.others += __atomic_load_n(&interposer->others[call], __ATOMIC_RELAXED);
    }
    return sum;
}

static void load(void)
{
    CK_C_INITIALIZE_ARGS args = { 0 };

    interposer_attach(module_load(asked.module));
    if (asked.form == FORM_OS || asked.form == FORM_APP_OS)
        args.flags = CKF_OS_LOCKING_OK;
    if (asked.form == FORM_APP || asked.form == FORM_APP_OS) {
        args.CreateMutex = mutex_create;
        args.DestroyMutex = mutex_destroy;
        args.LockMutex = mutex_lock;
        args.UnlockMutex = mutex_unlock;
    }
    must("C_Initialize", p11->C_Initialize(asked.form == FORM_NULL ? NULL : &args));
}

CK_SESSION_HANDLE session_open(void)
{
    CK_SESSION_HANDLE session;

    must("C_OpenSession", p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session));
    return session;
}

CK_SESSION_HANDLE module_session(void)
{
    return login;
}

void token_make(void)
{
    CK_UTF8CHAR label[32], pin[256];

    memset(label, ' ', sizeof label);
    memcpy(label, asked.label, strlen(asked.label) < sizeof label ? strlen(asked.label) : sizeof label);
    pin_read(asked.pin_file, (char *)pin, sizeof pin);
    load();
    must("C_InitToken", p11->C_InitToken(slot_free(), pin, strlen((char *)pin), label));
    // Initialised, it may be in another slot than before.
    slot = slot_labelled(asked.label);
    login = session_open();
    must("C_Login", p11->C_Login(login, CKU_SO, pin, strlen((char *)pin)));
    must("C_InitPIN", p11->C_InitPIN(login, pin, strlen((char *)pin)));
    explicit_bzero(pin, sizeof pin);
}

void module_open(void)
{
    char pin[256];

    load();
    slot = slot_labelled(asked.label);
    login = session_open();
    pin_read(asked.pin_file, pin, sizeof pin);
    must("C_Login", p11->C_Login(login, CKU_USER, (CK_UTF8CHAR_PTR)pin, strlen(pin)));
    explicit_bzero(pin, sizeof pin);
}

void module_close(void)
{
    must("C_Finalize", p11->C_Finalize(NULL));
}
