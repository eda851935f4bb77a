// Threads whose calls are answered and that still sleep. Waking one costs a good part of a short call, and on a busy machine the thread
// takes the core from whoever computes. So a worker that has more calls at hand wakes them together: when every lane that was posted has
// had its turn, and before a call begins that would make the first of them wait for long.

#pragma once

#include <chrono>
#include <cstdint>

#include "../shared/layout.h"
#include "futex.h"

class Wakes {
  public:
    void add(uint32_t *word) {
        if (count_ == LANES)
            settle();
        words_[count_++] = word;
    }

    // A call begins. `since_` is when the first call began whose thread sleeps on: after a long call none has to wait for another.
    void begin() {
        const auto now = Clock::now();
        if (now - since_ > LONGEST)
            settle();
        if (count_ == 0)
            since_ = now;
    }

    void settle() {
        for (unsigned n = 0; n < count_; n++)
            futex_wake_shared(words_[n], 1);
        count_ = 0;
    }

  private:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::microseconds LONGEST{100};

    uint32_t *words_[LANES];
    unsigned count_ = 0;
    Clock::time_point since_;
};
