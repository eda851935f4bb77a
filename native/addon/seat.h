// One region as one worker's desk sees it: takes posted frames out of the lanes and puts replies into them. What the application
// wrote is read once, checked and copied; a lane that breaks the protocol ends the service of its region, and of no other.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "region.h"
#include "trace.h"
#include "wakes.h"
#include "wiped.h"

// What became of one pending lane.
enum class Served {
    NOTHING, // no lane is pending
    STEP,    // a fragment was taken or handed out: the call goes on
    FRAME,   // a frame is complete
    REFUSED, // the region broke the protocol; told once
};

struct Frame {
    unsigned lane;
    size_t length;
};

class Seat {
  public:
    Seat(std::shared_ptr<Region> region, unsigned worker, Wakes &wakes)
        : region_(std::move(region)), bell_(region_->bell(worker)), wakes_(wakes) {}

    uint32_t region() const { return region_->id; }
    bool served() const { return standing_ != Standing::TOLD && !region_->detached(); }

    // Serves one pending lane. A frame of one fragment lies in `request` then (LANE_DATA bytes at least), a longer one in assembled().
    Served serve(uint8_t *request, Frame &frame);
    // Is there anything to serve? Sequentially consistent: pairs with the bit that a thread sets before it looks at `asleep`.
    bool due() const;
    // Whoever has copied it may wipe it; the application is charged for it until the answer all the same.
    Wiped &assembled(unsigned lane) { return calls_[lane].request; }

    // Which call runs in a lane; 0: none.
    uint64_t ticket(unsigned lane) const { return calls_[lane].ticket; }
    void set_ticket(unsigned lane, uint64_t ticket) { calls_[lane].ticket = ticket; }
    void answer(unsigned lane, const uint8_t *bytes, size_t length);

    // For the library, which spreads sessions by it.
    void tell_sessions(uint32_t sessions) { __atomic_store_n(&bell_.sessions, sessions, __ATOMIC_RELAXED); }

    void set_asleep(uint32_t asleep) { __atomic_store_n(&bell_.asleep, asleep, __ATOMIC_SEQ_CST); }
    uint32_t *asleep() { return &bell_.asleep; }

  private:
    enum class Standing { GOOD, REFUSED, TOLD };
    enum class Stage { IDLE, ASKING, RUNNING, ANSWERING };
    struct Call {
        Stage stage = Stage::IDLE;
        uint64_t ticket = 0;
        Wiped request;
        Wiped reply;
        size_t sent = 0;
        size_t charged = 0;
    };

    unsigned next_lane();
    Served refuse();
    Served receive(unsigned lane, uint8_t *request, Frame &frame);
    Served take(unsigned lane, size_t length, bool more, uint8_t *request, Frame &frame);
    void put(unsigned lane, const uint8_t *bytes, size_t length, bool more);
    void put_rest(unsigned lane);
    bool hold(Call &call, Wiped &memory, const uint8_t *bytes, size_t length);
    void refund(Call &call);
    void set_state(unsigned lane, uint32_t state);

    std::shared_ptr<Region> region_;
    struct bell &bell_;
    Wakes &wakes_;
    uint64_t taken_ = 0;
    // The lane that is looked at first: each has its turn before any has another.
    unsigned next_ = 0;
    Standing standing_ = Standing::GOOD;
    Call calls_[LANES];
    // The last call that was answered in each lane; only while the trace is on.
    std::unique_ptr<Course[]> courses_{Trace::on() ? new Course[LANES] : nullptr};
};
