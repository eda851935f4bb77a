// The memory that one application shares with this process, and the register of all such regions. The application may write
// anything into a region at any time: nothing here is read that the engine relies on.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "../shared/layout.h"
#include "sealed.h"

class Region {
  public:
    // A sealed region, entered in the register; null when there is no memory or descriptor for it.
    static std::shared_ptr<Region> create(uint32_t workers, uint32_t tables);
    // Null when it was detached, or never was.
    static std::shared_ptr<Region> find(uint32_t id);
    static void detach(uint32_t id);
    // Counts a change in the header of every region.
    static void changed();

    Region(const Region &) = delete;
    Region &operator=(const Region &) = delete;

    const uint32_t id;

    struct bell &bell(unsigned worker) {
        return memory_->bells[worker];
    }
    struct lane &lane(unsigned lane) {
        return memory_->lanes[lane];
    }
    uint8_t *data(unsigned lane) { return memory_->data[lane]; }
    // For reading what the application's library says of itself; nothing in them is relied on.
    const struct header &header() const { return memory_->header; }
    const struct finding &finding(unsigned index) const { return memory_->findings[index]; }
    bool detached() const { return detached_.load(std::memory_order_acquire); }

    int descriptor() const { return sealed_->descriptor(); }
    void close_descriptor() { sealed_->close_descriptor(); }

    // What the calls of this application hold beyond their lanes, all workers together: FRAME_MAX at most.
    bool charge(size_t bytes);
    void refund(size_t bytes) { held_.fetch_sub(bytes, std::memory_order_relaxed); }

  private:
    Region(uint32_t id, std::unique_ptr<Sealed> sealed)
        : id(id), sealed_(std::move(sealed)), memory_(static_cast<struct region *>(sealed_->at())) {}
    void wake_all();

    const std::unique_ptr<Sealed> sealed_;
    struct region *const memory_;
    std::atomic<bool> detached_{false};
    std::atomic<size_t> held_{0};
};
