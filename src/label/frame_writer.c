#include "label/frame_writer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/printable.h"
#include "base/units.h"
#include "io/text.h"
#include "label/comment_tokens.h"

enum {
    NAMES_MAX = 32,
    COMMENT_SIZE = 32768,
    NUMBER_SIZE = 40,
};

/// Names of labels.
typedef struct {
    char name[NAMES_MAX][COLUMN_NAME_SIZE];
    size_t n;
} NameList;

/// What is known of a frame before it is written.
typedef struct {
    QmtContext *ctx;
    const FrameLines *lines;
    const FrameLabels *labels;
    const char *comment;
    size_t n_comment;
    bool extended; ///< the comment is key=value pairs
    FrameColumns columns;
    NameList keys, atom_names; ///< of labels
    Bytes *out;
} Writer;

static void put_text(Bytes *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put_text(Bytes *out, const char *format, ...)
{
    char text[1024];
    va_list words;
    va_start(words, format);
    const int n = vsnprintf(text, sizeof text, format, words);
    va_end(words);
    bytes_add(out, text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}

static void name_add(NameList *list, const char *name, const char *suffix)
{
    if (list->n < NAMES_MAX)
        snprintf(list->name[list->n++], COLUMN_NAME_SIZE, "%s%s", name, suffix);
}

/// The keys of a property are words with blanks between them.
static void property_names_add(NameList *list, const char *keys)
{
    while (*keys != '\0') {
        char key[COLUMN_NAME_SIZE];
        const size_t n = strcspn(keys, " ");
        snprintf(key, sizeof key, "%.*s", (int)n, keys);
        name_add(list, key, "");
        keys += n + strspn(keys + n, " ");
    }
}

static bool is_of_atoms(Property property)
{
    return PROPERTIES[property].axes[0] == 'N';
}

/// What readers would take for results of the method of our labels.
static const char *const KEYS_OF_RESULTS[] = {"free_energy", "REF_energy", "label_failed",
                                              "dipole",      "REF_dipole", "stress",
                                              "REF_stress",  "virial",     "REF_virials"};
static const char *const COLUMNS_OF_RESULTS[] = {"REF_forces", "charges", "REF_charges", "energies",
                                                 "magmoms"};

static void names_find(Writer *w)
{
    const FrameLabels *const labels = w->labels;
    for (int m = 0; m < LABEL_METHODS_MAX; m++) {
        if ((labels->names >> m & 1) == 0)
            continue;
        name_add(&w->keys, "energy", labels->suffixes[m]);
        name_add(&w->keys, "label_method", labels->suffixes[m]);
        name_add(&w->atom_names, "forces", labels->suffixes[m]);
    }
    for (size_t i = 0; i < sizeof KEYS_OF_RESULTS / sizeof *KEYS_OF_RESULTS; i++)
        name_add(&w->keys, KEYS_OF_RESULTS[i], "");
    for (size_t i = 0; i < sizeof COLUMNS_OF_RESULTS / sizeof *COLUMNS_OF_RESULTS; i++)
        name_add(&w->atom_names, COLUMNS_OF_RESULTS[i], "");
    for (int p = 0; p < N_PROPERTIES; p++)
        if (labels->property_set >> p & 1)
            property_names_add(is_of_atoms((Property)p) ? &w->atom_names : &w->keys,
                               PROPERTIES[p].extxyz);
}

static bool names_have(const NameList *list, const char *name, size_t n)
{
    for (size_t i = 0; i < list->n; i++)
        if (strlen(list->name[i]) == n && memcmp(list->name[i], name, n) == 0)
            return true;
    return false;
}

static bool column_exists(const Writer *w, const char *name)
{
    for (size_t i = 0; i < w->columns.n_kinds; i++)
        if (strcmp(w->columns.kinds[i].name, name) == 0)
            return true;
    return false;
}

/// "input_energy", or "input_2_energy" where that is taken.
static void other_name(const Writer *w, bool is_column, const char *name, size_t n,
                       char other[COLUMN_NAME_SIZE])
{
    Token token;
    snprintf(other, COLUMN_NAME_SIZE, "input_%.*s", (int)n, name);
    for (int k = 2; k < 1000; k++) {
        const bool taken = is_column ? column_exists(w, other)
                                     : token_find(w->comment, w->n_comment, other, &token);
        if (!taken)
            break;
        snprintf(other, COLUMN_NAME_SIZE, "input_%d_%.*s", k, (int)n, name);
    }
    context_log(w->ctx, QMT_LOG_INFO, "%s: %s%.*s of the input is kept as %s", w->lines->place,
                is_column ? "the column " : "", (int)(n < 60 ? n : 60), name, other);
}

/// A word of an atom line, with exponents that every reader knows.
static void put_word(Bytes *out, const Piece *word)
{
    size_t n_power;
    const char *const power = frame_exponent_find(word, &n_power);
    if (power == NULL) {
        bytes_add(out, word->data, word->n);
        return;
    }
    const size_t n = (size_t)(power - word->data);
    bytes_add(out, word->data, n);
    bytes_add(out, "e", 1);
    bytes_add(out, power + n_power, word->n - n - n_power);
}

static void put_properties(Writer *w)
{
    put_text(w->out, "Properties=");
    for (size_t i = 0; i < w->columns.n_kinds; i++) {
        char other[COLUMN_NAME_SIZE];
        const char *name = w->columns.kinds[i].name;
        if (names_have(&w->atom_names, name, strlen(name))) {
            other_name(w, true, name, strlen(name), other);
            name = other;
        }
        put_text(w->out, "%s%s:%c:%zu", i > 0 ? ":" : "", name, w->columns.kinds[i].type,
                 w->columns.kinds[i].n);
    }
    if (w->columns.new_species)
        put_text(w->out, ":input_species:S:1");
    for (size_t m = 0; m < w->labels->n_methods; m++)
        put_text(w->out, m == 0 ? ":forces%s:R:3:REF_forces:R:3" : ":forces%s:R:3",
                 w->labels->methods[m].suffix);
    const unsigned set = w->labels->n_methods > 0 ? w->labels->methods[0].property_set : 0;
    for (int p = 0; p < N_PROPERTIES; p++)
        if ((set >> p & 1) && is_of_atoms((Property)p))
            put_text(w->out, ":%s:R:%zu", PROPERTIES[p].extxyz,
                     property_size((Property)p, w->lines->n_atoms) / w->lines->n_atoms);
}

/// Keys of the state under the names of every reader, as trajectory/sink_extxyz.c writes them.
static const struct {
    const char *key;
    bool is_charge;
} STATE_KEYS[] = {{"charge", true},
                  {"spin", false},
                  {"total_charge", true},
                  {"total_spin", false},
                  {"spin_multiplicity", false}};
enum { N_STATE_KEYS = sizeof STATE_KEYS / sizeof *STATE_KEYS };

static int state_value(const FrameLabels *labels, size_t k)
{
    return STATE_KEYS[k].is_charge ? labels->charge : labels->multiplicity;
}

/// True if a key of the state has the value that is to be written: it stays as it is.
static bool state_agrees(const FrameLabels *labels, size_t k, const Piece *value)
{
    char text[NUMBER_SIZE];
    double number;
    snprintf(text, sizeof text, "%.*s", (int)(value->n < 39 ? value->n : 39), value->data);
    return text_parse_double(text, &number) == NULL && number == (double)state_value(labels, k);
}

/// Whether a key of the input gives its name to a label.
static bool key_gives_way(const Writer *w, const Token *token)
{
    if (token->value.data == NULL)
        return false;
    if (names_have(&w->keys, token->key.data, token->key.n))
        return true;
    if (token->waits && (piece_is(&token->key, "pbc") || piece_is(&token->key, "Lattice")))
        return true; // readers stop at an empty one
    for (size_t k = 0; k < N_STATE_KEYS && w->labels->has_state; k++)
        if (piece_is(&token->key, STATE_KEYS[k].key))
            return !state_agrees(w->labels, k, &token->value);
    return false;
}

static void put_input_key(Writer *w, const Token *token)
{
    put_text(w->out, " ");
    if (key_gives_way(w, token)) {
        char other[COLUMN_NAME_SIZE];
        other_name(w, false, token->key.data, token->key.n, other);
        put_text(w->out, "%s", other);
        bytes_add(w->out, token->key.data + token->key.n, token->whole.n - token->key.n);
    } else {
        bytes_add(w->out, token->whole.data, token->whole.n);
    }
}

/// The keys with values, or those whose values are empty: readers would take a label behind them for the value.
static void put_input_keys(Writer *w, bool waiting)
{
    Token token;
    for (size_t at = 0; w->extended && token_next(w->comment, w->n_comment, &at, &token);) {
        const bool is_properties =
            token.value.data != NULL &&
            (piece_is(&token.key, "Properties") || piece_is(&token.key, "properties"));
        if (!is_properties && token.waits == waiting)
            put_input_key(w, &token);
    }
}

/// A value in quotes. Quotes and backslashes inside have a backslash in front, by which readers get the very text.
static void put_quoted(Bytes *out, const char *key, const char *text, size_t n)
{
    const char quote = memchr(text, '"', n) != NULL && memchr(text, '\'', n) == NULL ? '\'' : '"';
    put_text(out, " %s=%c", key, quote);
    for (size_t i = 0; i < n; i++) {
        if (text[i] == quote || text[i] == '\\')
            bytes_add(out, "\\", 1);
        bytes_add(out, text + i, 1);
    }
    put_text(out, "%c", quote);
}

/// The line as it was, as a value, where it is not key=value pairs.
static void put_comment_text(Writer *w)
{
    size_t begin = 0, end = w->n_comment;
    while (begin < end && strchr(" \t\r", w->comment[begin]) != NULL)
        begin++;
    while (end > begin && strchr(" \t\r", w->comment[end - 1]) != NULL)
        end--;
    if (end > begin)
        put_quoted(w->out, "comment", w->comment + begin, end - begin);
}

static bool input_has(const Writer *w, const char *key)
{
    Token token;
    return w->extended && token_find(w->comment, w->n_comment, key, &token) &&
           !key_gives_way(w, &token);
}

static void put_state(Writer *w)
{
    const FrameLabels *const labels = w->labels;
    Token token;
    for (size_t k = 0; k < N_STATE_KEYS; k++) {
        const bool there = w->extended &&
                           token_find(w->comment, w->n_comment, STATE_KEYS[k].key, &token) &&
                           state_agrees(labels, k, &token.value);
        if (!there)
            put_text(w->out, " %s=%d", STATE_KEYS[k].key, state_value(labels, k));
    }
    if (!input_has(w, "charge_from"))
        put_quoted(w->out, "charge_from", labels->charge_source, strlen(labels->charge_source));
    if (!input_has(w, "multiplicity_from"))
        put_quoted(w->out, "multiplicity_from", labels->multiplicity_source,
                   strlen(labels->multiplicity_source));
}

/// Properties that are one number or a few of the whole frame.
static void put_frame_properties(Writer *w, const MethodLabels *method)
{
    const double *values = method->properties;
    for (int p = 0; p < N_PROPERTIES; p++) {
        const PropertyType *const type = &PROPERTIES[p];
        if ((method->property_set >> p & 1) == 0)
            continue;
        const size_t n = property_size((Property)p, w->lines->n_atoms);
        if (!is_of_atoms((Property)p)) {
            put_text(w->out, " %s=%s", type->extxyz, n > 1 ? "\"" : "");
            for (size_t i = 0; i < n; i++)
                put_text(w->out, "%s%.10g", i > 0 ? " " : "",
                         values[i] * type->unit_per_au * type->extxyz_per_unit);
            put_text(w->out, "%s", n > 1 ? "\"" : "");
        }
        values += n;
    }
}

static void put_energies(Writer *w)
{
    for (size_t m = 0; m < w->labels->n_methods; m++) {
        const MethodLabels *const method = &w->labels->methods[m];
        char energy[TEXT_DOUBLE_SIZE];
        text_format_double(method->energy * EV_PER_HARTREE, energy);
        put_text(w->out, " energy%s=%s", method->suffix, energy);
        if (m == 0)
            put_text(w->out, " free_energy=%s REF_energy=%s", energy, energy);
        put_text(w->out, " label_method%s=\"%s\"", method->suffix, method->method);
    }
}

static void put_comment(Writer *w)
{
    char shown[400];
    put_properties(w);
    put_input_keys(w, false);
    if (!w->extended)
        put_comment_text(w);
    put_energies(w);
    if (w->labels->has_state)
        put_state(w);
    if (w->labels->n_methods > 0)
        put_frame_properties(w, &w->labels->methods[0]);
    if (w->labels->failure != NULL) {
        text_printable(w->labels->failure, shown, sizeof shown);
        put_quoted(w->out, "label_failed", shown, strlen(shown));
    }
    put_text(w->out, "%s", input_has(w, "pbc") ? "" : " pbc=\"F F F\"");
    put_input_keys(w, true);
    put_text(w->out, "\n");
}

/// The columns of the input.
static void put_input_columns(Writer *w, size_t a)
{
    Piece words[WORDS_MAX];
    char symbol[SPECIES_SIZE] = "";
    (void)frame_words_find(w->lines, a, words);
    if (w->columns.new_species)
        frame_species_text(&w->columns, &words[w->columns.species], symbol);
    const Piece *const last = &words[w->columns.n_words - 1];
    if (!w->columns.new_species && !w->columns.new_numbers) {
        bytes_add(w->out, words[0].data, (size_t)(last->data + last->n - words[0].data));
        return;
    }
    for (size_t i = 0; i < w->columns.n_words; i++) {
        put_text(w->out, "%s", i > 0 ? " " : "");
        if (i == w->columns.species && w->columns.new_species)
            put_text(w->out, "%s", symbol);
        else
            put_word(w->out, &words[i]);
    }
    if (!w->columns.new_species)
        return;
    put_text(w->out, " ");
    bytes_add(w->out, words[w->columns.species].data, words[w->columns.species].n);
}

static void put_forces(Writer *w, size_t a)
{
    const double unit = -EV_PER_HARTREE * BOHR_PER_ANGSTROM;
    for (size_t m = 0; m < w->labels->n_methods; m++) {
        const double *const gradient = w->labels->methods[m].gradient[a];
        char text[3 * NUMBER_SIZE];
        const int n = snprintf(text, sizeof text, " %.10g %.10g %.10g", unit * gradient[0],
                               unit * gradient[1], unit * gradient[2]);
        for (int k = 0; k < (m == 0 ? 2 : 1); k++)
            bytes_add(w->out, text, (size_t)n);
    }
}

static void put_atom_properties(Writer *w, size_t a)
{
    if (w->labels->n_methods == 0)
        return;
    const MethodLabels *const method = &w->labels->methods[0];
    const double *values = method->properties;
    for (int p = 0; p < N_PROPERTIES; p++) {
        const PropertyType *const type = &PROPERTIES[p];
        if ((method->property_set >> p & 1) == 0)
            continue;
        const size_t n = property_size((Property)p, w->lines->n_atoms);
        const size_t row = n / w->lines->n_atoms;
        for (size_t i = 0; is_of_atoms((Property)p) && i < row; i++)
            put_text(w->out, " %.10g",
                     values[a * row + i] * type->unit_per_au * type->extxyz_per_unit);
        values += n;
    }
}

/// The comment with codes, "\xe9", for bytes that are no UTF-8. Where words stay as they are, readers take a backslash
/// for itself if there are two.
static size_t bytes_code(const Writer *w, bool extended, char *comment)
{
    size_t n = 0;
    for (size_t at = 0; at < w->n_comment && n + 8 < COMMENT_SIZE;) {
        unsigned long code;
        const size_t size = utf8_decode(w->comment + at, w->n_comment - at, &code);
        if (size > 0)
            memcpy(comment + n, w->comment + at, size);
        else
            snprintf(comment + n, 8, "%s\\x%02x", extended ? "\\" : "",
                     (unsigned)(unsigned char)w->comment[at]);
        n += size > 0 ? size : 4 + (size_t)extended;
        at += size > 0 ? size : 1;
    }
    return n;
}

/// Lines in another encoding than UTF-8: readers would stop. The comment is then written with codes for such bytes,
/// in [COMMENT_SIZE]; atoms cannot be.
static bool encoding_check(Writer *w, char *comment)
{
    for (size_t a = 0; a < w->lines->n_atoms; a++)
        if (!text_is_utf8(w->lines->lines[a + 2], w->lines->sizes[a + 2]))
            return false;
    if (text_is_utf8(w->comment, w->n_comment))
        return true;
    w->n_comment = bytes_code(w, tokens_are_extended(w->comment, w->n_comment), comment);
    w->comment = comment;
    context_log(w->ctx, QMT_LOG_WARNING, "%s: the comment line is no UTF-8; its bytes become codes",
                w->lines->place);
    return true;
}

bool frame_write(QmtContext *ctx, const FrameLines *lines, const FrameLabels *labels, Bytes *out)
{
    Writer w = {.ctx = ctx,
                .lines = lines,
                .labels = labels,
                .comment = lines->lines[1],
                .n_comment = lines->sizes[1],
                .out = out};
    char comment[COMMENT_SIZE];
    Token properties;
    if (!encoding_check(&w, comment))
        return false;
    w.extended = tokens_are_extended(w.comment, w.n_comment);
    names_find(&w);
    const bool declared = token_find(w.comment, w.n_comment, "Properties", &properties) ||
                          token_find(w.comment, w.n_comment, "properties", &properties);
    if (!frame_columns_find(ctx, lines, declared ? &properties.value : NULL, &w.columns))
        return false;
    put_text(out, "%zu\n", lines->n_atoms);
    put_comment(&w);
    for (size_t a = 0; a < lines->n_atoms; a++) {
        put_input_columns(&w, a);
        put_forces(&w, a);
        put_atom_properties(&w, a);
        put_text(out, "\n");
    }
    return true;
}
