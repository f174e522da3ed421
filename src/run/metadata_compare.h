#ifndef RUN_METADATA_COMPARE_H
#define RUN_METADATA_COMPARE_H

#include "run/program.h"
#include "run/spec.h"
#include "trajectory/trajectory_reader.h"

/// Appends to list what a complete trajectory says about itself and a task says otherwise: molecule, replica, variant,
/// atoms and keys of the configuration. A file that was copied to another folder is found by that.
///
/// @param any_length  the file may be a shorter or longer one of the task
/// Fails with QMT_ERR_MEMORY.
QmtStatus metadata_compare(QmtContext *ctx, const TrajectoryReader *reader, const RunSpec *task,
                           bool any_length, char list[PROGRAM_DIFFERENCES_SIZE]);

#endif
