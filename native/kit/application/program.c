#include "program.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

_Noreturn void fail(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, values);
    fprintf(stderr, "\n");
    va_end(values);
    exit(1);
}

void must(const char *function, CK_RV rv)
{
    if (rv != CKR_OK)
        fail("%s answered 0x%lx.", function, rv);
}

unsigned long number(const char *given, unsigned long most, const char *option)
{
    char *end;
    const unsigned long value = strtoul(given, &end, 10);

    if (*given == '\0' || *given == '-' || *end != '\0' || value > most)
        fail("%s must be a number up to %lu.", option, most);
    return value;
}

void pin_read(const char *file, char *pin, size_t size)
{
    const char *given = getenv("STRONGROOM_PIN");
    FILE *opened;

    if (!file) {
        if (!given)
            fail("give the PIN with --pin-file or in STRONGROOM_PIN.");
        snprintf(pin, size, "%s", given);
        return;
    }
    opened = fopen(file, "r");
    if (!opened || !fgets(pin, (int)size, opened))
        fail("%s cannot be read.", file);
    fclose(opened);
    pin[strcspn(pin, "\r\n")] = '\0';
}

double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

void pause_for(double seconds)
{
    const struct timespec time = { (time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9) };

    nanosleep(&time, NULL);
}
