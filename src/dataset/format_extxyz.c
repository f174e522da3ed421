#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "dataset/draft.h"
#include "dataset/format_extxyz.h"
#include "dataset/frame_array.h"
#include "io/output.h"
#include "io/text.h"

enum { KEYS_MAX = 4, KEY_SIZE = 32 };

typedef struct {
    SetWriter face; // first: a SetWriter * is an ExtxyzWriter *
    const ExtxyzDialect *dialect;
    const Set *set;
    Output output;
    char energy[KEYS_MAX][KEY_SIZE], forces[KEYS_MAX][KEY_SIZE];
    size_t n_energy, n_forces;
} ExtxyzWriter;

/// A cube that no molecule reaches the walls of.
static const double BOX_ANGSTROM = 100.0;

static size_t keys_split(const char *list, char keys[KEYS_MAX][KEY_SIZE])
{
    size_t n = 0;
    for (list += strspn(list, " "); *list != '\0' && n < KEYS_MAX; list += strspn(list, " ")) {
        const size_t length = strcspn(list, " ");
        snprintf(keys[n++], KEY_SIZE, "%.*s", (int)length, list);
        list += length;
    }
    return n;
}

/// A text in quotes; readers differ in how they unescape, and it is only a label here.
static void put_label(QmtContext *ctx, Output *out, const char *key, const char *label)
{
    char clean[STRUCTURE_NAME_SIZE + 16];
    snprintf(clean, sizeof clean, "%s", label);
    for (char *at = clean; *at != '\0'; at++)
        if (strchr("\"'\\{}[]", *at) != NULL || (unsigned char)*at < 0x20)
            *at = '_';
    output_text(ctx, out, " %s=\"%s\"", key, clean);
}

/// The part of a comment line that every frame has.
static void put_head(QmtContext *ctx, ExtxyzWriter *w, size_t n_atoms, bool single,
                     double energy_ev, int charge, int multiplicity)
{
    char text[TEXT_DOUBLE_SIZE];
    Output *const out = &w->output;
    output_text(ctx, out, "%zu\n", n_atoms);
    if (w->dialect->lattice)
        output_text(ctx, out, "Lattice=\"%g 0 0 0 %g 0 0 0 %g\" ", BOX_ANGSTROM, BOX_ANGSTROM,
                    BOX_ANGSTROM);
    output_text(ctx, out, "Properties=species:S:1:pos:R:3");
    for (size_t k = 0; k < w->n_forces; k++)
        output_text(ctx, out, ":%s:R:3", w->forces[k]);
    if (!single && frame_array_is_there(FRAME_PARTIAL_CHARGES, w->set))
        output_text(ctx, out, ":REF_charges:R:1");
    if (!single && w->set->options->lag_fs > 0.0)
        output_text(ctx, out, ":momenta:R:3:masses:R:1:future_positions:R:3:future_momenta:R:3");
    text_format_double(energy_ev, text);
    for (size_t k = 0; k < w->n_energy; k++)
        output_text(ctx, out, " %s=%s", w->energy[k], text);
    output_text(
        ctx, out,
        " charge=%d spin=%d total_charge=%d total_spin=%d spin_multiplicity=%d elec_temp=%g",
        charge, multiplicity, charge, multiplicity, multiplicity,
        w->set->sources.items[0].electronic_temperature_k);
    output_text(ctx, out, "%s pbc=\"F F F\"", w->dialect->more);
}

static void put_vector(QmtContext *ctx, Output *out, const double v[3], double factor, bool wide)
{
    // nine digits give a single precision number back exactly, seventeen a double precision one
    if (wide)
        output_text(ctx, out, " %.17g %.17g %.17g", factor * v[0], factor * v[1], factor * v[2]);
    else
        output_text(ctx, out, " %.9g %.9g %.9g", factor * v[0], factor * v[1], factor * v[2]);
}

/// Frames of single atoms, which MACE and others take their energies from.
static void put_atoms(QmtContext *ctx, ExtxyzWriter *w)
{
    static const double ZERO[3] = {0.0, 0.0, 0.0};
    for (int z = 1; z <= ELEMENT_MAX; z++) {
        const AtomEnergy *const atom = &w->set->atoms[z];
        if (atom->multiplicity == 0)
            continue;
        put_head(ctx, w, 1, true, atom->hartree * EV_PER_HARTREE, 0, atom->multiplicity);
        put_label(ctx, &w->output, "config_type", w->dialect->atom_type);
        output_text(ctx, &w->output, "\n%-2s", element_symbol(z));
        for (size_t k = 0; k < 1 + w->n_forces; k++)
            put_vector(ctx, &w->output, ZERO, 1.0, false);
        output_text(ctx, &w->output, "\n");
    }
}

void extxyz_close(SetWriter *face)
{
    ExtxyzWriter *const w = (ExtxyzWriter *)face;
    output_abandon(&w->output);
    free(w);
}

QmtStatus extxyz_open(QmtContext *ctx, const SetFormat *format, const Set *set, const char *folder,
                      Split split, SetWriter **writer)
{
    ExtxyzWriter *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory to write %s", split_name(split));
    made->face.format = format;
    made->dialect = format->more;
    made->set = set;
    made->n_energy = keys_split(made->dialect->energy, made->energy);
    made->n_forces = keys_split(made->dialect->forces, made->forces);
    char path[FILE_PATH_SIZE];
    const char *const name = made->dialect->files[split], *const slash = strrchr(name, '/');
    QmtStatus status = file_join(ctx, folder, name, path);
    if (status == QMT_OK && slash != NULL) {
        path[strlen(path) - strlen(slash)] = '\0';
        status = file_make_directories(ctx, path);
    }
    if (status == QMT_OK)
        status = output_open_in(ctx, folder, name, &made->output);
    if (status != QMT_OK) {
        free(made);
        return status;
    }
    if (split == SPLIT_TRAIN && made->dialect->atom_type != NULL) {
        const locale_t locale = text_enter_c_locale();
        put_atoms(ctx, made);
        text_leave_c_locale(locale);
    }
    *writer = &made->face;
    return QMT_OK;
}

QmtStatus extxyz_system(QmtContext *ctx, SetWriter *face, const System *system)
{
    (void)ctx, (void)face, (void)system; // every frame says all about itself
    return QMT_OK;
}

static void put_pair(QmtContext *ctx, Output *out, const SetFrame *f, size_t a, bool wide)
{
    const double unit = f->masses[a] * frame_momentum_unit();
    put_vector(ctx, out, f->frame->vel[a], unit, wide);
    output_text(ctx, out, " %.9g", f->masses[a]);
    put_vector(ctx, out, f->later->pos[a], ANGSTROM_PER_NM, wide);
    put_vector(ctx, out, f->later->vel[a], unit, wide);
}

static void put_dipole(QmtContext *ctx, ExtxyzWriter *w, const SetFrame *f)
{
    size_t n;
    if (!frame_array_is_there(FRAME_DIPOLE, w->set))
        return;
    const double *const d = frame_array(f, FRAME_DIPOLE, NULL, &n);
    output_text(ctx, &w->output, " REF_dipole=\"%.9g %.9g %.9g\"", ANGSTROM_PER_NM * d[0],
                ANGSTROM_PER_NM * d[1], ANGSTROM_PER_NM * d[2]);
}

QmtStatus extxyz_append(QmtContext *ctx, SetWriter *face, const SetFrame *f)
{
    ExtxyzWriter *const w = (ExtxyzWriter *)face;
    Output *const out = &w->output;
    const Source *const source = f->source;
    char text[TEXT_DOUBLE_SIZE];
    size_t n;
    const double *const charges = frame_array_is_there(FRAME_PARTIAL_CHARGES, w->set)
                                      ? frame_array(f, FRAME_PARTIAL_CHARGES, NULL, &n)
                                      : NULL;
    const locale_t locale = text_enter_c_locale();
    put_head(ctx, w, source->n_atoms, false, f->frame->potential * EV_PER_KJMOL, source->charge,
             source->multiplicity);
    text_format_double(f->frame->time, text);
    output_text(ctx, out, " time_ps=%s frame=%llu replica=%d", text, (unsigned long long)f->number,
                source->replica);
    put_label(ctx, out, "name", source->name);
    put_label(ctx, out, "config_type", f->system->label);
    if (source->solvent[0] != '\0')
        put_label(ctx, out, "solvent", source->solvent);
    put_dipole(ctx, w, f);
    output_text(ctx, out, "\n");
    for (size_t a = 0; a < source->n_atoms; a++) {
        output_text(ctx, out, "%-2s", element_symbol(source->numbers[a]));
        put_vector(ctx, out, f->frame->pos[a], ANGSTROM_PER_NM, f->wide);
        for (size_t k = 0; k < w->n_forces; k++)
            put_vector(ctx, out, f->frame->forces[a], EV_PER_KJMOL / ANGSTROM_PER_NM, f->wide);
        if (charges != NULL)
            output_text(ctx, out, f->wide ? " %.17g" : " %.9g", charges[a]);
        if (f->later != NULL)
            put_pair(ctx, out, f, a, f->wide);
        output_text(ctx, out, "\n");
    }
    text_leave_c_locale(locale);
    return output_check(ctx, out);
}

QmtStatus extxyz_finish(QmtContext *ctx, SetWriter *face)
{
    return output_finish(ctx, &((ExtxyzWriter *)face)->output);
}

void extxyz_contents(const SetFormat *format, const Set *set, FILE *out)
{
    const ExtxyzDialect *const dialect = format->more;
    for (int s = 0; s < N_SPLITS; s++)
        if (set->n_frames[s] > 0)
            fprintf(out, "- `%s`: %llu frames%s\n", dialect->files[s],
                    (unsigned long long)set->n_frames[s],
                    s == SPLIT_TRAIN && dialect->atom_type != NULL
                        ? ", behind those of single atoms"
                        : "");
    fprintf(out,
            "\n| key | unit | |\n|---|---|---|\n"
            "| `pos` (`positions`) | angstrom | |\n"
            "| `%s` | eV | total energy, with the electronic entropy: what the forces belong to |\n"
            "| `%s` | eV/angstrom | |\n"
            "| `charge`, `total_charge` | e | |\n"
            "| `spin`, `total_spin`, `spin_multiplicity` | | 2S+1, all three |\n"
            "| `elec_temp` | K | electronic temperature |\n"
            "| `config_type`, `name` | | the molecule |\n"
            "| `time_ps`, `frame`, `replica` | ps | where it comes from, with `manifest.tsv` |\n",
            dialect->energy, dialect->forces);
    if (frame_array_is_there(FRAME_PARTIAL_CHARGES, set))
        fprintf(out, "| `REF_charges` | e | Mulliken |\n");
    if (frame_array_is_there(FRAME_DIPOLE, set))
        fprintf(out, "| `REF_dipole` | e angstrom | about the origin |\n");
    if (set->options->lag_fs > 0.0)
        fprintf(out,
                "| `momenta`, `future_momenta` | sqrt(eV Da) | ASE's unit; now, and %g fs later |\n"
                "| `future_positions` | angstrom | %g fs later |\n| `masses` | Da | |\n",
                set->options->lag_fs, set->options->lag_fs);
    if (dialect->lattice)
        fprintf(out,
                "| `Lattice` | angstrom | a box for the reader's sake; nothing is periodic |\n");
    fputc('\n', out);
}

void extxyz_place(const SetFormat *format, Split split, const System *system,
                  char text[SET_PLACE_SIZE])
{
    (void)system;
    snprintf(text, SET_PLACE_SIZE, "%s", ((const ExtxyzDialect *)format->more)->files[split]);
}

void extxyz_training(const SetFormat *format, const Set *set, FILE *out)
{
    ((const ExtxyzDialect *)format->more)->training(set, out);
}

QmtStatus extxyz_extras(QmtContext *ctx, const SetFormat *format, const Set *set,
                        const char *folder)
{
    const ExtxyzDialect *const dialect = format->more;
    char path[FILE_PATH_SIZE], *text = NULL;
    Draft draft;
    if (dialect->options == NULL)
        return QMT_OK;
    TRY(file_join(ctx, folder, dialect->options, path));
    TRY(draft_begin(ctx, &draft));
    dialect->options_write(set, draft.file);
    TRY(draft_end(ctx, &draft, &text));
    const QmtStatus status = file_write_whole(ctx, path, text, strlen(text));
    free(text);
    return status;
}
