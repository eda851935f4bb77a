#include "mechanism.h"

#include "parameters.h"

/** No structure: the parameter crosses as its bytes. */
#define NONE UINT64_MAX

/** No ChaCha20 nonce has more bytes than this, and none has so few bits. */
#define NONCE_MAX 24

static uint64_t structure_of(CK_MECHANISM_TYPE mechanism, const void *parameter, CK_ULONG size)
{
    for (size_t i = 0; parameter && i < takers_count; i++)
        if (takers[i].mechanism == mechanism && structures[takers[i].structure].size == size)
            return takers[i].structure;
    return NONE;
}

static uint64_t message_structure_of(const void *parameter, CK_ULONG size)
{
    for (size_t i = 0; parameter && i < message_structures_count; i++)
        if (structures[message_structures[i]].size == size)
            return message_structures[i];
    return NONE;
}

static void put_parameter(struct call *call, uint64_t structure, const void *parameter, CK_ULONG size)
{
    if (structure != NONE) {
        put_ulong(call, PARAMETER_STRUCT);
        put_ulong(call, structure);
        structures[structure].put(call, parameter);
    } else if (parameter || size != 0) {
        put_ulong(call, PARAMETER_BYTES);
        put_bytes(call, parameter, size);
    } else {
        put_ulong(call, PARAMETER_NONE);
    }
}

static void get_parameter(struct call *call, uint64_t structure, void *parameter)
{
    if (get_number(call) == 0 || !call->going)
        return;
    if (structure != NONE && structures[structure].get)
        structures[structure].get(call, parameter);
    else
        call_fail(call, CKR_DEVICE_ERROR);
}

void put_mechanism(struct call *call, const CK_MECHANISM *mechanism)
{
    CK_MECHANISM copy;

    put_ulong(call, mechanism != NULL);
    if (!mechanism)
        return;
    copy = *mechanism;
    put_ulong(call, copy.mechanism);
    put_parameter(call, structure_of(copy.mechanism, copy.pParameter, copy.ulParameterLen), copy.pParameter, copy.ulParameterLen);
}

void get_mechanism(struct call *call, const CK_MECHANISM *mechanism)
{
    const CK_MECHANISM copy = mechanism ? *mechanism : (CK_MECHANISM){ 0 };

    get_parameter(call, structure_of(copy.mechanism, copy.pParameter, copy.ulParameterLen), copy.pParameter);
}

void put_message_mechanism(struct call *call, const CK_MECHANISM *mechanism)
{
    put_ulong(call, mechanism != NULL);
    if (!mechanism)
        return;
    put_ulong(call, mechanism->mechanism);
    put_message_parameter(call, mechanism->pParameter, mechanism->ulParameterLen);
}

void get_message_mechanism(struct call *call, const CK_MECHANISM *mechanism)
{
    get_message_parameter(call, mechanism ? mechanism->pParameter : NULL, mechanism ? mechanism->ulParameterLen : 0);
}

void put_message_parameter(struct call *call, const void *parameter, CK_ULONG size)
{
    put_parameter(call, message_structure_of(parameter, size), parameter, size);
}

void get_message_parameter(struct call *call, void *parameter, CK_ULONG size)
{
    get_parameter(call, message_structure_of(parameter, size), parameter);
}

CK_ULONG list_length(const void *list, CK_ULONG count)
{
    return list && count <= LIST_MAX ? count : 0;
}

void put_count(struct call *call, const void *list, CK_ULONG count)
{
    put_ulong(call, list_length(list, count) == count ? count : BAD_MARK);
}

void get_count(struct call *call, const void *list, CK_ULONG count)
{
    if (get_number(call) != list_length(list, count))
        call_fail(call, CKR_DEVICE_ERROR);
}

CK_ULONG bytes_of(CK_ULONG bits)
{
    return bits / 8 + (bits % 8 != 0);
}

CK_ULONG nonce_bytes(CK_ULONG length)
{
    return length > NONCE_MAX ? bytes_of(length) : length;
}
