#include "sealed.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

// Linux 6.3; where the system forbids executable memfds (vm.memfd_noexec) one without it is refused.
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

static int open_memory(const char *name) {
    const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    const int descriptor = memfd_create(name, flags | MFD_NOEXEC_SEAL);
    return descriptor < 0 && errno == EINVAL ? memfd_create(name, flags) : descriptor;
}

static bool size_and_seal(int descriptor, size_t size) {
    return ftruncate(descriptor, static_cast<off_t>(size)) == 0 &&
           fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0;
}

Sealed::Sealed(const char *name, size_t size) : size_(size), descriptor_(open_memory(name)) {
    if (descriptor_ < 0 || !size_and_seal(descriptor_, size))
        return;
    void *mapped = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
    if (mapped == MAP_FAILED)
        return;
    madvise(mapped, size, MADV_DONTDUMP);
    at_ = mapped;
}

Sealed::~Sealed() {
    close_descriptor();
    if (at_ != nullptr)
        munmap(at_, size_);
}

void Sealed::close_descriptor() {
    if (descriptor_ >= 0)
        close(descriptor_);
    descriptor_ = -1;
}
