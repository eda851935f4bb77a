// An application without a library: it meets the engine as the library does, and then writes into its lanes whatever it is told.
// On its input a command and its bytes, on its output what came of it; all numbers are 32-bit.
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "layout.h"

enum { CONNECT, POST, SAY };
enum { ANSWERED, MORE, DROPPED, SILENT };

struct command {
    uint32_t what, worker, lane, state, length, more, patience, size;
};

static const char *path;
static int engine = -1;
static struct region *region;
static uint8_t bytes[LANE_DATA];

static void fail(const char *why)
{
    perror(why);
    exit(1);
}

static void receive(void *to, size_t size)
{
    if (size > 0 && fread(to, size, 1, stdin) != 1)
        exit(0);
}

static void answer(uint32_t outcome, const void *reply, uint32_t length)
{
    const uint32_t head[] = { outcome, length };

    fwrite(head, sizeof head, 1, stdout);
    if (length > 0)
        fwrite(reply, length, 1, stdout);
    fflush(stdout);
}

static int meet(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    const int met = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (met < 0 || connect(met, (struct sockaddr *)&address, sizeof address) != 0)
        fail("connect");
    return met;
}

static void leave(void)
{
    if (engine < 0)
        return;
    munmap(region, sizeof *region);
    close(engine);
    engine = -1;
}

static void arrive(void)
{
    const struct hello hello = { HELLO_MAGIC, WIRE_VERSION, STRONGROOM_TABLES, POINTS_AS_SET };
    char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(sizeof(size_t))));
    struct welcome welcome;
    struct iovec part = { &welcome, sizeof welcome };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    int memory;

    leave();
    engine = meet();
    if (send(engine, &hello, sizeof hello, MSG_NOSIGNAL) != sizeof hello)
        fail("hello");
    if (recvmsg(engine, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL) != sizeof welcome || CMSG_FIRSTHDR(&message) == NULL)
        fail("welcome");
    memcpy(&memory, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof memory);
    region = mmap(NULL, sizeof *region, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
    if (region == MAP_FAILED)
        fail("mmap");
    close(memory);
    answer(ANSWERED, &region->header.workers, sizeof region->header.workers);
}

static bool dropped(void)
{
    char byte;

    return __atomic_load_n(&region->header.detached, __ATOMIC_SEQ_CST) != 0 || recv(engine, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static uint64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void ring(struct bell *bell, uint64_t lane)
{
    __atomic_fetch_or(&bell->pending, 1ull << lane, __ATOMIC_SEQ_CST);
    if (__atomic_exchange_n(&bell->asleep, 0, __ATOMIC_SEQ_CST) == 1)
        syscall(SYS_futex, &bell->asleep, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/** Waits until the engine has changed the lane's state, has dropped us, or `patience` milliseconds are over. */
static uint32_t await(const struct lane *lane, uint32_t posted, uint32_t patience)
{
    const uint64_t end = milliseconds() + patience;

    for (;;) {
        const uint32_t state = __atomic_load_n(&lane->state, __ATOMIC_SEQ_CST);

        if (state != posted && (state == LANE_ANSWERED || state == LANE_MORE))
            return state == LANE_MORE ? MORE : ANSWERED;
        if (dropped())
            return DROPPED;
        if (milliseconds() >= end)
            return SILENT;
        usleep(100);
    }
}

/** The first fragment of a long reply is what the caller gets; the others are fetched all the same. */
static uint32_t fetch(struct lane *lane, const struct command *command)
{
    while (__atomic_load_n(&lane->more, __ATOMIC_SEQ_CST) == 1) {
        lane->length = 0;
        lane->more = 0;
        __atomic_store_n(&lane->state, LANE_POSTED, __ATOMIC_SEQ_CST);
        ring(&region->bells[command->worker], command->lane);
        if (await(lane, LANE_POSTED, command->patience) != ANSWERED)
            return DROPPED;
    }
    return ANSWERED;
}

static void post(const struct command *command)
{
    struct lane *lane = &region->lanes[command->lane % LANES];
    uint8_t *data = region->data[command->lane % LANES];
    uint32_t outcome, length;

    memcpy(data, bytes, command->size);
    lane->worker = command->worker;
    lane->length = command->length;
    lane->more = command->more;
    __atomic_store_n(&lane->state, command->state, __ATOMIC_SEQ_CST);
    ring(&region->bells[command->worker % WORKERS], command->lane % LANES);
    outcome = await(lane, command->state, command->patience);
    if (outcome != ANSWERED) {
        answer(outcome, NULL, 0);
        return;
    }
    length = lane->length < LANE_DATA ? lane->length : LANE_DATA;
    memcpy(bytes, data, length);
    answer(fetch(lane, command), bytes, length);
}

/** On a socket of its own, before or instead of a hello. */
static void say(const struct command *command)
{
    const int socket = meet();
    struct pollfd heard = { .fd = socket, .events = POLLIN };

    if (send(socket, bytes, command->size, MSG_NOSIGNAL) < 0 && errno != EPIPE)
        fail("send");
    poll(&heard, 1, (int)command->patience);
    close(socket);
    answer(ANSWERED, NULL, 0);
}

int main(int count, char **arguments)
{
    struct command command;

    if (count != 2)
        return 2;
    path = arguments[1];
    for (;;) {
        receive(&command, sizeof command);
        if (command.size > sizeof bytes)
            return 2;
        receive(bytes, command.size);
        if (command.what == CONNECT)
            arrive();
        else if (command.what == POST)
            post(&command);
        else
            say(&command);
    }
}
