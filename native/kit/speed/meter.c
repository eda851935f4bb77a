#include "meter.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct asked asked = { .threads = 1, .seconds = 1, .form = FORM_OS, .objects = 100 };

_Noreturn void fail(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    fprintf(stderr, "speed: ");
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

double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}
