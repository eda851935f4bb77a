// GENERATED from src/protocol/parameters.ts by tools/generate.ts; do not edit.
// How each structure with pointers is flattened, and which mechanisms take which.

#include "parameters.h"

#include <stddef.h>

static void put_CK_GCM_PARAMS(struct call *call, const void *source)
{
    CK_GCM_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_bytes(call, params.pIv, params.ulIvLen);
    put_ulong(call, params.ulIvBits);
    put_bytes(call, params.pAAD, params.ulAADLen);
    put_ulong(call, params.ulTagBits);
}

static void put_CK_EDDSA_PARAMS(struct call *call, const void *source)
{
    CK_EDDSA_PARAMS params;

    read_struct(&params, source, sizeof params);
    put_ulong(call, params.phFlag);
    put_bytes(call, params.pContextData, params.ulContextDataLen);
}

static const struct parameter flattened[] = {
    { CKM_AES_GCM, sizeof(CK_GCM_PARAMS), put_CK_GCM_PARAMS },
    { CKM_EDDSA, sizeof(CK_EDDSA_PARAMS), put_CK_EDDSA_PARAMS },
};

const struct parameter *parameter_of(CK_MECHANISM_TYPE mechanism, CK_ULONG size)
{
    for (size_t i = 0; i < sizeof flattened / sizeof flattened[0]; i++)
        if (flattened[i].mechanism == mechanism && flattened[i].size == size)
            return &flattened[i];
    return NULL;
}
