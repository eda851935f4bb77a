#include "supervisor.h"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "doorbell.h"
#include "orphans.h"
#include "refuse.h"
#include "region.h"

static uint32_t number(const Napi::CallbackInfo &info, size_t argument) {
    return info[argument].As<Napi::Number>().Uint32Value();
}

static Napi::Value peer_credentials(const Napi::CallbackInfo &info) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(static_cast<int>(number(info, 0)), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return info.Env().Null();
    auto credentials = Napi::Object::New(info.Env());
    credentials.Set("pid", Napi::Number::New(info.Env(), peer.pid));
    credentials.Set("uid", Napi::Number::New(info.Env(), peer.uid));
    credentials.Set("gid", Napi::Number::New(info.Env(), peer.gid));
    return credentials;
}

/** What a process runs. Nothing where it may not be told: of another user's process, of one that does not want to be looked at. */
static Napi::Value executable(const Napi::CallbackInfo &info) {
    const std::string link = "/proc/" + std::to_string(number(info, 0)) + "/exe";
    char path[PATH_MAX];
    const ssize_t length = readlink(link.c_str(), path, sizeof path);
    return length < 0 || length == sizeof path ? info.Env().Null() : Napi::String::New(info.Env(), path, static_cast<size_t>(length));
}

static Napi::Value create_region(const Napi::CallbackInfo &info) {
    const uint32_t workers = number(info, 0);
    if (workers == 0 || workers > WORKERS)
        return refuse(info.Env(), "no such number of workers");
    const auto region = Region::create(workers, number(info, 1));
    if (region && !Orphans::create(region->id)) {
        Region::detach(region->id);
        return Napi::Number::New(info.Env(), 0);
    }
    return Napi::Number::New(info.Env(), region ? region->id : 0);
}

static bool send_descriptors(int socket, const Napi::Uint8Array &message, const int (&descriptors)[2]) {
    struct iovec bytes = {const_cast<uint8_t *>(message.Data()), message.ByteLength()};
    union {
        struct cmsghdr header; // for its alignment
        char space[CMSG_SPACE(sizeof(int[2]))];
    } control = {};
    struct msghdr packet = {};
    packet.msg_iov = &bytes;
    packet.msg_iovlen = 1;
    packet.msg_control = control.space;
    packet.msg_controllen = sizeof control.space;
    struct cmsghdr *rights = CMSG_FIRSTHDR(&packet);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof descriptors);
    memcpy(CMSG_DATA(rights), descriptors, sizeof descriptors);
    const ssize_t sent = sendmsg(socket, &packet, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent == static_cast<ssize_t>(message.ByteLength());
}

static Napi::Value send_region(const Napi::CallbackInfo &info) {
    const auto region = Region::find(number(info, 2));
    const auto orphans = Orphans::find(number(info, 2));
    if (!region || !orphans || region->descriptor() < 0)
        return Napi::Boolean::New(info.Env(), false);
    const int descriptors[] = {region->descriptor(), orphans->descriptor()};
    const bool sent = send_descriptors(static_cast<int>(number(info, 0)), info[1].As<Napi::Uint8Array>(), descriptors);
    region->close_descriptor();
    orphans->close_descriptor();
    return Napi::Boolean::New(info.Env(), sent);
}

static void detach_region(const Napi::CallbackInfo &info) {
    Region::detach(number(info, 0));
}

static void forget_orphans(const Napi::CallbackInfo &info) {
    Orphans::forget(number(info, 0));
}

static void ring(const Napi::CallbackInfo &info) {
    Doorbell::of(number(info, 0) % WORKERS).ring();
}

static Napi::Value lock_file(const Napi::CallbackInfo &info) {
    return Napi::Boolean::New(info.Env(), flock(static_cast<int>(number(info, 0)), LOCK_EX | LOCK_NB) == 0);
}

static void changed(const Napi::CallbackInfo &) {
    Region::changed();
}

static Napi::Value folder(const Napi::CallbackInfo &info) {
    struct stat about;
    const std::string path = info[0].As<Napi::String>();
    if (stat(path.c_str(), &about) != 0 || !S_ISDIR(about.st_mode))
        return info.Env().Null();
    auto told = Napi::Object::New(info.Env());
    told.Set("mode", Napi::Number::New(info.Env(), about.st_mode & 07777));
    told.Set("uid", Napi::Number::New(info.Env(), about.st_uid));
    return told;
}

/** Of libuv's pool, by the name that it gives them; none before anything was given to the pool, or without /proc. */
static Napi::Value pool_threads(const Napi::CallbackInfo &info) {
    static const char NAME[] = "libuv-worker\n";
    auto found = Napi::Array::New(info.Env());
    DIR *tasks = opendir("/proc/self/task");
    if (tasks == nullptr)
        return found;
    for (const dirent *task = readdir(tasks); task != nullptr; task = readdir(tasks)) {
        char name[sizeof NAME] = {};
        FILE *comm = fopen((std::string("/proc/self/task/") + task->d_name + "/comm").c_str(), "re");
        if (comm == nullptr)
            continue;
        if (fgets(name, sizeof name, comm) != nullptr && strcmp(name, NAME) == 0)
            found.Set(found.Length(), Napi::Number::New(info.Env(), atoi(task->d_name)));
        fclose(comm);
    }
    closedir(tasks);
    return found;
}

static Napi::Value give_way(const Napi::CallbackInfo &info) {
    const id_t thread = number(info, 0);
    errno = 0;
    const int nice = getpriority(PRIO_PROCESS, 0);
    const bool given = errno == 0 && setpriority(PRIO_PROCESS, thread, nice + info[1].As<Napi::Number>().Int32Value()) == 0;
    return Napi::Boolean::New(info.Env(), given);
}

static void dismiss(const Napi::CallbackInfo &) {
    Doorbell::dismiss();
}

static void leave(const Napi::CallbackInfo &info) {
    _exit(static_cast<int>(number(info, 0)));
}

void add_supervisor(Napi::Env env, Napi::Object exports) {
    exports.Set("regionSize", Napi::Number::New(env, sizeof(struct region)));
    exports.Set("peerCredentials", Napi::Function::New<peer_credentials>(env, "peerCredentials"));
    exports.Set("executable", Napi::Function::New<executable>(env, "executable"));
    exports.Set("createRegion", Napi::Function::New<create_region>(env, "createRegion"));
    exports.Set("sendRegion", Napi::Function::New<send_region>(env, "sendRegion"));
    exports.Set("detachRegion", Napi::Function::New<detach_region>(env, "detachRegion"));
    exports.Set("forgetOrphans", Napi::Function::New<forget_orphans>(env, "forgetOrphans"));
    exports.Set("lockFile", Napi::Function::New<lock_file>(env, "lockFile"));
    exports.Set("changed", Napi::Function::New<changed>(env, "changed"));
    exports.Set("folder", Napi::Function::New<folder>(env, "folder"));
    exports.Set("poolThreads", Napi::Function::New<pool_threads>(env, "poolThreads"));
    exports.Set("giveWay", Napi::Function::New<give_way>(env, "giveWay"));
    exports.Set("dismiss", Napi::Function::New<dismiss>(env, "dismiss"));
    exports.Set("leave", Napi::Function::New<leave>(env, "leave"));
    exports.Set("ring", Napi::Function::New<ring>(env, "ring"));
}
