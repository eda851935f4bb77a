#include "wiped.h"

#include <cstring>
#include <sys/mman.h>

static const size_t FIRST = 128 * 1024;

bool Wiped::reserve(size_t wanted) {
    size_t capacity = capacity_ == 0 ? FIRST : capacity_;
    while (capacity < wanted)
        capacity *= 2;
    if (capacity == capacity_)
        return true;

    // mremap moves pages, not bytes: no second copy of a secret is left in freed memory.
    void *grown = capacity_ == 0 ? mmap(nullptr, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                                 : mremap(data_, capacity_, capacity, MREMAP_MAYMOVE);
    if (grown == MAP_FAILED)
        return false;
    madvise(grown, capacity, MADV_DONTDUMP);
    data_ = static_cast<uint8_t *>(grown);
    capacity_ = capacity;
    return true;
}

bool Wiped::append(const uint8_t *from, size_t length) {
    if (!reserve(size_ + length))
        return false;
    memcpy(data_ + size_, from, length);
    size_ += length;
    return true;
}

void Wiped::wipe() {
    if (capacity_ == 0)
        return;
    explicit_bzero(data_, size_);
    munmap(data_, capacity_);
    data_ = nullptr;
    size_ = capacity_ = 0;
}
