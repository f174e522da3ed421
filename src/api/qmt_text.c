// include/qmtraj/text.h
#include "qmtraj/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "base/columns.h"
#include "base/printable.h"
#include "base/suggest.h"
#include "io/file.h"
#include "io/json.h"
#include "io/text.h"

void qmt_text_free(char *text)
{
    free(text);
}

QmtStatus qmt_text_write(QmtContext *ctx, const char *path, const char *text)
{
    NEEDS(ctx, path != NULL && text != NULL, "text: path or text is NULL");
    return file_write_whole(ctx, path, text, strlen(text));
}

QmtStatus qmt_text_check_new(QmtContext *ctx, const char *path)
{
    NEEDS(ctx, path != NULL, "text: path is NULL");
    TRY(file_check_new(ctx, path, NULL));
    return file_check_folder(ctx, path);
}

const char *qmt_text_printable(const char *text, char *out, size_t size)
{
    if (out == NULL || size == 0)
        return "";
    return text_printable(text != NULL ? text : "", out, size);
}

char *qmt_text_json_printable(const char *text)
{
    return text != NULL ? json_escape_unseen(text) : NULL;
}

int qmt_text_columns(const char *text)
{
    return text != NULL ? text_columns(text) : 0;
}

const char *qmt_text_shorten(const char *text, int columns, char *out, size_t size)
{
    if (out == NULL || size == 0)
        return "";
    return text_shorten(text != NULL ? text : "", columns, out, size);
}

const char *qmt_text_suggest(const char *word, const char *const *candidates, size_t n, char *hint,
                             size_t size)
{
    char made[SUGGEST_HINT_SIZE];
    if (word == NULL || candidates == NULL || n == 0 || hint == NULL || size == 0)
        return "";
    snprintf(hint, size, "%s", suggest_hint(word, candidates, n, made));
    return hint;
}

const char *qmt_text_of_number(double value, char *text, size_t size)
{
    char made[TEXT_DOUBLE_SIZE];
    if (text == NULL || size == 0)
        return "";
    text_format_double(value, made);
    snprintf(text, size, "%s", made);
    return text;
}

const char *qmt_text_to_number(const char *word, double *value)
{
    double read;
    if (word == NULL)
        return "is missing";
    const char *const problem = text_parse_double(word, &read);
    if (problem == NULL && value != NULL)
        *value = read;
    return problem;
}

const char *qmt_text_to_integer(const char *word, long long lowest, long long highest,
                                long long *value)
{
    long long read;
    if (word == NULL)
        return "is missing";
    const char *const problem = text_parse_integer(word, lowest, highest, &read);
    if (problem == NULL && value != NULL)
        *value = read;
    return problem;
}
