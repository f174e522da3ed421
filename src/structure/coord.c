#include "structure/coord.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/units.h"
#include "structure/atom_symbol.h"
#include "structure/comment_words.h"
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
    double unit;       ///< bohr per unit of the file
    size_t begin, end; ///< lines of the atoms
} CoordReader;

static bool group_is(const char *line, const char *name)
{
    const size_t n = strlen(name);
    return strncasecmp(line, name, n) == 0 && strchr(" \t=", line[n]) != NULL;
}

/// "$chrg 2", "$spin 1", "$eht charge=1 unpaired=0".
static QmtStatus state_group_read(CoordReader *r, size_t l, char *line)
{
    char place[STRUCTURE_SOURCE_SIZE];
    CommentWord word;
    snprintf(place, sizeof place, "%.480s:%zu", r->path, l + 1);
    const bool is_charge = group_is(line, "$chrg"), is_spin = group_is(line, "$spin");
    if (is_charge || is_spin) {
        char *words[2];
        if (text_split(line, words, 2) < 2)
            return QMT_OK;
        return state_add_key(r->ctx, place, "coord", is_charge ? "chrg" : "uhf", words[1],
                             &r->state);
    }
    for (char *at = line;;) {
        comment_word_next(&at, &word);
        if (word.key == NULL)
            return QMT_OK;
        if (word.value != NULL)
            TRY(state_add_key(r->ctx, place, "coord", word.key, word.value, &r->state));
    }
}

/// Finds the group of the atoms and reads the groups of the state.
static QmtStatus groups_read(CoordReader *r)
{
    bool found = false, inside = false;
    for (size_t l = 0; l < r->text->n_lines; l++) {
        char *const line = r->text->line[l] + strspn(r->text->line[l], " \t");
        if (line[0] != '$')
            continue;
        if (inside)
            r->end = l;
        inside = false;
        if (group_is(line, "$coord") && !found) {
            found = inside = true;
            r->begin = l + 1;
            r->end = r->text->n_lines;
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
        } else if (group_is(line, "$chrg") || group_is(line, "$spin") || group_is(line, "$eht")) {
            TRY(state_group_read(r, l, line));
        }
    }
    if (!found)
        return FAIL(r->ctx, QMT_ERR_FORMAT, "%s: no $coord in the file", r->path);
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
        const char *const problem = text_parse_double(words[x], &value);
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
    snprintf(s->source, sizeof s->source, "%.480s:%zu", r->path, r->begin);
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
        status = frames_name(ctx, path, list, before);
    if (status != QMT_OK)
        structures_truncate(list, before);
    return status;
}
