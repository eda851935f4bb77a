#include "orphans.h"

#include <mutex>
#include <unordered_map>

namespace {

struct Register {
    std::mutex lock;
    std::unordered_map<uint32_t, std::shared_ptr<Orphans>> pages;
};

Register &register_of_orphans() {
    static Register *the = new Register;
    return *the;
}

} // namespace

std::shared_ptr<Orphans> Orphans::create(uint32_t region) {
    const auto orphans = std::make_shared<Orphans>();
    if (orphans->memory_.at() == nullptr)
        return nullptr;
    Register &all = register_of_orphans();
    std::lock_guard<std::mutex> guard(all.lock);
    all.pages.emplace(region, orphans);
    return orphans;
}

std::shared_ptr<Orphans> Orphans::find(uint32_t region) {
    Register &all = register_of_orphans();
    std::lock_guard<std::mutex> guard(all.lock);
    const auto found = all.pages.find(region);
    return found == all.pages.end() ? nullptr : found->second;
}

void Orphans::forget(uint32_t region) {
    const auto orphans = find(region);
    if (!orphans)
        return;
    __atomic_store_n(&static_cast<struct orphans *>(orphans->memory_.at())->tally.closed, 1, __ATOMIC_SEQ_CST);
    Register &all = register_of_orphans();
    std::lock_guard<std::mutex> guard(all.lock);
    all.pages.erase(region);
}
