/// The production of a molecule of a hundred atoms, all 120,001 frames with an NVE window, on springs instead
/// of quantum chemistry: motion, checkpoint snapshots and the real file. Its memory must not grow.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/units.h"
#include "io/file.h"
#include "io/npz_read.h"
#include "md/md.h"
#include "support/check.h"
#include "support/model.h"
#include "trajectory/trajectory.h"

#ifdef __SANITIZE_ADDRESS__
/// The sanitizer keeps freed memory back, so that only the way through is tested.
enum { N_FRAMES = 1201 };
static const bool MEMORY_IS_OURS = false;
#else
enum { N_FRAMES = 120001 };
static const bool MEMORY_IS_OURS = true;
#endif

enum { N_ATOMS = 100, N_WINDOW_STEPS = (N_FRAMES - 1) / 3 };

/// MiB: the limit for a production is 200, and the engine of such a molecule takes some 50 of them.
static const double GROWTH_MAX = 1.0, PEAK_MAX = 32.0;
static const double FREE_DISK_NEEDED = 2e9;

typedef struct {
    Trajectory *trajectory;
    double pos[N_ATOMS][3], vel[N_ATOMS][3], forces[N_ATOMS][3];
    double early_mib; ///< resident after a tenth of the frames
} Sink;

/// Resident memory now, MiB.
static double resident_mib(void)
{
    unsigned long total, resident;
    FILE *const file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%lu %lu", &total, &resident), 2);
    fclose(file);
    return (double)resident * (double)sysconf(_SC_PAGESIZE) / (1024.0 * 1024.0);
}

static double peak_mib(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (double)usage.ru_maxrss / 1024.0;
}

static QmtStatus take_frame(QmtContext *ctx, void *user, const MdFrame *frame)
{
    Sink *const sink = user;
    for (size_t a = 0; a < N_ATOMS; a++)
        for (int x = 0; x < 3; x++) {
            sink->pos[a][x] = frame->xyz[a][x] * NM_PER_BOHR;
            sink->vel[a][x] = frame->velocity[a][x] * NM_PER_BOHR / PS_PER_AUT;
            sink->forces[a][x] = -frame->gradient[a][x] * KJMOL_PER_HARTREE / NM_PER_BOHR;
        }
    if (frame->step == (N_FRAMES - 1) / 10)
        sink->early_mib = resident_mib();
    return trajectory_append(
        ctx, sink->trajectory,
        &(TrajectoryFrame){.pos = (const double(*)[3])sink->pos,
                           .vel = (const double(*)[3])sink->vel,
                           .forces = (const double(*)[3])sink->forces,
                           .kinetic = frame->kinetic * KJMOL_PER_HARTREE,
                           .potential = frame->potential * KJMOL_PER_HARTREE,
                           .total = (frame->kinetic + frame->potential) * KJMOL_PER_HARTREE,
                           .time = frame->time_ps});
}

static QmtStatus take_window(QmtContext *ctx, void *user, const NveWindowPoint *point)
{
    Sink *const sink = user;
    return trajectory_window_add(ctx, sink->trajectory,
                                 &(TrajectoryWindowStep){.window = (double)point->window,
                                                         .kinetic = point->kinetic,
                                                         .potential = point->potential,
                                                         .total = point->total});
}

static Md *molecule_make(QmtContext *ctx, Sink *sink, Engine **engine, double *mass)
{
    double xyz[N_ATOMS][3];
    for (size_t a = 0; a < N_ATOMS; a++) {
        mass[a] = a % 3 == 0 ? 12.011 : 1.008;
        for (int x = 0; x < 3; x++)
            xyz[a][x] = 0.1 * (double)((a * 7 + (size_t)x * 13) % 17);
    }
    MdOptions options = md_options_default();
    options.length_ps = 0.25e-3 * (N_FRAMES - 1);
    options.equilibration_ps = 0.025;
    options.window_every_ps = 0.25e-3 * 2 * N_WINDOW_STEPS;
    options.window_ps = 0.25e-3 * N_WINDOW_STEPS;
    options.friction_per_ps = 1.0;
    const MdHooks hooks = {.user = sink, .frame = take_frame, .window = take_window};
    Md *md = NULL;
    assert_int_equal(model_engine_create(ctx, N_ATOMS, &(ModelOptions){.spring = 0.1}, engine),
                     QMT_OK);
    assert_int_equal(md_create(ctx, &options, &hooks, *engine, mass, (const double(*)[3])xyz, &md),
                     QMT_OK);
    return md;
}

static void frames_are_all_there(QmtContext *ctx, const char *path)
{
    Npz npz;
    const NpzArray *array;
    double time, rows[N_ATOMS * 3];
    assert_int_equal(npz_open(ctx, path, &npz), QMT_OK);
    assert_int_equal(npz_verify(ctx, &npz), QMT_OK);
    assert_int_equal(npz_require(ctx, &npz, "time_ps", 'f', 8, 1, &array), QMT_OK);
    assert_int_equal(array->shape[0], N_FRAMES);
    assert_int_equal(npz_read_rows(ctx, &npz, array, N_FRAMES - 1, 1, &time), QMT_OK);
    // Times are products of whole numbers, not sums: one rounding of 30.
    CHECK_NEAR(time, 0.25e-3 * (N_FRAMES - 1), 1e-9);
    assert_int_equal(npz_require(ctx, &npz, "pos", 'f', 4, 3, &array), QMT_OK);
    assert_int_equal(npz_read_rows(ctx, &npz, array, N_FRAMES - 1, 1, rows), QMT_OK);
    npz_close(&npz);
}

static void memory_does_not_grow_with_the_frames(void **state)
{
    (void)state;
    static Sink sink;
    static int numbers[N_ATOMS];
    double mass[N_ATOMS];
    char folder[] = "/tmp/qmtraj_long_XXXXXX", path[FILE_PATH_SIZE];
    struct statvfs disk;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(statvfs(folder, &disk), 0);
    if ((double)disk.f_bavail * (double)disk.f_frsize < FREE_DISK_NEEDED) {
        rmdir(folder);
        skip();
    }

    QmtContext *ctx = NULL;
    Engine *engine = NULL;
    TrajectoryState written;
    bool done = false;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    Md *md = molecule_make(ctx, &sink, &engine, mass);
    for (size_t a = 0; a < N_ATOMS; a++)
        numbers[a] = a % 3 == 0 ? 6 : 1;
    const TrajectoryLayout layout = {.n_atoms = N_ATOMS,
                                     .n_frames = N_FRAMES,
                                     .numbers = numbers,
                                     .masses = mass,
                                     .n_window_steps = N_WINDOW_STEPS};
    assert_int_equal(trajectory_create(ctx, folder, &layout, &sink.trajectory), QMT_OK);
    while (!done) {
        // A checkpoint now and then, as a job writes it.
        assert_int_equal(md_advance(ctx, md, 20000, &done), QMT_OK);
        assert_int_equal(trajectory_flush_state(ctx, sink.trajectory, &written), QMT_OK);
    }
    const double late_mib = resident_mib();
    assert_int_equal(trajectory_n_frames(sink.trajectory), N_FRAMES);
    assert_int_equal(trajectory_finish(ctx, sink.trajectory, "{}"), QMT_OK);
    trajectory_close(&sink.trajectory);
    print_message("resident: %.1f MiB after a tenth of %d frames of %d atoms, %.1f MiB at the end; "
                  "at most %.1f MiB, finishing included\n",
                  sink.early_mib, N_FRAMES, N_ATOMS, late_mib, peak_mib());
    assert_true(!MEMORY_IS_OURS || late_mib - sink.early_mib < GROWTH_MAX);
    assert_true(!MEMORY_IS_OURS || peak_mib() < PEAK_MAX);

    assert_int_equal(file_join(ctx, folder, "trajectory.npz", path), QMT_OK);
    frames_are_all_there(ctx, path);
    md_destroy(&md);
    engine_destroy(&engine);
    qmt_context_destroy(&ctx);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(memory_does_not_grow_with_the_frames)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
