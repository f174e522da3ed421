#include "io/xyz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/suggest.h"
#include "base/units.h"
#include "data/element.h"
#include "io/text.h"

/// How many columns a Properties= key may declare.
enum { COLUMNS_MAX = 256 };

/// A value beyond this (in angstrom) is a broken file, not a molecule.
static const double COORDINATE_MAX = 1e6;

/// Where the reader is: line counts from 0, messages from 1.
typedef struct {
    QmtContext *ctx;
    const char *path;
    const Text *text;
    size_t line;
} Reader;

/// One key=value of a comment line, or a free word (value NULL); key NULL at its end.
typedef struct {
    char *key;
    char *value;
} Pair;

/// Takes the next key=value or free word from a comment line, cutting it in place. Returns false if a quote
/// stays open, with the key in *pair.
static bool next_pair(char **at, Pair *pair)
{
    char *s = *at;
    *pair = (Pair){0};
    for (;;) {
        s += strspn(s, " \t");
        if (*s == '\0') {
            *at = s;
            return true;
        }
        char *word = s;
        s += strcspn(s, " \t=");
        char *word_end = s;
        s += strspn(s, " \t");
        if (*s == '=' && word_end == word) {
            s++; // without a key before it
            continue;
        }
        if (*s != '=') {
            *word_end = '\0';
            pair->key = word;
            *at = s;
            return true;
        }
        s++;
        s += strspn(s, " \t");
        *word_end = '\0';
        pair->key = word;
        if (*s == '"' || *s == '\'') {
            const char quote = *s++;
            char *end = strchr(s, quote);
            if (end == NULL)
                return false;
            pair->value = s;
            *end = '\0';
            *at = end + 1;
        } else {
            pair->value = s;
            s += strcspn(s, " \t");
            *at = *s == '\0' ? s : s + 1;
            *s = '\0';
        }
        return true;
    }
}

/// Properties=species:S:1:pos:R:3:...; *n_columns is what an atom line must have.
static QmtStatus read_properties(const Reader *r, const char *value, size_t *n_columns)
{
    static const char FIRST[] = "species:S:1:pos:R:3";
    const size_t n_first = sizeof FIRST - 1;
    if (strncmp(value, FIRST, n_first) != 0 || (value[n_first] != '\0' && value[n_first] != ':'))
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s:%zu: Properties=%.80s does not begin with %s; put "
                    "these columns first",
                    r->path, r->line + 1, value, FIRST);
    size_t columns = 4;
    const char *at = value + n_first;
    while (*at == ':') {
        // :NAME:TYPE:COUNT
        const char *type = strchr(at + 1, ':');
        const char *count = type != NULL ? strchr(type + 1, ':') : NULL;
        char *end = NULL;
        const unsigned long n = count != NULL ? strtoul(count + 1, &end, 10) : 0;
        if (count == NULL || end == count + 1 || n < 1 || columns + n > COLUMNS_MAX ||
            (*end != ':' && *end != '\0'))
            return FAIL(r->ctx, QMT_ERR_FORMAT,
                        "%s:%zu: Properties=%.80s: \"%.40s\" is not "
                        "NAME:TYPE:COUNT",
                        r->path, r->line + 1, value, at + 1);
        columns += n;
        at = end;
    }
    *n_columns = columns;
    return QMT_OK;
}

static QmtStatus read_integer_key(const Reader *r, const Pair *pair, int min, int max, bool *has,
                                  int *value)
{
    long long number;
    const char *problem = text_parse_integer(pair->value, min, max, &number);
    if (problem != NULL)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: %s=%.40s %s (%d to %d are possible)", r->path,
                    r->line + 1, pair->key, pair->value, problem, min, max);
    if (*has && *value != (int)number)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: %s= is given twice, as %d and %lld; keep one",
                    r->path, r->line + 1, pair->key, *value, number);
    *has = true;
    *value = (int)number;
    return QMT_OK;
}

/// True if pbc= says that some direction is periodic: "T F F", "True", "1 0 0".
static bool is_periodic(const char *value)
{
    return strpbrk(value, "tTrR1") != NULL;
}

/// The key that a misspelt or foreign one may stand for; NULL: none that decides the physics.
static const char *key_meant(const char *key)
{
    static const char *const KEYS[] = {"charge", "multiplicity"};
    static const struct {
        const char *part;
        int key;
    } PARTS[] = {{"charge", 0}, {"chrg", 0}, {"multip", 1}, {"unpaired", 1}};
    static const struct {
        const char *begin;
        int key;
    } BEGINS[] = {{"char", 0}, {"chg", 0}, {"mult", 1}, {"spin", 1}, {"uhf", 1}};
    char hint[SUGGEST_HINT_SIZE];
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        if (strcasestr(key, PARTS[i].part) != NULL)
            return KEYS[PARTS[i].key];
    for (size_t i = 0; i < sizeof BEGINS / sizeof *BEGINS; i++)
        if (strncasecmp(key, BEGINS[i].begin, strlen(BEGINS[i].begin)) == 0)
            return KEYS[BEGINS[i].key];
    // Two letters, like mu, begin many a word.
    if (strlen(key) < 4)
        return strcasecmp(key, "q") == 0 ? KEYS[0] : NULL;
    for (size_t i = 0; i < 2; i++)
        if (suggest_hint(key, &KEYS[i], 1, hint)[0] != '\0')
            return KEYS[i];
    return NULL;
}

static bool begins_as_number(const char *word)
{
    word += *word == '+' || *word == '-';
    return *word >= '0' && *word <= '9';
}

/// A free word that may be meant as a key: "charge:2", "charge: 2", "charge 2".
///
/// @param waiting  key meant by the word before, whose value this one may be; NULL: none
static void free_word_judge(const Reader *r, char *word, const char **waiting)
{
    char *const colon = strchr(word, ':');
    if (colon == word && word[1] == '\0')
        return; // "charge : 2"
    if (*waiting != NULL && begins_as_number(word))
        context_log(r->ctx, QMT_LOG_WARNING,
                    "%s:%zu: %s without \"=\" is ignored; did you mean %s=%.40s?", r->path,
                    r->line + 1, *waiting, *waiting, word);
    if (colon != NULL)
        *colon = '\0';
    *waiting = key_meant(word);
    if (colon == NULL || colon[1] == '\0')
        return;
    if (*waiting != NULL && begins_as_number(colon + 1))
        context_log(r->ctx, QMT_LOG_WARNING,
                    "%s:%zu: %.40s:%.40s is ignored; did you mean %s=%.40s?", r->path, r->line + 1,
                    word, colon + 1, *waiting, colon + 1);
    *waiting = NULL;
}

/// The comment line of a frame; *n_columns becomes 4, or what Properties= declares.
static QmtStatus read_comment(const Reader *r, char *comment, Structure *s, size_t *n_columns)
{
    *n_columns = 4;
    char *at = comment;
    const char *waiting = NULL;
    Pair pair;
    for (;;) {
        if (!next_pair(&at, &pair))
            return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: the quote after %.40s= is not closed",
                        r->path, r->line + 1, pair.key);
        if (pair.key == NULL)
            return QMT_OK;
        if (pair.value == NULL) {
            free_word_judge(r, pair.key, &waiting);
            continue;
        }
        waiting = NULL;
        // total_charge and total_spin are the spellings of MACE, which `qmtraj convert` writes.
        if (strcasecmp(pair.key, "charge") == 0 || strcasecmp(pair.key, "total_charge") == 0) {
            TRY(read_integer_key(r, &pair, -1000, 1000, &s->has_charge, &s->charge));
        } else if (strcasecmp(pair.key, "multiplicity") == 0 ||
                   strcasecmp(pair.key, "total_spin") == 0) {
            TRY(read_integer_key(r, &pair, 1, 1000, &s->has_multiplicity, &s->multiplicity));
        } else if (strcasecmp(pair.key, "name") == 0) {
            const char *problem = structure_name_problem(pair.value);
            if (problem != NULL)
                return FAIL(r->ctx, QMT_ERR_INPUT,
                            "%s:%zu: name=\"%.220s\" %s, but it is to become "
                            "a folder; choose another one",
                            r->path, r->line + 1, pair.value, problem);
            strcpy(s->name, pair.value);
        } else if (strcasecmp(pair.key, "smiles") == 0) {
            if (strchr(pair.value, '"') != NULL) // start.xyz could not be read again
                return FAIL(r->ctx, QMT_ERR_FORMAT,
                            "%s:%zu: smiles='%.80s' contains a quote, which no SMILES has; remove "
                            "it",
                            r->path, r->line + 1, pair.value);
            TRY(structure_set_smiles(r->ctx, s, pair.value));
        } else if (strcasecmp(pair.key, "lattice") == 0) {
            return FAIL(r->ctx, QMT_ERR_INPUT,
                        "%s:%zu: Lattice= is a periodic cell, but molecules "
                        "are computed in free space; remove it if it is a leftover",
                        r->path, r->line + 1);
        } else if (strcasecmp(pair.key, "pbc") == 0) {
            if (is_periodic(pair.value))
                return FAIL(r->ctx, QMT_ERR_INPUT,
                            "%s:%zu: pbc=\"%.40s\" is periodic, but molecules "
                            "are computed in free space; write pbc=\"F F F\" or remove it",
                            r->path, r->line + 1, pair.value);
        } else if (strcasecmp(pair.key, "properties") == 0) {
            TRY(read_properties(r, pair.value, n_columns));
        } else {
            // Other programs put energies and much else here, so an unknown key is no error; a slip
            // of the pen in one that decides the physics must not pass silently.
            const char *const meant = key_meant(pair.key);
            if (meant != NULL)
                context_log(r->ctx, QMT_LOG_WARNING, "%s:%zu: %.40s= is ignored; did you mean %s=?",
                            r->path, r->line + 1, pair.key, meant);
        }
    }
}

/// Digits and then a letter ("13C"), or a name of heavy hydrogen; *element is the symbol to write.
static bool is_isotope(const char *word, const char **element)
{
    if (strcasecmp(word, "D") == 0 || strcasecmp(word, "T") == 0) {
        *element = "H";
        return true;
    }
    const char *letters = word + strspn(word, "0123456789");
    *element = letters;
    return letters != word && *letters != '\0' && element_number(letters) != 0;
}

static bool is_dummy(const char *word)
{
    static const char *const DUMMIES[] = {"X", "Xx", "Bq", "Du", "Gh", "*", "0", "Vac"};
    for (size_t i = 0; i < sizeof DUMMIES / sizeof *DUMMIES; i++)
        if (strcasecmp(word, DUMMIES[i]) == 0)
            return true;
    return false;
}

/// Atomic number of a symbol beyond the last element of the methods, Fr to Og; 0 if it is none.
static int heavy_number(const char *word)
{
    static const char *const SYMBOLS[] = {"Fr", "Ra", "Ac", "Th", "Pa", "U",  "Np", "Pu",
                                          "Am", "Cm", "Bk", "Cf", "Es", "Fm", "Md", "No",
                                          "Lr", "Rf", "Db", "Sg", "Bh", "Hs", "Mt", "Ds",
                                          "Rg", "Cn", "Nh", "Fl", "Mc", "Lv", "Ts", "Og"};
    for (size_t i = 0; i < sizeof SYMBOLS / sizeof *SYMBOLS; i++)
        if (strcasecmp(word, SYMBOLS[i]) == 0)
            return ELEMENT_MAX + 1 + (int)i;
    return 0;
}

static QmtStatus read_element(const Reader *r, const char *word, int *number)
{
    const char *element;
    long long z;
    *number = element_number(word);
    if (*number != 0)
        return QMT_OK;
    if (is_dummy(word))
        return FAIL(r->ctx, QMT_ERR_INPUT,
                    "%s:%zu: \"%s\" is a dummy atom, which has no electrons; "
                    "remove the line and lower the count",
                    r->path, r->line + 1, word);
    if (is_isotope(word, &element))
        return FAIL(r->ctx, QMT_ERR_INPUT,
                    "%s:%zu: \"%s\" is an isotope, but all masses are the "
                    "standard atomic weights; write \"%s\"",
                    r->path, r->line + 1, word, element);
    if (text_parse_integer(word, 1, ELEMENT_MAX, &z) == NULL) {
        *number = (int)z;
        return QMT_OK;
    }
    if (word[strspn(word, "+-0123456789")] == '\0')
        return FAIL(r->ctx, QMT_ERR_INPUT,
                    "%s:%zu: no element has the number %.40s here; 1 (H) to "
                    "%d (%s) can be computed",
                    r->path, r->line + 1, word, ELEMENT_MAX, element_symbol(ELEMENT_MAX));
    if (heavy_number(word) != 0)
        return FAIL(
            r->ctx, QMT_ERR_INPUT,
            "%s:%zu: \"%s\" is element %d, beyond the method; 1 (H) to %d (%s) can be computed",
            r->path, r->line + 1, word, heavy_number(word), ELEMENT_MAX,
            element_symbol(ELEMENT_MAX));
    return FAIL(r->ctx, QMT_ERR_INPUT,
                "%s:%zu: unknown element \"%.40s\", the nearest is \"%s\"; H to "
                "%s can be computed",
                r->path, r->line + 1, word, element_nearest(word), element_symbol(ELEMENT_MAX));
}

/// One atom line; i counts from 0.
static QmtStatus read_atom(const Reader *r, size_t n_columns, size_t i, Structure *s)
{
    char *words[COLUMNS_MAX];
    const size_t n_words = text_split(r->text->line[r->line], words, COLUMNS_MAX);
    if (n_words == 0)
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s:%zu: an empty line where atom %zu of %zu is expected; "
                    "is the number of atoms right?",
                    r->path, r->line + 1, i + 1, s->n_atoms);
    if (n_words < 4)
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s:%zu: atom %zu of %zu has %zu columns (\"%.40s\"), "
                    "symbol x y z are needed; is the number of atoms right?",
                    r->path, r->line + 1, i + 1, s->n_atoms, n_words, words[0]);
    TRY(read_element(r, words[0], &s->numbers[i]));
    for (int x = 0; x < 3; x++) {
        double value;
        const char *problem = text_parse_double(words[1 + x], &value);
        if (problem != NULL)
            return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: the %c coordinate \"%.60s\" %s", r->path,
                        r->line + 1, "xyz"[x], words[1 + x], problem);
        if (value > COORDINATE_MAX || value < -COORDINATE_MAX)
            return FAIL(r->ctx, QMT_ERR_FORMAT,
                        "%s:%zu: the %c coordinate %.60s is beyond %g "
                        "angstrom",
                        r->path, r->line + 1, "xyz"[x], words[1 + x], COORDINATE_MAX);
        s->xyz[i][x] = value * BOHR_PER_ANGSTROM;
    }
    if (n_words != n_columns)
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s:%zu: %zu columns, but %zu are expected (from \"%.40s\" "
                    "on); remove the others or declare them in Properties=",
                    r->path, r->line + 1, n_words, n_columns,
                    n_words > n_columns ? words[n_columns] : words[n_words - 1]);
    return QMT_OK;
}

/// The number of atoms. It is held against the lines that are left before any memory is taken.
static QmtStatus read_count(const Reader *r, bool first, size_t *n_atoms)
{
    char *words[2];
    char *line = r->text->line[r->line];
    const size_t n_words = text_split(line, words, 2);
    long long count = 0;
    const char *problem =
        n_words == 1 ? text_parse_integer(words[0], 1, 4611686018427387904LL, &count) : "";
    if (n_words == 1 && problem != NULL && strcmp(problem, "is not a whole number") != 0)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: the number of atoms \"%.40s\" %s", r->path,
                    r->line + 1, words[0], problem);
    if (problem != NULL)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: \"%.40s%s\" is not a number of atoms; %s",
                    r->path, r->line + 1, n_words > 0 ? words[0] : "", n_words > 1 ? " ..." : "",
                    first
                        ? "an XYZ file begins with it"
                        : "after the last atom of a frame the next frame or the end of the file is "
                          "expected");
    const size_t left = r->text->n_lines - r->line - 1;
    const size_t atoms_left = left > 0 ? left - 1 : 0;
    if ((unsigned long long)count > atoms_left)
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s:%zu: %lld atoms are announced, but only %zu line%s the comment line; the "
                    "file is cut off or the number is wrong",
                    r->path, r->line + 1, count, atoms_left,
                    atoms_left == 1 ? " follows" : "s follow");
    *n_atoms = (size_t)count;
    return QMT_OK;
}

static QmtStatus read_frame(Reader *r, bool first, Structure *s)
{
    snprintf(s->source, sizeof s->source, "%.480s:%zu", r->path, r->line + 1);
    size_t n_atoms = 0, n_columns = 0;
    TRY(read_count(r, first, &n_atoms));
    r->line++;
    TRY(read_comment(r, r->text->line[r->line], s, &n_columns));
    r->line++;
    TRY(structure_reserve(r->ctx, s, n_atoms));
    for (size_t i = 0; i < n_atoms; i++, r->line++)
        TRY(read_atom(r, n_columns, i, s));
    return QMT_OK;
}

/// "folder/water.xyz" -> "water", cut where a name would be too long to be accepted anyway.
static void name_from_path(const char *path, char name[STRUCTURE_NAME_SIZE])
{
    const char *slash = strrchr(path, '/');
    const char *base = slash != NULL ? slash + 1 : path;
    size_t length = strlen(base);
    if (length > 4 && strcasecmp(base + length - 4, ".xyz") == 0)
        length -= 4;
    if (length >= STRUCTURE_NAME_SIZE)
        length = STRUCTURE_NAME_SIZE - 1;
    memcpy(name, base, length);
    name[length] = '\0';
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(Structure *const *)a)->name, (*(Structure *const *)b)->name);
}

/// Gives the frames from index first on their names.
static QmtStatus name_frames(QmtContext *ctx, const char *path, StructureList *list, size_t first)
{
    char stem[STRUCTURE_NAME_SIZE];
    name_from_path(path, stem);
    const size_t n = list->n - first;
    for (size_t i = first; i < list->n; i++)
        if (list->items[i].name[0] == '\0')
            strcpy(list->items[i].name, stem);
    if (n < 2)
        return QMT_OK;

    Structure **sorted = malloc(n * sizeof *sorted);
    bool *shared = calloc(n, sizeof *shared);
    if (sorted == NULL || shared == NULL) {
        free(sorted);
        free(shared);
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for the names of %zu frames", path, n);
    }
    for (size_t i = 0; i < n; i++)
        sorted[i] = &list->items[first + i];
    qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 1; i < n; i++)
        if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
            shared[sorted[i - 1] - &list->items[first]] = shared[sorted[i] - &list->items[first]] =
                true;
    for (size_t i = 0; i < n; i++) {
        if (!shared[i])
            continue;
        char *name = list->items[first + i].name;
        const size_t length = strlen(name);
        snprintf(name + length, STRUCTURE_NAME_SIZE - length, "_%04zu", i + 1);
    }
    free(sorted);
    free(shared);
    return QMT_OK;
}

static QmtStatus read_frames(QmtContext *ctx, const char *path, const Text *text,
                             StructureList *list)
{
    Reader r = {.ctx = ctx, .path = path, .text = text};
    const size_t first = list->n;
    for (;;) {
        // Blank lines after the last atom are an editor's, not a frame's.
        size_t next = r.line;
        while (next < text->n_lines && text_is_blank(text->line[next]))
            next++;
        if (next == text->n_lines)
            break;
        if (list->n > first)
            r.line = next;
        Structure s = {0};
        QmtStatus status = read_frame(&r, list->n == first, &s);
        if (status == QMT_OK)
            status = structures_append(ctx, list, &s);
        structure_release(&s);
        TRY(status);
    }
    if (list->n == first)
        return FAIL(ctx, QMT_ERR_FORMAT,
                    "%s: the file is empty; an XYZ file begins with the number of "
                    "atoms",
                    path);
    return name_frames(ctx, path, list, first);
}

static QmtStatus read_text(QmtContext *ctx, const char *path, Text *text, StructureList *list)
{
    const size_t before = list->n;
    const QmtStatus status = read_frames(ctx, path, text, list);
    if (status != QMT_OK)
        structures_truncate(list, before);
    text_release(text);
    return status;
}

QmtStatus xyz_read(QmtContext *ctx, const char *path, StructureList *list)
{
    Text text;
    TRY(text_read(ctx, path, XYZ_SIZE_LIMIT, &text));
    return read_text(ctx, path, &text, list);
}

QmtStatus xyz_read_memory(QmtContext *ctx, const char *path, const char *data, size_t n,
                          StructureList *list)
{
    Text text;
    TRY(text_from_memory(ctx, path, data, n, &text));
    return read_text(ctx, path, &text, list);
}

QmtStatus xyz_format(QmtContext *ctx, const Structure *s, char **out)
{
    enum { LINE_SIZE = 160 };
    const size_t before = *out != NULL ? strlen(*out) : 0;
    const size_t n_smiles = s->smiles != NULL ? strlen(s->smiles) : 0;
    const size_t size =
        before + 2 * LINE_SIZE + STRUCTURE_NAME_SIZE + n_smiles + s->n_atoms * LINE_SIZE;
    char *text = realloc(*out, size);
    if (text == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu bytes", s->name, size);
    *out = text;

    const locale_t locale = text_enter_c_locale();
    char *at = text + before;
    at += sprintf(at, "%zu\nname=\"%s\" charge=%d multiplicity=%d", s->n_atoms, s->name, s->charge,
                  s->has_multiplicity ? s->multiplicity : 1);
    if (s->smiles != NULL)
        at += sprintf(at, " smiles=\"%s\"", s->smiles);
    at += sprintf(at, "\n");
    for (size_t a = 0; a < s->n_atoms; a++) {
        at += sprintf(at, "%-2s", element_symbol(s->numbers[a]));
        for (int x = 0; x < 3; x++)
            at += sprintf(at, " %15.10f", s->xyz[a][x] / BOHR_PER_ANGSTROM);
        at += sprintf(at, "\n");
    }
    text_leave_c_locale(locale);
    return QMT_OK;
}

void xyz_round(Structure *structure)
{
    const double decimals = 1e10;
    for (size_t a = 0; a < structure->n_atoms; a++)
        for (int x = 0; x < 3; x++) {
            const double angstrom = structure->xyz[a][x] / BOHR_PER_ANGSTROM;
            if (fabs(angstrom) < 1e5)
                structure->xyz[a][x] = round(angstrom * decimals) / decimals * BOHR_PER_ANGSTROM;
        }
}
