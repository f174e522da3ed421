#include "cli/options.h"

#include <string.h>

#include "base/suggest.h"
#include "io/text.h"

enum { COLUMNS = 100, HELP_COLUMN = 28, OPTIONS_MAX = 32 };

static QmtStatus option_unknown(QmtContext *ctx, const char *word, const Option *options, size_t n)
{
    const char *names[OPTIONS_MAX], *begun = NULL;
    const size_t length = strcspn(word, "=");
    size_t n_shown = 0;
    for (size_t i = 0; i < n && n_shown < OPTIONS_MAX; i++) {
        if (options[i].help == NULL)
            continue;
        names[n_shown++] = options[i].name;
        // "--smiles" is the beginning of --smiles-file, though --set needs fewer changes
        if (begun == NULL && length > 3 && strncmp(options[i].name, word, length) == 0)
            begun = options[i].name;
    }
    char given[200], hint[SUGGEST_HINT_SIZE];
    snprintf(given, sizeof given, "%.*s", (int)(length < 199 ? length : 199), word);
    if (begun != NULL)
        suggest_hint(begun, &begun, 1, hint);
    else
        suggest_hint(given, names, n_shown, hint);
    return FAIL(ctx, QMT_ERR_USAGE, "%s: unknown option%s", given,
                hint[0] != '\0' ? hint : "; --help lists them");
}

QmtStatus options_next(QmtContext *ctx, OptionReader *reader, const Option *options, size_t n,
                       int *place, const char **value)
{
    if (reader->at < reader->argc && !reader->only_rest &&
        strcmp(reader->argv[reader->at], "--") == 0) {
        reader->only_rest = true;
        reader->at++;
    }
    if (reader->at >= reader->argc) {
        *place = OPTION_END;
        return QMT_OK;
    }

    const char *const word = reader->argv[reader->at++];
    // A single dash is a word (standard input by habit), a dash with more is an option.
    if (reader->only_rest || word[0] != '-' || word[1] == '\0') {
        *place = OPTION_REST;
        *value = word;
        return QMT_OK;
    }

    const size_t length = strcspn(word, "=");
    for (size_t i = 0; i < n; i++) {
        const Option *option = &options[i];
        if (strlen(option->name) != length || strncmp(option->name, word, length) != 0)
            continue;
        const char *given = word[length] == '=' ? word + length + 1 : NULL;
        if (option->argument == NULL && given != NULL)
            return FAIL(ctx, QMT_ERR_USAGE, "%s takes no value", option->name);
        if (option->argument != NULL && given == NULL) {
            if (reader->at >= reader->argc)
                return FAIL(ctx, QMT_ERR_USAGE, "%s: its value %s is missing", option->name,
                            option->argument);
            given = reader->argv[reader->at++];
        }
        *place = (int)i;
        *value = given;
        return QMT_OK;
    }
    return option_unknown(ctx, word, options, n);
}

void text_print_wrapped(FILE *out, const char *text, int from, int indent)
{
    int column = from;
    while (*text != '\0') {
        const int length = (int)strcspn(text, " ");
        if (column > indent && column + length > COLUMNS) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        }
        fprintf(out, "%.*s", length, text);
        column += length;
        text += length;
        if (*text == ' ') {
            text++;
            if (column + 1 + (int)strcspn(text, " ") <= COLUMNS) {
                fputc(' ', out);
                column++;
            } else {
                fprintf(out, "\n%*s", indent, "");
                column = indent;
            }
        }
    }
    fputc('\n', out);
}

void options_print(FILE *out, const Option *options, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (options[i].help == NULL)
            continue;
        int column =
            fprintf(out, "  %s%s%s", options[i].name, options[i].argument != NULL ? " " : "",
                    options[i].argument != NULL ? options[i].argument : "");
        if (column >= HELP_COLUMN)
            fprintf(out, "\n%*s", HELP_COLUMN, "");
        else
            fprintf(out, "%*s", HELP_COLUMN - column, "");
        text_print_wrapped(out, options[i].help, HELP_COLUMN, HELP_COLUMN);
    }
}

QmtStatus option_number(QmtContext *ctx, const char *name, const char *value, long long lowest,
                        long long highest, long long *number)
{
    const char *const problem = text_parse_integer(value, lowest, highest, number);
    if (problem != NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "%s %.60s %s; wanted is a whole number from %lld on", name,
                    value, problem, lowest);
    return QMT_OK;
}
