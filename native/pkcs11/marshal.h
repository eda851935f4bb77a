// One call's way to the engine and back: begin, put the arguments, exchange, get the answers, end (docs/wire.md). After a failure
// each put and get does nothing, and call_end says what it was.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit.h"
#include "lane.h"
#include "layout.h"
#include "lock.h"
#include "pkcs11.h"

static_assert(sizeof(CK_ULONG) == sizeof(uint64_t), "numbers cross as they are");

#define SPANS 2

/** Where in the lane something begins and ends. */
struct span {
    uint32_t start, end;
};

struct call {
    CK_RV rv;
    struct hold hold;
    struct lock *lock;
    struct audit audit;
    /** Puts and gets are carried out: nothing has failed, and in a reply something follows. */
    bool going;
    /** Where in the lane the next byte goes, or comes from; how many of a reply's fragment there are; whether another one follows. */
    uint32_t at, length;
    bool more;
    /** The most the lane has held of this call: to be zeroed. */
    uint32_t used;
    /** Bytes of the request in fragments that have been sent. */
    uint64_t sent;
    /** What the application has room for, in bytes or elements. */
    CK_ULONG space;
    /** Decided here although the engine was asked to refuse: then this is the answer. */
    CK_RV refusal;
    int errno_before;
    /** While on: where the contents of byte strings lie, counted from the first byte after the call's number, without so many first ones.
     */
    struct {
        bool on;
        uint64_t same;
        uint32_t count;
        struct span spans[SPANS];
    } noted;
};

/** A call that is about no object and no slot. */
#define NO_SUBJECT 0ul
/** With the number of a call that the library makes of itself, within one of the application's. */
#define OF_ITSELF (1ull << 33)

/** What the engine counts whenever an answer may be another than before. Under a lane, so that the region stays where it is. */
static inline uint32_t changes_now(const struct call *call)
{
    return __atomic_load_n(&call->hold.region->header.changes, __ATOMIC_ACQUIRE);
}

/** False: the call has ended, with call->rv. What the function locks (traits.h) is held until call_end. */
#define call_begin(call, id, session, subject) call_begin_from(__builtin_return_address(0), call, id, session, subject)
/** `from`: where the application called. */
bool call_begin_from(void *from, struct call *call, uint64_t id, CK_SESSION_HANDLE session, CK_ULONG subject);
void call_exchange(struct call *call);
CK_RV call_end(struct call *call);

/** Between call.c and marshal.c. */
void call_fail(struct call *call, CK_RV rv);
void call_garbled(struct call *call);
void fragment_send(struct call *call);
void fragment_next(struct call *call);

void put_ulong(struct call *call, CK_ULONG value);
void put_bytes(struct call *call, const void *bytes, CK_ULONG length);
/** Arguments as they were put before, in another call. */
void put_written(struct call *call, const void *bytes, uint32_t length);
void put_fixed(struct call *call, const void *bytes, CK_ULONG size);
void put_text(struct call *call, const CK_UTF8CHAR *text);
void put_template(struct call *call, const CK_ATTRIBUTE *attributes, CK_ULONG count);
/** A template to be filled in: what is asked for, and the room there is. */
void put_wanted(struct call *call, const CK_ATTRIBUTE *attributes, CK_ULONG count);
/** Room whose length the application wrote at `length`, and gets back there. */
void put_space(struct call *call, const void *buffer, const CK_ULONG *length);
/** Room for just so many, or for so many at most. */
void put_room(struct call *call, const void *buffer, CK_ULONG count);
void put_place(struct call *call, const void *place);

uint64_t get_number(struct call *call);
void get_ulong(struct call *call, CK_ULONG *value);
void get_bytes(struct call *call, void *bytes, CK_ULONG *length);
void get_ulongs(struct call *call, CK_ULONG *values, CK_ULONG *count);
void get_fixed(struct call *call, void *bytes, CK_ULONG length);
void get_handles(struct call *call, CK_OBJECT_HANDLE *handles, CK_ULONG room, CK_ULONG *count);
void get_struct(struct call *call, void *structure, size_t size);
void get_template(struct call *call, CK_ATTRIBUTE *attributes, CK_ULONG count);

/** Copies a structure out of the application's memory, which may not be aligned for it. */
void read_struct(void *copy, const void *source, size_t size);
