// Whether the application keeps its side of the contract between threads (src/protocol/breaches.ts). Only calls that overlap are
// ever noticed, so that handing a session on from thread to thread is not. What is noticed changes no answer, unless that was asked for.

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"
#include "pkcs11.h"

/** Sessions that are watched at once; those beyond are served like any other. */
#define WATCHES 4096

/** Where at most one call should be: how many there are, and the thread and function of the one that came last. */
struct overlap {
    uint32_t inside;
    uint32_t last;
};

/** A session, on a cache line of its own. */
struct watch {
    struct overlap overlap;
    uint32_t session;
    uint32_t slot;
    /** The key that its last operation was begun with. */
    uint32_t key;
    /** Breaches it took part in, a bit each from B1 on. */
    uint32_t breaches;
} __attribute__((aligned(64)));

struct audits {
    uint32_t level;
    /** No two initialisations of a process and its ancestors have the same; 0 in a child that has made none. */
    uint32_t life;
    uint32_t process;
    uint32_t init_case;
    /** The process, where one call at a time was promised; C_WaitForSlotEvent. */
    struct overlap alone __attribute__((aligned(64)));
    struct overlap waiting __attribute__((aligned(64)));
    struct watch watches[WATCHES];
};

struct suspicion {
    uint32_t breach;
    uint64_t other;
};

/** A call's own part. A caller is its session in the upper half, its thread's number in 24 bits and its function in 8. */
struct audit {
    uint64_t me;
    uint32_t subject;
    struct watch *session;
    bool alone, nested;
    uint8_t suspicions;
    struct suspicion suspected[3];
};

struct hold;

/** At C_Initialize, with its lock primitive chosen. */
void audit_begin(const CK_C_INITIALIZE_ARGS *args);
/** An engine was met: what it is told, and that no session is known to it. */
void audit_introduce(struct region *region);
/** Another value than CKR_OK refuses the call; it is seated all the same, to be counted, and left. */
CK_RV audit_enter(struct audit *audit, uint32_t function, CK_SESSION_HANDLE session, CK_ULONG subject);
/** With a lane: whom this call disturbs, and the counting. */
void audit_seat(struct audit *audit, const struct hold *hold);
void audit_leave(const struct audit *audit);
/** A call of a process that is not initialised: a child's, if its parent was. */
void audit_orphan(uint32_t function);

/** C_Finalize begins: nobody should be inside. */
void audit_finalize(void);

void audit_opened(CK_SESSION_HANDLE session, CK_SLOT_ID slot);
/** C_CloseSession and C_CloseAllSessions have answered. */
void audit_closed(const struct audit *audit, CK_RV rv);
/** Bits for CK_SESSION_INFO.ulDeviceError, where they were asked for. */
CK_ULONG audit_bits(const struct audit *audit);
