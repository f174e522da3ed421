#ifndef CAMPAIGN_STATUS_H
#define CAMPAIGN_STATUS_H

#include "io/lock.h"
#include "run/run.h"

/// How far the trajectories of an output folder are, also while they run: read from run.json of what has
/// ended, from the last checkpoint of the rest, and from OUT/.journal of what waits or left nothing else behind.
/// Looks only, and disturbs nobody.

typedef enum {
    STATUS_COMPLETE,
    STATUS_RUNNING,     ///< a process works on it
    STATUS_INTERRUPTED, ///< no process works on it, the same command continues, or begins what was too short for a checkpoint
    STATUS_FAILED,      ///< its run.json says so
    STATUS_WAITING,     ///< in the list of a job, and not begun
    STATUS_REJECTED,    ///< it cannot be computed, rejected.tsv
    N_STATUS_KINDS
} StatusKind;

/// "complete", "running", "interrupted", "failed", "waiting", "rejected"
const char *status_kind_word(StatusKind kind);

typedef struct {
    char label[SPEC_LABEL_SIZE];
    StatusKind kind;
    char phase[32];         ///< "equilibration", ...; "" if it is not known
    char *holder;           ///< of one that is running; NULL: nobody, or no memory for it
    uint64_t step, n_steps; ///< of all phases
    double percent;
    double ms_per_step, eta_s; ///< NAN if not known
    double mean_temperature_k; ///< of production so far, NAN if it has not begun
    double
        shadow_drift_kjmol_ps; ///< likewise; in NVE windows if there are any, see run_drift_shown()
    char *reason;              ///< why it failed or was interrupted; NULL: nothing says so
    char *
        warning_lines; ///< what to know about it, as RunWarnings.lines; of one that runs, at its checkpoint; NULL: none
    uint32_t n_warnings;
    double age_s; ///< of these figures; 0 for one that has ended
} StatusEntry;

typedef struct {
    StatusEntry *entries; ///< [n] in the order of their names
    size_t n, capacity;
    size_t n_of[N_STATUS_KINDS];
    double left_s; ///< of all jobs in OUT, by the processes that run now; NAN if not known
} StatusList;

/// Looks at OUT/NAME and OUT/NAME/rNN, and at what the jobs in OUT say. Fails with QMT_ERR_IO if OUT cannot be read, QMT_ERR_INPUT if it
/// holds no trajectory, QMT_ERR_MEMORY; *list is then untouched.
QmtStatus status_look(QmtContext *ctx, const char *out, StatusList *list);
void status_release(StatusList *list);

#endif
