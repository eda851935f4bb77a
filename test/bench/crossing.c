// The least that a token in another process can cost: threads of one process hand their calls to the workers of another, which compute for
// as long as they are told and answer. Shared memory and futexes, and nothing else: no PKCS#11, no session, no key, no JavaScript.
// Every thread is kept on the core of its worker: no scheduler places them better. Prints calls a second of all threads together.
//   crossing THREADS WORKERS MICROSECONDS SECONDS
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST 64
/** No wait is longer: whoever misses the end notices it. */
#define SLICE 100000000

enum { ANSWERED, POSTED, SLEEPING };

struct worker {
    _Alignas(64) uint64_t pending;
    _Alignas(64) uint32_t asleep;
};

struct caller {
    _Alignas(64) uint32_t state;
    _Alignas(64) uint64_t calls;
};

struct shared {
    struct worker workers[MOST];
    struct caller callers[MOST];
    uint32_t ended;
};

static struct shared *shared;
static long callers, workers, rounds_per_call;

static double clock_of(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/** Mixes a number: nothing that a compiler can leave out, and no memory. */
static uint64_t compute(long rounds)
{
    uint64_t number = 1;

    for (long i = 0; i < rounds; i++) {
        number = number * 6364136223846793005u + 1442695040888963407u;
        __asm__ volatile("" : "+r"(number));
    }
    return number;
}

/** The fastest of several, in processor time: who else runs does not count. */
static double seconds_of(long rounds)
{
    double least = 1e9;

    for (int again = 0; again < 20; again++) {
        const double began = clock_of(CLOCK_THREAD_CPUTIME_ID);
        double took;

        compute(rounds);
        took = clock_of(CLOCK_THREAD_CPUTIME_ID) - began;
        least = took < least ? took : least;
    }
    return least;
}

static bool ended(void)
{
    return __atomic_load_n(&shared->ended, __ATOMIC_RELAXED) != 0;
}

static void word_wait(uint32_t *word, uint32_t expected)
{
    const struct timespec slice = { 0, SLICE };

    syscall(SYS_futex, word, FUTEX_WAIT, expected, &slice, NULL, 0);
}

static void word_wake(uint32_t *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void stay(long core)
{
    cpu_set_t cores;

    CPU_ZERO(&cores);
    CPU_SET((size_t)core, &cores);
    sched_setaffinity(0, sizeof cores, &cores);
}

static void answer(struct caller *caller)
{
    if (__atomic_exchange_n(&caller->state, ANSWERED, __ATOMIC_ACQ_REL) == SLEEPING)
        word_wake(&caller->state);
}

static void *serve(void *place)
{
    struct worker *worker = &shared->workers[(long)place];

    stay((long)place);
    while (!ended()) {
        uint64_t pending = __atomic_exchange_n(&worker->pending, 0, __ATOMIC_SEQ_CST);

        if (pending == 0) {
            // Said before looking once more, as the engine's workers do.
            __atomic_store_n(&worker->asleep, 1, __ATOMIC_SEQ_CST);
            if (__atomic_load_n(&worker->pending, __ATOMIC_SEQ_CST) == 0)
                word_wait(&worker->asleep, 1);
            __atomic_store_n(&worker->asleep, 0, __ATOMIC_SEQ_CST);
        }
        for (; pending != 0; pending &= pending - 1) {
            compute(rounds_per_call);
            answer(&shared->callers[__builtin_ctzll(pending)]);
        }
    }
    return NULL;
}

static void *call(void *place)
{
    struct caller *caller = &shared->callers[(long)place];
    struct worker *worker = &shared->workers[(long)place % workers];

    stay((long)place % workers);
    while (!ended()) {
        uint32_t posted = POSTED;

        __atomic_store_n(&caller->state, POSTED, __ATOMIC_RELEASE);
        __atomic_fetch_or(&worker->pending, 1ull << (long)place, __ATOMIC_SEQ_CST);
        if (__atomic_load_n(&worker->asleep, __ATOMIC_SEQ_CST) == 1 && __atomic_exchange_n(&worker->asleep, 0, __ATOMIC_SEQ_CST) == 1)
            word_wake(&worker->asleep);
        __atomic_compare_exchange_n(&caller->state, &posted, SLEEPING, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
        while (__atomic_load_n(&caller->state, __ATOMIC_ACQUIRE) == SLEEPING && !ended())
            word_wait(&caller->state, SLEEPING);
        __atomic_fetch_add(&caller->calls, 1, __ATOMIC_RELAXED);
    }
    return NULL;
}

/** A process of so many threads; it ends with this one. */
static pid_t process(void *(*run)(void *), long threads)
{
    const pid_t child = fork();
    pthread_t each[MOST];

    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (long i = 0; i < threads; i++)
        if (pthread_create(&each[i], NULL, run, (void *)i) != 0)
            _exit(1);
    for (long i = 0; i < threads; i++)
        pthread_join(each[i], NULL);
    _exit(0);
}

static uint64_t calls(void)
{
    uint64_t sum = 0;

    for (long i = 0; i < callers; i++)
        sum += __atomic_load_n(&shared->callers[i].calls, __ATOMIC_RELAXED);
    return sum;
}

static void pause_for(double seconds)
{
    const struct timespec time = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };

    nanosleep(&time, NULL);
}

static double rate_over(double seconds)
{
    const double began = clock_of(CLOCK_MONOTONIC);
    const uint64_t before = calls();

    pause_for(seconds);
    return (double)(calls() - before) / (clock_of(CLOCK_MONOTONIC) - began);
}

int main(int count, char **arguments)
{
    const double seconds = count == 5 ? atof(arguments[4]) : 0;
    pid_t served, called;

    callers = count == 5 ? atol(arguments[1]) : 0;
    workers = count == 5 ? atol(arguments[2]) : 0;
    if (callers < 1 || callers > MOST || workers < 1 || workers > MOST || seconds <= 0) {
        fprintf(stderr, "usage: crossing THREADS WORKERS MICROSECONDS SECONDS\n");
        return 2;
    }
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return 1;
    rounds_per_call = (long)(atof(arguments[3]) * 1e-6 * 1e6 / seconds_of(1000000));
    served = process(serve, workers);
    called = process(call, callers);
    pause_for(seconds / 5);
    printf("%.1f\n", rate_over(seconds));
    __atomic_store_n(&shared->ended, 1, __ATOMIC_RELAXED);
    return waitpid(served, NULL, 0) < 0 || waitpid(called, NULL, 0) < 0;
}
