#ifndef CAMPAIGN_PREFLIGHT_H
#define CAMPAIGN_PREFLIGHT_H

#include "campaign/outcomes.h"
#include "campaign/plan.h"
#include "run/options.h"

/// What is asked before a job begins: what lies in OUT already, and room on the disk.

/// Finds out what is finished, and what has its space on the disk. All differences are found before the first is
/// reported.
///
/// @param outcomes   of plan->n_tasks: what is finished is put; NULL: not wanted
/// @param reused     [plan->n_tasks] finished just so; those that are set already are not looked at
/// @param has_space  [plan->n_tasks] finished, or its file has its space already
/// Fails with QMT_ERR_CHECKPOINT (something else lies there), QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus preflight_earlier(QmtContext *ctx, const Plan *plan, const RunOptions *settings,
                            Outcomes *outcomes, bool *reused, bool *has_space);

/// Fails with QMT_ERR_IO if a folder's disk has no room for so many bytes.
QmtStatus preflight_disk(QmtContext *ctx, const char *folder, uint64_t n_bytes);

/// The nearest folder above OUT that is there already, or OUT itself.
///
/// @param only_read  no files are to be made in it
/// @param path       [FILE_PATH_SIZE]
/// Fails with QMT_ERR_IO.
QmtStatus preflight_folder(QmtContext *ctx, const char *out, bool only_read, char *path);

/// What a person should know about the settings of a job, as notes.
void preflight_notes(QmtContext *ctx, const Config *config);

#endif
