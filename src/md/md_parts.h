#ifndef MD_MD_PARTS_H
#define MD_MD_PARTS_H

#include "md/md.h"
#include "md/relax.h"

/// What an Md is made of: for md.c (the sequence), md_report.c (its figures) and md_snapshot.c only.

/// Numbers of the sequence that are no part of the instant, plain data.
typedef struct {
    MdPhase phase;
    int linear;      // decided once, on the geometry at rest
    int frame_done;  // the frame of this step was taken
    int window_done; // the window of this step is behind us
    int relax_converged;
    int scf_iterations_max;
    double relax_largest_slope;
    double scf_residual_max;
    uint64_t relax_evaluations, evaluations, scf_iterations, recoveries;
    uint64_t production_recoveries, first_recovery_step; // of the production alone
    uint64_t diagonalisations, checks, checks_failed;
    LogHistogram scf_residuals;
    uint64_t n_windows_done;
    BlockMean temperature; // of production, kelvin
    double conserved;      // hartree, where equilibration or production began
    double hottest_k;      // of all steps
} MdRecord;

/// A snapshot begins with the names of those who keep something in it, so that a foreign one is refused by
/// name and not by a wrong number of bytes.
typedef struct {
    char name[24];    ///< "": none
    uint32_t version; ///< of its layout
    uint32_t zero;
    uint64_t size; ///< bytes
} MdSnapshotSpan;

enum { MD_SNAPSHOT_SPANS = 8 };

typedef struct {
    MdSnapshotSpan span[MD_SNAPSHOT_SPANS];
} MdSnapshotHead;

struct Md {
    MdOptions options;
    MdHooks hooks;
    Engine *engine;
    uint64_t n_equilibration, n_production, n_window, window_every; // steps
    size_t n_windows;                                               // planned
    double dt, kt;                                                  // atomic units

    MdRecord record;
    MdState now;
    Relax relax;
    ShadowEnergy watch;
    NveWindow window;
    Span thermostat;          // what the one of the production keeps
    void *thermostat_before;  // scratch: the same before a step, which may fail
    NveWindowResult *results; // [n_windows]

    ScfChange change; // of the solution in the last step
    double change_size;

    MdSnapshotHead listed; // scratch of md_snapshot_pieces()
    MdState next;          // scratch
    double *mass;          // [n_atoms] electron masses, constant
    Arena arena;
};

/// Bytes of the copy of what the engines keep that a side run needs; 0 without windows.
size_t md_window_kept_size(const Md *md);
/// Degrees of freedom in a phase; a window has the motion of its trajectory.
size_t md_dof(const Md *md, MdPhase phase);
/// Time of a step, ps: the product with dt_fs, not a sum, so that it never drifts.
double md_time_ps(const Md *md, uint64_t step);
/// Calls the progress hook, if there is one.
void md_tell_progress(const Md *md);

#endif
