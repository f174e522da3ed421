#include "cli/options.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <qmtraj/config.h>
#include <qmtraj/text.h>

enum { COLUMNS = 80, HELP_COLUMN = 28, OPTIONS_MAX = 32 };

/// Words that people give for keys of the configuration.
static const char *const KEY_WORDS[][2] = {
    {"seed", "random_seed"},
    {"temperature", "temperature_K"},
    {"temp", "temperature_K"},
    {"length", "length_ps"},
    {"time", "length_ps"},
    {"dt", "dt_fs"},
    {"timestep", "dt_fs"},
    {"time_step", "dt_fs"},
    {"friction", "friction_per_ps"},
    {"multiplicity", "spin_multiplicity"},
    {"spin", "spin_multiplicity"},
    {"etemp", "electronic_temperature_K"},
    {"electronic_temperature", "electronic_temperature_K"},
    {"equilibration", "equilibration_ps"},
    {"save_interval", "save_interval_steps"},
    {"gfn", "method"},
    {"alpb", "solvent"},
    {"gbsa", "solvent"},
};

/// "--length-ps" -> "length_ps", without its value.
static void key_of_option(const char *word, char key[64])
{
    const size_t length = strcspn(word, "=");
    snprintf(key, 64, "%.*s", (int)(length < 63 ? length : 63), word + strspn(word, "-"));
    key[strcspn(key, "=")] = '\0';
    for (char *at = key; *at != '\0'; at++)
        if (*at == '-')
            *at = '_';
}

/// The key that an unknown option means though it is called otherwise; NULL: none.
static const char *key_meant(QmtContext *ctx, const char *word)
{
    char key[64];
    const char *found = NULL;
    QmtConfigKey row;
    size_t n_found = 0;
    key_of_option(word, key);
    for (size_t i = 0; i < sizeof KEY_WORDS / sizeof *KEY_WORDS; i++)
        if (strcasecmp(key, KEY_WORDS[i][0]) == 0)
            return KEY_WORDS[i][1];
    for (size_t k = 0; k < qmt_config_key_count(); k++) {
        if (qmt_config_key(ctx, k, &row) != QMT_OK)
            continue;
        if (strcasecmp(key, row.name) == 0)
            return row.name;
        if (strlen(key) > 3 && strncasecmp(key, row.name, strlen(key)) == 0) {
            found = row.name;
            n_found++;
        }
    }
    return n_found == 1 ? found : NULL;
}

/// ", did you mean --length_ps?" for a key that is misspelt as an option; "" where none is near.
static void key_suggest(QmtContext *ctx, const char *word, char *hint, size_t n_hint)
{
    enum { KEYS_MAX = 64, SIZE = 64 };
    char key[SIZE], option[SIZE + 2], shown[KEYS_MAX][SIZE + 2];
    const char *names[KEYS_MAX];
    QmtConfigKey row;
    size_t n = 0;
    key_of_option(word, key);
    snprintf(option, sizeof option, "--%s", key);
    for (size_t k = 0; k < qmt_config_key_count() && n < KEYS_MAX; k++)
        if (qmt_config_key(ctx, k, &row) == QMT_OK) {
            snprintf(shown[n], sizeof shown[n], "--%.63s", row.name);
            names[n] = shown[n];
            n++;
        }
    qmt_text_suggest(option, names, n, hint, n_hint);
}

/// Place of --set in the table; OPTION_END: it has none.
static int set_place(const Option *options, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(options[i].name, "--set") == 0)
            return (int)i;
    return OPTION_END;
}

/// The value of an option as that of a key: xtb's numbers of methods are no names of ours.
static const char *value_meant(const char *option, const char *value)
{
    const bool is_method = strncmp(option, "--gfn", 5) == 0;
    return is_method && strcmp(value, "1") == 0   ? "GFN1-xTB"
           : is_method && strcmp(value, "2") == 0 ? "GFN2-xTB"
                                                  : value;
}

/// @param next  the word behind it, NULL at the end
static QmtStatus option_unknown(QmtContext *ctx, const char *word, const char *next,
                                const Option *options, size_t n)
{
    const char *names[OPTIONS_MAX], *begun = NULL;
    const size_t length = strcspn(word, "=");
    size_t n_shown = 0;
    const bool has_set = set_place(options, n) != OPTION_END;
    for (size_t i = 0; i < n && n_shown < OPTIONS_MAX; i++) {
        if (options[i].help == NULL)
            continue;
        names[n_shown++] = options[i].name;
        // "--smiles" is the beginning of --smiles-file, though --set needs fewer changes
        if (begun == NULL && length > 3 && strncmp(options[i].name, word, length) == 0)
            begun = options[i].name;
    }
    const size_t n_value = strcspn(word, "=");
    const char *const key = begun == NULL && has_set ? key_meant(ctx, word) : NULL;
    if (key != NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "%.*s: write --set %s%s=%.60s",
                    (int)(n_value < 199 ? n_value : 199), word,
                    strncmp(word, "--gbsa", 6) == 0 ? "solvation_model=gbsa --set " : "", key,
                    value_meant(word, word[n_value] == '=' ? word + n_value + 1
                                      : next != NULL       ? next
                                                           : "VALUE"));
    char given[200], hint[256];
    snprintf(given, sizeof given, "%.*s", (int)(length < 199 ? length : 199), word);
    if (begun != NULL)
        qmt_text_suggest(begun, &begun, 1, hint, sizeof hint);
    else
        qmt_text_suggest(given, names, n_shown, hint, sizeof hint);
    if (hint[0] == '\0' && has_set)
        key_suggest(ctx, word, hint, sizeof hint);
    return FAIL(ctx, QMT_ERR_USAGE, "%s: unknown option%s", given,
                hint[0] != '\0' ? hint : "; --help lists them");
}

static bool is_key(QmtContext *ctx, const char *word)
{
    QmtConfigKey row;
    for (size_t k = 0; k < qmt_config_key_count(); k++)
        if (qmt_config_key(ctx, k, &row) == QMT_OK && strcmp(row.name, word) == 0)
            return true;
    return false;
}

/// An option that the table does not have: a key of the configuration is read as --set.
static QmtStatus key_option(QmtContext *ctx, OptionReader *reader, const char *word,
                            const Option *options, size_t n, int *place, const char **value)
{
    char key[64];
    const char *const next = reader->at < reader->argc ? reader->argv[reader->at] : NULL;
    const char *const equals = strchr(word, '=');
    key_of_option(word, key);
    const int set = set_place(options, n);
    if (set == OPTION_END || strncmp(word, "--", 2) != 0 || !is_key(ctx, key))
        return option_unknown(ctx, word, next, options, n);
    if (equals == NULL && next == NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "--%s: its value is missing", key);
    snprintf(reader->assignment, sizeof reader->assignment, "%s=%.400s", key,
             equals != NULL ? equals + 1 : next);
    reader->at += equals == NULL;
    *place = set;
    *value = reader->assignment;
    return QMT_OK;
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
    return key_option(ctx, reader, word, options, n, place, value);
}

void text_print_wrapped(FILE *out, const char *text, int from, int indent)
{
    text_print_within(out, text, from, indent, COLUMNS);
}

void text_print_within(FILE *out, const char *text, int from, int indent, int columns)
{
    int column = from;
    while (*text != '\0') {
        const int length = (int)strcspn(text, " ");
        if (column > indent && column + length > columns) {
            fprintf(out, "\n%*s", indent, "");
            column = indent;
        }
        fprintf(out, "%.*s", length, text);
        column += length;
        text += length;
        if (*text == ' ') {
            text++;
            if (column + 1 + (int)strcspn(text, " ") <= columns) {
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

static bool line_stays(const char *line)
{
    return line[0] == '\n' || line[0] == ' ';
}

void text_print_paragraphs(FILE *out, const char *text)
{
    char paragraph[2048];
    while (*text != '\0') {
        const bool stays = line_stays(text);
        size_t n = strcspn(text, "\n");
        while (!stays && text[n] == '\n' && text[n + 1] != '\0' && !line_stays(text + n + 1))
            n += 1 + strcspn(text + n + 1, "\n");
        snprintf(paragraph, sizeof paragraph, "%.*s", (int)n, text);
        for (char *end = paragraph; (end = strchr(end, '\n')) != NULL;)
            *end = ' ';
        if (stays)
            fprintf(out, "%s\n", paragraph);
        else
            text_print_wrapped(out, paragraph, 0, 0);
        text += n + (text[n] == '\n');
    }
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
    const char *const problem = qmt_text_to_integer(value, lowest, highest, number);
    char most[48] = " or more";
    if (highest < INT64_MAX)
        snprintf(most, sizeof most, " to %lld", highest);
    return problem == NULL ? QMT_OK
                           : FAIL(ctx, QMT_ERR_USAGE, "%s %.60s %s; must be a whole number, %lld%s",
                                  name, value, problem, lowest, most);
}

QmtStatus option_double(QmtContext *ctx, const char *name, const char *value, double lowest,
                        double highest, double *number)
{
    double read = 0.0;
    const char *const wrong = qmt_text_to_number(value, &read);
    if (wrong != NULL)
        return FAIL(ctx, QMT_ERR_USAGE, "%s: \"%.60s\" %s", name, value, wrong);
    if (!(read >= lowest && read <= highest))
        return FAIL(ctx, QMT_ERR_USAGE, "%s %.60s: %g to %g is possible", name, value, lowest,
                    highest);
    *number = read;
    return QMT_OK;
}

QmtStatus options_each(QmtContext *ctx, int argc, char **argv, const Option *options, size_t n,
                       const bool *stop, OptionTake *take, void *words)
{
    OptionReader reader = {.argc = argc, .argv = argv};
    int place = 0;
    const char *value = NULL;
    while (!*stop) {
        TRY(options_next(ctx, &reader, options, n, &place, &value));
        if (place == OPTION_END)
            break;
        TRY(take(ctx, place, value, words));
    }
    return QMT_OK;
}

QmtStatus option_file(QmtContext *ctx, const char *name, const char *value, const char **path)
{
    if (value[0] == '\0' || strcmp(value, "-") == 0)
        return FAIL(ctx, QMT_ERR_USAGE,
                    "%s \"%s\": is a file to make; standard output cannot be one", name, value);
    *path = value;
    return QMT_OK;
}

QmtStatus option_new_file(QmtContext *ctx, const char *name, const char *value, const char **path)
{
    TRY(option_file(ctx, name, value, path));
    return qmt_text_check_new(ctx, value);
}
