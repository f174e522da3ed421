#include "support/check.h"

#include <string.h>

#include <qmtraj/text.h>

#include "cli/columns.h"
#include "cli/progress.h"

static void times_say_their_unit(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } times[] = {{0.0, "0 s"},           {35.4, "35 s"},        {99.4, "99 s"},
                 {150.0, "3 min"},       {3540.0, "59 min"},    {3599.0, "1 h 0 min"},
                 {4800.0, "1 h 20 min"}, {183840.0, "2 d 3 h"}, {-1.0, "-"},
                 {1e300, "-"},           {(double)NAN, "-"}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        char text[PROGRESS_TIME_SIZE];
        progress_time_text(times[i].seconds, text);
        assert_string_equal(text, times[i].text);
    }
}

static void every_tenth_is_said_once(void **state)
{
    (void)state;
    ProgressEntry entry = {0};
    int n_said = 0;
    for (int64_t step = 0; step <= 1000; step++)
        n_said += progress_take(&entry, &(QmtProgress){.step = step, .n_steps = 1000});
    assert_int_equal(n_said, 10);

    entry = (ProgressEntry){0};
    assert_true(progress_take(&entry, &(QmtProgress){.step = 500, .n_steps = 1000}));
    assert_false(progress_take(&entry, &(QmtProgress){.step = 599, .n_steps = 1000}));
    assert_false(progress_take(&entry, &(QmtProgress){.step = 0, .n_steps = 0}));
}

static const QmtProgress PROGRESS = {.phase = "production",
                                     .step = 42000,
                                     .n_steps = 10000000,
                                     .time_ps = 2.1,
                                     .ms_per_step = 0.5,
                                     .left_s = 4979.0};

static void a_line_has_all_figures(void **state)
{
    (void)state;
    char line[PROGRESS_LINE_SIZE];
    progress_line("glycine", 100, &PROGRESS, line);
    static const char *const parts[] = {"glycine   ", "   0 %",        "production",
                                        "2.100 ps",   "0.500 ms/step", "1 h 23 min left"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(line, parts[i]) == NULL)
            fail_msg("no \"%s\" in \"%s\"", parts[i], line);
}

static void one_that_was_not_heard_of_is_at_its_start(void **state)
{
    (void)state;
    char line[PROGRESS_LINE_SIZE];
    progress_line("glycine", 79, &(QmtProgress){0}, line);
    if (strstr(line, "start") == NULL || strstr(line, "null") != NULL ||
        strstr(line, "left") != NULL)
        fail_msg("\"%s\"", line);
}

static void no_line_is_wider_than_its_window(void **state)
{
    (void)state;
    static const char *const labels[] = {
        "a", "a_name_that_is_much_longer_than_any_window_is_wide_because_somebody_wrote_it/r07",
        "Wässer-\xE6\xB0\xB4\xE6\xB0\xB4\xE6\xB0\xB4\xE6\xB0\xB4\xE6\xB0\xB4\xE6\xB0\xB4"};
    const QmtTotals job = {.n = 5000,
                           .n_complete = 412,
                           .n_running = 30,
                           .n_waiting = 4583,
                           .n_failed = 3,
                           .n_rejected = 750,
                           .left_s = 7800.0};
    for (int columns = 32; columns <= 160; columns++) {
        char line[PROGRESS_LINE_SIZE];
        for (size_t i = 0; i < 3; i++) {
            progress_line(labels[i], columns, &PROGRESS, line);
            if (qmt_text_columns(line) > columns || strstr(line, "1 h 23 min left") == NULL)
                fail_msg("%d columns: \"%s\"", columns, line);
        }
        job_line(&job, columns, line);
        if (qmt_text_columns(line) > columns || strstr(line, "2 h 10 min left") == NULL)
            fail_msg("%d columns: \"%s\"", columns, line);
    }
}

static void a_job_line_counts_what_there_is(void **state)
{
    (void)state;
    char line[PROGRESS_LINE_SIZE];
    const QmtTotals job = {.n = 5000,
                           .n_complete = 412,
                           .n_running = 2,
                           .n_waiting = 4583,
                           .n_failed = 3,
                           .left_s = 7800.0};
    job_line(&job, 80, line);
    assert_string_equal(line,
                        "412/5000 complete, 2 running, 4583 waiting, 3 failed, 2 h 10 min left");
    job_line(&(QmtTotals){.n = 3, .n_complete = 3, .left_s = (double)NAN}, 80, line);
    assert_string_equal(line, "3/3 complete");
}

static void names_lose_their_middle(void **state)
{
    (void)state;
    char text[200];
    assert_string_equal(qmt_text_shorten("glycine", 7, text, sizeof text), "glycine");
    assert_string_equal(qmt_text_shorten("tetrahydrothiophene", 9, text, sizeof text), "tetr..ene");
    assert_string_equal(text_cell("water", 8, text, sizeof text), "water   ");
    assert_string_equal(text_cell("W\xC3\xA4sser", 8, text, sizeof text), "W\xC3\xA4sser  ");
    assert_int_equal(qmt_text_columns("\xE6\xB0\xB4"), 2);
    assert_int_equal(qmt_text_columns(qmt_text_shorten("\xE6\xB0\xB4\xE6\xB0\xB4\xE6\xB0\xB4", 5,
                                                       text, sizeof text)),
                     4);
    // an escape sequence is shown, not sent
    assert_string_equal(qmt_text_shorten("a\033[31mb", 20, text, sizeof text), "a\\x1b[31mb");
}

static void trajectories_of_a_molecule_stay_apart(void **state)
{
    (void)state;
    static const struct {
        const char *label, *cell;
        int columns;
    } cells[] = {{"glycine/T0300/r01.q001", "glycine/T0300/r01.q001", 22},
                 {"tetrahydrothiophene/T0300/r01.q001", "te..ne/T0300/r01.q001", 21},
                 {"tetrahydrothiophene.q001", "tetr..ene.q001", 14},
                 {"tetrahydrothiophene.quick", "tetra..quick", 12},
                 {"glycine/r01", "glycine/r01  ", 13},
                 {"glycine/T0300/r01.q001", "glyci..q001", 11}};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        char text[200];
        assert_string_equal(label_cell(cells[i].label, cells[i].columns, text, sizeof text),
                            cells[i].cell);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_say_their_unit),
        cmocka_unit_test(every_tenth_is_said_once),
        cmocka_unit_test(a_line_has_all_figures),
        cmocka_unit_test(one_that_was_not_heard_of_is_at_its_start),
        cmocka_unit_test(no_line_is_wider_than_its_window),
        cmocka_unit_test(a_job_line_counts_what_there_is),
        cmocka_unit_test(names_lose_their_middle),
        cmocka_unit_test(trajectories_of_a_molecule_stay_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
