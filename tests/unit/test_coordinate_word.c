#include "support/check.h"

#include <stdio.h>
#include <string.h>

#include "structure/coordinate_word.h"

static void exponents_of_fortran_and_of_qm9_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        double value;
    } CASES[] = {{"1.19D-01", 0.119}, {"-1.19d-1", -0.119}, {"2D0", 2.0},       {"1.5d+2", 150.0},
                 {"6.9*^-6", 6.9e-6}, {"0.119", 0.119},     {"1.19E-01", 0.119}};
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        char word[32];
        double value = 0.0;
        strcpy(word, CASES[c].word);
        assert_null(coordinate_parse(word, &value));
        assert_true(value == CASES[c].value);
    }
}

static void what_is_no_number_stays_none(void **state)
{
    (void)state;
    static const char *const WORDS[] = {"1.0D", "D", "D1", "1.0D+", "1D1D1", "1.0e2D1", "Dy", ""};
    for (size_t w = 0; w < sizeof WORDS / sizeof *WORDS; w++) {
        char word[32];
        double value = 7.0;
        strcpy(word, WORDS[w]);
        assert_non_null(coordinate_parse(word, &value));
        assert_true(value == 7.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exponents_of_fortran_and_of_qm9_are_read),
        cmocka_unit_test(what_is_no_number_stays_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
