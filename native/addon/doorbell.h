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
        if (__atomic_exchange_n(&rung_, 1, __ATOMIC_SEQ_CST) == 0)
            futex_wake_private(&rung_);
    }

    // From now on every bell counts as rung, for good: a thread that sleeps here could not be ended.
    static void dismiss() {
        __atomic_store_n(&dismissed_, true, __ATOMIC_SEQ_CST);
        for (unsigned worker = 0; worker < WORKERS; worker++)
            of(worker).ring();
    }

    bool rung() const { return __atomic_load_n(&rung_, __ATOMIC_SEQ_CST) != 0 || __atomic_load_n(&dismissed_, __ATOMIC_SEQ_CST); }

    // True once per ringing, however often the bell was rung meanwhile.
    bool answered() {
        if (!rung())
            return false;
        __atomic_store_n(&rung_, 0, __ATOMIC_SEQ_CST);
        return true;
    }

    // The futex word: 0 until somebody rings.
    uint32_t *word() { return &rung_; }

  private:
    static inline bool dismissed_ = false;
    alignas(64) uint32_t rung_ = 0;
};
