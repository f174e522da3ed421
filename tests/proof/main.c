/// Runs the proofs and writes their report:
///
///     proof [--short] FOLDER [SECTION ...]     FOLDER/report.txt, FOLDER/report.json
///
/// Without a SECTION all of them but those that are run on request only. Ends with 1 if a line of a chosen
/// section does not pass.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/file.h"
#include "proof/report.h"

static const Section *const SECTIONS[] = {
    &PROOF_MOTION,
    &PROOF_LABELS,
    &PROOF_INVARIANCES,
    &PROOF_FRAGMENTS,
    &PROOF_OSCILLATOR,
    &PROOF_ENSEMBLE,
    &PROOF_TEMPERATURE,
    &PROOF_TORSION,
    &PROOF_DISSOCIATION_GFN1,
    &PROOF_DISSOCIATION_GFN2,
    &PROOF_CLUSTERS,
    &PROOF_KINDS,
    &PROOF_HEAT,
    &PROOF_THERMOSTATS,
    &PROOF_SPECTRUM,
    &PROOF_WALL,
    &PROOF_BASINS,
    &PROOF_METADYNAMICS,
    &PROOF_TWINS,
    &PROOF_HOT,
};
// The last take too long to be run unless they are named.
enum { N_SECTIONS = sizeof SECTIONS / sizeof SECTIONS[0], N_ON_REQUEST = 2 };

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/// Subjects of a section in this run.
static size_t n_subjects(const ProofRun *run, const Section *section)
{
    return run->brief ? section->n_brief : section->n_subjects;
}

/// Measures a section, writing the report after every subject. Returns how many of its lines do not
/// pass; -1 if the report cannot be written.
static long measure(QmtContext *ctx, Report *report, size_t i)
{
    SectionReport *lines = &report->sections[i];
    const Section *section = lines->section;
    const double begun = seconds_now();
    long not_passed = 0;
    for (size_t s = 0; s < n_subjects(report->run, section); s++) {
        if (section->measure(ctx, report->run, s, lines->figure[s]) != QMT_OK)
            snprintf(lines->sentence[s], sizeof lines->sentence[s], "%.250s",
                     qmt_context_message(ctx));
        lines->seconds = seconds_now() - begun;
        for (size_t c = 0; c < section->n_claims; c++) {
            const Verdict verdict = report_verdict(report, i, s, c);
            not_passed += verdict != VERDICT_PASS;
            printf("%-7s  %s, %s: %s: %.3g %s%s%s\n",
                   verdict == VERDICT_PASS ? "PASS"
                                           : (verdict == VERDICT_FAIL ? "FAIL" : "NOT RUN"),
                   section->name, section->subjects[s], section->claims[c].what,
                   lines->figure[s][c], section->claims[c].unit,
                   lines->sentence[s][0] != '\0' ? "; " : "", lines->sentence[s]);
        }
        fflush(stdout);
        if (report_write(ctx, report) != QMT_OK)
            return -1;
    }
    return not_passed;
}

static bool is_chosen(size_t section, int n_names, char **names)
{
    for (int i = 0; i < n_names; i++)
        if (strcmp(names[i], SECTIONS[section]->name) == 0)
            return true;
    return n_names == 0 && section < N_SECTIONS - N_ON_REQUEST;
}

static long measure_all(QmtContext *ctx, Report *report)
{
    long not_passed = 0;
    for (size_t i = 0; i < report->n; i++) {
        if (!report->sections[i].chosen)
            continue;
        const long more = measure(ctx, report, i);
        if (more < 0)
            return -1;
        not_passed += more;
    }
    return not_passed;
}

int main(int argc, char **argv)
{
    const bool brief = argc > 1 && strcmp(argv[1], "--short") == 0;
    const int first = brief ? 2 : 1;
    if (argc <= first) {
        fputs("usage: proof [--short] FOLDER [SECTION ...]\n", stderr);
        return 2;
    }

    char command[512] = "proof";
    for (int i = 1; i < argc; i++)
        snprintf(command + strlen(command), sizeof command - strlen(command), " %s", argv[i]);

    QmtContext *ctx = NULL;
    SectionReport *const sections = calloc(N_SECTIONS, sizeof *sections);
    if (sections == NULL || qmt_context_create(&ctx) != QMT_OK) {
        fputs("proof: cannot begin\n", stderr);
        return 5;
    }
    const ProofRun run = {.out = argv[first], .brief = brief};
    Report report = {
        .run = &run, .command = command, .isa = qmt_context_isa(ctx), .sections = sections};
    for (size_t i = 0; i < N_SECTIONS; i++) {
        const bool chosen = is_chosen(i, argc - first - 1, argv + first + 1);
        if (chosen || i < N_SECTIONS - N_ON_REQUEST)
            report_begin(&sections[report.n++], SECTIONS[i], chosen);
    }

    long not_passed = -1;
    if (file_make_directories(ctx, run.out) == QMT_OK)
        not_passed = measure_all(ctx, &report);
    if (not_passed < 0)
        fprintf(stderr, "proof: %s\n", qmt_context_message(ctx));
    else
        printf("%zu PASS, %zu FAIL, %zu NOT RUN: %s/report.txt\n",
               report_count(&report, VERDICT_PASS), report_count(&report, VERDICT_FAIL),
               report_count(&report, VERDICT_NOT_RUN), run.out);
    free(sections);
    qmt_context_destroy(&ctx);
    return not_passed == 0 ? 0 : 1;
}
