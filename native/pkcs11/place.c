// By what the kernel knows of the process: dladdr would wait for the dynamic linker's lock, which a thread that stands still may hold.

#include "place.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LINE 400

/** What is longer is cut off. By system calls: libc's read() is a cancellation point. */
static bool line_read(long file, char line[LINE])
{
    size_t length = 0;
    char byte;

    while (syscall(SYS_read, file, &byte, 1) == 1 && byte != '\n')
        if (length < LINE - 1)
            line[length++] = byte;
    line[length] = '\0';
    return length > 0;
}

static bool place_find(uintptr_t address, const char *line, char text[PLACE])
{
    unsigned long from, to, offset;
    int path = 0;

    if (sscanf(line, "%lx-%lx %*s %lx %*s %*s %n", &from, &to, &offset, &path) != 3 || address < from || address >= to || path == 0)
        return false;
    snprintf(text, PLACE, "from %s+%#lx", line + path, address - from + offset);
    return true;
}

void place_name(const void *address, char text[PLACE])
{
    char line[LINE];
    long file;

    if (!address) {
        snprintf(text, PLACE, "from an unknown place");
        return;
    }
    snprintf(text, PLACE, "from %p", address);
    file = syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
    while (file >= 0 && line_read(file, line) && !place_find((uintptr_t)address, line, text))
        continue;
    if (file >= 0)
        syscall(SYS_close, file);
}
