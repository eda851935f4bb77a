// Compiled into the library that the sanitizers try, and into no other. Says which program loaded it, and whose malloc that program has: the
// runtime's, or else nothing is looked at. In a program that STRONGROOM_PLANT names it does what the runtime must find.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TIMES = 200, PAUSE = 1000 };

static volatile int planted;

static void *planted_race(void *none)
{
    for (int i = 0; i < TIMES; i++) {
        planted++;
        usleep(PAUSE);
    }
    return none;
}

static void planted_overflow(void)
{
    volatile size_t size = 1;
    volatile char *bytes = malloc(size);
    if (bytes)
        bytes[size] = 1;
    free((char *)bytes);
}

static void plant(void)
{
    pthread_t other;
    if (pthread_create(&other, NULL, planted_race, NULL) == 0) {
        pthread_detach(other);
        planted_race(NULL);
    }
    planted_overflow();
}

__attribute__((constructor)) static void witness(void)
{
    const char *path = getenv("STRONGROOM_WITNESS"), *chosen = getenv("STRONGROOM_PLANT");
    if (path) {
        Dl_info owner = {0};
        dladdr(dlsym(RTLD_DEFAULT, "malloc"), &owner);
        int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        dprintf(file, "%s %s\n", program_invocation_short_name, owner.dli_fname ? owner.dli_fname : "?");
        close(file);
    }
    if (chosen && strcmp(chosen, program_invocation_short_name) == 0)
        plant();
}
