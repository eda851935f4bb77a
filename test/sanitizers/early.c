// Preloaded behind the runtime, which begins with the first malloc. That is to be this one: in libgpg-error's and p11-kit's constructors it
// would be under a lock of the C library's, which the runtime then takes and gives back for a message of dlsym's, and which nobody gets again.
// The first key of thread-specific data is not to be the runtime's: ods-signerd 2.1.12 keeps something under that number without having made it.
#include <pthread.h>
#include <stdlib.h>

__attribute__((constructor)) static void begin(void)
{
    pthread_key_t first_key;
    void *volatile first = pthread_key_create(&first_key, NULL) == 0 ? malloc(1) : NULL;

    free(first);
}
