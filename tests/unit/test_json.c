#include "support/check.h"

#include <string.h>

#include "io/json.h"

static void expect(const char *value, const char *wanted)
{
    json_begin();
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "a", value);
    char *const text = json_text(object, false);
    assert_non_null(text);
    assert_string_equal(text, wanted);
    cJSON_free(text);
}

static void text_that_is_seen_stays(void **state)
{
    (void)state;
    expect("\xC3\xA9thanol \xE6\xB0\xB4 \xF0\x9F\x92\xA7",
           "{\"a\":\"\xC3\xA9thanol \xE6\xB0\xB4 \xF0\x9F\x92\xA7\"}");
}

static void what_steers_a_terminal_is_escaped(void **state)
{
    (void)state;
    expect("\x1B[2J\x7F", "{\"a\":\"\\u001b[2J\\u007f\"}");
    expect("\xC2\x9B"
           "31m",
           "{\"a\":\"\\u009b31m\"}");
    expect("a\xE2\x80\xAE"
           "b\xE2\x80\x8B\xEF\xBB\xBF\xE2\x80\xA9",
           "{\"a\":\"a\\u202eb\\u200b\\ufeff\\u2029\"}");
    expect("\xF3\xA0\x81\x81", "{\"a\":\"\\udb40\\udc41\"}"); // U+E0041 as a surrogate pair
}

static void bytes_that_are_no_utf8_are_replaced(void **state)
{
    (void)state;
    expect("caf\xE9", "{\"a\":\"caf\\ufffd\"}");
    expect("\x9B", "{\"a\":\"\\ufffd\"}");
}

static void what_is_escaped_is_read_back(void **state)
{
    (void)state;
    static const char value[] = "\xC2\x85 \xE2\x81\xA6 \xF3\xA0\x81\xBF";
    json_begin();
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "a", value);
    char *const text = json_text(object, true);
    object = cJSON_Parse(text);
    assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(object, "a")), value);
    for (const char *at = text; *at != '\0'; at++)
        assert_true((unsigned char)*at < 0x7F);
    cJSON_free(text);
    cJSON_Delete(object);
}

static void numbers_are_kept_to_the_last_bit(void **state)
{
    (void)state;
    // The first has a neighbour within 1e-16 of it that 15 digits name: cJSON alone prints that.
    const char *const text =
        "{\"a\":0.30000000000000004,\"b\":[300,-1e-300,{\"c\":0.1}],\"d\":null}";
    json_begin();
    cJSON *const object = cJSON_Parse(text);
    json_numbers_keep(object);
    char *const again = json_text(object, false);
    assert_non_null(again);
    assert_string_equal(again, text);
    cJSON_free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_that_is_seen_stays),
        cmocka_unit_test(what_steers_a_terminal_is_escaped),
        cmocka_unit_test(bytes_that_are_no_utf8_are_replaced),
        cmocka_unit_test(numbers_are_kept_to_the_last_bit),
        cmocka_unit_test(what_is_escaped_is_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
