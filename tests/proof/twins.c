/// Motion with refined densities beside twins whose every density is diagonalised, from the same start:
/// the slopes of the shadow energy must agree within what chance explains. One slope says nothing about
/// chance, so there are six starts, from the seeds 1 to 6, which were fixed before any of them was run;
/// what one start differs from the next is the uncertainty of a slope of 10 ps, and the means of both
/// kinds of motion must be as close as two standard errors. The differences of the pairs, whose common
/// ripple cancels, are shown as well: they see below 1e-9. One twin has the SCF tolerance of the refined
/// motion; its SCF ends as soon as it may, and by what it lacks the energy drifts a little, which vanishes
/// with the tolerance. The other has a hundredth of the tolerance, where that no longer shows: it is the
/// judge. An hour of processor time, on request only: `proof FOLDER twins`.

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/units.h"
#include "data/element.h"
#include "engine/xtb.h"
#include "md/md.h"
#include "md/shadow_energy.h"
#include "md/velocities.h"
#include "proof/sample.h"

enum {
    REFINED,
    JUDGE,
    PLAIN,
    OFF_JUDGE,
    OFF_ERROR,
    OFF_SIGMAS,
    PAIRED_ERROR,
    PAIRED_SIGMAS,
    PLAIN_OFF,
    PLAIN_SIGMAS,
    LARGEST,
    N_CLAIMS
};

#define ANY -INFINITY, INFINITY, 0.0
#define SLOPE "kJ/mol/ps per atom"

// Each of five molecules may miss 2 standard errors of six pairs by chance with a probability of 10 %.
static const Claim CLAIMS[N_CLAIMS] = {
    [REFINED] = {"mean slope of the shadow energy: refined", SLOPE, ANY},
    [JUDGE] = {"... diagonalised, tolerance 1e-12", SLOPE, ANY},
    [PLAIN] = {"... diagonalised, tolerance 1e-10", SLOPE, ANY},
    [OFF_JUDGE] = {"refined off 1e-12", SLOPE, ANY},
    [OFF_ERROR] = {"standard error of this", SLOPE, -INFINITY, 5e-7, 1e-4},
    [OFF_SIGMAS] = {"refined off 1e-12, magnitude", "standard errors", -INFINITY, 2.0, 1e3},
    [PAIRED_ERROR] = {"standard error of the pairs", SLOPE, ANY},
    [PAIRED_SIGMAS] = {"refined off 1e-12, magnitude, by pairs", "standard errors", ANY},
    [PLAIN_OFF] = {"diagonalised at 1e-10 off 1e-12", SLOPE, ANY},
    [PLAIN_SIGMAS] = {"diagonalised at 1e-10 off 1e-12, magnitude", "standard errors", ANY},
    [LARGEST] = {"refined: largest magnitude of a slope", SLOPE, -INFINITY, 1e-6, 1e-4},
};

/// The motions of a start.
typedef enum { MOTION_REFINED, MOTION_JUDGE, MOTION_PLAIN, N_MOTIONS } TwinMotion;
static const double TOLERANCE[N_MOTIONS] = {1e-10, 1e-12, 1e-10};

static const char *const MOLECULES[] = {"formic_acid", "imidazole", "glycine", "acetic_acid",
                                        "benzene"};
enum { N_MOLECULES = sizeof MOLECULES / sizeof MOLECULES[0], N_STARTS = 6, N_STARTS_BRIEF = 2 };

/// What the motions of a molecule share.
typedef struct {
    const Structure *structure;
    double *mass_da, *mass; ///< [n_atoms] dalton, electron masses
    uint64_t n_steps;       ///< of a motion
    double equilibration_ps;
    MdState start, now, next;
    ShadowEnergy watch;
    Arena arena;
} Twins;

static void twins_layout(Twins *twins)
{
    const size_t n = twins->structure->n_atoms;
    md_state_layout(&twins->start, &twins->arena, n, 0);
    md_state_layout(&twins->now, &twins->arena, n, 0);
    md_state_layout(&twins->next, &twins->arena, n, 0);
    shadow_energy_layout(&twins->watch, &twins->arena, n);
    twins->mass_da = arena_doubles(&twins->arena, n);
    twins->mass = arena_doubles(&twins->arena, n);
}

/// The first frame of an NVE production: relaxed, equilibrated at 300 K, without rotation.
static QmtStatus make_start(QmtContext *ctx, Engine *engine, uint64_t seed, Twins *twins)
{
    MdOptions options = md_options_default();
    options.ensemble = MD_NVE;
    options.equilibration_ps = twins->equilibration_ps;
    options.length_ps = options.window_every_ps = 0.0;
    options.key = (RandomKey){.seed = seed, .molecule = random_name_key(twins->structure->name)};
    Md *md = NULL;
    TRY(md_create(ctx, &options, NULL, engine, twins->mass_da, twins->structure->xyz, &md));
    bool done;
    const QmtStatus status = md_advance(ctx, md, UINT64_MAX, &done);
    if (status == QMT_OK)
        md_state_copy(&twins->start, md_state(md));
    md_destroy(&md);
    return status;
}

/// Slope of the shadow energy of a motion from the start, kJ/mol/ps per atom.
static QmtStatus move(QmtContext *ctx, Engine *engine, Twins *twins, double *slope)
{
    const IntegratorSettings settings = {.dt = 0.25 / FS_PER_AUT, .mass = twins->mass};
    MdState *now = &twins->now, *next = &twins->next;
    engine_forget(engine);
    md_state_copy(now, &twins->start);
    const EngineResult first = {.energy = &now->at.energy, .gradient = now->gradient};
    TRY(engine_evaluate(ctx, engine, (const double(*)[3])now->xyz, &first));
    shadow_energy_begin(&twins->watch, now);
    for (uint64_t i = 0; i < twins->n_steps; i++) {
        EngineReport report;
        TRY(integrator_verlet.step(ctx, engine, &settings, now, next, &report));
        shadow_energy_add(&twins->watch, twins->mass, settings.dt, now, next);
        MdState *const swap = now;
        now = next;
        next = swap;
    }
    *slope = line_fit_slope(&twins->watch.shadow) * KJMOL_PER_HARTREE / PS_PER_AUT /
             (double)now->n_atoms;
    return QMT_OK;
}

/// Slope of one motion from the start of a seed.
static QmtStatus motion_measure(QmtContext *ctx, uint64_t seed, TwinMotion motion, Twins *twins,
                                double *slope)
{
    QmtEngineOptions options = qmt_engine_options_default();
    options.scf_tolerance = TOLERANCE[motion];
    Engine *engine = NULL;
    TRY(xtb_create(ctx, twins->structure->n_atoms, twins->structure->numbers, &options, &engine));
    QmtStatus status = QMT_OK;
    if (motion == MOTION_REFINED)
        status = make_start(ctx, engine, seed, twins);
    else
        xtb_plain_scf(engine);
    if (status == QMT_OK)
        status = move(ctx, engine, twins, slope);
    engine_destroy(&engine);
    return status;
}

/// Mean of a - b over n values, and its standard error.
static double mean_difference(int n, const double *a, const double *b, double *error)
{
    double mean = 0.0, scatter = 0.0;
    for (int i = 0; i < n; i++)
        mean += (a[i] - b[i]) / n;
    for (int i = 0; i < n; i++)
        scatter += (a[i] - b[i] - mean) * (a[i] - b[i] - mean);
    *error = sqrt(scatter / (n - 1) / n);
    return mean;
}

static QmtStatus starts_measure(QmtContext *ctx, const ProofRun *run, Twins *twins, double *figure)
{
    static const double ZERO[N_STARTS];
    const int n = run->brief ? N_STARTS_BRIEF : N_STARTS;
    double slope[N_MOTIONS][N_STARTS], error, refined_error, judge_error, largest = 0.0;
    for (int i = 0; i < n; i++) {
        for (int m = 0; m < N_MOTIONS; m++)
            TRY(motion_measure(ctx, (uint64_t)i + 1, (TwinMotion)m, twins, &slope[m][i]));
        printf("         twins, %s, seed %d: refined %+.2e, diagonalised at 1e-12 %+.2e, at 1e-10 "
               "%+.2e " SLOPE "\n",
               twins->structure->name, i + 1, slope[MOTION_REFINED][i], slope[MOTION_JUDGE][i],
               slope[MOTION_PLAIN][i]);
        fflush(stdout);
        largest = fmax(largest, fabs(slope[MOTION_REFINED][i]));
    }
    figure[LARGEST] = largest;
    figure[REFINED] = mean_difference(n, slope[MOTION_REFINED], ZERO, &refined_error);
    figure[JUDGE] = mean_difference(n, slope[MOTION_JUDGE], ZERO, &judge_error);
    figure[PLAIN] = mean_difference(n, slope[MOTION_PLAIN], ZERO, &error);
    figure[PLAIN_OFF] = mean_difference(n, slope[MOTION_PLAIN], slope[MOTION_JUDGE], &error);
    figure[PLAIN_SIGMAS] = fabs(figure[PLAIN_OFF]) / error;
    figure[OFF_JUDGE] = mean_difference(n, slope[MOTION_REFINED], slope[MOTION_JUDGE], &error);
    figure[PAIRED_ERROR] = error;
    figure[PAIRED_SIGMAS] = fabs(figure[OFF_JUDGE]) / error;
    figure[OFF_ERROR] = hypot(refined_error, judge_error);
    figure[OFF_SIGMAS] = fabs(figure[OFF_JUDGE]) / figure[OFF_ERROR];
    return QMT_OK;
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    StructureList list = {0};
    TRY(sample_structure(ctx, MOLECULES[subject], &list));
    Twins twins = {.structure = &list.items[0],
                   .n_steps = run->brief ? 400 : 40000,
                   .equilibration_ps = run->brief ? 0.05 : 1.0};
    twins_layout(&twins);
    QmtStatus status = arena_reserve(ctx, &twins.arena);
    if (status == QMT_OK) {
        twins_layout(&twins);
        for (size_t a = 0; a < twins.structure->n_atoms; a++) {
            twins.mass_da[a] = element_mass_da(twins.structure->numbers[a]);
            twins.mass[a] = twins.mass_da[a] * ME_PER_DALTON;
        }
        status = starts_measure(ctx, run, &twins, figure);
    }
    arena_release(&twins.arena);
    structures_release(&list);
    return status;
}

const Section PROOF_TWINS = {"twins", CLAIMS, N_CLAIMS, MOLECULES, N_MOLECULES, 1, measure};
