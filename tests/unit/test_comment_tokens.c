#include "support/check.h"

#include <string.h>

#include "label/comment_tokens.h"

static void pieces_are_the_line_itself(void **state)
{
    (void)state;
    static const char LINE[] =
        "a=1  b = \"two words\" bare c='x=y' d={1 2} \"quoted word\" e=[1, 2] f=\t7\r";
    static const struct {
        const char *whole, *key, *value;
    } WANTED[] = {{"a=1", "a", "1"},         {"b = \"two words\"", "b", "two words"},
                  {"bare", "bare", NULL},    {"c='x=y'", "c", "x=y"},
                  {"d={1 2}", "d", "1 2"},   {"\"quoted word\"", "\"quoted word\"", NULL},
                  {"e=[1, 2]", "e", "1, 2"}, {"f=\t7", "f", "7"}};
    Token token;
    size_t at = 0, n = 0;
    for (; token_next(LINE, strlen(LINE), &at, &token); n++) {
        assert_true(piece_is(&token.whole, WANTED[n].whole));
        assert_true(piece_is(&token.key, WANTED[n].key));
        assert_int_equal(token.value.data != NULL, WANTED[n].value != NULL);
        if (WANTED[n].value != NULL)
            assert_true(piece_is(&token.value, WANTED[n].value));
        assert_false(token.open_ends);
    }
    assert_int_equal(n, sizeof WANTED / sizeof *WANTED);
    assert_true(token_find(LINE, strlen(LINE), "f", &token));
    assert_false(token_find(LINE, strlen(LINE), "bare", &token));
}

/// As ASE 3.22.1 cuts them.
static void quotes_backslashes_and_equals_within_values_do_not_end_them(void **state)
{
    (void)state;
    static const struct {
        const char *line, *whole, *value;
        bool waits;
    } CASES[] = {
        {"t=\"say \\\"hi\\\" x\" e=1", "t=\"say \\\"hi\\\" x\"", "say \\\"hi\\\" x", false},
        {"t=\"_JSON {\\\"a\\\": 1}\" e=1", "t=\"_JSON {\\\"a\\\": 1}\"", "_JSON {\\\"a\\\": 1}",
         false},
        {"t=\"a b\"c\"d e\" e=1", "t=\"a b\"c\"d e\"", "\"a b\"c\"d e\"", false},
        {"t=f(\"x y\") e=1", "t=f(\"x y\")", "f(\"x y\")", false},
        {"t=C:\\ new e=1", "t=C:\\ new", "C:\\ new", false},
        {"t=a = b=c e=1", "t=a = b=c", "a = b=c", false},
        {"t= e", "t= e", "e", false},
        {"t=", "t=", "", true},
        {"t=\"\" e=1", "t=\"\"", "", true},
        {"t={}", "t={}", "", true},
        {"t=a =", "t=a =", "a =", true}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Token token;
        size_t at = 0;
        assert_true(token_next(CASES[i].line, strlen(CASES[i].line), &at, &token));
        if (!piece_is(&token.whole, CASES[i].whole) || !piece_is(&token.key, "t") ||
            !piece_is(&token.value, CASES[i].value) || token.waits != CASES[i].waits ||
            token.open_ends)
            fail_msg("%s: %.*s", CASES[i].line, (int)token.whole.n, token.whole.data);
    }
}

static void what_is_no_extended_xyz_is_seen(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool extended;
    } CASES[] = {{"charge=1", true}, {"charge=1 word", true}, {"", false},
                 {"0 1", false},     {"energy: -1", false},   {"a=\"open", false},
                 {"a=1 \"b", false}, {"=1", false},           {"a=1 b={1 2", false},
                 {"a=", true},       {"it's a=1", false},     {"a=1 path\\", false},
                 {"=", false},       {"= = =", false}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(tokens_are_extended(CASES[i].line, strlen(CASES[i].line)),
                         CASES[i].extended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_the_line_itself),
        cmocka_unit_test(quotes_backslashes_and_equals_within_values_do_not_end_them),
        cmocka_unit_test(what_is_no_extended_xyz_is_seen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
