#ifndef RUN_SPEC_H
#define RUN_SPEC_H

#include "config/config.h"
#include "structure/structure.h"
#include "trajectory/trajectory.h"

/// What one trajectory is to be: a structure and a configuration, checked against each other.

enum { INPUT_DIGEST_SIZE = 24, SPEC_VARIANT_SIZE = 24 };
enum { SPEC_LABEL_SIZE = STRUCTURE_NAME_SIZE + SPEC_VARIANT_SIZE + 16 };

enum { QUENCH_FRAME_UNKNOWN = -1 };

/// Which frame of another trajectory a trajectory is a copy of (run/quench.h).
typedef struct {
    int number; ///< 1, 2, ...; 0: it is none
    int64_t frame;
    double time_ps;                      ///< of the frame, in production
    char from_digest[INPUT_DIGEST_SIZE]; ///< of the other, whose label is in that of the copy
} QuenchFacts;

/// One trajectory.
typedef struct {
    const Structure *structure; ///< owned by the plan
    Config config;              ///< with the charge and multiplicity that hold for this molecule
    /// Where charge and multiplicity come from: words of the structure, "configuration" or "default".
    char charge_source[STATE_SOURCE_SIZE], multiplicity_source[STATE_SOURCE_SIZE];
    int replica; ///< 1, 2, ...; 0: the only one
    char variant
        [SPEC_VARIANT_SIZE]; ///< "T0300", "c01", "T0300/c01", "c01/q001": which of several beside each other; "": the only one
    char label
        [SPEC_LABEL_SIZE]; ///< folder under OUT: "glycine", "glycine/T0300/c01/r01", "glycine/c01.q001"
    QuenchFacts quench;
    size_t n_orbitals;
    int n_electrons;  ///< valence electrons of the method, charge included
    double cost;      ///< proportional to the expected time
    uint64_t n_bytes; ///< on the disk, windows and all
    /// Of what was asked for (run/input_digest.h), so that a finished trajectory is recognised without its
    /// atoms; "": not known.
    char input_digest[INPUT_DIGEST_SIZE];
} RunSpec;

/// A task whose structure is a SMILES that gets its atoms later: cost, orbitals and bytes are estimated from
/// the text, and the configuration is the one that was asked for.
void spec_estimate(const Structure *structure, const Config *config, RunSpec *task);

/// A trajectory of so few steps that it is sooner made again than its checkpoint is written and removed at the beginning
/// and at the end: a megabyte each beside some ten kilobytes of frames. keep_checkpoint: true is none.
bool spec_is_short(const RunSpec *task);

/// Steps of all phases: equilibration, production, windows.
int64_t spec_steps(const Config *config);

/// Windows at constant energy: they begin at every multiple of nve_every_ps in production, step 0
/// excepted.
int64_t spec_windows(const Config *config);

/// Frame arrays that trajectories of this configuration have beside the others: bits of TrajectoryArrayId.
unsigned spec_further(const Config *config);

/// What the file of a task holds; masses [n_atoms] Da may be NULL where only its size is asked for.
TrajectoryLayout spec_layout(const RunSpec *task, const double *masses);

/// Checks one structure: elements, charge, electrons, contacts, memory. Writes what holds for it.
///
/// Charge and multiplicity are those of the structure; the configuration holds where it says none, and may say the
/// multiplicity that a SMILES leaves to its valences. Fails with QMT_ERR_CONFIG where both say something
/// else, with QMT_ERR_INPUT where the structure leaves open what the configuration does not give.
QmtStatus spec_make(QmtContext *ctx, const Structure *structure, const Config *config,
                    RunSpec *task);

/// Text of start.xyz: charge and multiplicity are those that hold. The caller frees it; NULL if there is
/// no memory.
char *spec_start_text(QmtContext *ctx, const RunSpec *task);

/// Takes out of such a text, in place, where charge and multiplicity come from: what is left decides the numbers.
void spec_start_bare(char *text);

#endif
