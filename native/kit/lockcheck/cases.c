#include "cases.h"

#include "groups.h"

const struct group *const groups[] = {
    &group_arguments, &group_uninitialised, &group_callbacks,  &group_failing,     &group_primitives, &group_resources,
    &group_shortage,  &group_loading,       &group_neighbours, &group_threads,     &group_pace,       &group_logins,
    &group_objects,   &group_populated,     &group_closing,    &group_one_session, &group_forking,    &group_generations,
};
const size_t groups_count = sizeof groups / sizeof groups[0];

const struct row *row_find(int number)
{
    for (size_t i = 0; i < groups_count; i++)
        for (const struct row *row = groups[i]->rows; row < groups[i]->rows + groups[i]->count; row++)
            if (row->number == number)
                return row;
    return NULL;
}
