// handover MODULE ROUNDS THREADS: threads with a session each make session objects and hand them on: the next one reads and finds each and changes
// it, the one after that sees the change and destroys it, and the last sees that it is gone. Whatever is not so at once is a failure.
#include <pthread.h>
#include <stdint.h>

#include "probe.h"

#define THREADS_MOST 16
#define STAGES 4
#define VALUE_MOST 5000
#define NAME_MOST 40

struct message {
    struct message *next;
    unsigned stage;
    CK_OBJECT_HANDLE object;
    CK_ULONG size;
    char id[NAME_MOST];
};

static struct place {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    struct message *first, **end;
    CK_SESSION_HANDLE session;
} places[THREADS_MOST];

static unsigned rounds, threads;

static void hand_to(unsigned number, struct message *message)
{
    struct place *place = &places[number % threads];

    message->next = NULL;
    pthread_mutex_lock(&place->lock);
    *place->end = message;
    place->end = &message->next;
    pthread_cond_signal(&place->filled);
    pthread_mutex_unlock(&place->lock);
}

static struct message *take(struct place *place)
{
    pthread_mutex_lock(&place->lock);
    while (place->first == NULL)
        pthread_cond_wait(&place->filled, &place->lock);
    struct message *message = place->first;

    place->first = message->next;
    if (place->first == NULL)
        place->end = &place->first;
    pthread_mutex_unlock(&place->lock);
    return message;
}

static void fail(const char *what, const struct message *message, CK_RV rv)
{
    fprintf(stderr, "%s of %s, stage %u: 0x%lx\n", what, message->id, message->stage, rv);
    exit(1);
}

static void make(CK_SESSION_HANDLE session, unsigned thread, unsigned round, struct message *message)
{
    static CK_BYTE value[VALUE_MOST];
    CK_OBJECT_CLASS class = CKO_DATA;
    CK_BBOOL private = round % 2;

    message->stage = 1;
    message->size = (thread * 31 + round * 997) % VALUE_MOST;
    snprintf(message->id, sizeof message->id, "%u of %u", round, thread);
    CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof class },
                                { CKA_PRIVATE, &private, sizeof private },
                                { CKA_LABEL, message->id, strlen(message->id) },
                                { CKA_VALUE, value, message->size } };
    const CK_RV rv = p11->C_CreateObject(session, template, COUNT(template), &message->object);

    if (rv != CKR_OK)
        fail("C_CreateObject", message, rv);
}

static CK_ULONG found(CK_SESSION_HANDLE session, const struct message *message, CK_OBJECT_HANDLE *object)
{
    CK_ATTRIBUTE template[] = { { CKA_LABEL, (void *)message->id, strlen(message->id) } };
    CK_OBJECT_HANDLE some[2] = { 0, 0 };
    CK_ULONG count = 0;

    must("C_FindObjectsInit", p11->C_FindObjectsInit(session, template, 1));
    must("C_FindObjects", p11->C_FindObjects(session, some, 2, &count));
    must("C_FindObjectsFinal", p11->C_FindObjectsFinal(session));
    *object = some[0];
    return count;
}

static void expect_there(CK_SESSION_HANDLE session, const struct message *message)
{
    char name[NAME_MOST];
    CK_ATTRIBUTE read[] = { { CKA_LABEL, name, sizeof name }, { CKA_VALUE, NULL, 0 } };
    CK_OBJECT_HANDLE object;
    const CK_RV rv = p11->C_GetAttributeValue(session, message->object, read, 2);

    if (rv != CKR_OK)
        fail("C_GetAttributeValue", message, rv);
    if (read[1].ulValueLen != message->size || read[0].ulValueLen != strlen(message->id) || memcmp(name, message->id, strlen(message->id)) != 0)
        fail("what was read", message, read[0].ulValueLen);
    if (found(session, message, &object) != 1 || object != message->object)
        fail("what was found", message, object);
}

static void serve(CK_SESSION_HANDLE session, struct message *message)
{
    CK_ATTRIBUTE change = { CKA_LABEL, message->id, 0 };
    CK_OBJECT_HANDLE object;
    CK_ULONG size;
    CK_RV rv = CKR_OK;

    if (message->stage == 1) {
        expect_there(session, message);
        strcat(message->id, " changed");
        change.ulValueLen = strlen(message->id);
        rv = p11->C_SetAttributeValue(session, message->object, &change, 1);
    } else if (message->stage == 2) {
        expect_there(session, message);
        rv = p11->C_DestroyObject(session, message->object);
    } else {
        const CK_RV gone = p11->C_GetObjectSize(session, message->object, &size);

        rv = gone == CKR_OBJECT_HANDLE_INVALID && found(session, message, &object) == 0 ? CKR_OK : CKR_GENERAL_ERROR;
    }
    if (rv != CKR_OK)
        fail("the act", message, rv);
}

static void *work(void *argument)
{
    const unsigned number = (unsigned)(uintptr_t)argument;
    struct place *place = &places[number];

    for (unsigned round = 0; round < rounds; round++) {
        struct message *made = malloc(sizeof *made);

        make(place->session, number, round, made);
        hand_to(number + 1, made);
        for (unsigned stage = 1; stage < STAGES; stage++) {
            struct message *message = take(place);

            serve(place->session, message);
            if (++message->stage == STAGES)
                free(message);
            else
                hand_to(number + 1, message);
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
    pthread_t ids[THREADS_MOST];

    if (argc < 4)
        return 2;
    rounds = (unsigned)atoi(argv[2]);
    threads = (unsigned)atoi(argv[3]);
    load(argv[1]);
    must("C_Initialize", p11->C_Initialize(&args));
    for (unsigned i = 0; i < threads; i++) {
        places[i] = (struct place){ .session = open_session(find_slot()) };
        places[i].end = &places[i].first;
        pthread_mutex_init(&places[i].lock, NULL);
        pthread_cond_init(&places[i].filled, NULL);
    }
    log_in(places[0].session);
    for (uintptr_t i = 0; i < threads; i++)
        pthread_create(&ids[i], NULL, work, (void *)i);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    say("handover", CKR_OK);
    must("C_Finalize", p11->C_Finalize(NULL));
    return 0;
}
