#ifndef CAMPAIGN_JOURNAL_H
#define CAMPAIGN_JOURNAL_H

#include "campaign/outcome.h"
#include "campaign/plan.h"
#include "io/file.h"

/// What happened in OUT, as it happens: a line for every trajectory that ended, whichever program made it.
///
///     OUT/.journal/HOST.jsonl   a JSON object a line, only ever appended to; one file for each machine, so
///                              that a network file system need not sort the writers out; HOST.3-of-100.jsonl of a
///                              part of a list, whose last line says that it came to its end
///     OUT/.journal/KEY.list     molecules of a job with their cost, a line each: those that wait, too
///
/// A line that was cut off loses itself and nothing else. Nothing here is needed to go on: who deletes the
/// folder loses the history, not a trajectory.

/// The folder: hidden, as OUT/* are the trajectories.
#define JOURNAL_FOLDER ".journal"

/// Of a finished trajectory a line has an object by which it is known again, see campaign/recognise_packed.h.
#define JOURNAL_RECORD "record"
#define JOURNAL_RUN_JSON_CRC "run_json_crc32"
#define JOURNAL_INPUT_DIGEST "input_digest"
#define JOURNAL_NUMERICS "numerics"
#define JOURNAL_TRAJECTORY_BYTES "trajectory_bytes"
#define JOURNAL_CHECKPOINT_KEPT "checkpoint_kept"

/// The file that this process appends to. Trouble with it is said once and stops nothing.
typedef struct {
    File file; ///< not open: nothing is noted
} Journal;

/// Opens or makes the journal in OUT; why that failed is a warning.
Journal journal_open(QmtContext *ctx, const char *out, const Shard *shard);
/// Notes how a trajectory ended.
void journal_add(QmtContext *ctx, Journal *journal, const PlanTask *task,
                 const BatchOutcome *outcome);
void journal_close(Journal *journal);

/// Notes that a part of a list came to its end, unless the last line says so already. True if this was the last one: all
/// parts have ended, and this one just now. Trouble is a warning.
///
/// @param made  by this process, also of a part that another one ended
bool journal_shard_end(QmtContext *ctx, const char *out, const Shard *shard, bool made);

/// Which parts of a list came to their end, on whatever machine: ended [count].
///
/// Fails with QMT_ERR_IO if a path is too long.
QmtStatus journal_shards_ended(QmtContext *ctx, const char *out, uint64_t count, bool *ended);

/// True if an earlier job of this input left a list of its molecules.
bool journal_has_list(QmtContext *ctx, const char *out, const Plan *plan);
/// Leaves the list of the molecules of a plan, unless it is there. A single one needs none, if there was none. Trouble is
/// a warning.
void journal_list_write(QmtContext *ctx, const char *out, const Plan *plan);

/// The line of a trajectory: name, time, how it ended, figures, warnings, and what it can be recognised by. The caller frees it with cJSON_free();
/// NULL if there is no memory.
char *journal_line(const PlanTask *task, const BatchOutcome *outcome);

#endif
