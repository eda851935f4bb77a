// Mechanism parameters that hold pointers: which they are, what writes them out and what comes back. The tables are generated.

#pragma once

#include "marshal.h"

/** Its place in the table is its number on the wire. */
struct structure {
    CK_ULONG size;
    void (*put)(struct call *call, const void *source);
    /** Null: nothing comes back. */
    void (*get)(struct call *call, void *source);
};
extern const struct structure structures[];

/** A mechanism that takes a structure. */
struct taker {
    CK_MECHANISM_TYPE mechanism;
    uint64_t structure;
};
extern const struct taker takers[];
extern const size_t takers_count;

/** What message functions take: told apart by their size. */
extern const uint64_t message_structures[];
extern const size_t message_structures_count;

/** The elements that cross of a list with so many; put_count says that there are too many, or none where there must be. */
CK_ULONG list_length(const void *list, CK_ULONG count);
void put_count(struct call *call, const void *list, CK_ULONG count);
/** A reply that tells of another number of elements makes no sense. */
void get_count(struct call *call, const void *list, CK_ULONG count);

CK_ULONG bytes_of(CK_ULONG bits);
/** A nonce's length in bytes, where it may be told in bits. */
CK_ULONG nonce_bytes(CK_ULONG length);
