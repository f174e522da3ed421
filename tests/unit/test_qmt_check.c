#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static QmtContext *ctx;

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

static void a_damaged_file_is_a_report(void **state)
{
    (void)state;
    char path[] = "/tmp/test_qmt_check_XXXXXX";
    QmtCheckReport *report = NULL;
    const int file = mkstemp(path);
    assert_int_equal(write(file, "no archive", 10), 10);
    close(file);
    assert_int_equal(qmt_check_file(ctx, path, NULL, &report), QMT_OK);
    assert_int_equal(qmt_check_worst(report), QMT_CHECK_FAIL);
    assert_string_equal(qmt_check_name(0), "archive");
    assert_int_equal(qmt_check_verdict(report, 0), QMT_CHECK_FAIL);
    assert_string_not_equal(qmt_check_sentence(report, 0), "");
    assert_null(qmt_check_name(qmt_check_count()));
    assert_string_equal(qmt_check_sentence(report, qmt_check_count()), "");
    assert_int_equal(qmt_check_verdict(report, qmt_check_count()), QMT_CHECK_NOT_RUN);
    qmt_check_report_destroy(&report);
    qmt_check_report_destroy(&report);
    qmt_check_report_destroy(NULL);
    unlink(path);
}

enum { N_FILES = 5 };

/// What came, in the order in which it came.
typedef struct {
    size_t n, file[N_FILES], n_unread, n_failed;
} Taken;

static void result_note(void *user, size_t file, const QmtCheckedFile *checked)
{
    Taken *const taken = user;
    taken->file[taken->n++] = file;
    taken->n_unread += checked->status == QMT_ERR_IO && checked->report == NULL &&
                       strstr(checked->message, "/nowhere/a.npz") != NULL;
    taken->n_failed += checked->status == QMT_OK && checked->message[0] == '\0' &&
                       qmt_check_worst(checked->report) == QMT_CHECK_FAIL;
}

/// A file that cannot be read stops no other.
static void results_come_in_the_order_of_the_files(void **state)
{
    (void)state;
    char path[] = "/tmp/test_qmt_check_XXXXXX";
    const int file = mkstemp(path);
    assert_int_equal(write(file, "no archive", 10), 10);
    close(file);
    const char *const paths[N_FILES] = {path, "/nowhere/a.npz", path, path, "/nowhere/a.npz"};
    for (size_t n_workers = 0; n_workers <= 3; n_workers++) {
        Taken taken = {0};
        assert_int_equal(qmt_check_files(ctx, paths, N_FILES, NULL, n_workers, result_note, &taken),
                         QMT_OK);
        assert_int_equal(taken.n, N_FILES);
        for (size_t i = 0; i < N_FILES; i++)
            assert_int_equal(taken.file[i], i);
        assert_int_equal(taken.n_unread, 2);
        assert_int_equal(taken.n_failed, 3);
    }
    unlink(path);
}

static void null_and_nonsense_are_arguments(void **state)
{
    (void)state;
    QmtCheckReport *report = NULL;
    REFUSED(qmt_check_file(ctx, NULL, NULL, &report));
    REFUSED(qmt_check_file(ctx, "a.npz", NULL, NULL));
    REFUSED(qmt_check_file(NULL, "a.npz", NULL, &report));
    REFUSED(qmt_check_file(ctx, "a.npz", &(QmtCheckOptions){0}, &report));
    assert_int_equal(qmt_check_file(ctx, "/nowhere/a.npz", NULL, &report), QMT_ERR_IO);
    const char *const hole[] = {"a.npz", NULL}, *const *const no_paths = NULL;
    Taken taken = {0};
    REFUSED(qmt_check_files(ctx, no_paths, 1, NULL, 1, result_note, &taken));
    REFUSED(qmt_check_files(ctx, hole, 2, NULL, 1, result_note, &taken));
    REFUSED(qmt_check_files(ctx, hole, 1, NULL, 1, NULL, &taken));
    REFUSED(qmt_check_files(ctx, hole, 1, &(QmtCheckOptions){0}, 1, result_note, &taken));
    REFUSED(qmt_check_files(NULL, hole, 1, NULL, 1, result_note, &taken));
    assert_int_equal(qmt_check_files(ctx, no_paths, 0, NULL, 1, result_note, &taken), QMT_OK);
    assert_int_equal(taken.n, 0);
    assert_int_equal(qmt_check_worst(NULL), QMT_CHECK_NOT_RUN);
    assert_string_equal(qmt_check_sentence(NULL, 0), "");
    assert_string_equal(qmt_verdict_name(QMT_CHECK_WARN), "WARN");
    assert_string_equal(qmt_verdict_name((QmtVerdict)9), "");
    qmt_check_options_init(NULL, 8);
}

static void words_and_numbers(void **state)
{
    (void)state;
    static const char *const fruit[] = {"apple", "pear"};
    char text[64];
    double value = 3.0;
    long long whole = 3;
    assert_string_equal(qmt_text_printable("a\x1B[2J\nb", text, sizeof text), "a\\x1b[2J b");
    assert_string_equal(qmt_text_printable(NULL, text, sizeof text), "");
    assert_string_equal(qmt_text_printable("a", NULL, 5), "");
    assert_string_equal(qmt_text_printable("a", text, 0), "");
    assert_string_equal(qmt_text_suggest("aple", fruit, 2, text, sizeof text),
                        ", did you mean apple?");
    assert_string_equal(qmt_text_suggest("aple", fruit, 0, text, sizeof text), "");
    assert_string_equal(qmt_text_suggest(NULL, fruit, 2, text, sizeof text), "");
    assert_string_equal(qmt_text_of_number(0.1, text, sizeof text), "0.1");
    assert_string_equal(qmt_text_of_number(0.1, NULL, 0), "");
    assert_null(qmt_text_to_number("1.5e-3", &value));
    CHECK_NEAR(value, 1.5e-3, 0.0);
    assert_non_null(qmt_text_to_number("much", &value));
    assert_non_null(qmt_text_to_number(NULL, &value));
    assert_null(qmt_text_to_number("1", NULL));
    assert_null(qmt_text_to_integer("7", 1, 10, &whole));
    assert_int_equal(whole, 7);
    assert_non_null(qmt_text_to_integer("11", 1, 10, &whole));
    assert_non_null(qmt_text_to_integer(NULL, 1, 10, &whole));
    qmt_text_free(NULL);
}

static void text_fits_a_terminal(void **state)
{
    (void)state;
    char text[64], *json = qmt_text_json_printable("{\"a\": \"\xC2\x9B\xFF\"}");
    assert_string_equal(json, "{\"a\": \"\\u009b\\ufffd\"}");
    qmt_text_free(json);
    assert_null(qmt_text_json_printable(NULL));
    assert_int_equal(qmt_text_columns("wasser"), 6);
    assert_int_equal(qmt_text_columns("\xE6\xB0\xB4"), 2); // an East Asian wide character
    assert_int_equal(qmt_text_columns(NULL), 0);
    assert_string_equal(qmt_text_shorten("molecule_0001", 9, text, sizeof text), "mole..001");
    assert_string_equal(qmt_text_shorten("water", 9, text, sizeof text), "water");
    assert_string_equal(qmt_text_shorten(NULL, 9, text, sizeof text), "");
    assert_string_equal(qmt_text_shorten("water", 9, NULL, 9), "");
    assert_string_equal(qmt_text_shorten("water", 9, text, 0), "");
}

static void callers_leave_failures_and_notes_too(void **state)
{
    (void)state;
    assert_int_equal(qmt_context_fail(ctx, QMT_ERR_INPUT, QMT_HINT_SHORTER_STEP, "no\nbread"),
                     QMT_ERR_INPUT);
    qmt_context_set_subject(ctx, "kitchen");
    assert_string_equal(qmt_context_message(ctx), "kitchen: no bread");
    assert_int_equal(qmt_context_hint(ctx), QMT_HINT_SHORTER_STEP);
    assert_int_equal(qmt_context_fail(NULL, QMT_ERR_INPUT, QMT_HINT_NONE, "a"), QMT_ERR_INPUT);
    assert_int_equal(qmt_context_fail(ctx, QMT_ERR_IO, QMT_HINT_NONE, NULL), QMT_ERR_IO);
    qmt_context_set_subject(NULL, "a");
    qmt_context_set_subject(ctx, NULL);
    qmt_context_note(NULL, QMT_LOG_INFO, "a");
    qmt_context_note(ctx, QMT_LOG_INFO, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_damaged_file_is_a_report),
        cmocka_unit_test(null_and_nonsense_are_arguments),
        cmocka_unit_test(results_come_in_the_order_of_the_files),
        cmocka_unit_test(words_and_numbers),
        cmocka_unit_test(text_fits_a_terminal),
        cmocka_unit_test(callers_leave_failures_and_notes_too),
    };
    return cmocka_run_group_tests(tests, context_make, context_drop);
}
