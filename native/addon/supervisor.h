#pragma once

#include <napi.h>

// createRegion and its companions of src/engine/channel.ts: what the supervisor does with an application.
void add_supervisor(Napi::Env env, Napi::Object exports);
