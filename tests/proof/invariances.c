/// What energy and forces owe to space alone, for molecules as people use them.

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "base/vec3.h"
#include "engine/xtb.h"
#include "proof/sample.h"

enum {
    SHIFT_ENERGY,
    SHIFT_FORCE,
    TURN_ENERGY,
    TURN_FORCE,
    ORDER_ENERGY,
    ORDER_FORCE,
    NET_FORCE,
    NET_TORQUE,
    N_CLAIMS
};

static const Claim CLAIMS[N_CLAIMS] = {
    [SHIFT_ENERGY] = {"shifted: |dE|", "hartree", -INFINITY, 1e-10, 0.0},
    [SHIFT_FORCE] = {"shifted: largest |dF|", "hartree/bohr", -INFINITY, 1e-9, 0.0},
    [TURN_ENERGY] = {"turned: |dE|", "hartree", -INFINITY, 1e-10, 0.0},
    [TURN_FORCE] = {"turned: largest |dF|", "hartree/bohr", -INFINITY, 1e-9, 0.0},
    [ORDER_ENERGY] = {"atoms in reverse order: |dE|", "hartree", -INFINITY, 1e-10, 0.0},
    [ORDER_FORCE] = {"atoms in reverse order: largest |dF|", "hartree/bohr", -INFINITY, 1e-9, 0.0},
    [NET_FORCE] = {"net force", "hartree/bohr", -INFINITY, 1e-9, 0.0},
    [NET_TORQUE] = {"net torque", "hartree", -INFINITY, 1e-9, 0.0},
};

static const char *const MOLECULES[] = {
    "formic_acid", "chloromethane", "N-methylalanine", "acetic_acid",     "adenine",
    "alanine",     "aniline",       "aspirin",         "benzene",         "cytosine",
    "glycine",     "glycolic_acid", "imidazole",       "imidazole_deriv", "indole",
    "phenol",      "pyridine",      "serine",          "tetrahydrofuran", "tetrahydrothiophene",
    "thymine",     "toluene",       "valine",          "caffeine",        "cholesterol"};
enum { N_MOLECULES = sizeof MOLECULES / sizeof MOLECULES[0] };

/// Pairs of which one has no dipole, so that 1000 bohr apart nothing is left between them: two dipoles
/// still have about 1e-8 hartree there.
static const char *const PAIRS[][2] = {
    {"benzene", "formic_acid"}, {"benzene", "chloromethane"}, {"benzene", "tetrahydrothiophene"},
    {"benzene", "adenine"},     {"benzene", "aspirin"},       {"benzene", "benzene"}};
static const char *const PAIR_NAMES[] = {"benzene, formic acid", "benzene, CH3Cl",
                                         "benzene, THT",         "benzene, adenine",
                                         "benzene, aspirin",     "benzene twice"};
enum { N_PAIRS = sizeof PAIRS / sizeof PAIRS[0] };

static const Claim FRAGMENT_CLAIMS[] = {
    {"1000 bohr apart: |E(AB) - E(A) - E(B)|", "hartree", -INFINITY, 1e-8, 0.0},
    {"1000 bohr apart: largest |dF|", "hartree/bohr", -INFINITY, 1e-8, 0.0},
};

enum { N_MAX = 128 };

/// A geometry and what comes out of it, atomic units.
typedef struct {
    size_t n;
    int numbers[N_MAX];
    double xyz[N_MAX][3], gradient[N_MAX][3], energy;
} Point;

/// A new engine for every point, converged as far as it goes.
static QmtStatus evaluate(QmtContext *ctx, Point *point)
{
    QmtEngineOptions options = qmt_engine_options_default();
    options.scf_tolerance = 1e-12;
    Engine *engine = NULL;
    TRY(xtb_create(ctx, point->n, point->numbers, &options, &engine));
    const EngineResult result = {.energy = &point->energy, .gradient = point->gradient};
    const QmtStatus status = engine_evaluate(ctx, engine, (const double(*)[3])point->xyz, &result);
    engine_destroy(&engine);
    return status;
}

/// A molecule away from its minimum and its symmetry: every coordinate moved by up to 0.1 bohr.
static QmtStatus point_read(QmtContext *ctx, const char *molecule, Point *point)
{
    StructureList list = {0};
    TRY(sample_structure(ctx, molecule, &list));
    const Structure *structure = &list.items[0];
    const RandomKey key = {.seed = 42, .molecule = random_name_key(molecule)};
    QmtStatus status = QMT_OK;
    if (structure->n_atoms > N_MAX)
        status = FAIL(ctx, QMT_ERR_INPUT, "%s: %zu atoms, room for %d", molecule,
                      structure->n_atoms, N_MAX);
    for (size_t a = 0; a < structure->n_atoms && status == QMT_OK; a++) {
        double u[4];
        random_uniforms(&key, 0, a, RANDOM_VELOCITIES, u);
        point->numbers[a] = structure->numbers[a];
        for (int x = 0; x < 3; x++)
            point->xyz[a][x] = structure->xyz[a][x] + 0.2 * (u[x] - 0.5);
    }
    point->n = structure->n_atoms;
    structures_release(&list);
    return status;
}

/// v -> R v with the rotation of the unit quaternion (0.5, 0.5, 0.1, 0.7).
static void turn(const double v[3], double out[3])
{
    static const double W = 0.5, X = 0.5, Y = 0.1, Z = 0.7;
    const double r[3][3] = {
        {1 - 2 * (Y * Y + Z * Z), 2 * (X * Y - W * Z), 2 * (X * Z + W * Y)},
        {2 * (X * Y + W * Z), 1 - 2 * (X * X + Z * Z), 2 * (Y * Z - W * X)},
        {2 * (X * Z - W * Y), 2 * (Y * Z + W * X), 1 - 2 * (X * X + Y * Y)},
    };
    for (int x = 0; x < 3; x++)
        out[x] = vec3_dot(r[x], v);
}

static double largest_difference(size_t n, const double (*a)[3], const double (*b)[3])
{
    double worst = 0.0;
    for (size_t i = 0; i < n; i++)
        for (int x = 0; x < 3; x++)
            worst = fmax(worst, fabs(a[i][x] - b[i][x]));
    return worst;
}

static void net(const Point *point, double *force, double *torque)
{
    double f[3] = {0.0}, t[3] = {0.0}, one[3];
    for (size_t a = 0; a < point->n; a++) {
        vec3_add_scaled(1.0, point->gradient[a], f);
        vec3_cross(point->xyz[a], point->gradient[a], one);
        vec3_add_scaled(1.0, one, t);
    }
    *force = vec3_norm(f);
    *torque = vec3_norm(t);
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    (void)run;
    static Point here, there;
    static double wanted[N_MAX][3];
    TRY(point_read(ctx, MOLECULES[subject], &here));
    TRY(evaluate(ctx, &here));
    net(&here, &figure[NET_FORCE], &figure[NET_TORQUE]);
    const size_t n = here.n;

    there = here;
    for (size_t a = 0; a < n; a++)
        for (int x = 0; x < 3; x++)
            there.xyz[a][x] += 7.0 - 11.0 * x;
    TRY(evaluate(ctx, &there));
    figure[SHIFT_ENERGY] = fabs(there.energy - here.energy);
    figure[SHIFT_FORCE] = largest_difference(n, (const double(*)[3])there.gradient,
                                             (const double(*)[3])here.gradient);

    for (size_t a = 0; a < n; a++) {
        turn(here.xyz[a], there.xyz[a]);
        turn(here.gradient[a], wanted[a]);
    }
    TRY(evaluate(ctx, &there));
    figure[TURN_ENERGY] = fabs(there.energy - here.energy);
    figure[TURN_FORCE] =
        largest_difference(n, (const double(*)[3])there.gradient, (const double(*)[3])wanted);

    for (size_t a = 0; a < n; a++) {
        there.numbers[a] = here.numbers[n - 1 - a];
        memcpy(there.xyz[a], here.xyz[n - 1 - a], sizeof there.xyz[a]);
        memcpy(wanted[a], here.gradient[n - 1 - a], sizeof wanted[a]);
    }
    TRY(evaluate(ctx, &there));
    figure[ORDER_ENERGY] = fabs(there.energy - here.energy);
    figure[ORDER_FORCE] =
        largest_difference(n, (const double(*)[3])there.gradient, (const double(*)[3])wanted);
    return QMT_OK;
}

static QmtStatus measure_fragments(QmtContext *ctx, const ProofRun *run, size_t subject,
                                   double *figure)
{
    (void)run;
    static Point one, two, both;
    TRY(point_read(ctx, PAIRS[subject][0], &one));
    TRY(point_read(ctx, PAIRS[subject][1], &two));
    TRY(evaluate(ctx, &one));
    TRY(evaluate(ctx, &two));
    both = one;
    both.n = one.n + two.n;
    for (size_t a = 0; a < two.n; a++) {
        both.numbers[one.n + a] = two.numbers[a];
        memcpy(both.xyz[one.n + a], two.xyz[a], sizeof two.xyz[a]);
        both.xyz[one.n + a][0] += 1000.0;
    }
    TRY(evaluate(ctx, &both));
    figure[0] = fabs(both.energy - one.energy - two.energy);
    figure[1] = fmax(largest_difference(one.n, (const double(*)[3])both.gradient,
                                        (const double(*)[3])one.gradient),
                     largest_difference(two.n, (const double(*)[3])(both.gradient + one.n),
                                        (const double(*)[3])two.gradient));
    return QMT_OK;
}

const Section PROOF_INVARIANCES = {"invariances", CLAIMS, N_CLAIMS, MOLECULES,
                                   N_MOLECULES,   2,      measure};
const Section PROOF_FRAGMENTS = {"fragments", FRAGMENT_CLAIMS,  2, PAIR_NAMES, N_PAIRS,
                                 2,           measure_fragments};
