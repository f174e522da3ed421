#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static QmtContext *ctx;
static char folder[64], path[96], other[96];
static const int ATOMS[2] = {1, 9};
static const double ZERO[6] = {0.0}, XYZ[6] = {0.0, 0.0, 0.0, 0.125, 0.0, 0.0}; // exact in float32

static int things_make(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/test_qmt_trajectory_XXXXXX");
    if (qmt_context_create(&ctx) != QMT_OK || mkdtemp(folder) == NULL)
        return 1;
    snprintf(path, sizeof path, "%s/a.npz", folder);
    snprintf(other, sizeof other, "%s/b.npz", folder);
    return 0;
}

static int things_drop(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    qmt_context_destroy(&ctx);
    return system(command);
}

static QmtTrajectoryFrame frame_of(double time_ps)
{
    return (QmtTrajectoryFrame){.time_ps = time_ps,
                                .kinetic_kjmol = 1.0,
                                .potential_kjmol = -3.0,
                                .total_kjmol = -2.0,
                                .pos_nm = XYZ,
                                .vel_nm_ps = ZERO,
                                .forces_kjmol_nm = ZERO};
}

static void frames_go_through_a_file(void **state)
{
    (void)state;
    QmtWriter *writer = NULL;
    QmtReader *reader = NULL;
    QmtTrajectoryInfo info;
    QmtTrajectoryFrame frame;
    uint64_t n = 0;
    QmtConvertOptions second = qmt_convert_options_default();
    second.every = 2;
    assert_int_equal(qmt_writer_create(ctx, path, 2, ATOMS, 3, &writer), QMT_OK);
    for (int f = 0; f < 3; f++) {
        REFUSED(qmt_writer_finish(ctx, &writer, NULL)); // frames are missing
        frame = frame_of(0.5 * f);
        assert_int_equal(qmt_writer_append(ctx, writer, &frame), QMT_OK);
    }
    REFUSED(qmt_writer_append(ctx, writer, &frame));
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(qmt_writer_finish(ctx, &writer, "{\"name\": \"fluoride\"}"), QMT_OK);
    assert_null(writer);

    assert_int_equal(qmt_reader_open(ctx, path, &reader), QMT_OK);
    assert_int_equal(qmt_reader_verify(ctx, reader), QMT_OK);
    assert_int_equal(qmt_reader_info(ctx, reader, &info), QMT_OK);
    assert_int_equal(info.n_frames, 3);
    assert_int_equal(info.numbers[1], 9);
    assert_string_equal(info.name, "fluoride");
    assert_int_equal(qmt_reader_frame(ctx, reader, 2, &frame), QMT_OK);
    CHECK_NEAR(frame.time_ps, 1.0, 0.0);
    assert_memory_equal(frame.pos_nm, XYZ, sizeof XYZ);
    REFUSED(qmt_reader_frame(ctx, reader, 3, &frame));
    assert_int_equal(qmt_reader_convert(ctx, reader, "npz", other, &second, &n), QMT_OK);
    assert_int_equal(n, 2);
    REFUSED(qmt_reader_convert(ctx, reader, "no such format", other, NULL, &n));
    REFUSED(qmt_reader_convert(ctx, reader, "npz", other, &(QmtConvertOptions){0}, &n));
    second.every = 0;
    REFUSED(qmt_reader_convert(ctx, reader, "npz", other, &second, &n));
    second = qmt_convert_options_default();
    second.momenta = 1; // which NPZ has no place for
    REFUSED(qmt_reader_convert(ctx, reader, "npz", other, &second, &n));
    qmt_reader_close(&reader);
    qmt_reader_close(&reader);
}

/// What no reader takes is refused where it comes in, and the writer goes on.
static void nonsense_does_not_get_into_a_file(void **state)
{
    (void)state;
    static const double wrong[] = {NAN, INFINITY, -INFINITY, 1e300}; // 1e300 is inf in float32
    static const char *const metadata[] = {"this is not JSON", "", "[1]", "3", "{} x", "\xff"};
    double numbers[6] = {0.0};
    char name[128];
    QmtWriter *writer = NULL;
    QmtReader *reader = NULL;
    REFUSED(qmt_writer_create(ctx, "", 2, ATOMS, 1, &writer));
    assert_int_equal(qmt_writer_create(ctx, folder, 2, ATOMS, 1, &writer), QMT_ERR_IO);
    snprintf(name, sizeof name, "%s.part", folder);
    assert_int_equal(access(name, F_OK), -1);
    snprintf(name, sizeof name, "%s/d.npz", folder);
    assert_int_equal(qmt_writer_create(ctx, name, 2, ATOMS, 2, &writer), QMT_OK);
    QmtTrajectoryFrame frame = frame_of(0.0);
    assert_int_equal(qmt_writer_append(ctx, writer, &frame), QMT_OK);
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        const double **const arrays[] = {&frame.pos_nm, &frame.vel_nm_ps, &frame.forces_kjmol_nm};
        numbers[4] = wrong[k];
        for (size_t i = 0; i < 3; i++) {
            frame = frame_of(0.5);
            *arrays[i] = numbers;
            assert_int_equal(qmt_writer_append(ctx, writer, &frame), QMT_ERR_INPUT);
            assert_non_null(strstr(qmt_context_message(ctx), "frame 1, atom 2"));
        }
    }
    double *const scalars[] = {&frame.time_ps, &frame.kinetic_kjmol, &frame.potential_kjmol,
                               &frame.total_kjmol};
    for (size_t i = 0; i < 4; i++) {
        frame = frame_of(0.5);
        *scalars[i] = NAN;
        assert_int_equal(qmt_writer_append(ctx, writer, &frame), QMT_ERR_INPUT);
    }
    frame = frame_of(0.5);
    assert_int_equal(qmt_writer_append(ctx, writer, &frame), QMT_OK);
    for (size_t k = 0; k < sizeof metadata / sizeof *metadata; k++) {
        REFUSED(qmt_writer_finish(ctx, &writer, metadata[k]));
        assert_non_null(writer);
    }
    assert_int_equal(qmt_writer_finish(ctx, &writer, " {\"name\": \"a\"}\n"), QMT_OK);
    assert_int_equal(qmt_reader_open(ctx, name, &reader), QMT_OK);
    assert_int_equal(qmt_reader_frame(ctx, reader, 1, &frame), QMT_OK);
    CHECK_NEAR(frame.time_ps, 0.5, 0.0);
    qmt_reader_close(&reader);
}

static void tables_say_what_there_is(void **state)
{
    (void)state;
    QmtFormat format;
    QmtArray array;
    int n_npz = 0, n_extxyz = 0, n_pos = 0, n_bond_orders = 0;
    for (size_t i = 0; i < qmt_format_count(); i++) {
        assert_int_equal(qmt_format(ctx, i, &format), QMT_OK);
        n_npz += strcmp(format.name, "npz") == 0 && format.is_trajectory && !format.has_momenta;
        n_extxyz += strcmp(format.name, "extxyz") == 0 && format.has_momenta;
    }
    for (size_t i = 0; i < qmt_array_count(); i++) {
        assert_int_equal(qmt_array(ctx, i, &array), QMT_OK);
        n_pos += strcmp(array.name, "pos") == 0 && strcmp(array.axes, "FN3") == 0 &&
                 strcmp(array.type, "float32") == 0 && array.follows_precision &&
                 !array.is_property && strcmp(array.unit, "nm") == 0;
        n_bond_orders += strcmp(array.name, "bond_orders") == 0 && array.is_property &&
                         strcmp(array.axes, "FNN") == 0;
    }
    assert_int_equal(n_npz, 1);
    assert_int_equal(n_extxyz, 1);
    assert_int_equal(n_pos, 1);
    assert_int_equal(n_bond_orders, 1);
    assert_int_equal(qmt_path_is_unfinished("a/b/trajectory.npz.part"), 1);
    assert_int_equal(qmt_path_is_unfinished("a/b/trajectory.npz"), 0);
}

static void null_and_nonsense_are_arguments(void **state)
{
    (void)state;
    QmtWriter *writer = NULL;
    QmtReader *reader = NULL;
    QmtTrajectoryInfo info;
    QmtTrajectoryFrame frame = frame_of(0.0);
    REFUSED(qmt_reader_open(ctx, NULL, &reader));
    REFUSED(qmt_reader_open(ctx, path, NULL));
    REFUSED(qmt_reader_open(NULL, path, &reader));
    assert_int_equal(qmt_reader_open(ctx, "/nowhere/a.npz", &reader), QMT_ERR_IO);
    REFUSED(qmt_reader_info(ctx, NULL, &info));
    REFUSED(qmt_reader_frame(ctx, NULL, 0, &frame));
    REFUSED(qmt_reader_verify(ctx, NULL));
    REFUSED(qmt_reader_convert(ctx, NULL, "npz", other, NULL, NULL));
    REFUSED(qmt_writer_create(ctx, NULL, 2, ATOMS, 3, &writer));
    REFUSED(qmt_writer_create(ctx, path, 0, ATOMS, 3, &writer));
    REFUSED(qmt_writer_create(ctx, path, SIZE_MAX, ATOMS, 3, &writer));
    REFUSED(qmt_writer_create(ctx, path, 2, ATOMS, 0, &writer));
    REFUSED(qmt_writer_create(ctx, path, 2, ATOMS, UINT64_MAX, &writer));
    REFUSED(qmt_writer_create(ctx, path, 2, NULL, 3, &writer));
    REFUSED(qmt_writer_append(ctx, NULL, &frame));
    REFUSED(qmt_writer_finish(ctx, NULL, NULL));
    REFUSED(qmt_writer_finish(ctx, &writer, NULL));
    snprintf(other, sizeof other, "%s/c.npz", folder);
    assert_int_equal(qmt_writer_create(ctx, other, 2, ATOMS, 1, &writer), QMT_OK);
    REFUSED(qmt_writer_append(ctx, writer, NULL));
    REFUSED(qmt_writer_append(ctx, writer, &(QmtTrajectoryFrame){0}));
    qmt_writer_discard(&writer);
    qmt_writer_discard(&writer);
    qmt_writer_discard(NULL);
    qmt_reader_close(NULL);
    assert_int_equal(access(other, F_OK), -1);
    QmtFormat format;
    QmtArray array;
    REFUSED(qmt_format(ctx, SIZE_MAX, &format));
    REFUSED(qmt_format(ctx, 0, NULL));
    REFUSED(qmt_format(NULL, 0, &format));
    REFUSED(qmt_array(ctx, qmt_array_count(), &array));
    REFUSED(qmt_array(ctx, 0, NULL));
    REFUSED(qmt_array(NULL, 0, &array));
    qmt_convert_options_init(NULL, 8);
    assert_null(qmt_format_name(SIZE_MAX));
    assert_null(qmt_format_help(qmt_format_count()));
    assert_int_equal(qmt_path_is_unfinished(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_go_through_a_file),
        cmocka_unit_test(nonsense_does_not_get_into_a_file),
        cmocka_unit_test(tables_say_what_there_is),
        cmocka_unit_test(null_and_nonsense_are_arguments),
    };
    return cmocka_run_group_tests(tests, things_make, things_drop);
}
