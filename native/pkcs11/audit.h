// Whether the application keeps its side of the contract between threads (src/protocol/breaches.ts). Only calls that overlap are
// ever noticed, so that handing a session on from thread to thread is not. What is noticed changes no answer, unless that was asked for.

#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"
#include "pkcs11.h"
#include "watch.h"

struct audits {
    /** Through audit_level: a call may meet the next life of the library. */
    uint32_t level;
    /** No two initialisations of a process and its ancestors have the same; 0 in a child that has made none. */
    uint32_t life;
    uint32_t init_case;
    /** Overlaps (watch.h): of the process, where one call at a time was promised; of C_WaitForSlotEvent. */
    uint64_t alone __attribute__((aligned(64)));
    uint64_t waiting __attribute__((aligned(64)));
    struct watch watches[WATCHES];
};

struct suspicion {
    uint32_t breach;
    uint64_t other;
};

/** A call's own part. */
struct audit {
    /** As the caller that it is to others (finding.h). */
    uint64_t me;
    const void *from;
    uint32_t subject;
    struct watch *session;
    bool alone, nested;
    /** Operations that it would have ended, had it not been refused, where its session is not watched. */
    uint16_t owes;
    uint8_t suspicions;
    struct suspicion suspected[3];
};

struct hold;

/** AUDIT_OFF and so on (layout.h). */
uint32_t audit_level(void);

/** At C_Initialize, with its lock primitive chosen; false where the setting is none. */
bool audit_begin(const CK_C_INITIALIZE_ARGS *args);
/** An engine was met: what it is told, and that no session is known to it. */
void audit_introduce(struct region *region);
/**
 * Another value than CKR_OK refuses the call; it is seated all the same, to be counted, and left.
 * @param from where the application called.
 */
CK_RV audit_enter(struct audit *audit, const void *from, uint32_t function, CK_SESSION_HANDLE session, CK_ULONG subject);
/** With a lane: whom this call disturbs, and the counting. */
void audit_seat(struct audit *audit, const struct hold *hold);
/**
 * 0: it has left. Otherwise it is the last one in its session, and these operations are to be ended before it tries again.
 * @param done it has answered CKR_OK.
 */
uint32_t audit_leave(struct audit *audit, bool done);

/** C_Finalize begins: nobody should be inside. */
void audit_finalize(const void *from);

/** C_CloseSession and C_CloseAllSessions have answered. */
void audit_closed(const struct audit *audit, CK_RV rv);
/** Bits for CK_SESSION_INFO.ulDeviceError, where they were asked for. */
CK_ULONG audit_bits(const struct audit *audit);
