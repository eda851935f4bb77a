// What the auditor costs a call that keeps the contract: entered, seated and left, without the call itself. `npm run bench:audit`.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "audit.h"
#include "module.h"
#include "wait.h"

#define CALLS 8000000u
#define ROUNDS 400

struct caller {
    pthread_t thread;
    CK_SESSION_HANDLE session;
    uint32_t lane;
    double nanoseconds;
};

static struct region region;

static void *call_and_call(void *argument)
{
    struct caller *caller = argument;
    const struct hold hold = { .region = &region, .index = caller->lane };
    uint64_t began, took;

    caller->nanoseconds = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        began = clock_nanoseconds();
        for (uint32_t i = 0; i < CALLS / ROUNDS; i++) {
            struct audit audit = { 0 };

            if (audit_enter(&audit, NULL, CALL_C_Sign, caller->session, 0) != CKR_OK)
                abort();
            audit_seat(&audit, &hold);
            audit_leave(&audit, true);
        }
        took = clock_nanoseconds() - began;
        // The best round: the others shared their core with somebody.
        if ((double)took / (CALLS / ROUNDS) < caller->nanoseconds)
            caller->nanoseconds = (double)took / (CALLS / ROUNDS);
    }
    return NULL;
}

static void measure(const char *name, CK_FLAGS flags, unsigned threads)
{
    const CK_C_INITIALIZE_ARGS args = { .flags = flags };
    struct caller callers[2];
    double most = 0;

    module.alone = flags == 0;
    if (!audit_begin(&args))
        abort();
    audit_introduce(&region);
    for (unsigned i = 0; i < threads; i++) {
        callers[i] = (struct caller){ .session = 1000001 + 64 * i, .lane = i };
        watch_open(callers[i].session, 0);
        pthread_create(&callers[i].thread, NULL, call_and_call, &callers[i]);
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(callers[i].thread, NULL);
        most = callers[i].nanoseconds > most ? callers[i].nanoseconds : most;
    }
    printf("%-50s %5.1f ns a call\n", name, most);
    for (unsigned i = 0; i < BREACHES; i++)
        if (region.header.breaches[i] != 0)
            printf("B%u was counted %u times\n", i + 1, region.header.breaches[i]);
}

int main(void)
{
    measure("one thread, where several were promised", CKF_OS_LOCKING_OK, 1);
    measure("one thread, where one was promised", 0, 1);
    measure("two threads, each in its session", CKF_OS_LOCKING_OK, 2);
    return 0;
}
