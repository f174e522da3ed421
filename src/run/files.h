#ifndef RUN_FILES_H
#define RUN_FILES_H

#include "qmtraj/campaign.h"

/// Files of one trajectory in OUT/LABEL:
///
///     config.yaml             the configuration with every default
///     start.xyz               the start geometry with charge and multiplicity
///     relaxed.xyz             the relaxed geometry with its energy, if it is relaxed
///     trajectory.npz.part     while it runs or waits to go on
///     checkpoint              from which it goes on, and a longer one (keep_checkpoint)
///     checkpoint.previous     the one before
///     lock                    while a process works on it
///     trajectory.npz          when it is complete
///     trajectory.partial.npz  the frames so far, if its SCF failed or its motion went wrong
///     failed.xyz              the geometry of the evaluation that failed
///     run.json                clock, host, timings: what may differ from run to run

#define RUN_FILE_CONFIG "config.yaml"
#define RUN_FILE_START "start.xyz"
#define RUN_FILE_RELAXED "relaxed.xyz"
#define RUN_FILE_COMPLETE QMT_FILE_TRAJECTORY
#define RUN_FILE_OLD QMT_FILE_OLD // the finished one before this, after --fresh
#define RUN_FILE_PARTIAL QMT_FILE_PARTIAL
#define RUN_FILE_FAILED "failed.xyz"
#define RUN_FILE_RUN "run.json"
#define RUN_FILE_LOCK "lock"

#endif
