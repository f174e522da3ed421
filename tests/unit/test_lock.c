#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/lock.h"

static QmtContext *ctx;
static char folder[64], path[FILE_PATH_SIZE];

static int setup(void **state)
{
    (void)state;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    strcpy(folder, "/tmp/qmtraj_lock_XXXXXX");
    assert_non_null(mkdtemp(folder));
    assert_int_equal(file_join(ctx, folder, "lock", path), QMT_OK);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
    qmt_context_destroy(&ctx);
    return 0;
}

/// A lock is of an open file, so a second one of the same process is refused like that of another.
static void one_holds_it_and_the_other_learns_who(void **state)
{
    (void)state;
    File lock = file_none(), second = file_none();
    char holder[LOCK_HOLDER_SIZE], wanted[64];
    assert_int_equal(lock_look(path, holder), LOCK_FREE);
    assert_int_equal(lock_take(ctx, path, 0.0, &lock, holder), QMT_OK);
    snprintf(wanted, sizeof wanted, "process %ld on ", (long)getpid());
    assert_int_equal(lock_take(ctx, path, 0.0, &second, holder), QMT_ERR_LOCKED);
    assert_non_null(strstr(holder, wanted));
    assert_int_equal(lock_look(path, holder), LOCK_HELD);
    assert_non_null(strstr(holder, wanted));
    lock_give_back(&lock);
    assert_int_equal(lock_look(path, holder), LOCK_FREE);
    assert_int_not_equal(access(path, F_OK), 0);
}

/// The text in the file is of one who is gone, or was put there: the system knows better.
static void a_foreign_reader_is_named_by_the_system(void **state)
{
    (void)state;
    File lock = file_none();
    char holder[LOCK_HOLDER_SIZE], wanted[64];
    assert_int_equal(file_write_whole(ctx, path, "process 1 on moon\x1B[2J\n", 22), QMT_OK);
    File reader = file_none();
    assert_int_equal(file_open(ctx, path, FILE_READ, &reader), QMT_OK);
    assert_int_equal(flock(reader.fd, LOCK_SH | LOCK_NB), 0);
    assert_int_equal(lock_take(ctx, path, 0.0, &lock, holder), QMT_ERR_LOCKED);
    snprintf(wanted, sizeof wanted, "process %ld (test_unit_lock) of user %lu", (long)getpid(),
             (unsigned long)getuid());
    if (strncmp(holder, "process 1 on", 12) == 0) { // where /proc/locks is not seen
        assert_string_equal(holder, "process 1 on moon\\x1b[2J");
        print_message("the system names no holders of locks here\n");
    } else {
        assert_string_equal(holder, wanted);
    }
    file_abandon(&reader);
}

static void a_link_or_second_name_is_no_lock(void **state)
{
    (void)state;
    File lock = file_none();
    char victim[FILE_PATH_SIZE];
    assert_int_equal(file_join(ctx, folder, "victim", victim), QMT_OK);
    assert_int_equal(file_write_whole(ctx, victim, "mine", 4), QMT_OK);
    assert_int_equal(symlink(victim, path), 0);
    assert_int_equal(lock_take(ctx, path, 0.0, &lock, NULL), QMT_ERR_IO);
    assert_non_null(strstr(qmt_context_message(ctx), "it is a link"));
    unlink(path);
    assert_int_equal(link(victim, path), 0);
    assert_int_equal(lock_take(ctx, path, 0.0, &lock, NULL), QMT_ERR_IO);
    assert_non_null(strstr(qmt_context_message(ctx), "a second name"));
    struct stat info;
    assert_int_equal(stat(victim, &info), 0);
    assert_int_equal(info.st_size, 4);
    unlink(victim);
}

static void what_cannot_be_read_is_unknown(void **state)
{
    (void)state;
    char holder[LOCK_HOLDER_SIZE];
    if (geteuid() == 0)
        skip(); // to whom nothing is forbidden
    assert_int_equal(file_write_whole(ctx, path, "", 0), QMT_OK);
    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(lock_look(path, holder), LOCK_UNKNOWN);
    assert_string_equal(holder, "its lock cannot be read: Permission denied");
}

static void locks_of_one_machine_are_told_from_shared_ones(void **state)
{
    (void)state;
    static const char *const SHARED[] = {
        "36 25 0:31 / /home rw,relatime - nfs4 server:/home rw,vers=4.2,local_lock=none\n",
        "40 25 1:7 / /scratch rw - lustre 10.0.0.1@o2ib:/scratch rw,flock,lazystatfs\n",
        "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"};
    static const char *const LOCAL[] = {
        "36 25 0:31 / /home rw - nfs server:/home rw,vers=3,local_lock=flock\n",
        "36 25 0:31 / /home rw - nfs server:/home rw,vers=3,nolock,local_lock=all\n",
        "40 25 1:7 / /scratch rw - lustre 10.0.0.1@o2ib:/scratch rw,localflock\n"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(lock_mount_is_shared(SHARED[i]));
        assert_false(lock_mount_is_shared(LOCAL[i]));
    }
    assert_true(lock_is_shared("/tmp"));
    assert_false(lock_is_shared("/tmp/of this name there is nothing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_holds_it_and_the_other_learns_who, setup, teardown),
        cmocka_unit_test_setup_teardown(a_foreign_reader_is_named_by_the_system, setup, teardown),
        cmocka_unit_test_setup_teardown(a_link_or_second_name_is_no_lock, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_unknown, setup, teardown),
        cmocka_unit_test(locks_of_one_machine_are_told_from_shared_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
