// Finding the engine of the store, and starting it where there is none.

#pragma once

#include <stdint.h>

/** A connected socket, or -1: none by the deadline (clock_milliseconds), and engine.log may say why. */
int engine_connect(uint64_t deadline);
