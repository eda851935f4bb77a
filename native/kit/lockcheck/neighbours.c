// Group D: the module beside its own copy, and beside the application's cryptography.

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "groups.h"
#include "kit.h"
#include "work.h"

#define LIMIT 15

static bool file_copy(const char *from, const char *to)
{
    const int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    struct stat about;
    bool copied = in >= 0 && out >= 0 && fstat(in, &about) == 0 && sendfile(out, in, NULL, (size_t)about.st_size) == about.st_size;

    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    return copied;
}

static void two_copies(void)
{
    CK_FUNCTION_LIST *first, *second;
    const char *place = getenv("TMPDIR");
    char folder[200], path[256];
    bool copied;
    void *loaded;
    CK_INFO info;

    module_load();
    first = p11;
    snprintf(folder, sizeof folder, "%s/lockcheck-XXXXXX", place ? place : "/tmp");
    if (!mkdtemp(folder))
        give_up("there is no folder for a copy");
    snprintf(path, sizeof path, "%s/module.so", folder);
    copied = file_copy(kit.module, path);
    second = copied ? module_load_from(path, &loaded) : NULL;
    unlink(path);
    rmdir(folder);
    if (!copied || second == first || second->C_Initialize == first->C_Initialize) {
        tell(copied ? "the module's copy hands out the functions of a third library" : "the module's file cannot be copied");
        return;
    }
    need("C_Initialize of the first", initialize(FORM_OS), ONE_OF(CKR_OK));
    expect("C_GetInfo of the second", second->C_GetInfo(&info), ONE_OF(CKR_CRYPTOKI_NOT_INITIALIZED));
    p11 = second;
    need("C_Initialize of the second", initialize(FORM_OS), ONE_OF(CKR_OK));
    works("the second beside the first");
    p11 = first;
    works("the first beside the second");
    finalize();
    p11 = second;
    works("the second after the first's C_Finalize");
    finalize();
}

/** OpenSSL as an application has it: linked, so that its symbols are everybody's. */
struct openssl {
    const void *(*EVP_sha256)(void);
    void *(*EVP_MD_CTX_new)(void);
    int (*EVP_DigestInit_ex)(void *context, const void *kind, void *engine);
    int (*EVP_DigestUpdate)(void *context, const void *bytes, size_t length);
    int (*EVP_DigestFinal_ex)(void *context, unsigned char *digest, unsigned *length);
    int (*RAND_bytes)(unsigned char *bytes, int length);
    const void *(*RAND_get_rand_method)(void);
    void *(*BIO_new_file)(const char *name, const char *mode);
    unsigned long (*ERR_peek_error)(void);
    unsigned long (*ERR_peek_last_error)(void);
    void (*CRYPTO_get_mem_functions)(void **allocate, void **reallocate, void **release);
};
static struct openssl openssl;
static const char *openssl_name;

static bool openssl_load(void)
{
    static const struct {
        const char *name;
        size_t at;
    } functions[] = {
#define FUNCTION(name) { #name, offsetof(struct openssl, name) }
        FUNCTION(EVP_sha256),         FUNCTION(EVP_MD_CTX_new),      FUNCTION(EVP_DigestInit_ex),        FUNCTION(EVP_DigestUpdate),
        FUNCTION(EVP_DigestFinal_ex), FUNCTION(RAND_bytes),          FUNCTION(RAND_get_rand_method),     FUNCTION(BIO_new_file),
        FUNCTION(ERR_peek_error),     FUNCTION(ERR_peek_last_error), FUNCTION(CRYPTO_get_mem_functions),
#undef FUNCTION
    };
    void *loaded = dlopen(openssl_name, RTLD_NOW | RTLD_GLOBAL);

    for (size_t i = 0; loaded && i < sizeof functions / sizeof functions[0]; i++) {
        void *function = dlsym(loaded, functions[i].name);

        if (!function)
            return false;
        memcpy((char *)&openssl + functions[i].at, &function, sizeof function);
    }
    return loaded != NULL;
}

/** What an application has going on in its OpenSSL while the module works. */
struct going {
    void *context;
    unsigned long first_error, last_error;
    const void *method;
    void *memory[3];
    CK_BYTE random[32];
};

static void going_begin(struct going *going)
{
    // An error that the application has yet to look at.
    openssl.BIO_new_file("/nowhere/at all", "r");
    going->first_error = openssl.ERR_peek_error();
    going->last_error = openssl.ERR_peek_last_error();
    going->method = openssl.RAND_get_rand_method();
    openssl.CRYPTO_get_mem_functions(&going->memory[0], &going->memory[1], &going->memory[2]);
    going->context = openssl.EVP_MD_CTX_new();
    if (going->first_error == 0 || openssl.EVP_DigestInit_ex(going->context, openssl.EVP_sha256(), NULL) != 1 ||
        openssl.EVP_DigestUpdate(going->context, "ab", 2) != 1 || openssl.RAND_bytes(going->random, sizeof going->random) != 1)
        give_up("%s does not work by itself", openssl_name);
}

/** Whether the module uses the very same library: then what it leaves there is what its users know it for. */
static bool same_library;

static void going_compare(struct going *going, const char *when)
{
    void *memory[3];
    CK_BYTE random[32];

    openssl.CRYPTO_get_mem_functions(&memory[0], &memory[1], &memory[2]);
    if (memcmp(memory, going->memory, sizeof memory) != 0 || going->method != openssl.RAND_get_rand_method())
        fault("%s the application's %s has other functions for memory or random numbers", when, openssl_name);
    if (openssl.RAND_bytes(random, sizeof random) != 1 || memcmp(random, going->random, sizeof random) == 0)
        fault("%s the application's %s gives no new random numbers", when, openssl_name);
    if (openssl.ERR_peek_error() == going->first_error && openssl.ERR_peek_last_error() == going->last_error)
        return;
    if (same_library)
        tell("%s the application's queue of errors is another", when);
    else
        fault("%s the application's queue of errors is another", when);
}

static void going_end(struct going *going)
{
    static const CK_BYTE abc[] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40, 0xde, 0x5d, 0xae, 0x22, 0x23,
                                   0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17, 0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad };
    CK_BYTE digest[64];
    unsigned length = 0;

    if (openssl.EVP_DigestUpdate(going->context, "c", 1) != 1 || openssl.EVP_DigestFinal_ex(going->context, digest, &length) != 1 ||
        length != sizeof abc || memcmp(digest, abc, sizeof abc) != 0)
        fault("a digest that the application's %s began before the module came is wrong after it has gone", openssl_name);
}

static void beside_openssl(void)
{
    struct going going;

    if (!openssl_load())
        _exit(0);
    going_begin(&going);
    module_load();
    need("C_Initialize", initialize(FORM_NULL), ONE_OF(CKR_OK));
    going_compare(&going, "after C_Initialize");
    workload();
    going_compare(&going, "after work");
    works("beside the application's OpenSSL");
    finalize();
    going_compare(&going, "after C_Finalize");
    module_unload();
    going_compare(&going, "after dlclose");
    going_end(&going);
    tell("beside the application's %s%s", openssl_name, same_library ? ", which is the module's too" : "");
    // With what OpenSSL does at the end.
    exit(0);
}

static bool *brings;

static void brings_openssl(void)
{
    module_load();
    if (initialize(FORM_NULL) == CKR_OK)
        *brings = dlopen(openssl_name, RTLD_NOW | RTLD_NOLOAD) != NULL;
}

static void neighbours(void)
{
    static const char *const names[] = { "libcrypto.so.3", "libcrypto.so.1.1" };

    two_copies();
    brings = mmap(NULL, sizeof *brings, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *bad;

        openssl_name = names[i];
        *brings = false;
        child_run(LIMIT, brings_openssl);
        same_library = *brings;
        bad = child_fault(child_run(LIMIT, beside_openssl));
        if (bad)
            fault("beside the application's %s the process %s", openssl_name, bad);
    }
}

static const struct row rows[] = {
    { 54, QUALITY, "two copies of the module in one process, and the application's own OpenSSL", "silent; each is independent", neighbours,
      UNLOADED, 40 },
};

const struct group group_neighbours = { 'D', "The module's neighbours", GROUP(rows) };
