// How many signatures a second a PKCS#11 module makes with N threads, a session each, and one key. The sequence of calls is that of the
// program of 2008 which started it all: C_Initialize(NULL), a promise to come with one thread, and then all threads at once.

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "signatures.h"
#include "signing.h"
#include "token.h"

static const struct mechanism mechanisms[] = {
    { "rsa", CKM_RSA_PKCS, 13, true },
    { "eddsa", CKM_EDDSA, 13, true },
    { "ecdsa", CKM_ECDSA, 32, false },
};

struct options options = { .threads = 1, .iterations = 1000, .mechanism = &mechanisms[0] };

CK_OBJECT_HANDLE key;

static void key_find(CK_SESSION_HANDLE session)
{
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE template[] = {
        { CKA_LABEL, (void *)(uintptr_t)options.key, strlen(options.key) },
        { CKA_CLASS, &class, sizeof class },
    };
    CK_ULONG found = 0;

    must("C_FindObjectsInit", p11->C_FindObjectsInit(session, template, 2));
    must("C_FindObjects", p11->C_FindObjects(session, &key, 1, &found));
    must("C_FindObjectsFinal", p11->C_FindObjectsFinal(session));
    if (found != 1)
        fail("no private key is called \"%s\".", options.key);
}

static void sessions_open(void)
{
    const CK_SLOT_ID slot = options.slot_given ? options.slot : slot_labelled(options.label);
    CK_SLOT_INFO slot_info;
    CK_INFO info;
    char pin[256];

    must("C_GetInfo", p11->C_GetInfo(&info));
    must("C_GetSlotInfo", p11->C_GetSlotInfo(slot, &slot_info));
    for (unsigned long i = 0; i < options.threads; i++)
        must("C_OpenSession", p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &signers[i].session));
    pin_read(options.pin_file, pin, sizeof pin);
    must("C_Login", p11->C_Login(signers[0].session, CKU_USER, (CK_UTF8CHAR_PTR)pin, strlen(pin)));
    explicit_bzero(pin, sizeof pin);
    key_find(signers[0].session);
}

static void sessions_close(void)
{
    must("C_Logout", p11->C_Logout(signers[0].session));
    for (unsigned long i = 0; i < options.threads; i++)
        must("C_CloseSession", p11->C_CloseSession(signers[i].session));
    must("C_Finalize", p11->C_Finalize(NULL));
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
    CK_C_INITIALIZE_ARGS locking = { .flags = CKF_OS_LOCKING_OK };
    double seconds;
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        option_take(option, optarg);
    if (!options.module || !options.key || (!options.slot_given && !options.label) || options.threads == 0)
        option_take('?', NULL);
    module_load(options.module);
    must("C_Initialize", p11->C_Initialize(options.os_locking ? &locking : NULL));
    sessions_open();
    seconds = threads_run();
    signatures_write();
    report(seconds);
    signatures_compare();
    sessions_close();
    return 0;
}
