#ifndef PROOF_PROOF_H
#define PROOF_PROOF_H

#include "base/context.h"

/// Proofs that take minutes: each line of the report is a claim about a subject (a molecule, a model)
/// with its measured figure and the limits it must keep.

/// What is claimed of every subject of a section: low <= figure <= high.
typedef struct {
    const char *what;
    const char *unit;
    double low, high;
    double
        brief_high; ///< instead of high in the short form, where that is too short for the limit;
                    ///< 0: the same
} Claim;

typedef struct {
    const char *out; ///< folder for trajectories
    bool brief;      ///< the short form: the same path through the code in seconds
} ProofRun;

enum { PROOF_CLAIMS_MAX = 16, PROOF_SUBJECTS_MAX = 40 };

typedef struct {
    const char *name;
    const Claim *claims;
    size_t n_claims;
    const char *const *subjects;
    size_t n_subjects;
    size_t n_brief; ///< the short form takes the first so many subjects
    /// Measures one subject.
    ///
    /// @param figure  [n_claims], NAN on entry; what stays so is reported as not run
    /// After a failure the claims without a figure are reported as failed, with the sentence.
    QmtStatus (*measure)(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure);
} Section;

extern const Section PROOF_MOTION, PROOF_LABELS, PROOF_INVARIANCES, PROOF_FRAGMENTS,
    PROOF_OSCILLATOR, PROOF_ENSEMBLE, PROOF_TEMPERATURE, PROOF_TORSION, PROOF_CLUSTERS, PROOF_KINDS,
    PROOF_HEAT, PROOF_TWINS, PROOF_THERMOSTATS, PROOF_SPECTRUM, PROOF_WALL, PROOF_BASINS,
    PROOF_METADYNAMICS, PROOF_DISSOCIATION_GFN1, PROOF_DISSOCIATION_GFN2, PROOF_HOT;

/// The five molecules whose motion and labels are looked at: oxygen and nitrogen, sulphur, chlorine,
/// chains and rings.
enum { PROOF_N_MOLECULES = 5 };
extern const char *const PROOF_MOLECULES[PROOF_N_MOLECULES];

#endif
