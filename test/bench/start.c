// What an application waits for and pays when it loads a PKCS#11 module: C_Initialize, C_Login and a first signature in milliseconds, and the
// memory that the module takes of it, in KiB: before it is loaded, after C_Initialize, after eight threads have signed. Told as JSON.
//   start MODULE            C_Initialize alone
//   start MODULE LABEL PIN  everything
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pkcs11.h"

#define THREADS 8
#define SIGNATURES 200

static CK_FUNCTION_LIST_PTR module;
static CK_SLOT_ID slot;
static CK_OBJECT_HANDLE key;
// The threads are there from the beginning: what they take by themselves is not the module's.
static pthread_barrier_t parked, done;

static double milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void need(CK_RV rv, const char *what)
{
    if (rv == CKR_OK)
        return;
    fprintf(stderr, "%s: 0x%lx\n", what, rv);
    exit(1);
}

/** Of this process, in KiB; `name` as in smaps_rollup. */
static long memory(const char *name)
{
    FILE *file = fopen("/proc/self/smaps_rollup", "r");
    char line[128];
    long found = -1;

    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            found = strtol(line + strlen(name), NULL, 10);
    if (file)
        fclose(file);
    return found;
}

static double sign(CK_SESSION_HANDLE session)
{
    CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };
    CK_BYTE digest[32] = { 1 }, signature[64];
    CK_ULONG length = sizeof signature;
    const double began = milliseconds();

    need(module->C_SignInit(session, &mechanism, key), "C_SignInit");
    need(module->C_Sign(session, digest, sizeof digest, signature, &length), "C_Sign");
    return milliseconds() - began;
}

static CK_SESSION_HANDLE session_open(void)
{
    CK_SESSION_HANDLE session;

    need(module->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session), "C_OpenSession");
    return session;
}

static void *sign_often(void *argument)
{
    CK_SESSION_HANDLE session;

    pthread_barrier_wait(&parked);
    session = session_open();
    for (int i = 0; i < SIGNATURES; i++)
        sign(session);
    pthread_barrier_wait(&done);
    return argument;
}

static void slot_find(const char *label)
{
    CK_SLOT_ID slots[64];
    CK_ULONG count = 64;
    CK_TOKEN_INFO info;

    need(module->C_GetSlotList(CK_TRUE, slots, &count), "C_GetSlotList");
    for (CK_ULONG i = 0; i < count; i++) {
        slot = slots[i];
        need(module->C_GetTokenInfo(slot, &info), "C_GetTokenInfo");
        if (memcmp(info.label, label, strlen(label)) == 0)
            return;
    }
    need(CKR_TOKEN_NOT_PRESENT, label);
}

static void key_generate(CK_SESSION_HANDLE session)
{
    static CK_BYTE p256[] = { 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07 };
    CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
    CK_ATTRIBUTE public_key = { CKA_EC_PARAMS, p256, sizeof p256 };
    CK_OBJECT_HANDLE other;

    need(module->C_GenerateKeyPair(session, &mechanism, &public_key, 1, NULL, 0, &other, &key), "C_GenerateKeyPair");
}

static void measure_all(const char *label, char *pin)
{
    CK_SESSION_HANDLE session;
    double began, opened, login;

    began = milliseconds();
    slot_find(label);
    session = session_open();
    opened = milliseconds() - began;
    began = milliseconds();
    need(module->C_Login(session, CKU_USER, (CK_UTF8CHAR_PTR)pin, strlen(pin)), "C_Login");
    login = milliseconds() - began;
    key_generate(session);
    printf(", \"opened\": %.3f, \"login\": %.3f, \"signature\": %.3f", opened, login, sign(session));
    pthread_barrier_wait(&parked);
    pthread_barrier_wait(&done);
    printf(", \"rssThreads\": %ld, \"pssThreads\": %ld", memory("Rss:"), memory("Pss:"));
}

int main(int count, char **arguments)
{
    CK_C_INITIALIZE_ARGS locking = { .flags = CKF_OS_LOCKING_OK };
    CK_RV (*function_list)(CK_FUNCTION_LIST_PTR_PTR);
    pthread_t threads[THREADS];
    long rss, pss;
    double began, took;
    void *library;

    pthread_barrier_init(&parked, NULL, THREADS + 1);
    pthread_barrier_init(&done, NULL, THREADS + 1);
    for (int i = 0; count == 4 && i < THREADS; i++)
        pthread_create(&threads[i], NULL, sign_often, NULL);
    printf("{");
    memory("Rss:");
    rss = memory("Rss:");
    pss = memory("Pss:");
    library = count > 1 ? dlopen(arguments[1], RTLD_NOW) : NULL;
    *(void **)&function_list = library ? dlsym(library, "C_GetFunctionList") : NULL;
    if (!function_list || function_list(&module) != CKR_OK)
        return 2;
    began = milliseconds();
    need(module->C_Initialize(&locking), "C_Initialize");
    took = milliseconds() - began;
    printf("\"initialize\": %.3f, \"rss\": %ld, \"pss\": %ld, \"rssInitialized\": %ld, \"pssInitialized\": %ld", took, rss, pss,
           memory("Rss:"), memory("Pss:"));
    if (count == 4)
        measure_all(arguments[2], arguments[3]);
    need(module->C_Finalize(NULL), "C_Finalize");
    printf("}\n");
    return 0;
}
