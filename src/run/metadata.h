#ifndef RUN_METADATA_H
#define RUN_METADATA_H

#include "md/md.h"
#include "run/files.h"
#include "run/options.h"
#include "run/result.h"
#include "run/spec.h"
#include "run/watch.h"

/// The two JSON texts of a trajectory: what belongs into the file, and what may differ from run to run.
/// The caller frees them with cJSON_free(); NULL if there is no memory.

enum { METADATA_DOF_UNKNOWN = -1 };

/// What is known about a trajectory besides its task. All of it may be missing.
typedef struct {
    const MdReport *report; ///< NULL: not known (the process was killed)
    int64_t dof;            ///< degrees of freedom of the production; METADATA_DOF_UNKNOWN
    const char
        *earlier; ///< lines of Found.earlier, which become earlier_processors; "": never moved
    const char *reason;          ///< why the file is partial; NULL: it is complete
    const RunWarnings *warnings; ///< NULL: none
    int64_t n_frames;            ///< of a complete one; 0: those of the configuration
    const WatchEvent *ended_by;  ///< of stop_when; NULL: none
    const Engine *bias;          ///< NULL: none, or what it did is not known
    const Watch *watch;          ///< NULL: what happened to the molecule is not known
} MetadataFacts;

/// Metadata of the NPZ, described in docs/file-format.md. Holds nothing that two runs of the same task
/// by the same program could disagree about.
char *metadata_text(const QmtContext *ctx, const RunSpec *task, const MetadataFacts *facts);

/// run.json: clock, host, folder, workers, timings and the figures of the summary.
///
/// @param started, ended  seconds since 1970
/// @param status   how it ended; message: the sentence, "" if it went well
char *run_json_text(const QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                    const RunResult *result, double started, double ended, QmtStatus status,
                    const char *message);

struct cJSON;

/// [{"code": "energy_drift", "text": "..."}, ...]; NULL stands for none.
struct cJSON *warnings_json(const RunWarnings *warnings);

/// The figures and warnings of a result as an object, and back. What is missing stays as it is.
struct cJSON *result_json(const RunResult *result);
void result_from_json(const struct cJSON *object, RunResult *result);
/// Likewise of a whole run.json, where the warnings stand beside the figures.
void result_from_run_json(const struct cJSON *run, RunResult *result);

/// "done", "partial", "stopped", ...: the word of a status in summaries.
const char *status_word(QmtStatus status);

#endif
