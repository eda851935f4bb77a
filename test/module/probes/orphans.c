// Children that use what they inherited and never call C_Initialize. What was noticed of them is read from `strongroom audit`.
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define CHILDREN 32
#define CALLS 100

static CK_SESSION_HANDLE session;
static bool over;

/** Until the test makes the file. */
static void wait_for(const char *file)
{
    while (access(file, F_OK) != 0)
        usleep(1000);
}

/** Tells the test. */
static void make(const char *file)
{
    FILE *made = fopen(file, "w");

    if (made)
        fclose(made);
}

/** Ends a child: 0 if every call answered as it should. */
static void call_and_leave(unsigned times)
{
    CK_SESSION_INFO about;
    CK_INFO info;
    bool good = true;

    for (unsigned i = 0; i < times; i++)
        good = good && p11->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED;
    good = good && p11->C_GetSessionInfo(session, &about) == CKR_CRYPTOKI_NOT_INITIALIZED;
    _exit(good ? 0 : 1);
}

static int end_of(pid_t child)
{
    int status = -1;

    waitpid(child, &status, 0);
    return status;
}

static CK_RV well(int status)
{
    return status == 0 ? CKR_OK : CKR_GENERAL_ERROR;
}

static pid_t fork_calling(void)
{
    const pid_t child = fork();

    if (child == 0)
        call_and_leave(1);
    return child;
}

/** By no function of libc: no handler of it runs. */
static pid_t clone_calling(unsigned times)
{
    const pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);

    if (child == 0)
        call_and_leave(times);
    return child;
}

static void stays(void)
{
    const pid_t child = fork_calling();

    say("child", well(end_of(child)));
    printf("process\t%d\n", child);
    fflush(stdout);
    make("called");
    wait_for("go");
}

/** It shares its parent's memory: the call is the parent's. */
static void borrowed(void)
{
    static volatile CK_RV rv = CKR_GENERAL_ERROR;
    CK_INFO info;
    const pid_t child = vfork();

    if (child == 0) {
        rv = p11->C_GetInfo(&info);
        _exit(0);
    }
    end_of(child);
    say("child of vfork", rv);
}

static void cloned(void)
{
    say("child", well(end_of(clone_calling(1))));
}

/** Takes locks of libc and of its own memory all the time, and calls the library. */
static void *bustle(void *unused)
{
    CK_BYTE byte;

    while (!__atomic_load_n(&over, __ATOMIC_RELAXED)) {
        char *text = malloc(2000);

        snprintf(text, 2000, "%p", unused);
        free(text);
        p11->C_GenerateRandom(session, &byte, 1);
    }
    return NULL;
}

static void many(void)
{
    pid_t children[CHILDREN];
    pthread_t thread;
    CK_RV rv = CKR_OK;

    must("pthread_create", (CK_RV)pthread_create(&thread, NULL, bustle, NULL));
    for (unsigned i = 0; i < CHILDREN; i++)
        children[i] = clone_calling(CALLS);
    for (unsigned i = 0; i < CHILDREN; i++)
        rv = end_of(children[i]) == 0 ? rv : CKR_GENERAL_ERROR;
    __atomic_store_n(&over, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    say("children", rv);
    say("parent", works(session));
}

/** A child that calls when its parent has gone its way, and the engine has noticed. */
static void later(bool finalises)
{
    if (fork() == 0) {
        wait_for("go");
        call_and_leave(1);
    }
    if (!finalises) {
        make("called");
        wait_for("leave");
        _exit(0);
    }
    say("C_Finalize", p11->C_Finalize(NULL));
    make("called");
    wait_for("go");
    say("child", well(end_of(-1)));
    exit(0);
}

static void finalised(void)
{
    later(true);
}

static void died(void)
{
    later(false);
}

/** What can be written of the parent's, in a child. */
static void mapped(void)
{
    const pid_t child = fork();

    if (child == 0) {
        char line[400];
        FILE *maps = fopen("/proc/self/maps", "r");

        while (maps && fgets(line, sizeof line, maps))
            if (strstr(line, "/memfd:"))
                printf("%.*s\t0\n", (int)strcspn(strstr(line, "/memfd:"), " "), strstr(line, "/memfd:"));
        fflush(stdout);
        _exit(maps ? 0 : 1);
    }
    say("child", well(end_of(child)));
}

static void initialises(void)
{
    CK_INFO info;
    const pid_t child = fork();

    if (child == 0) {
        wait_for("go");
        _exit(p11->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED && p11->C_Initialize(NULL) == CKR_OK &&
                      p11->C_GetInfo(&info) == CKR_OK && p11->C_Finalize(NULL) == CKR_OK
                  ? 0
                  : 1);
    }
    make("called");
    say("child", well(end_of(child)));
}

static void aborts(void)
{
    const int status = end_of(fork_calling());

    say("child", WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? CKR_OK : CKR_GENERAL_ERROR);
    say("parent", works(session));
}

/** A child of the child calls besides. */
static void generations(void)
{
    const pid_t child = fork();

    if (child == 0) {
        CK_INFO info;

        p11->C_GetInfo(&info);
        _exit(end_of(fork_calling()) == 0 ? 0 : 1);
    }
    say("child", well(end_of(child)));
}

static const struct {
    const char *name;
    void (*act)(void);
} acts[] = {
    { "stays", stays },   { "borrowed", borrowed },       { "cloned", cloned }, { "many", many },
    { "died", died },     { "finalised", finalised },     { "mapped", mapped }, { "initialises", initialises },
    { "aborts", aborts }, { "generations", generations },
};

int main(int argc, char **argv)
{
    CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

    load(argv[1]);
    must("C_Initialize", p11->C_Initialize(&args));
    session = open_session(find_slot());
    log_in(session);
    for (size_t i = 0; argc > 2 && i < COUNT(acts); i++)
        if (strcmp(argv[2], acts[i].name) == 0)
            acts[i].act();
    say("C_Finalize", p11->C_Finalize(NULL));
    return 0;
}
