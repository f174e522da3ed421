#ifndef CAMPAIGN_REJECTED_FILE_H
#define CAMPAIGN_REJECTED_FILE_H

#include "campaign/outcomes.h"
#include "campaign/plan.h"

/// OUT/rejected.tsv: the inputs that cannot be computed, one a line, with place, name, reason and sentence. A part of a
/// list has a file of its own, rejected.3-of-100.tsv, so that no program overwrites what another one says.

enum { REJECTED_NAME_SIZE = SHARD_TEXT_SIZE + 16 };

/// The name of the file of a part.
void rejected_file_name(const Shard *shard, char name[REJECTED_NAME_SIZE]);

/// Writes the file anew: lines of earlier jobs stay unless this one did what they say cannot be done, or read the file
/// that they are about as a whole (without --molecule) and does not say them again. Nothing is
/// written where there is nothing to say. Takes turns with other programs.
///
/// @param outcomes  NULL before the job
/// Fails with QMT_ERR_IO, QMT_ERR_LOCKED or QMT_ERR_MEMORY.
QmtStatus rejected_file_write(QmtContext *ctx, const char *out, const Plan *plan,
                              const Outcomes *outcomes);

/// Appends one line at once, so that a job that is killed has said it.
QmtStatus rejected_file_append(QmtContext *ctx, const char *out, const Shard *shard,
                               const Rejection *rejection);

/// Reads the files of all parts; no file is an empty list. Lines that are none are skipped, what several files say is
/// there once.
///
/// @param list  empty; to be released, also after a failure
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus rejected_file_read(QmtContext *ctx, const char *out, RejectionList *list);

#endif
