/// Time of one MD step: energy and forces along an NVE trajectory of 0.25 fs at 300 K, every step from
/// what is known of the steps before. One line of JSON per molecule.
///
///     bench_step [--steps N] [--temperature T] [--method NAME] [--alpb SOLVENT | --gbsa SOLVENT]
///                [--tolerance R] [--plain] [--xtb] [--audit K] [--stages] FILE.xyz ...
///
/// --temperature T   of the starting velocities, kelvin (300)
/// --tolerance R     of the SCF (1e-9)
/// --plain     the same trajectory with our own engine, every density by diagonalisation, every step from
///             the charges of the one before
/// --xtb       the same trajectory with libxtb in this process, its result object reused
/// --audit K   every K-th frame evaluated afresh from nothing at a tighter tolerance
/// --stages    time by stage; nested clocks add some 0.1 us
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "base/units.h"
#include "basis/basis.h"
#include "data/element.h"
#include "engine/xtb.h"
#include "io/xyz.h"
#include "stages.h"
#ifdef BENCH_XTB
#include <xtb.h>
#endif

enum { WARM_UP = 24 };

/// What a run is made of; one engine or another fills energy and gradient.
typedef struct {
    size_t n;
    const int *numbers;
    double (*xyz)[3], (*velocity)[3], (*gradient)[3];
    double *mass;
    double energy;
    void *engine;
    QmtStatus (*evaluate)(QmtContext *ctx, void *engine, const double (*xyz)[3], double *energy,
                          double (*gradient)[3]);
} Run;

static double microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int n)
{
    qsort(values, (size_t)n, sizeof *values, rising);
    return n > 0 ? values[n / 2] : NAN;
}

static EngineReport report;

static QmtStatus evaluate_own(QmtContext *ctx, void *engine, const double (*xyz)[3], double *energy,
                              double (*gradient)[3])
{
    const EngineResult result = {.energy = energy, .gradient = gradient, .report = &report};
    return engine_evaluate(ctx, engine, xyz, &result);
}

#ifdef BENCH_XTB
typedef struct {
    xtb_TEnvironment env;
    xtb_TMolecule molecule;
    xtb_TCalculator calculator;
    xtb_TResults results;
} LibXtb;

static QmtStatus evaluate_libxtb(QmtContext *ctx, void *engine, const double (*xyz)[3],
                                 double *energy, double (*gradient)[3])
{
    LibXtb *x = engine;
    xtb_updateMolecule(x->env, x->molecule, &xyz[0][0], NULL);
    xtb_singlepoint(x->env, x->molecule, x->calculator, x->results);
    if (xtb_checkEnvironment(x->env))
        return FAIL(ctx, QMT_ERR_SCF, "libxtb failed");
    xtb_getEnergy(x->env, x->results, energy);
    xtb_getGradient(x->env, x->results, &gradient[0][0]);
    return QMT_OK;
}

static LibXtb libxtb_create(const Structure *s, const double (*xyz)[3])
{
    LibXtb x = {.env = xtb_newEnvironment(),
                .calculator = xtb_newCalculator(),
                .results = xtb_newResults()};
    const int n = (int)s->n_atoms, unpaired = 0;
    const double charge = s->charge;
    xtb_setVerbosity(x.env, XTB_VERBOSITY_MUTED);
    x.molecule = xtb_newMolecule(x.env, &n, s->numbers, &xyz[0][0], &charge, &unpaired, NULL, NULL);
    xtb_loadGFN2xTB(x.env, x.molecule, x.calculator, NULL);
    return x;
}

static void libxtb_destroy(LibXtb *x)
{
    xtb_delResults(&x->results);
    xtb_delCalculator(&x->calculator);
    xtb_delMolecule(&x->molecule);
    xtb_delEnvironment(&x->env);
}
#endif

/// One velocity Verlet step; returns the time of its evaluation in microseconds, negative on failure.
static double step(QmtContext *ctx, Run *run)
{
    const double dt = 0.25 / FS_PER_AUT;
    for (size_t a = 0; a < run->n; a++)
        for (int x = 0; x < 3; x++) {
            run->velocity[a][x] -= 0.5 * dt * run->gradient[a][x] / run->mass[a];
            run->xyz[a][x] += dt * run->velocity[a][x];
        }
    const double start = microseconds();
    if (run->evaluate(ctx, run->engine, run->xyz, &run->energy, run->gradient) != QMT_OK)
        return -1.0;
    const double time = microseconds() - start;
    for (size_t a = 0; a < run->n; a++)
        for (int x = 0; x < 3; x++)
            run->velocity[a][x] -= 0.5 * dt * run->gradient[a][x] / run->mass[a];
    return time;
}

static double total_energy(const Run *run)
{
    double sum = run->energy;
    for (size_t a = 0; a < run->n; a++)
        for (int x = 0; x < 3; x++)
            sum += 0.5 * run->mass[a] * run->velocity[a][x] * run->velocity[a][x];
    return sum;
}

/// Positions of the file, velocities from numbers that depend on nothing else.
static void start(const Structure *s, double temperature_k, Run *run)
{
    memcpy(run->xyz, s->xyz, s->n_atoms * sizeof run->xyz[0]);
    const RandomKey key = {.seed = 42, .molecule = random_name_key(s->name)};
    for (size_t a = 0; a < s->n_atoms; a++) {
        double normal[3];
        random_normals(&key, 0, (uint64_t)a, RANDOM_VELOCITIES, normal);
        run->mass[a] = element_mass_da(s->numbers[a]) * ME_PER_DALTON;
        for (int x = 0; x < 3; x++)
            run->velocity[a][x] =
                normal[x] * sqrt(temperature_k * HARTREE_PER_KELVIN / run->mass[a]);
    }
}

typedef struct {
    int n_steps, audit;
    double temperature_k;
    double tolerance;
    const char *method, *solvent, *model; // of the own engine
    bool xtb, plain, stages;
} Options;

static void fail(QmtContext *ctx, const char *what)
{
    fprintf(stderr, "bench_step: %s: %s\n", what, qmt_context_message(ctx));
    exit(1);
}

/// Worst and median deviation from fresh evaluations.
typedef struct {
    double energy, gradient, *each;
    int n;
} Audit;

static QmtEngineOptions engine_options_of(const Structure *s, const Options *options)
{
    QmtEngineOptions engine = qmt_engine_options_default();
    engine.method = options->method;
    engine.solvent = options->solvent;
    engine.solvation_model = options->model;
    engine.charge = s->charge;
    engine.unpaired = s->has_multiplicity ? s->multiplicity - 1 : -1;
    return engine;
}

static void audit_frame(QmtContext *ctx, const Structure *s, const Run *run, const Options *own,
                        Audit *audit)
{
    QmtEngineOptions options = engine_options_of(s, own);
    options.scf_tolerance = 1e-12;
    Engine *fresh = NULL;
    double energy, worst = 0.0, (*gradient)[3] = calloc(s->n_atoms, sizeof *gradient);
    const EngineResult result = {.energy = &energy, .gradient = gradient};
    if (xtb_create(ctx, s->n_atoms, s->numbers, &options, &fresh) != QMT_OK ||
        engine_evaluate(ctx, fresh, run->xyz, &result) != QMT_OK)
        fail(ctx, s->name);
    for (size_t a = 0; a < s->n_atoms; a++)
        for (int x = 0; x < 3; x++)
            worst = fmax(worst, fabs(gradient[a][x] - run->gradient[a][x]));
    audit->energy = fmax(audit->energy, fabs(energy - run->energy));
    audit->gradient = fmax(audit->gradient, worst);
    audit->each[audit->n++] = worst;
    engine_destroy(&fresh);
    free(gradient);
}

/// One trajectory; returns the median time of its steps.
static double trajectory(QmtContext *ctx, const Structure *s, Run *run, const Options *options,
                         const char *who, double *builds, Audit *audit)
{
    double *time = calloc((size_t)options->n_steps, sizeof *time);
    double first = 0.0, drift;
    start(s, options->temperature_k, run);
    if (run->evaluate(ctx, run->engine, run->xyz, &run->energy, run->gradient) != QMT_OK)
        fail(ctx, s->name);
    *builds = 0.0;
    for (int i = 0; i < options->n_steps; i++) {
        time[i] = step(ctx, run);
        if (time[i] < 0.0)
            fail(ctx, s->name);
        if (audit != NULL && options->stages && i > WARM_UP)
            stages_next_step();
        if (i == WARM_UP) {
            first = total_energy(run);
            if (audit != NULL && options->stages)
                stages_start(options->n_steps);
        }
        if (i >= WARM_UP)
            *builds += report.scf_iterations;
        if (audit != NULL && options->audit > 0 && i % options->audit == 0)
            audit_frame(ctx, s, run, options, audit);
    }
    drift = total_energy(run) - first;
    const int counted = options->n_steps - WARM_UP;
    const double result = median(time + WARM_UP, counted);
    printf(", \"%s_us\": %.1f, \"%s_p10_us\": %.1f, \"%s_energy_change\": %.2e", who, result, who,
           time[WARM_UP + counted / 10], who, drift);
    *builds /= counted;
    free(time);
    return result;
}

static void bench(QmtContext *ctx, const Structure *s, const Options *options)
{
    Run run = {.n = s->n_atoms,
               .numbers = s->numbers,
               .xyz = calloc(s->n_atoms, sizeof *run.xyz),
               .velocity = calloc(s->n_atoms, sizeof *run.velocity),
               .gradient = calloc(s->n_atoms, sizeof *run.gradient),
               .mass = calloc(s->n_atoms, sizeof *run.mass),
               .evaluate = evaluate_own};
    Audit audit = {.each = calloc((size_t)options->n_steps, sizeof(double))};
    QmtEngineOptions engine_options = engine_options_of(s, options);
    engine_options.scf_tolerance = options->tolerance;
    Engine *engine = NULL;
    double builds;
    if (xtb_create(ctx, s->n_atoms, s->numbers, &engine_options, &engine) != QMT_OK)
        fail(ctx, s->name);
    run.engine = engine;
    size_t n_ao = 0;
    for (size_t a = 0; a < s->n_atoms; a++)
        n_ao += basis_n_ao(method_find(options->method), s->numbers[a]);
    printf("{\"molecule\": \"%s\", \"atoms\": %zu, \"orbitals\": %zu, \"isa\": \"%s\"", s->name,
           s->n_atoms, n_ao, qmt_context_isa(ctx));
    const double own = trajectory(ctx, s, &run, options, "qmtraj", &builds, &audit);
    printf(", \"builds\": %.2f", builds);
    if (options->stages)
        stages_print();
    if (audit.n > 0) {
        printf(", \"audit_frames\": %d, \"audit_energy\": %.1e, \"audit_gradient\": %.1e", audit.n,
               audit.energy, audit.gradient);
        printf(", \"audit_gradient_median\": %.1e", median(audit.each, audit.n));
    }
    engine_destroy(&engine);
    if (options->plain) {
        if (xtb_create(ctx, s->n_atoms, s->numbers, &engine_options, &engine) != QMT_OK)
            fail(ctx, s->name);
        xtb_plain_scf(engine);
        run.engine = engine;
        const double plain = trajectory(ctx, s, &run, options, "plain", &builds, NULL);
        printf(", \"plain_builds\": %.2f, \"plain_ratio\": %.1f", builds, plain / own);
        engine_destroy(&engine);
    }
#ifdef BENCH_XTB
    if (options->xtb) {
        LibXtb xtb = libxtb_create(s, s->xyz);
        run.engine = &xtb;
        run.evaluate = evaluate_libxtb;
        const double theirs = trajectory(ctx, s, &run, options, "libxtb", &builds, NULL);
        printf(", \"ratio\": %.1f", theirs / own);
        libxtb_destroy(&xtb);
    }
#endif
    printf("}\n");
    fflush(stdout);
    free(run.xyz), free(run.velocity), free(run.gradient), free(run.mass), free(audit.each);
}

int main(int argc, char **argv)
{
    Options options = {.n_steps = 400,
                       .temperature_k = 300.0,
                       .tolerance = 1e-9,
                       .method = "GFN2-xTB",
                       .model = "alpb"};
    QmtContext *ctx = NULL;
    if (qmt_context_create(&ctx) != QMT_OK)
        fail(ctx, "start");
    StructureList list = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--steps") == 0 && i + 1 < argc)
            options.n_steps = atoi(argv[++i]);
        else if (strcmp(argv[i], "--audit") == 0 && i + 1 < argc)
            options.audit = atoi(argv[++i]);
        else if (strcmp(argv[i], "--temperature") == 0 && i + 1 < argc)
            options.temperature_k = atof(argv[++i]);
        else if (strcmp(argv[i], "--method") == 0 && i + 1 < argc)
            options.method = argv[++i];
        else if ((strcmp(argv[i], "--alpb") == 0 || strcmp(argv[i], "--gbsa") == 0) &&
                 i + 1 < argc) {
            options.model = argv[i] + 2;
            options.solvent = argv[++i];
        } else if (strcmp(argv[i], "--tolerance") == 0 && i + 1 < argc)
            options.tolerance = atof(argv[++i]);
        else if (strcmp(argv[i], "--plain") == 0)
            options.plain = true;
        else if (strcmp(argv[i], "--xtb") == 0)
            options.xtb = true;
        else if (strcmp(argv[i], "--stages") == 0)
            options.stages = true;
        else if (xyz_read(ctx, argv[i], &list) != QMT_OK)
            fail(ctx, argv[i]);
    }
    if (options.n_steps <= WARM_UP + 1)
        options.n_steps = WARM_UP + 2;
    for (size_t k = 0; k < list.n; k++)
        bench(ctx, &list.items[k], &options);
    structures_release(&list);
    qmt_context_destroy(&ctx);
    return 0;
}
