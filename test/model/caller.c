// An application that makes the calls it is told: `C_Name argument...` a line, answered with `return-value output...`.
// An argument says by its first character what it is:
//   #N        a number                          $hex      a pointer to bytes
//   <hex      bytes and their length            <-        NULL and 0
//   >N        a buffer of N bytes and its length; output: the bytes, or ?length
//   >-        NULL and a length; output: ?length
//   @         a pointer to a number             &N        a pointer to a structure of N numbers
//   *N        an array of N numbers, N, and a pointer to how many there are
//   %T:hex    a mechanism and its parameter     %-        NULL
//   {T=hex,...  a template with values          [T=N,...  a template with buffers (T=- for NULL)
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "pkcs11.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
enum { WORDS = 10, ENTRIES = 32, MEMORY = 1 << 20 };

// Every argument of every C_ function is a machine word: a number or a pointer. Words that a function does not take do no harm.
typedef CK_RV Call(CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG, CK_ULONG);

typedef struct {
    char kind;
    void *value;
    CK_ULONG length;
} Output;

static CK_ULONG words[WORDS];
static size_t word_count;
static Output outputs[WORDS];
static size_t output_count;
static CK_BYTE memory[MEMORY];
static size_t used;

static void fail(const char *why, const char *what)
{
    fprintf(stderr, "caller: %s: %s\n", why, what);
    exit(1);
}

static void *take(size_t size)
{
    void *start = memory + used;
    used += (size + 15) / 16 * 16;
    if (used > MEMORY)
        fail("out of memory", "");
    return memset(start, 0, size);
}

static void push(CK_ULONG word)
{
    if (word_count == WORDS)
        fail("too many arguments", "");
    words[word_count++] = word;
}

static Output *expect(char kind, void *value, CK_ULONG length)
{
    Output *output = &outputs[output_count++];
    *output = (Output){ kind, value, length };
    return output;
}

static CK_BYTE *bytes(const char *hex, CK_ULONG *length)
{
    size_t size = strcspn(hex, ",") / 2;
    CK_BYTE *result = take(size + 1);
    for (size_t i = 0; i < size; i++)
        sscanf(hex + 2 * i, "%2hhx", &result[i]);
    *length = size;
    return result;
}

static void push_buffer(const char *room)
{
    CK_ULONG size = strtoul(room, NULL, 10);
    CK_BYTE *buffer = *room == '-' ? NULL : take(size + 1);
    Output *output = expect('>', buffer, size);
    push((CK_ULONG)buffer);
    push((CK_ULONG)&output->length);
}

static void push_mechanism(char *text)
{
    CK_MECHANISM *mechanism = take(sizeof *mechanism);
    char *parameter;
    mechanism->mechanism = strtoul(text, &parameter, 10);
    if (parameter[1] != '\0')
        mechanism->pParameter = bytes(parameter + 1, &mechanism->ulParameterLen);
    push(*text == '-' ? 0 : (CK_ULONG)mechanism);
}

static void push_template(char *text, int with_values)
{
    CK_ATTRIBUTE *template = take(ENTRIES * sizeof *template);
    CK_ULONG count = 0;
    for (char *entry = text; *entry != '\0' && count < ENTRIES; count++) {
        CK_ATTRIBUTE *attribute = &template[count];
        attribute->type = strtoul(entry, &entry, 10);
        entry++;
        if (with_values)
            attribute->pValue = bytes(entry, &attribute->ulValueLen);
        else if (*entry != '-')
            attribute->pValue = take((attribute->ulValueLen = strtoul(entry, NULL, 10)) + 1);
        entry += strcspn(entry, ",");
        if (*entry == ',')
            entry++;
    }
    if (!with_values)
        expect('[', template, count);
    push((CK_ULONG) template);
    push(count);
}

static void push_numbers(char kind, CK_ULONG count)
{
    CK_ULONG *numbers = take((count + 1) * sizeof *numbers);
    Output *output = expect(kind, numbers, count);
    push((CK_ULONG)numbers);
    if (kind != '*')
        return;
    push(count);
    push((CK_ULONG)&output->length);
}

static void push_argument(char *text)
{
    CK_ULONG length;
    char kind = *text++;
    if (kind == '#')
        push(strtoul(text, NULL, 10));
    else if (kind == '$')
        push((CK_ULONG)bytes(text, &length));
    else if (kind == '<') {
        CK_BYTE *value = *text == '-' ? NULL : bytes(text, &length);
        push((CK_ULONG)value);
        push(value == NULL ? 0 : length);
    } else if (kind == '>')
        push_buffer(text);
    else if (kind == '@' || kind == '&' || kind == '*')
        push_numbers(kind, kind == '@' ? 1 : strtoul(text, NULL, 10));
    else if (kind == '%')
        push_mechanism(text);
    else if (kind == '{' || kind == '[')
        push_template(text, kind == '{');
    else
        fail("no such argument", text - 1);
}

static void say_bytes(const void *value, CK_ULONG length)
{
    for (CK_ULONG i = 0; i < length; i++)
        printf("%02x", ((const CK_BYTE *)value)[i]);
}

static void say_attribute(const CK_ATTRIBUTE *attribute)
{
    printf("%lu=%ld:", attribute->type, (long)attribute->ulValueLen);
    if (attribute->pValue != NULL && attribute->ulValueLen != CK_UNAVAILABLE_INFORMATION)
        say_bytes(attribute->pValue, attribute->ulValueLen);
    putchar(',');
}

static void say_output(const Output *output, CK_RV rv)
{
    putchar(' ');
    if (output->kind == '[')
        for (CK_ULONG i = 0; i < output->length; i++)
            say_attribute((CK_ATTRIBUTE *)output->value + i);
    else if (output->kind != '>')
        for (CK_ULONG i = 0; rv == CKR_OK && i < output->length; i++)
            printf("%lu,", ((CK_ULONG *)output->value)[i]);
    else if (rv == CKR_OK && output->value != NULL)
        say_bytes(output->value, output->length);
    else
        printf("?%lu", output->length);
}

static void answer(void *library, char *line)
{
    char *rest;
    char *name = strtok_r(line, " \n", &rest);
    Call *call = NULL;
    *(void **)&call = name == NULL ? NULL : dlsym(library, name);
    if (call == NULL)
        fail("no such function", name == NULL ? "" : name);
    word_count = output_count = used = 0;
    memset(words, 0, sizeof words);
    for (char *word = strtok_r(NULL, " \n", &rest); word != NULL; word = strtok_r(NULL, " \n", &rest))
        push_argument(word);
    CK_ULONG *w = words;
    CK_RV rv = call(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9]);
    printf("%lu", rv);
    for (size_t i = 0; i < output_count; i++)
        say_output(&outputs[i], rv);
    putchar('\n');
    fflush(stdout);
}

int main(int argc, char **argv)
{
    void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (library == NULL)
        fail("the library does not load", argc == 2 ? dlerror() : "");
    char *line = NULL;
    for (size_t size = 0; getline(&line, &size, stdin) > 0;)
        answer(library, line);
    free(line);
    return 0;
}
