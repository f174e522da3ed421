#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "campaign/status.h"
#include "fuzz/fuzz.h"
#include "fuzz/sample.h"
#include "io/file.h"
#include "md/md.h"
#include "support/model.h"
#include "trajectory/checkpoint.h"

/// A trajectory of a few steps with a relaxation and NVE windows: what a snapshot is loaded into.
static Md *md_of_sample(QmtContext *ctx, Engine **engine)
{
    static const ModelBond BOND[] = {{0, 1, 0.4, 1.4, 0.17}};
    Md *md = NULL;
    MdOptions options = md_options_default();
    options.equilibration_ps = 0.001;
    options.length_ps = 0.002;
    options.window_every_ps = 0.001;
    options.window_ps = 0.0005;
    FUZZ_REQUIRE(
        model_engine_create(ctx, SAMPLE_ATOMS,
                            &(ModelOptions){.bonds = BOND, .n_bonds = 1, .hysteresis = 1e-6},
                            engine) == QMT_OK);
    FUZZ_REQUIRE(md_create(ctx, &options, NULL, *engine, SAMPLE_MASS, SAMPLE_XYZ, &md) == QMT_OK);
    return md;
}

/// FOLDER/begun has a trajectory.npz.part, FOLDER/finished a trajectory.npz with these frames, and both a
/// config.yaml, by which `status` knows them.
static const char *folder_of(const char *name, bool finished, TrajectoryState *state)
{
    static char folder[FILE_PATH_SIZE];
    char config[FILE_PATH_SIZE + 32];
    snprintf(folder, sizeof folder, "%s/%s", fuzz_folder(), name);
    if (!file_exists(folder)) {
        FUZZ_REQUIRE(mkdir(folder, 0700) == 0);
        snprintf(config, sizeof config, "%s/config.yaml", folder);
        fclose(fopen(config, "w"));
        sample_write(folder, finished ? SAMPLE_FRAMES : 2 * SAMPLE_FRAMES, false, finished, state);
    }
    return folder;
}

size_t fuzz_seed(unsigned which, uint8_t *out, size_t max)
{
    // At the start, in the equilibration, in production, in a window, after one, done.
    static const uint64_t STEPS[] = {0, 3, 40, 48, 52, 1000};
    static const char CONFIG[] = "length_ps: 0.002\n", START[] = "2\n\nH 0 0 0\nH 0 0 0.74\n";
    QmtContext *const ctx = fuzz_context();
    if (which >= sizeof STEPS / sizeof *STEPS)
        return 0;

    Engine *engine = NULL;
    Md *md = md_of_sample(ctx, &engine);
    bool done = false;
    TrajectoryState state;
    fuzz_status(md_advance(ctx, md, STEPS[which], &done));
    char *const snapshot = malloc(md_snapshot_size(md));
    FUZZ_REQUIRE(snapshot != NULL);
    md_snapshot_save(md, snapshot);
    char folder[FILE_PATH_SIZE], path[FILE_PATH_SIZE + 32];
    snprintf(folder, sizeof folder, "%s/seed", fuzz_folder());
    if (!file_exists(folder))
        FUZZ_REQUIRE(mkdir(folder, 0700) == 0);
    sample_write(folder, done ? SAMPLE_FRAMES : 2 * SAMPLE_FRAMES, false, false, &state);
    static const double WINDOWS[SAMPLE_WINDOW_STEPS][4] = {{0.0, 1.5, -2577.25, -2575.75},
                                                           {0.0, 1.5, -2577.25, -2575.75},
                                                           {1.0, 1.5, -2577.25, -2575.75},
                                                           {1.0, 1.5, -2577.25, -2575.75}};
    const Checkpoint checkpoint = {.program = "version 0\n",
                                   .config = CONFIG,
                                   .start = START,
                                   .numbers = {.trajectory = state,
                                               .n_frames = SAMPLE_FRAMES,
                                               .phase = (int32_t)md_report(md).phase,
                                               .done = done,
                                               .total_step = STEPS[which],
                                               .total_steps = 16,
                                               .ms_per_step = 1.0},
                                   .snapshot = snapshot,
                                   .snapshot_size = md_snapshot_size(md),
                                   .windows = WINDOWS,
                                   .windows_size = done ? sizeof WINDOWS : 0};
    FUZZ_REQUIRE(checkpoint_save(ctx, folder, &checkpoint) == QMT_OK);
    free(snapshot);
    md_destroy(&md);
    engine_destroy(&engine);
    snprintf(path, sizeof path, "%s/%s", folder, CHECKPOINT_FILE);
    return sample_read(path, out, max);
}

static void snapshot_loaded(QmtContext *ctx, const Checkpoint *checkpoint)
{
    Engine *engine = NULL;
    Md *md = md_of_sample(ctx, &engine);
    // Exactly as long as it is, so that the sanitizer sees what reads beyond it.
    void *const snapshot = malloc(checkpoint->snapshot_size + 1);
    FUZZ_REQUIRE(snapshot != NULL);
    memcpy(snapshot, checkpoint->snapshot, checkpoint->snapshot_size);
    if (fuzz_status(md_snapshot_load(ctx, md, snapshot, checkpoint->snapshot_size)) == QMT_OK) {
        bool done;
        (void)md_report(md);
        fuzz_status(md_advance(ctx, md, 12, &done));
        (void)md_report(md);
        FUZZ_REQUIRE(md_snapshot_size(md) > 0);
    }
    free(snapshot);
    md_destroy(&md);
    engine_destroy(&engine);
}

/// The files of the checkpoint, gone on with.
static void files_continued(QmtContext *ctx, const Checkpoint *c)
{
    Trajectory *t = NULL;
    TrajectoryLayout layout = sample_layout(2 * SAMPLE_FRAMES, false);
    if (fuzz_status(trajectory_open_for_append(ctx, folder_of("begun", false, NULL), &layout,
                                               &c->numbers.trajectory, &t)) == QMT_OK)
        trajectory_close(&t);
    if (fuzz_status(trajectory_extend(ctx, folder_of("finished", true, NULL), &layout,
                                      c->numbers.n_frames, &c->numbers.trajectory, c->windows,
                                      c->windows_size, &t)) == QMT_OK)
        trajectory_discard(&t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QmtContext *const ctx = fuzz_context();
    Checkpoint checkpoint = {0};
    if (fuzz_status(checkpoint_load(ctx, fuzz_file(data, size), &checkpoint)) != QMT_OK)
        return 0;
    FUZZ_REQUIRE(strlen(checkpoint.program) + strlen(checkpoint.config) + strlen(checkpoint.start) <
                 size);
    snapshot_loaded(ctx, &checkpoint);
    files_continued(ctx, &checkpoint);
    checkpoint_release(&checkpoint);

    char path[FILE_PATH_SIZE + 32];
    StatusList list;
    snprintf(path, sizeof path, "%s/%s", folder_of("begun", false, NULL), CHECKPOINT_FILE);
    FILE *const file = fopen(path, "wb");
    FUZZ_REQUIRE(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    if (fuzz_status(status_look(ctx, fuzz_folder(), &list)) == QMT_OK)
        status_release(&list);
    return 0;
}
