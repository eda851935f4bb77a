// Every way to the functions leads to the same functions: by name, by the list of version 2.40, by each interface.
#define _GNU_SOURCE
#include "probe.h"

#define SAME(name) different += (CK_VOID_PTR)list->name != dlsym(RTLD_DEFAULT, #name);

static unsigned long same_2_40(const CK_FUNCTION_LIST *list)
{
    unsigned long different = 0;

    CK_FUNCTIONS_2_40(SAME)
    return different;
}

static unsigned long same_3_0(const CK_FUNCTION_LIST_3_0 *list)
{
    unsigned long different = 0;

    CK_FUNCTIONS_3_0(SAME)
    return different;
}

static unsigned long same_3_2(const CK_FUNCTION_LIST_3_2 *list)
{
    unsigned long different = 0;

    CK_FUNCTIONS_3_2(SAME)
    return different;
}

/** A number that is no return value. */
static void tell(const char *name, unsigned long number)
{
    printf("%s\tis %lu\n", name, number);
}

static unsigned long number_of(const CK_VERSION *version)
{
    return 100ul * version->major + version->minor;
}

int main(int argc, char **argv)
{
    CK_INTERFACE interfaces[3], *found = NULL;
    CK_C_GetInterfaceList list;
    CK_C_GetInterface get;
    CK_UTF8CHAR name[] = "PKCS 11", other[] = "Vendor";
    CK_VERSION versions[] = { { 3, 2 }, { 3, 0 }, { 2, 40 } }, unknown = { 3, 1 };
    CK_ULONG count = 0;

    if (argc < 2 || !dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL))
        return 1;
    load(argv[1]);
    list = (CK_C_GetInterfaceList)dlsym(RTLD_DEFAULT, "C_GetInterfaceList");
    get = (CK_C_GetInterface)dlsym(RTLD_DEFAULT, "C_GetInterface");

    tell("list: version", number_of(&p11->version));
    tell("list: strangers", same_2_40(p11));
    say("how many", list(NULL, &count));
    tell("count", count);
    count = 2;
    say("too little room", list(interfaces, &count));
    tell("count then", count);
    say("room enough", list(interfaces, &count));
    say("no count", list(interfaces, NULL));
    for (CK_ULONG i = 0; i < count; i++) {
        printf("%lu: ", i);
        tell("version", number_of(interfaces[i].pFunctionList));
        printf("%lu: ", i);
        tell("flags", interfaces[i].flags);
    }
    tell("0: strangers", same_3_2(interfaces[0].pFunctionList));
    tell("1: strangers", same_3_0(interfaces[1].pFunctionList));
    tell("2: strangers", same_2_40(interfaces[2].pFunctionList));
    say("the default", get(NULL, NULL, &found, 0));
    tell("the default differs from 0", found->pFunctionList != interfaces[0].pFunctionList);
    for (size_t i = 0; i < COUNT(versions); i++) {
        printf("%zu: ", i);
        say("by name and version", get(name, &versions[i], &found, 0));
        printf("%zu: ", i);
        tell("differs", found->pFunctionList != interfaces[i].pFunctionList);
    }
    say("no such version", get(name, &unknown, &found, 0));
    say("no such name", get(other, NULL, &found, 0));
    say("safe to fork", get(name, NULL, &found, CKF_INTERFACE_FORK_SAFE));
    say("nowhere to put it", get(name, NULL, NULL, 0));
    return 0;
}
