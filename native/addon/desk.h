// One worker's place at the lanes of every region it serves: Desk in src/engine/channel.ts. Belongs to one thread.

#pragma once

#include <cstdint>
#include <memory>
#include <napi.h>
#include <vector>

#include "doorbell.h"
#include "patience.h"
#include "seat.h"

class Desk : public Napi::ObjectWrap<Desk> {
  public:
    static void add_to(Napi::Env env, Napi::Object exports);
    explicit Desk(const Napi::CallbackInfo &info);

  private:
    // Memory that TypeScript gave; the reference keeps it from being collected.
    struct Buffer {
        Napi::Reference<Napi::ArrayBuffer> owner;
        uint8_t *data = nullptr;
        size_t size = 0;
        size_t used = 0;

        void take(Napi::Value given);
        void wipe_used();
    };
    // A request that was longer than the request buffer, until its call is answered.
    struct Large {
        uint32_t region;
        uint64_t ticket;
        Napi::Reference<Napi::ArrayBuffer> bytes;
    };

    Napi::Value attach(const Napi::CallbackInfo &info);
    void release(const Napi::CallbackInfo &info);
    void sessions(const Napi::CallbackInfo &info);
    Napi::Value turn(const Napi::CallbackInfo &info);
    void answer(const Napi::CallbackInfo &info);
    Napi::Value large(const Napi::CallbackInfo &info);

    void finish(int64_t reply_length);
    void answer_call(uint64_t ticket, const uint8_t *bytes, size_t length);
    double next();
    double present(Seat &seat, const Frame &frame);
    double present_refusal(Seat &seat);
    void trace(size_t length);
    Seat *seat_of(uint64_t ticket);
    template <typename Of> void drop_large(Of of);

    bool due() const;
    void rest();
    void sleep();

    const unsigned worker_;
    Doorbell &doorbell_ = Doorbell::of(worker_);
    Buffer request_;
    Buffer reply_;
    Napi::Reference<Napi::Float64Array> call_owner_;
    double *call_;
    uint64_t current_ = 0;
    uint64_t serial_ = 0;
    Wakes wakes_;
    std::vector<std::unique_ptr<Seat>> seats_;
    size_t first_ = 0;
    std::vector<Large> larges_;
    Patience patience_;
    bool can_wait_for_any_ = true;
};
