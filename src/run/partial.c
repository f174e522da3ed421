#include "run/partial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config_read.h"
#include "io/file.h"
#include "io/json.h"
#include "run/metadata.h"
#include "run/program.h"
#include "run/quench.h"
#include "run/run_parts.h"
#include "structure/xyz.h"
#include "trajectory/checkpoint.h"

static const char NAME[] = RUN_FILE_COMPLETE ".part";

bool partial_is(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return strcmp(slash != NULL ? slash + 1 : path, NAME) == 0;
}

/// The newest checkpoint of a folder that can be read.
static QmtStatus checkpoint_of(QmtContext *ctx, const char *folder, Checkpoint *checkpoint)
{
    static const char *const names[] = {CHECKPOINT_FILE, CHECKPOINT_FILE_PREVIOUS};
    char path[FILE_PATH_SIZE];
    QmtStatus status = QMT_ERR_CHECKPOINT;
    for (int i = 0; i < 2 && status != QMT_OK; i++) {
        TRY(file_join(ctx, folder, names[i], path));
        status = checkpoint_load(ctx, path, checkpoint);
    }
    return status;
}

/// "NAME/T0300/c01/r02" of ".../OUT/NAME/T0300/c01/r02"; "" if no part of the path is the name.
static const char *label_in(const char *folder, const char *name)
{
    const size_t size = strlen(name);
    const char *found = "";
    for (const char *at = folder; at != NULL; at = strchr(at, '/')) {
        at += *at == '/';
        if (strncmp(at, name, size) == 0 && (at[size] == '/' || at[size] == '\0'))
            found = at;
    }
    return found;
}

/// Which of several trajectories of its molecule it is, by the place of its folder: OUT/NAME/T0300/c01/r02 is replica 2 of
/// the variant T0300/c01, OUT/NAME/r02.q003 copy 3 of a frame of replica 2.
static void place_read(const char *folder, RunSpec *task)
{
    char origin[FILE_PATH_SIZE];
    const bool is_copy = quench_origin(folder, origin);
    const char *const label = label_in(is_copy ? origin : folder, task->structure->name);
    const char *const slash = strchr(label, '/'), *const last = strrchr(label, '/');
    size_t length = slash != NULL ? strlen(slash + 1) : 0;
    if (task->config.replicas > 1 && last != NULL && sscanf(last, "/r%d", &task->replica) == 1)
        length = last > slash ? (size_t)(last - slash) - 1 : 0;
    if (length >= sizeof task->variant)
        length = 0; // a folder that somebody moved
    if (length > 0)
        memcpy(task->variant, slash + 1, length);
    if (is_copy && label[0] != '\0')
        quench_mark(label, atoi(strrchr(folder, '.') + 2), task);
}

/// The task as it was when the checkpoint was written. The list owns its structure.
static QmtStatus task_of(QmtContext *ctx, const char *folder, const Checkpoint *checkpoint,
                         StructureList *list, RunSpec *task)
{
    Config config = config_default();
    TRY(config_parse(ctx, RUN_FILE_CONFIG, checkpoint->config, strlen(checkpoint->config),
                     &config));
    TRY(xyz_read_memory(ctx, RUN_FILE_START, checkpoint->start, strlen(checkpoint->start), list));
    *task = (RunSpec){.structure = &list->items[0], .config = config};
    snprintf(task->charge_source, sizeof task->charge_source, "%s", task->structure->charge_source);
    snprintf(task->multiplicity_source, sizeof task->multiplicity_source, "%s",
             task->structure->multiplicity_source);
    char *const place = realpath(folder, NULL); // "." has no names in it
    place_read(place != NULL ? place : folder, task);
    free(place);
    return QMT_OK;
}

static int64_t dof_of(const RunSpec *task, const Checkpoint *checkpoint)
{
    const MdEnsemble ensemble = task->config.ensemble == CONFIG_NVE ? MD_NVE : MD_NVT;
    size_t dof;
    return md_snapshot_dof(checkpoint->snapshot, checkpoint->snapshot_size,
                           task->structure->n_atoms, ensemble, &dof)
               ? (int64_t)dof
               : METADATA_DOF_UNKNOWN;
}

static QmtStatus frames_open(QmtContext *ctx, const char *folder, const Checkpoint *checkpoint,
                             const RunSpec *task, TrajectoryReader **reader)
{
    const CheckpointNumbers *numbers = &checkpoint->numbers;
    const Structure *structure = task->structure;
    char reason[128];
    snprintf(reason, sizeof reason, "not finished: the frames of a checkpoint, step %llu of %llu",
             (unsigned long long)numbers->total_step, (unsigned long long)numbers->total_steps);

    double *const masses = malloc(structure->n_atoms * sizeof *masses);
    Watch watch;
    const bool watched =
        watch_create(ctx, task, &watch) == QMT_OK &&
        watch_state_load(ctx, &watch, checkpoint->events, checkpoint->events_size) == QMT_OK;
    const MetadataFacts facts = {.dof = dof_of(task, checkpoint),
                                 .earlier = program_text_earlier(checkpoint->program),
                                 .reason = reason,
                                 .watch = watched ? &watch : NULL};
    char *const metadata = metadata_text(ctx, task, &facts);
    watch_release(&watch);
    QmtStatus status = QMT_OK;
    if (masses == NULL || metadata == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its frames", folder);
    if (status == QMT_OK) {
        run_masses_fill(task, masses);
        TrajectoryLayout layout = spec_layout(task, masses);
        layout.n_frames = numbers->n_frames;
        status =
            trajectory_reader_of_part(ctx, folder, &layout, &numbers->trajectory, metadata, reader);
    }
    free(masses);
    cJSON_free(metadata);
    return status;
}

QmtStatus partial_open(QmtContext *ctx, const char *part, TrajectoryReader **reader)
{
    char folder[FILE_PATH_SIZE];
    const size_t length = strlen(part) - (sizeof NAME - 1);
    if (!partial_is(part))
        return FAIL(ctx, QMT_ERR_INPUT, "%.200s: is not named %s", part, NAME);
    if (length >= sizeof folder)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long", part);
    // "OUT/NAME/" without its slash, which alone means the root
    snprintf(folder, sizeof folder, "%.*s", (int)(length > 1 ? length - 1 : length), part);
    if (length == 0)
        strcpy(folder, ".");

    *reader = NULL;
    Checkpoint checkpoint = {0};
    StructureList list = {0};
    RunSpec task;
    File there = file_none(); // a missing file is to be named itself, not its checkpoint
    TRY(file_open(ctx, part, FILE_READ, &there));
    file_abandon(&there);
    QmtStatus status = checkpoint_of(ctx, folder, &checkpoint);
    if (status == QMT_OK && checkpoint.numbers.trajectory.n_frames == 0)
        status =
            FAIL(ctx, QMT_ERR_INPUT,
                 "%.900s: has no frames yet: its last checkpoint is before the production", part);
    if (status == QMT_OK)
        status = task_of(ctx, folder, &checkpoint, &list, &task);
    if (status == QMT_OK)
        status = frames_open(ctx, folder, &checkpoint, &task, reader);
    structures_release(&list);
    checkpoint_release(&checkpoint);
    return status;
}
