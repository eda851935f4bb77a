// Group G: fork.

#include <dlfcn.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "family.h"
#include "groups.h"
#include "kit.h"
#include "work.h"

extern char **environ;

static struct work shared;

static void begin(void)
{
    initialize_or_skip(FORM_OS);
    work_begin(&shared);
    parent_undisturbed(&shared, "before fork");
}

static void end(void)
{
    work_end(&shared);
    finalize();
}

static void uses_inherited(void)
{
    CK_INFO info;
    const CK_RV rv = p11->C_GetInfo(&info);
    const CK_RV signing = sign_with(shared.main, shared.private);

    if (rv != CKR_CRYPTOKI_NOT_INITIALIZED || signing != CKR_CRYPTOKI_NOT_INITIALIZED)
        undefined("without a C_Initialize of its own the child is told %s by C_GetInfo, and %s when it signs; undefined, and ideally "
                  "CKR_CRYPTOKI_NOT_INITIALIZED",
                  rv_name(rv), rv_name(signing));
}

static void inherited(void)
{
    begin();
    child_must(&shared, "a child that does not call C_Initialize", uses_inherited);
    end();
}

/** As any application does it. */
static void begins_anew(void)
{
    CK_SESSION_INFO info;
    CK_SESSION_HANDLE session;
    struct work own;

    need("C_Initialize in the child", initialize(FORM_OS), ONE_OF(CKR_OK));
    if (slot_find(&own.slot) && p11->C_OpenSession(own.slot, CKF_SERIAL_SESSION, NULL, NULL, &session) == CKR_OK) {
        expect("C_GetSessionInfo in the child", p11->C_GetSessionInfo(session, &info), ONE_OF(CKR_OK));
        if (info.state != CKS_RO_PUBLIC_SESSION)
            fault("the child's first session is in state %lu: it inherited a login", info.state);
        p11->C_CloseSession(session);
    }
    work_begin(&own);
    expect("signing in the child", sign_with(own.main, own.private), ONE_OF(CKR_OK));
    work_end(&own);
    finalize();
}

static void begins_and_ends(void)
{
    need("C_Initialize in the child", initialize(FORM_NULL), ONE_OF(CKR_OK));
    finalize();
}

static void ends_first(void)
{
    expect("C_Finalize in the child, first", p11->C_Finalize(NULL), ONE_OF(CKR_OK, CKR_CRYPTOKI_NOT_INITIALIZED));
    begins_anew();
}

static void anew(void)
{
    CK_SESSION_INFO info;

    begin();
    child_must(&shared, "a child that calls C_Initialize", begins_anew);
    child_must(&shared, "a child that calls C_Initialize and C_Finalize", begins_and_ends);
    child_must(&shared, "a child that calls C_Finalize first", ends_first);
    need("C_GetSessionInfo in the parent", p11->C_GetSessionInfo(shared.main, &info), ONE_OF(CKR_OK));
    if (info.state != CKS_RW_USER_FUNCTIONS)
        fault("afterwards the parent's session is in state %lu", info.state);
    end();
}

static bool over;
static unsigned parent_signatures, children, hung, crashed;

/** In a child that came into being while others signed: short, for there are many. */
static void short_life(void)
{
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session;
    const CK_RV rv = initialize(FORM_OS);

    if (!expect("C_Initialize in the child", rv, ONE_OF(CKR_OK)))
        return;
    if (slot_find(&slot) &&
        expect("C_OpenSession in the child", p11->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &session), ONE_OF(CKR_OK)))
        expect("C_CloseSession in the child", p11->C_CloseSession(session), ONE_OF(CKR_OK));
    finalize();
}

static void child_count(int status)
{
    children++;
    hung += status == -1;
    crashed += status > 0;
}

static int wait_for(pid_t child)
{
    const double end_at = seconds() + CHILD_LIMIT;
    int status;

    while (waitpid(child, &status, WNOHANG) == 0) {
        if (seconds() > end_at) {
            kill(child, SIGKILL);
            waitpid(child, &status, 0);
            return -1;
        }
        rest(1);
    }
    return status;
}

static void execute_children(void)
{
    static char name[] = "true";
    char *const argv[] = { name, NULL };
    pid_t child;

    if (posix_spawnp(&child, name, NULL, NULL, argv, environ) == 0)
        child_count(wait_for(child));
    child = vfork();
    if (child == 0) {
        execvp(name, argv);
        _exit(0);
    }
    child_count(wait_for(child));
}

/** Past the C library: no handler of its fork runs. */
static void clone_raw(void)
{
    const pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);

    if (child == 0) {
        CK_INFO info;

        // Only what needs no state of the C library's, which does not know that it was forked.
        p11->C_GetInfo(&info);
        _exit(0);
    }
    child_count(wait_for(child));
}

static void sign_or_fork(unsigned number)
{
    CK_SESSION_HANDLE session;

    if (number == 0) {
        for (unsigned i = 0; i < times(20, 1000); i++) {
            child_count(child_run(CHILD_LIMIT, short_life));
            if (i % 5 == 0) {
                execute_children();
                clone_raw();
            }
        }
        __atomic_store_n(&over, true, __ATOMIC_SEQ_CST);
        return;
    }
    need("C_OpenSession", session_open(&shared, &session), ONE_OF(CKR_OK));
    while (!__atomic_load_n(&over, __ATOMIC_SEQ_CST)) {
        if (!expect("signing beside fork", sign_with(session, shared.private), ONE_OF(CKR_OK)))
            return;
        __atomic_add_fetch(&parent_signatures, 1, __ATOMIC_RELAXED);
    }
}

static void fork_in_callback(void)
{
    static _Thread_local bool inside;

    if (inside)
        return;
    inside = true;
    child_count(child_run(CHILD_LIMIT, short_life));
    mutex_hook(NULL);
    inside = false;
}

static void under_load(void)
{
    CK_RV rv;

    begin();
    threads_run(9, sign_or_fork);
    end();
    rv = initialize(FORM_APP);
    if (rv == CKR_OK) {
        mutex_hook(fork_in_callback);
        works("with a fork inside LockMutex");
        mutex_hook(NULL);
        finalize();
    }
    if (hung > 0 || crashed > 0)
        fault("of %u children %u hung and %u crashed", children, hung, crashed);
    tell("%u children, %u signatures meanwhile", children, parent_signatures);
}

static void continues(void)
{
    CK_BYTE signature[SIGNATURE_MAX];
    CK_ULONG length = sizeof signature;

    expect("C_Sign of the operation that the parent began", p11->C_Sign(shared.main, text, TEXT_LENGTH, signature, &length),
           ONE_OF(CKR_OK));
    if (!signature_right(signature, length))
        fault("the signature is wrong");
    parent_undisturbed(&shared, "in the child");
}

static void fork_safe(void)
{
    CK_MECHANISM mechanism = { CKM_RSA_PKCS, NULL, 0 };
    CK_C_GetInterface get_interface;
    CK_INTERFACE *interface = NULL;
    CK_BYTE signature[SIGNATURE_MAX];
    CK_ULONG length = sizeof signature;

    *(void **)&get_interface = dlsym(library, "C_GetInterface");
    if (!get_interface || get_interface(NULL, NULL, &interface, CKF_INTERFACE_FORK_SAFE) != CKR_OK || !interface) {
        tell("no interface claims to be fork-safe");
        return;
    }
    if (kit.no_token)
        not_applicable("%s", kit.no_token);
    p11 = interface->pFunctionList;
    begin();
    need("C_SignInit", p11->C_SignInit(shared.main, &mechanism, shared.private), ONE_OF(CKR_OK));
    child_must(&shared, "a child of a fork-safe interface", continues);
    expect("C_Sign in the parent", p11->C_Sign(shared.main, text, TEXT_LENGTH, signature, &length), ONE_OF(CKR_OK));
    end();
}

#define OWN "usage guide: a child is another application, and calls C_Initialize itself"

static const struct row rows[] = {
    { 84, SHOULD, "a child uses what it inherited", "usage guide: undefined; CKR_CRYPTOKI_NOT_INITIALIZED is ideal", inherited, SIGNING,
      20 },
    { 85, SHOULD, "a child begins anew", OWN, anew, SIGNING, 40 },
    { 86, QUALITY, "forks, spawns and clones while eight threads sign", OWN, under_load, SIGNING, 60 },
    { 88, MUST, "an interface that claims to be fork-safe",
      "CKF_INTERFACE_FORK_SAFE: the child has copies of sessions, login, objects and operations", fork_safe, 0, 30 },
};

const struct group group_forking = { 'G', "fork", GROUP(rows) };
