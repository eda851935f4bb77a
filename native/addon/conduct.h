// `conduct`, which tells what an application's library noted of it.

#pragma once

#include <napi.h>

void add_conduct(Napi::Env env, Napi::Object exports);
