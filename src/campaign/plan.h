#ifndef CAMPAIGN_PLAN_H
#define CAMPAIGN_PLAN_H

#include "campaign/shard.h"
#include "run/spec.h"

/// What is to be done, checked before any of it begins: structures and a configuration become
/// trajectories with names, charges and costs.

/// What most trajectories of a list have in common.
typedef struct {
    Config config;
    char charge_source[STATE_SOURCE_SIZE], multiplicity_source[STATE_SOURCE_SIZE];
    char *digest_keys; ///< input_digest_keys()
} PlanState;

/// A trajectory of a plan. plan_task() makes its RunSpec, which takes twenty times the memory.
typedef struct {
    const Structure *structure;
    const PlanState *state;
    char *label;
    size_t n_orbitals;
    double cost;
    uint64_t n_bytes;
    int n_electrons, replica;
    char variant[SPEC_VARIANT_SIZE], input_digest[INPUT_DIGEST_SIZE];
    struct {
        int number; ///< of the copy of a frame; 0: it is none
        int64_t frame;
        double time_ps;
    } quench; ///< as in RunSpec; the other trajectory is the task so many places before
} PlanTask;

typedef struct {
    StructureList structures;
    PlanTask *
        tasks; ///< [n_tasks] molecules in the order of the input, their replicas in order, copies of frames behind
    ///< the trajectory that they come from
    size_t n_tasks;
    PlanState **states; ///< [n_states] of the tasks
    size_t n_states;
    uint64_t input_key; ///< of the files and the choice of molecules that it was made from
    Shard shard;        ///< the part of the list that it holds
    Shard writer;       ///< the part whose process notes in its journal what becomes of them
    Config config;      ///< that was asked for
    bool embed_later;
    bool chosen;  ///< molecules of the input were left out by name
    bool *wanted; ///< [structures.n] by name, in whatever part
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

/// Plans another part of the list that a part was planned from, whose structures it shares. What cannot be computed is
/// left out: whoever has that part says so.
///
/// @param part  to be given back with plan_part_release() while the whole lives
/// Fails with QMT_ERR_MEMORY or QMT_ERR_IO.
QmtStatus plan_part(QmtContext *ctx, Plan *whole, const Shard *shard, Plan *part);
void plan_part_release(Plan *part);

/// Task t in full; it points into the plan.
void plan_task(const Plan *plan, size_t t, RunSpec *task);

#endif
