#include "run.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "asked.h"
#include "module.h"
#include "operations.h"
#include "program.h"

#define STACK_SIZE (256 * 1024)
/** What comes out of any operation, beside its data: an ML-DSA signature is the longest. */
#define OUT_EXTRA 8192
/** Of the time asked for: caches fill, processors wake up. */
#define WARM_UP 0.2

const char *const sharing_names[SHARINGS] = { "own", "one", "pool" };

struct runner {
    pthread_t thread;
    struct place place;
    uint64_t done, refused;
    struct latency latency;
    CK_RV rv;
};

enum phase { WARMING, MEASURING, OVER };

static struct runner *runners;
static pthread_barrier_t together;
static enum phase phase;
/** Sessions that threads hand on to each other, under the application's own lock, as pools do. */
static struct {
    pthread_mutex_t lock;
    CK_SESSION_HANDLE sessions[THREADS_MAX];
    unsigned long left;
} pool = { .lock = PTHREAD_MUTEX_INITIALIZER };

static CK_SESSION_HANDLE pool_take(void)
{
    CK_SESSION_HANDLE session;

    pthread_mutex_lock(&pool.lock);
    session = pool.sessions[--pool.left];
    pthread_mutex_unlock(&pool.lock);
    return session;
}

static void pool_give(CK_SESSION_HANDLE session)
{
    pthread_mutex_lock(&pool.lock);
    // To the bottom, so that every session comes round.
    memmove(pool.sessions + 1, pool.sessions, pool.left * sizeof session);
    pool.sessions[0] = session;
    pool.left++;
    pthread_mutex_unlock(&pool.lock);
}

static CK_RV operate(struct place *place, CK_RV (*run)(const struct operation *operation, struct place *place))
{
    CK_RV rv;

    if (asked.sharing == SHARING_POOL)
        place->session = pool_take();
    rv = run(asked.operation, place);
    if (asked.sharing == SHARING_POOL)
        pool_give(place->session);
    place->turn++;
    return rv;
}

static uint64_t nanoseconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void *runner_run(void *argument)
{
    struct runner *runner = argument;
    uint64_t before, after;
    enum phase then;
    CK_RV cleared;

    pthread_barrier_wait(&together);
    before = nanoseconds();
    while ((then = __atomic_load_n(&phase, __ATOMIC_RELAXED)) != OVER) {
        const CK_RV rv = operate(&runner->place, asked.operation->run);

        after = nanoseconds();
        // One session for all is against the rules: a refusal is an answer there, and counted.
        if (rv != CKR_OK && asked.sharing != SHARING_ONE) {
            runner->rv = rv;
            break;
        }
        if (then == MEASURING) {
            runner->done += rv == CKR_OK;
            runner->refused += rv != CKR_OK;
            latency_note(&runner->latency, after - before);
        }
        before = after;
    }
    // Until the clocks have been read.
    pthread_barrier_wait(&together);
    cleared = operate(&runner->place, place_clear);
    if (runner->rv == CKR_OK && asked.sharing != SHARING_ONE)
        runner->rv = cleared;
    return NULL;
}

/** Seconds of processor time that a process has had; from the kernel's table. */
static double process_time(unsigned long pid)
{
    char path[64], line[1024];
    unsigned long user = 0, system = 0;
    FILE *file;
    char *after;

    snprintf(path, sizeof path, "/proc/%lu/stat", pid);
    file = fopen(path, "r");
    if (!file)
        return 0;
    if (fgets(line, sizeof line, file) && (after = strrchr(line, ')')))
        sscanf(after + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
    fclose(file);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

/** Adds what the clocks show now to the outcome, or subtracts it. */
static void clocks_note(struct outcome *outcome, double sign)
{
    const struct system_locks system_locks = module_system_locks();
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    outcome->user += sign * ((double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6);
    outcome->system += sign * ((double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6);
    if (asked.beside)
        outcome->beside += sign * process_time(asked.beside);
    outcome->seconds += sign * now();
    outcome->locks += sign > 0 ? module_locks() : -module_locks();
    outcome->system_locks.own += sign > 0 ? system_locks.own : -system_locks.own;
    outcome->system_locks.others += sign > 0 ? system_locks.others : -system_locks.others;
}

static void places_make(void)
{
    const CK_SESSION_HANDLE shared = module_session();
    const struct pair key = asked.operation->key == KINDS ? (struct pair){ 0 } : key_have(shared, asked.operation->key);
    const CK_ULONG size = asked.operation->size > asked.size ? asked.operation->size : asked.size;

    runners = calloc(asked.threads, sizeof *runners);
    for (unsigned long i = 0; runners && i < asked.threads; i++) {
        struct place *place = &runners[i].place;

        place->number = (unsigned)i;
        place->key = key;
        place->out_size = size + OUT_EXTRA;
        place->data = calloc(1, size + 1);
        place->out = malloc(place->out_size);
        if (!place->data || !place->out)
            fail("there is no memory for %lu threads.", asked.threads);
        place->session = asked.sharing == SHARING_ONE ? shared : session_open();
        if (asked.sharing == SHARING_POOL)
            pool.sessions[pool.left++] = place->session;
    }
}

static void threads_start(void)
{
    pthread_attr_t small;

    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK_SIZE);
    pthread_barrier_init(&together, NULL, (unsigned)asked.threads + 1);
    for (unsigned long i = 0; i < asked.threads; i++)
        if (pthread_create(&runners[i].thread, &small, runner_run, &runners[i]) != 0)
            fail("thread %lu cannot be started.", i + 1);
    pthread_barrier_wait(&together);
}

static void threads_sum(struct outcome *outcome)
{
    uint64_t least = UINT64_MAX, most = 0;

    for (unsigned long i = 0; i < asked.threads; i++) {
        const struct runner *runner = &runners[i];
        const uint64_t count = runner->done + runner->refused;

        if (runner->rv != CKR_OK)
            fail("%s answered 0x%lx in thread %lu.", runner->place.failed, runner->rv, i + 1);
        outcome->done += runner->done;
        outcome->refused += runner->refused;
        latency_add(&outcome->latency, &runner->latency);
        least = count < least ? count : least;
        most = count > most ? count : most;
    }
    outcome->fairness = most > 0 ? (double)least / (double)most : 0;
}

/** Everything that takes its time is done: starting, logging in, opening sessions. */
static void others_await(void)
{
    printf("ready\n");
    fflush(stdout);
    if (getchar() == EOF)
        fail("standard input ended before it said to begin.");
}

struct outcome threads_run(void)
{
    static struct outcome outcome;

    places_make();
    if (asked.together)
        others_await();
    threads_start();
    pause_for(WARM_UP * asked.seconds);
    clocks_note(&outcome, -1);
    outcome.began = now();
    __atomic_store_n(&phase, MEASURING, __ATOMIC_RELAXED);
    pause_for(asked.seconds);
    __atomic_store_n(&phase, OVER, __ATOMIC_RELAXED);
    clocks_note(&outcome, 1);
    pthread_barrier_wait(&together);
    for (unsigned long i = 0; i < asked.threads; i++)
        pthread_join(runners[i].thread, NULL);
    threads_sum(&outcome);
    return outcome;
}
