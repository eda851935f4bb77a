// Bytes of a call that crosses in fragments: grows by whole pages, leaves no copy behind when it grows, and is wiped when it goes.

#pragma once

#include <cstddef>
#include <cstdint>

class Wiped {
  public:
    Wiped() = default;
    ~Wiped() { wipe(); }
    Wiped(const Wiped &) = delete;
    Wiped &operator=(const Wiped &) = delete;

    // False when there is no memory; what was there stays.
    bool append(const uint8_t *from, size_t length);
    void wipe();

    const uint8_t *data() const { return data_; }
    size_t size() const { return size_; }

  private:
    bool reserve(size_t wanted);

    uint8_t *data_ = nullptr;
    size_t size_ = 0;
    size_t capacity_ = 0;
};
