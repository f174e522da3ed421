#ifndef CAMPAIGN_LAUNCHER_H
#define CAMPAIGN_LAUNCHER_H

#include "campaign/shard.h"

/// What srun, mpirun or mpiexec say to the processes that they start, in the environment: nothing is exchanged, and no
/// library of theirs is needed.
///
///     Open MPI          OMPI_COMM_WORLD_RANK, _SIZE, _LOCAL_SIZE
///     MPICH, Intel MPI  PMI_RANK, PMI_SIZE, MPI_LOCALNRANKS
///     Slurm             SLURM_PROCID, SLURM_STEP_NUM_TASKS, SLURM_STEP_TASKS_PER_NODE, which a step of srun has and a
///                       batch script has not
///
/// They are asked in this order: under Slurm, mpirun starts its daemons with srun, and the variables of both are there.
typedef struct {
    const char *name; ///< "Open MPI", "PMI" or "Slurm"; NULL: there is none, or one process only
    Shard shard;      ///< rank of size
    size_t n_on_node; ///< ranks on this machine; all of them if it is not known
} Launcher;

/// @param variable  asks for a variable of the environment, NULL if there is none; getenv
Launcher launcher_find(char *(*variable)(const char *name));

/// Trajectories side by side in a rank, so that those of a machine share its cores.
///
/// @param n_allowed  cores that this process may use
/// @param n_cores    of the machine
size_t launcher_workers(const Launcher *launcher, size_t n_allowed, size_t n_cores);

#endif
