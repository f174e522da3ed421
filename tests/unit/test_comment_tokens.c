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

static void what_is_no_extended_xyz_is_seen(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool extended;
    } CASES[] = {{"charge=1", true},    {"charge=1 word", true},
                 {"", false},           {"0 1", false},
                 {"energy: -1", false}, {"a=\"open", false},
                 {"a=1 \"b", false},    {"=1", false},
                 {"a=1 b={1 2", false}, {"a=", true},
                 {"=", false},          {"= = =", false}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_int_equal(tokens_are_extended(CASES[i].line, strlen(CASES[i].line)),
                         CASES[i].extended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pieces_are_the_line_itself),
                                       cmocka_unit_test(what_is_no_extended_xyz_is_seen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
