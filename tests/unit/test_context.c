#include "support/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "qmtraj/version.h"

static void every_status_has_name_and_sentence(void **state)
{
    (void)state;
#define CHECK_STATUS(name, sentence)                                                               \
    assert_string_equal(qmt_status_name(name), #name);                                             \
    assert_string_equal(qmt_status_sentence(name), sentence);
    QMT_STATUS_LIST(CHECK_STATUS)
#undef CHECK_STATUS
    assert_int_equal(QMT_OK, 0);
    assert_string_equal(qmt_status_name(QMT_STATUS_COUNT), "unknown status");
    assert_string_equal(qmt_status_sentence(QMT_STATUS_COUNT), "unknown status");
}

static void failures_leave_their_sentence(void **state)
{
    (void)state;
    QmtContext *ctx = NULL;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    assert_string_equal(qmt_context_message(ctx), "");
    assert_int_equal(FAIL(ctx, QMT_ERR_IO, "%s: line %d", "water.xyz", 4), QMT_ERR_IO);
    assert_string_equal(qmt_context_message(ctx), "water.xyz: line 4");
    context_set_subject(ctx, "job %d", 7);
    assert_string_equal(qmt_context_message(ctx), "job 7: water.xyz: line 4");
    assert_string_equal(qmt_context_subject(ctx), "job 7");
    // The old sentence may be an argument of the new one.
    FAIL(ctx, QMT_ERR_IO, "again: %s", qmt_context_message(ctx));
    assert_string_equal(qmt_context_message(ctx), "again: job 7: water.xyz: line 4");
    // What a broken file brings along stays one line and steers no terminal.
    FAIL(ctx, QMT_ERR_FORMAT, "t.xyz: \"%s\"", "a\nb\x1B[2J");
    assert_string_equal(qmt_context_message(ctx), "t.xyz: \"a b\\x1b[2J\"");
    qmt_context_destroy(&ctx);
    assert_null(ctx);
    qmt_context_destroy(&ctx);
    qmt_context_destroy(NULL);
}

static void long_sentences_are_cut(void **state)
{
    (void)state;
    QmtContext *ctx = NULL;
    char text[3000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    FAIL(ctx, QMT_ERR_IO, "%s", text);
    assert_int_equal(strlen(qmt_context_message(ctx)), sizeof ctx->message.text - 1);
    context_append(ctx, "; and more");
    assert_int_equal(strlen(qmt_context_message(ctx)), sizeof ctx->message.text - 1);
    context_set_subject(ctx, "place");
    assert_int_equal(strncmp(qmt_context_message(ctx), "place: aaa", 10), 0);
    context_set_subject(ctx, "%s", text);
    assert_true(strlen(qmt_context_message(ctx)) < sizeof ctx->sentence);
    qmt_context_destroy(&ctx);
}

static void a_failure_can_be_kept_while_cleaning_up(void **state)
{
    (void)state;
    QmtContext *ctx = NULL;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    FAIL_HINT(ctx, QMT_ERR_SCF, QMT_HINT_WARMER_ELECTRONS, "no convergence");
    context_set_subject(ctx, "water");
    const Message kept = context_keep(ctx);
    FAIL(ctx, QMT_ERR_IO, "water.tmp: cannot be removed");
    assert_int_equal(qmt_context_hint(ctx), QMT_HINT_NONE);
    assert_int_equal(context_restore(ctx, &kept), QMT_ERR_SCF);
    assert_string_equal(qmt_context_message(ctx), "water: no convergence");
    assert_int_equal(qmt_context_hint(ctx), QMT_HINT_WARMER_ELECTRONS);
    qmt_context_destroy(&ctx);
}

static void a_hint_is_spent_once(void **state)
{
    (void)state;
    QmtContext *ctx = NULL;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    FAIL_HINT(ctx, QMT_ERR_SCF, QMT_HINT_WARMER_ELECTRONS, "no convergence");
    for (int i = 0; i < 2; i++)
        context_spend_hint(ctx, qmt_hint_sentence(qmt_context_hint(ctx)));
    assert_string_equal(qmt_context_message(ctx),
                        "no convergence; raise the electronic temperature");
    qmt_context_destroy(&ctx);
}

static void every_hint_has_words(void **state)
{
    (void)state;
    for (int hint = QMT_HINT_NONE + 1; hint < QMT_HINT_COUNT; hint++)
        assert_string_not_equal(qmt_hint_sentence((QmtHint)hint), "");
    assert_string_equal(qmt_hint_sentence(QMT_HINT_NONE), "");
    assert_string_equal(qmt_hint_sentence(QMT_HINT_COUNT), "");
    assert_string_equal(qmt_hint_sentence((QmtHint)-1), "");
}

typedef struct {
    int n;
    QmtLogLevel level;
    char sentence[64];
} Seen;

static void listen(void *user, QmtLogLevel level, const char *sentence)
{
    Seen *seen = user;
    seen->n++;
    seen->level = level;
    strncpy(seen->sentence, sentence, sizeof seen->sentence - 1);
}

static void notes_reach_the_log_function(void **state)
{
    (void)state;
    QmtContext *ctx = NULL;
    Seen seen = {0};
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    context_log(ctx, QMT_LOG_WARNING, "nobody listens");
    qmt_context_set_log(ctx, listen, &seen);
    context_log(ctx, QMT_LOG_WARNING, "drift %.1f", 0.5);
    assert_int_equal(seen.n, 1);
    assert_int_equal(seen.level, QMT_LOG_WARNING);
    assert_string_equal(seen.sentence, "drift 0.5");
    assert_string_equal(qmt_context_message(ctx), ""); // a note is no failure
    qmt_context_destroy(&ctx);
}

static void instruction_set_can_be_forced(void **state)
{
    (void)state;
    QmtContext *ctx = NULL;
    setenv("QMTRAJ_ISA", "generic", 1);
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    assert_string_equal(qmt_context_isa(ctx), "generic");
    qmt_context_destroy(&ctx);
    setenv("QMTRAJ_ISA", "sse9", 1);
    assert_int_equal(qmt_context_create(&ctx), QMT_ERR_USAGE);
    assert_non_null(ctx);
    assert_non_null(strstr(qmt_context_message(ctx), "QMTRAJ_ISA=sse9"));
    qmt_context_destroy(&ctx);
    unsetenv("QMTRAJ_ISA");
}

static void versions_are_words(void **state)
{
    (void)state;
    assert_true(strlen(qmt_version()) >= 5);
    assert_int_equal(strlen(qmt_parameter_checksum()), 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_name_and_sentence),
        cmocka_unit_test(failures_leave_their_sentence),
        cmocka_unit_test(long_sentences_are_cut),
        cmocka_unit_test(a_failure_can_be_kept_while_cleaning_up),
        cmocka_unit_test(a_hint_is_spent_once),
        cmocka_unit_test(every_hint_has_words),
        cmocka_unit_test(notes_reach_the_log_function),
        cmocka_unit_test(instruction_set_can_be_forced),
        cmocka_unit_test(versions_are_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
