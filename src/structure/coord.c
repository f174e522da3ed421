#include "structure/coord.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/units.h"
#include "structure/atom_symbol.h"
#include "structure/comment_words.h"
#include "structure/coordinate_word.h"
#include "structure/state.h"
#include "structure/structure_names.h"

/// A value beyond this, in bohr, is a broken file.
static const double COORDINATE_MAX = 2e6;

typedef struct {
    QmtContext *ctx;
    const char *path;
    const Text *text;
    ReaderNotes notes;
    StateTexts state;
    double unit;        ///< bohr per unit of the file
    size_t begin, end;  ///< lines of the atoms
    size_t n_announced; ///< by natoms=; 0: not said
} CoordReader;

static bool group_is(const char *line, const char *name)
{
    const size_t n = strlen(name);
    return strncasecmp(line, name, n) == 0 && strchr(" \t=", line[n]) != NULL;
}

/// Groups with one value, "$chrg 2" or "$chrg=2", and the key that it is read as.
static const struct {
    const char *group, *key;
} VALUE_GROUPS[] = {
    {"$chrg", "chrg"}, {"$spin", "uhf"}, {"$uhf", "uhf"}, {"$multiplicity", "multiplicity"}};
enum { N_VALUE_GROUPS = sizeof VALUE_GROUPS / sizeof VALUE_GROUPS[0] };

/// The first word of the next line that is neither blank nor a comment, where a group has its value there; NULL if that is another
/// group or there is none. The line is cut up.
static const char *value_below(const CoordReader *r, size_t l)
{
    char *words[2];
    for (size_t k = l + 1; k < r->text->n_lines; k++) {
        const char *const first = r->text->line[k] + strspn(r->text->line[k], " \t");
        if (first[0] == '$')
            return NULL;
        if (first[0] != '#' && text_split(r->text->line[k], words, 2) > 0)
            return words[0];
    }
    return NULL;
}

/// A group whose value is not here ("$charge file=control"), or is none: the command line may say it.
static void value_leave_open(CoordReader *r, const char *group, bool is_charge)
{
    char *const open = is_charge ? r->state.open_charge : r->state.open_spin;
    snprintf(open, STATE_SOURCE_SIZE, "group \"%.40s\"", group);
}

/// A charge in words of its own: "$charge from ridft" has it in the next line, as a real number.
static QmtStatus charge_group_read(CoordReader *r, const char *place, size_t l, char *line)
{
    char *words[3], group[64];
    double value = 0.0;
    snprintf(group, sizeof group, "%.60s", line);
    const char *text = text_split(line, words, 3) > 1 ? words[1] : "";
    if (text_parse_double(text, &value) != NULL) {
        text = value_below(r, l);
        if (text == NULL || text_parse_double(text, &value) != NULL) {
            value_leave_open(r, group, true);
            return QMT_OK;
        }
    }
    return state_add_key(r->ctx, place, "coord", "charge", text, &r->state);
}

/// "$eht charge=1 unpaired=0", "$set" with lines of keys behind it: "chrg 2", "charge=2".
static QmtStatus key_group_read(CoordReader *r, const char *place, char *line)
{
    CommentWord word;
    char key[64] = "";
    for (char *at = line;;) {
        comment_word_next(&at, &word);
        if (word.key == NULL)
            return QMT_OK;
        if (word.value != NULL)
            TRY(state_add_key(r->ctx, place, "coord", word.key, word.value, &r->state));
        else if (key[0] != '\0')
            TRY(state_add_key(r->ctx, place, "coord", key, word.key, &r->state));
        snprintf(key, sizeof key, "%.60s", word.value == NULL ? word.key : "");
    }
}

/// A group that says something of the state.
static QmtStatus state_group_read(CoordReader *r, size_t l, char *line)
{
    char place[STRUCTURE_SOURCE_SIZE];
    snprintf(place, sizeof place, "%.480s:%zu", r->path, l + 1);
    if (group_is(line, "$charge"))
        return charge_group_read(r, place, l, line);
    if (group_is(line, "$alpha") || group_is(line, "$beta")) {
        snprintf(r->state.open_spin, sizeof r->state.open_spin, "group \"%.40s\"", line);
        return QMT_OK;
    }
    for (size_t i = 0; i < N_VALUE_GROUPS; i++) {
        char *words[2];
        char *const equals = strchr(line, '=');
        if (!group_is(line, VALUE_GROUPS[i].group))
            continue;
        if (equals != NULL)
            *equals = ' ';
        const char *const value = text_split(line, words, 2) > 1 ? words[1] : value_below(r, l);
        if (value == NULL) {
            value_leave_open(r, VALUE_GROUPS[i].group, i == 0);
            return QMT_OK;
        }
        return state_add_key(r->ctx, place, "coord", VALUE_GROUPS[i].key, value, &r->state);
    }
    return key_group_read(r, place, line);
}

static bool is_state_group(const char *line)
{
    static const char *const OTHERS[] = {"$charge", "$alpha", "$beta", "$eht"};
    for (size_t i = 0; i < N_VALUE_GROUPS; i++)
        if (group_is(line, VALUE_GROUPS[i].group))
            return true;
    for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
        if (group_is(line, OTHERS[i]))
            return true;
    return false;
}

/// A line of $set, the group of old xtb programs.
static QmtStatus set_line_read(CoordReader *r, size_t l, char *line)
{
    char place[STRUCTURE_SOURCE_SIZE];
    snprintf(place, sizeof place, "%.480s:%zu", r->path, l + 1);
    return key_group_read(r, place, line);
}

/// "$coord natoms=3".
static QmtStatus announced_read(CoordReader *r, size_t l, const char *line)
{
    char word[32];
    long long count;
    const char *at = strcasestr(line, "natoms");
    if (at == NULL)
        return QMT_OK;
    at += strlen("natoms");
    at += strspn(at, " \t=");
    snprintf(word, sizeof word, "%.*s", (int)strcspn(at, " \t"), at);
    if (text_parse_integer(word, 1, INT_MAX, &count) != NULL)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: natoms=%s is not a number of atoms", r->path,
                    l + 1, word);
    r->n_announced = (size_t)count;
    return QMT_OK;
}

/// Finds the group of the atoms and reads the groups of the state.
static QmtStatus groups_read(CoordReader *r)
{
    bool found = false, inside = false, in_set = false;
    for (size_t l = 0; l < r->text->n_lines; l++) {
        char *const line = r->text->line[l] + strspn(r->text->line[l], " \t");
        if (line[0] != '$') {
            if (in_set)
                TRY(set_line_read(r, l, line));
            continue;
        }
        in_set = group_is(line, "$set");
        if (inside)
            r->end = l;
        inside = false;
        if (group_is(line, "$coord") && !found) {
            found = inside = true;
            r->begin = l + 1;
            r->end = r->text->n_lines;
            TRY(announced_read(r, l, line));
            r->unit = strcasestr(line, "angs") != NULL ? BOHR_PER_ANGSTROM : 1.0;
            if (strcasestr(line, "frac") != NULL)
                return FAIL(r->ctx, QMT_ERR_INPUT,
                            "%s:%zu: fractions of a periodic cell; molecules are computed in free "
                            "space",
                            r->path, l + 1);
        } else if (group_is(line, "$periodic") && strpbrk(line, "123") != NULL) {
            return FAIL(r->ctx, QMT_ERR_INPUT,
                        "%s:%zu: $periodic, but molecules are computed in free space", r->path,
                        l + 1);
        } else if (is_state_group(line)) {
            TRY(state_group_read(r, l, line));
        }
    }
    if (!found)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s: no $coord in the file", r->path);
    if (inside)
        return FAIL(r->ctx, QMT_ERR_FORMAT,
                    "%s:%zu: the file ends within $coord, without $end; it is cut off, or $end is "
                    "to be written behind the last atom",
                    r->path, r->text->n_lines);
    return QMT_OK;
}

static QmtStatus atom_read(CoordReader *r, size_t l, size_t i, Structure *s)
{
    char *words[4], place[STRUCTURE_SOURCE_SIZE];
    AtomSymbol atom;
    snprintf(place, sizeof place, "%.480s:%zu", r->path, l + 1);
    if (text_split(r->text->line[l], words, 4) < 4)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s: an atom of $coord is \"x y z symbol\"", place);
    for (int x = 0; x < 3; x++) {
        double value = 0.0;
        const char *const problem = coordinate_parse(words[x], &value);
        if (problem != NULL)
            return FAIL(r->ctx, QMT_ERR_FORMAT, "%s: the %c coordinate \"%.60s\" %s", place,
                        "xyz"[x], words[x], problem);
        s->xyz[i][x] = value * r->unit;
        if (fabs(s->xyz[i][x]) > COORDINATE_MAX)
            return FAIL(r->ctx, QMT_ERR_FORMAT, "%s: the %c coordinate %.60s is beyond %g bohr",
                        place, "xyz"[x], words[x], COORDINATE_MAX);
    }
    TRY(atom_symbol_read(r->ctx, place, words[3], &atom));
    s->numbers[i] = atom.number;
    return atom.mass_number != 0 ? structure_set_isotope(r->ctx, s, i, atom.mass_number) : QMT_OK;
}

static QmtStatus molecule_read(CoordReader *r, Structure *s)
{
    TRY(groups_read(r));
    size_t n_atoms = 0;
    for (size_t l = r->begin; l < r->end; l++)
        n_atoms += !text_is_blank(r->text->line[l]) && r->text->line[l][0] != '#';
    if (n_atoms == 0)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s:%zu: no atoms behind $coord", r->path, r->begin);
    if (r->n_announced > 0 && r->n_announced != n_atoms)
        return FAIL(
            r->ctx, QMT_ERR_FORMAT,
            "%s:%zu: $coord announces %zu atoms, but %zu follow; the file is cut off or the "
            "number is wrong",
            r->path, r->begin, r->n_announced, n_atoms);
    char place[STRUCTURE_SOURCE_SIZE];
    snprintf(place, sizeof place, "%.480s:%zu", r->path, r->begin);
    TRY(structure_set_source(r->ctx, s, place));
    TRY(structure_set_path(r->ctx, s, r->path));
    TRY(structure_reserve(r->ctx, s, n_atoms));
    for (size_t l = r->begin, i = 0; l < r->end; l++)
        if (!text_is_blank(r->text->line[l]) && r->text->line[l][0] != '#')
            TRY(atom_read(r, l, i++, s));
    return state_settle(r->ctx, s->source, &r->state, &r->notes, s);
}

QmtStatus coord_read_text(QmtContext *ctx, const char *path, const Text *text, bool is_file,
                          StructureList *list)
{
    const size_t before = list->n;
    CoordReader r = {.ctx = ctx, .path = path, .text = text, .notes = {.ctx = ctx, .path = path}};
    Structure s = {0};
    QmtStatus status = is_file ? state_add_files(ctx, path, &r.notes, &r.state) : QMT_OK;
    if (status == QMT_OK)
        status = molecule_read(&r, &s);
    if (status == QMT_OK)
        status = structures_append(ctx, list, &s);
    structure_release(&s);
    if (status == QMT_OK)
        status = frames_name(ctx, path, list, before, 1);
    if (status != QMT_OK)
        structures_truncate(list, before);
    return status;
}
