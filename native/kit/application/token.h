// Any PKCS#11 module, and the slots of its tokens.

#pragma once

#include "pkcs11.h"

/** The module's functions. */
extern CK_FUNCTION_LIST *p11;

/** Answers with a function of the module's, by whose address its code is known. */
void *module_load(const char *path);

/** The slot whose token has the label. */
CK_SLOT_ID slot_labelled(const char *label);
/** The first slot whose token nobody has initialised. */
CK_SLOT_ID slot_free(void);
