// `conduct` and `orphans`, which tell what an application's library noted of it, and of its children.

#pragma once

#include <napi.h>

void add_conduct(Napi::Env env, Napi::Object exports);
