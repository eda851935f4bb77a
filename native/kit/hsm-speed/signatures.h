// What was signed: kept for somebody who checks it, and compared between threads.

#pragma once

#include "signing.h"

/** A signature that repeats the thread's first one is checked with it. */
void signature_note(struct signer *signer, const CK_BYTE *signature, CK_ULONG length);
/** Each signature as its length, 32 bits in the machine's order, and its bytes. */
void signatures_write(void);
/** Where every right signature is the same, two threads with different ones have a wrong one between them. */
void signatures_compare(void);
