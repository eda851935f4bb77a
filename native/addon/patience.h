// How long a worker looks for the next call before it sleeps. Looking pays when another core posts one meanwhile, and waking a core
// that sleeps takes tens of microseconds; with every core busy it keeps the very thread from running that it waits for. So a worker looks
// only while each worker that is awake can have a core and leave another to its client, and only as long as looking has paid.

#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <sched.h>

class Patience {
  public:
    Patience() {
        cpu_set_t cores;
        cores_ = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
        awake_++;
    }
    ~Patience() { awake_--; }
    Patience(const Patience &) = delete;
    Patience &operator=(const Patience &) = delete;

    // Looks until `found` says yes (true) or patience ends (false).
    template <typename Found> bool look(Found found) {
        if (!has_room())
            return false;
        const auto budget = budget_now();
        if (budget == NONE)
            return false;
        const auto end = Clock::now() + budget;
        do {
            for (int n = 0; n < LOOKS; n++) {
                if (found()) {
                    budget_ = MOST;
                    pause_ = PAUSE_LEAST;
                    return true;
                }
                relax();
            }
        } while (Clock::now() < end);
        budget_ = budget / 2 < LEAST ? NONE : budget / 2;
        return false;
    }

    // The worker sleeps now, or has woken: others may look meanwhile.
    void asleep() { awake_--; }
    void awake() { awake_++; }

  private:
    using Clock = std::chrono::steady_clock;
    using Time = std::chrono::nanoseconds;
    // Longer than the client takes to wake on a core that slept.
    static constexpr Time NONE{0}, LEAST{2000}, MOST{100'000};
    static constexpr int LOOKS = 16;
    // Now and then a look all the same, or patience once lost would never come back; but less and less often, since one in vain takes a
    // core for as long as MOST.
    static constexpr unsigned PAUSE_LEAST = 64, PAUSE_MOST = 512;

    // Rests without a look after one that found the other cores taken: while their workers rest between two calls it only seems otherwise.
    static constexpr unsigned CROWD = 256;

    bool has_room() {
        if (2 * awake_.load(std::memory_order_relaxed) > cores_)
            crowded_ = CROWD;
        return crowded_ == 0 || --crowded_ == 0;
    }

    Time budget_now() {
        if (budget_ != NONE)
            return budget_;
        if (rests_++ < pause_)
            return NONE;
        rests_ = 0;
        pause_ = std::min(2 * pause_, PAUSE_MOST);
        return MOST;
    }

    static void relax() {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        asm volatile("yield");
#endif
    }

    static inline std::atomic<int> awake_{0};
    Time budget_ = MOST;
    unsigned rests_ = 0, pause_ = PAUSE_LEAST, crowded_ = 0;
    int cores_ = 1;
};
