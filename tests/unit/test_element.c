#include "support/check.h"

#include "base/suggest.h"
#include "data/element.h"

static void symbols_and_numbers_are_inverse(void **state)
{
    (void)state;
    for (int z = 1; z <= ELEMENT_MAX; z++)
        assert_int_equal(element_number(element_symbol(z)), z);
}

static void case_of_a_symbol_does_not_matter(void **state)
{
    (void)state;
    assert_int_equal(element_number("CL"), 17);
    assert_int_equal(element_number("cl"), 17);
    assert_int_equal(element_number("rn"), 86);
}

static void what_is_no_element_is_zero_or_a_question_mark(void **state)
{
    (void)state;
    assert_int_equal(element_number("Ox"), 0);
    assert_int_equal(element_number(""), 0);
    assert_int_equal(element_number("Fr"), 0);
    assert_string_equal(element_symbol(0), "?");
    assert_string_equal(element_symbol(87), "?");
    assert_true(element_mass_da(0) == 0.0 && element_mass_da(87) == 0.0);
}

static void masses_are_the_standard_weights(void **state)
{
    (void)state;
    CHECK_NEAR(element_mass_da(1), 1.008, 0.0);
    CHECK_NEAR(element_mass_da(6), 12.011, 0.0);
    CHECK_NEAR(element_mass_da(8), 15.999, 0.0);
}

static void nearest_symbol_is_near(void **state)
{
    (void)state;
    assert_string_equal(element_nearest("Clx"), "Cl");
    assert_string_equal(element_nearest("BR2"), "Br");
}

static void suggest_name_counts_letter_changes(void **state)
{
    (void)state;
    static const char *const KEYS[] = {"dt_fs", "length_ps", "temperature_K"};
    assert_string_equal(suggest_name("temprature_k", KEYS, 3), "temperature_K");
    assert_string_equal(suggest_name("lenght_ps", KEYS, 3), "length_ps");
    assert_string_equal(suggest_name("", KEYS, 3), "dt_fs");
}

static void a_hint_is_given_only_for_a_near_name(void **state)
{
    (void)state;
    static const char *const KEYS[] = {"dt_fs", "length_ps", "run"};
    static const struct {
        const char *word, *hint;
    } CASES[] = {
        {"lenght_ps", ", did you mean length_ps?"},
        {"LENGTH_PS", ", did you mean length_ps?"},
        {"dt", ", did you mean dt_fs?"},
        {"rnu", ", did you mean run?"},
        {"d", ""},
        {"", ""},
        {"zzzzzz", ""},
        {"frobnicate", ""},
        {"a word that is longer than all that could have been meant by anybody at all", ""}};
    char hint[SUGGEST_HINT_SIZE];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        assert_string_equal(suggest_hint(CASES[i].word, KEYS, 3, hint), CASES[i].hint);
    assert_string_equal(suggest_hint("run", KEYS, 0, hint), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(symbols_and_numbers_are_inverse),
        cmocka_unit_test(case_of_a_symbol_does_not_matter),
        cmocka_unit_test(what_is_no_element_is_zero_or_a_question_mark),
        cmocka_unit_test(masses_are_the_standard_weights),
        cmocka_unit_test(nearest_symbol_is_near),
        cmocka_unit_test(suggest_name_counts_letter_changes),
        cmocka_unit_test(a_hint_is_given_only_for_a_near_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
