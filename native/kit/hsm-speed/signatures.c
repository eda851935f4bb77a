#include "signatures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

static void keep(struct kept *kept, const CK_BYTE *signature, uint32_t length)
{
    const size_t wanted = kept->length + sizeof length + length;

    if (wanted > kept->room) {
        kept->room = 2 * wanted;
        kept->bytes = realloc(kept->bytes, kept->room);
        if (!kept->bytes)
            fail("there is no memory for the signatures.");
    }
    memcpy(kept->bytes + kept->length, &length, sizeof length);
    memcpy(kept->bytes + kept->length + sizeof length, signature, length);
    kept->length = wanted;
}

void signature_note(struct signer *signer, const CK_BYTE *signature, CK_ULONG length)
{
    const bool known = signer->made > 0 && signer->first.length == length && memcmp(signer->first.bytes, signature, length) == 0;

    if (signer->made++ == 0) {
        signer->first.length = (uint32_t)length;
        memcpy(signer->first.bytes, signature, length);
    }
    if (options.signatures && !(known && options.mechanism->deterministic))
        keep(&signer->kept, signature, (uint32_t)length);
}

void signatures_write(void)
{
    FILE *file = options.signatures ? fopen(options.signatures, "wb") : NULL;

    if (!options.signatures)
        return;
    if (!file)
        fail("%s cannot be written.", options.signatures);
    for (unsigned long i = 0; i < options.threads; i++)
        if (fwrite(signers[i].kept.bytes, 1, signers[i].kept.length, file) != signers[i].kept.length)
            fail("%s cannot be written.", options.signatures);
    if (fclose(file) != 0)
        fail("%s cannot be written.", options.signatures);
}

void signatures_compare(void)
{
    const struct record *first = &signers[0].first;

    for (unsigned long i = 0; i < options.threads && options.mechanism->deterministic; i++) {
        const struct signer *each = &signers[i];

        if (each->made > 0 && (each->first.length != first->length || memcmp(each->first.bytes, first->bytes, first->length) != 0))
            fail("thread %lu made another signature than thread 1.", i + 1);
    }
}
