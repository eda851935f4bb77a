#include "trace.h"

#include <algorithm>
#include <cstdlib>

namespace {

// Between each mark and the next; the last one is the whole call.
constexpr unsigned STAGES = MARKS;
constexpr unsigned FUNCTIONS = 256;
// Sixteen to every power of two of nanoseconds, up to a minute.
constexpr unsigned BUCKETS = 16 * 33;

// Of one function; every worker counts here.
struct Times {
    std::atomic<uint64_t> calls, sums[STAGES];
    std::atomic<uint32_t> counts[STAGES][BUCKETS];
};
std::atomic<Times *> times_of[FUNCTIONS];

Times *times_for(uint32_t function) {
    Times *times = times_of[function].load(std::memory_order_acquire);
    if (times != nullptr)
        return times;
    auto *made = static_cast<Times *>(calloc(1, sizeof(Times)));
    if (made != nullptr && times_of[function].compare_exchange_strong(times, made, std::memory_order_acq_rel))
        return made;
    free(made);
    return times;
}

unsigned bucket_of(uint64_t time) {
    if (time < 16)
        return static_cast<unsigned>(time);
    const unsigned power = 60 - static_cast<unsigned>(__builtin_clzll(time));
    const uint64_t bucket = 16 * power + (time >> (power - 1)) - 16;
    return bucket < BUCKETS ? static_cast<unsigned>(bucket) : BUCKETS - 1;
}

double middle_of(unsigned bucket) {
    if (bucket < 16)
        return bucket;
    const double width = static_cast<double>(1ull << (bucket / 16 - 1));
    return (bucket % 16 + 16) * width + width / 2;
}

void note(Times &times, unsigned stage, uint64_t time) {
    times.sums[stage].fetch_add(time, std::memory_order_relaxed);
    times.counts[stage][bucket_of(time)].fetch_add(1, std::memory_order_relaxed);
}

// Nanoseconds within which that part of the calls was.
double within(const Times &times, unsigned stage, double part) {
    uint64_t all = 0, seen = 0;
    for (const auto &count : times.counts[stage])
        all += count.load(std::memory_order_relaxed);
    for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
        seen += times.counts[stage][bucket].load(std::memory_order_relaxed);
        if (all != 0 && static_cast<double>(seen) >= part * static_cast<double>(all))
            return middle_of(bucket);
    }
    return 0;
}

// A mark that was not set has a stage of no length before it; the bell is answered before its ringer is back.
// What is computed into the reply is computed while that is written: its operation ends before.
void straighten(uint64_t (&at)[MARKS]) {
    at[MARK_HANDLED] = std::max(at[MARK_HANDLED], at[MARK_COMPUTED]);
    for (unsigned mark = MARK_DONE; mark-- > MARK_BEGAN;) {
        if (at[mark] == 0 || at[mark] > at[mark + 1])
            at[mark] = at[mark + 1];
    }
}

Napi::Value stages_of(Napi::Env env, const Times &times) {
    auto stages = Napi::Array::New(env, STAGES);
    for (unsigned stage = 0; stage < STAGES; stage++) {
        auto told = Napi::Object::New(env);
        const auto calls = static_cast<double>(times.calls.load(std::memory_order_relaxed));
        told.Set("p50", Napi::Number::New(env, within(times, stage, 0.5)));
        told.Set("p99", Napi::Number::New(env, within(times, stage, 0.99)));
        told.Set("mean", Napi::Number::New(env, static_cast<double>(times.sums[stage].load(std::memory_order_relaxed)) / calls));
        stages.Set(stage, told);
    }
    return stages;
}

Napi::Value traced(const Napi::CallbackInfo &info) {
    auto functions = Napi::Array::New(info.Env());
    for (uint32_t function = 0; function < FUNCTIONS; function++) {
        const Times *times = times_of[function].load(std::memory_order_acquire);
        const uint64_t calls = times == nullptr ? 0 : times->calls.load(std::memory_order_relaxed);
        if (calls == 0)
            continue;
        auto told = Napi::Object::New(info.Env());
        told.Set("function", Napi::Number::New(info.Env(), function));
        told.Set("calls", Napi::Number::New(info.Env(), static_cast<double>(calls)));
        told.Set("stages", stages_of(info.Env(), *times));
        functions.Set(functions.Length(), told);
    }
    return functions;
}

} // namespace

void Trace::begin(const struct lane &lane) {
    Course &call = course();
    call = Course{};
    call.at[MARK_BEGAN] = __atomic_load_n(&lane.began, __ATOMIC_RELAXED);
    call.at[MARK_MARSHALLED] = __atomic_load_n(&lane.marshalled, __ATOMIC_RELAXED);
    call.at[MARK_TAKEN] = now();
}

void Trace::settle(Course &answered, const struct lane &lane) {
    const uint64_t began = answered.at[MARK_BEGAN];
    answered.at[MARK_BEGAN] = 0;
    if (began == 0 || __atomic_load_n(&lane.ended, __ATOMIC_RELAXED) != began)
        return;
    Times *times = times_for(answered.function % FUNCTIONS);
    if (times == nullptr)
        return;
    auto &at = answered.at;
    at[MARK_BEGAN] = began;
    at[MARK_RUNG] = __atomic_load_n(&lane.rung, __ATOMIC_RELAXED);
    at[MARK_SEEN] = __atomic_load_n(&lane.seen, __ATOMIC_RELAXED);
    at[MARK_DONE] = __atomic_load_n(&lane.done, __ATOMIC_RELAXED);
    straighten(at);
    for (unsigned mark = MARK_BEGAN; mark < MARK_DONE; mark++)
        note(*times, mark, at[mark + 1] - at[mark]);
    note(*times, MARK_DONE, at[MARK_DONE] - at[MARK_BEGAN]);
    times->calls.fetch_add(1, std::memory_order_relaxed);
    at[MARK_BEGAN] = 0;
}

static void start_trace(const Napi::CallbackInfo &) {
    Trace::start();
}

static void mark(const Napi::CallbackInfo &info) {
    Trace::mark(static_cast<Mark>(info[0].As<Napi::Number>().Uint32Value() % MARKS));
}

void add_trace(Napi::Env env, Napi::Object exports) {
    exports.Set("startTrace", Napi::Function::New<start_trace>(env, "startTrace"));
    exports.Set("mark", Napi::Function::New<mark>(env, "mark"));
    exports.Set("traced", Napi::Function::New<traced>(env, "traced"));
}
