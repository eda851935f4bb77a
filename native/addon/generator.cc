// OpenSSL's random number generator: an application's bytes go in beside its own, and can make it no worse.

#include <openssl/rand.h>

#include "key.h"
#include "signatures.h"

Napi::Value seed_generator(const Napi::CallbackInfo &info) {
    const Bytes seed = bytes_of(info[0]);
    // They count for nothing: nobody knows what is random in them.
    RAND_add(seed.data, static_cast<int>(seed.size), 0);
    return info.Env().Undefined();
}
