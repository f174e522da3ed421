#include "support/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "io/npz_read.h"
#include "trajectory/trajectory_reader.h"

/// More frames than the buffer of the writer holds, so that it is flushed on the way.
enum { N_ATOMS = 3, N_FRAMES = 700, N_WINDOWS = 3, WINDOW_STEPS = 400 };

static const char METADATA[] = "{\"name\": \"w\xC3\xA4ter \xF0\x9F\x92\xA7\", \"pbc\": false}";
static const int NUMBERS[N_ATOMS] = {8, 1, 1};
static const double MASSES[N_ATOMS] = {15.999, 1.008, 1.008};

static QmtContext *ctx;
static char folder[64];

static int setup(void **state)
{
    (void)state;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    strcpy(folder, "/tmp/qmtraj_traj_XXXXXX");
    assert_non_null(mkdtemp(folder));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    file_set_fault_hook(NULL, NULL);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
    qmt_context_destroy(&ctx);
    return 0;
}

static const char *in_folder(const char *name)
{
    static char path[FILE_PATH_SIZE];
    assert_int_equal(file_join(ctx, folder, name, path), QMT_OK);
    return path;
}

static TrajectoryLayout layout_of(uint64_t n_frames, bool float64)
{
    return (TrajectoryLayout){.n_atoms = N_ATOMS,
                              .n_frames = n_frames,
                              .float64 = float64,
                              .numbers = NUMBERS,
                              .masses = MASSES,
                              .n_window_steps = N_WINDOWS * WINDOW_STEPS};
}

/// A number that tells what it is: array, frame, atom, direction.
static double value_of(int array, uint64_t frame, int atom, int x)
{
    return 1000.0 * array + 0.1 * (double)frame + 10.0 * atom + x + 1.0 / 3.0;
}

static QmtStatus append_frame(Trajectory *t, uint64_t frame)
{
    double vectors[3][N_ATOMS][3];
    for (int array = 0; array < 3; array++)
        for (int a = 0; a < N_ATOMS; a++)
            for (int x = 0; x < 3; x++)
                vectors[array][a][x] = value_of(array, frame, a, x);
    return trajectory_append(ctx, t,
                             &(TrajectoryFrame){.pos = vectors[0],
                                                .vel = vectors[1],
                                                .forces = vectors[2],
                                                .kinetic = value_of(3, frame, 0, 0),
                                                .potential = value_of(4, frame, 0, 0),
                                                .total = value_of(5, frame, 0, 0),
                                                .time = 0.00025 * (double)frame});
}

static QmtStatus window_add(Trajectory *t, double window, double kinetic, double potential,
                            double total)
{
    return trajectory_window_add(ctx, t,
                                 &(TrajectoryWindowStep){window, kinetic, potential, total});
}

static QmtStatus append_window_step(Trajectory *t, uint64_t step)
{
    const double e = 1.0 / (double)(step + 3);
    return window_add(t, (double)(step / WINDOW_STEPS), e, -2.0 * e, e - 2.0 * e);
}

/// Frames from..to - 1, with the windows at their places in between.
static void append_frames(Trajectory *t, uint64_t from, uint64_t to)
{
    for (uint64_t f = from; f < to; f++) {
        assert_int_equal(append_frame(t, f), QMT_OK);
        if (f % 200 == 100)
            for (uint64_t step = f / 200 * WINDOW_STEPS; step < (f / 200 + 1) * WINDOW_STEPS;
                 step++)
                if (step < N_WINDOWS * WINDOW_STEPS)
                    assert_int_equal(append_window_step(t, step), QMT_OK);
    }
}

static Trajectory *create(const TrajectoryLayout *layout)
{
    Trajectory *t = NULL;
    if (trajectory_create(ctx, folder, layout, &t) != QMT_OK)
        fail_msg("%s", qmt_context_message(ctx));
    return t;
}

typedef struct {
    char *data;
    size_t n;
} Bytes;

static Bytes bytes_of(const char *name)
{
    Bytes b;
    if (file_read_whole(ctx, in_folder(name), 1 << 28, &b.data, &b.n) != QMT_OK)
        fail_msg("%s", qmt_context_message(ctx));
    return b;
}

static void assert_same_bytes(Bytes a, const char *name)
{
    Bytes b = bytes_of(name);
    assert_int_equal(a.n, b.n);
    assert_memory_equal(a.data, b.data, a.n);
    free(b.data);
}

/// The file of an undisturbed run.
static Bytes reference(void)
{
    const TrajectoryLayout layout = layout_of(N_FRAMES, false);
    Trajectory *t = create(&layout);
    append_frames(t, 0, N_FRAMES);
    if (trajectory_finish(ctx, t, METADATA) != QMT_OK)
        fail_msg("%s", qmt_context_message(ctx));
    trajectory_close(&t);
    return bytes_of("trajectory.npz");
}

static void assert_message_has(const char *part)
{
    if (strstr(qmt_context_message(ctx), part) == NULL)
        fail_msg("\"%s\" does not contain \"%s\"", qmt_context_message(ctx), part);
}

/// Opens an NPZ, checks it as a whole and compares every value with the first n_frames frames.
static void assert_holds_frames(const char *name, uint64_t n_frames, bool float64)
{
    static const char *const VECTORS[] = {"pos", "vel", "forces"};
    static const char *const SCALARS[] = {"Ekin", "Epot", "Etot"};
    Npz npz;
    const NpzArray *array;
    if (npz_open(ctx, in_folder(name), &npz) != QMT_OK || npz_verify(ctx, &npz) != QMT_OK)
        fail_msg("%s", qmt_context_message(ctx));
    assert_int_equal(npz.n, 15);
    for (int v = 0; v < 3; v++) {
        assert_int_equal(npz_require(ctx, &npz, VECTORS[v], 'f', float64 ? 8 : 4, 3, &array),
                         QMT_OK);
        assert_int_equal(array->shape[0], n_frames);
        assert_int_equal(array->shape[1], N_ATOMS);
        assert_int_equal(array->shape[2], 3);
        for (uint64_t f = 0; f < n_frames; f++) {
            float single[N_ATOMS][3];
            double twice[N_ATOMS][3];
            assert_int_equal(
                npz_read_rows(ctx, &npz, array, f, 1, float64 ? (void *)twice : single), QMT_OK);
            for (int a = 0; a < N_ATOMS; a++)
                for (int x = 0; x < 3; x++) {
                    const double wanted = value_of(v, f, a, x);
                    assert_true(float64 ? twice[a][x] == wanted : single[a][x] == (float)wanted);
                }
        }
    }
    double scalar[N_FRAMES];
    for (int s = 0; s < 3; s++) {
        assert_int_equal(npz_require(ctx, &npz, SCALARS[s], 'f', 8, 1, &array), QMT_OK);
        assert_int_equal(npz_read_rows(ctx, &npz, array, 0, n_frames, scalar), QMT_OK);
        for (uint64_t f = 0; f < n_frames; f++)
            assert_true(scalar[f] == value_of(3 + s, f, 0, 0));
    }
    assert_int_equal(npz_require(ctx, &npz, "time_ps", 'f', 8, 1, &array), QMT_OK);
    assert_int_equal(npz_read_rows(ctx, &npz, array, 0, n_frames, scalar), QMT_OK);
    for (uint64_t f = 0; f < n_frames; f++)
        assert_true(scalar[f] == 0.00025 * (double)f);

    float masses[N_ATOMS];
    int32_t types[N_ATOMS];
    assert_int_equal(npz_require(ctx, &npz, "masses", 'f', 4, 1, &array), QMT_OK);
    assert_int_equal(npz_read_rows(ctx, &npz, array, 0, N_ATOMS, masses), QMT_OK);
    assert_int_equal(npz_require(ctx, &npz, "atom_types", 'i', 4, 1, &array), QMT_OK);
    assert_int_equal(npz_read_rows(ctx, &npz, array, 0, N_ATOMS, types), QMT_OK);
    for (int a = 0; a < N_ATOMS; a++) {
        assert_true(masses[a] == (float)MASSES[a]);
        assert_int_equal(types[a], NUMBERS[a]);
    }
    assert_int_equal(npz_require(ctx, &npz, "box", 'f', 4, 3, &array), QMT_OK);
    for (uint64_t f = 0; f < n_frames; f++) {
        float box[9];
        assert_int_equal(npz_read_rows(ctx, &npz, array, f, 1, box), QMT_OK);
        for (int i = 0; i < 9; i++)
            assert_true(box[i] == (i % 4 == 0 ? 1.0f : 0.0f));
    }
    char *text = NULL;
    assert_int_equal(npz_require(ctx, &npz, "metadata", 'U', 0, 0, &array), QMT_OK);
    assert_int_equal(npz_read_text(ctx, &npz, array, &text), QMT_OK);
    assert_string_equal(text, METADATA);
    free(text);
    npz_close(&npz);
}

static void what_is_appended_is_read_back(void **state)
{
    (void)state;
    for (int float64 = 0; float64 < 2; float64++) {
        const TrajectoryLayout layout = layout_of(N_FRAMES, float64);
        Trajectory *t = create(&layout);
        append_frames(t, 0, N_FRAMES);
        assert_int_equal(trajectory_n_frames(t), N_FRAMES);
        assert_int_equal(trajectory_finish(ctx, t, METADATA), QMT_OK);
        trajectory_close(&t);
        assert_holds_frames("trajectory.npz", N_FRAMES, float64);
        assert_false(file_exists(in_folder("trajectory.npz.part")));
        assert_false(file_exists(in_folder("nve_windows.part")));
        Bytes b = bytes_of("trajectory.npz");
        assert_true(b.n <= trajectory_bytes(&layout));
        free(b.data);
    }
}

static void windows_become_arrays_and_text(void **state)
{
    (void)state;
    TrajectoryLayout layout = layout_of(1, false);
    layout.window_text = true;
    Trajectory *t = create(&layout);
    assert_int_equal(append_frame(t, 0), QMT_OK);
    assert_int_equal(window_add(t, 0, 1.5, -2.25, -0.75), QMT_OK);
    assert_int_equal(window_add(t, 0, 0.1, 0.0, 0.1), QMT_OK);
    assert_int_equal(window_add(t, 1, 1e-7, 3.0, 3.0000001), QMT_OK);
    assert_int_equal(trajectory_finish(ctx, t, ""), QMT_OK);
    trajectory_close(&t);

    Npz npz;
    char *text = NULL;
    assert_int_equal(npz_open(ctx, in_folder("trajectory.npz"), &npz), QMT_OK);
    assert_int_equal(npz_read_text(ctx, &npz, npz_find(&npz, "nve_windows"), &text), QMT_OK);
    assert_string_equal(
        text, "[{\"kinetic\": [1.5, 0.1], \"potential\": [-2.25, 0.0], \"total\": [-0.75, "
              "0.1]}, {\"kinetic\": [1e-07], \"potential\": [3.0], \"total\": [3.0000001]}]");
    free(text);
    assert_int_equal(npz_read_text(ctx, &npz, npz_find(&npz, "metadata"), &text), QMT_OK);
    assert_string_equal(text, "");
    free(text);

    // The arrays, and the text where there are no arrays, say the same.
    static const double WANTED[3][4] = {
        {0, 1.5, -2.25, -0.75}, {0, 0.1, 0.0, 0.1}, {1, 1e-7, 3.0, 3.0000001}};
    for (int old = 0; old < 2; old++) {
        TrajectoryWindowStep *steps;
        size_t n;
        bool found;
        if (trajectory_windows_read(ctx, &npz, &steps, &n, &found) != QMT_OK)
            fail_msg("%s", qmt_context_message(ctx));
        assert_true(found);
        assert_int_equal(n, 3);
        assert_memory_equal(steps, WANTED, sizeof WANTED);
        free(steps);
        for (size_t i = 0; i < npz.n; i++)
            if (strncmp(npz.arrays[i].name, "nve_window_", 11) == 0 ||
                strcmp(npz.arrays[i].name, "nve_window") == 0)
                npz.arrays[i].name[0] = '_';
    }
    npz_close(&npz);
}

static void a_run_that_ends_early_keeps_its_frames(void **state)
{
    (void)state;
    static const uint64_t FRAMES[] = {0, 1, 2, 255, 256, 257, 512, 699, 700};
    for (size_t i = 0; i < sizeof FRAMES / sizeof *FRAMES; i++) {
        const TrajectoryLayout layout = layout_of(N_FRAMES, i % 2 == 1);
        Trajectory *t = create(&layout);
        append_frames(t, 0, FRAMES[i]);
        if (trajectory_finish_partial(ctx, t, METADATA) != QMT_OK)
            fail_msg("%s", qmt_context_message(ctx));
        trajectory_close(&t);
        assert_holds_frames("trajectory.partial.npz", FRAMES[i], i % 2 == 1);
        assert_false(file_exists(in_folder("trajectory.npz.part")));
        assert_false(file_exists(in_folder("trajectory.npz")));
    }
    // A later complete run takes the partial file away.
    Bytes b = reference();
    free(b.data);
    assert_false(file_exists(in_folder("trajectory.partial.npz")));
}

static void a_resumed_file_has_the_same_bytes(void **state)
{
    (void)state;
    Bytes wanted = reference();
    static const uint64_t STOPS[] = {0, 1, 101, 255, 256, 300, 699, 700};
    for (size_t i = 0; i < sizeof STOPS / sizeof *STOPS; i++) {
        const TrajectoryLayout layout = layout_of(N_FRAMES, false);
        TrajectoryState saved;
        Trajectory *t = create(&layout);
        append_frames(t, 0, STOPS[i]);
        assert_int_equal(trajectory_flush_state(ctx, t, &saved), QMT_OK);
        assert_int_equal(saved.n_frames, STOPS[i]);
        // It goes on after the checkpoint and is killed.
        append_frames(t, STOPS[i], STOPS[i] + (N_FRAMES - STOPS[i]) / 2);
        trajectory_close(&t);
        if (trajectory_open_for_append(ctx, folder, &layout, &saved, &t) != QMT_OK)
            fail_msg("%s", qmt_context_message(ctx));
        append_frames(t, STOPS[i], N_FRAMES);
        assert_int_equal(trajectory_finish(ctx, t, METADATA), QMT_OK);
        trajectory_close(&t);
        assert_same_bytes(wanted, "trajectory.npz");
    }
    free(wanted.data);
}

static void a_file_that_is_not_the_checkpoints_is_refused(void **state)
{
    (void)state;
    const TrajectoryLayout layout = layout_of(N_FRAMES, false);
    TrajectoryState saved;
    Trajectory *t = create(&layout);
    append_frames(t, 0, 300);
    assert_int_equal(trajectory_flush_state(ctx, t, &saved), QMT_OK);
    trajectory_close(&t);

    TrajectoryState other = saved;
    other.crc ^= 1;
    assert_int_equal(trajectory_open_for_append(ctx, folder, &layout, &other, &t),
                     QMT_ERR_CHECKPOINT);
    assert_message_has("are not those of the checkpoint");
    assert_null(t);
    other = saved;
    other.window_crc ^= 1;
    assert_int_equal(trajectory_open_for_append(ctx, folder, &layout, &other, &t),
                     QMT_ERR_CHECKPOINT);
    other = saved;
    other.n_window_steps += 1000;
    assert_int_equal(trajectory_open_for_append(ctx, folder, &layout, &other, &t),
                     QMT_ERR_CHECKPOINT);
    other = saved;
    other.n_frames = N_FRAMES + 1;
    assert_int_equal(trajectory_open_for_append(ctx, folder, &layout, &other, &t),
                     QMT_ERR_CHECKPOINT);

    // One bit of one frame.
    File file = file_none();
    char byte;
    assert_int_equal(file_open(ctx, in_folder("trajectory.npz.part"), FILE_UPDATE, &file), QMT_OK);
    assert_int_equal(file_read_at(ctx, &file, &byte, 1, 5000), QMT_OK);
    byte ^= 4;
    assert_int_equal(file_write_at(ctx, &file, &byte, 1, 5000), QMT_OK);
    assert_int_equal(trajectory_open_for_append(ctx, folder, &layout, &saved, &t),
                     QMT_ERR_CHECKPOINT);
    assert_message_has("first 300 frames are not those");
    byte ^= 4;
    assert_int_equal(file_write_at(ctx, &file, &byte, 1, 5000), QMT_OK);
    assert_int_equal(trajectory_open_for_append(ctx, folder, &layout, &saved, &t), QMT_OK);
    trajectory_close(&t);

    assert_int_equal(file_truncate(ctx, &file, 5000), QMT_OK);
    file_abandon(&file);
    assert_int_equal(trajectory_open_for_append(ctx, folder, &layout, &saved, &t),
                     QMT_ERR_CHECKPOINT);
    assert_message_has("5000 bytes");
    assert_int_equal(file_remove(ctx, in_folder("nve_windows.part")), QMT_OK);
    assert_int_equal(file_remove(ctx, in_folder("trajectory.npz.part")), QMT_OK);
    assert_int_equal(trajectory_open_for_append(ctx, folder, &layout, &saved, &t),
                     QMT_ERR_CHECKPOINT);
    assert_message_has("missing");
}

static void frames_of_a_killed_process_are_saved(void **state)
{
    (void)state;
    static const struct {
        uint64_t appended, saved;
    } CASES[] = {{0, 0}, {1, 0}, {256, 0}, {257, 256}, {600, 512}, {700, 512}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const TrajectoryLayout layout = layout_of(N_FRAMES, false);
        Trajectory *t = create(&layout);
        append_frames(t, 0, CASES[i].appended);
        trajectory_close(&t); // what was in the buffer is gone
        if (trajectory_recover(ctx, folder, &layout, &t) != QMT_OK)
            fail_msg("%s", qmt_context_message(ctx));
        assert_int_equal(trajectory_n_frames(t), CASES[i].saved);
        assert_int_equal(trajectory_finish_partial(ctx, t, METADATA), QMT_OK);
        trajectory_close(&t);
        assert_holds_frames("trajectory.partial.npz", CASES[i].saved, false);
    }
    Trajectory *t = NULL;
    const TrajectoryLayout layout = layout_of(N_FRAMES, false);
    assert_int_equal(trajectory_recover(ctx, folder, &layout, &t), QMT_ERR_CHECKPOINT);
    assert_null(t);
}

typedef struct {
    FileOperation op;
    int result, at, n_calls;
    bool once;
} Fault;

static int fault_at(void *user, FileOperation op, const char *where)
{
    (void)where;
    Fault *fault = user;
    if (op != fault->op)
        return 0;
    const int call = fault->n_calls++;
    return call == fault->at || (!fault->once && call > fault->at) ? fault->result : 0;
}

static void a_fault_at_any_call_can_be_repeated_without_a_trace(void **state)
{
    (void)state;
    static const FileOperation OPS[] = {FILE_OP_WRITE,    FILE_OP_READ,  FILE_OP_SYNC,
                                        FILE_OP_TRUNCATE, FILE_OP_CLOSE, FILE_OP_RENAME,
                                        FILE_OP_OPEN};
    Bytes wanted = reference();
    for (size_t o = 0; o < sizeof OPS / sizeof *OPS; o++) {
        bool failed = true;
        for (int at = 0; failed; at++) {
            const TrajectoryLayout layout = layout_of(N_FRAMES, false);
            assert_int_equal(file_remove(ctx, in_folder("trajectory.npz")), QMT_OK);
            Trajectory *t = create(&layout);
            Fault fault = {.op = OPS[o], .result = ENOSPC, .at = at, .once = true};
            file_set_fault_hook(fault_at, &fault);
            failed = false;
            for (uint64_t f = 0; f < N_FRAMES; f++) {
                while (append_frame(t, f) != QMT_OK)
                    failed = true;
                for (uint64_t s = f / 200 * WINDOW_STEPS;
                     f % 200 == 100 && s < (f / 200 + 1) * WINDOW_STEPS &&
                     s < N_WINDOWS * WINDOW_STEPS;
                     s++)
                    while (append_window_step(t, s) != QMT_OK)
                        failed = true;
            }
            if (trajectory_finish(ctx, t, METADATA) != QMT_OK) {
                failed = true;
                assert_message_has(folder);
                assert_false(file_exists(in_folder("trajectory.npz")));
                assert_true(file_exists(in_folder("trajectory.npz.part")));
                if (trajectory_finish(ctx, t, METADATA) != QMT_OK)
                    fail_msg("%s", qmt_context_message(ctx));
            }
            file_set_fault_hook(NULL, NULL);
            trajectory_close(&t);
            assert_same_bytes(wanted, "trajectory.npz");
        }
    }
    free(wanted.data);
}

static void short_writes_and_signals_do_not_change_the_bytes(void **state)
{
    (void)state;
    Bytes wanted = reference();
    static const int RESULTS[] = {EINTR, FILE_FAULT_SHORT};
    for (int r = 0; r < 2; r++)
        for (int at = 0; at < 30; at += 3) {
            Fault fault = {.op = FILE_OP_WRITE, .result = RESULTS[r], .at = at, .once = true};
            file_set_fault_hook(fault_at, &fault);
            Bytes got = reference();
            file_set_fault_hook(NULL, NULL);
            assert_int_equal(got.n, wanted.n);
            assert_memory_equal(got.data, wanted.data, wanted.n);
            free(got.data);
        }
    free(wanted.data);
}

static void a_full_disk_still_gives_a_valid_partial_file(void **state)
{
    (void)state;
    const TrajectoryLayout layout = layout_of(N_FRAMES, false);
    Trajectory *t = create(&layout);
    append_frames(t, 0, 256);
    // Frame 257 needs a flush, which fails from here on; so does the flush of finish_partial. What it
    // moves and adds lies in reserved space: the hook stands aside for it.
    Fault fault = {.op = FILE_OP_WRITE, .result = ENOSPC};
    file_set_fault_hook(fault_at, &fault);
    assert_int_equal(append_frame(t, 256), QMT_ERR_IO);
    assert_message_has("write 9216 bytes");
    assert_int_equal(trajectory_n_frames(t), 256);
    fault = (Fault){.op = FILE_OP_WRITE, .result = ENOSPC, .once = true};
    assert_int_equal(trajectory_finish_partial(ctx, t, METADATA), QMT_OK);
    file_set_fault_hook(NULL, NULL);
    trajectory_close(&t);
    assert_holds_frames("trajectory.partial.npz", 0, false);
}

static void a_finished_file_can_be_continued(void **state)
{
    (void)state;
    Bytes wanted = reference();
    for (int damaged = 0; damaged < 2; damaged++) {
        enum { FIRST = 301 };
        const TrajectoryLayout first = layout_of(FIRST, false), layout = layout_of(N_FRAMES, false);
        TrajectoryState saved;
        char *windows = NULL;
        size_t n_windows = 0;
        assert_int_equal(file_remove(ctx, in_folder("trajectory.npz")), QMT_OK);
        Trajectory *t = create(&first);
        append_frames(t, 0, FIRST);
        assert_int_equal(trajectory_flush_state(ctx, t, &saved), QMT_OK);
        assert_int_equal(
            file_read_whole(ctx, in_folder("nve_windows.part"), 1 << 20, &windows, &n_windows),
            QMT_OK);
        assert_int_equal(trajectory_finish(ctx, t, METADATA), QMT_OK);
        trajectory_close(&t);

        saved.crc ^= (uint32_t)damaged;
        const QmtStatus status =
            trajectory_extend(ctx, folder, &layout, FIRST, &saved, windows, n_windows, &t);
        free(windows);
        assert_int_equal(status, damaged ? QMT_ERR_CHECKPOINT : QMT_OK);
        assert_true(file_exists(in_folder("trajectory.npz")));
        if (damaged) {
            assert_null(t);
            assert_false(file_exists(in_folder("trajectory.npz.part")));
            continue;
        }
        append_frames(t, FIRST, N_FRAMES);
        assert_int_equal(trajectory_finish(ctx, t, METADATA), QMT_OK);
        trajectory_close(&t);
        assert_same_bytes(wanted, "trajectory.npz");
    }
    free(wanted.data);
}

/// The last call of a complete run fails for good: its frames become a partial file.
static void a_finish_that_fails_for_good_gives_a_partial_file(void **state)
{
    (void)state;
    static const FileOperation OPS[] = {FILE_OP_TRUNCATE, FILE_OP_SYNC, FILE_OP_CLOSE,
                                        FILE_OP_RENAME};
    for (size_t o = 0; o < sizeof OPS / sizeof *OPS; o++) {
        const TrajectoryLayout layout = layout_of(N_FRAMES, false);
        Trajectory *t = create(&layout);
        append_frames(t, 0, N_FRAMES);
        Fault fault = {.op = OPS[o], .result = EIO};
        file_set_fault_hook(fault_at, &fault);
        assert_int_equal(trajectory_finish(ctx, t, METADATA), QMT_ERR_IO);
        file_set_fault_hook(NULL, NULL);
        if (trajectory_finish_partial(ctx, t, METADATA) != QMT_OK)
            fail_msg("%s", qmt_context_message(ctx));
        trajectory_close(&t);
        assert_holds_frames("trajectory.partial.npz", N_FRAMES, false);
        assert_false(file_exists(in_folder("trajectory.npz")));
    }
}

static void a_failed_creation_leaves_no_file(void **state)
{
    (void)state;
    static const FileOperation OPS[] = {FILE_OP_OPEN, FILE_OP_RESERVE, FILE_OP_REMOVE};
    const TrajectoryLayout layout = layout_of(N_FRAMES, false);
    for (int o = 0; o < 3; o++) {
        Trajectory *t = NULL;
        Fault fault = {.op = OPS[o], .result = ENOSPC};
        file_set_fault_hook(fault_at, &fault);
        assert_int_equal(trajectory_create(ctx, folder, &layout, &t), QMT_ERR_IO);
        file_set_fault_hook(NULL, NULL);
        assert_null(t);
        assert_false(file_exists(in_folder("trajectory.npz.part")));
    }
    Trajectory *t = create(&layout);
    trajectory_discard(&t);
    assert_null(t);
    assert_false(file_exists(in_folder("trajectory.npz.part")));
    trajectory_discard(&t);
    trajectory_close(&t);
}

/// Every byte of a small file changed and every length cut: the reader says so or reads, and never falls.
static void the_reader_survives_damage(void **state)
{
    (void)state;
    const TrajectoryLayout layout = layout_of(2, false);
    Trajectory *t = create(&layout);
    append_frames(t, 0, 2);
    assert_int_equal(window_add(t, 0, 1.0, 2.0, 3.0), QMT_OK);
    assert_int_equal(trajectory_finish(ctx, t, METADATA), QMT_OK);
    trajectory_close(&t);
    Bytes good = bytes_of("trajectory.npz");
    char path[FILE_PATH_SIZE];
    strcpy(path, in_folder("damaged.npz"));
    File file = file_none();
    assert_int_equal(file_open(ctx, path, FILE_CREATE, &file), QMT_OK);

    for (size_t n = 0; n < good.n; n += n + 600 < good.n ? 7 : 1) {
        assert_int_equal(file_truncate(ctx, &file, 0), QMT_OK);
        assert_int_equal(file_write_at(ctx, &file, good.data, n, 0), QMT_OK);
        Npz npz;
        if (npz_open(ctx, path, &npz) == QMT_OK)
            fail_msg("a file cut at %zu of %zu bytes was opened", n, good.n);
    }
    size_t n_unseen = 0;
    for (size_t i = 0; i < good.n; i++) {
        char bad = (char)(good.data[i] ^ (1 << i % 8));
        assert_int_equal(file_write_at(ctx, &file, good.data, good.n, 0), QMT_OK);
        assert_int_equal(file_write_at(ctx, &file, &bad, 1, i), QMT_OK);
        Npz npz;
        if (npz_open(ctx, path, &npz) != QMT_OK)
            continue;
        n_unseen += npz_verify(ctx, &npz) == QMT_OK;
        for (size_t a = 0; a < npz.n; a++) {
            char *text = NULL, rows[4096];
            if (npz.arrays[a].kind == 'U' &&
                npz_read_text(ctx, &npz, &npz.arrays[a], &text) == QMT_OK)
                free(text);
            if (npz.arrays[a].row_bytes <= sizeof rows)
                npz_read_rows(ctx, &npz, &npz.arrays[a], 0, 1, rows);
        }
        npz_close(&npz);
    }
    // Dates, modes and padding of the container are nobody's loss; arrays are.
    assert_true(n_unseen < good.n / 2);
    file_abandon(&file);
    free(good.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_appended_is_read_back, setup, teardown),
        cmocka_unit_test_setup_teardown(windows_become_arrays_and_text, setup, teardown),
        cmocka_unit_test_setup_teardown(a_run_that_ends_early_keeps_its_frames, setup, teardown),
        cmocka_unit_test_setup_teardown(a_resumed_file_has_the_same_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_the_checkpoints_is_refused, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(frames_of_a_killed_process_are_saved, setup, teardown),
        cmocka_unit_test_setup_teardown(a_fault_at_any_call_can_be_repeated_without_a_trace, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(short_writes_and_signals_do_not_change_the_bytes, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_still_gives_a_valid_partial_file, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_finished_file_can_be_continued, setup, teardown),
        cmocka_unit_test_setup_teardown(a_finish_that_fails_for_good_gives_a_partial_file, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_failed_creation_leaves_no_file, setup, teardown),
        cmocka_unit_test_setup_teardown(the_reader_survives_damage, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
