#include "support/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/file.h"
#include "io/zip.h"
#include "trajectory/checkpoint.h"

static QmtContext *ctx;
static char folder[64];

static int setup(void **state)
{
    (void)state;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    strcpy(folder, "/tmp/qmtraj_cp_XXXXXX");
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

static Checkpoint example(uint64_t step)
{
    static const unsigned char SNAPSHOT[13] = "what follows";
    return (Checkpoint){.program = "version 1\n",
                        .config = "length_ps: 1.0\n",
                        .start = "",
                        .numbers = {.total_step = step, .trajectory = {.n_frames = 7}},
                        .snapshot = SNAPSHOT,
                        .snapshot_size = sizeof SNAPSHOT};
}

static QmtStatus save(uint64_t step)
{
    const Checkpoint c = example(step);
    return checkpoint_save(ctx, folder, &c);
}

/// The step of a checkpoint file, UINT64_MAX if it cannot be loaded.
static uint64_t step_of(const char *name)
{
    Checkpoint c = {0};
    if (checkpoint_load(ctx, in_folder(name), &c) != QMT_OK)
        return UINT64_MAX;
    const uint64_t step = c.numbers.total_step;
    checkpoint_release(&c);
    return step;
}

static void what_is_saved_is_loaded(void **state)
{
    (void)state;
    Checkpoint c = {0};
    assert_int_equal(save(1), QMT_OK);
    assert_int_equal(checkpoint_load(ctx, in_folder(CHECKPOINT_FILE), &c), QMT_OK);
    assert_string_equal(c.program, "version 1\n");
    assert_string_equal(c.config, "length_ps: 1.0\n");
    assert_string_equal(c.start, "");
    assert_int_equal(c.numbers.total_step, 1);
    assert_int_equal(c.numbers.trajectory.n_frames, 7);
    assert_int_equal(c.snapshot_size, 13);
    assert_string_equal(c.snapshot, "what follows");
    assert_int_equal(c.windows_size, 0);
    checkpoint_release(&c);
    checkpoint_release(&c);
}

static void pieces_are_saved_as_one(void **state)
{
    (void)state;
    // Larger than a buffer, about as large, smaller, nothing.
    static const size_t SIZES[] = {5, 3000001, 0, 1048570, 1048577, 11};
    enum { N_PIECES = sizeof SIZES / sizeof SIZES[0] };
    size_t size = 0;
    for (size_t i = 0; i < N_PIECES; i++)
        size += SIZES[i];
    unsigned char *const bytes = malloc(size);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(i * 2654435761u >> 13);
    Span pieces[N_PIECES];
    for (size_t i = 0, at = 0; i < N_PIECES; at += SIZES[i++])
        pieces[i] = (Span){.data = bytes + at, .size = SIZES[i]};
    for (int in_pieces = 0; in_pieces < 2; in_pieces++) {
        Checkpoint c = example(1), loaded = {0};
        c.snapshot = in_pieces ? NULL : bytes;
        c.snapshot_size = size;
        c.pieces = in_pieces ? pieces : NULL;
        c.n_pieces = in_pieces ? N_PIECES : 0;
        c.events = "an event";
        c.events_size = 9;
        assert_int_equal(checkpoint_save(ctx, folder, &c), QMT_OK);
        assert_int_equal(checkpoint_load(ctx, in_folder(CHECKPOINT_FILE), &loaded), QMT_OK);
        assert_int_equal(loaded.snapshot_size, size);
        assert_memory_equal(loaded.snapshot, bytes, size);
        assert_string_equal(loaded.events, "an event");
        checkpoint_release(&loaded);
    }
    assert_int_equal(checkpoint_remove(ctx, folder), QMT_OK);
    free(bytes);
}

static void the_one_before_is_kept(void **state)
{
    (void)state;
    for (uint64_t step = 1; step <= 3; step++)
        assert_int_equal(save(step), QMT_OK);
    assert_int_equal(step_of(CHECKPOINT_FILE), 3);
    assert_int_equal(step_of(CHECKPOINT_FILE_PREVIOUS), 2);
    assert_false(file_exists(in_folder("checkpoint.tmp")));
    assert_int_equal(checkpoint_remove(ctx, folder), QMT_OK);
    assert_int_equal(checkpoint_remove(ctx, folder), QMT_OK);
    assert_false(file_exists(in_folder(CHECKPOINT_FILE)));
    assert_false(file_exists(in_folder(CHECKPOINT_FILE_PREVIOUS)));
}

/// Each bit of each byte but those that nothing reads, and each length: always refused, never a crash.
static void damage_is_recognised(void **state)
{
    (void)state;
    char *bytes;
    size_t n;
    assert_int_equal(save(5), QMT_OK);
    assert_int_equal(file_read_whole(ctx, in_folder(CHECKPOINT_FILE), 1 << 20, &bytes, &n), QMT_OK);
    Checkpoint c = {0};
    for (size_t i = 0; i < n; i++)
        for (int bit = 0; bit < 8; bit++) {
            bytes[i] = (char)(bytes[i] ^ (1 << bit));
            FILE *file = fopen(in_folder("bad"), "wb");
            assert_int_equal(fwrite(bytes, 1, n, file), n);
            fclose(file);
            bytes[i] = (char)(bytes[i] ^ (1 << bit));
            assert_int_equal(checkpoint_load(ctx, in_folder("bad"), &c), QMT_ERR_CHECKPOINT);
        }
    for (size_t length = 0; length < n; length++) {
        FILE *file = fopen(in_folder("bad"), "wb");
        assert_int_equal(fwrite(bytes, 1, length, file), length);
        fclose(file);
        assert_int_equal(checkpoint_load(ctx, in_folder("bad"), &c), QMT_ERR_CHECKPOINT);
    }
    assert_null(c.block);
    free(bytes);
}

static void other_files_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *says;
        size_t n;
    } CASES[] = {{"", "is empty", 0},
                 {"PK\3\4 some archive, longer", "is not a checkpoint", 26},
                 {"QMTRAJCP\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "(format 4)", 24}};
    Checkpoint c = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        FILE *file = fopen(in_folder("other"), "wb");
        fwrite(CASES[i].bytes, 1, CASES[i].n, file);
        fclose(file);
        assert_int_equal(checkpoint_load(ctx, in_folder("other"), &c), QMT_ERR_CHECKPOINT);
        assert_non_null(strstr(qmt_context_message(ctx), CASES[i].says));
    }
}

/// A file that is only a head can have a right checksum: it must not be taken apart.
static void a_head_alone_is_no_checkpoint(void **state)
{
    (void)state;
    unsigned char head[20] = "QMTRAJCP\3";
    Checkpoint c = {0};
    for (size_t n = 16; n < sizeof head; n++) {
        const uint32_t crc = zip_crc(0, head, n - sizeof crc);
        memcpy(head + n - sizeof crc, &crc, sizeof crc);
        FILE *file = fopen(in_folder("head"), "wb");
        assert_int_equal(fwrite(head, 1, n, file), n);
        fclose(file);
        memset(head + 9, 0, sizeof head - 9);
        assert_int_equal(checkpoint_load(ctx, in_folder("head"), &c), QMT_ERR_CHECKPOINT);
        assert_non_null(strstr(qmt_context_message(ctx), "do not fit together"));
    }
    assert_null(c.block);
}

typedef struct {
    FileOperation op;
    int at;
} Fault;

static int fault_at(void *user, FileOperation op, const char *path)
{
    (void)path;
    Fault *const fault = user;
    return op == fault->op && fault->at-- == 0 ? EIO : 0;
}

/// Whatever call fails, the last complete checkpoint is one of the two, and a later save works.
static void a_save_that_fails_leaves_a_whole_one(void **state)
{
    (void)state;
    int n_failed = 0;
    for (int op = 0; op < FILE_OP_COUNT; op++)
        for (int at = 0; at < 2; at++) {
            assert_int_equal(checkpoint_remove(ctx, folder), QMT_OK);
            assert_int_equal(save(1), QMT_OK);
            assert_int_equal(save(2), QMT_OK);
            Fault fault = {.op = (FileOperation)op, .at = at};
            file_set_fault_hook(fault_at, &fault);
            const QmtStatus status = save(3);
            file_set_fault_hook(NULL, NULL);
            const uint64_t newest = step_of(CHECKPOINT_FILE);
            const uint64_t other = step_of(CHECKPOINT_FILE_PREVIOUS);
            if (status == QMT_OK) {
                assert_int_equal(newest, 3);
            } else {
                n_failed++;
                assert_int_equal(status, QMT_ERR_IO);
                assert_true(newest == 2 || newest == 3 || (newest == UINT64_MAX && other == 2));
            }
            assert_int_equal(save(4), QMT_OK);
            assert_int_equal(step_of(CHECKPOINT_FILE), 4);
        }
    assert_true(n_failed >= 7); // open, write, sync, close, two renames, two syncs of the folder
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_saved_is_loaded, setup, teardown),
        cmocka_unit_test_setup_teardown(pieces_are_saved_as_one, setup, teardown),
        cmocka_unit_test_setup_teardown(the_one_before_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(damage_is_recognised, setup, teardown),
        cmocka_unit_test_setup_teardown(other_files_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_head_alone_is_no_checkpoint, setup, teardown),
        cmocka_unit_test_setup_teardown(a_save_that_fails_leaves_a_whole_one, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
