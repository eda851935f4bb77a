// The module under test and the forms in which C_Initialize is called.

#include <dlfcn.h>
#include <string.h>

#include "kit.h"
#include "observe.h"

struct kit kit;
CK_FUNCTION_LIST *p11;
void *library;

const char *const form_names[FORMS] = {
    "a null pointer", "a zero structure", "CKF_OS_LOCKING_OK", "callbacks", "callbacks and CKF_OS_LOCKING_OK",
};

CK_FUNCTION_LIST *module_load_from(const char *path, void **loaded)
{
    CK_C_GetFunctionList get_function_list;
    CK_FUNCTION_LIST *list = NULL;
    CK_RV rv;

    *loaded = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!*loaded)
        give_up("dlopen: %s", dlerror());
    *(void **)&get_function_list = dlsym(*loaded, "C_GetFunctionList");
    if (!get_function_list)
        give_up("the module has no C_GetFunctionList");
    rv = get_function_list(&list);
    if (rv != CKR_OK || !list)
        give_up("C_GetFunctionList answered %s", rv_name(rv));
    return list;
}

void module_load(void)
{
    p11 = module_load_from(kit.module, &library);
    // By the name that every module exports: the functions in the list may be somebody else's.
    interposer_attach(dlsym(library, "C_GetFunctionList"));
}

void module_unload(void)
{
    if (dlclose(library) != 0)
        fault("dlclose: %s", dlerror());
    p11 = NULL;
}

void *module_list(CK_BYTE major, CK_BYTE minor)
{
    CK_C_GetInterface get_interface;
    CK_VERSION version = { major, minor };
    CK_INTERFACE *interface = NULL;

    *(void **)&get_interface = dlsym(library, "C_GetInterface");
    if (!get_interface || get_interface((CK_UTF8CHAR_PTR) "PKCS 11", &version, &interface, 0) != CKR_OK || !interface)
        return NULL;
    return interface->pFunctionList;
}

CK_C_INITIALIZE_ARGS form_args(enum form form, unsigned set)
{
    CK_C_INITIALIZE_ARGS args = { 0 };

    if (form == FORM_OS || form == FORM_APP_OS)
        args.flags = CKF_OS_LOCKING_OK;
    if (form == FORM_APP || form == FORM_APP_OS)
        mutex_callbacks(&args, set);
    return args;
}

CK_RV initialize_with(CK_C_INITIALIZE_ARGS args)
{
    const CK_RV rv = p11->C_Initialize(&args);
    volatile unsigned char *bytes = (unsigned char *)&args;

    for (size_t i = 0; i < sizeof args; i++)
        bytes[i] = 0xaa;
    return rv;
}

CK_RV initialize_set(enum form form, unsigned set)
{
    return form == FORM_NULL ? p11->C_Initialize(NULL) : initialize_with(form_args(form, set));
}

CK_RV initialize(enum form form)
{
    return initialize_set(form, 0);
}

void initialize_or_skip(enum form form)
{
    const CK_RV rv = initialize(form);

    if (rv == CKR_CANT_LOCK && form >= FORM_OS)
        not_applicable("C_Initialize with %s answered CKR_CANT_LOCK", form_names[form]);
    if (rv != CKR_OK)
        give_up("C_Initialize with %s answered %s", form_names[form], rv_name(rv));
}

void finalize(void)
{
    expect("C_Finalize", p11->C_Finalize(NULL), ONE_OF(CKR_OK));
}
