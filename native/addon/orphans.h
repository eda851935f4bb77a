// The page of an application that its forked children keep, where their calls without a C_Initialize are noted. It outlives the region:
// a child may be there when its parent has gone.

#pragma once

#include <cstdint>
#include <memory>

#include "../shared/layout.h"
#include "sealed.h"

class Orphans {
  public:
    // For a region, by its number; null when there is no memory or descriptor for it.
    static std::shared_ptr<Orphans> create(uint32_t region);
    static std::shared_ptr<Orphans> find(uint32_t region);
    // Nobody reads it any more, and the children are told so.
    static void forget(uint32_t region);

    Orphans() : memory_("orphans", sizeof(struct orphans)) {}

    const struct orphans &page() const { return *static_cast<const struct orphans *>(memory_.at()); }
    int descriptor() const { return memory_.descriptor(); }
    void close_descriptor() { memory_.close_descriptor(); }

  private:
    Sealed memory_;
};
