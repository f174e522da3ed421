#include "structure/smiles_list.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "structure/input_text.h"
#include "structure/smiles.h"
#include "structure/state.h"
#include "structure/table_line.h"

enum { NO_COLUMN = TABLE_COLUMNS_MAX, THIRD_MULTIPLICITY_MAX = 11, STATE_COLUMNS_MAX = 8 };

/// Of a name that could be a piece of a SMILES as well: no bond, bracket or charge.
static const char NAME_CHARACTERS[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";

/// What is known of a list before its lines are taken.
typedef struct {
    QmtContext *ctx;
    const char *path;
    const Text *text;
    StructureList *list;
    ReaderNotes notes;
    char separator;       ///< of the header, or of the first line
    bool separator_given; ///< by a line "sep=;"
    bool own_separators;  ///< there is no header: each line has its own
    bool extra_ignored;   ///< there is none that would name what stands in further columns
    size_t n_columns;     ///< of the header; 0: there is none
    size_t first;         ///< line of the first molecule, from 0
    size_t smiles, name;  ///< columns, NO_COLUMN: none
    size_t twin; ///< a second column of the same title as that of the SMILES, NO_COLUMN: none
    struct {
        size_t column;
        char key[40];
    } state[STATE_COLUMNS_MAX]; ///< columns of charge and spin
    size_t n_states;
    bool third_is_multiplicity; ///< of lines between blanks
    size_t n_molecules;         ///< lines taken so far, for made-up names
} ListReader;

static bool is_skipped(const char *line)
{
    return text_is_blank(line) || line[strspn(line, " \t")] == '#';
}

static bool word_is(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(word, list[i]) == 0)
            return true;
    return false;
}

static bool names_smiles(const char *word)
{
    static const char *const WORDS[] = {
        "smiles",         "smi",           "canonical_smiles", "isomeric_smiles", "canonicalsmiles",
        "isomericsmiles", "smiles_string", "structure",        "can_smiles"};
    return word_is(word, WORDS, sizeof WORDS / sizeof *WORDS);
}

static bool names_name(const char *word)
{
    static const char *const WORDS[] = {"name",     "id",    "title", "compound",
                                        "molecule", "label", "cid",   "key"};
    const size_t n = strlen(word);
    return word_is(word, WORDS, sizeof WORDS / sizeof *WORDS) ||
           (n > 2 && strcasecmp(word + n - 2, "id") == 0) ||
           (n > 4 && strcasecmp(word + n - 4, "name") == 0);
}

/// True for a text that no SMILES can contain: outside brackets, letters that are no element of the organic subset.
static bool is_no_smiles(const char *text)
{
    bool in_brackets = false;
    for (char before = '\0'; *text != '\0'; before = *text++) {
        in_brackets = *text == '[' || (in_brackets && *text != ']');
        if (in_brackets)
            continue;
        if (strchr("adefghijkmtuvwxyzADEGHJKLMQRTUVWXYZ_", *text) != NULL ||
            (*text == 'l' && before != 'C') || (*text == 'r' && before != 'B'))
            return true;
    }
    return false;
}

static bool is_molecule(QmtContext *ctx, const char *smiles)
{
    int *numbers = NULL;
    size_t n;
    if (smiles_atoms(ctx, smiles, &numbers, &n) != QMT_OK)
        return false;
    free(numbers);
    return true;
}

/// Where the name of "CCO=ethanol" begins, or NULL: "=" is a bond of SMILES as well. Letters that no SMILES has make a name
/// ("ethanol"); others ("CS2", "CO2", "con") do where RDKit takes what stands before them, and not the whole, for a
/// molecule.
static const char *name_find(QmtContext *ctx, const char *word)
{
    const char *const equals = strrchr(word, '=');
    if (equals == NULL || equals == word || equals[1] == '\0' || strchr(word, ' ') != NULL)
        return NULL;
    if (is_no_smiles(equals + 1))
        return equals + 1;
    if (equals[1 + strspn(equals + 1, NAME_CHARACTERS)] != '\0' || is_molecule(ctx, word))
        return NULL;
    char *const before = strndup(word, (size_t)(equals - word));
    const bool is_smiles = before != NULL && is_molecule(ctx, before);
    free(before);
    return is_smiles ? equals + 1 : NULL;
}

/// "SMILES string", "smiles (canonical)": a title only in a line that does not begin with a SMILES.
static bool begins_with_smiles(const char *word, const char *first)
{
    return strncasecmp(word, "smiles", 6) == 0 && strchr(" _-(", word[6]) != NULL &&
           strchr(first, '[') == NULL && is_no_smiles(first);
}

/// A column by the word of the header, or by its number; NO_COLUMN: there is none.
static size_t column_find(const char *wanted, char **columns, size_t n, bool header)
{
    long long number;
    for (size_t i = 0; header && i < n; i++)
        if (strcasecmp(columns[i], wanted) == 0)
            return i;
    if (text_parse_integer(wanted, 1, TABLE_COLUMNS_MAX, &number) == NULL && (size_t)number <= n)
        return (size_t)number - 1;
    return NO_COLUMN;
}

/// Names of the state that a column of a table can have; "m" and "state" are other things there.
static bool names_state(const char *word)
{
    const StateQuantity quantity = state_quantity(word);
    return quantity != STATE_NONE && quantity != STATE_SHORT_M && quantity != STATE_WORD &&
           quantity != STATE_MOMENT && quantity != STATE_ALPHA && quantity != STATE_BETA &&
           word[1] != '\0';
}

/// True if a first line that is cut at a separator has a title of the SMILES.
static bool has_smiles_title(const char *line, char separator)
{
    char *columns[TABLE_COLUMNS_MAX], *const copy = strdup(line);
    bool found = false;
    const size_t n = copy != NULL ? table_split(copy, separator, columns) : 0;
    for (size_t i = 0; i < n && i < TABLE_COLUMNS_MAX && n > 1; i++)
        found = found || names_smiles(columns[i]) || begins_with_smiles(columns[i], columns[0]);
    free(copy);
    return found;
}

/// The separator of a first line. Titles may have blanks in them, so that what stands before the first one does not tell.
static QmtStatus separator_find(ListReader *r)
{
    const char *const line = r->text->line[r->first];
    if (strncasecmp(line, "sep=", 4) == 0 && line[4] != '\0' && strchr(",;\t", line[4]) != NULL &&
        text_is_blank(line + 5)) { // what spreadsheets write for each other
        r->separator = line[4];
        r->separator_given = true;
        for (r->first++; r->first < r->text->n_lines && is_skipped(r->text->line[r->first]);)
            r->first++;
        return QMT_OK;
    }
    r->separator = table_separator(line);
    for (const char *other = ",;"; r->separator == ' ' && *other != '\0'; other++)
        if (strchr(line, *other) != NULL && has_smiles_title(line, *other))
            r->separator = *other;
    if (strchr(line, '|') != NULL && r->separator == ' ' && has_smiles_title(line, '|'))
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s:%zu: columns between \"|\" are not read; write tabs, commas or semicolons "
                    "between them",
                    r->path, r->first + 1);
    return QMT_OK;
}

/// Further columns of SMILES: one of the same title must agree, others are passed over with a note.
static void twins_find(ListReader *r, char **columns, size_t n)
{
    r->twin = NO_COLUMN;
    for (size_t i = r->smiles + 1; i < n; i++) {
        if (strcasecmp(columns[i], columns[r->smiles]) == 0 && r->twin == NO_COLUMN)
            r->twin = i;
        else if (names_smiles(columns[i]))
            context_log(r->ctx, QMT_LOG_INFO,
                        "%s: the SMILES are taken from the column \"%.40s\", not from \"%.40s\"; "
                        "--smiles-column chooses another one",
                        r->path, columns[r->smiles], columns[i]);
    }
}

/// Finds the columns in the first line, which is a header if it says SMILES, or has a column that is wanted.
static QmtStatus header_read(ListReader *r, const SmilesColumns *wanted)
{
    char *columns[TABLE_COLUMNS_MAX];
    char *const line = strdup(r->text->line[r->first]);
    if (line == NULL)
        return FAIL(r->ctx, QMT_ERR_MEMORY, "%s: no memory for a line", r->path);
    size_t n = table_split(line, r->separator, columns);
    n = n < TABLE_COLUMNS_MAX ? n : TABLE_COLUMNS_MAX;
    bool header = false;
    r->smiles = 0;
    for (size_t i = n; i-- > 0;)
        if (names_smiles(columns[i]) || begins_with_smiles(columns[i], columns[0]) ||
            (wanted->smiles != NULL && wanted->smiles[0] > '9' &&
             strcasecmp(columns[i], wanted->smiles) == 0)) {
            header = true;
            r->smiles = i;
        }
    r->name = header ? NO_COLUMN : n > 1 || wanted->smiles == NULL ? 1 : NO_COLUMN;
    r->own_separators =
        !header && !r->separator_given && wanted->smiles == NULL && wanted->name == NULL;
    r->extra_ignored = !header && wanted->name == NULL;
    r->n_columns = header ? n : 0;
    r->twin = NO_COLUMN;
    for (size_t i = n; header && i-- > 0;) {
        if (names_name(columns[i]) && i != r->smiles)
            r->name = i;
        if (names_state(columns[i]) && r->n_states == STATE_COLUMNS_MAX) {
            free(line);
            return FAIL(r->ctx, QMT_ERR_FORMAT,
                        "%s:%zu: more than %d columns of charge and multiplicity; one of each is "
                        "enough",
                        r->path, r->first + 1, STATE_COLUMNS_MAX);
        }
        if (names_state(columns[i])) {
            r->state[r->n_states].column = i;
            snprintf(r->state[r->n_states++].key, sizeof r->state[0].key, "%.39s", columns[i]);
        }
    }
    if (header && r->name == NO_COLUMN && n > 1)
        r->name = r->smiles == 0 ? 1 : 0;
    for (size_t k = 0; k < r->n_states; k++)
        if (r->name == r->state[k].column)
            r->name = NO_COLUMN;
    if (header && wanted->smiles == NULL)
        twins_find(r, columns, n);
    QmtStatus status = QMT_OK;
    const char *const given[] = {wanted->smiles, wanted->name};
    for (int i = 0; i < 2 && status == QMT_OK; i++) {
        if (given[i] == NULL)
            continue;
        const size_t found = column_find(given[i], columns, n, header);
        *(i == 0 ? &r->smiles : &r->name) = found;
        if (found == NO_COLUMN)
            status = FAIL(r->ctx, QMT_ERR_USAGE,
                          "%s:%zu: no column \"%.60s\" among %zu; give a word of the header, or a "
                          "number from 1",
                          r->path, r->first + 1, given[i], n);
    }
    r->first += header;
    free(line);
    return status;
}

/// The separator of a line. In a list without a header each line has its own; behind a first line with blanks, tabs are
/// blanks, and so they are behind words that are not of the SMILES.
static char separator_of(const ListReader *r, const char *line)
{
    if (!r->own_separators)
        return r->separator;
    const char own = table_separator(line);
    const char *const first = line + strspn(line, " ");
    const char *const behind = first + strcspn(first, " \t");
    const char *const next = behind + strspn(behind, " ");
    const bool is_word = *behind == ' ' && *next != '\t' && *next != '|';
    return own == '\t' && (r->separator == ' ' || is_word) ? ' ' : own;
}

/// Whether the third words of all lines are small whole numbers, and the second ones no running text ("compound 1",
/// "compound 2").
static void third_column_judge(ListReader *r)
{
    char before[64] = "";
    size_t n = 0, n_alike = 0;
    for (size_t l = r->first; l < r->text->n_lines; l++) {
        const char *at = r->text->line[l];
        char words[4][64] = {"", "", "", ""};
        if (is_skipped(at) || separator_of(r, at) != ' ')
            continue;
        for (int w = 0; w < 4; w++) {
            at += strspn(at, " \t");
            const size_t length = strcspn(at, " \t");
            snprintf(words[w], sizeof words[w], "%.*s", (int)(length < 63 ? length : 63), at);
            at += length;
        }
        long long value;
        if (words[2][0] == '\0' || words[2][0] == '#')
            continue;
        if (text_parse_integer(words[2], 1, THIRD_MULTIPLICITY_MAX, &value) != NULL ||
            (words[3][0] != '\0' && words[3][0] != '#'))
            return;
        n_alike += n > 0 && strcmp(before, words[1]) == 0;
        memcpy(before, words[1], sizeof before);
        n++;
    }
    r->third_is_multiplicity = n > 0 && (n == 1 || n_alike == 0);
}

/// "|...|" behind the SMILES: what follows it, or NULL if it marks radicals, which the SMILES alone does not say.
static char *extension_skip(char *rest)
{
    char *const begin = rest + strspn(rest, " \t");
    if (*begin != '|')
        return rest;
    char *const end = strchr(begin + 1, '|');
    if (end == NULL)
        return begin + strlen(begin);
    for (const char *at = begin; at < end; at++)
        if (*at == '^')
            return NULL;
    return end + 1;
}

/// Sets the multiplicity of a line. A word that is none is a failure.
static QmtStatus multiplicity_take(ListReader *r, const char *place, const char *word, Structure *s)
{
    int value;
    if (word[0] == '\0')
        return QMT_OK;
    if (!text_parse_whole(word, 1, 1000, &value))
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s: \"%.40s\" is not a multiplicity", place, word);
    if (s->has_multiplicity && s->multiplicity != value)
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s: the line gives two multiplicities, %d and %d (unpaired electrons + 1); "
                    "correct one",
                    place, s->multiplicity, value);
    if (s->has_multiplicity) // a second text that agrees
        return QMT_OK;
    s->has_multiplicity = true;
    s->multiplicity = value;
    snprintf(s->multiplicity_source, sizeof s->multiplicity_source, "list \"%.20s\"", word);
    reader_note(&r->notes, NOTE_STATE, QMT_LOG_INFO, "%s: multiplicity %d is taken from the list",
                place, s->multiplicity);
    return QMT_OK;
}

/// The charge of a line, which that of the SMILES has to agree with (smiles_state.c).
static QmtStatus charge_take(ListReader *r, const char *place, const char *word, Structure *s)
{
    int value;
    if (!text_parse_whole(word, -1000, 1000, &value))
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s: \"%.40s\" is not a charge", place, word);
    if (s->has_charge && s->charge != value)
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s: the line gives two charges, %d and %d; correct one", place, s->charge,
                    value);
    s->has_charge = true;
    s->charge = value;
    snprintf(s->charge_source, sizeof s->charge_source, "list \"%.20s\"", word);
    return QMT_OK;
}

/// A charge or spin of a line under its name.
static QmtStatus state_take(ListReader *r, const char *place, const char *key, const char *word,
                            Structure *s)
{
    int unpaired = 0;
    double value = 0.0;
    char multiplicity[24];
    const bool is_number = text_parse_double(word, &value) == NULL;
    if (word[0] == '\0' || state_value_is_absent(word))
        return QMT_OK;
    switch (state_quantity(key)) {
    case STATE_CHARGE:
        return charge_take(r, place, word, s);
    case STATE_MULTIPLICITY:
    case STATE_TOTAL_SPIN:
        return multiplicity_take(r, place, word, s);
    case STATE_UNPAIRED:
        if (!text_parse_whole(word, 0, 1000, &unpaired))
            return FAIL(r->ctx, QMT_ERR_FORMAT,
                        "%s: \"%.40s\" is not a number of unpaired electrons", place, word);
        snprintf(multiplicity, sizeof multiplicity, "%d", unpaired + 1);
        return multiplicity_take(r, place, multiplicity, s);
    default:
        if (value == 0.0 && is_number)
            return QMT_OK;
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s: the column %.40s may mean unpaired electrons or a multiplicity; call it "
                    "uhf or multiplicity",
                    place, key);
    }
}

/// "multiplicity=3" among the words of a line: true if the word is of this kind.
static QmtStatus key_word_take(ListReader *r, const char *place, const char *word, Structure *s,
                               bool *taken)
{
    char key[64];
    const char *const equals = strchr(word, '=');
    *taken = false;
    if (equals == NULL || equals == word || (size_t)(equals - word) >= sizeof key)
        return QMT_OK;
    snprintf(key, sizeof key, "%.*s", (int)(equals - word), word);
    *taken = names_state(key);
    return *taken ? state_take(r, place, key, equals + 1, s) : QMT_OK;
}

/// Gives the molecule its name; the second word is a multiplicity where has_third is true, and words that state the multiplicity and comments are taken out.
static QmtStatus name_take(ListReader *r, const char *place, char *text, bool has_third,
                           Structure *s)
{
    char joined[STRUCTURE_NAME_SIZE] = "", *words[TABLE_COLUMNS_MAX];
    size_t n = text_split(text, words, TABLE_COLUMNS_MAX), length = 0;
    bool changed;
    n = n < TABLE_COLUMNS_MAX ? n : TABLE_COLUMNS_MAX;
    for (size_t w = 0; w < n; w++) {
        bool taken = false;
        if (strcmp(words[w], "#") == 0 || (w > 0 && words[w][0] == '#'))
            break; // a comment
        TRY(key_word_take(r, place, words[w], s, &taken));
        if (!taken && w == 1 && has_third) {
            TRY(multiplicity_take(r, place, words[w], s));
            taken = true;
        }
        if (!taken && length < sizeof joined - 1)
            length += (size_t)snprintf(joined + length, sizeof joined - length, "%s%s",
                                       length > 0 ? "_" : "", words[w]);
    }
    if (joined[0] == '\0' || !structure_name_clean(joined, s->name, &changed)) {
        snprintf(s->name, sizeof s->name, "mol_%04zu", r->n_molecules);
        s->name_origin = NAME_MADE_UP;
    } else if (changed) {
        reader_note(&r->notes, NOTE_NAME, QMT_LOG_INFO,
                    "%s: the name \"%.220s\" cannot be a folder and becomes \"%s\"", place, joined,
                    s->name);
    }
    return QMT_OK;
}

static QmtStatus smiles_check(ListReader *r, size_t l, const char *line, const char *smiles)
{
    if (strchr(smiles, '|') != NULL)
        return FAIL(
            r->ctx, QMT_ERR_FORMAT,
            "%s:%zu: \"%.80s\": columns between \"|\" are not read; write blanks, tabs, commas "
            "or semicolons between them",
            r->path, l + 1, smiles);
    for (const char *at = smiles; *at != '\0'; at++)
        if ((unsigned char)*at < 0x21 || (unsigned char)*at > 0x7E || *at == '"')
            return FAIL(r->ctx, QMT_ERR_FORMAT,
                        "%s:%zu:%zu: a byte 0x%02x in the SMILES \"%.80s\"; only ASCII without "
                        "quotes is possible",
                        r->path, l + 1, (size_t)(at - line) + 1, (unsigned)(unsigned char)*at,
                        smiles);
    return QMT_OK;
}

/// What stands in a line.
typedef struct {
    char *smiles, *rest, *states[STATE_COLUMNS_MAX], *twin;
    bool by_blanks; ///< no other separator
} LineParts;

/// The columns of a line: SMILES, name and the rest, charge and spin.
static QmtStatus line_split(ListReader *r, const char *place, char *line, LineParts *parts)
{
    static char none[] = "";
    char *columns[TABLE_COLUMNS_MAX];
    const char separator = separator_of(r, line);
    parts->smiles = parts->rest = parts->twin = none;
    parts->by_blanks = separator == ' ';
    for (size_t k = 0; k < STATE_COLUMNS_MAX; k++)
        parts->states[k] = none;
    if (separator == ' ' && r->smiles == 0 && r->n_states == 0 && r->twin == NO_COLUMN) {
        parts->smiles = line + strspn(line, " \t");
        parts->rest = parts->smiles + strcspn(parts->smiles, " \t");
        if (*parts->rest != '\0')
            *parts->rest++ = '\0';
        return QMT_OK;
    }
    const size_t there = table_split(line, separator, columns);
    const size_t n = there < TABLE_COLUMNS_MAX ? there : TABLE_COLUMNS_MAX;
    if (r->extra_ignored && separator != ' ' && n > 2)
        reader_note(&r->notes, NOTE_COLUMNS, QMT_LOG_INFO,
                    "%s: the table has no header: its first columns are read as SMILES and name, "
                    "the others not; a header can name a charge and a multiplicity",
                    r->path);
    for (size_t i = r->n_columns; r->n_columns > 0 && i < n; i++)
        if (columns[i][0] != '\0')
            return FAIL(r->ctx, QMT_ERR_FORMAT,
                        "%s: %zu columns, but the header has %zu; put a name with separators into "
                        "quotes",
                        place, n, r->n_columns);
    if (r->smiles < n)
        parts->smiles = columns[r->smiles];
    if (r->name < n)
        parts->rest = columns[r->name];
    if (r->twin < n)
        parts->twin = columns[r->twin];
    for (size_t k = 0; k < r->n_states; k++)
        if (r->state[k].column < n)
            parts->states[k] = columns[r->state[k].column];
    return QMT_OK;
}

/// Cuts the SMILES at its end and takes the CXSMILES extension out; words that belong to no column are an error.
static QmtStatus extension_take(ListReader *r, const char *place, LineParts *parts)
{
    // Where the table has tabs the extension stands in the column of the SMILES.
    char *const blank = parts->smiles + strcspn(parts->smiles, " \t");
    char *extension = parts->rest;
    if (*blank != '\0') {
        *blank = '\0';
        extension = blank + 1;
    }
    char *const after = extension_skip(extension);
    if (after == NULL)
        return FAIL(
            r->ctx, QMT_ERR_FORMAT,
            "%s: the extension behind \"%.80s\" marks radicals; write them in the SMILES, as "
            "[CH3]",
            place, parts->smiles);
    if (extension == parts->rest)
        parts->rest = after;
    else if (!text_is_blank(after))
        return FAIL(
            r->ctx, QMT_ERR_FORMAT,
            "%s: \"%.40s\" stands in the column of the SMILES \"%.80s\"; divide the line as "
            "the first one",
            place, after + strspn(after, " \t"), parts->smiles);
    return QMT_OK;
}

static QmtStatus line_read(ListReader *r, size_t l, Structure *s)
{
    char *const line = r->text->line[l];
    char place[STRUCTURE_SOURCE_SIZE];
    LineParts parts;
    snprintf(place, sizeof place, "%.460s:%zu", r->path, l + 1);
    TRY(line_split(r, place, line, &parts));
    const char *const smiles = parts.smiles;
    snprintf(place, sizeof place, "%.460s:%zu:%zu", r->path, l + 1,
             (size_t)(smiles >= line && smiles <= line + SMILES_SIZE_LIMIT ? smiles - line : 0) +
                 1);
    TRY(structure_set_source(r->ctx, s, place));
    snprintf(place, sizeof place, "%.460s:%zu", r->path, l + 1);
    TRY(extension_take(r, place, &parts));
    if (smiles[0] == '\0')
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s: the column of the SMILES is empty", place);
    if (parts.twin[0] != '\0' && strcmp(parts.twin, smiles) != 0)
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s: two columns of the same title give two SMILES, \"%.80s\" and \"%.80s\"; "
                    "correct one",
                    place, smiles, parts.twin);
    TRY(smiles_check(r, l, line, smiles));
    for (size_t k = 0; k < r->n_states; k++)
        TRY(state_take(r, place, r->state[k].key, parts.states[k], s));
    TRY(name_take(r, place, parts.rest, parts.by_blanks && r->third_is_multiplicity, s));
    TRY(structure_set_path(r->ctx, s, r->path));
    return structure_set_smiles(r->ctx, s, smiles);
}

static QmtStatus lines_read(ListReader *r)
{
    for (size_t l = r->first; l < r->text->n_lines; l++) {
        char place[STRUCTURE_SOURCE_SIZE];
        if (is_skipped(r->text->line[l]))
            continue;
        Structure s = {0};
        r->n_molecules++;
        QmtStatus status = line_read(r, l, &s);
        snprintf(place, sizeof place, "%.460s:%zu", r->path, l + 1);
        if (status == QMT_OK)
            status = structures_append(r->ctx, r->list, &s);
        else
            status =
                rejection_take(r->ctx, r->list->rejected, place, s.name, REJECT_FORMAT, status);
        structure_release(&s);
        TRY(status);
    }
    return QMT_OK;
}

/// A number alone in the first line and atoms behind the second: an XYZ file, whose symbols would be read as SMILES.
static QmtStatus xyz_refuse(const ListReader *r)
{
    char copy[128], *words[5];
    double value;
    long long count;
    if (r->first + 2 >= r->text->n_lines || strlen(r->text->line[r->first]) > 40 ||
        strlen(r->text->line[r->first + 2]) >= sizeof copy)
        return QMT_OK;
    strcpy(copy, r->text->line[r->first]);
    if (text_split(copy, words, 2) != 1 ||
        text_parse_integer(words[0], 1, 1000000000, &count) != NULL)
        return QMT_OK;
    strcpy(copy, r->text->line[r->first + 2]);
    if (text_split(copy, words, 5) < 4)
        return QMT_OK;
    for (int x = 1; x < 4; x++)
        if (text_parse_double(words[x], &value) != NULL)
            return QMT_OK;
    return FAIL(r->ctx, QMT_ERR_FORMAT, "%s: an XYZ file, not a list of SMILES; give it as FILE",
                r->path);
}

QmtStatus smiles_read_text(QmtContext *ctx, const char *path, const Text *text,
                           const SmilesColumns *columns, StructureList *list)
{
    static const SmilesColumns found = {0};
    const size_t before = list->n;
    ListReader r = {
        .ctx = ctx, .path = path, .text = text, .list = list, .notes = {.ctx = ctx, .path = path}};
    while (r.first < text->n_lines && is_skipped(text->line[r.first]))
        r.first++;
    QmtStatus status = xyz_refuse(&r);
    if (status == QMT_OK && r.first < text->n_lines)
        status = separator_find(&r);
    if (status == QMT_OK && r.first < text->n_lines)
        status = header_read(&r, columns != NULL ? columns : &found);
    if (status == QMT_OK) {
        third_column_judge(&r);
        status = lines_read(&r);
    }
    if (status == QMT_OK && r.n_molecules == 0)
        status = FAIL(ctx, QMT_ERR_FORMAT,
                      "%s: no molecule in the file; write lines \"SMILES name\"", path);
    if (status == QMT_OK)
        reader_notes_end(&r.notes);
    else
        structures_truncate(list, before);
    return status;
}

QmtStatus smiles_read_table(QmtContext *ctx, const char *path, const SmilesColumns *columns,
                            StructureList *list)
{
    Text text;
    char *data;
    size_t n;
    TRY(input_read(ctx, path, SMILES_SIZE_LIMIT, &data, &n));
    QmtStatus status = text_from_memory(ctx, path, data, n, &text);
    free(data);
    TRY(status);
    status = smiles_read_text(ctx, path, &text, columns, list);
    text_release(&text);
    return status;
}

QmtStatus smiles_read_memory(QmtContext *ctx, const char *path, const char *data, size_t n,
                             StructureList *list)
{
    Text text;
    TRY(text_from_memory(ctx, path, data, n, &text));
    const QmtStatus status = smiles_read_text(ctx, path, &text, NULL, list);
    text_release(&text);
    return status;
}

QmtStatus smiles_read_word(QmtContext *ctx, const char *word, StructureList *list)
{
    const char *const name = name_find(ctx, word);
    const size_t n = strlen(word);
    char *const line = malloc(n + 2);
    if (line == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the SMILES \"%.80s\"", word);
    strcpy(line, word);
    if (name != NULL)
        line[name - 1 - word] = ' ';
    Text text = {.data = line, .line = (char *[]){line}, .n_lines = 1};
    ListReader r = {.ctx = ctx,
                    .path = "command line",
                    .text = &text,
                    .list = list,
                    .notes = {.ctx = ctx, .path = "command line"},
                    .separator = ' ',
                    .name = 1,
                    .twin = NO_COLUMN,
                    .n_molecules = list->n};
    third_column_judge(&r);
    const QmtStatus status = is_skipped(line)
                                 ? FAIL(ctx, QMT_ERR_USAGE, "an empty SMILES on the command line")
                                 : lines_read(&r);
    free(line);
    return status;
}
