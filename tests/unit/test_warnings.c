#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "run/warnings.h"

static void warnings_come_back_in_their_order(void **state)
{
    (void)state;
    RunWarnings warnings = {0};
    char code[RUN_WARNING_CODE_SIZE], text[RUN_WARNING_TEXT_SIZE];
    size_t at = 0;
    assert_false(run_warning_next(&warnings, &at, code, text));
    run_warning_add(&warnings, "scf_jump", "frame %d: Epot jumps", 502);
    run_warning_add(&warnings, "energy_drift", "two\nlines: %g", 0.5);
    run_warning_add(&warnings, "scf_jump", "again");
    assert_int_equal(warnings.n, 2);
    assert_true(run_warning_has(&warnings, "energy_drift"));
    assert_false(run_warning_has(&warnings, "energy"));
    assert_true(run_warning_next(&warnings, &at, code, text));
    assert_string_equal(code, "scf_jump");
    assert_string_equal(text, "frame 502: Epot jumps");
    assert_true(run_warning_next(&warnings, &at, code, text));
    assert_string_equal(text, "two lines: 0.5");
    assert_false(run_warning_next(&warnings, &at, code, text));
}

static void lines_of_a_checkpoint_are_taken(void **state)
{
    (void)state;
    RunWarnings warnings = {0}, taken;
    run_warning_add(&warnings, "energy_drift", "it drifts: %d", 3);
    run_warning_add(&warnings, "scf_jump", "it jumps");
    run_warnings_from_lines(warnings.lines, &taken);
    assert_memory_equal(&taken, &warnings, sizeof taken);
    run_warnings_from_lines("no line\n: \ncode:\na: b", &taken);
    assert_string_equal(taken.lines, "a: b\n");
}

static void what_does_not_fit_is_counted(void **state)
{
    (void)state;
    RunWarnings warnings = {0};
    char code[RUN_WARNING_CODE_SIZE], text[RUN_WARNING_TEXT_SIZE], word[400];
    memset(word, 'x', sizeof word);
    word[sizeof word - 1] = '\0';
    for (int i = 0; i < 20; i++) {
        snprintf(code, sizeof code, "code_%d", i);
        run_warning_add(&warnings, code, "%s", word);
    }
    assert_int_equal(warnings.n + warnings.n_dropped, 20);
    assert_true(warnings.n >= 4);
    size_t at = 0, n = 0;
    for (; run_warning_next(&warnings, &at, code, text); n++)
        assert_int_equal(strlen(text), RUN_WARNING_TEXT_SIZE - 1);
    assert_int_equal(n, warnings.n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(warnings_come_back_in_their_order),
        cmocka_unit_test(lines_of_a_checkpoint_are_taken),
        cmocka_unit_test(what_does_not_fit_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
