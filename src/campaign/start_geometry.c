#include "campaign/start_geometry.h"

#include <string.h>

#include "campaign/solvate.h"
#include "io/file.h"
#include "run/files.h"
#include "run/quench.h"
#include "run/run_bias.h"
#include "structure/smiles.h"
#include "structure/xyz.h"
#include "trajectory/checkpoint.h"

bool start_geometry_is_missing(const RunSpec *task)
{
    return task->quench.number > 0 || structure_lacks_atoms(task->structure);
}

static bool is_in(QmtContext *ctx, const char *folder, const char *name)
{
    char path[FILE_PATH_SIZE];
    return file_join(ctx, folder, name, path) == QMT_OK && file_exists(path);
}

/// Reads the start geometry of a trajectory that was begun; without frames or a checkpoint nothing hangs on it.
/// False if there is none for this SMILES.
static bool earlier_read(QmtContext *ctx, const RunOptions *settings, const RunSpec *planned,
                         StructureList *earlier)
{
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    // All copies of frames have the atoms of their origin.
    char label[SPEC_LABEL_SIZE];
    quench_label(planned, label);
    if (settings->out == NULL || settings->fresh ||
        file_join(ctx, settings->out, label, folder) != QMT_OK ||
        !(is_in(ctx, folder, RUN_FILE_COMPLETE) || is_in(ctx, folder, CHECKPOINT_FILE) ||
          is_in(ctx, folder, CHECKPOINT_FILE_PREVIOUS)) ||
        file_join(ctx, folder, RUN_FILE_START, path) != QMT_OK || !file_exists(path))
        return false;
    const Message before = context_keep(ctx);
    const QmtLogFunction log = ctx->log; // what was to be said of the input was said of the SMILES
    ctx->log = NULL;
    const bool read = xyz_read(ctx, path, earlier) == QMT_OK && earlier->n == 1;
    ctx->log = log;
    (void)context_restore(ctx, &before);
    return read && earlier->items[0].smiles != NULL &&
           strcmp(earlier->items[0].smiles, planned->structure->smiles) == 0;
}

/// The atoms of a planned SMILES, with its solvent.
static QmtStatus smiles_make(QmtContext *ctx, const RunOptions *settings, const RunSpec *planned,
                             Structure *made)
{
    StructureList earlier = {0};
    *made = *planned->structure; // the SMILES is its own
    made->source = made->smiles = made->path = made->unclear = NULL;
    QmtStatus status = structure_set_source(ctx, made, planned->structure->source);
    if (status == QMT_OK)
        status = structure_set_smiles(ctx, made, planned->structure->smiles);
    if (status == QMT_OK) {
        const bool known = earlier_read(ctx, settings, planned, &earlier);
        status = smiles_embed_known(ctx, known ? &earlier.items[0] : NULL, made);
    }
    structures_release(&earlier);
    return status == QMT_OK ? solvate(ctx, &planned->config, made) : status;
}

QmtStatus start_geometry_make(QmtContext *ctx, const RunOptions *settings, const RunSpec *planned,
                              Structure *structure, RunSpec *task)
{
    Structure made = {0};
    QmtStatus status = planned->structure->n_atoms > 0
                           ? structure_copy(ctx, planned->structure, &made)
                           : smiles_make(ctx, settings, planned, &made);
    if (status == QMT_OK && planned->quench.number > 0)
        status = quench_start(ctx, settings, planned, &made);
    if (status == QMT_OK) {
        xyz_round(&made); // the trajectory begins with the geometry that start.xyz says
        *structure = made;
        made = (Structure){0};
        status = spec_make(ctx, structure, &planned->config, task);
        if (status == QMT_OK)
            status = run_bias_check(ctx, task);
        if (status != QMT_OK)
            structure_release(structure);
    }
    structure_release(&made);
    if (status != QMT_OK)
        return status;
    task->replica = planned->replica;
    task->quench = planned->quench;
    memcpy(task->variant, planned->variant, sizeof task->variant);
    memcpy(task->label, planned->label, sizeof task->label);
    memcpy(task->input_digest, planned->input_digest, sizeof task->input_digest);
    return QMT_OK;
}
