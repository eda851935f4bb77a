// How many signatures a second a PKCS#11 module makes with N threads, a session each, and one key. The sequence of calls is that of the
// program of 2008 which started it all: C_Initialize(NULL), a promise to come with one thread, and then all threads at once.

#include <dlfcn.h>
#include <getopt.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pkcs11.h"

#define THREADS_MAX 2048
#define SIGNATURE_MAX 1024
#define STACK_SIZE (128 * 1024)

struct mechanism {
    const char *name;
    CK_MECHANISM_TYPE type;
    CK_ULONG length;
    /** Every right signature is the same. */
    bool deterministic;
};

static const struct mechanism mechanisms[] = {
    { "rsa", CKM_RSA_PKCS, 13, true },
    { "eddsa", CKM_EDDSA, 13, true },
    { "ecdsa", CKM_ECDSA, 32, false },
};

static CK_BYTE text[] = "Hello, World!";
/** The SHA-256 digest of the text. */
static CK_BYTE digest[32] = {
    0xdf, 0xfd, 0x60, 0x21, 0xbb, 0x2b, 0xd5, 0xb0, 0xaf, 0x67, 0x62, 0x90, 0x80, 0x9e, 0xc3, 0xa5,
    0x31, 0x91, 0xdd, 0x81, 0xc7, 0xf7, 0x0a, 0x4b, 0x28, 0x68, 0x8a, 0x36, 0x21, 0x82, 0x98, 0x6f,
};

static struct {
    const char *module, *label, *key, *pin_file, *signatures;
    unsigned long slot, threads, iterations;
    double seconds;
    bool slot_given, os_locking, json;
    const struct mechanism *mechanism;
} options = { .threads = 1, .iterations = 1000, .mechanism = &mechanisms[0] };

struct record {
    uint32_t length;
    CK_BYTE bytes[SIGNATURE_MAX];
};

/** Signatures to be checked by somebody else. */
struct kept {
    CK_BYTE *bytes;
    size_t length, room;
};

struct signer {
    pthread_t thread;
    CK_SESSION_HANDLE session;
    unsigned long made;
    struct record first;
    struct kept kept;
    const char *failed;
    CK_RV rv;
    double ended;
};

static CK_FUNCTION_LIST *p11;
static CK_OBJECT_HANDLE key;
static struct signer signers[THREADS_MAX];
static pthread_barrier_t together;
static int stop;

static _Noreturn __attribute__((format(printf, 1, 2))) void fail(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    fprintf(stderr, "hsm-speed: ");
    vfprintf(stderr, format, values);
    fprintf(stderr, "\n");
    va_end(values);
    exit(1);
}

static void check(const char *function, CK_RV rv)
{
    if (rv != CKR_OK)
        fail("%s answered 0x%lx.", function, rv);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void keep(struct kept *kept, const CK_BYTE *signature, uint32_t length)
{
    const size_t wanted = kept->length + sizeof length + length;

    if (wanted > kept->room) {
        kept->room = 2 * wanted;
        kept->bytes = realloc(kept->bytes, kept->room);
        if (!kept->bytes)
            fail("there is no memory for the signatures.");
    }
    memcpy(kept->bytes + kept->length, &length, sizeof length);
    memcpy(kept->bytes + kept->length + sizeof length, signature, length);
    kept->length = wanted;
}

/** A signature that repeats the thread's first one is checked with it. */
static void note(struct signer *signer, const CK_BYTE *signature, CK_ULONG length)
{
    const bool known = signer->made > 0 && signer->first.length == length && memcmp(signer->first.bytes, signature, length) == 0;

    if (signer->made++ == 0) {
        signer->first.length = (uint32_t)length;
        memcpy(signer->first.bytes, signature, length);
    }
    if (options.signatures && !(known && options.mechanism->deterministic))
        keep(&signer->kept, signature, (uint32_t)length);
}

static bool signed_once(struct signer *signer, CK_BYTE *signature, CK_ULONG *length)
{
    CK_MECHANISM mechanism = { options.mechanism->type, NULL, 0 };
    CK_BYTE *data = options.mechanism->length == sizeof digest ? digest : text;

    signer->failed = "C_SignInit";
    signer->rv = p11->C_SignInit(signer->session, &mechanism, key);
    if (signer->rv != CKR_OK)
        return false;
    signer->failed = "C_Sign";
    signer->rv = p11->C_Sign(signer->session, data, options.mechanism->length, signature, length);
    if (signer->rv != CKR_OK)
        return false;
    signer->failed = NULL;
    return true;
}

static void *sign(void *argument)
{
    struct signer *signer = argument;
    CK_BYTE signature[SIGNATURE_MAX];
    // As in 2008 it is not reset: from the second call on the buffer is just as long as the signature before.
    CK_ULONG length = sizeof signature;

    pthread_barrier_wait(&together);
    while (options.seconds > 0 ? !__atomic_load_n(&stop, __ATOMIC_RELAXED) : signer->made < options.iterations) {
        if (!signed_once(signer, signature, &length))
            break;
        note(signer, signature, length);
    }
    signer->ended = now();
    return NULL;
}

static void pin_read(char *pin, size_t size)
{
    const char *given = getenv("STRONGROOM_PIN");
    FILE *file;

    if (!options.pin_file) {
        if (!given)
            fail("give the PIN with --pin-file or in STRONGROOM_PIN.");
        snprintf(pin, size, "%s", given);
        return;
    }
    file = fopen(options.pin_file, "r");
    if (!file || !fgets(pin, (int)size, file))
        fail("%s cannot be read.", options.pin_file);
    fclose(file);
    pin[strcspn(pin, "\r\n")] = '\0';
}

static void module_load(void)
{
    CK_C_INITIALIZE_ARGS locking = { .flags = CKF_OS_LOCKING_OK };
    CK_C_GetFunctionList get_function_list;
    void *library = dlopen(options.module, RTLD_NOW | RTLD_LOCAL);

    if (!library)
        fail("%s", dlerror());
    *(void **)&get_function_list = dlsym(library, "C_GetFunctionList");
    if (!get_function_list)
        fail("%s is no PKCS#11 module.", options.module);
    check("C_GetFunctionList", get_function_list(&p11));
    check("C_Initialize", p11->C_Initialize(options.os_locking ? &locking : NULL));
}

static bool has_label(CK_SLOT_ID slot)
{
    CK_TOKEN_INFO info;
    const size_t length = strlen(options.label);

    if (p11->C_GetTokenInfo(slot, &info) != CKR_OK || length > sizeof info.label || memcmp(info.label, options.label, length) != 0)
        return false;
    for (size_t i = length; i < sizeof info.label; i++)
        if (info.label[i] != ' ')
            return false;
    return true;
}

static CK_SLOT_ID slot_find(void)
{
    CK_SLOT_ID slots[256];
    CK_ULONG count = sizeof slots / sizeof slots[0];

    if (options.slot_given)
        return options.slot;
    check("C_GetSlotList", p11->C_GetSlotList(CK_TRUE, slots, &count));
    for (CK_ULONG i = 0; i < count; i++)
        if (has_label(slots[i]))
            return slots[i];
    fail("no token is called \"%s\".", options.label);
}

static void key_find(CK_SESSION_HANDLE session)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE template[] = {
        { CKA_LABEL, (void *)(uintptr_t)options.key, strlen(options.key) },
        { CKA_CLASS, &class, sizeof class },
    };
    CK_ULONG found = 0;

    check("C_FindObjectsInit", p11->C_FindObjectsInit(session, template, 2));
    check("C_FindObjects", p11->C_FindObjects(session, &key, 1, &found));
    check("C_FindObjectsFinal", p11->C_FindObjectsFinal(session));
    if (found != 1)
        fail("no private key is called \"%s\".", options.key);
}

static void sessions_open(void)
{
    const CK_SLOT_ID slot = slot_find();
    CK_SLOT_INFO slot_info;
    CK_INFO info;
    char pin[256];

    check("C_GetInfo", p11->C_GetInfo(&info));
    check("C_GetSlotInfo", p11->C_GetSlotInfo(slot, &slot_info));
    for (unsigned long i = 0; i < options.threads; i++)
        check("C_OpenSession", p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &signers[i].session));
    pin_read(pin, sizeof pin);
    check("C_Login", p11->C_Login(signers[0].session, CKU_USER, (CK_UTF8CHAR_PTR)pin, strlen(pin)));
    explicit_bzero(pin, sizeof pin);
    key_find(signers[0].session);
}

/** Seconds from the moment all threads were there to the end of the last. */
static double threads_run(void)
{
    pthread_attr_t small;
    double began, ended;

    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK_SIZE);
    pthread_barrier_init(&together, NULL, (unsigned)options.threads + 1);
    for (unsigned long i = 0; i < options.threads; i++)
        if (pthread_create(&signers[i].thread, &small, sign, &signers[i]) != 0)
            fail("thread %lu cannot be started.", i + 1);
    began = now();
    pthread_barrier_wait(&together);
    if (options.seconds > 0) {
        const struct timespec time = { (time_t)options.seconds, (long)((options.seconds - (double)(time_t)options.seconds) * 1e9) };

        nanosleep(&time, NULL);
        __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    }
    ended = began;
    for (unsigned long i = 0; i < options.threads; i++) {
        pthread_join(signers[i].thread, NULL);
        ended = signers[i].ended > ended ? signers[i].ended : ended;
    }
    return ended - began;
}

static void sessions_close(void)
{
    check("C_Logout", p11->C_Logout(signers[0].session));
    for (unsigned long i = 0; i < options.threads; i++)
        check("C_CloseSession", p11->C_CloseSession(signers[i].session));
    check("C_Finalize", p11->C_Finalize(NULL));
}

/** Each signature as its length, 32 bits in the machine's order, and its bytes. */
static void signatures_write(void)
{
    FILE *file = options.signatures ? fopen(options.signatures, "wb") : NULL;

    if (!options.signatures)
        return;
    if (!file)
        fail("%s cannot be written.", options.signatures);
    for (unsigned long i = 0; i < options.threads; i++)
        if (fwrite(signers[i].kept.bytes, 1, signers[i].kept.length, file) != signers[i].kept.length)
            fail("%s cannot be written.", options.signatures);
    if (fclose(file) != 0)
        fail("%s cannot be written.", options.signatures);
}

/** Where every right signature is the same, two threads with different ones have a wrong one between them. */
static void signatures_compare(void)
{
    const struct record *first = &signers[0].first;

    for (unsigned long i = 0; i < options.threads && options.mechanism->deterministic; i++) {
        const struct signer *each = &signers[i];

        if (each->made > 0 && (each->first.length != first->length || memcmp(each->first.bytes, first->bytes, first->length) != 0))
            fail("thread %lu made another signature than thread 1.", i + 1);
    }
}

static void report(double seconds)
{
    unsigned long made = 0;

    for (unsigned long i = 0; i < options.threads; i++) {
        if (signers[i].failed)
            fail("%s answered 0x%lx in thread %lu after %lu signatures.", signers[i].failed, signers[i].rv, i + 1, signers[i].made);
        made += signers[i].made;
    }
    if (options.json)
        printf("{\"mechanism\":\"%s\",\"threads\":%lu,\"signatures\":%lu,\"seconds\":%.6f,\"rate\":%.1f}\n", options.mechanism->name,
               options.threads, made, seconds, (double)made / seconds);
    else
        printf("%lu threads, %lu signatures, %.3f seconds, %.1f signatures per second.\n", options.threads, made, seconds,
               (double)made / seconds);
}

static unsigned long number(const char *given, unsigned long most, const char *name)
{
    char *end;
    const unsigned long value = strtoul(given, &end, 10);

    if (*given == '\0' || *given == '-' || *end != '\0' || value > most)
        fail("%s must be a number up to %lu.", name, most);
    return value;
}

static void mechanism_choose(const char *name)
{
    for (size_t i = 0; i < sizeof mechanisms / sizeof mechanisms[0]; i++)
        if (strcmp(mechanisms[i].name, name) == 0) {
            options.mechanism = &mechanisms[i];
            return;
        }
    fail("--mechanism is one of rsa, ecdsa, eddsa.");
}

static void option_take(int option, const char *value)
{
    switch (option) {
    case 'm':
        options.module = value;
        break;
    case 's':
        options.slot = number(value, ~0ul, "--slot");
        options.slot_given = true;
        break;
    case 'l':
        options.label = value;
        break;
    case 'p':
        options.pin_file = value;
        break;
    case 'k':
        options.key = value;
        break;
    case 't':
        options.threads = number(value, THREADS_MAX, "--threads");
        break;
    case 'i':
        options.iterations = number(value, ~0ul, "--iterations");
        break;
    case 'S':
        options.seconds = strtod(value, NULL);
        break;
    case 'M':
        mechanism_choose(value);
        break;
    case 'I':
        options.os_locking = strcmp(value, "os") == 0;
        break;
    case 'j':
        options.json = true;
        break;
    case 'o':
        options.signatures = value;
        break;
    default:
        fail("usage: hsm-speed --module PATH (--slot N | --label TOKEN) --key LABEL [--pin-file FILE] [--threads N] [--iterations I | "
             "--seconds S] "
             "[--mechanism rsa|ecdsa|eddsa] [--init null|os] [--signatures FILE] [--json]");
    }
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        { "module", 1, NULL, 'm' },    { "slot", 1, NULL, 's' },    { "label", 1, NULL, 'l' },      { "pin-file", 1, NULL, 'p' },
        { "key", 1, NULL, 'k' },       { "threads", 1, NULL, 't' }, { "iterations", 1, NULL, 'i' }, { "seconds", 1, NULL, 'S' },
        { "mechanism", 1, NULL, 'M' }, { "init", 1, NULL, 'I' },    { "json", 0, NULL, 'j' },       { "signatures", 1, NULL, 'o' },
        { NULL, 0, NULL, 0 },
    };
    double seconds;
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        option_take(option, optarg);
    if (!options.module || !options.key || (!options.slot_given && !options.label) || options.threads == 0)
        option_take('?', NULL);
    module_load();
    sessions_open();
    seconds = threads_run();
    signatures_write();
    report(seconds);
    signatures_compare();
    sessions_close();
    return 0;
}
