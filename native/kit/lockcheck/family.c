#include "family.h"

#include "kit.h"

void parent_undisturbed(const struct work *work, const char *when)
{
    const CK_RV rv = sign_with(work->main, work->private);

    if (rv != CKR_OK)
        fault("%s the parent's signing answered %s", when, rv_name(rv));
}

void child_must(const struct work *work, const char *what, void (*run)(void))
{
    const char *bad = child_fault(child_run(CHILD_LIMIT, run));

    if (bad)
        fault("%s: the child %s", what, bad);
    parent_undisturbed(work, what);
}
