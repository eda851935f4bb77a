// Where the time of a call goes, stage by stage, while the setting `trace` is on. A worker marks the course of the call that it is at; the
// application's library leaves its own marks in the lane, those of its end for the worker to find with the lane's next call. That memory
// is the application's too: what is read there becomes a table for people, and nothing else hangs on it.

#pragma once

#include <atomic>
#include <cstdint>
#include <ctime>
#include <napi.h>

#include "../shared/layout.h"

// In the order of a call's course. What lies between two of them is a stage: STAGES in src/engine/trace.ts.
enum Mark : unsigned {
    MARK_BEGAN,
    MARK_MARSHALLED,
    MARK_RUNG,
    MARK_TAKEN,
    MARK_COPIED,
    MARK_DISPATCHED,
    MARK_READ,
    MARK_COMPUTING,
    MARK_COMPUTED,
    MARK_HANDLED,
    MARK_WRITTEN,
    MARK_ANSWERED,
    MARK_SEEN,
    MARK_DONE,
    MARKS,
};

struct Course {
    uint64_t ticket = 0;
    uint32_t function = 0;
    uint64_t at[MARKS] = {};
};

class Trace {
  public:
    // For the whole process and for good, before it has regions.
    static void start() { on_.store(true, std::memory_order_relaxed); }
    static bool on() { return on_.load(std::memory_order_relaxed); }

    static void mark(Mark mark) {
        if (on())
            course().at[mark] = now();
    }

    // The call that this thread is at.
    static Course &course() {
        static thread_local Course current;
        return current;
    }
    // A frame was found in a lane: whatever was marked before is over.
    static void begin(const struct lane &lane);
    // The call before this one in the lane, of which its thread has told the end meanwhile.
    static void settle(Course &answered, const struct lane &lane);

  private:
    static uint64_t now() {
        struct timespec time;
        clock_gettime(CLOCK_MONOTONIC, &time);
        return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
    }

    static inline std::atomic<bool> on_{false};
};

void add_trace(Napi::Env env, Napi::Object exports);
