#include "audit/verdict.h"

#include <cjson/cJSON.h>
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"

void check_say(Check *check, CheckItem item, CheckVerdict verdict, const char *format, ...)
{
    CheckLine *line = &check->report->line[item];
    if (line->sentence[0] != '\0' && line->verdict >= verdict)
        return;
    char sentence[CHECK_SENTENCE_SIZE];
    va_list words;
    va_start(words, format);
    vsnprintf(sentence, sizeof sentence, format, words);
    va_end(words);
    line->verdict = verdict;
    text_printable(sentence, line->sentence, sizeof line->sentence);
}

static bool number_in(const cJSON *object, const char *name, double *value)
{
    const cJSON *const item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!cJSON_IsNumber(item) || !isfinite(item->valuedouble))
        return false;
    *value = item->valuedouble;
    return true;
}

static const char *text_in(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static const cJSON *part_of(const Check *check, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(check->metadata, name);
}

bool check_metadata_number(const Check *check, const char *name, double *value)
{
    return number_in(check->metadata, name, value);
}

bool check_config_number(const Check *check, const char *name, double *value)
{
    return number_in(part_of(check, "config"), name, value);
}

bool check_summary_number(const Check *check, const char *name, double *value)
{
    return number_in(part_of(check, "summary"), name, value);
}

const char *check_metadata_text(const Check *check, const char *name)
{
    return text_in(check->metadata, name);
}

const char *check_config_text(const Check *check, const char *name)
{
    return text_in(part_of(check, "config"), name);
}

QmtStatus check_read(QmtContext *ctx, Check *check, const NpzArray *array, uint64_t first,
                     uint64_t n, void *raw, double *out)
{
    return npz_read_numbers(ctx, &check->npz, array, first, n, raw, out);
}

QmtStatus check_read_json(QmtContext *ctx, Check *check, const char *name, CheckItem item,
                          cJSON **json)
{
    const NpzArray *const array = npz_find(&check->npz, name);
    char *text = NULL;
    *json = NULL;
    if (array == NULL || array->kind != 'U' || array->n_dims != 0) {
        check_say(check, item, CHECK_NOT_RUN, "there is no text %s", name);
        return QMT_OK;
    }
    const QmtStatus status = npz_read_text(ctx, &check->npz, array, &text);
    if (status == QMT_ERR_FORMAT) {
        check_say(check, item, CHECK_FAIL, "%s", qmt_context_message(ctx));
        return QMT_OK;
    }
    TRY(status);
    *json = cJSON_Parse(text);
    free(text);
    if (*json == NULL)
        check_say(check, item, CHECK_FAIL, "%s is not JSON", name);
    return QMT_OK;
}

double check_rounding_of_any(const NpzArray *array, double value)
{
    // Spacing of numbers of p bits in [2^k, 2^(k+1)) is 2^(k+1-p).
    int exponent = 0;
    frexp(value, &exponent);
    return fmax(ldexp(0.5, exponent - (array->item_bytes == 8 ? DBL_MANT_DIG : FLT_MANT_DIG)),
                check_rounding_least(array));
}

void check_roundings(const NpzArray *array, size_t n, const double *value, double *rounding)
{
    // Far from the ends of the exponents: what is nearer goes the long way.
    static const double SMALL = 0x1p-900, LARGE = 0x1p900;
    const uint64_t exponent = (uint64_t)0x7FF << (DBL_MANT_DIG - 1);
    const double half = array->item_bytes == 8 ? 0x1p-53 : 0x1p-24;
    const double least = check_rounding_least(array);
    unsigned special = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        double power;
        memcpy(&bits, &value[i], sizeof bits);
        bits &= exponent;
        memcpy(&power, &bits, sizeof power);
        special |= (unsigned)(power < SMALL) | (unsigned)(power > LARGE);
        rounding[i] = half * power > least ? half * power : least;
    }
    for (size_t i = 0; special != 0 && i < n; i++)
        rounding[i] = check_rounding(array, value[i]);
}
