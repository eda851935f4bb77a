#include "module.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attach.h"
#include "meter.h"

#define SLOTS 256

CK_FUNCTION_LIST *p11;
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

static void initialize(void)
{
    CK_C_INITIALIZE_ARGS args = { 0 };

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

static void load(void)
{
    CK_C_GetFunctionList get_function_list;
    void *library = dlopen(asked.module, RTLD_NOW | RTLD_LOCAL);

    if (!library)
        fail("%s", dlerror());
    *(void **)&get_function_list = dlsym(library, "C_GetFunctionList");
    if (!get_function_list)
        fail("%s is no PKCS#11 module.", asked.module);
    interposer_attach(dlsym(library, "C_GetFunctionList"));
    must("C_GetFunctionList", get_function_list(&p11));
}

static bool has_label(CK_SLOT_ID candidate)
{
    CK_TOKEN_INFO info;
    const size_t length = strlen(asked.label);

    if (p11->C_GetTokenInfo(candidate, &info) != CKR_OK || length > sizeof info.label || memcmp(info.label, asked.label, length) != 0)
        return false;
    for (size_t i = length; i < sizeof info.label; i++)
        if (info.label[i] != ' ')
            return false;
    return true;
}

static bool is_free(CK_SLOT_ID candidate)
{
    CK_TOKEN_INFO info;

    return p11->C_GetTokenInfo(candidate, &info) == CKR_OK && (info.flags & CKF_TOKEN_INITIALIZED) == 0;
}

static CK_SLOT_ID slot_find(bool (*wanted)(CK_SLOT_ID), const char *called)
{
    CK_SLOT_ID slots[SLOTS];
    CK_ULONG count = SLOTS;

    must("C_GetSlotList", p11->C_GetSlotList(CK_TRUE, slots, &count));
    for (CK_ULONG i = 0; i < count; i++)
        if (wanted(slots[i]))
            return slots[i];
    fail("no slot has %s.", called);
}

static void pin_read(char *pin, size_t size)
{
    const char *given = getenv("STRONGROOM_PIN");
    FILE *file;

    if (!asked.pin_file) {
        if (!given)
            fail("give the PIN with --pin-file or in STRONGROOM_PIN.");
        snprintf(pin, size, "%s", given);
        return;
    }
    file = fopen(asked.pin_file, "r");
    if (!file || !fgets(pin, (int)size, file))
        fail("%s cannot be read.", asked.pin_file);
    fclose(file);
    pin[strcspn(pin, "\r\n")] = '\0';
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
    pin_read((char *)pin, sizeof pin);
    load();
    initialize();
    must("C_InitToken", p11->C_InitToken(slot_find(is_free, "a token that is still to be initialised"), pin, strlen((char *)pin), label));
    // Initialised, it may be in another slot than before.
    slot = slot_find(has_label, "a token of that label");
    login = session_open();
    must("C_Login", p11->C_Login(login, CKU_SO, pin, strlen((char *)pin)));
    must("C_InitPIN", p11->C_InitPIN(login, pin, strlen((char *)pin)));
    explicit_bzero(pin, sizeof pin);
}

void module_open(void)
{
    char pin[256];

    load();
    initialize();
    slot = slot_find(has_label, "a token of that label");
    login = session_open();
    pin_read(pin, sizeof pin);
    must("C_Login", p11->C_Login(login, CKU_USER, (CK_UTF8CHAR_PTR)pin, strlen(pin)));
    explicit_bzero(pin, sizeof pin);
}

void module_close(void)
{
    must("C_Finalize", p11->C_Finalize(NULL));
}
