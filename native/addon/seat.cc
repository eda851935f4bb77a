#include "seat.h"

#include <cstring>
#include <utility>

#include "futex.h"

bool Seat::due() const {
    if (!served())
        return false;
    return standing_ == Standing::REFUSED || taken_ != 0 || __atomic_load_n(&bell_.pending, __ATOMIC_SEQ_CST) != 0;
}

Served Seat::serve(uint8_t *request, Frame &frame) {
    if (!due())
        return Served::NOTHING;
    if (standing_ == Standing::REFUSED)
        return refuse();
    if (__atomic_load_n(&bell_.pending, __ATOMIC_RELAXED) != 0)
        taken_ |= __atomic_exchange_n(&bell_.pending, 0, __ATOMIC_SEQ_CST);
    if (taken_ == 0)
        return Served::NOTHING;
    return receive(next_lane(), request, frame);
}

unsigned Seat::next_lane() {
    uint64_t ahead = next_ < LANES ? taken_ >> next_ << next_ : 0;
    if (ahead == 0) {
        wakes_.settle();
        ahead = taken_;
    }
    const unsigned lane = __builtin_ctzll(ahead);
    taken_ &= ~(1ull << lane);
    next_ = lane + 1;
    return lane;
}

Served Seat::refuse() {
    standing_ = Standing::TOLD;
    return Served::REFUSED;
}

Served Seat::receive(unsigned lane, uint8_t *request, Frame &frame) {
    struct lane &shared = region_->lane(lane);
    if (courses_) {
        Trace::settle(courses_[lane], shared);
        Trace::begin(shared);
    }
    // Acquires what the thread wrote before it posted. Each field is read once: the application may change it meanwhile.
    const uint32_t state = __atomic_load_n(&shared.state, __ATOMIC_ACQUIRE);
    const uint32_t length = __atomic_load_n(&shared.length, __ATOMIC_RELAXED);
    const uint32_t more = __atomic_load_n(&shared.more, __ATOMIC_RELAXED);
    const bool posted = state == LANE_POSTED || state == LANE_SLEEPING;
    if (!posted || length > LANE_DATA || more > 1)
        return refuse();

    switch (calls_[lane].stage) {
    case Stage::IDLE:
    case Stage::ASKING:
        return take(lane, length, more == 1, request, frame);
    case Stage::ANSWERING:
        if (length != 0 || more != 0)
            return refuse();
        put_rest(lane);
        return Served::STEP;
    default: // posted again while its call still runs
        return refuse();
    }
}

Served Seat::take(unsigned lane, size_t length, bool more, uint8_t *request, Frame &frame) {
    Call &call = calls_[lane];
    const uint8_t *data = region_->data(lane);
    if (call.stage == Stage::IDLE && !more) {
        memcpy(request, data, length);
        frame = {lane, length};
    } else {
        // Only whole fragments may be followed by others: an endless row of empty ones would occupy the worker for nothing.
        if ((more && length != LANE_DATA) || !hold(call, call.request, data, length))
            return refuse();
        call.stage = Stage::ASKING;
        frame = {lane, call.request.size()};
    }
    if (more) {
        set_state(lane, LANE_MORE);
        return Served::STEP;
    }
    call.stage = Stage::RUNNING;
    return Served::FRAME;
}

void Seat::answer(unsigned lane, const uint8_t *bytes, size_t length) {
    Call &call = calls_[lane];
    const uint64_t ticket = std::exchange(call.ticket, 0);
    call.request.wipe();
    refund(call);
    if (!served())
        return;
    if (length <= LANE_DATA) {
        call.stage = Stage::IDLE;
        Trace::mark(MARK_ANSWERED);
        if (courses_ && Trace::course().ticket == ticket)
            courses_[lane] = Trace::course();
        put(lane, bytes, length, false);
    } else if (hold(call, call.reply, bytes, length)) {
        call.stage = Stage::ANSWERING;
        call.sent = 0;
        put_rest(lane);
    } else {
        standing_ = Standing::REFUSED;
    }
}

// The next fragment of a held reply; with the last one the lane is free for another call.
void Seat::put_rest(unsigned lane) {
    Call &call = calls_[lane];
    const uint8_t *from = call.reply.data() + call.sent;
    const size_t rest = call.reply.size() - call.sent;
    if (rest > LANE_DATA) {
        call.sent += LANE_DATA;
        put(lane, from, LANE_DATA, true);
        return;
    }
    call.stage = Stage::IDLE;
    // Before the last fragment goes out: the next call of this lane may be charged by another worker at once.
    refund(call);
    put(lane, from, rest, false);
    call.reply.wipe();
}

void Seat::put(unsigned lane, const uint8_t *bytes, size_t length, bool more) {
    struct lane &shared = region_->lane(lane);
    if (length != 0)
        memcpy(region_->data(lane), bytes, length);
    __atomic_store_n(&shared.length, static_cast<uint32_t>(length), __ATOMIC_RELAXED);
    __atomic_store_n(&shared.more, more ? 1 : 0, __ATOMIC_RELAXED);
    set_state(lane, LANE_ANSWERED);
}

bool Seat::hold(Call &call, Wiped &memory, const uint8_t *bytes, size_t length) {
    if (!region_->charge(length))
        return false;
    call.charged += length;
    return memory.append(bytes, length);
}

void Seat::refund(Call &call) {
    region_->refund(call.charged);
    call.charged = 0;
}

// Releases the lane's contents to its thread. Only one that said it sleeps is woken: the system call is the dear part of an answer.
void Seat::set_state(unsigned lane, uint32_t state) {
    uint32_t *word = &region_->lane(lane).state;
    if (__atomic_exchange_n(word, state, __ATOMIC_ACQ_REL) == LANE_SLEEPING)
        wakes_.add(word);
}
