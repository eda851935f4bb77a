#include "observe.h"

#include <dirent.h>
#include <dlfcn.h>
#include <link.h>

#include "kit.h"

static unsigned entries(const char *folder)
{
    DIR *open = opendir(folder);
    const struct dirent *entry;
    unsigned count = 0;

    if (!open)
        give_up("%s cannot be read", folder);
    while ((entry = readdir(open)))
        count += entry->d_name[0] != '.';
    closedir(open);
    return count;
}

unsigned observe_tasks(void)
{
    return entries("/proc/self/task");
}

static struct interposer *interposer_find(void)
{
    static struct interposer *found;

    if (!found)
        found = dlsym(RTLD_DEFAULT, INTERPOSER);
    return found;
}

struct wanted {
    uintptr_t address;
    struct span span;
};

static int span_find(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct wanted *wanted = argument;
    struct span span = { ~0ul, 0 };

    (void)size;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        const uintptr_t from = info->dlpi_addr + header->p_vaddr, to = from + header->p_memsz;

        if (header->p_type != PT_LOAD)
            continue;
        span.from = from < span.from ? from : span.from;
        span.to = to > span.to ? to : span.to;
    }
    if (wanted->address < span.from || wanted->address >= span.to)
        return 0;
    wanted->span = span;
    return 1;
}

static struct span span_of(uintptr_t address)
{
    struct wanted wanted = { .address = address };

    dl_iterate_phdr(span_find, &wanted);
    return wanted.span;
}

void interposer_attach(void)
{
    struct interposer *interposer = interposer_find();

    if (!interposer)
        return;
    interposer->kit = span_of((uintptr_t)&interposer_attach);
    // Found by the name that every module exports: the functions in the list may be somebody else's.
    interposer->module = span_of((uintptr_t)dlsym(library, "C_GetFunctionList"));
}

static struct interposer *interposer_need(void)
{
    struct interposer *interposer = interposer_find();

    if (!interposer)
        give_up("the interposer is not loaded");
    return interposer;
}

unsigned interposer_count(enum call call)
{
    return __atomic_load_n(&interposer_need()->own[call], __ATOMIC_RELAXED);
}

unsigned interposer_count_others(enum call call)
{
    return __atomic_load_n(&interposer_need()->others[call], __ATOMIC_RELAXED);
}

bool interposer_fail_allocation(unsigned k)
{
    const unsigned left = __atomic_exchange_n(&interposer_need()->allocation, k, __ATOMIC_RELAXED);

    return left == 0;
}
