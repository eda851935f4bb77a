// The engine reads what stands here and writes it into the store's folder: the library itself opens no file for it.

#include "finding.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"
#include "place.h"
#include "traits.h"
#include "wait.h"

#define NAME 16
/** Two callers and what stands between them. */
#define REPORT (2 * (PLACE + 200))

/** By system calls: libc's open() and read() are cancellation points. */
static void name_read(uint64_t caller, char name[NAME])
{
    char path[48];
    long file, length;

    memset(name, 0, NAME);
    snprintf(path, sizeof path, "/proc/self/task/%u/comm", thread_of(caller));
    file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    length = syscall(SYS_read, file, name, NAME - 1);
    syscall(SYS_close, file);
    name[length > 0 && name[length - 1] == '\n' ? length - 1 : 0] = '\0';
}

/** The pair's place, new or old; null where all are taken. */
static struct finding *finding_at(struct finding *findings, uint32_t pair, bool *new)
{
    for (unsigned i = 0; i < FINDINGS; i++) {
        uint32_t there = 0;

        *new = __atomic_compare_exchange_n(&findings[i].pair, &there, pair, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
        if (*new || there == pair)
            return &findings[i];
    }
    return NULL;
}

void finding_note(struct finding *findings, uint32_t breach, const struct meeting *meeting, uint32_t times)
{
    const uint64_t first = meeting->first, second = meeting->second;
    bool new;
    struct finding *finding = finding_at(findings, breach << 16 | function_of(first) << 8 | function_of(second), &new);

    if (!finding)
        return;
    __atomic_fetch_add(&finding->count, times, __ATOMIC_RELAXED);
    if (!new)
        return;
    finding->first_thread = thread_of(first);
    finding->second_thread = thread_of(second);
    finding->second_process = meeting->second_process;
    finding->first_session = session_of(first);
    finding->second_session = session_of(second);
    if (first != 0)
        name_read(first, (char *)finding->first_name);
    name_read(second, (char *)finding->second_name);
    __atomic_store_n(&finding->ready, 1, __ATOMIC_RELEASE);
}

/** With callbacks a thread may be several green ones, and one that calls from within another's call is none's fault. */
static bool is_advice(uint32_t breach)
{
    return breach == B7 || (breach == B8 && locks_primitive() == PRIMITIVE_APP);
}

static void caller_print(char text[REPORT], uint64_t caller, const void *from, const char *verb)
{
    char name[NAME], place[PLACE];

    name_read(caller, name);
    place_name(from, place);
    snprintf(text + strlen(text), REPORT - strlen(text), "thread %u (%s) %s %s, session %lu, %s", thread_of(caller), name, verb,
             traits[function_of(caller)].name, (unsigned long)session_of(caller), place);
}

/** Written by a system call and from the stack: a child may have been forked while another thread had libc's locks. */
_Noreturn void finding_abort(uint32_t breach, const struct meeting *meeting)
{
    char text[REPORT];

    snprintf(text, sizeof text, "strongroom: B%u: ", breach);
    caller_print(text, meeting->second, meeting->second_from, "called");
    if (meeting->first != 0) {
        strcat(text, "; ");
        caller_print(text, meeting->first, meeting->first_from, "was in");
    }
    strcat(text, "\n");
    if (syscall(SYS_write, 2, text, strlen(text)) < 0)
        abort();
    abort();
}

void finding_record(struct region *region, uint32_t breach, const struct meeting *meeting, uint32_t times)
{
    __atomic_fetch_add(&region->header.breaches[breach - 1], times, __ATOMIC_RELAXED);
    if (audit_level() >= AUDIT_LOG)
        finding_note(region->findings, breach, meeting, times);
    if (audit_level() == AUDIT_ABORT && !is_advice(breach))
        finding_abort(breach, meeting);
}
