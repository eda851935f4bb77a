#include "runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "verdict.h"

#define DEADLINE 20
#define TEXT_MAX 4096

struct inside {
    pid_t pid;
    int pidfd, lines;
    bool hung;
    int status;
};

/** What a case's lines add up to. */
struct outcome {
    char unfinished[2048];
    size_t length;
    char faults[TEXT_MAX], not_applicable[TEXT_MAX], undefined[TEXT_MAX], told[TEXT_MAX], no_token[TEXT_MAX], reference[TEXT_MAX];
    bool done;
};

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static _Noreturn void inside_start(const struct runner *runner, const char *number, int lines, bool interposed)
{
    const struct rlimit none = { 0, 0 };
    const int nowhere = open("/dev/null", O_RDWR);
    char **argv = calloc((size_t)runner->argc + 3, sizeof *argv);

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &none);
    dup2(nowhere, 0);
    dup2(nowhere, 1);
    if (!runner->verbose)
        dup2(nowhere, 2);
    dup2(lines, VERDICT_FD);
    // What the runner was given by whoever started it is not the module's.
    close_range(VERDICT_FD + 1, ~0u, 0);
    if (interposed)
        setenv("LD_PRELOAD", runner->interposer, 1);
    memcpy(argv, runner->argv, (size_t)runner->argc * sizeof *argv);
    argv[runner->argc] = (char *)(uintptr_t) "--inside";
    argv[runner->argc + 1] = (char *)(uintptr_t)number;
    execv("/proc/self/exe", argv);
    _exit(127);
}

static struct inside inside_run(const struct runner *runner, const char *number, bool interposed)
{
    struct inside inside = { 0 };
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        abort();
    // So that no end lies where the case expects its own.
    ends[0] = fcntl(ends[0], F_DUPFD_CLOEXEC, 10);
    ends[1] = fcntl(ends[1], F_DUPFD_CLOEXEC, 10);
    inside.pid = fork();
    if (inside.pid == 0)
        inside_start(runner, number, ends[1], interposed);
    setpgid(inside.pid, inside.pid);
    close(ends[1]);
    inside.lines = ends[0];
    fcntl(inside.lines, F_SETFL, O_NONBLOCK);
    inside.pidfd = (int)syscall(SYS_pidfd_open, inside.pid, 0);
    return inside;
}

static void text_add(char *text, const char *line)
{
    const size_t length = strlen(text);

    // What many children or threads say alike is said once.
    if (!strstr(text, line))
        snprintf(text + length, TEXT_MAX - length, "%s%s", length == 0 ? "" : "; ", line);
}

static void line_take(struct outcome *outcome, const char *line)
{
    switch ((enum verdict_line)line[0]) {
    case LINE_FAULT:
        text_add(outcome->faults, line + 1);
        break;
    case LINE_NOT_APPLICABLE:
        text_add(outcome->not_applicable, line + 1);
        break;
    case LINE_UNDEFINED:
        text_add(outcome->undefined, line + 1);
        break;
    case LINE_TOLD:
        text_add(outcome->told, line + 1);
        break;
    case LINE_NO_TOKEN:
        text_add(outcome->no_token, line + 1);
        break;
    case LINE_REFERENCE:
        text_add(outcome->reference, line + 1);
        break;
    case LINE_DONE:
        outcome->done = true;
        break;
    }
}

static void lines_read(struct outcome *outcome, int fd)
{
    for (;;) {
        char *end;
        const ssize_t got = read(fd, outcome->unfinished + outcome->length, sizeof outcome->unfinished - 1 - outcome->length);

        if (got <= 0)
            return;
        outcome->length += (size_t)got;
        outcome->unfinished[outcome->length] = '\0';
        while ((end = strchr(outcome->unfinished, '\n'))) {
            *end = '\0';
            line_take(outcome, outcome->unfinished);
            outcome->length -= (size_t)(end + 1 - outcome->unfinished);
            memmove(outcome->unfinished, end + 1, outcome->length + 1);
        }
        if (outcome->length == sizeof outcome->unfinished - 1)
            outcome->length = 0;
    }
}

/** Until the case's process ends; one that outlives its deadline is killed, with whatever it started. */
static void inside_wait(struct inside *inside, struct outcome *outcome, unsigned deadline)
{
    const double end = now() + deadline;
    struct pollfd ready[] = { { inside->pidfd, POLLIN, 0 }, { inside->lines, POLLIN, 0 } };
    bool ended = false;

    while (!ended && !inside->hung) {
        const double left = end - now();

        poll(ready, 2, left > 0 ? (int)(left * 1000) + 1 : 0);
        lines_read(outcome, inside->lines);
        ended = (ready[0].revents & POLLIN) != 0;
        inside->hung = !ended && now() >= end;
        if ((ready[1].revents & POLLHUP) != 0)
            ready[1].fd = -1;
    }
    kill(-inside->pid, SIGKILL);
    waitpid(inside->pid, &inside->status, 0);
    lines_read(outcome, inside->lines);
    close(inside->lines);
    close(inside->pidfd);
}

static void end_judge(const struct inside *inside, struct outcome *outcome, unsigned deadline)
{
    char text[120];

    if (inside->hung)
        snprintf(text, sizeof text, "hung: not done after %u seconds", deadline);
    else if (WIFSIGNALED(inside->status))
        snprintf(text, sizeof text, "crashed with SIG%s", sigabbrev_np(WTERMSIG(inside->status)));
    else if (!outcome->done || WEXITSTATUS(inside->status) != 0)
        snprintf(text, sizeof text, "the process ended by itself, with code %d", WEXITSTATUS(inside->status));
    else
        return;
    text_add(outcome->faults, text);
}

static void json_text(const char *name, const char *text)
{
    printf(",\"%s\":\"", name);
    for (const char *at = text; *at; at++) {
        if (*at == '"' || *at == '\\')
            putchar('\\');
        putchar((unsigned char)*at < ' ' ? ' ' : *at);
    }
    putchar('"');
}

static void row_print(const struct row *row)
{
    const struct group *group = groups[0];

    for (size_t i = 0; row < group->rows || row >= group->rows + group->count; i++)
        group = groups[i];
    printf("{\"case\":%d,\"class\":\"%c\",\"group\":\"%c\"", row->number, row->class, group->letter);
    json_text("groupTitle", group->title);
    json_text("title", row->title);
    json_text("clause", row->clause);
}

void runner_list(const struct row *row)
{
    row_print(row);
    printf("}\n");
}

static const char *verdict(const struct outcome *outcome)
{
    if (*outcome->faults)
        return "FAIL";
    if (*outcome->not_applicable)
        return "N/A";
    return *outcome->undefined ? "UNDEFINED-BUT-SAFE" : "PASS";
}

/** What decided the verdict first, and then the rest. */
static void observation_print(const struct outcome *outcome)
{
    static char text[4 * TEXT_MAX + 16];
    const char *parts[] = { outcome->faults, outcome->not_applicable, outcome->undefined, outcome->told };
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (*parts[i])
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", length == 0 ? "" : ". ", parts[i]);
    json_text("observation", text);
}

bool runner_run(const struct runner *runner, const struct row *row)
{
    const unsigned deadline = (row->deadline ? row->deadline : DEADLINE) * runner->patience;
    const double began = now();
    static struct outcome outcome;
    struct inside inside;
    char number[16];

    snprintf(number, sizeof number, "%d", row->number);
    outcome = (struct outcome){ 0 };
    inside = inside_run(runner, number, (row->flags & INTERPOSED) != 0);
    inside_wait(&inside, &outcome, deadline);
    end_judge(&inside, &outcome, deadline);
    row_print(row);
    json_text("verdict", verdict(&outcome));
    observation_print(&outcome);
    printf(",\"milliseconds\":%.0f}\n", (now() - began) * 1000);
    fflush(stdout);
    return !*outcome.faults;
}

void runner_prepare(const struct runner *runner)
{
    static struct outcome outcome;
    struct inside inside = inside_run(runner, "0", false);

    inside_wait(&inside, &outcome, DEADLINE * runner->patience);
    end_judge(&inside, &outcome, DEADLINE * runner->patience);
    if (*outcome.faults)
        setenv("LOCKCHECK_NO_TOKEN", outcome.faults, 1);
    else if (*outcome.no_token)
        setenv("LOCKCHECK_NO_TOKEN", outcome.no_token, 1);
    setenv("LOCKCHECK_REFERENCE", outcome.reference, 1);
    printf("{\"prepared\":%s", *outcome.faults || *outcome.no_token ? "false" : "true");
    json_text("reason", *outcome.faults ? outcome.faults : outcome.no_token);
    json_text("told", outcome.told);
    printf("}\n");
    fflush(stdout);
}
