// How long to look before sleeping. Looking pays when another core posts the next call meanwhile; with every core busy it keeps the
// very thread from running that it waits for. So the time grows while looking finds something and decays to nothing while it does not.

#pragma once

#include <chrono>
#include <sched.h>

class Patience {
  public:
    Patience() {
        cpu_set_t cores;
        if (sched_getaffinity(0, sizeof cores, &cores) == 0 && CPU_COUNT(&cores) > 1)
            budget_ = MOST;
        else
            alone_ = true;
    }

    // Looks until `found` says yes (true) or patience ends (false).
    template <typename Found> bool look(Found found) {
        const auto budget = budget_ != NONE ? budget_ : probe();
        if (budget == NONE)
            return false;
        const auto end = Clock::now() + budget;
        do {
            for (int n = 0; n < LOOKS; n++) {
                if (found()) {
                    budget_ = budget * 2 < MOST ? budget * 2 : MOST;
                    return true;
                }
                relax();
            }
        } while (Clock::now() < end);
        budget_ = budget / 2 < LEAST ? NONE : budget / 2;
        return false;
    }

  private:
    using Clock = std::chrono::steady_clock;
    using Time = std::chrono::nanoseconds;
    static constexpr Time NONE{0}, LEAST{1000}, MOST{20'000};
    static constexpr int LOOKS = 16;
    static constexpr unsigned PROBE = 64;

    static void relax() {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("yield");
#endif
    }

    // Now and then a short look, or patience once lost would never come back.
    Time probe() {
        return !alone_ && ++rests_ % PROBE == 0 ? LEAST * 2 : NONE;
    }

    Time budget_ = NONE;
    unsigned rests_ = 0;
    bool alone_ = false;
};
