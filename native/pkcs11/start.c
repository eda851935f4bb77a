// The engine on demand. One starter at a time holds `engine.lock`; the engine it starts inherits the lock and keeps it for life.
// The application must not notice: no SIGCHLD, nothing for its wait() to reap, none of its descriptors in the engine's hands.

#include "start.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "setting.h"
#include "wait.h"

/** The engine's descriptors, as it expects them. */
enum { READY_FD = 3, LOCK_FD = 4, FIRST_FREE_FD = 5 };
#define ENVIRONMENT_MAX 64

struct store {
    char home[PATH_MAX];
    int folder;
};

/** Everything the child needs, made before it exists: after the clone nothing may allocate or lock. */
struct launch {
    char command[PATH_MAX];
    char home[PATH_MAX + sizeof "STRONGROOM_HOME="];
    const char *arguments[4];
    const char *environment[ENVIRONMENT_MAX + 1];
    int ready, lock, log, null;
};

static bool trusted(uid_t owner)
{
    return owner == 0 || owner == geteuid();
}

/** Makes the folder, and its parents where nobody but us chose the place. */
static void home_make(const char *home, bool parents)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s", home);
    for (char *at = strchr(path + 1, '/'); parents && at; at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdir(path, 0700);
        *at = '/';
    }
    mkdir(path, 0700);
}

/** Opens the store's folder; refuses one that somebody else could put an engine into. */
static bool store_open(struct store *store)
{
    struct stat about;
    bool usual;

    if (!setting_home(store->home, sizeof store->home, &usual))
        return false;
    store->folder = open(store->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->folder < 0 && errno == ENOENT) {
        home_make(store->home, usual);
        store->folder = open(store->home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    }
    if (store->folder < 0)
        return false;
    if (fstat(store->folder, &about) == 0 && trusted(about.st_uid) && (about.st_mode & 022) == 0)
        return true;
    close(store->folder);
    return false;
}

/** A socket's path has 108 bytes: a longer one goes by way of the folder's descriptor. */
static void socket_name(const struct store *store, struct sockaddr_un *name)
{
    name->sun_family = AF_UNIX;
    if (snprintf(name->sun_path, sizeof name->sun_path, "%s/engine.sock", store->home) >= (int)sizeof name->sun_path)
        snprintf(name->sun_path, sizeof name->sun_path, "/proc/self/fd/%d/engine.sock", store->folder);
}

/** A connected socket; -1 with ENOENT, ECONNREFUSED or EAGAIN where there is no engine yet, with another errno where trying again is vain.
 */
static int store_connect(const struct store *store)
{
    const struct timeval limit = { .tv_sec = 1 };
    struct sockaddr_un name;
    struct ucred peer;
    struct stat about;
    socklen_t size = sizeof peer;
    int failure = EACCES;
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (descriptor < 0)
        return -1;
    socket_name(store, &name);
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (fstatat(store->folder, "engine.sock", &about, AT_SYMLINK_NOFOLLOW) != 0)
        failure = errno;
    else if (S_ISSOCK(about.st_mode) && trusted(about.st_uid) && (about.st_mode & S_IWOTH) == 0) {
        if (connect(descriptor, (const struct sockaddr *)&name, sizeof name) != 0)
            failure = errno;
        else if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && trusted(peer.uid))
            return descriptor;
    }
    close(descriptor);
    errno = failure;
    return -1;
}

/** The command: the setting, or bin/strongroom of the tree whose build/Release/ this library lies in. */
static bool command_find(char *command, size_t size)
{
    const char *chosen = secure_getenv("STRONGROOM_ENGINE");
    char path[PATH_MAX];
    Dl_info library;

    if (chosen && chosen[0] == '/')
        return snprintf(command, size, "%s", chosen) < (int)size;
    if (dladdr((const void *)(uintptr_t)engine_connect, &library) == 0 || !realpath(library.dli_fname, path))
        return false;
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(path, '/');

        if (!slash)
            return false;
        *slash = '\0';
    }
    return snprintf(command, size, "%s/bin/strongroom", path) < (int)size;
}

/** What the engine may see of the caller's environment. Not what tools keep PINs in, nor what is meant for this application alone. */
static bool passed_on(const char *variable)
{
    static const char *const prefixes[] = { "PATH=", "HOME=", "XDG_", "STRONGROOM_" };

    if (strncmp(variable, "STRONGROOM_HOME=", 16) == 0 || strncmp(variable, "STRONGROOM_EC_POINT_FORM=", 25) == 0 ||
        memmem(variable, strcspn(variable, "="), "PIN", 3))
        return false;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strncmp(variable, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static void environment_make(struct launch *launch, const char *home)
{
    size_t count = 0;

    snprintf(launch->home, sizeof launch->home, "STRONGROOM_HOME=%s", home);
    launch->environment[count++] = launch->home;
    launch->environment[count++] = "LANG=C";
    // A program with more rights than its caller is not to pass on what the caller wrote.
    if (!secure_getenv("PATH"))
        launch->environment[count++] = "PATH=/usr/local/bin:/usr/bin:/bin";
    for (char **each = environ; each && *each && secure_getenv("PATH") && count < ENVIRONMENT_MAX; each++)
        if (passed_on(*each))
            launch->environment[count++] = *each;
    launch->environment[count] = NULL;
}

/** fork() without its handlers and its signal: the application's wait() does not see a child whose exit signal is 0. */
static pid_t clone_silently(void)
{
    return (pid_t)syscall(SYS_clone, 0ul, 0ul, 0ul, 0ul, 0ul);
}

static void descriptors_close_from(int first)
{
    struct rlimit limit;

#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0u) == 0)
        return;
#endif
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        limit.rlim_cur = 65536;
    for (int each = first; (rlim_t)each < limit.rlim_cur; each++)
        close(each);
}

/** Handlers are the application's code, and what it ignores would stay ignored. libc's own two signals refuse; exec resets those. */
static void signals_reset(void)
{
    const struct sigaction usual = { .sa_handler = SIG_DFL };
    sigset_t none;

    for (int signal = 1; signal < NSIG; signal++)
        sigaction(signal, &usual, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/** In the grandchild. Only what a signal handler might call. */
static _Noreturn void engine_become(const struct launch *launch)
{
    static const char message[] = "strongroom: the engine's command cannot be run: ";
    // Out of the way first: any of them may have one of the numbers that are wanted.
    const int from[] = { launch->null, launch->null, launch->log, launch->ready, launch->lock };
    const int to[] = { 0, 1, 2, READY_FD, LOCK_FD };
    int moved[5];

    signals_reset();
    for (int i = 0; i < 5; i++)
        moved[i] = fcntl(from[i], F_DUPFD, 10);
    for (int i = 0; i < 5; i++)
        if (dup2(moved[i], to[i]) < 0)
            _exit(126);
    descriptors_close_from(FIRST_FREE_FD);
    umask(077);
    if (chdir("/") == 0)
        execve(launch->command, (char *const *)launch->arguments, (char *const *)launch->environment);
    // Nothing can be done where the log cannot be written either.
    if (write(2, message, sizeof message - 1) < 0 || write(2, launch->command, strlen(launch->command)) < 0 || write(2, "\n", 1) < 0)
        _exit(126);
    _exit(127);
}

/** Twice cloned, so that nothing is left to reap once the first child has gone; signals wait until that is over. */
static bool launch_clone(const struct launch *launch)
{
    sigset_t all, before;
    pid_t child;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    child = clone_silently();
    if (child == 0) {
        setsid();
        child = clone_silently();
        if (child == 0)
            engine_become(launch);
        _exit(child < 0);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (child < 0)
        return false;
    while (waitpid(child, NULL, __WCLONE) < 0 && errno == EINTR)
        continue;
    return true;
}

/** One byte on the pipe: the engine listens. Its end: the engine is gone, and has written why. */
static bool ready_wait(int pipe, uint64_t deadline)
{
    struct pollfd wanted = { .fd = pipe, .events = POLLIN };
    uint64_t now;
    char byte;

    while ((now = clock_milliseconds()) < deadline) {
        const int found = poll(&wanted, 1, (int)(deadline - now));

        if (found > 0)
            return read(pipe, &byte, 1) == 1;
        if (found < 0 && errno != EINTR)
            return false;
    }
    return false;
}

static bool engine_start(const struct store *store, int lock, uint64_t deadline)
{
    struct launch launch = { .arguments = { launch.command, "serve", "--on-demand", NULL }, .lock = lock };
    int pipe[2];
    bool ready = false;

    if (!command_find(launch.command, sizeof launch.command) || pipe2(pipe, O_CLOEXEC) != 0)
        return false;
    environment_make(&launch, store->home);
    launch.ready = pipe[1];
    launch.null = open("/dev/null", O_RDWR | O_CLOEXEC);
    launch.log = openat(store->folder, "engine.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (launch.null >= 0 && launch.log >= 0)
        ready = launch_clone(&launch);
    close(pipe[1]);
    if (launch.null >= 0)
        close(launch.null);
    if (launch.log >= 0)
        close(launch.log);
    ready = ready && ready_wait(pipe[0], deadline);
    close(pipe[0]);
    return ready;
}

static bool absent(int error)
{
    return error == ENOENT || error == ECONNREFUSED || error == EAGAIN || error == EINTR;
}

/** With the lock: a last look, for an engine that came up meanwhile, then a start. */
static int store_start(const struct store *store, int lock, uint64_t deadline)
{
    const int descriptor = store_connect(store);

    if (descriptor >= 0 || !absent(errno) || !engine_start(store, lock, deadline))
        return descriptor;
    return store_connect(store);
}

static int store_await(const struct store *store, uint64_t deadline)
{
    const int lock = openat(store->folder, "engine.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int descriptor = -1;
    unsigned pause = 2;

    while (lock >= 0 && clock_milliseconds() < deadline) {
        descriptor = store_connect(store);
        if (descriptor >= 0 || !absent(errno))
            break;
        if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
            descriptor = store_start(store, lock, deadline);
            break;
        }
        // Somebody else starts it, or an old one is just going.
        doze(pause);
        pause = pause < 10 ? pause * 2 : 20;
    }
    if (lock >= 0)
        close(lock);
    return descriptor;
}

int engine_connect(uint64_t deadline)
{
    struct store store;
    int descriptor;

    if (!store_open(&store))
        return -1;
    descriptor = store_connect(&store);
    if (descriptor < 0 && absent(errno))
        descriptor = store_await(&store, deadline);
    close(store.folder);
    return descriptor;
}
