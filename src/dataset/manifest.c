#include "dataset/manifest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/units.h"
#include "io/text.h"

enum { SHOWN = 4096 };

/// A counter for each number of atoms.
static QmtStatus counters_make(QmtContext *ctx, const Set *set, Manifest *manifest)
{
    for (size_t s = 0; s < set->n_systems; s++)
        if (set->systems[s].first->n_atoms >= manifest->n)
            manifest->n = set->systems[s].first->n_atoms + 1;
    manifest->n_written = calloc(manifest->n, sizeof *manifest->n_written);
    return manifest->n_written != NULL ? QMT_OK
                                       : FAIL(ctx, QMT_ERR_MEMORY, "no memory for manifest.tsv");
}

QmtStatus manifest_begin(QmtContext *ctx, const char *folder, const Set *set,
                         const SetFormat *format, Manifest *manifest)
{
    char place[SET_PLACE_SIZE];
    *manifest = (Manifest){.format = format, .output = {.file = file_none()}};
    TRY(counters_make(ctx, set, manifest));
    TRY(output_open_in(ctx, folder, "manifest.tsv", &manifest->output));
    output_text(ctx, &manifest->output,
                "split\tindex\tmolecule\ttrajectory\tframe\ttime_ps\tcharge\tmultiplicity\tenergy_"
                "eV\tfile\n");
    for (int z = 1; z <= ELEMENT_MAX && format->atom_frames; z++) {
        char energy[TEXT_DOUBLE_SIZE];
        if (set->atoms[z].multiplicity == 0)
            continue;
        text_format_double(set->atoms[z].hartree * EV_PER_HARTREE, energy);
        format->place(format, SPLIT_TRAIN, NULL, place);
        output_text(ctx, &manifest->output, "train\t%" PRIu64 "\tatom %s\t\t\t\t0\t%d\t%s\t%s\n",
                    manifest->n_written[0]++, element_symbol(z), set->atoms[z].multiplicity, energy,
                    place);
    }
    return output_check(ctx, &manifest->output);
}

/// The counter of the file or group that a frame is in.
static uint64_t *counter_of(Manifest *m, Split split, const SetFrame *frame)
{
    const bool other_system = m->format->places == PLACES_BY_MOLECULE && frame->system != m->system;
    if (split != m->split || other_system)
        memset(m->n_written, 0, m->n * sizeof *m->n_written);
    m->split = split;
    m->system = frame->system;
    return &m->n_written[m->format->places == PLACES_BY_ATOMS ? frame->source->n_atoms : 0];
}

QmtStatus manifest_add(QmtContext *ctx, Manifest *manifest, Split split, const SetFrame *frame)
{
    const Source *const source = frame->source;
    char label[SHOWN], path[SHOWN], time[TEXT_DOUBLE_SIZE], energy[TEXT_DOUBLE_SIZE];
    char place[SET_PLACE_SIZE], file[SHOWN];
    manifest->format->place(manifest->format, split, frame->system, place);
    text_format_double(frame->frame->time, time);
    text_format_double(frame->frame->potential * EV_PER_KJMOL, energy);
    output_text(
        ctx, &manifest->output, "%s\t%" PRIu64 "\t%s\t%s\t%" PRIu64 "\t%s\t%d\t%d\t%s\t%s\n",
        split_name(split), (*counter_of(manifest, split, frame))++,
        text_printable(frame->system->label, label, sizeof label),
        text_printable(source->path, path, sizeof path), frame->number, time, source->charge,
        source->multiplicity, energy, text_printable(place, file, sizeof file));
    return output_check(ctx, &manifest->output);
}

QmtStatus manifest_finish(QmtContext *ctx, Manifest *manifest)
{
    return output_finish(ctx, &manifest->output);
}

void manifest_abandon(Manifest *manifest)
{
    output_abandon(&manifest->output);
    free(manifest->n_written);
    manifest->n_written = NULL;
}

QmtStatus manifest_sources_write(QmtContext *ctx, const char *folder, const Set *set)
{
    Output out;
    TRY(output_open_in(ctx, folder, "sources.tsv", &out));
    const locale_t locale = text_enter_c_locale();
    output_text(
        ctx, &out,
        "trajectory\tbytes\tcrc32\tmolecule\treplica\tcharge\tmultiplicity\tmethod\tsolvent\t"
        "frames\tinterval_fs\tcomplete\ttrain\tvalid\ttest\tover_energy\tover_force\t"
        "tau_energy_ps\ttau_bonds_ps\ttau_torsions_ps\tgap_ps\n");
    for (size_t i = 0; i < set->sources.n; i++) {
        const Source *const s = &set->sources.items[i];
        const Correlation *const c = &s->correlation;
        char path[SHOWN], name[SHOWN];
        output_text(ctx, &out, "%s\t%" PRIu64 "\t%08" PRIx32 "\t%s\t%d\t%d\t%d\t%s\t%s\t%" PRIu64,
                    text_printable(s->path, path, sizeof path), s->n_bytes, s->crc,
                    text_printable(s->name, name, sizeof name), s->replica, s->charge,
                    s->multiplicity, s->method, s->solvent, s->n_frames);
        output_text(ctx, &out, "\t%.9g\t%s\t%zu\t%zu\t%zu\t%zu\t%zu", 1e3 * s->interval_ps,
                    s->complete ? "yes" : "no", s->n_chosen[SPLIT_TRAIN], s->n_chosen[SPLIT_VALID],
                    s->n_chosen[SPLIT_TEST], s->n_over_energy, s->n_over_force);
        if (c->known)
            output_text(ctx, &out, "\t%.4g\t%.4g\t%.4g\t%.6g\n", c->energy_ps, c->bonds_ps,
                        c->torsions_ps, s->gap_ps);
        else
            output_text(ctx, &out, "\t\t\t\t\n");
    }
    text_leave_c_locale(locale);
    return output_finish(ctx, &out);
}
