#include "verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAULTS_PASSED_ON 6

void line_send(enum verdict_line line, const char *text)
{
    char bytes[2048];
    int length = snprintf(bytes, sizeof bytes, "%c%s\n", line, text);

    if (length >= (int)sizeof bytes)
        length = (int)sizeof bytes - 1;
    for (int i = 1; i < length - 1; i++)
        if ((unsigned char)bytes[i] < ' ')
            bytes[i] = ' ';
    bytes[length - 1] = '\n';
    // Nobody is left to be told when the runner is gone.
    if (write(VERDICT_FD, bytes, (size_t)length) != length)
        _exit(2);
}

static void line_print(enum verdict_line line, const char *format, va_list values)
{
    char text[1024];

    vsnprintf(text, sizeof text, format, values);
    line_send(line, text);
}

void fault(const char *format, ...)
{
    static unsigned faults;
    va_list values;

    if (__atomic_add_fetch(&faults, 1, __ATOMIC_RELAXED) > FAULTS_PASSED_ON)
        return;
    va_start(values, format);
    line_print(LINE_FAULT, format, values);
    va_end(values);
}

void give_up(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    line_print(LINE_FAULT, format, values);
    va_end(values);
    done();
}

void tell(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    line_print(LINE_TOLD, format, values);
    va_end(values);
}

void undefined(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    line_print(LINE_UNDEFINED, format, values);
    va_end(values);
}

void not_applicable(const char *format, ...)
{
    va_list values;

    va_start(values, format);
    line_print(LINE_NOT_APPLICABLE, format, values);
    va_end(values);
    done();
}

void done(void)
{
    line_send(LINE_DONE, "");
    _exit(0);
}

void done_by_exit(void)
{
    line_send(LINE_DONE, "");
    exit(0);
}

bool is_one_of(CK_RV rv, struct codes codes)
{
    for (size_t i = 0; i < codes.count; i++)
        if (codes.each[i] == rv)
            return true;
    return false;
}

static void codes_print(char *text, size_t size, struct codes codes)
{
    size_t length = 0;

    for (size_t i = 0; i < codes.count && length < size; i++)
        length += (size_t)snprintf(text + length, size - length, "%s%s", i == 0 ? "" : " or ", rv_name(codes.each[i]));
}

bool expect(const char *what, CK_RV rv, struct codes codes)
{
    char wanted[512] = "";

    if (is_one_of(rv, codes))
        return true;
    codes_print(wanted, sizeof wanted, codes);
    fault("%s answered %s, not %s", what, rv_name(rv), wanted);
    return false;
}

void need(const char *what, CK_RV rv, struct codes codes)
{
    if (!expect(what, rv, codes))
        done();
}

#define CODE(name)                                                                                                                         \
    {                                                                                                                                      \
        name, #name                                                                                                                        \
    }

static const struct {
    CK_RV rv;
    const char *name;
} names[] = {
    CODE(CKR_OK),
    CODE(CKR_CANCEL),
    CODE(CKR_HOST_MEMORY),
    CODE(CKR_SLOT_ID_INVALID),
    CODE(CKR_GENERAL_ERROR),
    CODE(CKR_FUNCTION_FAILED),
    CODE(CKR_ARGUMENTS_BAD),
    CODE(CKR_NO_EVENT),
    CODE(CKR_NEED_TO_CREATE_THREADS),
    CODE(CKR_CANT_LOCK),
    CODE(CKR_ATTRIBUTE_READ_ONLY),
    CODE(CKR_ATTRIBUTE_SENSITIVE),
    CODE(CKR_ATTRIBUTE_TYPE_INVALID),
    CODE(CKR_ATTRIBUTE_VALUE_INVALID),
    CODE(CKR_ACTION_PROHIBITED),
    CODE(CKR_DATA_INVALID),
    CODE(CKR_DATA_LEN_RANGE),
    CODE(CKR_DEVICE_ERROR),
    CODE(CKR_DEVICE_MEMORY),
    CODE(CKR_DEVICE_REMOVED),
    CODE(CKR_FUNCTION_CANCELED),
    CODE(CKR_FUNCTION_NOT_PARALLEL),
    CODE(CKR_FUNCTION_NOT_SUPPORTED),
    CODE(CKR_KEY_HANDLE_INVALID),
    CODE(CKR_KEY_SIZE_RANGE),
    CODE(CKR_KEY_TYPE_INCONSISTENT),
    CODE(CKR_KEY_FUNCTION_NOT_PERMITTED),
    CODE(CKR_MECHANISM_INVALID),
    CODE(CKR_MECHANISM_PARAM_INVALID),
    CODE(CKR_OBJECT_HANDLE_INVALID),
    CODE(CKR_OPERATION_ACTIVE),
    CODE(CKR_OPERATION_NOT_INITIALIZED),
    CODE(CKR_PIN_INCORRECT),
    CODE(CKR_PIN_LOCKED),
    CODE(CKR_SESSION_CLOSED),
    CODE(CKR_SESSION_COUNT),
    CODE(CKR_SESSION_HANDLE_INVALID),
    CODE(CKR_SESSION_PARALLEL_NOT_SUPPORTED),
    CODE(CKR_SESSION_READ_ONLY),
    CODE(CKR_SESSION_EXISTS),
    CODE(CKR_SIGNATURE_INVALID),
    CODE(CKR_SIGNATURE_LEN_RANGE),
    CODE(CKR_TEMPLATE_INCOMPLETE),
    CODE(CKR_TEMPLATE_INCONSISTENT),
    CODE(CKR_TOKEN_NOT_PRESENT),
    CODE(CKR_TOKEN_NOT_RECOGNIZED),
    CODE(CKR_TOKEN_WRITE_PROTECTED),
    CODE(CKR_USER_ALREADY_LOGGED_IN),
    CODE(CKR_USER_NOT_LOGGED_IN),
    CODE(CKR_USER_PIN_NOT_INITIALIZED),
    CODE(CKR_BUFFER_TOO_SMALL),
    CODE(CKR_CRYPTOKI_NOT_INITIALIZED),
    CODE(CKR_CRYPTOKI_ALREADY_INITIALIZED),
    CODE(CKR_MUTEX_BAD),
    CODE(CKR_MUTEX_NOT_LOCKED),
    CODE(CKR_RANDOM_SEED_NOT_SUPPORTED),
    CODE(CKR_STATE_UNSAVEABLE),
};

const char *rv_name(CK_RV rv)
{
    static _Thread_local char numbers[4][24];
    static _Thread_local unsigned next;
    char *number = numbers[next++ % 4];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].rv == rv)
            return names[i].name;
    snprintf(number, sizeof numbers[0], "0x%lx", rv);
    return number;
}
