#ifndef CAMPAIGN_PLAN_H
#define CAMPAIGN_PLAN_H

#include "run/spec.h"

/// What is to be done, checked as a whole before any of it begins: structures and a configuration
/// become trajectories with names, charges and costs.

typedef struct {
    StructureList structures;
    RunSpec *tasks; ///< [n_tasks] molecules in the order of the input, their replicas in order
    size_t n_tasks;
} Plan;

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
                    const char *const *molecules, size_t n_molecules, Plan *plan);

void plan_release(Plan *plan);

#endif
