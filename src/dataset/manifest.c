#include "dataset/manifest.h"

#include <inttypes.h>

#include "base/printable.h"
#include "base/units.h"
#include "io/text.h"

enum { SHOWN = 4096 };

QmtStatus manifest_begin(QmtContext *ctx, const char *folder, const Set *set, bool atom_frames,
                         Manifest *manifest)
{
    *manifest = (Manifest){0};
    TRY(output_open_in(ctx, folder, "manifest.tsv", &manifest->output));
    output_text(
        ctx, &manifest->output,
        "split\tindex\tmolecule\ttrajectory\tframe\ttime_ps\tcharge\tmultiplicity\tenergy_eV\n");
    for (int z = 1; z <= ELEMENT_MAX && atom_frames; z++) {
        char energy[TEXT_DOUBLE_SIZE];
        if (set->atoms[z].multiplicity == 0)
            continue;
        text_format_double(set->atoms[z].hartree * EV_PER_HARTREE, energy);
        output_text(ctx, &manifest->output, "train\t%" PRIu64 "\tatom %s\t\t\t\t0\t%d\t%s\n",
                    manifest->n_written[SPLIT_TRAIN]++, element_symbol(z),
                    set->atoms[z].multiplicity, energy);
    }
    return output_check(ctx, &manifest->output);
}

QmtStatus manifest_add(QmtContext *ctx, Manifest *manifest, Split split, const SetFrame *frame)
{
    const Source *const source = frame->source;
    char label[SHOWN], path[SHOWN], time[TEXT_DOUBLE_SIZE], energy[TEXT_DOUBLE_SIZE];
    text_format_double(frame->frame->time, time);
    text_format_double(frame->frame->potential * EV_PER_KJMOL, energy);
    output_text(ctx, &manifest->output, "%s\t%" PRIu64 "\t%s\t%s\t%" PRIu64 "\t%s\t%d\t%d\t%s\n",
                split_name(split), manifest->n_written[split]++,
                text_printable(frame->system->label, label, sizeof label),
                text_printable(source->path, path, sizeof path), frame->number, time,
                source->charge, source->multiplicity, energy);
    return output_check(ctx, &manifest->output);
}

QmtStatus manifest_finish(QmtContext *ctx, Manifest *manifest)
{
    return output_finish(ctx, &manifest->output);
}

void manifest_abandon(Manifest *manifest)
{
    output_abandon(&manifest->output);
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
