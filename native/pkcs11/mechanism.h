// A mechanism, or a message's parameter, on its way to the engine; and what comes back into its structure.

#pragma once

#include "marshal.h"

void put_mechanism(struct call *call, const CK_MECHANISM *mechanism);
void get_mechanism(struct call *call, const CK_MECHANISM *mechanism);

/** For the functions whose mechanism takes the structures of messages. */
void put_message_mechanism(struct call *call, const CK_MECHANISM *mechanism);
void get_message_mechanism(struct call *call, const CK_MECHANISM *mechanism);

void put_message_parameter(struct call *call, const void *parameter, CK_ULONG size);
void get_message_parameter(struct call *call, void *parameter, CK_ULONG size);
