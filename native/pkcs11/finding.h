// What the audit met with, on its way to the engine: counters and first sightings in the shared region.

#pragma once

#include <stdint.h>

#include "layout.h"

/** The callers are those of audit.h; `first` was inside, 0 where nobody knows who. */
void finding_record(struct region *region, uint32_t breach, uint64_t first, uint64_t second, uint32_t times);
