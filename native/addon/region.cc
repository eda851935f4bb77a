#include "region.h"

#include <climits>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "futex.h"
#include "trace.h"

namespace {

struct Register {
    std::mutex lock;
    std::unordered_map<uint32_t, std::shared_ptr<Region>> regions;
    uint32_t last = 0;
};

Register &register_of_regions() {
    // Never destroyed: a worker may still look in while the process exits.
    static Register *the = new Register;
    return *the;
}

} // namespace

std::shared_ptr<Region> Region::create(uint32_t workers, uint32_t tables) {
    auto sealed = std::make_unique<Sealed>("strongroom", sizeof(struct region));
    if (sealed->at() == nullptr)
        return nullptr;

    auto *memory = static_cast<struct region *>(sealed->at());
    memory->header.magic = REGION_MAGIC;
    memory->header.version = WIRE_VERSION;
    memory->header.tables = tables;
    memory->header.workers = workers;
    memory->header.traced = Trace::on() ? 1 : 0;

    Register &all = register_of_regions();
    std::lock_guard<std::mutex> guard(all.lock);
    auto region = std::shared_ptr<Region>(new Region(++all.last, std::move(sealed)));
    // Many applications with a session each are not to come to one worker.
    memory->header.first_worker = region->id;
    all.regions.emplace(region->id, region);
    return region;
}

std::shared_ptr<Region> Region::find(uint32_t id) {
    Register &all = register_of_regions();
    std::lock_guard<std::mutex> guard(all.lock);
    const auto found = all.regions.find(id);
    return found == all.regions.end() ? nullptr : found->second;
}

void Region::detach(uint32_t id) {
    const auto region = find(id);
    if (!region)
        return;
    region->detached_.store(true, std::memory_order_release);
    region->wake_all();

    Register &all = register_of_regions();
    std::lock_guard<std::mutex> guard(all.lock);
    all.regions.erase(id);
}

void Region::changed() {
    Register &the = register_of_regions();
    const std::lock_guard<std::mutex> guard(the.lock);
    for (const auto &entry : the.regions)
        __atomic_fetch_add(&entry.second->memory_->header.changes, 1, __ATOMIC_SEQ_CST);
}

bool Region::charge(size_t bytes) {
    if (held_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= FRAME_MAX)
        return true;
    refund(bytes);
    return false;
}

// A thread that falls asleep just now has not seen `detached` and is not woken: it looks again when its wait of 250 ms ends.
void Region::wake_all() {
    __atomic_store_n(&memory_->header.detached, 1, __ATOMIC_SEQ_CST);
    for (unsigned n = 0; n < LANES; n++) {
        if (__atomic_load_n(&lane(n).state, __ATOMIC_RELAXED) == LANE_SLEEPING)
            futex_wake_shared(&lane(n).state, INT_MAX);
    }
}
