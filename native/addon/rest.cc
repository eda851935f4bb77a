// How a worker rests: looks on for a while, then sleeps until a thread of any application, or the engine itself, wakes it.

#include <array>
#include <cerrno>

#include "desk.h"

// Entries of one futex_waitv; the first is the doorbell.
static const size_t WORDS = FUTEX_WAITV_MAX;

bool Desk::due() const {
    if (doorbell_.rung())
        return true;
    for (const auto &seat : seats_) {
        if (seat->due())
            return true;
    }
    return false;
}

void Desk::rest() {
    if (patience_.look([this] { return due(); }))
        return;
    // Said before looking once more: a thread that posts sets its bit before it reads `asleep`, so one of the two sees the other.
    for (const auto &seat : seats_) {
        if (seat->served())
            seat->set_asleep(1);
    }
    patience_.asleep();
    if (!due())
        sleep();
    patience_.awake();
    for (const auto &seat : seats_)
        seat->set_asleep(0);
}

// With more regions than one call can wait for, or on a kernel (before 5.16) or in a sandbox without futex_waitv, the worker looks
// round once a millisecond. It is the one case where an idle engine uses any CPU.
static void nap(Doorbell &doorbell) {
    const timespec millisecond = {0, 1'000'000};
    futex_wait_private(doorbell.word(), 0, millisecond);
}

void Desk::sleep() {
    std::array<struct futex_waitv, WORDS> words;
    size_t count = 0;
    const auto add = [&](uint32_t *word, uint64_t expected, uint32_t flags) {
        if (count < WORDS)
            words[count] = {expected, reinterpret_cast<uintptr_t>(word), flags, 0};
        count++;
    };
    add(doorbell_.word(), 0, FUTEX_32 | FUTEX_PRIVATE_FLAG);
    for (const auto &seat : seats_) {
        if (seat->served())
            add(seat->asleep(), 1, FUTEX_32);
    }
    if (!can_wait_for_any_ || count > WORDS)
        return nap(doorbell_);

    const long woken = futex_wait_any(words.data(), static_cast<unsigned>(count));
    if (woken < 0 && errno != EAGAIN && errno != EINTR)
        can_wait_for_any_ = false;
}
