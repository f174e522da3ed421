#include "structure/molfile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/element.h"
#include "structure/atom_symbol.h"

enum {
    HEADER_LINES = 3,
    WORDS_MAX = 64,
    V2000_LINE_MAX = 256, ///< what counts of one
    V3000_LINE_MAX = 4096,
    V3000_ATOMS_MAX = 1000000,
    V3000_INDEX_MAX = 1000000000
};

/// A coordinate beyond this, in angstrom, is a broken file.
static const double COORDINATE_MAX = 1e6;

typedef struct {
    QmtContext *ctx;
    const char *path;
    const Text *text;
    size_t line; ///< counted from 0
    MolRecord *record;
    bool has_properties; ///< M  CHG or M  RAD: the atom lines do not count
} MolReader;

static QmtStatus mol_fail(const MolReader *r, const char *what, const char *text)
{
    return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: %s: \"%.60s\"", r->path, r->line + 1, what, text);
}

/// A whole number in columns begin..begin+2; blank is 0. False if there is something else.
static bool field_read(const char *line, size_t begin, int *value)
{
    char field[4] = "";
    long long number = 0;
    if (strlen(line) > begin)
        snprintf(field, sizeof field, "%.3s", line + begin);
    const char *const word = field + strspn(field, " \t");
    char *const end = field + strcspn(word, " \t") + (word - field);
    const bool clean = end[strspn(end, " \t")] == '\0';
    *end = '\0';
    *value = 0;
    if (word[0] == '\0')
        return true;
    if (!clean || text_parse_integer(word, -999, 999, &number) != NULL)
        return false;
    *value = (int)number;
    return true;
}

static QmtStatus atom_take(MolReader *r, char *const xyz[3], const char *symbol, MolAtom *atom)
{
    char place[STRUCTURE_SOURCE_SIZE];
    AtomSymbol read;
    snprintf(place, sizeof place, "%.480s:%zu", r->path, r->line + 1);
    TRY(atom_symbol_read(r->ctx, place, symbol, &read));
    atom->number = read.number;
    atom->mass_number = read.mass_number;
    for (int x = 0; x < 3; x++) {
        const char *const problem = text_parse_double(xyz[x], &atom->xyz[x]);
        if (problem != NULL)
            return FAIL(r->ctx, QMT_ERR_FORMAT, "%s: the %c coordinate \"%.60s\" %s", place,
                        "xyz"[x], xyz[x], problem);
        if (fabs(atom->xyz[x]) > COORDINATE_MAX)
            return FAIL(r->ctx, QMT_ERR_FORMAT, "%s: the %c coordinate %.60s is beyond %g angstrom",
                        place, "xyz"[x], xyz[x], COORDINATE_MAX);
    }
    return QMT_OK;
}

/// x, y, z, symbol, mass difference, code of the charge. Coordinates have ten columns each and may touch.
static QmtStatus v2000_atom(MolReader *r, MolAtom *atom)
{
    static const int CHARGES[] = {0, 3, 2, 1, 0, -1, -2, -3};
    const char *const line = r->text->line[r->line];
    char *words[WORDS_MAX], apart[V2000_LINE_MAX];
    snprintf(apart, sizeof apart, "%s", line);
    size_t n = text_split(apart, words, WORDS_MAX);
    double number;
    const bool touches = n < 4 || text_parse_double(words[0], &number) != NULL ||
                         text_parse_double(words[1], &number) != NULL ||
                         text_parse_double(words[2], &number) != NULL;
    if (touches && strnlen(line, 30) == 30 && line[5] == '.' && line[15] == '.' &&
        line[25] == '.') {
        snprintf(apart, sizeof apart, "%.10s %.10s %.10s %s", line, line + 10, line + 20,
                 line + 30);
        n = text_split(apart, words, WORDS_MAX);
    }
    long long difference = 0, code = 0;
    if (n < 4)
        return mol_fail(r, "an atom line needs x y z and a symbol", n > 0 ? words[0] : "");
    TRY(atom_take(r, words, words[3], atom));
    if (n > 5 && (text_parse_integer(words[4], -99, 99, &difference) != NULL ||
                  text_parse_integer(words[5], 0, 7, &code) != NULL))
        return mol_fail(r, "no mass difference and charge code", words[5]);
    if (difference != 0)
        atom->mass_number = (int)lrint(element_mass_da(atom->number)) + (int)difference;
    atom->charge = CHARGES[code];
    atom->radical = code == 4 ? 2 : 0;
    return QMT_OK;
}

/// True for the elements that bind as many partners as their valence says.
static bool has_valence(int z)
{
    return z == 1 || (z >= 5 && z <= 9) || (z >= 14 && z <= 17) || z == 35 || z == 53;
}

static QmtStatus bond_take(MolReader *r, int type, long long a, long long b)
{
    static const int HALVES[] = {0, 2, 4, 6, 3};
    MolRecord *const record = r->record;
    if (a < 1 || b < 1 || a > (long long)record->n_atoms || b > (long long)record->n_atoms ||
        a == b) {
        char pair[64];
        snprintf(pair, sizeof pair, "%lld %lld", llabs(a), llabs(b));
        return mol_fail(r, "a bond of atoms that are not there", pair);
    }
    MolAtom *const ends[] = {&record->atoms[a - 1], &record->atoms[b - 1]};
    for (int i = 0; i < 2; i++) {
        ends[i]->n_bonds++;
        ends[i]->halves += type >= 1 && type <= 4 ? HALVES[type] : 0;
        ends[i]->near_metal =
            ends[i]->near_metal || type < 1 || type > 4 || !has_valence(ends[1 - i]->number);
    }
    return QMT_OK;
}

static QmtStatus v2000_bond(MolReader *r)
{
    const char *const line = r->text->line[r->line];
    int a, b, type;
    if (!field_read(line, 0, &a) || !field_read(line, 3, &b) || !field_read(line, 6, &type))
        return mol_fail(r, "no bond", line);
    return bond_take(r, type, a, b);
}

/// "M  CHG  2   1   1   5  -1": pairs of an atom and a value.
static QmtStatus v2000_property(MolReader *r, char *line)
{
    char *words[WORDS_MAX];
    const char kind = line[3];
    const size_t n = text_split(line, words, WORDS_MAX);
    if (kind != 'I' && !r->has_properties) {
        for (size_t a = 0; a < r->record->n_atoms; a++)
            r->record->atoms[a].charge = r->record->atoms[a].radical = 0;
        r->has_properties = true;
    }
    long long announced;
    if (n < 3 || text_parse_integer(words[2], 0, WORDS_MAX, &announced) != NULL ||
        (size_t)announced != (n - 3) / 2)
        return mol_fail(r, "another number of pairs than announced", n < 3 ? "" : words[2]);
    for (size_t i = 3; i + 1 < n && i + 1 < WORDS_MAX; i += 2) {
        long long atom, value;
        if (text_parse_integer(words[i], 1, (long long)r->record->n_atoms, &atom) != NULL ||
            text_parse_integer(words[i + 1], -99, 999, &value) != NULL)
            return mol_fail(r, "no pair of an atom and a value", words[i]);
        MolAtom *const at = &r->record->atoms[atom - 1];
        *(kind == 'C' ? &at->charge : kind == 'R' ? &at->radical : &at->mass_number) = (int)value;
    }
    return QMT_OK;
}

static QmtStatus atoms_reserve(MolReader *r, size_t n_atoms, size_t n_bonds)
{
    if (n_atoms == 0)
        return mol_fail(r, "a record without atoms", "");
    if (n_atoms > r->text->n_lines - r->line)
        return mol_fail(r, "more atoms are announced than lines follow", "");
    r->record->atoms = calloc(n_atoms, sizeof *r->record->atoms);
    if (r->record->atoms == NULL)
        return FAIL(r->ctx, QMT_ERR_MEMORY, "%s: no memory for %zu atoms", r->path, n_atoms);
    r->record->n_atoms = n_atoms;
    r->record->n_bonds = n_bonds;
    return QMT_OK;
}

static QmtStatus v2000_read(MolReader *r)
{
    int n_atoms, n_bonds;
    const char *const counts = r->text->line[r->line];
    if (!field_read(counts, 0, &n_atoms) || !field_read(counts, 3, &n_bonds) || n_atoms < 0 ||
        n_bonds < 0)
        return mol_fail(r, "no numbers of atoms and bonds", counts);
    TRY(atoms_reserve(r, (size_t)n_atoms, (size_t)n_bonds));
    r->line++;
    if (r->text->n_lines - r->line < (size_t)n_atoms + (size_t)n_bonds)
        return mol_fail(r, "the file is cut off: more atoms and bonds are announced", counts);
    for (int a = 0; a < n_atoms; a++, r->line++)
        TRY(v2000_atom(r, &r->record->atoms[a]));
    for (int b = 0; b < n_bonds; b++, r->line++)
        TRY(v2000_bond(r));
    for (; r->line < r->text->n_lines; r->line++) {
        char *const line = r->text->line[r->line];
        if (strncmp(line, "M  END", 6) == 0 || strncmp(line, "$$$$", 4) == 0)
            return QMT_OK;
        if (strncmp(line, "M  CHG", 6) == 0 || strncmp(line, "M  RAD", 6) == 0 ||
            strncmp(line, "M  ISO", 6) == 0)
            TRY(v2000_property(r, line));
    }
    return QMT_OK;
}

/// The words of the next "M  V30" line with those that continue it; *n = 0 at "M  END" or the end of the file. The
/// words lie in joined.
static QmtStatus v3000_line(MolReader *r, char joined[V3000_LINE_MAX], char **words, size_t *n)
{
    size_t length = 0;
    *n = 0;
    joined[0] = '\0';
    for (; r->line < r->text->n_lines; r->line++) {
        const char *const line = r->text->line[r->line];
        if (strncmp(line, "M  V30 ", 7) != 0)
            return length == 0 || strncmp(line, "M  END", 6) == 0
                       ? QMT_OK
                       : mol_fail(r, "a line that should go on", line);
        const size_t more = strlen(line + 7);
        if (length + more >= V3000_LINE_MAX)
            return mol_fail(r, "a line of this length cannot be read", "");
        memcpy(joined + length, line + 7, more + 1);
        length += more;
        if (length == 0 || joined[length - 1] != '-')
            break;
        joined[--length] = '\0';
    }
    *n = text_split(joined, words, WORDS_MAX);
    r->line += r->line < r->text->n_lines;
    return QMT_OK;
}

/// index symbol x y z map CHG=1 RAD=2 MASS=13
static QmtStatus v3000_atom(MolReader *r, char **words, size_t n, MolAtom *atom)
{
    if (n < 6)
        return mol_fail(r, "an atom line needs index, symbol and x y z", n > 0 ? words[0] : "");
    long long index;
    if (text_parse_integer(words[0], 1, V3000_INDEX_MAX, &index) != NULL)
        return mol_fail(r, "no index of an atom", words[0]);
    atom->index = (int)index;
    TRY(atom_take(r, words + 2, words[1], atom));
    for (size_t i = 6; i < n && i < WORDS_MAX; i++) {
        long long value;
        char *const equals = strchr(words[i], '=');
        if (equals == NULL || text_parse_integer(equals + 1, -99, 999, &value) != NULL)
            continue;
        if (strncmp(words[i], "CHG=", 4) == 0)
            atom->charge = (int)value;
        else if (strncmp(words[i], "RAD=", 4) == 0)
            atom->radical = (int)value;
        else if (strncmp(words[i], "MASS=", 5) == 0)
            atom->mass_number = (int)value;
    }
    return QMT_OK;
}

/// The place, from 1, of the atom with an index of the file, which need not be 1, 2, ...; less than 0 if there is none.
static long long v3000_place(const MolRecord *record, long long index)
{
    if (index <= (long long)record->n_atoms && record->atoms[index - 1].index == index)
        return index;
    for (size_t a = 0; a < record->n_atoms; a++)
        if (record->atoms[a].index == index)
            return (long long)a + 1;
    return -index;
}

static QmtStatus v3000_bond(MolReader *r, char **words, size_t n)
{
    long long type, a, b;
    if (n < 4 || text_parse_integer(words[1], 0, 99, &type) != NULL ||
        text_parse_integer(words[2], 1, V3000_INDEX_MAX, &a) != NULL ||
        text_parse_integer(words[3], 1, V3000_INDEX_MAX, &b) != NULL)
        return mol_fail(r, "no bond", n > 0 ? words[0] : "");
    return bond_take(r, (int)type, v3000_place(r->record, a), v3000_place(r->record, b));
}

static QmtStatus v3000_counts(MolReader *r, char **words, size_t n)
{
    long long n_atoms, n_bonds;
    if (n < 3 || text_parse_integer(words[1], 0, V3000_ATOMS_MAX, &n_atoms) != NULL ||
        text_parse_integer(words[2], 0, V3000_ATOMS_MAX, &n_bonds) != NULL ||
        r->record->atoms != NULL)
        return mol_fail(r, "no numbers of atoms and bonds", n > 1 ? words[1] : "");
    return atoms_reserve(r, (size_t)n_atoms, (size_t)n_bonds);
}

static QmtStatus v3000_read(MolReader *r)
{
    enum { OUTSIDE, ATOMS, BONDS } block = OUTSIDE;
    char joined[V3000_LINE_MAX], *words[WORDS_MAX];
    size_t n, n_atoms = 0;
    for (r->line++;;) {
        TRY(v3000_line(r, joined, words, &n));
        if (n == 0)
            break;
        if (strcmp(words[0], "COUNTS") == 0)
            TRY(v3000_counts(r, words, n));
        else if (strcmp(words[0], "BEGIN") == 0 && n > 1)
            block = strcmp(words[1], "ATOM") == 0   ? ATOMS
                    : strcmp(words[1], "BOND") == 0 ? BONDS
                                                    : OUTSIDE;
        else if (strcmp(words[0], "END") == 0)
            block = OUTSIDE;
        else if (block == ATOMS && n_atoms == r->record->n_atoms)
            return mol_fail(r, "more atoms than announced", words[0]);
        else if (block == ATOMS)
            TRY(v3000_atom(r, words, n, &r->record->atoms[n_atoms++]));
        else if (block == BONDS)
            TRY(v3000_bond(r, words, n));
    }
    if (n_atoms == 0 || n_atoms < r->record->n_atoms)
        return mol_fail(r, "fewer atoms than announced", "");
    return QMT_OK;
}

QmtStatus molfile_read(QmtContext *ctx, const char *path, const Text *text, size_t begin,
                       MolRecord *record)
{
    MolReader r = {.ctx = ctx, .path = path, .text = text, .line = begin, .record = record};
    *record = (MolRecord){0};
    if (text->n_lines - begin <= HEADER_LINES)
        return mol_fail(&r, "the record ends before its numbers of atoms and bonds", "");
    const char *const program = text->line[begin + 1];
    record->is_flat_drawing = strlen(program) >= 22 && strncmp(program + 20, "2D", 2) == 0;
    r.line = begin + HEADER_LINES;
    if (strstr(text->line[r.line], "V3000") != NULL)
        TRY(v3000_read(&r));
    else
        TRY(v2000_read(&r));
    for (size_t a = 0; a < record->n_atoms; a++) {
        record->has_charges = record->has_charges || record->atoms[a].charge != 0;
        record->has_radicals = record->has_radicals || record->atoms[a].radical != 0;
    }
    record->end = r.line < text->n_lines ? r.line + 1 : r.line;
    return QMT_OK;
}
