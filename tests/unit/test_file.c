#include "support/check.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/file.h"

static QmtContext *ctx;
static char folder[64];
static char path[FILE_PATH_SIZE];

/// A fault for the calls of one kind, from the n-th on or only at it.
typedef struct {
    FileOperation op;
    int result;
    int at; ///< the call that fails, from 0
    bool once;
    int n_calls;
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

static int setup(void **state)
{
    (void)state;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    strcpy(folder, "/tmp/qmtraj_file_XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(file_join(ctx, folder, "data", path), QMT_OK);
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

static void assert_message_has(const char *part)
{
    if (strstr(qmt_context_message(ctx), part) == NULL)
        fail_msg("\"%s\" does not contain \"%s\"", qmt_context_message(ctx), part);
}

static void assert_content(const char *wanted)
{
    char *data = NULL;
    size_t n = 0;
    assert_int_equal(file_read_whole(ctx, path, 1 << 20, &data, &n), QMT_OK);
    assert_int_equal(n, strlen(wanted));
    assert_string_equal(data, wanted);
    free(data);
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    File file = file_none();
    char back[6] = "";
    uint64_t size;
    assert_int_equal(file_open(ctx, path, FILE_CREATE, &file), QMT_OK);
    assert_int_equal(file_write_at(ctx, &file, "world", 5, 6), QMT_OK);
    assert_int_equal(file_write_at(ctx, &file, "hello ", 6, 0), QMT_OK);
    assert_int_equal(file_sync(ctx, &file), QMT_OK);
    assert_int_equal(file_read_at(ctx, &file, back, 5, 6), QMT_OK);
    assert_string_equal(back, "world");
    assert_int_equal(file_truncate(ctx, &file, 5), QMT_OK);
    assert_int_equal(file_size(ctx, &file, &size), QMT_OK);
    assert_int_equal(size, 5);
    assert_int_equal(file_read_at(ctx, &file, back, 5, 1), QMT_ERR_IO);
    assert_message_has("ends at byte 5");
    assert_int_equal(file_reserve(ctx, &file, 100000), QMT_OK);
    assert_int_equal(file_size(ctx, &file, &size), QMT_OK);
    assert_int_equal(size, 100000);
    assert_int_equal(file_close(ctx, &file), QMT_OK);
    assert_int_equal(file_close(ctx, &file), QMT_OK);
}

static void signals_and_short_writes_lose_nothing(void **state)
{
    (void)state;
    static const int RESULTS[] = {EINTR, FILE_FAULT_SHORT};
    for (int r = 0; r < 2; r++) {
        for (int at = 0; at < 6; at++) {
            Fault fault = {.op = FILE_OP_WRITE, .result = RESULTS[r], .at = at, .once = true};
            file_set_fault_hook(fault_at, &fault);
            assert_int_equal(file_write_whole(ctx, path, "hello world", 11), QMT_OK);
            fault = (Fault){.op = FILE_OP_READ, .result = RESULTS[r], .at = at, .once = true};
            assert_content("hello world");
            file_set_fault_hook(NULL, NULL);
        }
    }
    // One byte at a time throughout.
    Fault fault = {.op = FILE_OP_WRITE, .result = FILE_FAULT_SHORT};
    file_set_fault_hook(fault_at, &fault);
    assert_int_equal(file_write_whole(ctx, path, "abc", 3), QMT_OK);
    assert_int_equal(fault.n_calls, 3);
    file_set_fault_hook(NULL, NULL);
    assert_content("abc");
}

static void a_failed_replacement_leaves_the_old_file(void **state)
{
    (void)state;
    static const FileOperation OPS[] = {FILE_OP_OPEN, FILE_OP_WRITE, FILE_OP_SYNC, FILE_OP_CLOSE,
                                        FILE_OP_RENAME};
    static const int ERRORS[] = {ENOSPC, EDQUOT, EFBIG, EIO, EACCES, EROFS, ENOMEM, EMFILE};
    char temporary[FILE_PATH_SIZE];
    assert_int_equal(file_join(ctx, folder, "data.tmp", temporary), QMT_OK);
    assert_int_equal(file_write_whole(ctx, path, "old", 3), QMT_OK);
    for (size_t o = 0; o < sizeof OPS / sizeof *OPS; o++) {
        for (size_t e = 0; e < sizeof ERRORS / sizeof *ERRORS; e++) {
            Fault fault = {.op = OPS[o], .result = ERRORS[e]};
            file_set_fault_hook(fault_at, &fault);
            assert_int_equal(file_write_whole(ctx, path, "new content", 11), QMT_ERR_IO);
            file_set_fault_hook(NULL, NULL);
            assert_message_has(folder);
            assert_message_has(file_operation_name(OPS[o]));
            assert_message_has(strerror(ERRORS[e]));
            assert_message_has("; ");
            assert_content("old");
            assert_false(file_exists(temporary));
        }
    }
}

static void a_full_disk_says_how_many_bytes_were_wanted(void **state)
{
    (void)state;
    static const int ERRORS[] = {ENOSPC, EDQUOT, EFBIG};
    File file = file_none();
    assert_int_equal(file_open(ctx, path, FILE_CREATE, &file), QMT_OK);
    for (int e = 0; e < 3; e++) {
        Fault fault = {.op = FILE_OP_WRITE, .result = ERRORS[e]};
        file_set_fault_hook(fault_at, &fault);
        assert_int_equal(file_write_at(ctx, &file, "hello", 5, 1000), QMT_ERR_IO);
        assert_message_has("write 5 bytes at byte 1000");
        fault = (Fault){.op = FILE_OP_RESERVE, .result = ERRORS[e]};
        assert_int_equal(file_reserve(ctx, &file, 123456), QMT_ERR_IO);
        assert_message_has("reserve 123456 bytes");
        fault = (Fault){.op = FILE_OP_TRUNCATE, .result = ERRORS[e]};
        assert_int_equal(file_truncate(ctx, &file, 777), QMT_ERR_IO);
        assert_message_has("777 bytes");
        file_set_fault_hook(NULL, NULL);
    }
    assert_int_equal(file_close(ctx, &file), QMT_OK);

    // The real thing, without a hook.
    if (file_exists("/dev/full")) {
        assert_int_equal(file_open(ctx, "/dev/full", FILE_UPDATE, &file), QMT_OK);
        assert_int_equal(file_write_at(ctx, &file, "hello", 5, 0), QMT_ERR_IO);
        assert_message_has("/dev/full: cannot write 5 bytes");
        file_abandon(&file);
    }
}

static void a_limit_on_file_sizes_is_an_error_like_any_other(void **state)
{
    (void)state;
    struct rlimit before, limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = before;
    limit.rlim_cur = 1000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    File file = file_none();
    char block[3000] = {0};
    QmtStatus status = file_open(ctx, path, FILE_CREATE, &file);
    if (status == QMT_OK)
        status = file_write_at(ctx, &file, block, sizeof block, 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, QMT_ERR_IO);
    assert_message_has("write 2000 bytes at byte 1000");
    file_abandon(&file);
}

static void failures_of_every_operation_are_told(void **state)
{
    (void)state;
    File file = file_none();
    uint64_t size;
    char byte;
    Fault fault = {.op = FILE_OP_SYNC_DIRECTORY, .result = EIO};
    assert_int_equal(file_write_whole(ctx, path, "x", 1), QMT_OK);
    file_set_fault_hook(fault_at, &fault);
    assert_int_equal(file_write_whole(ctx, path, "y", 1), QMT_ERR_IO);
    assert_message_has("sync the folder");
    fault = (Fault){.op = FILE_OP_REMOVE, .result = EACCES};
    assert_int_equal(file_remove(ctx, path), QMT_ERR_IO);
    fault = (Fault){.op = FILE_OP_MAKE_DIRECTORY, .result = ENOSPC};
    assert_int_equal(file_make_directories(ctx, folder), QMT_ERR_IO);
    fault = (Fault){.op = FILE_OP_READ, .result = EIO};
    assert_int_equal(file_open(ctx, path, FILE_READ, &file), QMT_OK);
    assert_int_equal(file_read_at(ctx, &file, &byte, 1, 0), QMT_ERR_IO);
    assert_int_equal(file_size(ctx, &file, &size), QMT_ERR_IO);
    fault = (Fault){.op = FILE_OP_CLOSE, .result = EIO};
    assert_int_equal(file_close(ctx, &file), QMT_ERR_IO);
    assert_message_has("cannot close");
    assert_int_equal(file.fd, -1);
    file_set_fault_hook(NULL, NULL);

    assert_int_equal(file_open(ctx, "/nowhere/at/all", FILE_READ, &file), QMT_ERR_IO);
    assert_message_has("check the name");
    assert_int_equal(file_open(ctx, folder, FILE_READ, &file), QMT_ERR_IO);
    assert_message_has("folder");
    char *data;
    size_t n;
    assert_int_equal(file_read_whole(ctx, path, 0, &data, &n), QMT_ERR_FORMAT);
}

static void folders_are_made_with_their_parents(void **state)
{
    (void)state;
    char deep[FILE_PATH_SIZE];
    assert_int_equal(file_join(ctx, folder, "a//b/c/", deep), QMT_OK);
    assert_int_equal(file_make_directories(ctx, deep), QMT_OK);
    assert_int_equal(file_make_directories(ctx, deep), QMT_OK);
    assert_true(file_exists(deep));
    assert_int_equal(file_write_whole(ctx, path, "x", 1), QMT_OK);
    assert_int_equal(file_join(ctx, path, "below", deep), QMT_OK);
    assert_int_equal(file_make_directories(ctx, deep), QMT_ERR_IO);
    assert_message_has("is a file");
    assert_int_equal(file_remove(ctx, path), QMT_OK);
    assert_int_equal(file_remove(ctx, path), QMT_OK);
}

static void paths_too_long_are_told(void **state)
{
    (void)state;
    static char long_path[2 * FILE_PATH_SIZE];
    char out[FILE_PATH_SIZE], *data;
    size_t n;
    File file = file_none();
    memset(long_path, 'a', sizeof long_path - 1);
    assert_int_equal(file_open(ctx, long_path, FILE_CREATE, &file), QMT_ERR_IO);
    assert_message_has("longer than 4095 bytes");
    assert_int_equal(file_join(ctx, long_path, "x", out), QMT_ERR_IO);
    assert_int_equal(file_make_directories(ctx, long_path), QMT_ERR_IO);
    assert_int_equal(file_write_whole(ctx, long_path, "x", 1), QMT_ERR_IO);
    assert_message_has("choose a shorter one");
    Fault fault = {.op = FILE_OP_READ, .result = ENOTSUP};
    assert_int_equal(file_write_whole(ctx, path, "x", 1), QMT_OK);
    file_set_fault_hook(fault_at, &fault);
    assert_int_equal(file_read_whole(ctx, path, 100, &data, &n), QMT_ERR_IO);
    assert_message_has("check the file system");
}

static void relative_paths_work(void **state)
{
    (void)state;
    assert_int_equal(chdir(folder), 0);
    const QmtStatus status = file_write_whole(ctx, "data", "here", 4);
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(status, QMT_OK);
    assert_content("here");
}

/// Whoever can write in the folder can put a link where our next file will be.
static void new_files_are_not_written_through_links(void **state)
{
    (void)state;
    char victim[FILE_PATH_SIZE];
    struct stat info;
    File file = file_none();
    assert_int_equal(file_join(ctx, folder, "victim", victim), QMT_OK);
    for (int second = 0; second < 2; second++) {
        assert_int_equal(file_write_whole(ctx, victim, "mine", 4), QMT_OK);
        unlink(path);
        assert_int_equal(second ? link(victim, path) : symlink(victim, path), 0);
        assert_int_equal(file_open(ctx, path, FILE_CREATE, &file), QMT_OK);
        assert_int_equal(file_write_at(ctx, &file, "theirs!", 7, 0), QMT_OK);
        assert_int_equal(file_close(ctx, &file), QMT_OK);
        assert_content("theirs!");
        assert_int_equal(stat(victim, &info), 0);
        assert_int_equal(info.st_size, 4);
    }
    unlink(path);
    assert_int_equal(symlink(victim, path), 0);
    assert_int_equal(file_open(ctx, path, FILE_UPDATE, &file), QMT_ERR_IO);
    assert_message_has("it is a link where none may be");
    assert_int_equal(file_open(ctx, path, FILE_ANY, &file), QMT_ERR_IO);
    assert_message_has("it is a link where none may be");
    assert_content("mine"); // to read through a link is fine
}

/// Opening one would wait for somebody at the other end; the alarm ends a test that does.
static void pipes_are_refused_and_not_waited_for(void **state)
{
    (void)state;
    char *data = NULL;
    size_t n;
    File file = file_none();
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(20);
    assert_int_equal(file_read_whole(ctx, path, 100, &data, &n), QMT_ERR_IO);
    assert_message_has("is not a file but a pipe");
    assert_int_equal(file_open(ctx, path, FILE_UPDATE, &file), QMT_ERR_IO);
    assert_int_equal(file_open(ctx, path, FILE_ANY, &file), QMT_ERR_IO);
    assert_int_equal(file_open(ctx, path, FILE_CREATE, &file), QMT_ERR_IO);
    assert_message_has("is not a file but a pipe; choose another name");
    assert_int_equal(file_write_whole(ctx, path, "x", 1), QMT_ERR_IO);
    assert_message_has("is not a file but a pipe; choose another name");
    alarm(0);
    struct stat info;
    assert_int_equal(lstat(path, &info), 0);
    assert_true(S_ISFIFO(info.st_mode)); // it does not give way
}

static void what_is_there_is_no_new_file(void **state)
{
    (void)state;
    char link_path[FILE_PATH_SIZE];
    assert_int_equal(file_join(ctx, folder, "link", link_path), QMT_OK);
    unlink(path);
    assert_int_equal(file_check_new(ctx, path, NULL), QMT_OK);
    assert_int_equal(symlink(path, link_path), 0);
    assert_int_equal(file_check_new(ctx, link_path, NULL), QMT_ERR_USAGE); // a link to nowhere
    assert_false(file_is_same(path, link_path));
    assert_int_equal(file_write_whole(ctx, path, "# ours\n", 7), QMT_OK);
    assert_true(file_is_same(path, link_path));
    assert_int_equal(file_check_new(ctx, path, NULL), QMT_ERR_USAGE);
    assert_message_has("exists already");
    assert_int_equal(file_check_new(ctx, path, "ours"), QMT_OK);
    assert_int_equal(file_check_new(ctx, path, "theirs"), QMT_ERR_USAGE);
    assert_int_equal(file_check_new(ctx, link_path, "ours"), QMT_ERR_USAGE);
    assert_int_equal(file_check_new(ctx, folder, "ours"), QMT_ERR_USAGE);
}

/// A pipe of the process itself is read to its end.
static void a_pipe_named_in_dev_is_read(void **state)
{
    (void)state;
    int ends[2];
    char name[64], *data = NULL;
    size_t n;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "water", 5), 5);
    close(ends[1]);
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    assert_int_equal(file_read_whole(ctx, name, 100, &data, &n), QMT_OK);
    assert_string_equal(data, "water");
    free(data);
    close(ends[0]);
}

static void a_file_that_lost_its_name_is_noticed(void **state)
{
    (void)state;
    File file = file_none();
    assert_int_equal(file_open(ctx, path, FILE_CREATE, &file), QMT_OK);
    assert_int_equal(file_check_there(ctx, &file), QMT_OK);
    unlink(path);
    assert_int_equal(file_check_there(ctx, &file), QMT_ERR_IO);
    assert_message_has("was removed while it was being written");
    file_abandon(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(signals_and_short_writes_lose_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_replacement_leaves_the_old_file, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_disk_says_how_many_bytes_were_wanted, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_limit_on_file_sizes_is_an_error_like_any_other, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(failures_of_every_operation_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(folders_are_made_with_their_parents, setup, teardown),
        cmocka_unit_test_setup_teardown(paths_too_long_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(relative_paths_work, setup, teardown),
        cmocka_unit_test_setup_teardown(new_files_are_not_written_through_links, setup, teardown),
        cmocka_unit_test_setup_teardown(pipes_are_refused_and_not_waited_for, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_there_is_no_new_file, setup, teardown),
        cmocka_unit_test_setup_teardown(a_pipe_named_in_dev_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_that_lost_its_name_is_noticed, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
