// lockcheck: whether a PKCS#11 module keeps the standard's promises about locking, threads and fork. 88 cases, each in a process of its
// own; `strongroom lockcheck` shows what this prints.

#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit.h"
#include "runner.h"
#include "token.h"

#define USAGE                                                                                                                              \
    "usage: lockcheck --module PATH [--token-label LABEL | --make-token] [--store FOLDER] [--system-locks] [--full] [--patience N] "       \
    "[--verbose] [--list] "                                                                                                                \
    "[CASE | GROUP]...\n"                                                                                                                  \
    "The token's PINs are read from LOCKCHECK_PIN and LOCKCHECK_SO_PIN.\n"

static struct {
    int inside;
    bool list;
    struct runner runner;
} options = { .inside = -1, .runner = { .patience = 1 } };

static _Noreturn void usage(void)
{
    fputs(USAGE, stderr);
    exit(2);
}

static bool option_take(int option)
{
    switch (option) {
    case 'm':
        kit.module = optarg;
        return true;
    case 't':
        kit.label = optarg;
        return true;
    case 'S':
        kit.store = optarg;
        return true;
    case 'M':
        return kit.make_token = true;
    case 's':
        return kit.system_locks = true;
    case 'f':
        return kit.full = true;
    case 'p':
        options.runner.patience = (unsigned)atoi(optarg);
        return options.runner.patience > 0;
    case 'v':
        return options.runner.verbose = true;
    case 'l':
        return options.list = true;
    case 'i':
        options.inside = atoi(optarg);
        return true;
    default:
        return false;
    }
}

static void options_take(int argc, char **argv)
{
    static const struct option known[] = {
        { "module", 1, NULL, 'm' },       { "token-label", 1, NULL, 't' }, { "store", 1, NULL, 'S' },    { "make-token", 0, NULL, 'M' },
        { "system-locks", 0, NULL, 's' }, { "full", 0, NULL, 'f' },        { "patience", 1, NULL, 'p' }, { "verbose", 0, NULL, 'v' },
        { "list", 0, NULL, 'l' },         { "inside", 1, NULL, 'i' },      { NULL, 0, NULL, 0 },
    };
    int option;

    options.runner.argv = calloc((size_t)argc + 1, sizeof *argv);
    options.runner.argc = argc;
    memcpy(options.runner.argv, argv, (size_t)argc * sizeof *argv);
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
        if (!option_take(option))
            usage();
    if (!kit.module && !options.list)
        usage();
    kit.pin = getenv("LOCKCHECK_PIN");
    kit.so_pin = getenv("LOCKCHECK_SO_PIN");
    kit.no_token = getenv("LOCKCHECK_NO_TOKEN");
}

/** Next to this program. */
static void interposer_find(void)
{
    static char path[4096 + 32];
    char self[4096] = "";

    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0)
        usage();
    snprintf(path, sizeof path, "%s/lockcheck-interposer.so", dirname(self));
    options.runner.interposer = path;
}

/** In the case's own process. 0 is the preparation. */
static void inside_case(int number)
{
    const struct row *row = row_find(number);

    fcntl(VERDICT_FD, F_SETFD, FD_CLOEXEC);
    unsetenv("LD_PRELOAD");
    if (number == 0) {
        module_load();
        token_prepare();
        done();
    }
    if (!row)
        usage();
    if ((row->flags & SIGNING) != 0 && kit.no_token)
        not_applicable("%s", kit.no_token);
    if ((row->flags & UNLOADED) == 0)
        module_load();
    row->run();
    done();
}

static bool chosen(const struct row *row, char letter, char **names)
{
    if (!*names)
        return true;
    for (; *names; names++)
        if (atoi(*names) == row->number || ((*names)[0] == letter && (*names)[1] == '\0'))
            return true;
    return false;
}

int main(int argc, char **argv)
{
    bool good = true;

    options_take(argc, argv);
    if (options.inside >= 0)
        inside_case(options.inside);
    interposer_find();
    if (!options.list)
        runner_prepare(&options.runner);
    for (size_t i = 0; i < groups_count; i++)
        for (const struct row *row = groups[i]->rows; row < groups[i]->rows + groups[i]->count; row++) {
            if (!chosen(row, groups[i]->letter, argv + optind))
                continue;
            if (options.list)
                runner_list(row);
            else
                good = runner_run(&options.runner, row) && good;
        }
    return good ? 0 : 1;
}
