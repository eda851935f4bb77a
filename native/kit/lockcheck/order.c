#include "order.h"

#include <stdint.h>
#include <string.h>

/** Of so many the order is watched. */
#define ORDERED 1024

struct held {
    unsigned count;
    unsigned each[64];
};

/** A bit for each two of which the second was ever taken while the first was held. */
static uint8_t follows[ORDERED][ORDERED / 8];
static _Thread_local struct held held;

void order_taken(unsigned mutex)
{
    for (unsigned i = 0; i < held.count; i++)
        if (held.each[i] < ORDERED && mutex < ORDERED)
            __atomic_fetch_or(&follows[held.each[i]][mutex / 8], (uint8_t)(1u << mutex % 8), __ATOMIC_RELAXED);
    if (held.count < sizeof held.each / sizeof held.each[0])
        held.each[held.count++] = mutex;
}

void order_released(unsigned mutex)
{
    for (unsigned i = held.count; i-- > 0;)
        if (held.each[i] == mutex) {
            memmove(&held.each[i], &held.each[i + 1], (held.count - i - 1) * sizeof held.each[0]);
            held.count--;
            return;
        }
}

unsigned order_held(void)
{
    return held.count;
}

enum colour { UNSEEN, OPEN, CLOSED };

static bool cycle_from(unsigned index, uint8_t *colours)
{
    colours[index] = OPEN;
    for (unsigned next = 0; next < ORDERED; next++) {
        if ((follows[index][next / 8] >> next % 8 & 1) == 0)
            continue;
        if (colours[next] == OPEN || (colours[next] == UNSEEN && cycle_from(next, colours)))
            return true;
    }
    colours[index] = CLOSED;
    return false;
}

bool order_cycle(void)
{
    uint8_t colours[ORDERED] = { UNSEEN };

    for (unsigned i = 0; i < ORDERED; i++)
        if (colours[i] == UNSEEN && cycle_from(i, colours))
            return true;
    return false;
}
