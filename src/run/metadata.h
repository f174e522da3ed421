#ifndef RUN_METADATA_H
#define RUN_METADATA_H

#include "md/md.h"
#include "run/files.h"
#include "run/options.h"
#include "run/result.h"
#include "run/spec.h"

/// The two JSON texts of a trajectory: what belongs into the file, and what may differ from run to run.
/// The caller frees them with cJSON_free(); NULL if there is no memory.

enum { METADATA_DOF_UNKNOWN = -1 };

/// Metadata of the NPZ, described in docs/file-format.md. Holds nothing that two runs of the same task
/// by the same program could disagree about.
///
/// @param report  NULL if it is not known (the process was killed)
/// @param dof     degrees of freedom of the production; METADATA_DOF_UNKNOWN
/// @param earlier  lines of Found.earlier, which become earlier_processors; "" (no such key) if it never moved
/// @param reason  why the file is partial; NULL: it is complete
char *metadata_text(const QmtContext *ctx, const RunSpec *task, const MdReport *report, int64_t dof,
                    const char *earlier, const char *reason);

/// run.json: clock, host, folder, workers, timings and the figures of the summary.
///
/// @param started, ended  seconds since 1970
/// @param status   how it ended; message: the sentence, "" if it went well
char *run_json_text(const QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                    const RunResult *result, double started, double ended, QmtStatus status,
                    const char *message);

struct cJSON;

/// The figures of a result as an object, and back. What is missing stays as it is.
struct cJSON *result_json(const RunResult *result);
void result_from_json(const struct cJSON *object, RunResult *result);

/// "done", "partial", "stopped", ...: the word of a status in summaries.
const char *status_word(QmtStatus status);

#endif
