#include "support/check.h"

#include <float.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/text.h"

static QmtContext *ctx;

static int setup(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

static void lines_end_as_in_any_system(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t n_lines;
        const char *lines[3];
    } CASES[] = {
        {"", 0, {0}},
        {"\n", 1, {""}},
        {"a", 1, {"a"}},
        {"a\n", 1, {"a"}},
        {"a\r\nb\r\n", 2, {"a", "b"}},
        {"a\n\nb", 3, {"a", "", "b"}},
        {"a\r\rb\r", 3, {"a", "", "b"}},
        {"a\rb\r\r\nc", 3, {"a", "b", "c"}},
        {"\xEF\xBB\xBF"
         "a\nb\r",
         2,
         {"a", "b"}},
        {"\xEF\xBB\xBF", 0, {0}},
    };
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        Text text;
        assert_int_equal(text_from_memory(ctx, "t", CASES[c].data, strlen(CASES[c].data), &text),
                         QMT_OK);
        assert_int_equal(text.n_lines, CASES[c].n_lines);
        for (size_t l = 0; l < text.n_lines; l++)
            assert_string_equal(text.line[l], CASES[c].lines[l]);
        text_release(&text);
    }
}

static void binary_files_are_refused(void **state)
{
    (void)state;
    Text text;
    assert_int_equal(text_from_memory(ctx, "t.xyz", "a\nb\0c", 5, &text), QMT_ERR_FORMAT);
    assert_non_null(strstr(qmt_context_message(ctx), "t.xyz:2:"));
}

static void words_are_cut_at_blanks_and_tabs(void **state)
{
    (void)state;
    char line[] = " \tC  1.0\t2.0 ", *words[2];
    assert_int_equal(text_split(line, words, 2), 3);
    assert_string_equal(words[0], "C");
    assert_string_equal(words[1], "1.0");
    char blank[] = " \t ";
    assert_int_equal(text_split(blank, words, 2), 0);
    assert_true(text_is_blank(" \t "));
    assert_false(text_is_blank(" x"));
}

static void numbers_are_strict(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        double value;
    } GOOD[] = {{"1", 1.0},     {"-1.5", -1.5}, {"+2.", 2.0},    {".5", 0.5},   {"1e-3", 1e-3},
                {"1E+03", 1e3}, {"0", 0.0},     {"1e-400", 0.0}, {"00.10", 0.1}};
    static const char *const BAD[] = {
        "",     ".",   "-",     "e5",       "1e",     "1e+",   "1.0D-3", "1d0", "nan",
        "-NaN", "inf", "-Inf",  "0x10",     "1,5",    "1.0.0", "1 ",     "1f",  "1e5000",
        "abc",  "--1", "1_000", "infinity", "nan(1)", "+-1",   "1e5.0"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        double value = -99.0;
        assert_null(text_parse_double(GOOD[i].word, &value));
        assert_true(value == GOOD[i].value);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        double value = -99.0;
        if (text_parse_double(BAD[i], &value) == NULL)
            fail_msg("\"%s\" was read as a number", BAD[i]);
        assert_true(value == -99.0);
    }
    double value;
    assert_non_null(strstr(text_parse_double("1.0D-3", &value), "Fortran"));
    assert_non_null(strstr(text_parse_double("-inf", &value), "finite"));
    assert_non_null(strstr(text_parse_double("1,5", &value), "comma"));
}

static void whole_numbers_know_their_range(void **state)
{
    (void)state;
    long long value = -99;
    assert_null(text_parse_integer("+5", 0, 10, &value));
    assert_int_equal(value, 5);
    assert_null(text_parse_integer("-3", -3, 10, &value));
    assert_int_equal(value, -3);
    static const char *const BAD[] = {
        "11", "-4", "1.0", "", "-", "5x", "1e1", "99999999999999999999", "-99999999999999999999",
        "0x1"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_non_null(text_parse_integer(BAD[i], -3, 10, &value));
    assert_int_equal(value, -3);
}

static void a_formatted_double_reads_back_the_same(void **state)
{
    (void)state;
    static const struct {
        double value;
        const char *text;
    } CASES[] = {{0.1, "0.1"},
                 {3.0, "3.0"},
                 {-1.5e-7, "-1.5e-07"},
                 {0.0, "0.0"},
                 {NAN, "null"},
                 {INFINITY, "null"},
                 {1.0 / 3.0, "0.3333333333333333"},
                 {1e300, "1e+300"}};
    char out[TEXT_DOUBLE_SIZE];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        assert_int_equal(text_format_double(CASES[i].value, out), strlen(CASES[i].text));
        assert_string_equal(out, CASES[i].text);
    }
    uint64_t bits = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        double value, back;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        assert_true(text_format_double(value, out) < TEXT_DOUBLE_SIZE);
        assert_null(text_parse_double(out, &back));
        assert_true(back == value);
    }
    text_format_double(-DBL_MAX, out);
    text_format_double(-DBL_TRUE_MIN, out);
}

static void numbers_are_the_same_in_every_locale(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE"};
    bool found = false;
    for (size_t i = 0; i < 4 && !found; i++)
        found = setlocale(LC_ALL, NAMES[i]) != NULL;
    if (!found) {
        print_message("no locale with a decimal comma is installed; nothing to compare\n");
        skip();
    }
    double value = 0.0;
    char out[TEXT_DOUBLE_SIZE];
    assert_null(text_parse_double("1.5", &value));
    text_format_double(2.5, out);
    setlocale(LC_ALL, "C");
    assert_true(value == 1.5);
    assert_string_equal(out, "2.5");
}

static void utf8_is_checked(void **state)
{
    (void)state;
    static const char *const GOOD[] = {
        "", "abc", "\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"};
    static const char *const BAD[] = {
        "\x80", "\xC3",      "\xC0\xAF", "\xE0\x80\x80",    "\xED\xA0\x80", "\xF4\x90\x80\x80",
        "\xFF", "a\xE2\x82", "\xC3(",    "\xF0\x80\x80\x80"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        assert_true(text_is_utf8(GOOD[i], strlen(GOOD[i])));
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_false(text_is_utf8(BAD[i], strlen(BAD[i])));
}

static void whole_numbers_may_have_a_point(void **state)
{
    (void)state;
    int value = 0;
    assert_true(text_parse_whole("3.0", 0, 5, &value));
    assert_int_equal(value, 3);
    assert_true(text_parse_whole("-2.", -5, 5, &value));
    assert_int_equal(value, -2);
    assert_false(text_parse_whole("2.5", 0, 5, &value));
    assert_false(text_parse_whole("6", 0, 5, &value));
    assert_false(text_parse_whole("-1.0", 0, 5, &value));
    assert_false(text_parse_whole("nan", 0, 5, &value));
    assert_false(text_parse_whole("", 0, 5, &value));
    assert_int_equal(value, -2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_may_have_a_point),
        cmocka_unit_test(lines_end_as_in_any_system),
        cmocka_unit_test(binary_files_are_refused),
        cmocka_unit_test(words_are_cut_at_blanks_and_tabs),
        cmocka_unit_test(numbers_are_strict),
        cmocka_unit_test(whole_numbers_know_their_range),
        cmocka_unit_test(a_formatted_double_reads_back_the_same),
        cmocka_unit_test(numbers_are_the_same_in_every_locale),
        cmocka_unit_test(utf8_is_checked),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
