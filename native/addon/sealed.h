// Memory that is shared with an application through a descriptor: sealed, or the application could cut it short and make the engine's
// next access a SIGBUS.

#pragma once

#include <cstddef>

class Sealed {
  public:
    // `at()` is null when there is no memory or descriptor for it.
    Sealed(const char *name, size_t size);
    ~Sealed();
    Sealed(const Sealed &) = delete;
    Sealed &operator=(const Sealed &) = delete;

    void *at() const { return at_; }
    int descriptor() const { return descriptor_; }
    void close_descriptor();

  private:
    const size_t size_;
    int descriptor_;
    void *at_ = nullptr;
};
