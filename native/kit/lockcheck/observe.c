#include "observe.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

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

unsigned observe_descriptors(void)
{
    // Less the one that is looked through.
    return entries("/proc/self/fd") - 1;
}

unsigned observe_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    unsigned lines = 0;
    int byte;

    if (!maps)
        give_up("/proc/self/maps cannot be read");
    while ((byte = fgetc(maps)) != EOF)
        lines += byte == '\n';
    fclose(maps);
    return lines;
}

unsigned long observe_pages(void)
{
    FILE *statm = fopen("/proc/self/statm", "re");
    unsigned long size, pages;

    if (!statm || fscanf(statm, "%lu %lu", &size, &pages) != 2)
        give_up("/proc/self/statm cannot be read");
    fclose(statm);
    return pages;
}

unsigned observe_free_keys(void)
{
    static pthread_key_t keys[PTHREAD_KEYS_MAX];
    unsigned count = 0;

    while (count < PTHREAD_KEYS_MAX && pthread_key_create(&keys[count], NULL) == 0)
        count++;
    for (unsigned i = 0; i < count; i++)
        pthread_key_delete(keys[i]);
    return count;
}

int observe_inherited(int above)
{
    for (int fd = above + 1; fd < 1024; fd++) {
        const int flags = fcntl(fd, F_GETFD);

        if (flags >= 0 && (flags & FD_CLOEXEC) == 0)
            return fd;
    }
    return -1;
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

unsigned interposer_handlers(void)
{
    const struct interposer *interposer = interposer_need();
    unsigned count = 0;

    for (unsigned i = 0; i < HANDLERS; i++)
        count += interposer->handlers[i].caller >= interposer->module.from && interposer->handlers[i].caller < interposer->module.to;
    return count;
}

bool interposer_fail_allocation(unsigned k)
{
    const unsigned left = __atomic_exchange_n(&interposer_need()->allocation, k, __ATOMIC_RELAXED);

    return left == 0;
}
