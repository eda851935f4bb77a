// What the probes share: each loads the module named on its command line, calls it as no well-behaved application would, and
// prints a line for every call it judges: the call's name and its return value.
#ifndef PROBE_H
#define PROBE_H

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pkcs11.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static CK_FUNCTION_LIST *p11;
/** After load_3_2. */
static CK_FUNCTION_LIST_3_2 *p32;

static inline void say(const char *name, CK_RV rv)
{
    printf("%s\t%lu\n", name, rv);
    fflush(stdout);
}

/** Ends the probe where what it stands on does not hold. */
static inline void must(const char *name, CK_RV rv)
{
    if (rv == CKR_OK)
        return;
    fprintf(stderr, "%s: 0x%lx\n", name, rv);
    exit(1);
}

static inline void load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    CK_RV (*list)(CK_FUNCTION_LIST **) = NULL;

    if (library)
        *(void **)&list = dlsym(library, "C_GetFunctionList");
    if (!list) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    must("C_GetFunctionList", list(&p11));
}

static inline void load_3_2(const char *path)
{
    CK_INTERFACE *interface;
    CK_VERSION version = { 3, 2 };
    CK_RV (*get)(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS) = NULL;

    load(path);
    *(void **)&get = dlsym(dlopen(path, RTLD_NOW | RTLD_LOCAL), "C_GetInterface");
    must("C_GetInterface", get((CK_UTF8CHAR *)"PKCS 11", &version, &interface, 0));
    p32 = interface->pFunctionList;
}

/** The first slot whose token is initialised. */
static inline CK_SLOT_ID find_slot(void)
{
    CK_SLOT_ID slots[64];
    CK_ULONG count = COUNT(slots);
    CK_TOKEN_INFO info;

    must("C_GetSlotList", p11->C_GetSlotList(CK_TRUE, slots, &count));
    for (CK_ULONG i = 0; i < count; i++)
        if (p11->C_GetTokenInfo(slots[i], &info) == CKR_OK && (info.flags & CKF_TOKEN_INITIALIZED))
            return slots[i];
    fprintf(stderr, "no token is initialised\n");
    exit(1);
}

static inline CK_SESSION_HANDLE open_session(CK_SLOT_ID slot)
{
    CK_SESSION_HANDLE session;

    must("C_OpenSession", p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session));
    return session;
}

/** The PIN comes by the environment, as a test's secrets do. */
static inline void log_in(CK_SESSION_HANDLE session)
{
    char *pin = getenv("PROBE_PIN");

    must("C_Login", p11->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin)));
}

/** True if SHA-256 of nothing is what FIPS 180 says: the module works, whatever was done to it. */
static inline CK_RV works(CK_SESSION_HANDLE session)
{
    CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
    CK_BYTE digest[32];
    CK_ULONG length = sizeof digest;
    const CK_BYTE first[4] = { 0xe3, 0xb0, 0xc4, 0x42 };
    CK_RV rv = p11->C_DigestInit(session, &sha256);

    if (rv == CKR_OK)
        rv = p11->C_Digest(session, (CK_BYTE *)"", 0, digest, &length);
    if (rv == CKR_OK && (length != sizeof digest || memcmp(digest, first, sizeof first) != 0))
        rv = CKR_GENERAL_ERROR;
    return rv;
}

#endif
