#include "support/check.h"

#include <string.h>

#include "campaign/progress.h"
#include "md/md.h"

static void times_read_like_a_clock(void **state)
{
    (void)state;
    static const struct {
        double seconds;
        const char *text;
    } times[] = {{0.0, "0:00"},           {35.4, "0:35"}, {59.6, "1:00"}, {3723.0, "1:02:03"},
                 {183840.0, "2 d 03:04"}, {-1.0, "-"},    {1e300, "-"},   {(double)NAN, "-"}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        char text[32];
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
        n_said += progress_take(&entry, &(RunProgress){.step = step, .n_steps = 1000});
    assert_int_equal(n_said, 10);

    entry = (ProgressEntry){0};
    assert_true(progress_take(&entry, &(RunProgress){.step = 500, .n_steps = 1000}));
    assert_false(progress_take(&entry, &(RunProgress){.step = 599, .n_steps = 1000}));
    assert_false(progress_take(&entry, &(RunProgress){.step = 0, .n_steps = 0}));
}

static void a_line_has_all_figures(void **state)
{
    (void)state;
    char line[PROGRESS_LINE_SIZE];
    progress_line("glycine", 10,
                  &(RunProgress){.phase = MD_PRODUCTION,
                                 .step = 42000,
                                 .n_steps = 100000,
                                 .time_ps = 2.1,
                                 .ms_per_step = 0.5},
                  line);
    static const char *const parts[] = {"glycine   ", " 42 %",         "production",
                                        "2.100 ps",   "0.500 ms/step", "ETA 0:29"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(line, parts[i]) == NULL)
            fail_msg("no \"%s\" in \"%s\"", parts[i], line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_read_like_a_clock),
        cmocka_unit_test(every_tenth_is_said_once),
        cmocka_unit_test(a_line_has_all_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
