// Group E: how fast, in each of the modes. The modes take turns, and a difference counts only if it is larger than what the machine does to
// two runs of the same.

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "groups.h"
#include "kit.h"
#include "work.h"

#define THREADS_MAX 16
#define ROUNDS_MIN 12
#define ROUNDS_MAX 200
/** More rounds would tell no more than these about so small a difference. */
#define NARROW 0.01
/** What the system's locks may cost. */
#define PRICE 0.02

/** The zero structure says what the null pointer says: what lies between them is noise. */
static const enum form paced[] = { FORM_NULL, FORM_ZERO, FORM_OS, FORM_APP };
enum { PACED = sizeof paced / sizeof paced[0] };

/** One thread, and as many as there are cores. */
enum { ONE, ALL, COUNTS };

static double rates[COUNTS][PACED][ROUNDS_MAX];
static bool possible[PACED];
static bool refused;

static CK_SESSION_HANDLE sessions[THREADS_MAX];
static CK_OBJECT_HANDLE key;
static double deadline;
static unsigned signatures;

static void sign_until(unsigned number)
{
    unsigned made = 0;

    while (seconds() < deadline) {
        const CK_RV rv = sign_with(sessions[number], key);

        // Many threads of an application that promised one: a module may say no.
        if (rv == CKR_FUNCTION_FAILED)
            refused = true;
        else if (!expect("signing", rv, ONE_OF(CKR_OK)))
            break;
        made += rv == CKR_OK;
    }
    __atomic_add_fetch(&signatures, made, __ATOMIC_RELAXED);
}

static double rate(unsigned threads)
{
    const double began = seconds();

    signatures = 0;
    deadline = began + times(20, 60) / 1000.0;
    threads_run(threads, sign_until);
    return signatures / (seconds() - began);
}

static void pace_take(unsigned at, unsigned round, unsigned threads)
{
    CK_SLOT_ID slot;
    const CK_RV rv = initialize(paced[at]);

    possible[at] = rv != CKR_CANT_LOCK;
    if (!possible[at])
        return;
    need("C_Initialize", rv, ONE_OF(CKR_OK));
    if (!slot_find(&slot))
        give_up("the token is not found");
    for (unsigned i = 0; i < threads; i++)
        need("C_OpenSession", p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &sessions[i]), ONE_OF(CKR_OK));
    need("C_Login", token_login(sessions[0]), ONE_OF(CKR_OK));
    if (!key_find(sessions[0], CKO_PRIVATE_KEY, &key))
        give_up("the key is not found");
    rates[ONE][at][round] = rate(1);
    rates[ALL][at][round] = rate(threads);
    finalize();
}

static int by_size(const void *one, const void *other)
{
    const double a = *(const double *)one, b = *(const double *)other;

    return (a > b) - (a < b);
}

/** A median, and between what the true one lies 999 times of 1,000, whatever the distribution. */
struct middle {
    double median, least, most;
};

static struct middle middle_of(double *values, unsigned count)
{
    const double half = 3.29 * sqrt(count) / 2;
    const int least = (int)floor(count / 2.0 - half), most = (int)ceil(count / 2.0 + half);

    qsort(values, count, sizeof *values, by_size);
    return (struct middle){ (values[(count - 1) / 2] + values[count / 2]) / 2, values[least < 0 ? 0 : least],
                            values[most >= (int)count ? (int)count - 1 : most] };
}

/** Of a mode's rate and the null pointer's, in the same round. */
static struct middle ratio(unsigned which, unsigned at, unsigned rounds)
{
    double ratios[ROUNDS_MAX];

    for (unsigned i = 0; i < rounds; i++)
        ratios[i] = rates[which][at][i] / rates[which][0][i];
    return middle_of(ratios, rounds);
}

static double typical(unsigned which, unsigned at, unsigned rounds)
{
    double values[ROUNDS_MAX];

    for (unsigned i = 0; i < rounds; i++)
        values[i] = rates[which][at][i];
    return middle_of(values, rounds).median;
}

/** A price that is there for certain, though the zero structure does not pay it. */
static void price_judge(unsigned which, unsigned threads, unsigned rounds)
{
    const struct middle control = ratio(which, 1, rounds), price = ratio(which, 2, rounds);

    tell("%u thread%s: CKF_OS_LOCKING_OK %.3f (%.3f to %.3f) of a null pointer's rate, a zero structure %.3f (%.3f to %.3f)", threads,
         threads > 1 ? "s" : "", price.median, price.least, price.most, control.median, control.least, control.most);
    if (price.most < 1 - PRICE && price.most < (1 - PRICE) * control.median)
        fault("with %u thread%s the system's locks cost %.1f %% of the rate", threads, threads > 1 ? "s" : "", (1 - price.median) * 100);
}

static bool narrow(unsigned rounds)
{
    for (unsigned which = 0; which < COUNTS; which++) {
        const struct middle price = ratio(which, 2, rounds);

        if (price.most - price.least > 2 * NARROW)
            return false;
    }
    return true;
}

/** Answers how many rounds there were: until the machine's noise is small enough, or the time is up. */
static unsigned pace(unsigned threads)
{
    const double end = seconds() + times(4, 60);
    unsigned round = 0;

    do {
        for (unsigned i = 0; i < PACED; i++)
            pace_take((round + i) % PACED, round, threads);
        round++;
    } while (round < ROUNDS_MIN || (round < ROUNDS_MAX && seconds() < end && !narrow(round)));
    return round;
}

static void scaling(void)
{
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    const unsigned threads = cores > 1 ? (unsigned)(cores > THREADS_MAX ? THREADS_MAX : cores) : 2;
    const unsigned rounds = pace(threads);

    for (unsigned i = 0; i < PACED; i++)
        if (possible[i])
            tell("%s: %.0f a second with 1 thread, %.2f times that with %u", form_names[paced[i]], typical(ONE, i, rounds),
                 typical(ALL, i, rounds) / typical(ONE, i, rounds), threads);
    tell("%u rounds", rounds);
    if (!possible[2])
        return;
    price_judge(ONE, 1, rounds);
    if (refused)
        tell("with %u threads and a null pointer calls were refused", threads);
    else
        price_judge(ALL, threads, rounds);
}

static const struct row rows[] = {
    { 61, QUALITY, "the rate with one thread and with many, in each mode; the system's locks cost no more than 2 %", "silent", scaling,
      SIGNING, 75 },
};

const struct group group_pace = { 'E', "A session a thread", GROUP(rows) };
