// The speed meter: one operation of any PKCS#11 module, done by so many threads for so long, as one line of JSON.
// `strongroom speed` runs it, module by module and by turns, and shows what came out.

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "attach.h"
#include "module.h"
#include "operations.h"
#include "program.h"
#include "run.h"

struct asked asked = { .threads = 1, .seconds = 1, .form = FORM_OS, .objects = 100 };

/** For each operation that was done. */
static double each(unsigned long count, const struct outcome *outcome)
{
    return outcome->done > 0 ? (double)count / (double)outcome->done : 0;
}

static void report(const struct outcome *outcome)
{
    const double done = (double)outcome->done;

    printf("{\"operation\":\"%s\",\"threads\":%lu,\"init\":\"%s\",\"sessions\":\"%s\",\"done\":%lu,\"refused\":%lu,\"began\":%.6f,"
           "\"seconds\":%.6f,"
           "\"rate\":%.1f,\"p50\":%.2f,\"p99\":%.2f,\"p999\":%.2f,\"longest\":%.2f,\"fairness\":%.4f,\"user\":%.3f,\"system\":%.3f,"
           "\"beside\":%.3f,\"locks\":%.3f",
           asked.operation->name, asked.threads, form_names[asked.form], sharing_names[asked.sharing], outcome->done, outcome->refused,
           outcome->began, outcome->seconds, done / outcome->seconds, latency_within(&outcome->latency, 0.5),
           latency_within(&outcome->latency, 0.99), latency_within(&outcome->latency, 0.999), (double)outcome->latency.longest / 1000,
           outcome->fairness, outcome->user, outcome->system, outcome->beside, each(outcome->locks, outcome));
    // Zero would be a claim where nobody counts.
    if (interposer_find())
        printf(",\"ownLocks\":%.3f,\"otherLocks\":%.3f", each(outcome->system_locks.own, outcome),
               each(outcome->system_locks.others, outcome));
    printf("}\n");
}

static void measure(void)
{
    struct outcome outcome;

    if (asked.operation->among)
        objects_have(module_session());
    outcome = threads_run();
    report(&outcome);
}

/** What can be measured, for the program that runs this one. */
static void list(void)
{
    for (size_t i = 0; i < operations_count; i++)
        printf("%s\t%s\n", operations[i].name, operations[i].calls);
}

/** The place of a name among others. */
static int choose(const char *given, const char *const *names, int count, const char *option)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], given) == 0)
            return i;
    fail("%s cannot be \"%s\".", option, given);
}

static void operation_choose(const char *name)
{
    for (size_t i = 0; i < operations_count; i++)
        if (strcmp(operations[i].name, name) == 0)
            asked.operation = &operations[i];
    if (!asked.operation)
        fail("there is no operation \"%s\"; --list shows them.", name);
}

static _Noreturn void usage(void)
{
    fail("usage: speed --module PATH --label TOKEN --operation NAME [--pin-file FILE] [--threads N] [--seconds S] [--size BYTES] "
         "[--objects N] [--init null|zero|os|app|app-os] [--sessions own|one|pool] [--session-keys] [--beside PID] [--together] | "
         "--prepare | --clean | "
         "--list");
}

static void option_take(int option, const char *value)
{
    switch (option) {
    case 'm':
        asked.module = value;
        break;
    case 'l':
        asked.label = value;
        break;
    case 'p':
        asked.pin_file = value;
        break;
    case 'o':
        operation_choose(value);
        break;
    case 't':
        asked.threads = number(value, THREADS_MAX, "--threads");
        break;
    case 'S':
        asked.seconds = strtod(value, NULL);
        break;
    case 'z':
        asked.size = number(value, 1ul << 24, "--size");
        break;
    case 'n':
        asked.objects = number(value, 10000000, "--objects");
        break;
    case 'I':
        asked.form = (enum form)choose(value, form_names, FORMS, "--init");
        break;
    case 'x':
        asked.sharing = (enum sharing)choose(value, sharing_names, SHARINGS, "--sessions");
        break;
    case 'k':
        asked.session_keys = true;
        break;
    case 'b':
        asked.beside = number(value, 1ul << 30, "--beside");
        break;
    case 'T':
        asked.together = true;
        break;
    case 'c':
        asked.clean = true;
        break;
    case 'P':
        asked.prepare = true;
        break;
    case 'L':
        list();
        exit(0);
    default:
        usage();
    }
}

int main(int argc, char **argv)
{
    static const struct option known[] = {
        { "module", 1, NULL, 'm' },  { "label", 1, NULL, 'l' },    { "pin-file", 1, NULL, 'p' }, { "operation", 1, NULL, 'o' },
        { "threads", 1, NULL, 't' }, { "seconds", 1, NULL, 'S' },  { "size", 1, NULL, 'z' },     { "objects", 1, NULL, 'n' },
        { "init", 1, NULL, 'I' },    { "sessions", 1, NULL, 'x' }, { "beside", 1, NULL, 'b' },   { "session-keys", 0, NULL, 'k' },
        { "prepare", 0, NULL, 'P' }, { "clean", 0, NULL, 'c' },    { "together", 0, NULL, 'T' }, { "list", 0, NULL, 'L' },
        { NULL, 0, NULL, 0 },
    };
    int option;

    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        option_take(option, optarg);
    if (!asked.module || !asked.label || (!asked.operation && !asked.clean && !asked.prepare) || asked.threads == 0 ||
        !(asked.seconds > 0) || asked.objects == 0)
        usage();
    if (asked.prepare)
        token_make();
    else
        module_open();
    if (asked.clean)
        objects_clean(module_session());
    else if (asked.operation)
        measure();
    module_close();
    return 0;
}
