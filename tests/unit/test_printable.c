#include "support/check.h"

#include <string.h>

#include "base/printable.h"

static void expect(const char *text, const char *wanted)
{
    char out[64], again[64];
    assert_string_equal(text_printable(text, out, sizeof out), wanted);
    assert_string_equal(text_printable(out, again, sizeof again), wanted);
    assert_true(text_is_printable(out));
    assert_int_equal(text_is_printable(text), strcmp(text, wanted) == 0);
}

static void text_that_is_seen_stays(void **state)
{
    (void)state;
    expect("", "");
    expect("2-Methyl-propan C:\\x \"q\"", "2-Methyl-propan C:\\x \"q\"");
    expect("\xC3\xA9thanol \xE6\xB0\xB4 \xF0\x9F\x92\xA7",
           "\xC3\xA9thanol \xE6\xB0\xB4 \xF0\x9F\x92\xA7");
}

static void line_breaks_become_blanks(void **state)
{
    (void)state;
    expect("complete\n  PASS\tall\r", "complete   PASS all ");
}

static void what_steers_a_terminal_is_spelled_out(void **state)
{
    (void)state;
    expect("\x1B[2J\x07\x7F", "\\x1b[2J\\x07\\x7f");
    expect("a\xC2\x9B"
           "31mred",
           "a\\u009b31mred"); // CSI in one character
    expect("\x9B"
           "31m",
           "\\x9b31m"); // and as one byte
    expect("a\xE2\x80\xAE"
           "lmx.b",
           "a\\u202elmx.b");                     // right to left from here
    expect("wa\xE2\x80\x8Bter", "wa\\u200bter"); // no width
    expect("\xEF\xBB\xBFx\xE2\x80\xA9", "\\ufeffx\\u2029");
    expect("\xF3\xA0\x81\x81", "\\U000e0041");
}

static void bytes_that_are_no_utf8_are_spelled_out(void **state)
{
    (void)state;
    expect("caf\xE9", "caf\\xe9");
    expect("\xC0\x8A", "\\xc0\\x8a");          // an overlong line feed
    expect("\xED\xA0\x80", "\\xed\\xa0\\x80"); // a surrogate
    expect("\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
}

static void long_text_is_cut_between_characters(void **state)
{
    (void)state;
    char out[6];
    assert_string_equal(text_printable("abcdefgh", out, sizeof out), "abcde");
    assert_string_equal(text_printable("abc\xC3\xA9\xC3\xA9", out, sizeof out), "abc\xC3\xA9");
    assert_string_equal(text_printable("abc\x1B", out, sizeof out), "abc");
    assert_string_equal(text_printable("abc", out, 1), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_that_is_seen_stays),
        cmocka_unit_test(line_breaks_become_blanks),
        cmocka_unit_test(what_steers_a_terminal_is_spelled_out),
        cmocka_unit_test(bytes_that_are_no_utf8_are_spelled_out),
        cmocka_unit_test(long_text_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
