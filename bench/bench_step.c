/// Time of one MD step of 0.25 fs, all of it: integrator, energy and forces, energies watched, frame
/// written. Every step from what is known of the steps before. One line of JSON per molecule.
///
///     bench_step [--steps N] [--warm-up N] [--temperature T] [--friction F] [--method NAME]
///                [--alpb SOLVENT | --gbsa SOLVENT] [--tolerance R] [--plain] [--xtb] [--peer-steps N]
///                [--audit K] [--properties] [--stages] [--cores N] FILE.xyz ...
///
/// --steps N         counted (400), after those of --warm-up (100)
/// --temperature T   of the starting velocities, kelvin (300)
/// --friction F      Langevin dynamics with this friction per ps; without: constant energy
/// --tolerance R     of the SCF (1e-10, in a solvent 1e-9, as a run has it)
/// --plain     the same trajectory with our own engine, every density by diagonalisation, every step from
///             the charges of the one before
/// --xtb       velocity Verlet with libxtb in this process, its result object reused; energy and forces
///             alone are timed
/// --peer-steps N    of these two (a quarter of N), 10 before them
/// --audit K   every K-th frame evaluated afresh from nothing at a tighter tolerance
/// --properties  all properties, computed and left out in turn, 37 steps each: mean times of the steps with
///             and without them that had the core to themselves, and of converting and writing a frame,
///             always with them
/// --cores N   threads of our own engine (1), whose times are then those of the clock all the same
/// --stages    time by stage, properties in every step; nested clocks add some 0.1 us
///
/// Another hyperthread on the same core makes a step up to 1.5 times as long. So qmtraj_us, the median of all
/// steps, is accompanied by that of those with the core to themselves (core_share.h): qmtraj_alone_share of the
/// steps, qmtraj_alone_us their median; likewise plain_ and libxtb_, and ratio_alone of these medians.
/// Fewer than a hundred steps and than half of them: the median is null. core_additions_per_clock is the
/// best that was seen; below 3.5 the core may have been shared all the time, and the shares are null, too.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "base/units.h"
#include "basis/basis.h"
#include "core_share.h"
#include "data/element.h"
#include "engine/properties.h"
#include "engine/xtb.h"
#include "md/md.h"
#include "stages.h"
#include "structure/xyz.h"
#include "trajectory/trajectory.h"
#ifdef BENCH_XTB
#include <xtb.h>
#endif

// Turns must not go with the rotations of the orbitals, every 64 steps.
enum { PEER_WARM_UP = 10, PROPERTIES_IN_TURN = 37 };

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

/// Medians of the steps of a trajectory, us.
typedef struct {
    double all, alone; ///< alone: with the core to themselves; NaN: not known
} StepTime;

static void print_number(const char *who, const char *what, const char *format, double x)
{
    printf(", \"%s_%s\": ", who, what);
    isnan(x) ? printf("null") : printf(format, x);
}

/// Prints which steps had the core to themselves and what they took.
static double print_alone(const char *who, CoreShare *share, const double *time, int first, int n)
{
    double part;
    const double result = core_share_median(share, time + first, first, n, &part);
    print_number(who, "alone_share", "%.2f", part);
    print_number(who, "alone_us", "%.1f", result);
    core_share_release(share);
    return result;
}

static void print_ratio(const char *name, StepTime theirs, StepTime own)
{
    printf(", \"%s\": %.1f", name, theirs.all / own.all);
    print_number(name, "alone", "%.1f", theirs.alone / own.alone);
}

#ifdef BENCH_XTB
/// What the peer's trajectory is made of.
typedef struct {
    size_t n;
    double (*xyz)[3], (*velocity)[3], (*gradient)[3];
    double *mass;
    double energy;
} Run;

typedef struct {
    xtb_TEnvironment env;
    xtb_TMolecule molecule;
    xtb_TCalculator calculator;
    xtb_TResults results;
} LibXtb;

static void evaluate_libxtb(LibXtb *x, Run *run)
{
    xtb_updateMolecule(x->env, x->molecule, &run->xyz[0][0], NULL);
    xtb_singlepoint(x->env, x->molecule, x->calculator, x->results);
    if (xtb_checkEnvironment(x->env)) {
        fprintf(stderr, "bench_step: libxtb failed\n");
        exit(1);
    }
    xtb_getEnergy(x->env, x->results, &run->energy);
    xtb_getGradient(x->env, x->results, &run->gradient[0][0]);
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

/// One velocity Verlet step; returns the time of its evaluation in microseconds.
static double peer_step(LibXtb *xtb, Run *run)
{
    const double dt = 0.25 / FS_PER_AUT;
    for (size_t a = 0; a < run->n; a++)
        for (int x = 0; x < 3; x++) {
            run->velocity[a][x] -= 0.5 * dt * run->gradient[a][x] / run->mass[a];
            run->xyz[a][x] += dt * run->velocity[a][x];
        }
    const double start = microseconds();
    evaluate_libxtb(xtb, run);
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
static void peer_start(const Structure *s, double temperature_k, Run *run)
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

/// Times n_steps evaluations along a trajectory of libxtb.
static StepTime peer_trajectory(const Structure *s, double temperature_k, int n_steps)
{
    Run run = {.n = s->n_atoms,
               .xyz = calloc(s->n_atoms, sizeof *run.xyz),
               .velocity = calloc(s->n_atoms, sizeof *run.velocity),
               .gradient = calloc(s->n_atoms, sizeof *run.gradient),
               .mass = calloc(s->n_atoms, sizeof *run.mass)};
    double *time = calloc((size_t)n_steps, sizeof *time);
    peer_start(s, temperature_k, &run);
    LibXtb xtb = libxtb_create(s, (const double(*)[3])run.xyz);
    evaluate_libxtb(&xtb, &run);
    for (int i = 0; i < PEER_WARM_UP; i++)
        peer_step(&xtb, &run);
    const double first = total_energy(&run);
    CoreShare share = core_share_start(n_steps);
    for (int i = 0; i < n_steps; i++) {
        time[i] = peer_step(&xtb, &run);
        core_share_step(&share);
    }
    core_share_end(&share);
    StepTime result = {.alone = print_alone("libxtb", &share, time, 0, n_steps)};
    result.all = median(time, n_steps);
    printf(", \"libxtb_us\": %.1f, \"libxtb_energy_change\": %.2e", result.all,
           total_energy(&run) - first);
    libxtb_destroy(&xtb);
    free(run.xyz), free(run.velocity), free(run.gradient), free(run.mass), free(time);
    return result;
}
#endif

typedef struct {
    int n_steps, warm_up, peer_steps, audit, cores;
    double temperature_k, friction; ///< friction below 0: constant energy
    double tolerance;
    const char *method, *solvent, *model; // of the own engine
    bool xtb, plain, stages, properties;
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
    engine.cores = options->cores > 0 ? options->cores : 1;
    engine.solvation_model = options->model;
    engine.charge = s->charge;
    engine.unpaired = s->has_multiplicity ? s->multiplicity - 1 : -1;
    return engine;
}

static void audit_frame(QmtContext *ctx, const Structure *s, const MdState *state,
                        const Options *own, Audit *audit)
{
    QmtEngineOptions options = engine_options_of(s, own);
    options.scf_tolerance = 1e-12;
    Engine *fresh = NULL;
    double energy, worst = 0.0, (*gradient)[3] = calloc(s->n_atoms, sizeof *gradient);
    const EngineResult result = {.energy = &energy, .gradient = gradient};
    if (xtb_create(ctx, s->n_atoms, s->numbers, &options, &fresh) != QMT_OK ||
        engine_evaluate(ctx, fresh, (const double(*)[3])state->xyz, &result) != QMT_OK)
        fail(ctx, s->name);
    for (size_t a = 0; a < s->n_atoms; a++)
        for (int x = 0; x < 3; x++)
            worst = fmax(worst, fabs(gradient[a][x] - state->gradient[a][x]));
    audit->energy = fmax(audit->energy, fabs(energy - state->at.energy));
    audit->gradient = fmax(audit->gradient, worst);
    audit->each[audit->n++] = worst;
    engine_destroy(&fresh);
    free(gradient);
}

static const EngineType *engine_itself;
static bool leave_out_properties;

static QmtStatus evaluate_in_turn(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                                  const EngineResult *result)
{
    EngineResult wanted = *result;
    if (leave_out_properties)
        wanted.property_set = 0;
    return engine_itself->evaluate(ctx, engine, xyz, &wanted);
}

/// From here on the engine computes properties only where leave_out_properties is not set.
static void watch_properties(Engine *engine)
{
    static EngineType type;
    engine_itself = engine->type;
    type = *engine_itself;
    type.evaluate = evaluate_in_turn;
    engine->type = &type;
}

/// Where the frames of a trajectory go.
typedef struct {
    char folder[64];
    Trajectory *file;
    double (*pos)[3], (*vel)[3], (*forces)[3];
    double *properties; ///< NULL: none
    double *time;       ///< of each frame, us
    int n_frames;
} Output;

/// Properties of a frame in the units of the file.
static void convert_properties(const MdFrame *frame, double *to)
{
    const double *from = frame->properties;
    for (int p = 0; p < N_PROPERTIES; p++)
        for (size_t i = 0, n = property_size((Property)p, frame->n_atoms); i < n; i++)
            *to++ = *from++ * PROPERTIES[p].unit_per_au;
}

static QmtStatus take_frame(QmtContext *ctx, void *user, const MdFrame *frame)
{
    Output *out = user;
    const double start = microseconds();
    for (size_t a = 0; a < frame->n_atoms; a++)
        for (int x = 0; x < 3; x++) {
            out->pos[a][x] = frame->xyz[a][x] * NM_PER_BOHR;
            out->vel[a][x] = frame->velocity[a][x] * (NM_PER_BOHR / PS_PER_AUT);
            out->forces[a][x] = -frame->gradient[a][x] * (KJMOL_PER_HARTREE / NM_PER_BOHR);
        }
    if (out->properties != NULL)
        convert_properties(frame, out->properties);
    const QmtStatus status = trajectory_append(
        ctx, out->file,
        &(TrajectoryFrame){.pos = (const double(*)[3])out->pos,
                           .vel = (const double(*)[3])out->vel,
                           .forces = (const double(*)[3])out->forces,
                           .kinetic = frame->kinetic * KJMOL_PER_HARTREE,
                           .potential = frame->potential * KJMOL_PER_HARTREE,
                           .total = (frame->kinetic + frame->potential) * KJMOL_PER_HARTREE,
                           .time = frame->time_ps,
                           .properties = out->properties});
    out->time[out->n_frames++] = microseconds() - start;
    return status;
}

static void open_output(QmtContext *ctx, const Structure *s, const double *masses, int n_steps,
                        bool properties, Output *out)
{
    *out = (Output){.folder = "/tmp/bench_step.XXXXXX",
                    .pos = calloc(s->n_atoms, sizeof *out->pos),
                    .vel = calloc(s->n_atoms, sizeof *out->vel),
                    .forces = calloc(s->n_atoms, sizeof *out->forces),
                    .time = calloc((size_t)n_steps + 1, sizeof *out->time)};
    TrajectoryLayout layout = {.n_atoms = s->n_atoms,
                               .n_frames = (uint64_t)n_steps + 1,
                               .numbers = s->numbers,
                               .masses = masses};
    if (properties) {
        out->properties = calloc(properties_size(ALL_PROPERTIES, s->n_atoms), sizeof(double));
        layout.properties = ALL_PROPERTIES;
    }
    if (mkdtemp(out->folder) == NULL ||
        trajectory_create(ctx, out->folder, &layout, &out->file) != QMT_OK)
        fail(ctx, out->folder);
}

static void close_output(Output *out)
{
    trajectory_discard(&out->file);
    if (rmdir(out->folder) != 0)
        fprintf(stderr, "bench_step: %s is left behind\n", out->folder);
    free(out->pos), free(out->vel), free(out->forces), free(out->properties), free(out->time);
}

static MdOptions md_options_of(const Structure *s, const Options *options, int n_steps)
{
    MdOptions md = md_options_default();
    md.ensemble = options->friction < 0.0 ? MD_NVE : MD_NVT;
    md.friction_per_ps = fmax(options->friction, 0.0);
    md.temperature_k = options->temperature_k;
    md.length_ps = 0.25e-3 * n_steps;
    md.equilibration_ps = md.window_every_ps = 0.0;
    md.optimize = false;
    md.property_set = options->properties ? ALL_PROPERTIES : 0;
    md.key = (RandomKey){.seed = 42, .molecule = random_name_key(s->name)};
    return md;
}

/// Mean of what is not far above the middle: no self-checks and no interruptions.
static double mean_of_common(double *values, int n)
{
    const double far = 1.5 * median(values, n);
    double sum = 0.0;
    int common = 0;
    for (; common < n && values[common] < far; common++)
        sum += values[common];
    return common > 0 ? sum / common : NAN;
}

/// What properties add to a step: means of the steps with and without them that had the core to themselves,
/// and of the frames, which have them always.
static void print_properties(const Output *out, const CoreShare *share, const double *time,
                             int first, int n)
{
    double *part[2] = {calloc((size_t)n, sizeof(double)), calloc((size_t)n, sizeof(double))};
    int size[2] = {0, 0};
    // The first steps of a turn find caches and the vectors of the gap cold.
    for (int i = first; i < n; i++)
        if (i % PROPERTIES_IN_TURN >= 4 && core_share_alone(share, i)) {
            const int turn = i / PROPERTIES_IN_TURN % 2;
            part[turn][size[turn]++] = time[i];
        }
    print_number("with", "properties_us", "%.2f", mean_of_common(part[0], size[0]));
    print_number("without", "properties_us", "%.2f", mean_of_common(part[1], size[1]));
    print_number("frame", "us", "%.2f", mean_of_common(out->time, out->n_frames));
    free(part[0]), free(part[1]);
}

/// One trajectory of our own.
static StepTime trajectory(QmtContext *ctx, const Structure *s, Engine *engine, int n_steps,
                           const Options *options, const char *who, Audit *audit)
{
    const int all_steps = options->warm_up + n_steps;
    double *time = calloc((size_t)all_steps, sizeof *time);
    double *masses = calloc(s->n_atoms, sizeof *masses);
    for (size_t a = 0; a < s->n_atoms; a++)
        masses[a] = element_mass_da(s->numbers[a]);
    Output out;
    open_output(ctx, s, masses, all_steps, options->properties, &out);
    const MdOptions md_options = md_options_of(s, options, all_steps);
    const MdHooks hooks = {.user = &out, .frame = take_frame};
    Md *md = NULL;
    if (md_create(ctx, &md_options, &hooks, engine, masses, s->xyz, &md) != QMT_OK)
        fail(ctx, s->name);

    double first = 0.0;
    uint64_t builds = 0;
    const MdState *state = md_state(md);
    bool done = false;
    CoreShare share = core_share_start(all_steps);
    for (int i = 0; i < all_steps && !done; i++) {
        if (i == options->warm_up) {
            first = state->at.energy + state->at.kinetic - state->at.heat;
            builds = md_report(md).scf_iterations;
            if (audit != NULL && options->stages)
                stages_start(n_steps);
        }
        leave_out_properties = !options->stages && i / PROPERTIES_IN_TURN % 2 == 1;
        const double start = microseconds();
        if (md_advance(ctx, md, 1, &done) != QMT_OK)
            fail(ctx, s->name);
        time[i] = microseconds() - start;
        state = md_state(md);
        if (audit != NULL && options->stages)
            stages_next_step();
        core_share_step(&share);
        if (audit != NULL && options->audit > 0 && i % options->audit == 0)
            audit_frame(ctx, s, state, options, audit);
    }
    core_share_end(&share);
    if (options->properties)
        print_properties(&out, &share, time, options->warm_up, all_steps);
    const double drift = state->at.energy + state->at.kinetic - state->at.heat - first;
    StepTime result = {.alone = print_alone(who, &share, time, options->warm_up, n_steps)};
    result.all = median(time + options->warm_up, n_steps);
    printf(", \"%s_us\": %.1f, \"%s_p10_us\": %.1f, \"%s_energy_change\": %.2e", who, result.all,
           who, time[options->warm_up + n_steps / 10], who, drift);
    const MdReport report = md_report(md);
    printf(", \"%sbuilds\": %.2f, \"%s_shadow_slope_kjmol_ps\": %.2e",
           audit != NULL ? "" : "plain_",
           (double)(report.scf_iterations - builds) / (double)n_steps, who,
           report.shadow_slope_kjmol_ps);
    md_destroy(&md);
    close_output(&out);
    free(time), free(masses);
    return result;
}

static Engine *make_engine(QmtContext *ctx, const Structure *s, const Options *options)
{
    QmtEngineOptions engine_options = engine_options_of(s, options);
    engine_options.scf_tolerance = options->tolerance;
    Engine *engine = NULL;
    engine_options.start = &s->xyz[0][0];
    if (xtb_create(ctx, s->n_atoms, s->numbers, &engine_options, &engine) != QMT_OK)
        fail(ctx, s->name);
    return engine;
}

static void bench(QmtContext *ctx, const Structure *s, const Options *options)
{
    Audit audit = {.each = calloc((size_t)(options->warm_up + options->n_steps), sizeof(double))};
    size_t n_ao = 0;
    for (size_t a = 0; a < s->n_atoms; a++)
        n_ao += basis_n_ao(method_find(options->method), s->numbers[a]);
    printf("{\"molecule\": \"%s\", \"atoms\": %zu, \"orbitals\": %zu, \"isa\": \"%s\"", s->name,
           s->n_atoms, n_ao, qmt_context_isa(ctx));
    Engine *engine = make_engine(ctx, s, options);
    if (options->stages)
        stages_watch(engine);
    if (options->properties)
        watch_properties(engine);
    const StepTime own = trajectory(ctx, s, engine, options->n_steps, options, "qmtraj", &audit);
    if (options->stages)
        stages_print();
    if (audit.n > 0) {
        printf(", \"audit_frames\": %d, \"audit_energy\": %.1e, \"audit_gradient\": %.1e", audit.n,
               audit.energy, audit.gradient);
        printf(", \"audit_gradient_median\": %.1e", median(audit.each, audit.n));
    }
    engine_destroy(&engine);
    const int peer_steps =
        options->peer_steps > 0 ? options->peer_steps : (options->n_steps + 3) / 4;
    if (options->plain) {
        engine = make_engine(ctx, s, options);
        xtb_plain_scf(engine);
        Options few = *options;
        few.warm_up = PEER_WARM_UP;
        print_ratio("plain_ratio", trajectory(ctx, s, engine, peer_steps, &few, "plain", NULL),
                    own);
        engine_destroy(&engine);
    }
#ifdef BENCH_XTB
    if (options->xtb)
        print_ratio("ratio", peer_trajectory(s, options->temperature_k, peer_steps), own);
#endif
    printf(", \"core_additions_per_clock\": %.2f}\n", core_share_best());
    fflush(stdout);
    free(audit.each);
}

int main(int argc, char **argv)
{
    Options options = {.n_steps = 400,
                       .warm_up = 100,
                       .friction = -1.0,
                       .temperature_k = 300.0,
                       .method = "GFN2-xTB",
                       .model = "alpb"};
    QmtContext *ctx = NULL;
    if (qmt_context_create(&ctx) != QMT_OK)
        fail(ctx, "start");
    StructureList list = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--steps") == 0 && i + 1 < argc)
            options.n_steps = atoi(argv[++i]);
        else if (strcmp(argv[i], "--warm-up") == 0 && i + 1 < argc)
            options.warm_up = atoi(argv[++i]);
        else if (strcmp(argv[i], "--peer-steps") == 0 && i + 1 < argc)
            options.peer_steps = atoi(argv[++i]);
        else if (strcmp(argv[i], "--friction") == 0 && i + 1 < argc)
            options.friction = atof(argv[++i]);
        else if (strcmp(argv[i], "--cores") == 0 && i + 1 < argc)
            options.cores = atoi(argv[++i]);
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
        else if (strcmp(argv[i], "--properties") == 0)
            options.properties = true;
        else if (xyz_read(ctx, argv[i], &list) != QMT_OK)
            fail(ctx, argv[i]);
    }
    if (options.tolerance == 0.0)
        options.tolerance = options.solvent != NULL ? 1e-9 : 1e-10;
    if (options.n_steps < 1 || options.warm_up < 0) {
        fprintf(stderr, "bench_step: --steps must be above 0, --warm-up not below\n");
        return 2;
    }
    for (size_t k = 0; k < list.n; k++)
        bench(ctx, &list.items[k], &options);
    structures_release(&list);
    qmt_context_destroy(&ctx);
    return 0;
}
