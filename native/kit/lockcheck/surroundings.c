// The state that a process shares with all of its libraries.

#include <fenv.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
};

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
    return now;
}

void surroundings_compare(const struct surroundings *before, const char *when)
{
    struct surroundings *now = surroundings_take();

    for (int i = 1; i < SIGNALS; i++) {
        if (sigismember(&before->mask, i) != sigismember(&now->mask, i))
            fault("%s signal %d is %s", when, i, sigismember(&now->mask, i) == 1 ? "blocked" : "unblocked");
        if (before->actions[i].sa_handler != now->actions[i].sa_handler || before->actions[i].sa_flags != now->actions[i].sa_flags)
            fault("%s SIG%s has another action", when, sigabbrev_np(i) ? sigabbrev_np(i) : "RT");
    }
    if (before->umask != now->umask)
        fault("%s the umask is %03o, before %03o", when, now->umask, before->umask);
    if (strcmp(before->locale, now->locale) != 0)
        fault("%s the locale is %s, before %s", when, now->locale, before->locale);
    if (strcmp(before->folder, now->folder) != 0)
        fault("%s the working folder is another", when);
    if (before->rounding != now->rounding || before->exceptions != now->exceptions)
        fault("%s floating point works otherwise", when);
    free(now);
}
