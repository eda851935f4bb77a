// The keys that operations use: one of each kind, made when first wanted and found again by the next run.

#pragma once

#include <stdbool.h>

#include "pkcs11.h"

struct kind {
    const char *name;
    CK_MECHANISM_TYPE generation;
    /** CKA_MODULUS_BITS, CKA_VALUE_LEN or CKA_PARAMETER_SET; 0 where the parameters are bytes. */
    CK_ATTRIBUTE_TYPE size;
    CK_ULONG value;
    CK_BYTE parameters[16];
    CK_ULONG parameters_length;
    /** CKA_SIGN or CKA_ENCRYPT. */
    CK_ATTRIBUTE_TYPE use;
    /** A key pair; else one secret key. */
    bool pair;
};

enum kind_name { RSA_2048, RSA_3072, RSA_4096, P_256, P_384, ED25519, ML_DSA_65, GENERIC_256, AES_256, KINDS };
extern const struct kind kinds[KINDS];

struct pair {
    /** The secret key, where there is one key. */
    CK_OBJECT_HANDLE private;
    CK_OBJECT_HANDLE public;
};

CK_RV key_generate(CK_SESSION_HANDLE session, const struct kind *kind, bool on_token, struct pair *made);
/** The kind's key: found, or made. */
struct pair key_have(CK_SESSION_HANDLE session, enum kind_name name);
/** Secret keys to search among, each with an id of its own: as many as were asked for. */
void objects_have(CK_SESSION_HANDLE session);
/** The id of the n-th of them. */
void object_id(unsigned long n, CK_BYTE id[8]);
/** Destroys everything on the token that the meter ever made. */
void objects_clean(CK_SESSION_HANDLE session);
