// contention MODULE LABEL [TIMES]: threads change one key, read it and sign with it, until it is gone; with a number this process destroys it once each
// of its threads has come so many times. Prints what was met, as JSON.
#include <pthread.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

#include "probe.h"

#define CHANGERS 4
#define SIGNERS 2
#define THREADS (CHANGERS + SIGNERS + 1)
#define MARK 16

static CK_SLOT_ID slot;
static CK_OBJECT_HANDLE key;
static CK_BYTE text[] = "contended", reference[512];
static CK_ULONG reference_length = sizeof reference;

static struct {
    unsigned long done, wrong;
    /** The answer that ended it. */
    CK_RV last;
} met[THREADS];

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE *signature, CK_ULONG *length)
{
    CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };
    const CK_RV rv = p11->C_SignInit(session, &mechanism, key);

    return rv == CKR_OK ? p11->C_Sign(session, text, sizeof text, signature, length) : rv;
}

static CK_RV sign_once(CK_SESSION_HANDLE session, unsigned long *wrong)
{
    CK_BYTE signature[512];
    CK_ULONG length = sizeof signature;
    const CK_RV rv = sign(session, signature, &length);

    *wrong += rv == CKR_OK && (length != reference_length || memcmp(signature, reference, length) != 0);
    return rv;
}

/** Both attributes get the same value in one call: whoever reads two values has seen half a change. */
static CK_RV change_once(CK_SESSION_HANDLE session, unsigned long *wrong)
{
    char mark[MARK + 1];
    CK_ATTRIBUTE both[] = { { CKA_ID, mark, MARK }, { CKA_SUBJECT, mark, MARK } };

    (void)wrong;
    snprintf(mark, sizeof mark, "%016lx", (unsigned long)(now() * 1e6) ^ session << 40);
    return p11->C_SetAttributeValue(session, key, both, 2);
}

static CK_RV read_once(CK_SESSION_HANDLE session, unsigned long *wrong)
{
    char id[MARK] = "", subject[MARK] = "";
    CK_ATTRIBUTE both[] = { { CKA_ID, id, MARK }, { CKA_SUBJECT, subject, MARK } };
    const CK_RV rv = p11->C_GetAttributeValue(session, key, both, 2);

    *wrong += rv == CKR_OK && (both[0].ulValueLen != both[1].ulValueLen || memcmp(id, subject, MARK) != 0);
    return rv;
}

static void *work(void *argument)
{
    const unsigned number = (unsigned)(uintptr_t)argument;
    CK_RV(*const once)
    (CK_SESSION_HANDLE, unsigned long *) = number < CHANGERS ? change_once : number < CHANGERS + SIGNERS ? sign_once : read_once;
    const CK_SESSION_HANDLE session = open_session(slot);

    for (;;) {
        const CK_RV rv = once(session, &met[number].wrong);

        met[number].last = rv;
        if (rv != CKR_OK)
            return NULL;
        __atomic_add_fetch(&met[number].done, 1, __ATOMIC_RELAXED);
    }
}

static void find_key(CK_SESSION_HANDLE session, char *label)
{
    CK_OBJECT_CLASS private = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE template[] = { { CKA_LABEL, label, strlen(label) }, { CKA_CLASS, &private, sizeof private } };
    CK_ULONG found = 0;

    must("C_FindObjectsInit", p11->C_FindObjectsInit(session, template, COUNT(template)));
    must("C_FindObjects", p11->C_FindObjects(session, &key, 1, &found));
    must("C_FindObjectsFinal", p11->C_FindObjectsFinal(session));
    must("finding the key", found == 1 ? CKR_OK : CKR_KEY_HANDLE_INVALID);
}

static void wait_until_each_has(unsigned long times)
{
    for (unsigned i = 0; i < THREADS; i++)
        while (__atomic_load_n(&met[i].done, __ATOMIC_RELAXED) < times)
            usleep(1000);
}

int main(int argc, char **argv)
{
    CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
    CK_SESSION_HANDLE session;
    pthread_t threads[THREADS];

    load(argv[1]);
    must("C_Initialize", p11->C_Initialize(&args));
    slot = find_slot();
    session = open_session(slot);
    log_in(session);
    find_key(session, argv[2]);
    must("C_Sign", sign(session, reference, &reference_length));
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)i);
    wait_until_each_has(1);
    fprintf(stderr, "ready\n");
    if (argc > 3) {
        wait_until_each_has((unsigned long)atoi(argv[3]));
        must("C_DestroyObject", p11->C_DestroyObject(session, key));
    }
    printf("[");
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        printf("%s{\"role\":\"%s\",\"done\":%lu,\"wrong\":%lu,\"last\":%lu}", i > 0 ? "," : "",
               i < CHANGERS             ? "change"
               : i < CHANGERS + SIGNERS ? "sign"
                                        : "read",
               met[i].done, met[i].wrong, met[i].last);
    }
    printf("]\n");
    must("C_Finalize", p11->C_Finalize(NULL));
    return 0;
}
