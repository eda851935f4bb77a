// How an application keeps the contract between threads, as its library noted it in the region (native/pkcs11/finding.c). The memory is
// the application's too: what is read here is told to people, and nothing else hangs on it.

#include "conduct.h"

#include <cstring>

#include "orphans.h"
#include "region.h"

namespace {

uint32_t read(const uint32_t &word) {
    return __atomic_load_n(&word, __ATOMIC_RELAXED);
}

Napi::Object caller(Napi::Env env, uint32_t thread, const uint64_t (&name)[2], uint32_t function, uint64_t session, uint32_t process) {
    char text[sizeof name];
    memcpy(text, name, sizeof text);
    auto told = Napi::Object::New(env);
    told.Set("thread", Napi::Number::New(env, thread));
    // Bytes, not yet text: somebody else chose them.
    told.Set("name", Napi::Buffer<char>::Copy(env, text, strnlen(text, sizeof text)));
    told.Set("function", Napi::Number::New(env, function));
    told.Set("session", Napi::Number::New(env, static_cast<double>(session)));
    told.Set("process", Napi::Number::New(env, process));
    return told;
}

Napi::Object finding(Napi::Env env, const struct finding &found) {
    const uint32_t pair = read(found.pair);
    auto told = Napi::Object::New(env);
    told.Set("breach", Napi::Number::New(env, pair >> 16));
    told.Set("count", Napi::Number::New(env, read(found.count)));
    told.Set("first", caller(env, found.first_thread, found.first_name, pair >> 8 & 255, found.first_session, 0));
    told.Set("second", caller(env, found.second_thread, found.second_name, pair & 255, found.second_session, found.second_process));
    return told;
}

template <typename At> Napi::Array findings(Napi::Env env, At at) {
    auto told = Napi::Array::New(env);
    for (unsigned n = 0; n < FINDINGS; n++)
        if (__atomic_load_n(&at(n).ready, __ATOMIC_ACQUIRE) == 1)
            told.Set(told.Length(), finding(env, at(n)));
    return told;
}

Napi::Value children(const Napi::CallbackInfo &info) {
    const Napi::Env env = info.Env();
    const auto found = Orphans::find(info[0].As<Napi::Number>().Uint32Value());
    if (!found)
        return env.Null();
    const struct orphans &page = found->page();
    auto told = Napi::Object::New(env);
    told.Set("calls", Napi::Number::New(env, read(page.tally.calls)));
    told.Set("findings", findings(
                             env, [&page](unsigned n) -> const struct finding & { return page.findings[n]; }));
    return told;
}

Napi::Value conduct(const Napi::CallbackInfo &info) {
    const Napi::Env env = info.Env();
    const auto region = Region::find(info[0].As<Napi::Number>().Uint32Value());
    if (!region)
        return env.Null();
    const struct header &header = region->header();
    auto told = Napi::Object::New(env);
    told.Set("initCase", Napi::Number::New(env, read(header.init_case)));
    told.Set("primitive", Napi::Number::New(env, read(header.primitive)));
    told.Set("audit", Napi::Number::New(env, read(header.audit)));
    auto counts = Napi::Array::New(env, BREACHES);
    for (uint32_t n = 0; n < BREACHES; n++)
        counts.Set(n, Napi::Number::New(env, read(header.breaches[n])));
    told.Set("counts", counts);
    told.Set("findings", findings(
                             env, [&region](unsigned n) -> const struct finding & { return region->finding(n); }));
    return told;
}

} // namespace

void add_conduct(Napi::Env env, Napi::Object exports) {
    exports.Set("conduct", Napi::Function::New<conduct>(env, "conduct"));
    exports.Set("orphans", Napi::Function::New<children>(env, "orphans"));
}
