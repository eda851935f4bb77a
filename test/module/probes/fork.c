// A process that forks: the child is another application, and the parent does not notice it.
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

static CK_SLOT_ID slot;
static CK_SESSION_HANDLE session;

static CK_STATE state_of(CK_SESSION_HANDLE handle)
{
    CK_SESSION_INFO info = { .state = ~0UL };

    p11->C_GetSessionInfo(handle, &info);
    return info.state;
}

/** Runs `child` in a child and waits for its end. */
static CK_RV in_child(CK_RV (*child)(void))
{
    int status;
    pid_t pid;

    fflush(stdout);
    pid = fork();
    if (pid == 0)
        exit((int)child());
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return CKR_FUNCTION_FAILED;
    return (CK_RV)WEXITSTATUS(status);
}

static CK_RV no_child(void)
{
    return CKR_OK;
}

static CK_RV own_life(void)
{
    CK_SESSION_HANDLE own;
    CK_SESSION_INFO info;
    CK_INFO about;

    say("child: C_GetInfo without C_Initialize", p11->C_GetInfo(&about));
    say("child: C_GetSessionInfo of the parent's session", p11->C_GetSessionInfo(session, &info));
    say("child: C_Initialize", p11->C_Initialize(NULL));
    say("child: the parent's session afterwards", p11->C_GetSessionInfo(session, &info));
    own = open_session(slot);
    say("child: is not logged in", state_of(own) == CKS_RW_PUBLIC_SESSION ? CKR_OK : CKR_GENERAL_ERROR);
    log_in(own);
    say("child: works", works(own));
    say("child: C_Finalize", p11->C_Finalize(NULL));
    return CKR_OK;
}

static CK_RV grandchild(void)
{
    return in_child(own_life);
}

/** A digest that was begun before the fork and is ended after it. */
static CK_RV digest_across(CK_RV (*child)(void))
{
    CK_MECHANISM sha256 = { CKM_SHA256, NULL, 0 };
    const CK_BYTE expected[4] = { 0xba, 0x78, 0x16, 0xbf }; // of "abc"
    CK_BYTE digest[32];
    CK_ULONG length = sizeof digest;
    CK_RV rv;

    must("C_DigestInit", p11->C_DigestInit(session, &sha256));
    must("C_DigestUpdate", p11->C_DigestUpdate(session, (CK_BYTE *)"ab", 2));
    rv = in_child(child);
    if (rv == CKR_OK)
        rv = p11->C_DigestUpdate(session, (CK_BYTE *)"c", 1);
    if (rv == CKR_OK)
        rv = p11->C_DigestFinal(session, digest, &length);
    return rv != CKR_OK || memcmp(digest, expected, sizeof expected) == 0 ? rv : CKR_GENERAL_ERROR;
}

int main(int argc, char **argv)
{
    (void)argc;
    load(argv[1]);
    must("C_Initialize", p11->C_Initialize(NULL));
    slot = find_slot();
    session = open_session(slot);
    log_in(session);
    say("parent: digest across a child that does nothing", digest_across(no_child));
    say("parent: digest across a child with a life of its own", digest_across(own_life));
    say("parent: digest across a grandchild with one", digest_across(grandchild));
    say("parent: is still logged in", state_of(session) == CKS_RW_USER_FUNCTIONS ? CKR_OK : CKR_GENERAL_ERROR);
    say("parent: C_Finalize", p11->C_Finalize(NULL));
    return 0;
}
