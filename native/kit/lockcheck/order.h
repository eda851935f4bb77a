// Which mutexes a thread holds, and in which orders they were ever taken.

#pragma once

#include <stdbool.h>

/** By this thread; a mutex by its number. */
void order_taken(unsigned mutex);
void order_released(unsigned mutex);
/** How many application mutexes this thread holds. */
unsigned order_held(void);
/** Whether mutexes were taken in orders that can deadlock. */
bool order_cycle(void);
