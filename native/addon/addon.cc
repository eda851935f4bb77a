// The engine's addon: what src/engine/channel.ts and src/crypto/native.ts describe. Loaded by every worker thread of the engine; what is
// shared between them (the register of regions, the doorbells) is guarded where it stands. Knows no PKCS#11.

#include <napi.h>

#include "conduct.h"
#include "desk.h"
#include "signatures.h"
#include "supervisor.h"
#include "trace.h"

static Napi::Object add_all(Napi::Env env, Napi::Object exports) {
    add_supervisor(env, exports);
    add_conduct(env, exports);
    Desk::add_to(env, exports);
    add_signatures(env, exports);
    add_trace(env, exports);
    return exports;
}

NODE_API_MODULE(channel, add_all)
