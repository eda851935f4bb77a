// What lies in the folders where a module may leave something: names only, and only what this user made.

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit.h"
#include "observe.h"

#define FILES_MAX 20000

struct files {
    size_t count;
    char *names[FILES_MAX];
};

/** nftw gives its function nothing of the caller's. */
static struct files *collecting;

static int collect(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    if (collecting->count < FILES_MAX)
        collecting->names[collecting->count++] = strdup(path);
    return 0;
}

/** Not what is below it. */
static void collect_within(const char *folder)
{
    DIR *open = opendir(folder);
    const struct dirent *entry;
    char path[4096];
    struct stat about;

    while (open && (entry = readdir(open))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (lstat(path, &about) == 0 && about.st_uid == geteuid())
            collect(path, &about, 0, NULL);
    }
    if (open)
        closedir(open);
}

static int by_name(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

struct files *files_list(const char *within)
{
    static const char *const places[] = { "/dev/shm", "/dev/mqueue", "/tmp", "/var/tmp", "/run/lock", "/run", "." };

    collecting = calloc(1, sizeof *collecting);
    if (within)
        nftw(within, collect, 16, FTW_PHYS);
    for (size_t i = 0; !within && i < sizeof places / sizeof places[0]; i++)
        collect_within(places[i]);
    qsort(collecting->names, collecting->count, sizeof *collecting->names, by_name);
    return collecting;
}

unsigned files_new(const struct files *before, const struct files *now, const char **example)
{
    unsigned count = 0;

    for (size_t i = 0; i < now->count; i++)
        if (!bsearch(&now->names[i], before->names, before->count, sizeof *before->names, by_name)) {
            *example = now->names[i];
            count++;
        }
    return count;
}

void files_free(struct files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->names[i]);
    free(files);
}
