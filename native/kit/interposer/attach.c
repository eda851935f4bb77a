#include "attach.h"

#include <dlfcn.h>
#include <link.h>

struct interposer *interposer_find(void)
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

void interposer_attach(const void *in_module)
{
    struct interposer *interposer = interposer_find();

    if (!interposer)
        return;
    interposer->kit = span_of((uintptr_t)&interposer_attach);
    interposer->module = span_of((uintptr_t)in_module);
}
