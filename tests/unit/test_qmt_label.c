#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static QmtContext *ctx;
static uint64_t said;

static int context_make(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) != QMT_OK;
}

static int context_drop(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

static void count_progress(void *user, const QmtLabelCounts *counts)
{
    (void)user;
    said = counts->n_done;
}

static void a_file_is_labelled(void **state)
{
    (void)state;
    char in[] = "/tmp/test_qmt_label_XXXXXX", out[64], rejected[96];
    const int fd = mkstemp(in);
    static const char TEXT[] = "1\nmultiplicity=2\nH 0 0 0\n1\n\nH 0 0 0\n1\n\nHe 0 0 0\n";
    assert_true(fd >= 0);
    assert_int_equal(write(fd, TEXT, strlen(TEXT)), strlen(TEXT));
    close(fd);
    snprintf(out, sizeof out, "%s.out", in);
    snprintf(rejected, sizeof rejected, "%s.rejected.tsv", out);
    QmtLabelCounts counts = {0};
    QmtLabelOptions options = qmt_label_options_default();
    options.n_workers = 2;
    assert_int_equal(qmt_label_file(ctx, NULL, in, out, &options, count_progress, NULL, &counts),
                     QMT_ERR_PARTIAL);
    assert_int_equal(counts.n_frames, 3);
    assert_int_equal(counts.n_done, 3);
    assert_int_equal(counts.n_failed, 1);
    assert_int_equal(counts.n_left_out, 0);
    assert_int_equal(said, 3);
    assert_int_equal(unlink(out), 0);
    assert_int_equal(unlink(rejected), 0);
    unlink(in);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    QmtLabelOptions options = qmt_label_options_default();
    REFUSED(qmt_label_file(NULL, NULL, "a", "b", NULL, NULL, NULL, NULL));
    REFUSED(qmt_label_file(ctx, NULL, NULL, "b", NULL, NULL, NULL, NULL));
    REFUSED(qmt_label_file(ctx, NULL, "a", NULL, NULL, NULL, NULL, NULL));
    options.struct_size = 3;
    REFUSED(qmt_label_file(ctx, NULL, "a", "b", &options, NULL, NULL, NULL));
    assert_int_equal(qmt_label_file(ctx, NULL, "/nowhere/a", "/nowhere/b", NULL, NULL, NULL, NULL),
                     QMT_ERR_IO);
    qmt_label_options_init(NULL, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_file_is_labelled),
                                       cmocka_unit_test(nonsense_is_refused)};
    return cmocka_run_group_tests(tests, context_make, context_drop);
}
