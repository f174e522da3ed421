#include "structure/comment.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/units.h"
#include "io/text.h"
#include "structure/comment_words.h"
#include "structure/length_unit.h"
#include "structure/state_words.h"

/// What the keys of a line say that is settled at its end.
typedef struct {
    const char *place;
    ReaderNotes *notes;
    Structure *structure;
    StateTexts *texts;
    AtomColumns *columns;
    char lattice[64]; ///< its value, cut; "": none, or nine zeros
    char lattice_key[16], pbc_key[16];
    char pbc[64]; ///< likewise
    bool has_pbc;
    char waiting[64]; ///< free word whose value the next one may be, "charge" of "charge: 2"
    char before[32];  ///< the free word before, "unpaired" of "unpaired electrons: 2"
} Comment;

/// Columns of whole charges, of magnetic moments and of mass numbers. "charges" are partial ones.
static const char *const CHARGES[] = {"initial_charges", "charge", "formal_charge",
                                      "formal_charges"},
                         *const MOMENTS[] = {"initial_magmoms", "magmoms", "magmom"},
                         *const ISOTOPES[] = {"isotope", "isotopes", "mass_number", "mass_numbers"};

static bool name_among(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(name, names[i]) == 0)
            return true;
    return false;
}

/// Properties=NAME:TYPE:COUNT:...: where species and positions are.
static QmtStatus properties_read(QmtContext *ctx, const Comment *c, const char *value)
{
    size_t columns = 0, species = COLUMNS_MAX, number = COLUMNS_MAX, pos = COLUMNS_MAX;
    size_t charge = COLUMNS_MAX, moment = COLUMNS_MAX, mass = COLUMNS_MAX, isotope = COLUMNS_MAX;
    const char *at = value;
    for (;;) {
        const size_t n_name = strcspn(at, ":");
        const char *const type = at[n_name] == ':' ? at + n_name + 1 : NULL;
        const char *const count = type != NULL ? strchr(type, ':') : NULL;
        char *end = NULL;
        const unsigned long n = count != NULL ? strtoul(count + 1, &end, 10) : 0;
        if (count == NULL || end == count + 1 || n < 1 || n > COLUMNS_MAX ||
            columns + n > COLUMNS_MAX || (*end != ':' && *end != '\0'))
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s: Properties=%.80s: \"%.40s\" is not NAME:TYPE:COUNT", c->place, value,
                        at);
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)(n_name < 31 ? n_name : 31), at);
        if ((strcasecmp(name, "species") == 0 || strcasecmp(name, "symbols") == 0) && n == 1)
            species = columns;
        else if ((strcasecmp(name, "Z") == 0 || strcasecmp(name, "numbers") == 0) && n == 1)
            number = columns;
        else if ((strcasecmp(name, "pos") == 0 || strcasecmp(name, "positions") == 0) && n == 3)
            pos = columns;
        else if (n == 1 && name_among(name, CHARGES, sizeof CHARGES / sizeof *CHARGES))
            charge = columns;
        else if (n == 1 && name_among(name, MOMENTS, sizeof MOMENTS / sizeof *MOMENTS))
            moment = columns;
        else if (n == 1 && name_among(name, ISOTOPES, sizeof ISOTOPES / sizeof *ISOTOPES))
            isotope = columns;
        else if ((strcasecmp(name, "masses") == 0 || strcasecmp(name, "mass") == 0) && n == 1)
            mass = columns;
        columns += n;
        if (*end == '\0')
            break;
        at = end + 1;
    }
    if (species == COLUMNS_MAX) {
        species = number;
        number = COLUMNS_MAX;
    }
    if (species == COLUMNS_MAX || pos == COLUMNS_MAX)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: Properties=%.80s names no species:S:1 or no pos:R:3; both are needed",
                    c->place, value);
    *c->columns = (AtomColumns){.declared = true,
                                .n = columns,
                                .species = species,
                                .pos = pos,
                                .number = number,
                                .unit = c->columns->unit,
                                .charge = charge,
                                .moment = moment,
                                .mass = mass,
                                .isotope = isotope};
    return QMT_OK;
}

/// True if pbc= says that some direction is periodic: "T F F", "True", "1 0 0".
static bool is_periodic(const char *value)
{
    return strpbrk(value, "tTrR1") != NULL;
}

static bool is_zero_lattice(const char *value)
{
    return strpbrk(value, "123456789") == NULL;
}

/// A cell under other names than that of extended XYZ.
static bool names_cell(const char *key)
{
    static const char *const KEYS[] = {"cell", "unit_cell", "unitcell", "cell_vectors"};
    return name_among(key, KEYS, sizeof KEYS / sizeof *KEYS);
}

/// Numbers in "[10, 10, 10]" or "10 0 0 0 10 0 0 0 10".
static int numbers_in(const char *value)
{
    static const char KEPT[] = "0123456789.+-eE";
    int n = 0;
    for (value += strcspn(value, KEPT); *value != '\0'; value += strcspn(value, KEPT), n++)
        value += strspn(value, KEPT);
    return n;
}

static void name_take(const Comment *c, const char *value)
{
    char name[STRUCTURE_NAME_SIZE];
    bool changed;
    if (!structure_name_clean(value, name, &changed))
        return;
    if (changed)
        reader_note(c->notes, NOTE_NAME, QMT_LOG_INFO,
                    "%s: the name \"%.220s\" cannot be a folder and becomes \"%s\"", c->place,
                    value, name);
    strcpy(c->structure->name, name);
    c->structure->name_origin = NAME_GIVEN;
}

static QmtStatus smiles_take(QmtContext *ctx, const Comment *c, const char *value)
{
    if (strchr(value, '"') != NULL) // start.xyz could not be read again
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: smiles='%.80s' contains a quote, which no SMILES has; remove it", c->place,
                    value);
    const size_t n = strlen(value);
    if (n > 0 && value[n - 1] == '\\') // likewise: it would stand before a quote
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: smiles='%.80s' ends with a backslash, which no SMILES does; remove it",
                    c->place, value);
    state_add_smiles(value, c->texts);
    return structure_set_smiles(ctx, c->structure, value);
}

static QmtStatus unit_fail(QmtContext *ctx, const Comment *c, const char *word)
{
    return FAIL(ctx, QMT_ERR_INPUT,
                "%s: the comment says \"%.40s\", but XYZ files are read in angstrom; convert the "
                "coordinates, or remove the word if they are",
                c->place, word);
}

static bool ends_as(const char *word, const char *ending)
{
    const size_t n = strlen(word), n_ending = strlen(ending);
    return n > n_ending && strcasecmp(word + n - n_ending, ending) == 0;
}

/// "Charge/Multiplicity" and the like.
static bool names_both(const char *key)
{
    return strcasestr(key, "charge") != NULL &&
           (ends_as(key, "mult") || ends_as(key, "multip") || ends_as(key, "multiplicity"));
}

/// "-2/3" as the value of such a key; of "-2 3" the second number is the next word.
static QmtStatus both_take(QmtContext *ctx, Comment *c, const char *value)
{
    char charge[24];
    const char *const end = value + strcspn(value, "/,; ");
    const char *const next = end + strspn(end, "/,; ");
    snprintf(charge, sizeof charge, "%.*s", (int)(end - value < 23 ? end - value : 23), value);
    TRY(state_add_key(ctx, c->place, "comment", "charge", charge, c->texts));
    if (*next != '\0')
        return state_add_key(ctx, c->place, "comment", "multiplicity", next, c->texts);
    strcpy(c->waiting, "multiplicity");
    return QMT_OK;
}

static void source_take(const char *value, char source[STATE_SOURCE_SIZE])
{
    snprintf(source, STATE_SOURCE_SIZE, "%.95s", value);
    for (char *at = source; *at != '\0'; at++)
        if (*at == '\'' || *at == '\\') // it is written between such quotes
            *at = '_';
}

static QmtStatus key_take(QmtContext *ctx, Comment *c, const CommentWord *word)
{
    const char *const key = word->key, *const value = word->value;
    if (length_unit_is_other(key, value))
        return unit_fail(ctx, c, value);
    if (word->open_quote)
        reader_note(c->notes, NOTE_QUOTE, QMT_LOG_INFO,
                    "%s: the quote after %.40s= is not closed; it is left out", c->place, key);
    if (strcasecmp(key, "name") == 0) {
        name_take(c, value);
        state_add_value(value, c->texts);
    } else if (strcasecmp(key, "inchi") == 0)
        state_add_inchi(value, c->texts);
    else if (strcasecmp(key, "smiles") == 0)
        return smiles_take(ctx, c, value);
    else if (strcmp(key, "charge_from") == 0)
        source_take(value, c->texts->charge_from);
    else if (strcmp(key, "multiplicity_from") == 0)
        source_take(value, c->texts->multiplicity_from);
    else if (strcasecmp(key, "lattice") == 0 || (names_cell(key) && numbers_in(value) >= 3)) {
        snprintf(c->lattice, sizeof c->lattice, "%.60s", is_zero_lattice(value) ? "" : value);
        snprintf(c->lattice_key, sizeof c->lattice_key, "%.15s", key);
    } else if (strcasecmp(key, "pbc") == 0 || strcasecmp(key, "periodic") == 0) {
        c->has_pbc = true;
        snprintf(c->pbc, sizeof c->pbc, "%.60s", value);
        snprintf(c->pbc_key, sizeof c->pbc_key, "%.15s", key);
    } else if (strcasecmp(key, "properties") == 0)
        return properties_read(ctx, c, value);
    else if (names_both(key))
        return both_take(ctx, c, value);
    else {
        if (state_quantity(key) == STATE_NONE)
            state_add_value(value, c->texts);
        return state_add_key(ctx, c->place, "comment", key, value, c->texts);
    }
    return QMT_OK;
}

static bool begins_as_number(const char *word)
{
    word += *word == '+' || *word == '-';
    return *word >= '0' && *word <= '9';
}

/// "charge:2" or "charge 2": only a whole number, or the word of a multiplicity, is meant as its value.
static QmtStatus loose_value_take(QmtContext *ctx, Comment *c, const char *key, const char *value)
{
    double number;
    const StateQuantity quantity = state_quantity(key);
    if (names_both(key) && begins_as_number(value))
        return both_take(ctx, c, value);
    const bool is_number = text_parse_double(value, &number) == NULL;
    if (!is_number && state_multiplicity_word(value) == 0)
        return QMT_OK;
    if (is_number && (quantity == STATE_CHARGE || quantity == STATE_UNPAIRED) &&
        number != rint(number))
        return QMT_OK; // a partial charge
    if (is_number && number < 1.0 && quantity == STATE_MULTIPLICITY) {
        snprintf(c->texts->open_spin, sizeof c->texts->open_spin, "comment \"%.30s %.30s\"", key,
                 value);
        return QMT_OK;
    }
    return state_add_key(ctx, c->place, "comment", key, value, c->texts);
}

/// Two free words that are one key: "unpaired electrons". False: they are none.
static bool words_join(const Comment *c, const char *word, char key[sizeof((Comment *)0)->waiting])
{
    snprintf(key, sizeof((Comment *)0)->waiting, "%.30s %.30s", c->before, word);
    return c->before[0] != '\0' && state_quantity(key) != STATE_NONE;
}

/// A free word that may be meant as a key, with the value behind its separator, NULL if there is none.
static QmtStatus loose_key_take(QmtContext *ctx, Comment *c, const char *word, const char *value)
{
    char key[sizeof c->waiting];
    if (length_unit_is_word(word) ||
        (length_unit_is_other(c->before, word) && strcmp(word, "Au") != 0) || // gold
        (value != NULL && length_unit_is_other(word, value)))
        return unit_fail(ctx, c, length_unit_is_word(word) || value == NULL ? word : value);
    const bool joined = words_join(c, word, key);
    state_add_word(c->before, word, c->texts);
    const bool known =
        joined || (state_quantity(word) != STATE_NONE && (value != NULL || word[1] != '\0'));
    snprintf(c->before, sizeof c->before, "%.30s", word);
    if (!joined)
        snprintf(key, sizeof key, "%.60s", word);
    if (!known && state_quantity_meant(word) == STATE_NONE)
        return QMT_OK;
    if (value != NULL && value[0] != '\0')
        return loose_value_take(ctx, c, key, value);
    strcpy(c->waiting, key);
    return QMT_OK;
}

/// Takes quotes and closing brackets off the end, in place.
static void closers_cut(char *word)
{
    char *end = word + strlen(word);
    while (end > word && strchr("\"')]}", end[-1]) != NULL)
        *--end = '\0';
}

/// A free word that may be meant as a key: "charge:2", "charge: 2", "charge 2", "charge(2)".
static QmtStatus free_word_take(QmtContext *ctx, Comment *c, char *word)
{
    char *separator = strpbrk(word, ":(");
    if (word[0] == '\0' || (*word == ':' && word[1] == '\0'))
        return QMT_OK; // "charge : 2"
    if (c->waiting[0] != '\0' && (begins_as_number(word) || state_multiplicity_word(word) > 0)) {
        char key[sizeof c->waiting];
        strcpy(key, c->waiting);
        c->waiting[0] = '\0';
        return loose_value_take(ctx, c, key, word);
    }
    if (c->waiting[0] != '\0' && (strcasecmp(word, "is") == 0 || strcasecmp(word, "of") == 0))
        return QMT_OK; // "charge is -2"
    c->waiting[0] = '\0';
    if (separator != NULL && *separator == '(') {
        *separator = '\0';
        if (state_quantity(word) == STATE_NONE) { // "H2O(2-)"
            *separator = '(';
            separator = NULL;
        }
    }
    if (separator != NULL)
        *separator = '\0';
    closers_cut(word);
    char *value = NULL;
    if (separator != NULL) {
        value = separator + 1 + strspn(separator + 1, "([{\"'");
        closers_cut(value);
    }
    return loose_key_take(ctx, c, word, value);
}

/// A comment line that is nothing but two integers and signs that mark a line: "2 1", "0, 3", "(-1 2)", "# 2 1".
static void pair_find(const char *comment, StateTexts *texts)
{
    char copy[64], *words[3];
    if (strlen(comment) >= sizeof copy)
        return;
    strcpy(copy, comment);
    for (char *at = copy; *at != '\0'; at++)
        if (strchr(",;()[]{}|/#!*\"'", *at) != NULL)
            *at = ' ';
    const size_t n = text_split(copy, words, 3);
    const size_t first = n == 3 && strcasecmp(words[0], "xyz") == 0; // "* xyz 2 1" of ORCA
    if (n - first == 2)
        state_add_pair(words[first], words[first + 1], texts);
}

static QmtStatus cell_check(QmtContext *ctx, const Comment *c)
{
    if (c->has_pbc && is_periodic(c->pbc))
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: %s=\"%.40s\" is periodic, but molecules are computed in free space; "
                    "write pbc=\"F F F\" or remove it",
                    c->place, c->pbc_key, c->pbc);
    if (c->lattice[0] != '\0' && !c->has_pbc)
        return FAIL(ctx, QMT_ERR_INPUT,
                    "%s: %s= without pbc= is a periodic cell, but molecules are computed in "
                    "free space; if it is only a box, write pbc=\"F F F\" behind it",
                    c->place, c->lattice_key);
    return QMT_OK;
}

/// The units of i-PI, "positions{atomic_unit}", and words for other ones than angstrom.
static QmtStatus units_take(QmtContext *ctx, const Comment *c, const char *comment)
{
    static const char *const OTHERS[] = {"forces",     "velocities", "momenta",
                                         "f_centroid", "v_centroid", "p_centroid"};
    char quantity[LENGTH_WORD_SIZE], unit[LENGTH_WORD_SIZE], text[2 * LENGTH_WORD_SIZE + 4];
    bool said = false;
    for (const char *at = comment; length_unit_braces(&at, quantity, unit);) {
        snprintf(text, sizeof text, "%s{%s}", quantity, unit);
        if (name_among(quantity, OTHERS, sizeof OTHERS / sizeof *OTHERS))
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%s: the comment says \"%.60s\", so these are no positions; give the file "
                        "that has them",
                        c->place, text);
        if (!length_unit_of_positions(quantity))
            continue;
        said = true;
        if (length_unit_is_bohr(unit)) {
            c->columns->unit = 1.0;
            reader_note(c->notes, NOTE_UNIT, QMT_LOG_INFO,
                        "%s: \"%.60s\": the positions are read in bohr", c->place, text);
        } else if (strncasecmp(unit, "angstrom", 8) != 0 && strcasecmp(unit, "ang") != 0) {
            return unit_fail(ctx, c, text);
        }
    }
    return !said && length_unit_in_line(comment, unit) ? unit_fail(ctx, c, unit) : QMT_OK;
}

QmtStatus comment_read(QmtContext *ctx, const char *place, char *comment, ReaderNotes *notes,
                       Structure *structure, StateTexts *texts, AtomColumns *columns)
{
    Comment c = {
        .place = place, .notes = notes, .structure = structure, .texts = texts, .columns = columns};
    *columns = (AtomColumns){.n = 4,
                             .species = 0,
                             .pos = 1,
                             .number = COLUMNS_MAX,
                             .unit = BOHR_PER_ANGSTROM,
                             .charge = COLUMNS_MAX,
                             .moment = COLUMNS_MAX,
                             .mass = COLUMNS_MAX,
                             .isotope = COLUMNS_MAX};
    TRY(units_take(ctx, &c, comment));
    pair_find(comment, texts);
    if (!texts->has_pair)
        state_add_line(comment, texts);
    state_add_mentions(comment, texts);
    char *at = comment;
    CommentWord word;
    for (;;) {
        comment_word_next(&at, &word);
        if (word.key == NULL)
            return cell_check(ctx, &c);
        if (word.value == NULL) {
            TRY(free_word_take(ctx, &c, word.key));
        } else {
            c.waiting[0] = c.before[0] = '\0';
            TRY(key_take(ctx, &c, &word));
        }
    }
}
