#include "structure/sdf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "data/element.h"
#include "structure/molfile.h"
#include "structure/state.h"
#include "structure/structure_names.h"

typedef struct {
    QmtContext *ctx;
    const char *path;
    const Text *text;
    size_t line; ///< where the next record begins, counted from 0
    ReaderNotes notes;
    StateTexts beside; ///< what .CHRG and .UHF say
} SdfReader;

/// Bonds that an atom of this charge has at least, counted by order; 0: any number.
static int valence_least(int z, int charge)
{
    switch (z) {
    case 1:
        return charge == 0 ? 1 : 0;
    case 5:
        return charge == 0 ? 3 : charge == -1 ? 4 : 0;
    case 6:
    case 14:
        return charge == 0 ? 4 : abs(charge) == 1 ? 3 : 0;
    case 7:
    case 15:
        return charge >= -2 && charge <= 1 ? 3 + charge : 0;
    case 8:
    case 16:
        return charge >= -1 && charge <= 1 ? 2 + charge : 0;
    case 9:
    case 17:
    case 35:
    case 53:
        return charge == 0 ? 1 : 0;
    default:
        return 0;
    }
}

/// A drawing: without its hydrogen atoms, or flat. Bonds tell, where there are any.
static QmtStatus drawing_refuse(const SdfReader *r, const char *place, const MolRecord *record)
{
    bool is_flat = record->n_atoms > 1, needs_depth = record->is_flat_drawing;
    for (size_t a = 0; a < record->n_atoms; a++) {
        const MolAtom *const atom = &record->atoms[a];
        is_flat = is_flat && atom->xyz[2] == 0.0;
        needs_depth = needs_depth || (atom->n_bonds >= 4 && !atom->near_metal);
    }
    if (is_flat && needs_depth && record->n_atoms > 3)
        return FAIL(r->ctx, QMT_ERR_INPUT,
                    "%s: a flat drawing, all z are 0; give its SMILES, or three-dimensional "
                    "coordinates",
                    place);
    for (size_t a = 0; a < record->n_atoms; a++) {
        const MolAtom *const atom = &record->atoms[a];
        const int least = valence_least(atom->number, atom->charge);
        if ((record->n_bonds == 0 && record->n_atoms > 1) || atom->radical != 0 ||
            atom->near_metal || atom->halves >= 2 * least)
            continue;
        return FAIL(r->ctx, QMT_ERR_INPUT,
                    "%s: atom %zu (%s, formal charge %d) has bonds of order %.1f and needs %d: "
                    "hydrogen atoms are missing, or its charge (M  CHG) or radical (M  RAD) is",
                    place, a + 1, element_symbol(atom->number), atom->charge, 0.5 * atom->halves,
                    least);
    }
    return QMT_OK;
}

static QmtStatus state_of(const SdfReader *r, const char *place, const MolRecord *record,
                          StateTexts *texts)
{
    static const int UNPAIRED[] = {0, 0, 1, 2};
    int charge = 0, unpaired = 0;
    for (size_t a = 0; a < record->n_atoms; a++) {
        const int radical = record->atoms[a].radical;
        charge += record->atoms[a].charge;
        unpaired += radical >= 0 && radical <= 3 ? UNPAIRED[radical] : 0;
    }
    if (record->has_radicals)
        state_add_spin(STATE_UNPAIRED, unpaired, "SDF M  RAD", texts);
    return state_add_charge(r->ctx, place, charge, record->has_charges ? "SDF M  CHG" : "SDF",
                            texts);
}

/// The data items "> <NAME>" with the value on the next line, up to "$$$$".
static QmtStatus items_read(SdfReader *r, StateTexts *texts)
{
    char place[STRUCTURE_SOURCE_SIZE], name[64];
    for (; r->line < r->text->n_lines; r->line++) {
        const char *const line = r->text->line[r->line];
        if (strncmp(line, "$$$$", 4) == 0) {
            r->line++;
            return QMT_OK;
        }
        const char *const open = line[0] == '>' ? strchr(line, '<') : NULL;
        const char *const close = open != NULL ? strchr(open, '>') : NULL;
        double value;
        if (close == NULL || r->line + 1 >= r->text->n_lines ||
            text_parse_double(r->text->line[r->line + 1], &value) != NULL ||
            value != (double)(long long)value)
            continue;
        snprintf(name, sizeof name, "%.*s", (int)(close - open - 1), open + 1);
        snprintf(place, sizeof place, "%.480s:%zu", r->path, r->line + 1);
        TRY(state_add_key(r->ctx, place, "SDF", name, r->text->line[r->line + 1], texts));
    }
    return QMT_OK;
}

static QmtStatus structure_fill(const SdfReader *r, const char *title, const MolRecord *record,
                                Structure *s)
{
    bool changed;
    TRY(structure_set_path(r->ctx, s, r->path));
    TRY(structure_reserve(r->ctx, s, record->n_atoms));
    for (size_t a = 0; a < record->n_atoms; a++) {
        const MolAtom *const atom = &record->atoms[a];
        s->numbers[a] = atom->number;
        for (int x = 0; x < 3; x++)
            s->xyz[a][x] = atom->xyz[x] * BOHR_PER_ANGSTROM;
        if (atom->mass_number == 0)
            continue;
        if (isotope_mass_da(atom->number, atom->mass_number) == 0.0)
            return FAIL(r->ctx, QMT_ERR_INPUT, "%s: atom %zu: the mass of %d%s is not known",
                        s->source, a + 1, atom->mass_number, element_symbol(atom->number));
        TRY(structure_set_isotope(r->ctx, s, a, atom->mass_number));
    }
    if (!structure_name_clean(title, s->name, &changed))
        s->name[0] = '\0';
    return QMT_OK;
}

static QmtStatus record_read(SdfReader *r, const char *title, Structure *s)
{
    MolRecord record = {0};
    StateTexts texts = r->beside;
    char place[STRUCTURE_SOURCE_SIZE];
    snprintf(place, sizeof place, "%.480s:%zu", r->path, r->line + 1);
    TRY(structure_set_source(r->ctx, s, place));
    QmtStatus status = molfile_read(r->ctx, r->path, r->text, r->line, &record);
    if (status == QMT_OK) {
        r->line = record.end;
        status = drawing_refuse(r, s->source, &record);
    }
    if (status == QMT_OK)
        status = structure_fill(r, title, &record, s);
    if (status == QMT_OK)
        status = state_of(r, s->source, &record, &texts);
    if (status == QMT_OK)
        status = items_read(r, &texts);
    if (status == QMT_OK)
        status = state_settle(r->ctx, s->source, &texts, &r->notes, s);
    free(record.atoms);
    return status;
}

/// Goes behind the next "$$$$".
static void record_skip(SdfReader *r)
{
    while (r->line < r->text->n_lines && strncmp(r->text->line[r->line], "$$$$", 4) != 0)
        r->line++;
    r->line += r->line < r->text->n_lines;
}

static bool is_rest_blank(const SdfReader *r)
{
    size_t l = r->line;
    while (l < r->text->n_lines && text_is_blank(r->text->line[l]))
        l++;
    return l >= r->text->n_lines;
}

static QmtStatus records_read(SdfReader *r, StructureList *list, size_t *n_records)
{
    while (!is_rest_blank(r)) {
        Structure s = {.frame = ++*n_records};
        const size_t begin = r->line;
        QmtStatus status = record_read(r, r->text->line[r->line], &s);
        if (status != QMT_OK) {
            r->line = begin;
            record_skip(r);
            status =
                rejection_take(r->ctx, list->rejected, s.source, s.name, REJECT_FORMAT, status);
        } else {
            status = structures_append(r->ctx, list, &s);
        }
        structure_release(&s);
        TRY(status);
    }
    return QMT_OK;
}

QmtStatus sdf_read_text(QmtContext *ctx, const char *path, const Text *text, bool is_file,
                        StructureList *list)
{
    const size_t before = list->n;
    size_t n_records = 0;
    SdfReader r = {.ctx = ctx, .path = path, .text = text, .notes = {.ctx = ctx, .path = path}};
    QmtStatus status = is_file ? state_add_files(ctx, path, &r.notes, &r.beside) : QMT_OK;
    if (status == QMT_OK)
        status = records_read(&r, list, &n_records);
    if (status == QMT_OK)
        status = frames_name(ctx, path, list, before, n_records);
    if (status == QMT_OK)
        reader_notes_end(&r.notes);
    else
        structures_truncate(list, before);
    return status;
}
