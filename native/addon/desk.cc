#include "desk.h"

#include <algorithm>
#include <cstring>

#include "refuse.h"

// The places of CALL and the values of TURN in src/engine/channel.ts.
enum { CALL_TICKET, CALL_REGION, CALL_SIZE };
static const double TURN_MAIL = -1, TURN_REFUSED = -2, TURN_NONE = -3;

void Desk::add_to(Napi::Env env, Napi::Object exports) {
    exports.Set("Desk", DefineClass(env, "Desk",
                                    {
                                        InstanceMethod<&Desk::attach>("attach"),
                                        InstanceMethod<&Desk::release>("release"),
                                        InstanceMethod<&Desk::sessions>("sessions"),
                                        InstanceMethod<&Desk::turn>("turn"),
                                        InstanceMethod<&Desk::answer>("answer"),
                                        InstanceMethod<&Desk::large>("large"),
                                    }));
}

Desk::Desk(const Napi::CallbackInfo &info) : ObjectWrap(info), worker_(info[0].As<Napi::Number>().Uint32Value() % WORKERS) {
    request_.take(info[1]);
    reply_.take(info[2]);
    auto call = info[3].As<Napi::Float64Array>();
    // A frame of one fragment is copied to the request buffer unasked.
    if (request_.size < LANE_DATA || call.ElementLength() < CALL_SIZE) {
        refuse(info.Env(), "buffer too small");
        return;
    }
    call_owner_ = Napi::Persistent(call);
    call_ = call.Data();
}

void Desk::Buffer::take(Napi::Value given) {
    auto buffer = given.As<Napi::ArrayBuffer>();
    data = static_cast<uint8_t *>(buffer.Data());
    size = buffer.ByteLength();
    owner = Napi::Persistent(buffer);
}

void Desk::Buffer::wipe_used() {
    explicit_bzero(data, used);
    used = 0;
}

Napi::Value Desk::attach(const Napi::CallbackInfo &info) {
    const uint32_t id = info[0].As<Napi::Number>().Uint32Value();
    auto region = Region::find(id);
    if (!region)
        return Napi::Boolean::New(info.Env(), false);
    const bool known = std::any_of(seats_.begin(), seats_.end(), [id](const auto &seat) { return seat->region() == id; });
    if (!known)
        seats_.push_back(std::make_unique<Seat>(std::move(region), worker_, wakes_));
    return Napi::Boolean::New(info.Env(), true);
}

void Desk::release(const Napi::CallbackInfo &info) {
    const uint32_t id = info[0].As<Napi::Number>().Uint32Value();
    drop_large([id](const Large &large) { return large.region == id; });
    wakes_.settle();
    seats_.erase(std::remove_if(seats_.begin(), seats_.end(), [id](const auto &seat) { return seat->region() == id; }), seats_.end());
    first_ = 0;
}

void Desk::sessions(const Napi::CallbackInfo &info) {
    const uint32_t id = info[0].As<Napi::Number>().Uint32Value();
    for (const auto &seat : seats_) {
        if (seat->region() == id)
            seat->tell_sessions(info[1].As<Napi::Number>().Uint32Value());
    }
}

Napi::Value Desk::turn(const Napi::CallbackInfo &info) {
    const int64_t reply_length = info[0].As<Napi::Number>().Int64Value();
    if (reply_length > static_cast<int64_t>(reply_.size))
        return refuse(info.Env(), "longer than the reply buffer");
    const bool waits = info.Length() < 2 || info[1].ToBoolean();
    Trace::mark(MARK_WRITTEN);
    finish(reply_length);
    for (;;) {
        // Mail goes first, or an application that never pauses would keep it out.
        if (doorbell_.answered()) {
            wakes_.settle();
            return Napi::Number::New(info.Env(), TURN_MAIL);
        }
        const double served = next();
        if (served != TURN_NONE) {
            wakes_.begin();
            return Napi::Number::New(info.Env(), served);
        }
        wakes_.settle();
        if (!waits)
            return Napi::Number::New(info.Env(), TURN_NONE);
        rest();
    }
}

void Desk::finish(int64_t reply_length) {
    request_.wipe_used();
    if (reply_length >= 0) {
        reply_.used = reply_length;
        if (current_ != 0)
            answer_call(current_, reply_.data, reply_.used);
        reply_.wipe_used();
    }
    current_ = 0;
}

void Desk::answer(const Napi::CallbackInfo &info) {
    const auto ticket = static_cast<uint64_t>(info[0].As<Napi::Number>().Int64Value());
    const auto bytes = info[1].As<Napi::Uint8Array>();
    answer_call(ticket, bytes.Data(), bytes.ByteLength());
}

void Desk::answer_call(uint64_t ticket, const uint8_t *bytes, size_t length) {
    Seat *seat = seat_of(ticket);
    if (seat != nullptr)
        seat->answer(ticket % LANES, bytes, length);
    drop_large([ticket](const Large &large) { return large.ticket == ticket; });
    if (ticket == current_)
        current_ = 0;
}

// Tickets are never reused, so that of a call whose region was released, or that was answered before, is found nowhere.
Seat *Desk::seat_of(uint64_t ticket) {
    for (const auto &seat : seats_) {
        if (ticket != 0 && seat->ticket(ticket % LANES) == ticket)
            return seat.get();
    }
    return nullptr;
}

// One lane of each region in turn, until a frame is complete or a whole round found nothing at all.
double Desk::next() {
    const size_t count = seats_.size();
    size_t idle = 0;
    while (idle < count && !doorbell_.rung()) {
        Seat &seat = *seats_[first_];
        first_ = (first_ + 1) % count;
        Frame frame;
        const Served served = seat.serve(request_.data, frame);
        if (served == Served::FRAME)
            return present(seat, frame);
        if (served == Served::REFUSED)
            return present_refusal(seat);
        idle = served == Served::STEP ? 0 : idle + 1;
    }
    return TURN_NONE;
}

double Desk::present(Seat &seat, const Frame &frame) {
    if (frame.length <= request_.size) {
        Wiped &assembled = seat.assembled(frame.lane);
        if (assembled.size() != 0)
            memcpy(request_.data, assembled.data(), frame.length);
        assembled.wipe();
        request_.used = frame.length;
    }
    current_ = ++serial_ * LANES + frame.lane;
    seat.set_ticket(frame.lane, current_);
    trace(frame.length);
    call_[CALL_TICKET] = static_cast<double>(current_);
    call_[CALL_REGION] = seat.region();
    return static_cast<double>(frame.length);
}

void Desk::trace(size_t length) {
    if (!Trace::on())
        return;
    Course &course = Trace::course();
    // A frame in fragments has no course: their times would overwrite each other.
    course.ticket = length <= LANE_DATA ? current_ : 0;
    course.function = length != 0 ? request_.data[0] : 0;
    Trace::mark(MARK_COPIED);
}

double Desk::present_refusal(Seat &seat) {
    call_[CALL_TICKET] = 0;
    call_[CALL_REGION] = seat.region();
    return TURN_REFUSED;
}

Napi::Value Desk::large(const Napi::CallbackInfo &info) {
    Seat *seat = seat_of(current_);
    if (seat == nullptr || seat->assembled(current_ % LANES).size() == 0)
        return refuse(info.Env(), "no large frame");
    Wiped &frame = seat->assembled(current_ % LANES);
    auto bytes = Napi::ArrayBuffer::New(info.Env(), frame.size());
    memcpy(bytes.Data(), frame.data(), frame.size());
    frame.wipe();
    larges_.push_back({seat->region(), current_, Napi::Persistent(bytes)});
    return bytes;
}

// Detaching gives the memory back now: waiting for the collector, one application's large frames would pile up.
template <typename Of> void Desk::drop_large(Of of) {
    for (auto &large : larges_) {
        if (!of(large))
            continue;
        auto bytes = large.bytes.Value();
        explicit_bzero(bytes.Data(), bytes.ByteLength());
        bytes.Detach();
    }
    larges_.erase(std::remove_if(larges_.begin(), larges_.end(), of), larges_.end());
}
