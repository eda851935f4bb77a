// Caller memory to message and back. All copying of raw memory in the library is done here, and every bound is checked here.

#include "marshal.h"

#include <string.h>

/** A template in a template in a template: as deep as any that the standard describes, and one more. */
#define DEPTH_MAX 4

static void put_raw(struct call *call, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;

    while (call->going && length > 0) {
        uint32_t part = LANE_DATA - call->at;

        if (part == 0) {
            fragment_send(call);
            continue;
        }
        part = length < part ? (uint32_t)length : part;
        memcpy(lane_data(&call->hold) + call->at, from, part);
        call->at += part;
        if (call->at > call->used)
            call->used = call->at;
        from += part;
        length -= part;
    }
}

void put_ulong(struct call *call, CK_ULONG value)
{
    const uint64_t number = value;

    put_raw(call, &number, sizeof number);
}

static void put_padded(struct call *call, const void *bytes, size_t length)
{
    static const uint8_t zeros[8];

    put_ulong(call, length);
    put_raw(call, bytes, length);
    put_raw(call, zeros, -length % sizeof zeros);
}

/**
 * Is there room in the frame for so much more? If not, and fragments of it have gone already, the engine gets BAD_MARK, so that it
 * refuses the call and waits for nothing; the application hears CKR_HOST_MEMORY either way.
 */
static bool admit(struct call *call, uint64_t length)
{
    // Less what the lane holds now, and what the arguments after this one need at most.
    const uint64_t rest = FRAME_MAX - 2 * LANE_DATA;

    if (length <= rest && call->sent <= rest - length)
        return true;
    if (call->sent == 0) {
        call_fail(call, CKR_HOST_MEMORY);
    } else {
        call->refusal = CKR_HOST_MEMORY;
        put_ulong(call, BAD_MARK);
    }
    return false;
}

/** Before the string itself: its length takes as much of the frame first as the call's number did. */
static void note_contents(struct call *call, CK_ULONG length)
{
    const uint32_t start = call->at, count = call->noted.count++;
    const CK_ULONG same = call->noted.same < length ? call->noted.same : length;

    // A frame of one fragment at most is of interest.
    if (count < SPANS && length <= LANE_DATA)
        call->noted.spans[count] = (struct span){ start + (uint32_t)same, start + (uint32_t)length };
}

void put_bytes(struct call *call, const void *bytes, CK_ULONG length)
{
    if (!bytes)
        put_ulong(call, length == 0 ? NULL_MARK : BAD_MARK);
    else if (admit(call, length)) {
        if (call->noted.on)
            note_contents(call, length);
        put_padded(call, bytes, length);
    }
}

void put_written(struct call *call, const void *bytes, uint32_t length)
{
    put_raw(call, bytes, length);
}

void put_fixed(struct call *call, const void *bytes, CK_ULONG size)
{
    if (bytes)
        put_padded(call, bytes, size);
    else
        put_ulong(call, BAD_MARK);
}

void put_text(struct call *call, const CK_UTF8CHAR *text)
{
    if (text)
        put_bytes(call, text, strlen((const char *)text));
    else
        put_ulong(call, BAD_MARK);
}

static CK_ATTRIBUTE attribute_at(const CK_ATTRIBUTE *attributes, CK_ULONG index)
{
    CK_ATTRIBUTE copy;

    // An array in an array is as the application aligned it.
    memcpy(&copy, attributes + index, sizeof copy);
    return copy;
}

static bool is_template(CK_ATTRIBUTE_TYPE type)
{
    static const CK_ATTRIBUTE_TYPE types[] = { TEMPLATE_ATTRIBUTES };

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i] == type)
            return true;
    return false;
}

/** How an attribute's value crosses: an array of attributes as attributes, while that is not too deep. */
static uint64_t form_of(const CK_ATTRIBUTE *attribute, int depth)
{
    if (!attribute->pValue)
        return VALUE_NULL;
    if (depth < DEPTH_MAX && attribute->ulValueLen % sizeof *attribute == 0 && is_template(attribute->type))
        return VALUE_NESTED;
    return VALUE_BYTES;
}

/** At most so many bytes on the wire, with the values or without; FRAME_MAX stands for "too many". */
static uint64_t template_size(const CK_ATTRIBUTE *attributes, CK_ULONG count, bool values, int depth)
{
    uint64_t size = 0;

    if (count > FRAME_MAX / sizeof *attributes)
        return FRAME_MAX;
    for (CK_ULONG i = 0; i < count && size < FRAME_MAX; i++) {
        const CK_ATTRIBUTE attribute = attribute_at(attributes, i);
        const uint64_t form = form_of(&attribute, depth);

        size += 32;
        if (form == VALUE_NESTED)
            size += template_size(attribute.pValue, attribute.ulValueLen / sizeof attribute, values, depth + 1);
        else if (form == VALUE_BYTES && values)
            size += attribute.ulValueLen < FRAME_MAX ? attribute.ulValueLen + 8 : FRAME_MAX;
    }
    return size < FRAME_MAX ? size : FRAME_MAX;
}

static void put_attributes(struct call *call, const CK_ATTRIBUTE *attributes, CK_ULONG count, int depth)
{
    put_ulong(call, count);
    for (CK_ULONG i = 0; i < count && call->going; i++) {
        const CK_ATTRIBUTE attribute = attribute_at(attributes, i);
        const uint64_t form = form_of(&attribute, depth);

        put_ulong(call, attribute.type);
        put_ulong(call, form);
        if (form == VALUE_NESTED)
            put_attributes(call, attribute.pValue, attribute.ulValueLen / sizeof attribute, depth + 1);
        else if (form == VALUE_BYTES)
            put_padded(call, attribute.pValue, attribute.ulValueLen);
        else
            put_ulong(call, attribute.ulValueLen);
    }
}

void put_template(struct call *call, const CK_ATTRIBUTE *attributes, CK_ULONG count)
{
    if (!attributes && count != 0)
        put_ulong(call, BAD_MARK);
    else if (admit(call, template_size(attributes, count, true, 1)))
        put_attributes(call, attributes, count, 1);
}

/** Room that an application says it has. More than there is of anything, it is not to be taken for one of the marks. */
static CK_ULONG believed(CK_ULONG room)
{
    return room < BAD_MARK ? room : BAD_MARK - 1;
}

static void put_asked(struct call *call, const CK_ATTRIBUTE *attributes, CK_ULONG count, int depth)
{
    put_ulong(call, count);
    for (CK_ULONG i = 0; i < count && call->going; i++) {
        const CK_ATTRIBUTE attribute = attribute_at(attributes, i);
        const uint64_t form = form_of(&attribute, depth);

        put_ulong(call, attribute.type);
        put_ulong(call, form);
        if (form == VALUE_NESTED)
            put_asked(call, attribute.pValue, attribute.ulValueLen / sizeof attribute, depth + 1);
        else if (form == VALUE_BYTES)
            put_ulong(call, believed(attribute.ulValueLen));
    }
}

void put_wanted(struct call *call, const CK_ATTRIBUTE *attributes, CK_ULONG count)
{
    if (!attributes && count != 0)
        put_ulong(call, BAD_MARK);
    else if (admit(call, template_size(attributes, count, false, 1)))
        put_asked(call, attributes, count, 1);
}

void put_space(struct call *call, const void *buffer, const CK_ULONG *length)
{
    call->space = length && buffer ? *length : 0;
    if (!length)
        put_ulong(call, BAD_MARK);
    else
        put_ulong(call, buffer ? believed(call->space) : NULL_MARK);
}

void put_room(struct call *call, const void *buffer, CK_ULONG count)
{
    put_ulong(call, buffer || count == 0 ? believed(count) : BAD_MARK);
}

void put_place(struct call *call, const void *place)
{
    put_ulong(call, place ? 0 : BAD_MARK);
}

/** Copies to `to`, or passes over where it is null. */
static void get_raw(struct call *call, void *to, uint64_t length)
{
    uint8_t *at = to;

    while (call->going && length > 0) {
        uint32_t part = call->length - call->at;

        if (part == 0) {
            fragment_next(call);
            continue;
        }
        part = length < part ? (uint32_t)length : part;
        if (at) {
            memcpy(at, lane_data(&call->hold) + call->at, part);
            at += part;
        }
        call->at += part;
        length -= part;
    }
}

uint64_t get_number(struct call *call)
{
    uint64_t number = 0;

    get_raw(call, &number, sizeof number);
    return number;
}

/** So many bytes and their padding; no more of them is written than there is room, and none is kept of what does not fit. */
static void get_padded(struct call *call, void *to, uint64_t length, uint64_t room)
{
    get_raw(call, length <= room ? to : NULL, length);
    get_raw(call, NULL, -length % sizeof length);
}

void get_ulong(struct call *call, CK_ULONG *value)
{
    const uint64_t number = get_number(call);

    if (call->going && value)
        *value = number;
}

/** A place of so many bytes where a pointer into them stands, told as a distance. Neither leads out of them. */
static bool point(uint8_t *bytes, uint64_t length, uint64_t place)
{
    uint64_t distance;
    void *target;

    if (length < sizeof target || place > length - sizeof target)
        return false;
    memcpy(&distance, bytes + place, sizeof distance);
    if (distance > length)
        return false;
    target = bytes + distance;
    memcpy(bytes + place, &target, sizeof target);
    return true;
}

static void get_pointers(struct call *call, void *bytes, uint64_t length)
{
    const uint64_t count = get_number(call);

    for (uint64_t i = 0; i < count && call->going; i++) {
        const uint64_t place = get_number(call);

        if (call->going && bytes && !point(bytes, length, place))
            call_garbled(call);
    }
}

void get_bytes(struct call *call, void *bytes, CK_ULONG *length)
{
    const uint64_t told = get_number(call), form = get_number(call);

    if (!call->going || !length)
        return;
    *length = told;
    if (form != OUTPUT_NONE)
        get_padded(call, bytes, told, call->space);
    if (form == OUTPUT_POINTING)
        get_pointers(call, told <= call->space ? bytes : NULL, told);
}

void get_ulongs(struct call *call, CK_ULONG *values, CK_ULONG *count)
{
    const uint64_t told = get_number(call);
    const bool present = get_number(call) != 0;

    if (!call->going || !count)
        return;
    *count = told;
    for (uint64_t i = 0; present && i < told && call->going; i++)
        get_ulong(call, values && i < call->space ? values + i : NULL);
}

void get_fixed(struct call *call, void *bytes, CK_ULONG length)
{
    get_padded(call, bytes, get_number(call), bytes ? length : 0);
}

void get_handles(struct call *call, CK_OBJECT_HANDLE *handles, CK_ULONG room, CK_ULONG *count)
{
    const uint64_t told = get_number(call);

    if (!call->going || !count)
        return;
    *count = told < room ? told : room;
    for (uint64_t i = 0; i < told && call->going; i++)
        get_ulong(call, handles && i < room ? handles + i : NULL);
}

void get_struct(struct call *call, void *structure, size_t size)
{
    get_padded(call, structure, size, size);
}

static void get_attributes(struct call *call, CK_ATTRIBUTE *attributes, CK_ULONG room, int depth);

static void get_attribute(struct call *call, CK_ATTRIBUTE *place, int depth)
{
    const CK_ATTRIBUTE attribute = place ? attribute_at(place, 0) : (CK_ATTRIBUTE){ 0 };
    const bool nested = place && form_of(&attribute, depth) == VALUE_NESTED;
    const CK_ULONG room = attribute.pValue ? attribute.ulValueLen : 0;
    const uint64_t type = get_number(call), length = get_number(call), form = get_number(call);

    if (!call->going)
        return;
    // C_GetAttributeValue: within an array the type is "ignored on input" and "set on output".
    if (place && depth > 1)
        memcpy((uint8_t *)place + offsetof(CK_ATTRIBUTE, type), &type, sizeof type);
    if (place)
        memcpy((uint8_t *)place + offsetof(CK_ATTRIBUTE, ulValueLen), &length, sizeof length);
    if (form == VALUE_BYTES)
        get_padded(call, attribute.pValue, get_number(call), room);
    else if (form == VALUE_NESTED && depth < DEPTH_MAX)
        get_attributes(call, nested ? attribute.pValue : NULL, nested ? room / sizeof attribute : 0, depth + 1);
    else if (form != VALUE_NULL)
        call_garbled(call);
}

static void get_attributes(struct call *call, CK_ATTRIBUTE *attributes, CK_ULONG room, int depth)
{
    const uint64_t told = get_number(call);

    for (uint64_t i = 0; i < told && call->going; i++)
        get_attribute(call, attributes && i < room ? attributes + i : NULL, depth);
}

void get_template(struct call *call, CK_ATTRIBUTE *attributes, CK_ULONG count)
{
    get_attributes(call, attributes, count, 1);
}

void read_struct(void *copy, const void *source, size_t size)
{
    memcpy(copy, source, size);
}
