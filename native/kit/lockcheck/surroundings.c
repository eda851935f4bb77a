// The state that a process shares with all of its libraries.

#include <fenv.h>
#include <float.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "kit.h"
#include "observe.h"

#define SIGNALS 65

struct surroundings {
    sigset_t mask;
    struct sigaction actions[SIGNALS];
    mode_t umask;
    char locale[256], folder[4096];
    int rounding, exceptions;
    bool denormals;
    size_t variables;
    struct itimerval alarm;
};

extern char **environ;

static bool denormals(void)
{
    volatile double least = DBL_MIN;

    return least / 2 != 0;
}

static size_t variables(void)
{
    size_t bytes = 0;

    for (char **each = environ; each && *each; each++)
        bytes += strlen(*each) + 1;
    return bytes;
}

struct surroundings *surroundings_take(void)
{
    struct surroundings *now = calloc(1, sizeof *now);

    pthread_sigmask(SIG_SETMASK, NULL, &now->mask);
    for (int i = 1; i < SIGNALS; i++)
        sigaction(i, NULL, &now->actions[i]);
    now->umask = umask(0);
    umask(now->umask);
    strncpy(now->locale, setlocale(LC_ALL, NULL), sizeof now->locale - 1);
    if (!getcwd(now->folder, sizeof now->folder))
        now->folder[0] = '\0';
    now->rounding = fegetround();
    now->exceptions = fegetexcept();
    now->denormals = denormals();
    now->variables = variables();
    getitimer(ITIMER_REAL, &now->alarm);
    return now;
}

static bool mask_same(const sigset_t *one, const sigset_t *other)
{
    for (int i = 1; i < SIGNALS; i++)
        if (sigismember(one, i) != sigismember(other, i))
            return false;
    return true;
}

static bool action_same(const struct sigaction *one, const struct sigaction *other)
{
    return one->sa_handler == other->sa_handler && one->sa_flags == other->sa_flags && mask_same(&one->sa_mask, &other->sa_mask);
}

static void signals_compare(const struct surroundings *before, const struct surroundings *now, const char *when)
{
    for (int i = 1; i < SIGNALS; i++) {
        if (sigismember(&before->mask, i) != sigismember(&now->mask, i))
            fault("%s signal %d is %s", when, i, sigismember(&now->mask, i) == 1 ? "blocked" : "unblocked");
        if (!action_same(&before->actions[i], &now->actions[i]))
            fault("%s SIG%s has another action", when, sigabbrev_np(i) ? sigabbrev_np(i) : "RT");
    }
    if (before->alarm.it_value.tv_sec != now->alarm.it_value.tv_sec)
        fault("%s an alarm is set", when);
}

void surroundings_compare(const struct surroundings *before, const char *when)
{
    struct surroundings *now = surroundings_take();

    signals_compare(before, now, when);
    if (before->umask != now->umask)
        fault("%s the umask is %03o, before %03o", when, now->umask, before->umask);
    if (strcmp(before->locale, now->locale) != 0)
        fault("%s the locale is %s, before %s", when, now->locale, before->locale);
    if (strcmp(before->folder, now->folder) != 0)
        fault("%s the working folder is another", when);
    if (before->variables != now->variables)
        fault("%s the environment is another", when);
    if (before->rounding != now->rounding || before->exceptions != now->exceptions || before->denormals != now->denormals)
        fault("%s floating point works otherwise", when);
    free(now);
}
