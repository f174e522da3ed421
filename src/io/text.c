#include "io/text.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "io/file.h"

/// The C locale, made once for the process.
static locale_t c_locale;
static once_flag c_locale_once = ONCE_FLAG_INIT;

static void c_locale_make(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/// Makes line ends of CR alone, which old Macs and some spreadsheets write, those of Unix, in place. CR before LF stays.
static void lone_returns_mend(char *data, size_t n)
{
    char *at = data, *const end = data + n;
    while ((at = memchr(at, '\r', (size_t)(end - at))) != NULL) {
        char *const first = at;
        while (at < end && *at == '\r')
            at++;
        if (at == end || *at != '\n')
            memset(first, '\n', (size_t)(at - first));
    }
}

/// Takes data (malloc'ed, one byte longer than n) into *text, or leaves it to the caller on failure.
static QmtStatus cut_into_lines(QmtContext *ctx, const char *place, char *data, size_t n,
                                Text *text)
{
    static const char BOM[] = "\xEF\xBB\xBF";
    const size_t start = n >= 3 && memcmp(data, BOM, 3) == 0 ? 3 : 0;

    lone_returns_mend(data, n);
    size_t n_lines = 0;
    for (size_t i = start; i < n; i++) {
        if (data[i] == '\n')
            n_lines++;
        if (data[i] == '\0')
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s:%zu: a zero byte: this is a binary file or UTF-16; "
                        "save it as plain text or UTF-8",
                        place, n_lines + 1);
    }
    if (n > start && data[n - 1] != '\n')
        n_lines++;

    char **line = malloc((n_lines + 1) * sizeof *line);
    if (line == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu lines", place, n_lines);
    char *begin = data + start;
    for (size_t l = 0; l < n_lines; l++) {
        char *end = memchr(begin, '\n', (size_t)(data + n - begin));
        if (end == NULL)
            end = data + n;
        *end = '\0';
        for (char *tail = end; tail > begin && tail[-1] == '\r'; tail--)
            tail[-1] = '\0';
        line[l] = begin;
        begin = end + 1;
    }
    *text = (Text){.data = data, .line = line, .n_lines = n_lines};
    return QMT_OK;
}

QmtStatus text_read(QmtContext *ctx, const char *path, size_t limit, Text *text)
{
    char *data = NULL;
    size_t n = 0;
    TRY(file_read_whole(ctx, path, limit, &data, &n));
    const QmtStatus status = cut_into_lines(ctx, path, data, n, text);
    if (status != QMT_OK)
        free(data);
    return status;
}

QmtStatus text_from_memory(QmtContext *ctx, const char *place, const char *data, size_t n,
                           Text *text)
{
    char *copy = malloc(n + 1);
    if (copy == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu bytes", place, n);
    if (n > 0)
        memcpy(copy, data, n);
    copy[n] = '\0';
    const QmtStatus status = cut_into_lines(ctx, place, copy, n, text);
    if (status != QMT_OK)
        free(copy);
    return status;
}

void text_release(Text *text)
{
    free(text->data);
    free(text->line);
    *text = (Text){0};
}

size_t text_split(char *line, char **words, size_t max)
{
    size_t n = 0;
    char *at = line;
    for (;;) {
        while (is_space(*at))
            at++;
        if (*at == '\0')
            return n;
        if (n < max)
            words[n] = at;
        n++;
        while (*at != '\0' && !is_space(*at))
            at++;
        if (*at != '\0')
            *at++ = '\0';
    }
}

bool text_is_blank(const char *line)
{
    while (is_space(*line))
        line++;
    return *line == '\0';
}

int text_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *text_parse_double(const char *word, double *value)
{
    // The shape is checked here, so that strtod sees neither hexadecimal numbers nor words.
    const char *at = word;
    if (*at == '+' || *at == '-')
        at++;
    size_t n_digits = 0;
    for (; is_digit(*at); at++)
        n_digits++;
    if (*at == '.')
        for (at++; is_digit(*at); at++)
            n_digits++;
    if (n_digits == 0) {
        char name[4] = {lower(at[0])};
        if (at[0] != '\0' && at[1] != '\0') {
            name[1] = lower(at[1]);
            name[2] = lower(at[2]);
        }
        if (strcmp(name, "nan") == 0 || strcmp(name, "inf") == 0)
            return "is not finite";
        return *word == '\0' ? "is empty, not a number" : "is not a number";
    }
    if (*at == ',')
        return "is not a number: write a point, not a comma";
    if (lower(*at) == 'd' &&
        (is_digit(at[1]) || ((at[1] == '+' || at[1] == '-') && is_digit(at[2]))))
        return "has a Fortran exponent: write E instead of D";
    if (lower(*at) == 'e') {
        at++;
        if (*at == '+' || *at == '-')
            at++;
        if (!is_digit(*at))
            return "is not a number: digits of the exponent are missing";
        while (is_digit(*at))
            at++;
    }
    if (*at != '\0')
        return "is not a number";

    call_once(&c_locale_once, c_locale_make);
    if (c_locale == (locale_t)0)
        return "cannot be read: no memory";
    const double number = strtod_l(word, NULL, c_locale);
    if (isinf(number))
        return "is too large";
    *value = number;
    return NULL;
}

const char *text_parse_integer(const char *word, long long min, long long max, long long *value)
{
    static const char NOT_WHOLE[] = "is not a whole number";
    const char *at = word;
    if (*at == '+' || *at == '-')
        at++;
    if (!is_digit(*at))
        return NOT_WHOLE;
    while (is_digit(*at))
        at++;
    if (*at != '\0')
        return NOT_WHOLE;
    errno = 0;
    const long long number = strtoll(word, NULL, 10);
    if (errno == ERANGE || number > max)
        return word[0] == '-' ? "is too small" : "is too large";
    if (number < min)
        return "is too small";
    *value = number;
    return NULL;
}

bool text_parse_whole(const char *word, int min, int max, int *value)
{
    double number;
    if (text_parse_double(word, &number) != NULL || number != rint(number) || number < min ||
        number > max)
        return false;
    *value = (int)number;
    return true;
}

locale_t text_enter_c_locale(void)
{
    call_once(&c_locale_once, c_locale_make);
    return uselocale(c_locale);
}

void text_leave_c_locale(locale_t before)
{
    uselocale(before);
}

size_t text_format_double(double value, char out[TEXT_DOUBLE_SIZE])
{
    if (!isfinite(value)) {
        strcpy(out, "null");
        return 4;
    }
    const locale_t before = text_enter_c_locale();
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, TEXT_DOUBLE_SIZE, "%.*g", digits, value);
        if (digits == 17 || strtod(out, NULL) == value)
            break;
    }
    text_leave_c_locale(before);
    // "3" would be read back as an integer.
    if (strpbrk(out, ".e") == NULL)
        strcat(out, ".0");
    return strlen(out);
}

bool text_is_utf8(const char *bytes, size_t n)
{
    unsigned long code;
    size_t length = 0;
    for (size_t i = 0; i < n; i += length)
        if ((length = utf8_decode(bytes + i, n - i, &code)) == 0)
            return false;
    return true;
}
