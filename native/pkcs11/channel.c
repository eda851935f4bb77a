// Meeting the engine, and noticing that it has gone.

#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "module.h"
#include "orphan.h"
#include "setting.h"
#include "start.h"
#include "wait.h"

/** How long C_Initialize, or the first call that finds its engine gone, waits for a new one. */
#define CONNECT_LIMIT (10 * SECOND)
/** Threads in the old region leave it once they notice, which takes a slice of their wait. */
#define LEAVE_LIMIT (2 * SECOND)
/** Out of the way of programs that count on low numbers. */
#define LOWEST_SOCKET 10

/** What the engine shares with us, in the order of its descriptors. */
enum { REGION, ORPHANS, MEMORIES };

// Beside the module's state, not in it: a child finds its parent's socket here and closes its copy of it.
static struct {
    uint64_t cookie;
    int socket;
} kept = { .socket = -1 };

static uint64_t cookie_of(int socket)
{
    uint64_t cookie = 0;
    socklen_t size = sizeof cookie;

    return getsockopt(socket, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

/** False where the application closed it; the number may be anything of its own by now. */
static bool socket_ours(void)
{
    return kept.socket >= 0 && kept.cookie != 0 && cookie_of(kept.socket) == kept.cookie;
}

static void socket_drop(void)
{
    if (socket_ours())
        close(kept.socket);
    kept.socket = -1;
}

/** A child keeps the connection open while it lives: the engine is told that this is the end, not left to find it closed. */
static void farewell(void)
{
    if (socket_ours())
        syscall(SYS_sendto, kept.socket, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
}

static void socket_keep(int socket)
{
    const int moved = fcntl(socket, F_DUPFD_CLOEXEC, LOWEST_SOCKET);

    if (moved >= 0)
        close(socket);
    kept.cookie = cookie_of(moved >= 0 ? moved : socket);
    kept.socket = moved >= 0 ? moved : socket;
}

struct region *channel_region(void)
{
    return __atomic_load_n(&module.channel.region, __ATOMIC_SEQ_CST);
}

// The first to notice says so; a region that came after it is not meant.
void channel_lost(struct region *region)
{
    __atomic_compare_exchange_n(&module.channel.region, &region, NULL, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static bool engine_lives(const struct region *region)
{
    char byte;
    // Not recv(), which is a cancellation point. The engine sends nothing: a byte is as wrong as an end.
    long length;

    if (__atomic_load_n(&region->header.detached, __ATOMIC_RELAXED) != 0 || !socket_ours())
        return false;
    length = syscall(SYS_recvfrom, kept.socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT, NULL, NULL);
    return length < 0 && (errno == EAGAIN || errno == EINTR);
}

bool channel_lives(struct region *region)
{
    if (channel_region() != region)
        return false;
    if (engine_lives(region))
        return true;
    channel_lost(region);
    return false;
}

void *channel_map(int memory, size_t size)
{
    const int seals = fcntl(memory, F_GET_SEALS);
    struct stat about;
    void *mapped;

    if (seals < 0 || (seals & F_SEAL_SHRINK) == 0 || fstat(memory, &about) != 0 || (size_t)about.st_size != size)
        return NULL;
    mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    if (mapped == MAP_FAILED)
        return NULL;
    madvise(mapped, size, MADV_DONTDUMP);
    return mapped;
}

static struct region *region_map(int memory)
{
    struct region *region = channel_map(memory, sizeof *region);

    if (!region)
        return NULL;
    // A child would share the lanes with its parent.
    if (madvise(region, sizeof *region, MADV_DONTFORK) == 0 && region->header.magic == REGION_MAGIC &&
        region->header.version == WIRE_VERSION && region->header.tables == STRONGROOM_TABLES)
        return region;
    munmap(region, sizeof *region);
    return NULL;
}

/** The engine's answer to our hello: the descriptors of the region and of its orphans, or -1. */
static void welcome_receive(int socket, struct welcome *welcome, int memory[MEMORIES])
{
    const size_t size = sizeof(int[MEMORIES]);
    char control[CMSG_SPACE(sizeof(int[MEMORIES]))] __attribute__((aligned(sizeof(size_t))));
    struct iovec part = { .iov_base = welcome, .iov_len = sizeof *welcome };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    const struct cmsghdr *first;
    ssize_t length;

    memset(memory, -1, size);
    do
        length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    while (length < 0 && errno == EINTR);
    first = CMSG_FIRSTHDR(&message);
    if (length > 0 && first && first->cmsg_level == SOL_SOCKET && first->cmsg_type == SCM_RIGHTS)
        memcpy(memory, CMSG_DATA(first), first->cmsg_len < CMSG_LEN(size) ? first->cmsg_len - CMSG_LEN(0) : size);
    if (length != sizeof *welcome)
        welcome->magic = 0;
}

static struct region *engine_meet(int socket, bool *again)
{
    const struct hello hello = { .magic = HELLO_MAGIC, .version = WIRE_VERSION, .tables = STRONGROOM_TABLES, .points = setting_points() };
    const struct timeval limit = { .tv_sec = 5 };
    struct welcome welcome = { 0 };
    struct region *region = NULL;
    int memory[MEMORIES];

    *again = true;
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (send(socket, &hello, sizeof hello, MSG_NOSIGNAL) != sizeof hello)
        return NULL;
    welcome_receive(socket, &welcome, memory);
    if (welcome.magic == WELCOME_MAGIC)
        *again = false;
    if (welcome.magic == WELCOME_MAGIC && welcome.status == HELLO_OK && welcome.size == sizeof *region)
        region = region_map(memory[REGION]);
    if (region && !orphans_open(memory[ORPHANS])) {
        munmap(region, sizeof *region);
        region = NULL;
    }
    for (unsigned i = 0; i < MEMORIES; i++)
        if (memory[i] >= 0)
            close(memory[i]);
    return region;
}

/** Connects until an engine has given a region. One that was just going leaves the hello unanswered: then the next is asked. */
static struct region *channel_meet(void)
{
    const uint64_t deadline = clock_milliseconds() + CONNECT_LIMIT;
    bool again = true;

    while (again && clock_milliseconds() < deadline) {
        const int socket = engine_connect(deadline);
        struct region *region;

        if (socket < 0)
            return NULL;
        region = engine_meet(socket, &again);
        if (region) {
            socket_keep(socket);
            return region;
        }
        close(socket);
        doze(10);
    }
    return NULL;
}

bool channel_open(void)
{
    cpu_set_t cores;
    bool traced;
    int cancel;

    // Connecting sleeps where a thread may be cancelled, and would leave the module half open.
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    socket_drop();
    orphans_close();
    foreseen_forget();
    searches_forget();
    module.channel.cores = sched_getaffinity(0, sizeof cores, &cores) == 0 ? (uint32_t)CPU_COUNT(&cores) : 1;
    module.channel.mapped = channel_meet();
    if (module.channel.mapped) {
        audit_introduce(module.channel.mapped);
        spread_begin(module.channel.mapped);
    }
    traced = module.channel.mapped && __atomic_load_n(&module.channel.mapped->header.traced, __ATOMIC_RELAXED) == 1;
    __atomic_store_n(&module.channel.traced, traced, __ATOMIC_RELAXED);
    __atomic_store_n(&module.channel.region, module.channel.mapped, __ATOMIC_SEQ_CST);
    pthread_setcancelstate(cancel, NULL);
    return module.channel.mapped != NULL;
}

void channel_close(void)
{
    __atomic_store_n(&module.channel.region, NULL, __ATOMIC_SEQ_CST);
    // Pairs with lane_claim. A thread that is stuck for longer keeps its mapping: memory is never taken from under a caller.
    if (lanes_idle(LEAVE_LIMIT) && module.channel.mapped)
        munmap(module.channel.mapped, sizeof *module.channel.mapped);
    module.channel.mapped = NULL;
    orphans_close();
    farewell();
    socket_drop();
}

static bool reconnect(void)
{
    if (channel_region())
        return true;
    channel_close();
    if (channel_open())
        return true;
    __atomic_fetch_add(&module.channel.failures, 1, __ATOMIC_SEQ_CST);
    return false;
}

/** Where there is no lock, or in addition to it: whoever promised to come alone may have lied, and two must not connect at once. */
static bool reconnect_alone(uint32_t failures)
{
    bool restored;

    while (__atomic_exchange_n(&module.channel.connecting, 1, __ATOMIC_SEQ_CST) != 0) {
        doze(5);
        if (channel_region())
            return true;
    }
    // Somebody tried meanwhile: a queue of threads is not to wait for one deadline after another.
    restored = __atomic_load_n(&module.channel.failures, __ATOMIC_SEQ_CST) == failures && module_ready() && reconnect();
    __atomic_store_n(&module.channel.connecting, 0, __ATOMIC_SEQ_CST);
    return restored;
}

bool channel_restore(void)
{
    const uint32_t failures = __atomic_load_n(&module.channel.failures, __ATOMIC_SEQ_CST);
    struct lock *turn;
    bool restored = false;

    if (lock_take(&turn, LOCK_CONNECTION) != CKR_OK)
        return false;
    __atomic_fetch_add(&module.waiting, 1, __ATOMIC_SEQ_CST);
    if (module_ready())
        restored = reconnect_alone(failures);
    __atomic_fetch_sub(&module.waiting, 1, __ATOMIC_SEQ_CST);
    lock_give(turn);
    return restored;
}
