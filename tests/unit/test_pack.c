#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "campaign/pack.h"
#include "io/archive.h"
#include "io/archive_mount.h"
#include "io/archive_write.h"
#include "run/files.h"

static QmtContext *ctx;
static char out[64];

static int setup(void **state)
{
    (void)state;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    strcpy(out, "/tmp/qmtraj_pack_XXXXXX");
    assert_non_null(mkdtemp(out));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    char command[96];
    snprintf(command, sizeof command, "rm -rf %s", out);
    assert_int_equal(system(command), 0);
    qmt_context_destroy(&ctx);
    return 0;
}

/// Runs words in OUT; 0 if all is well.
static int shell(const char *words)
{
    char command[256];
    snprintf(command, sizeof command, "cd %s && { %s; }", out, words);
    return system(command) != 0;
}

/// OUT/NAME, in one of a few places.
static const char *in_out(const char *name)
{
    static char paths[4][160];
    static int next;
    char *const path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", out, name);
    return path;
}

/// A folder as a finished trajectory leaves it, with a content of its own.
static void finished_make(const char *label)
{
    static const char *const NAMES[] = {RUN_FILE_COMPLETE, RUN_FILE_CONFIG, RUN_FILE_RUN};
    char path[FILE_PATH_SIZE], content[160];
    assert_int_equal(file_make_directories(ctx, in_out(label)), QMT_OK);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        assert_int_equal(file_join(ctx, in_out(label), NAMES[i], path), QMT_OK);
        const int n = snprintf(content, sizeof content, "%s of %s", NAMES[i], label);
        assert_int_equal(file_write_whole(ctx, path, content, (size_t)n), QMT_OK);
    }
}

static bool is_there(const char *name)
{
    return access(in_out(name), F_OK) == 0;
}

static bool is_finished(const char *label)
{
    char path[FILE_PATH_SIZE], content[160], *text = NULL;
    size_t n;
    assert_int_equal(file_join(ctx, in_out(label), RUN_FILE_COMPLETE, path), QMT_OK);
    if (!file_exists(path))
        return false;
    snprintf(content, sizeof content, "%s of %s", RUN_FILE_COMPLETE, label);
    assert_int_equal(file_read_whole(ctx, path, sizeof content, &text, &n), QMT_OK);
    const bool same = strcmp(text, content) == 0;
    free(text);
    return same;
}

static size_t unpack(void)
{
    size_t n;
    assert_int_equal(unpack_all(ctx, out, NULL, 0, &n), QMT_OK);
    return n;
}

static void archives_have_the_names_that_jobs_give(void **state)
{
    (void)state;
    char name[PACK_NAME_SIZE];
    static const Shard SHARDS[] = {{0}, {.index = 0, .count = 2}, {.index = 99, .count = 100}};
    static const char *const OTHERS[] = {"packed.zip.index",      "packed.backup.zip",
                                         "packed.zip.backup.zip", "packed.-of-.zip",
                                         "packed.1-of-2.zip.zip", "packed.1-of-2",
                                         "unpacked.zip",          "packedzip",
                                         "packed. 1-of-2.zip",    ""};
    for (size_t i = 0; i < sizeof SHARDS / sizeof *SHARDS; i++) {
        pack_name(&SHARDS[i], name);
        assert_true(archive_name_is(name));
    }
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        assert_false(archive_name_is(OTHERS[i]));
}

/// The archive that a folder went into is unpacked before the folder goes, and another one comes in its place: the folder
/// must stay.
static void folders_stay_whose_archive_was_taken_away(void **state)
{
    (void)state;
    Packer *packer = NULL;
    for (int others = 0; others < 2; others++) {
        finished_make("a");
        finished_make("b");
        assert_int_equal(packer_open(ctx, out, &(Shard){0}, &packer), QMT_OK);
        packer_add(ctx, packer, "a");
        assert_true(is_there("packed.zip"));
        assert_int_equal(unpack(), 0); // the folder is there
        assert_false(is_there("packed.zip"));
        if (others)
            packer_add(ctx, packer, "b");
        packer_close(ctx, &packer);
        assert_true(is_finished("a"));
        assert_int_equal(is_finished("b"), !others);
        assert_int_equal(is_there("packed.zip"), others); // an empty one would tell nobody anything
    }
    assert_int_equal(unpack(), 1);
    assert_true(is_finished("b"));
}

static void a_writer_begins_anew_where_its_archive_was_replaced(void **state)
{
    (void)state;
    ArchiveWriter first, second;
    Archive archive;
    finished_make("a");
    finished_make("b");
    finished_make("c");
    char path[FILE_PATH_SIZE];
    assert_int_equal(file_join(ctx, out, "packed.zip", path), QMT_OK);
    assert_int_equal(archive_writer_open(ctx, path, &first), QMT_OK);
    assert_int_equal(archive_append(ctx, &first, in_out("a"), "a", RUN_FILE_RUN), QMT_OK);
    assert_int_equal(unpack(), 0);
    assert_false(archive_is_in_place(&first));
    assert_int_equal(archive_writer_open(ctx, path, &second), QMT_OK);
    assert_int_equal(archive_append(ctx, &second, in_out("b"), "b", RUN_FILE_RUN), QMT_OK);
    assert_int_equal(archive_append(ctx, &first, in_out("c"), "c", RUN_FILE_RUN), QMT_OK);
    assert_int_equal(first.n_taken, 1);
    assert_int_equal(first.n_appended, 1);
    assert_true(archive_is_in_place(&first));
    archive_writer_close(&first);
    archive_writer_close(&second);
    assert_int_equal(archive_read(ctx, path, &archive), QMT_OK);
    assert_int_equal(archive.n, 2);
    assert_string_equal(archive.folders[0].label, "b");
    assert_string_equal(archive.folders[1].label, "c");
    archive_release(&archive);
}

/// A folder that another program made while ours was on its way counts as made, and nothing is left aside.
static void a_folder_that_another_program_made_is_no_failure(void **state)
{
    (void)state;
    ArchiveMount *mount = NULL;
    size_t n;
    finished_make("a");
    assert_int_equal(pack_all(ctx, out, &n), QMT_OK);
    assert_int_equal(archives_mount(ctx, out, NULL, &mount), QMT_OK);
    assert_int_equal(truncate(in_out("packed.zip"), 0), 0);
    assert_int_equal(unpack_one(ctx, mount, out, "a"), QMT_ERR_FORMAT);
    assert_int_equal(unlink(in_out("packed.zip")), 0);
    assert_int_equal(unpack_one(ctx, mount, out, "a"), QMT_ERR_IO);
    finished_make("a");
    assert_int_equal(unpack_one(ctx, mount, out, "a"), QMT_OK);
    archives_unmount(&mount);
}

static const char *const LABELS[] = {"a", "b", "c", "d"};

/// Packs a, b and c.
static void three_pack(bool with_directory)
{
    ArchiveWriter writer;
    assert_int_equal(archive_writer_open(ctx, in_out("packed.zip"), &writer), QMT_OK);
    for (size_t i = 0; i < 3; i++) {
        const char *const label = LABELS[i];
        finished_make(label);
        assert_int_equal(archive_append(ctx, &writer, in_out(label), label, RUN_FILE_RUN), QMT_OK);
    }
    if (with_directory)
        assert_int_equal(archive_directory_write(ctx, &writer), QMT_OK);
    archive_writer_close(&writer);
    assert_int_equal(shell("rm -r a b c"), 0);
}

/// How many of the labels a, b, c and d an archive in OUT has.
static size_t readable(void)
{
    ArchiveMount *mount = NULL;
    const Archive *archive;
    size_t n = 0;
    assert_int_equal(archives_mount(ctx, out, NULL, &mount), QMT_OK);
    for (size_t i = 0; i < 4; i++) {
        n += is_finished(LABELS[i]);
        assert_int_equal(archives_find(mount, LABELS[i], &archive) != NULL, is_finished(LABELS[i]));
    }
    archives_unmount(&mount);
    return n;
}

static void append_d(QmtStatus wanted)
{
    ArchiveWriter writer;
    finished_make("d");
    assert_int_equal(archive_writer_open(ctx, in_out("packed.zip"), &writer), QMT_OK);
    assert_int_equal(archive_append(ctx, &writer, in_out("d"), "d", RUN_FILE_RUN), wanted);
    if (wanted == QMT_OK)
        assert_int_equal(archive_directory_write(ctx, &writer), QMT_OK);
    archive_writer_close(&writer);
    assert_int_equal(shell("rm -r d"), 0);
}

static void an_index_that_lacks_folders_is_made_again(void **state)
{
    (void)state;
    static const char *const HARM[] = {": >packed.zip.index",
                                       "rm packed.zip.index",
                                       "sed -i '$d' packed.zip.index",
                                       "sed -i 1d packed.zip.index",
                                       "truncate -s -9 packed.zip.index",
                                       "echo none of an index >>packed.zip.index",
                                       "printf '9999\\ta\\trun.json:1:0\\n' >>packed.zip.index"};
    for (size_t i = 0; i < sizeof HARM / sizeof *HARM; i++) {
        assert_int_equal(shell("rm -f packed.zip*"), 0);
        three_pack(true);
        assert_int_equal(shell(HARM[i]), 0);
        assert_int_equal(readable(), 3);
        assert_int_equal(shell("test -s packed.zip.index"), i < 2);
        append_d(QMT_OK);
        assert_int_equal(readable(), 4);
        assert_int_equal(shell("test $(wc -l <packed.zip.index) = 4"), 0);
        assert_int_equal(shell(HARM[i]), 0);
        assert_int_equal(unpack(), 4);
        assert_true(is_finished("a") && is_finished("b") && is_finished("c") && is_finished("d"));
        assert_int_equal(shell("rm -r a b c d"), 0);
    }
}

/// A program was killed before it wrote the line: what it had appended goes, with all that is behind.
static void what_a_killed_program_had_begun_is_written_over(void **state)
{
    (void)state;
    for (int with_directory = 0; with_directory < 2; with_directory++) {
        three_pack(with_directory);
        if (with_directory) // and then something over the directory of two
            assert_int_equal(shell("truncate -s -20 packed.zip"), 0);
        assert_int_equal(shell("sed -i '$d' packed.zip.index"), 0);
        assert_int_equal(readable(), 2);
        append_d(QMT_OK);
        assert_int_equal(readable(), 3);
        assert_int_equal(shell("rm packed.zip*"), 0);
    }
}

static void folders_that_were_cut_off_with_an_archive_are_not_there(void **state)
{
    (void)state;
    size_t n;
    three_pack(true);
    assert_int_equal(shell("cp packed.zip whole"), 0);
    assert_int_equal(truncate(in_out("packed.zip"), 1000), 0);
    assert_int_equal(readable(), 2);
    append_d(QMT_ERR_FORMAT);
    assert_int_equal(unpack_all(ctx, out, NULL, 0, &n), QMT_ERR_FORMAT);
    assert_true(is_finished("a") && is_finished("b") && is_there("packed.zip"));
    assert_int_equal(shell("rm -r a b; mv whole packed.zip"), 0);
    assert_int_equal(readable(), 3);
    // without the archive its index tells of nothing
    assert_int_equal(unlink(in_out("packed.zip")), 0);
    assert_int_equal(readable(), 0);
    append_d(QMT_OK);
    assert_int_equal(readable(), 1);
}

/// Who has read an archive before another one came in its place, with an index of the same length, reads that.
static void a_reader_learns_of_another_archive(void **state)
{
    (void)state;
    ArchiveMount *mount = NULL;
    const Archive *archive;
    three_pack(true);
    assert_int_equal(archives_mount(ctx, out, NULL, &mount), QMT_OK);
    const char *const label = archives_label(mount, 2);
    assert_int_equal(unpack(), 3);
    assert_int_equal(shell("mv a x; mv b a; mv x b"), 0);
    three_pack(true);
    archives_refresh(ctx, mount);
    assert_non_null(archives_find(mount, "c", &archive));
    assert_true(is_finished("a") && is_finished("b") && is_finished("c"));
    assert_string_equal(label, "c");
    assert_int_equal(unpack(), 3);
    archives_refresh(ctx, mount);
    assert_int_equal(archives_count(mount), 0);
    archives_unmount(&mount);
}

/// Who found a trajectory in its folder, and comes to it when that is packed, finds it in an archive that was not there;
/// and the other way round.
static void what_is_packed_or_unpacked_meanwhile_is_found(void **state)
{
    (void)state;
    ArchiveMount *mount = NULL;
    char path[FILE_PATH_SIZE];
    size_t n;
    finished_make("a");
    assert_int_equal(file_join(ctx, in_out("a"), RUN_FILE_COMPLETE, path), QMT_OK);
    assert_int_equal(archives_mount(ctx, out, NULL, &mount), QMT_OK);
    assert_false(archives_look_again(ctx, in_out("b/trajectory.npz")));
    assert_int_equal(pack_all(ctx, out, &n), QMT_OK);
    assert_false(file_exists(path));
    assert_true(archives_look_again(ctx, path));
    assert_true(is_finished("a"));
    assert_int_equal(archives_count(mount), 1);
    finished_make("b");
    assert_int_equal(pack_all(ctx, out, &n), QMT_OK);
    assert_true(archives_look_again(ctx, in_out("b/trajectory.npz")));
    assert_int_equal(archives_count(mount), 2);
    assert_int_equal(unpack(), 2);
    assert_true(archives_look_again(ctx, path));
    assert_int_equal(archives_count(mount), 0);
    assert_false(archives_look_again(ctx, in_out("c/trajectory.npz")));
    archives_unmount(&mount);
}

/// Packs what is finished into an archive of a part.
static void part_pack(const char *label, const char *content, const Shard *shard)
{
    char path[FILE_PATH_SIZE];
    Packer *packer = NULL;
    finished_make(label);
    assert_int_equal(file_join(ctx, in_out(label), RUN_FILE_COMPLETE, path), QMT_OK);
    assert_int_equal(file_write_whole(ctx, path, content, strlen(content)), QMT_OK);
    assert_int_equal(packer_open(ctx, out, shard, &packer), QMT_OK);
    packer_add(ctx, packer, label);
    packer_close(ctx, &packer);
    assert_false(is_there(label));
}

static void of_several_archives_the_longer_trajectory_counts(void **state)
{
    (void)state;
    static const char LONG[] = "trajectory.npz of a, which is longer", SHORT[] = "short";
    const Shard first = {.index = 0, .count = 2};
    char path[FILE_PATH_SIZE], *text = NULL;
    size_t n;
    ArchiveMount *mount = NULL;
    assert_int_equal(file_join(ctx, in_out("a"), RUN_FILE_COMPLETE, path), QMT_OK);
    for (int way = 0; way < 6; way++) {
        const bool names = way % 3 == 2;
        const char *const label = "a";
        part_pack("a", way < 3 ? LONG : SHORT, &first);
        part_pack("b", "b", &first);
        part_pack("a", way < 3 ? SHORT : LONG, &(Shard){0});
        assert_int_equal(archives_mount(ctx, out, NULL, &mount), QMT_OK);
        assert_int_equal(file_read_whole(ctx, path, sizeof LONG, &text, &n), QMT_OK);
        assert_string_equal(text, LONG);
        free(text);
        size_t n_named = 0;
        for (size_t i = 0; i < archives_count(mount); i++)
            n_named += archives_label(mount, i) != NULL;
        assert_int_equal(n_named, 2);
        archives_unmount(&mount);
        assert_int_equal(unpack_all(ctx, out, &label, names ? 1 : 0, &n), QMT_OK);
        assert_int_equal(n, names ? 1 : 2);
        assert_int_equal(file_read_whole(ctx, path, sizeof LONG, &text, &n), QMT_OK);
        assert_string_equal(text, LONG);
        free(text);
        assert_int_equal(is_there("packed.zip"), names);
        assert_int_equal(is_there("packed.0-of-2.zip"), names);
        assert_int_equal(shell("rm -rf a b packed*"), 0);
    }
}

/// One of several that is damaged stays in its archive, and the other one takes its place.
static void a_damaged_one_of_several_is_kept(void **state)
{
    (void)state;
    size_t n;
    part_pack("a", "trajectory that is longer", &(Shard){.index = 0, .count = 2});
    part_pack("a", "short", &(Shard){0});
    assert_int_equal(shell("sed -i 's/that is longer/that is broken/' packed.0-of-2.zip"), 0);
    assert_int_equal(unpack_all(ctx, out, NULL, 0, &n), QMT_ERR_FORMAT);
    assert_int_equal(n, 1);
    assert_true(is_there("a/trajectory.npz"));
    assert_true(is_there("packed.0-of-2.zip"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(archives_have_the_names_that_jobs_give, setup, teardown),
        cmocka_unit_test_setup_teardown(folders_stay_whose_archive_was_taken_away, setup, teardown),
        cmocka_unit_test_setup_teardown(a_writer_begins_anew_where_its_archive_was_replaced, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_another_program_made_is_no_failure, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_index_that_lacks_folders_is_made_again, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_killed_program_had_begun_is_written_over, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(folders_that_were_cut_off_with_an_archive_are_not_there,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(a_reader_learns_of_another_archive, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_packed_or_unpacked_meanwhile_is_found, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(of_several_archives_the_longer_trajectory_counts, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_damaged_one_of_several_is_kept, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
