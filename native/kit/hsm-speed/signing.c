#include "signing.h"

#include "program.h"
#include "signatures.h"
#include "token.h"

#define STACK_SIZE (128 * 1024)

static CK_BYTE text[] = "Hello, World!";
/** The SHA-256 digest of the text. */
static CK_BYTE digest[32] = {
    0xdf, 0xfd, 0x60, 0x21, 0xbb, 0x2b, 0xd5, 0xb0, 0xaf, 0x67, 0x62, 0x90, 0x80, 0x9e, 0xc3, 0xa5,
    0x31, 0x91, 0xdd, 0x81, 0xc7, 0xf7, 0x0a, 0x4b, 0x28, 0x68, 0x8a, 0x36, 0x21, 0x82, 0x98, 0x6f,
};

struct signer signers[THREADS_MAX];
static pthread_barrier_t together;
static int stop;

static bool signed_once(struct signer *signer, CK_BYTE *signature, CK_ULONG *length)
{
    CK_MECHANISM mechanism = { options.mechanism->type, NULL, 0 };
    CK_BYTE *data = options.mechanism->length == sizeof digest ? digest : text;

    signer->failed = "C_SignInit";
    signer->rv = p11->C_SignInit(signer->session, &mechanism, key);
    if (signer->rv != CKR_OK)
        return false;
    signer->failed = "C_Sign";
    signer->rv = p11->C_Sign(signer->session, data, options.mechanism->length, signature, length);
    if (signer->rv != CKR_OK)
        return false;
    signer->failed = NULL;
    return true;
}

static void *sign(void *argument)
{
    struct signer *signer = argument;
    CK_BYTE signature[SIGNATURE_MAX];
    // As in 2008 it is not reset: from the second call on the buffer is just as long as the signature before.
    CK_ULONG length = sizeof signature;

    pthread_barrier_wait(&together);
    while (options.seconds > 0 ? !__atomic_load_n(&stop, __ATOMIC_RELAXED) : signer->made < options.iterations) {
        if (!signed_once(signer, signature, &length))
            break;
        signature_note(signer, signature, length);
    }
    signer->ended = now();
    return NULL;
}

double threads_run(void)
{
    pthread_attr_t small;
    double began, ended;

    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, STACK_SIZE);
    pthread_barrier_init(&together, NULL, (unsigned)options.threads + 1);
    for (unsigned long i = 0; i < options.threads; i++)
        if (pthread_create(&signers[i].thread, &small, sign, &signers[i]) != 0)
            fail("thread %lu cannot be started.", i + 1);
    began = now();
    pthread_barrier_wait(&together);
    if (options.seconds > 0) {
        pause_for(options.seconds);
        __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    }
    ended = began;
    for (unsigned long i = 0; i < options.threads; i++) {
        pthread_join(signers[i].thread, NULL);
        ended = signers[i].ended > ended ? signers[i].ended : ended;
    }
    return ended - began;
}
