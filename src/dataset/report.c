#include "dataset/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "base/units.h"
#include "dataset/correlation.h"
#include "dataset/draft.h"
#include "io/json.h"

enum { SHOWN = 300 };

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void counts_write(const SetReport *report, FILE *out)
{
    const Set *const set = report->set;
    const Source *const first = &set->sources.items[0];
    uint64_t n_frames = 0;
    for (int s = 0; s < N_SPLITS; s++)
        n_frames += set->n_frames[s];
    fprintf(out, "%llu %s%s of %zu molecule%s from %zu trajector%s, %s, electrons at %g K\n\n",
            (unsigned long long)n_frames, set->options->lag_fs > 0.0 ? "pair" : "frame",
            plural(n_frames), set->n_systems, plural(set->n_systems), set->sources.n,
            set->sources.n == 1 ? "y" : "ies", first->method, first->electronic_temperature_k);
    fprintf(out,
            "            frames   eV/atom less atoms: mean, spread    eV/angstrom: rms, largest\n");
    for (int s = 0; s < N_SPLITS; s++) {
        const Statistics *const st = &report->statistics[s];
        if (st->n_frames > 0)
            fprintf(out, "    %-6s %8llu   %19.4f %14.4f   %17.3f %11.3f\n", split_name((Split)s),
                    (unsigned long long)st->n_frames, statistics_energy_mean(st),
                    statistics_energy_spread(st), statistics_force_rms(st), st->force_most);
    }
}

static void elements_write(const SetReport *report, FILE *out)
{
    fprintf(out, "\nelements:");
    for (int z = 1; z <= ELEMENT_MAX; z++)
        if (report->set->atoms[z].multiplicity > 0)
            fprintf(out, " %s", element_symbol(z));
    for (int s = SPLIT_VALID; s < N_SPLITS; s++)
        for (int z = 1; z <= ELEMENT_MAX; z++)
            if (report->statistics[s].n_of[z] > 0 && report->statistics[SPLIT_TRAIN].n_of[z] == 0)
                fprintf(out, "; %s of %s is not in train", element_symbol(z), split_name((Split)s));
    fputc('\n', out);
}

static void windows_write(const SetReport *report, FILE *out)
{
    uint64_t n_energy = 0, n_force = 0;
    for (size_t i = 0; i < report->set->sources.n; i++) {
        n_energy += report->set->sources.items[i].n_over_energy;
        n_force += report->set->sources.items[i].n_over_force;
    }
    if (n_energy + n_force > 0)
        fprintf(out,
                "left out: %llu frame%s above the energy window, %llu with too large a force\n",
                (unsigned long long)n_energy, plural(n_energy), (unsigned long long)n_force);
}

/// The gap, and in how many autocorrelation times of the slowest motion: of the trajectory where that is least.
static void gap_write(const Set *set, FILE *out)
{
    const Source *least = NULL;
    double least_times = INFINITY;
    bool settled = true;
    for (size_t i = 0; i < set->sources.n; i++) {
        const Source *const s = &set->sources.items[i];
        if (s->drawn || selection_follows(&set->plan, s))
            continue;
        const double tau = correlation_longest_ps(&s->correlation);
        const double times = tau > 0.0 ? s->gap_ps / tau : INFINITY;
        settled = settled && s->correlation.settled;
        if (least == NULL || times < least_times) {
            least = s;
            least_times = times;
        }
    }
    if (least == NULL) {
        fputs("blocks need no gap: the frames are drawn one by one\n", out);
        return;
    }
    char name[SHOWN];
    fprintf(out,
            "gap between blocks: %.3g ps or more, %.2g autocorrelation times of the slowest motion "
            "(%s: energy %.3g ps, bonds %.3g ps, torsions %.3g ps)\n",
            least->gap_ps, least_times, text_printable(least->name, name, sizeof name),
            least->correlation.energy_ps, least->correlation.bonds_ps,
            least->correlation.torsions_ps);
    if (!settled)
        fprintf(out,
                "some trajectories are too short to tell their slowest motion: its time is a "
                "lower bound, and blocks of one trajectory share what does not change in it\n");
}

/// Where copies of frames are in a division by block.
static void copies_write(const Set *set, FILE *out)
{
    size_t n = 0, n_gap = 0;
    for (size_t i = 0; i < set->sources.n; i++) {
        const Source *const source = &set->sources.items[i];
        Block block;
        if (!selection_follows(&set->plan, source))
            continue;
        n++;
        n_gap += selection_copy_block(&set->plan, source, &block) == 0;
    }
    if (n > 0)
        fprintf(
            out,
            "%zu copies of frames are in the part of the frame that they begin from; %zu of them "
            "begin in a gap and are left out\n",
            n, n_gap);
}

static void decorrelated_write(const Set *set, FILE *out)
{
    double least = INFINITY, most = 0.0;
    for (size_t i = 0; i < set->sources.n; i++) {
        if (set->sources.items[i].drawn)
            continue;
        const double tau = correlation_longest_ps(&set->sources.items[i].correlation);
        least = fmin(least, 2.0 * tau);
        most = fmax(most, 2.0 * tau);
    }
    if (least > most) {
        fputs("frames are drawn one by one: all are taken\n", out);
        return;
    }
    fprintf(out, "frames are two autocorrelation times apart: %.3g to %.3g ps, see sources.tsv\n",
            least, most);
}

static void nearest_write(const Nearest *nearest, Split split, FILE *out)
{
    char train[SHOWN], other[SHOWN];
    if (!nearest->found) {
        fprintf(out, "train and %s: no molecule of one is in the other\n", split_name(split));
        return;
    }
    fprintf(out,
            "train and %s: the two most alike frames differ by %.4f angstrom (%s frame %llu, %s "
            "frame %llu)\n",
            split_name(split), ANGSTROM_PER_NM * nearest->rmsd_nm,
            text_printable(nearest->train->name, train, sizeof train),
            (unsigned long long)nearest->train_frame,
            text_printable(nearest->other->name, other, sizeof other),
            (unsigned long long)nearest->other_frame);
}

static void division_write(const SetReport *report, FILE *out)
{
    const Set *const set = report->set;
    fprintf(out, "\ndivided by %s, seed %llu\n", split_kind_name(set->plan.kind),
            (unsigned long long)set->plan.seed);
    if (set->options->decorrelated)
        decorrelated_write(set, out);
    if (set->plan.kind == SPLIT_BY_BLOCK) {
        gap_write(set, out);
        copies_write(set, out);
    }
    for (int s = SPLIT_VALID; s < N_SPLITS; s++)
        if (set->n_frames[s] > 0)
            nearest_write(&report->overlap->nearest[s], (Split)s, out);
    if (report->overlap->n_compared < report->overlap->n_pairs)
        fprintf(out,
                "(of %.2g pairs of frames %.2g were compared, those of the most similar size)\n",
                report->overlap->n_pairs, report->overlap->n_compared);
    fprintf(out, "duplicates: %llu", (unsigned long long)report->overlap->n_duplicates);
    if (report->overlap->n_shared > 0)
        fprintf(out, ", %llu of them in another part",
                (unsigned long long)report->overlap->n_shared);
    fputc('\n', out);
}

QmtStatus report_summary(QmtContext *ctx, const SetReport *report, char **text)
{
    Draft draft;
    TRY(draft_begin(ctx, &draft));
    counts_write(report, draft.file);
    elements_write(report, draft.file);
    windows_write(report, draft.file);
    division_write(report, draft.file);
    return draft_end(ctx, &draft, text);
}

static void systems_write(const Set *set, FILE *out)
{
    fprintf(out, "| molecule | atoms | charge | multiplicity | solvent | train | valid | test |\n"
                 "|---|---|---|---|---|---|---|---|\n");
    for (size_t s = 0; s < set->n_systems; s++) {
        const System *const system = &set->systems[s];
        const Source *const source = system->first;
        char label[SHOWN];
        text_printable(system->label, label, sizeof label);
        for (char *at = label; *at != '\0'; at++)
            if (strchr("|`<>", *at) != NULL)
                *at = '_';
        fprintf(out, "| %s | %zu | %d | %d | %s | %llu | %llu | %llu |\n", label, source->n_atoms,
                source->charge, source->multiplicity, source->solvent,
                (unsigned long long)system->n_frames[SPLIT_TRAIN],
                (unsigned long long)system->n_frames[SPLIT_VALID],
                (unsigned long long)system->n_frames[SPLIT_TEST]);
    }
}

static void atoms_write(const Set *set, FILE *out)
{
    fprintf(out, "\nEnergies of single atoms by the same method, in their ground state, in the gas "
                 "phase:\n\n| element | multiplicity | eV |\n|---|---|---|\n");
    for (int z = 1; z <= ELEMENT_MAX; z++)
        if (set->atoms[z].multiplicity > 0)
            fprintf(out, "| %s | %d | %.9f |\n", element_symbol(z), set->atoms[z].multiplicity,
                    set->atoms[z].hartree * EV_PER_HARTREE);
}

QmtStatus report_readme(QmtContext *ctx, const SetReport *report, const char *summary, char **text)
{
    const Set *const set = report->set;
    Draft draft;
    TRY(draft_begin(ctx, &draft));
    FILE *const out = draft.file;
    fprintf(out,
            "# A training set for %s\n\nMade by qmtraj %s from %s trajectories.\n\n```\n%s```\n\n",
            report->format->name, qmt_version(), set->sources.items[0].method, summary);
    fprintf(out, "## Start a training\n\n");
    report->format->training(report->format, set, out);
    fprintf(out, "\n## Files\n\n");
    report->format->contents(report->format, set, out);
    fprintf(out,
            "- `manifest.tsv`: for every frame its trajectory, number, time, charge, multiplicity, "
            "part, file, and place in that file\n"
            "- `sources.tsv`: the trajectories with their CRC-32, and what was chosen of each\n"
            "- `summary.json`: the figures above for programs\n"
            "- `citations.bib`: the papers to cite\n\n## Molecules\n\n");
    systems_write(set, out);
    atoms_write(set, out);
    return draft_end(ctx, &draft, text);
}

static void json_split(const SetReport *report, int s, cJSON *object)
{
    const Statistics *const st = &report->statistics[s];
    const Nearest *const nearest = &report->overlap->nearest[s];
    cJSON_AddNumberToObject(object, "frames", (double)st->n_frames);
    if (st->n_frames == 0)
        return;
    cJSON_AddNumberToObject(object, "energy_mean_eV_atom", statistics_energy_mean(st));
    cJSON_AddNumberToObject(object, "energy_spread_eV_atom", statistics_energy_spread(st));
    cJSON_AddNumberToObject(object, "energy_least_eV_atom", st->energy_least);
    cJSON_AddNumberToObject(object, "energy_most_eV_atom", st->energy_most);
    cJSON_AddNumberToObject(object, "force_rms_eV_angstrom", statistics_force_rms(st));
    cJSON_AddNumberToObject(object, "force_most_eV_angstrom", st->force_most);
    if (s == SPLIT_TRAIN)
        return;
    if (nearest->found)
        cJSON_AddNumberToObject(object, "nearest_train_rmsd_angstrom",
                                ANGSTROM_PER_NM * nearest->rmsd_nm);
    else
        cJSON_AddNullToObject(object, "nearest_train_rmsd_angstrom");
}

QmtStatus report_json(QmtContext *ctx, const SetReport *report, char **text)
{
    const Set *const set = report->set;
    json_begin();
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "format", report->format->name);
    cJSON_AddStringToObject(object, "version", qmt_version());
    cJSON_AddStringToObject(object, "method", set->sources.items[0].method);
    cJSON_AddNumberToObject(object, "electronic_temperature_K",
                            set->sources.items[0].electronic_temperature_k);
    cJSON_AddNumberToObject(object, "molecules", (double)set->n_systems);
    cJSON_AddNumberToObject(object, "trajectories", (double)set->sources.n);
    cJSON_AddStringToObject(object, "by", split_kind_name(set->plan.kind));
    cJSON_AddNumberToObject(object, "seed", (double)set->plan.seed);
    cJSON_AddNumberToObject(object, "duplicates", (double)report->overlap->n_duplicates);
    cJSON_AddNumberToObject(object, "duplicates_between_parts", (double)report->overlap->n_shared);
    cJSON_AddNumberToObject(object, "pairs_between_parts", report->overlap->n_pairs);
    cJSON_AddNumberToObject(object, "pairs_compared", report->overlap->n_compared);
    for (int s = 0; s < N_SPLITS; s++)
        json_split(report, s, cJSON_AddObjectToObject(object, split_name((Split)s)));
    cJSON *const atoms = cJSON_AddObjectToObject(object, "atom_energies_eV");
    for (int z = 1; z <= ELEMENT_MAX; z++)
        if (set->atoms[z].multiplicity > 0)
            cJSON_AddNumberToObject(atoms, element_symbol(z),
                                    set->atoms[z].hartree * EV_PER_HARTREE);
    *text = json_text(object, true);
    return *text != NULL ? QMT_OK : FAIL(ctx, QMT_ERR_MEMORY, "no memory for summary.json");
}
