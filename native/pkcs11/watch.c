// Open addressing without deletion marks: a search looks at every place that the session might have.

#include "watch.h"

#include <stddef.h>

#include "module.h"

#define PROBES 16

static struct watch *watch_at(uint32_t session, unsigned probe)
{
    return &module.audit.watches[(session * 2654435769u / (UINT32_MAX / WATCHES + 1) + probe) % WATCHES];
}

struct watch *watch_find(CK_SESSION_HANDLE session)
{
    if (session == 0 || session > INT32_MAX)
        return NULL;
    for (unsigned probe = 0; probe < PROBES; probe++) {
        struct watch *watch = watch_at((uint32_t)session, probe);

        if (__atomic_load_n(&watch->session, __ATOMIC_ACQUIRE) == session)
            return watch;
    }
    return NULL;
}

void watch_open(CK_SESSION_HANDLE session, CK_SLOT_ID slot)
{
    for (unsigned probe = 0; probe < PROBES; probe++) {
        struct watch *watch = watch_at((uint32_t)session, probe);
        uint32_t none = 0;

        // Whoever is still in it, in a session that was closed under him, is yet to be counted out. The place is claimed under a name that
        // no session has, so that nobody finds it half made.
        if ((uint32_t)__atomic_load_n(&watch->overlap, __ATOMIC_ACQUIRE) != 0 ||
            !__atomic_compare_exchange_n(&watch->session, &none, UINT32_MAX, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            continue;
        __atomic_store_n(&watch->slot, (uint32_t)slot, __ATOMIC_RELAXED);
        __atomic_store_n(&watch->key, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&watch->breaches, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&watch->info, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&watch->session, (uint32_t)session, __ATOMIC_RELEASE);
        return;
    }
}

void watch_close(struct watch *watch)
{
    __atomic_store_n(&watch->session, 0, __ATOMIC_RELEASE);
}

void watch_close_slot(CK_SLOT_ID slot)
{
    for (unsigned i = 0; i < WATCHES; i++)
        if (__atomic_load_n(&module.audit.watches[i].slot, __ATOMIC_RELAXED) == slot)
            watch_close(&module.audit.watches[i]);
}

void watch_close_all(void)
{
    for (unsigned i = 0; i < WATCHES; i++)
        watch_close(&module.audit.watches[i]);
}
