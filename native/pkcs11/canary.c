// The checkers are not linked: ThreadSanitizer's function is there in a program that was built with it, Valgrind sees an instruction
// sequence that does nothing on a processor (its manual, "The Client Request mechanism").

#include "canary.h"

#include <sys/mman.h>

#include "module.h"

/** A place of their own for so many handles, 8 bytes each: ThreadSanitizer looks at memory in such pieces. */
#define CANARIES (1u << 23)
#define PIECE 8

/** Requests of Valgrind, and of its tool Helgrind. */
#define RUNNING_ON_VALGRIND 0x1001ul
#define MAKE_UNTRACKED 0x48470127ul

char *canaries;

extern void __tsan_write1(void *address) __attribute__((weak));
extern void __tsan_func_entry(void *caller) __attribute__((weak));
extern void __tsan_func_exit(void) __attribute__((weak));

/** What Valgrind answers; without it, 0. */
static uint64_t valgrind_ask(uint64_t request, uint64_t first, uint64_t second)
{
    uint64_t answer = 0;
#if defined(__x86_64__)
    const volatile uint64_t question[6] = { request, first, second };

    __asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi; xchgq %%rbx, %%rbx"
                     : "=d"(answer)
                     : "a"(&question[0]), "0"(answer)
                     : "cc", "memory");
#else
    (void)request, (void)first, (void)second;
#endif
    return answer;
}

void canary_begin(bool wanted)
{
    void *memory = MAP_FAILED;

    canary_spare(&module, sizeof module);
    if (canaries || !wanted || (!__tsan_write1 && valgrind_ask(RUNNING_ON_VALGRIND, 0, 0) == 0))
        return;
    memory = mmap(NULL, (size_t)CANARIES * PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory != MAP_FAILED)
        canaries = memory;
}

void canary_spare(const void *memory, size_t size)
{
    valgrind_ask(MAKE_UNTRACKED, (uint64_t)(uintptr_t)memory, size);
}

/** ThreadSanitizer's own account of the stack knows no frame of this library: it is told the application's last one. */
static void write_one(void *from, char *canary)
{
    if (!__tsan_write1) {
        *(volatile char *)canary = 1;
        return;
    }
    if (__tsan_func_entry && __tsan_func_exit)
        __tsan_func_entry(from);
    __tsan_write1(canary);
    if (__tsan_func_entry && __tsan_func_exit)
        __tsan_func_exit();
}

void canary_write(void *from, uint64_t session, bool alone)
{
    // Handle 0 is no session's.
    if (alone)
        write_one(from, canaries);
    if (session != 0)
        write_one(from, canaries + (size_t)(session % CANARIES) * PIECE);
}
