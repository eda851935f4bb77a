// The private doorbells: one per worker of this process. Ringing says "you have mail"; what it says stands elsewhere.

#pragma once

#include <cstdint>

#include "../shared/layout.h"
#include "futex.h"

class Doorbell {
  public:
    static Doorbell &of(unsigned worker) {
        static Doorbell bells[WORKERS];
        return bells[worker];
    }

    void ring() {
        // Pairs with answered(): what the ringer wrote before is seen by the worker that finds the bell rung.
        if (__atomic_exchange_n(&rung_, 1, __ATOMIC_SEQ_CST) == 0) futex_wake_private(&rung_);
    }

    bool rung() const { return __atomic_load_n(&rung_, __ATOMIC_SEQ_CST) != 0; }

    // True once per ringing, however often the bell was rung meanwhile.
    bool answered() { return rung() && __atomic_exchange_n(&rung_, 0, __ATOMIC_SEQ_CST) != 0; }

    // The futex word: 0 until somebody rings.
    uint32_t *word() { return &rung_; }

  private:
    alignas(64) uint32_t rung_ = 0;
};
