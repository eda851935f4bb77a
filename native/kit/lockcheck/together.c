// Time, threads that start together, and children with a deadline.

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kit.h"

#define THREADS_MAX 2048
#define STACK_SIZE (256 * 1024)

unsigned times(unsigned few, unsigned many)
{
    return kit.full ? many : few;
}

double seconds(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void rest(unsigned milliseconds)
{
    struct timespec time = { milliseconds / 1000, (long)(milliseconds % 1000) * 1000000 };

    while (nanosleep(&time, &time) != 0 && errno == EINTR)
        continue;
}

struct start {
    unsigned number;
    void (*run)(unsigned);
    pthread_barrier_t *together;
};

static void *thread_start(void *argument)
{
    const struct start *start = argument;

    pthread_barrier_wait(start->together);
    start->run(start->number);
    return NULL;
}

void threads_run(unsigned count, void (*run)(unsigned))
{
    static pthread_t threads[THREADS_MAX];
    static struct start starts[THREADS_MAX];
    pthread_barrier_t together;
    pthread_attr_t small;

    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK_SIZE);
    pthread_barrier_init(&together, NULL, count);
    for (unsigned i = 0; i < count; i++) {
        starts[i] = (struct start){ i, run, &together };
        if (pthread_create(&threads[i], &small, thread_start, &starts[i]) != 0)
            not_applicable("this machine does not start %u threads", count);
    }
    for (unsigned i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&together);
    pthread_attr_destroy(&small);
}

int child_run(unsigned limit_seconds, void (*run)(void))
{
    const double end = seconds() + limit_seconds;
    const pid_t child = fork();
    int status;

    if (child == 0) {
        run();
        _exit(0);
    }
    if (child < 0)
        give_up("fork failed");
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (seconds() > end) {
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            return -1;
        }
        rest(2);
    }
    return status;
}

const char *child_fault(int status)
{
    static _Thread_local char text[80];

    if (status == -1)
        return "hung";
    if (WIFSIGNALED(status)) {
        snprintf(text, sizeof text, "crashed with SIG%s", sigabbrev_np(WTERMSIG(status)));
        return text;
    }
    if (WEXITSTATUS(status) == 0)
        return NULL;
    snprintf(text, sizeof text, "ended with code %d", WEXITSTATUS(status));
    return text;
}
