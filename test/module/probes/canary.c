// Calls that never overlap: two threads by turns in one session, ordered by a mutex or only by the clock; or each in its own. To be
// built with -fsanitize=thread, or run by Helgrind: the checker is to see what the library cannot.
#include <pthread.h>
#include <unistd.h>

#include "probe.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static CK_SESSION_HANDLE sessions[2];
static int ordered;

static void *use(void *session)
{
    CK_BYTE byte;

    if (ordered)
        pthread_mutex_lock(&mutex);
    must("C_GenerateRandom", p11->C_GenerateRandom(*(CK_SESSION_HANDLE *)session, &byte, 1));
    if (ordered)
        pthread_mutex_unlock(&mutex);
    return NULL;
}

/** The second thread begins long after the first has made its call; what says so is no order that a program may count on. */
static void *use_later(void *session)
{
    usleep(300000);
    return use(session);
}

/** argv[2]: "ordered", "own" or "unordered"; argv[3], if any: one thread was promised. */
int main(int argc, char **argv)
{
    CK_C_INITIALIZE_ARGS args = { .flags = argc > 3 ? 0 : CKF_OS_LOCKING_OK };
    pthread_t threads[2];
    CK_SLOT_ID slot;

    load(argv[1]);
    must("C_Initialize", p11->C_Initialize(&args));
    slot = find_slot();
    sessions[0] = open_session(slot);
    sessions[1] = open_session(slot);
    ordered = strcmp(argv[2], "ordered") == 0;
    pthread_create(&threads[0], NULL, use, &sessions[0]);
    pthread_create(&threads[1], NULL, use_later, &sessions[strcmp(argv[2], "own") == 0]);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    say("C_Finalize", p11->C_Finalize(NULL));
    return 0;
}
