// The token that cases sign with.

#pragma once

#include <stdbool.h>

#include "pkcs11.h"

#define TEXT_LENGTH 13
#define SIGNATURE_MAX 512

extern CK_BYTE text[];

/** Finds the token that was named, or initialises one that nobody uses; makes the key; signs with it once, for comparison. */
void token_prepare(void);
/** The slot of the token that cases use: the named one, or for cases that sign nothing any. False where there is none. */
bool slot_find(CK_SLOT_ID *slot);
/** C_InitToken with the label that it has. */
CK_RV token_initialize(CK_SLOT_ID slot);
CK_RV token_login(CK_SESSION_HANDLE session);
/** The key that signs; and its public half. */
bool key_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *key);
/** Whether a signature is the right one: RSA with PKCS #1's padding has one only. */
bool signature_right(const CK_BYTE *signature, CK_ULONG length);
