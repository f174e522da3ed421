#include "campaign/launcher.h"

#include <stdlib.h>

#include "campaign/cpu_count.h"

/// Variables of one launcher.
typedef struct {
    const char *name, *rank, *size, *n_on_node;
} LauncherVariables;

static const LauncherVariables LAUNCHERS[] = {
    {"Open MPI", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE"},
    {"PMI", "PMI_RANK", "PMI_SIZE", "MPI_LOCALNRANKS"},
    {"Slurm", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_STEP_TASKS_PER_NODE"},
};

/// Number at the beginning of a variable ("4(x2),3" is 4); -1: there is none.
static long long number_of(char *(*variable)(const char *), const char *name)
{
    const char *const text = variable(name);
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return -1;
    return strtoll(text, NULL, 10);
}

Launcher launcher_find(char *(*variable)(const char *name))
{
    for (size_t l = 0; l < sizeof LAUNCHERS / sizeof LAUNCHERS[0]; l++) {
        const LauncherVariables *const its = &LAUNCHERS[l];
        const long long rank = number_of(variable, its->rank),
                        size = number_of(variable, its->size),
                        n_on_node = number_of(variable, its->n_on_node);
        if (rank < 0 || size < 1)
            continue;
        if (size < 2 || rank >= size || size > SHARDS_MAX)
            break; // one process, or numbers that are not those of a launcher
        return (Launcher){.name = its->name,
                          .shard = {.index = (uint64_t)rank, .count = (uint64_t)size},
                          .n_on_node = (size_t)(n_on_node > 0 ? n_on_node : size)};
    }
    return (Launcher){0};
}

size_t launcher_workers(const Launcher *launcher, size_t n_allowed, size_t n_cores)
{
    if (launcher->name == NULL)
        return n_allowed;
    const size_t share = n_cores / launcher->n_on_node;
    return share < 1 ? 1 : share < n_allowed ? share : n_allowed;
}
