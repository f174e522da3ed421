#include "run/run_parts.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/advice.h"
#include "engine/recorder.h"
#include "md/velocities.h"
#include "run/metadata.h"
#include "structure/xyz.h"

/// The geometry that the engine was asked for when it failed.
static QmtStatus failed_geometry_write(QmtContext *ctx, const Run *run)
{
    Structure failed = *run->task->structure;
    failed.xyz = (double(*)[3])recorder_geometry(run->engine);
    failed.has_charge = failed.has_multiplicity = true;
    failed.charge = (int)run->task->config.charge;
    failed.multiplicity = (int)run->task->config.spin_multiplicity;

    char *text = NULL;
    TRY(xyz_format(ctx, &failed, &text));
    const QmtStatus status = run_text_write(ctx, run->folder, RUN_FILE_FAILED, text);
    free(text);
    return status;
}

/// A failure that lies in the molecule comes again from the same checkpoint: the frames so far become a
/// valid file, if there are any, and the checkpoints go first, because this takes the file apart that they
/// belong to.
static QmtStatus frames_save(QmtContext *ctx, Run *run, const char *sentence)
{
    if (failed_geometry_write(ctx, run) != QMT_OK) // the frames are worth more
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
    TRY(run_folder_forget(ctx, run));
    if (run->sink->n_frames == 0) {
        sink_discard(&run->sink);
        return QMT_OK;
    }
    const MdReport report = md_report(run->md);
    RunWarnings warnings = {0};
    run_warnings_collect(run, &report, &warnings);
    const MetadataFacts facts = {.report = &report,
                                 .bias = run->bias,
                                 .dof = (int64_t)report.dof,
                                 .earlier = run->found.earlier,
                                 .reason = sentence,
                                 .warnings = &warnings,
                                 .watch = &run->watch};
    char *const metadata = metadata_text(ctx, run->task, &facts);
    if (metadata == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for its metadata");
    const QmtStatus status = run_format()->finish_partial(ctx, run->sink, metadata);
    cJSON_free(metadata);
    return status;
}

/// What the same command can do about a trajectory that stopped without a checkpoint of this moment.
static void left_describe(QmtContext *ctx, Run *run, QmtStatus failure, char *saved, size_t size)
{
    if (failure == QMT_STOPPED)
        context_log(ctx, QMT_LOG_WARNING, "no checkpoint could be written: %s",
                    qmt_context_message(ctx));
    if (!run_folder_has_checkpoint(ctx, run))
        snprintf(saved, size, "the checkpoint is gone, too: the same command starts it over");
    else if (failure == QMT_STOPPED)
        snprintf(saved, size, "the same command continues from the checkpoint before");
    else
        snprintf(saved, size,
                 "%llu frames are safe, the same command continues from the last checkpoint",
                 (unsigned long long)run->n_safe);
}

/// Ends a trajectory that did not complete. The sentence of the failure stays the one in the context,
/// with what became of the frames behind it; the frames of the result are those that are safe.
void run_interrupt(QmtContext *ctx, Run *run, QmtStatus failure, RunResult *result)
{
    char saved[160];
    context_spend_hint(ctx, config_advice(qmt_context_hint(ctx)));
    const Message cause = context_keep(ctx);
    const bool in_molecule =
        failure == QMT_ERR_SCF || failure == QMT_ERR_INPUT || failure == QMT_ERR_PHYSICS;
    const unsigned long long n_frames = run->sink->n_frames;
    const bool kept = in_molecule && frames_save(ctx, run, cause.text) == QMT_OK;

    if (kept && n_frames == 0)
        snprintf(saved, sizeof saved, "there are no frames yet, the geometry is in %s",
                 RUN_FILE_FAILED);
    else if (kept)
        snprintf(saved, sizeof saved, "%llu frames are in %s, the geometry in " RUN_FILE_FAILED,
                 n_frames, RUN_FILE_PARTIAL);
    else if (in_molecule) {
        context_log(ctx, QMT_LOG_WARNING, "%s", qmt_context_message(ctx));
        snprintf(saved, sizeof saved, "the frames so far could not be saved%s",
                 run_folder_has_checkpoint(ctx, run)
                     ? "; the same command tries again from the last checkpoint"
                     : "");
    } else if (failure == QMT_STOPPED && run_checkpoint(ctx, run) == QMT_OK)
        snprintf(saved, sizeof saved, "%llu frames are safe, the same command continues from here",
                 n_frames);
    else
        left_describe(ctx, run, failure, saved, sizeof saved);
    if (!in_molecule)
        result->n_frames = (int64_t)run->n_safe;
    (void)context_restore(ctx, &cause);
    context_append(ctx, "; %s", saved);
}

QmtStatus run_recover(QmtContext *ctx, const RunOptions *settings, const RunSpec *task,
                      const char *reason, int64_t *n_frames)
{
    char folder[FILE_PATH_SIZE];
    TRY(file_join(ctx, settings->out, task->label, folder));
    const size_t n_atoms = task->structure->n_atoms;
    // That of nve depends on whether the molecule was linear at rest, which nobody knows any more.
    const int64_t dof = task->config.ensemble == CONFIG_NVE
                            ? METADATA_DOF_UNKNOWN
                            : (int64_t)velocities_degrees_of_freedom(n_atoms, false, false);
    double *const masses = malloc(n_atoms * sizeof *masses);
    const MetadataFacts facts = {.dof = dof, .earlier = "", .reason = reason};
    char *const metadata = metadata_text(ctx, task, &facts);

    QmtStatus status;
    Sink *sink = NULL;
    if (masses == NULL || metadata == NULL) {
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory to save its frames");
    } else {
        run_masses_fill(task, masses);
        const TrajectoryLayout layout = spec_layout(task, masses);
        status = run_format()->recover(ctx, folder, &layout, &sink);
    }
    if (status == QMT_OK) {
        *n_frames = (int64_t)sink->n_frames;
        if (*n_frames > 0)
            status = run_format()->finish_partial(ctx, sink, metadata);
        else
            sink_discard(&sink);
        sink_close(&sink);
    }
    free(masses);
    cJSON_free(metadata);
    return status;
}
