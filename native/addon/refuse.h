// Refusing an argument. The addon is compiled without C++ exceptions: the JavaScript one is left pending and the call returns.

#pragma once

#include <napi.h>

template <typename JsError = Napi::RangeError> Napi::Value refuse(Napi::Env env, const char *why) {
    JsError::New(env, why).ThrowAsJavaScriptException();
    return env.Undefined();
}
