// C_WaitForSlotEvent in one thread, C_Finalize in another; and what a new C_Initialize
// knows of what was before it.
#include <pthread.h>
#include <unistd.h>

#include "probe.h"

static int ready[2];

static void *wait_for_event(void *rv)
{
    CK_SLOT_ID slot;

    if (write(ready[1], "", 1) == 1)
        *(CK_RV *)rv = p11->C_WaitForSlotEvent(0, &slot, NULL);
    return NULL;
}

static CK_SLOT_ID free_slot(void)
{
    CK_SLOT_ID slots[16];
    CK_ULONG count = COUNT(slots);
    CK_TOKEN_INFO info;

    must("C_GetSlotList", p11->C_GetSlotList(CK_TRUE, slots, &count));
    for (CK_ULONG i = 0; i < count; i++)
        if (p11->C_GetTokenInfo(slots[i], &info) == CKR_OK && !(info.flags & CKF_TOKEN_INITIALIZED))
            return slots[i];
    exit(1);
}

int main(int argc, char **argv)
{
    char *pin = getenv("PROBE_PIN"), label[32];
    CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };
    CK_SLOT_ID slot, told = ~0UL;
    CK_RV rv = CKR_OK;
    pthread_t thread;
    char byte;

    (void)argc;
    memset(label, ' ', sizeof label);
    load(argv[1]);
    must("C_Initialize", p11->C_Initialize(&args));
    say("no event", p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &told, NULL));
    slot = free_slot();
    must("C_InitToken", p11->C_InitToken(slot, (CK_UTF8CHAR *)pin, strlen(pin), (CK_UTF8CHAR *)label));
    say("one's own token", p11->C_WaitForSlotEvent(0, &told, NULL));
    say("is told by its slot", told == slot ? CKR_OK : CKR_SLOT_ID_INVALID);
    say("once", p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &told, NULL));

    if (pipe(ready) != 0 || pthread_create(&thread, NULL, wait_for_event, &rv) != 0 || read(ready[0], &byte, 1) != 1)
        return 1;
    // So that it is most likely inside; whoever comes too late hears the same.
    usleep(50000);
    say("C_Finalize beside it", p11->C_Finalize(NULL));
    pthread_join(thread, NULL);
    say("who waits hears of it", rv);

    must("C_Initialize", p11->C_Initialize(&args));
    must("C_InitToken", p11->C_InitToken(free_slot(), (CK_UTF8CHAR *)pin, strlen(pin), (CK_UTF8CHAR *)label));
    must("C_Finalize", p11->C_Finalize(NULL));
    must("C_Initialize", p11->C_Initialize(&args));
    say("what was before is forgotten", p11->C_WaitForSlotEvent(CKF_DONT_BLOCK, &told, NULL));
    must("C_Finalize", p11->C_Finalize(NULL));
    return 0;
}
