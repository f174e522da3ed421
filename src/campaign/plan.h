#ifndef CAMPAIGN_PLAN_H
#define CAMPAIGN_PLAN_H

#include "campaign/shard.h"
#include "run/spec.h"

/// What is to be done, checked before any of it begins: structures and a configuration become
/// trajectories with names, charges and costs.

typedef struct {
    StructureList structures;
    RunSpec *
        tasks; ///< [n_tasks] molecules in the order of the input, their replicas in order, copies of frames
    ///< behind the trajectory that they come from
    size_t n_tasks;
    uint64_t input_key; ///< of the files and the choice of molecules that it was made from
    Shard shard;        ///< the part of the list that it holds
} Plan;

typedef struct {
    const char *const *molecules; ///< [n_molecules] names or patterns ("gly*") of those to take
    size_t n_molecules;           ///< 0 takes all
    /// Of several molecules the SMILES stay without atoms: start_geometry_make() gives them where they are
    /// computed, and until then their size is estimated.
    bool embed_later;
    Shard shard; ///< those of this part of the list only, molecules and rejections
    void *user;
    /// How many molecules have been looked at; may be NULL.
    void (*progress)(void *user, size_t n_done, size_t n);
} PlanOptions;

/// Makes the plan; the structures move into it.
///
/// Charge and multiplicity are those of the structure, else those of the configuration. Every molecule
/// is looked at before this returns.
///
/// What cannot be computed is a failure, with a sentence for each in the log if there are several. With
/// structures->rejected it is noted there instead, and the others are planned; only if nothing is left, or a
/// single molecule was asked for, it is a failure all the same. Rejections of molecules that
/// options->molecules do not name are dropped. A part of a list may hold nothing, or nothing that can be computed: that is
/// a plan without tasks.
///
/// @param structures  emptied on success
/// @param options     NULL takes all, and makes their atoms
/// Fails with QMT_ERR_USAGE (no structures, unknown molecule), QMT_ERR_CONFIG (a charge that disagrees)
/// or QMT_ERR_INPUT (names, elements, parity, atoms on top of each other). After a failure the
/// structures are still the caller's.
QmtStatus plan_make(QmtContext *ctx, const Config *config, StructureList *structures,
                    const PlanOptions *options, Plan *plan);

void plan_release(Plan *plan);

#endif
