/// Hot motion: molecules at 2000 K, and reactions whose bonds break and form, twenty picoseconds each. Every step has a
/// solution, its energy follows the work of the forces, and frames computed again from nothing have the same labels.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "proof/recovery_clock.h"
#include "proof/sample_labels.h"

enum {
    FAILED,
    JUMPED,
    RECOVERED,
    RECOVERY_TIME,
    SEARCH_TIME,
    ENERGY,
    FORCE,
    N_OF_METHOD,
    N_CLAIMS = 2 * N_OF_METHOD
};

// The work is that of every step (analysis/work_test.h), with what its quadrature may be off by. A trajectory whose file
// says that it left it, by 0.23 kJ/mol at 18.8 ps, is known of chloride and CH3F far apart, between which a charge goes over.
//
// Recoveries: as many as are allowed, each as long as six steps, as was measured. Searches, at steps whose levels come near each
// other or whose solution jumps, must not make a trajectory twice as long; reading the clock is 0.6 us a step of them. A short
// trajectory has little but its first solution.
#define CLAIMS_OF(method, at)                                                                      \
    [at + FAILED] = {method ": trajectories with a step without a solution", "", -INFINITY, 0.0,   \
                     0.0},                                                                         \
          [at + JUMPED] = {method ": trajectories whose energy left the work of the forces", "",   \
                           -INFINITY, 1.0, 0.0},                                                   \
          [at + RECOVERED] = {method ": steps that took a recovery", "%", -INFINITY, 0.5, 0.0},    \
          [at + RECOVERY_TIME] = {method ": processor time in recoveries and first solutions",     \
                                  "%", -INFINITY, 3.0, 100.0},                                     \
          [at + SEARCH_TIME] = {method ": processor time in searches for other solutions", "%",    \
                                -INFINITY, 50.0, 100.0},                                           \
          [at + ENERGY] = {method ": energy of frames computed again: largest |dE|", "hartree",    \
                           -INFINITY, 1e-9, 0.0},                                                  \
          [at + FORCE] = {method ": forces of frames computed again: largest |dF|",                \
                          "hartree/bohr", -INFINITY, 2e-8, 0.0}

static const Claim CLAIMS[N_CLAIMS] = {CLAIMS_OF("GFN2-xTB", 0),
                                       CLAIMS_OF("GFN1-xTB", N_OF_METHOD)};

static const char *const METHODS[] = {"method=GFN2-xTB", "method=GFN1-xTB"};
enum { N_METHODS = sizeof METHODS / sizeof METHODS[0] };

// The reactions come first: the short form takes two of them.
static const char *const SUBJECTS[] = {"hydroxyl_hydrogen",
                                       "fluoride_chloromethane",
                                       "hydroxyl_methane",
                                       "fluorine_hydrogen",
                                       "hydrogen_peroxide",
                                       "N-methylalanine",
                                       "acetic_acid",
                                       "adenine",
                                       "alanine",
                                       "aniline",
                                       "aspirin",
                                       "benzene",
                                       "cytosine",
                                       "formic_acid",
                                       "glycine",
                                       "glycolic_acid",
                                       "imidazole",
                                       "imidazole_deriv",
                                       "indole",
                                       "phenol",
                                       "pyridine",
                                       "serine",
                                       "tetrahydrofuran",
                                       "tetrahydrothiophene",
                                       "thymine",
                                       "toluene",
                                       "valine"};
enum { N_SUBJECTS = sizeof SUBJECTS / sizeof SUBJECTS[0], N_REACTIONS = 5, N_BRIEF = 2 };

/// Reactions are run from several starts: at constant energy, where the parts fly off, and inside a wall, where they meet
/// again and again.
enum { N_STARTS = 4, N_FREE_STARTS = 2 };

typedef struct {
    int n_failed, n_jumped;
    double evaluations, recoveries;
    RecoveryTime time; ///< of the trajectories, without comparing labels
    LabelDifferences labels;
} Tally;

/// A trajectory that does not reach its end is counted and has no labels.
static QmtStatus add_trajectory(QmtContext *ctx, const ProofRun *run, size_t subject, size_t method,
                                int start, Tally *tally)
{
    char folder[64], seed[32];
    const bool reaction = subject < N_REACTIONS;
    snprintf(folder, sizeof folder, "hot-%s-%d", METHODS[method] + strlen("method="), start);
    snprintf(seed, sizeof seed, "random_seed=%d", 1 + start);
    const bool is_free = reaction && start < N_FREE_STARTS;
    const char *const settings[] = {METHODS[method],
                                    seed,
                                    "temperature_K=2000",
                                    "friction_per_ps=1",
                                    "dt_fs=0.25",
                                    "precision=float64",
                                    "nve_every_ps=0",
                                    "save_interval_steps=40", // 10 fs
                                    reaction ? "optimize=false" : "optimize=true",
                                    is_free ? "ensemble=nve" : "ensemble=nvt",
                                    reaction && !is_free ? "confine.sphere=0.3"
                                                         : "confine.sphere=none",
                                    is_free ? "equilibration_ps=0" : "equilibration_ps=0.1",
                                    run->brief ? "length_ps=0.1" : "length_ps=20",
                                    NULL};
    Sample sample;
    LabelDifferences labels = {0};
    const RecoveryTime before = recovery_clock_read();
    QmtStatus status = sample_make(ctx, run, folder, SUBJECTS[subject], settings, &sample);
    const RecoveryTime after = recovery_clock_read();
    tally->time.all += after.all - before.all;
    tally->time.recovery += after.recovery - before.recovery;
    tally->time.search += after.search - before.search;
    tally->evaluations += (double)sample.result.evaluations;
    tally->recoveries += (double)sample.result.recoveries;
    tally->n_jumped += run_warning_has(&sample.result.warnings, "scf_jump");
    if (status == QMT_ERR_SCF) {
        tally->n_failed++;
        status = QMT_OK;
    } else if (status == QMT_OK) {
        status = sample_labels_compare(ctx, &sample, run->brief ? 10 : 100, &labels);
    }
    tally->labels.energy = fmax(tally->labels.energy, labels.energy);
    tally->labels.force = fmax(tally->labels.force, labels.force);
    sample_release(&sample);
    return status;
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    for (size_t method = 0; method < N_METHODS; method++) {
        double *const of_method = figure + method * N_OF_METHOD;
        Tally tally = {0};
        for (int start = 0; start < (subject < N_REACTIONS ? N_STARTS : 1); start++)
            TRY(add_trajectory(ctx, run, subject, method, start, &tally));
        of_method[FAILED] = tally.n_failed;
        of_method[JUMPED] = tally.n_jumped;
        of_method[RECOVERED] = 100.0 * tally.recoveries / fmax(1.0, tally.evaluations);
        of_method[RECOVERY_TIME] = 100.0 * tally.time.recovery / tally.time.all;
        of_method[SEARCH_TIME] = 100.0 * tally.time.search / tally.time.all;
        of_method[ENERGY] = tally.labels.energy;
        of_method[FORCE] = tally.labels.force;
    }
    return QMT_OK;
}

const Section PROOF_HOT = {"hot", CLAIMS, N_CLAIMS, SUBJECTS, N_SUBJECTS, N_BRIEF, measure};
