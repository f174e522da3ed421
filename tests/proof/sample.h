#ifndef PROOF_SAMPLE_H
#define PROOF_SAMPLE_H

#include "campaign/plan.h"
#include "io/npz_read.h"
#include "proof/proof.h"
#include "run/run.h"

/// A trajectory made as `qmtraj run` makes it, and its frames read back from the file: what proofs
/// look at is what a user gets.
typedef struct {
    Plan plan;
    RunSpec task; ///< points into the plan
    RunResult result;
    Npz npz;
    const NpzArray *pos, *vel, *forces, *potential, *kinetic;
    bool float64;
    size_t n_atoms;
    uint64_t n_frames;
    double *mass; ///< [n_atoms] electron masses
    void *row;    ///< of one frame, as in the file
} Sample;

/// One frame in atomic units, arrays of the caller.
typedef struct {
    double (*xyz)[3], (*velocity)[3], (*gradient)[3]; ///< [n_atoms][3]
    double kinetic, potential;                        ///< hartree
} SampleFrame;

/// Runs a molecule into FOLDER/NAME under run->out, whatever is there.
///
/// @param molecule  a file of data/molecules/xyz or tests/proof without ".xyz"
/// @param settings  "key=value" of the configuration, ended by NULL
/// Fails as reading, planning, running and reading back fail; *sample is to be released either way.
QmtStatus sample_make(QmtContext *ctx, const ProofRun *run, const char *folder,
                      const char *molecule, const char *const *settings, Sample *sample);
QmtStatus sample_frame(QmtContext *ctx, Sample *sample, uint64_t index, SampleFrame *frame);
void sample_release(Sample *sample);

/// The NVE trajectory of item 1 and 2: equilibrated, then constant energy at 0.25 fs, every tenth step
/// in the file. precision is "float64" or "float32"; the motion is the same.
QmtStatus sample_make_nve(QmtContext *ctx, const ProofRun *run, const char *molecule,
                          const char *precision, Sample *sample);
/// Slope of the total energy, kJ/mol/ps, of such a trajectory from another seed.
QmtStatus sample_nve_drift(QmtContext *ctx, const ProofRun *run, const char *molecule, int seed,
                           double *drift);
enum { SAMPLE_NVE_INTERVAL = 10 };

/// A structure of data/molecules/xyz, bench/geometries or tests/proof by name, the first of its file.
QmtStatus sample_structure(QmtContext *ctx, const char *molecule, StructureList *list);

#endif
