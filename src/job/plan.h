#ifndef JOB_PLAN_H
#define JOB_PLAN_H

#include "io/structure.h"
#include "io/trajectory.h"
#include "job/config.h"

/// What is to be done, checked as a whole before any of it begins: structures and a configuration
/// become trajectories with names, charges and costs.

/// One trajectory.
typedef struct {
    const Structure *structure; ///< owned by the plan
    Config config;              ///< with the charge and multiplicity that hold for this molecule
    int replica;                ///< 1, 2, ...; 0: the only one
    char label[STRUCTURE_NAME_SIZE + 16]; ///< folder under OUT: "glycine" or "glycine/r01"
    size_t n_orbitals;
    int n_electrons;  ///< valence electrons of the method, charge included
    double cost;      ///< proportional to the expected time
    uint64_t n_bytes; ///< on the disk, windows and all
} JobTask;

typedef struct {
    StructureList structures;
    JobTask *tasks; ///< [n_tasks] molecules in the order of the input, their replicas in order
    size_t n_tasks;
} JobPlan;

/// Steps of all phases: equilibration, production, windows.
int64_t plan_steps(const Config *config);

/// Windows at constant energy: they begin at every multiple of nve_every_ps in production, step 0
/// excepted.
int64_t plan_windows(const Config *config);

/// What the file of a task holds; masses [n_atoms] Da may be NULL where only its size is asked for.
TrajectoryLayout plan_layout(const JobTask *task, const double *masses);

/// Makes the plan; the structures move into it, and SMILES become atoms here.
///
/// Charge and multiplicity are those of the structure, else those of the configuration. Every molecule
/// is looked at before this returns: with several that are impossible each gets a sentence in the log.
///
/// @param structures  emptied on success
/// @param molecules   [n_molecules] names to take; n_molecules = 0 takes all
/// Fails with QMT_ERR_USAGE (no structures, unknown molecule), QMT_ERR_CONFIG (a charge that disagrees)
/// or QMT_ERR_INPUT (names, elements, parity, atoms on top of each other). After a failure the
/// structures are still the caller's.
QmtStatus plan_make(QmtContext *ctx, const Config *config, StructureList *structures,
                    const char *const *molecules, size_t n_molecules, JobPlan *plan);

void plan_release(JobPlan *plan);

/// Looks at one structure as plan_make() does; for single points. Writes what holds for it.
QmtStatus plan_check_structure(QmtContext *ctx, const Structure *structure, const Config *config,
                               JobTask *task);

#endif
