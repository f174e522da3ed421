#include "support/check.h"

#include <math.h>
#include <string.h>

#include "analysis/torsions.h"
#include "opt/internals.h"
#include "opt/updated_hessian.h"
#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

enum { ROOM = 12 };

static QmtContext *ctx;

static const int PEROXIDE[] = {8, 8, 1, 1};
static const double PEROXIDE_XYZ[4][3] = {
    {0.0, 1.4, -0.1}, {0.1, -1.4, -0.1}, {1.4, 1.8, 0.9}, {-1.5, -1.7, 1.0}};
static const size_t HOOH[] = {2, 0, 1, 3};

static int context_make(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) != QMT_OK;
}

static int context_drop(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

/// The derivative of every coordinate is the slope of its value: bonds, angles, torsions and directions.
static void rows_are_slopes(const Internals *internals, const double (*xyz)[3])
{
    enum { N_MAX = 64 };
    const double h = 1e-4; // central differences: 1e-8 of the third derivative
    double moved[ROOM][3], rows[N_MAX][INTERNAL_ROW], dx[3 * ROOM], slope[N_MAX], up[N_MAX],
        down[N_MAX];
    assert_true(internals->n <= N_MAX);
    internals_rows(internals, xyz, rows);
    for (size_t k = 0; k < 3 * internals->n_atoms; k++) {
        memset(dx, 0, sizeof dx);
        dx[k] = 1.0;
        internals_forward(internals, (const double(*)[INTERNAL_ROW])rows, dx, slope);
        memcpy(moved, xyz, internals->n_atoms * sizeof *moved);
        (&moved[0][0])[k] += h;
        internals_values(internals, (const double(*)[3])moved, up);
        (&moved[0][0])[k] -= 2.0 * h;
        internals_values(internals, (const double(*)[3])moved, down);
        internals_difference(internals, up, down, up);
        for (size_t i = 0; i < internals->n; i++)
            CHECK_NEAR(slope[i], up[i] / (2.0 * h), 1e-7);
    }
}

static void coordinates_have_the_derivatives_of_their_values(void **state)
{
    (void)state;
    static const int FORMALDEHYDE[] = {8, 6, 1, 1};
    static const double FORMALDEHYDE_XYZ[4][3] = {
        {0.0, 0.0, 2.3}, {0.0, 0.0, 0.0}, {1.8, 0.0, -1.1}, {-1.8, 0.0, -1.1}};
    static const int DIOXIDE[] = {8, 6, 8};
    static const double DIOXIDE_XYZ[3][3] = {{0.0, 0.0, 2.2}, {0.0, 0.0, 0.0}, {0.0, 0.0, -2.2}};
    Internals internals;
    assert_int_equal(internals_find(ctx, 4, PEROXIDE, PEROXIDE_XYZ, NULL, &internals), QMT_OK);
    assert_int_equal(internals.n, 3 + 2 + 1);
    assert_int_equal(internals.n_directions, 0);
    rows_are_slopes(&internals, PEROXIDE_XYZ);
    internals_release(&internals);
    // the carbon atom may leave the plane of its neighbours, which no angle tells: three torsions of its own
    assert_int_equal(internals_find(ctx, 4, FORMALDEHYDE, FORMALDEHYDE_XYZ, NULL, &internals),
                     QMT_OK);
    assert_int_equal(internals.n, 3 + 3 + 3);
    assert_int_equal(internals.n_directions, 0);
    rows_are_slopes(&internals, FORMALDEHYDE_XYZ);
    internals_release(&internals);
    // and a linear molecule may bend two ways
    assert_int_equal(internals_find(ctx, 3, DIOXIDE, DIOXIDE_XYZ, NULL, &internals), QMT_OK);
    assert_int_equal(internals.n, 2 + 2);
    assert_int_equal(internals.n_directions, 2);
    internals_release(&internals);
}

/// Two molecules of water: six motions between them and three in each are described.
static void fragments_are_held_together(void **state)
{
    (void)state;
    static const int WATERS[] = {8, 1, 1, 8, 1, 1};
    static const double XYZ[6][3] = {{0.0, 0.0, 0.0},  {1.8, 0.1, 0.0}, {-0.4, 1.7, 0.1},
                                     {5.4, -0.1, 0.2}, {6.1, 1.1, 1.3}, {6.2, -1.7, 0.4}};
    Internals internals;
    assert_int_equal(internals_find(ctx, 6, WATERS, XYZ, NULL, &internals), QMT_OK);
    assert_true(internals.n >= 12 && internals.n <= 64);
    assert_true(internals.complete);
    rows_are_slopes(&internals, XYZ);
    internals_release(&internals);
}

static double dot(int n, const double *u, const double *v)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++)
        sum += u[i] * v[i];
    return sum;
}

/// H s = y for the newest pair, exactly, also when older ones were dropped; and H stays positive.
static void the_hessian_knows_its_newest_pair(void **state)
{
    (void)state;
    enum { N = 3 };
    UpdatedHessian hessian = {0};
    Arena arena = {0};
    updated_hessian_layout(&hessian, &arena, N);
    assert_int_equal(arena_reserve(ctx, &arena), QMT_OK);
    updated_hessian_layout(&hessian, &arena, N);
    for (int i = 0; i < N; i++)
        hessian.diagonal[i] = 0.5 + 0.1 * i;
    updated_hessian_reset(&hessian);
    for (int k = 0; k < HESSIAN_PAIRS + 5; k++) {
        const double s[N] = {sin(k + 1.0), cos(2.0 * k), sin(3.0 * k + 0.5)};
        const double y[N] = {0.9 * s[0] + 0.1 * s[1], 0.1 * s[0] + 0.7 * s[1], 0.4 * s[2]};
        double found[N];
        updated_hessian_learn(&hessian, s, y);
        updated_hessian_times(&hessian, s, found);
        for (int i = 0; i < N; i++)
            CHECK_NEAR(found[i], y[i], 1e-10);
    }
    // a pair of negative curvature is blended, not believed
    const double s[N] = {1.0, 0.0, 0.0}, y[N] = {-1.0, 0.0, 0.0};
    double found[N];
    updated_hessian_learn(&hessian, s, y);
    updated_hessian_times(&hessian, s, found);
    assert_true(dot(N, s, found) > 0.0);
    arena_release(&arena);
}

static QmtEngine *engine_of(size_t n, const int *numbers, int charge, int unpaired)
{
    QmtEngine *engine = NULL;
    QmtEngineOptions options = qmt_engine_options_default();
    options.charge = charge;
    options.unpaired = unpaired;
    assert_int_equal(qmt_engine_create(ctx, n, numbers, &options, &engine), QMT_OK);
    return engine;
}

/// The rotation by an angle about an axis that is none of the frame.
static void turn(size_t n, double (*xyz)[3], double angle)
{
    const double e[3] = {0.48, 0.60, 0.64}, c = cos(angle), s = sin(angle);
    for (size_t a = 0; a < n; a++) {
        const double r[3] = {xyz[a][0], xyz[a][1], xyz[a][2]};
        const double along = dot(3, e, r);
        const double cross[3] = {e[1] * r[2] - e[2] * r[1], e[2] * r[0] - e[0] * r[2],
                                 e[0] * r[1] - e[1] * r[0]};
        for (int x = 0; x < 3; x++)
            xyz[a][x] = c * r[x] + s * cross[x] + (1.0 - c) * along * e[x] + 0.3 * (x + 1);
    }
}

/// Energies of xtb 6.5.1 (--opt extreme) for neutral, charged, open-shell and linear molecules.
static void minima_are_those_of_the_reference_program(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        int numbers[4], charge, unpaired;
        double xyz[4][3], energy;
    } CASES[] = {
        {3, {8, 1, 1}, 0, 0, {{0, 0, 0.2}, {0, 1.4, -0.9}, {0, -1.4, -0.9}}, -5.070544447588},
        {4,
         {8, 1, 1, 1},
         1,
         0,
         {{0, 0, 0.3}, {1.7, 0.1, -0.3}, {-0.9, 1.5, -0.3}, {-0.8, -1.5, -0.3}},
         -5.088192591026},
        {4,
         {6, 1, 1, 1},
         0,
         1,
         {{0, 0, 0.1}, {2.0, 0.1, 0}, {-1.0, 1.8, 0}, {-1.1, -1.7, 0}},
         -3.562970367409},
        {3, {8, 6, 8}, 0, 0, {{0.1, 0, 2.3}, {0, 0.1, 0}, {0, 0, -2.1}}, -10.308452289127},
        {4,
         {8, 8, 1, 1},
         0,
         0,
         {{0.0, 1.4, -0.1}, {0.1, -1.4, -0.1}, {1.4, 1.8, 0.9}, {-1.5, -1.7, 1.0}},
         -9.054669728908},
    };
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
        QmtEngine *engine =
            engine_of(CASES[k].n, CASES[k].numbers, CASES[k].charge, CASES[k].unpaired);
        double first = 0.0;
        for (int t = 0; t < 3; t++) {
            double xyz[4][3], gradient[12], largest = 0.0;
            QmtOptResult result = qmt_opt_result_empty();
            memcpy(xyz, CASES[k].xyz, sizeof xyz);
            if (t > 0)
                turn(CASES[k].n, xyz, 0.7 * t);
            qmt_engine_forget(engine);
            assert_int_equal(qmt_opt_minimise(ctx, engine, &xyz[0][0], NULL, gradient, &result),
                             QMT_OK);
            assert_true(result.converged);
            assert_true(result.evaluations <= 16);
            for (size_t i = 0; i < 3 * CASES[k].n; i++)
                largest = fmax(largest, fabs(gradient[i]));
            assert_true(largest <= 1e-5 && fabs(largest - result.largest) < 1e-9);
            CHECK_NEAR(result.energy, CASES[k].energy, 1e-6); // unit factors of xtb are older
            // 1e-5 hartree/bohr at 0.1 hartree/bohr^2 leaves some 1e-9 hartree
            first = t == 0 ? result.energy : first;
            CHECK_NEAR(result.energy, first, 1e-8);
        }
        qmt_engine_destroy(&engine);
    }
}

/// Chains with their atoms some 0.1 bohr off the line reach gradients far below the default, and water that is nearly
/// straight bends.
static void chains_become_straight(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        int numbers[7];
        double z[7];
    } CHAINS[] = {{5, {8, 6, 6, 6, 8}, {-4.53, -2.4, 0, 2.4, 4.53}},
                  {4, {7, 6, 6, 7}, {-3.5, -1.3, 1.3, 3.5}},
                  {7, {1, 6, 6, 6, 6, 6, 7}, {-2.0, 0, 2.27, 4.86, 7.12, 9.71, 11.9}}};
    for (size_t k = 0; k < sizeof CHAINS / sizeof *CHAINS; k++) {
        double xyz[7][3];
        QmtEngine *engine = engine_of(CHAINS[k].n, CHAINS[k].numbers, 0, 0);
        QmtOptOptions options = qmt_opt_options_default();
        QmtOptResult result = qmt_opt_result_empty();
        for (size_t a = 0; a < CHAINS[k].n; a++) {
            xyz[a][0] = CHAINS[k].z[a];
            xyz[a][1] = 0.1 * cos(3.0 * (double)a);
            xyz[a][2] = 0.1 * sin(2.0 * (double)a + 0.3);
        }
        options.gradient = 1e-8;
        assert_int_equal(qmt_opt_minimise(ctx, engine, &xyz[0][0], &options, NULL, &result),
                         QMT_OK);
        assert_true(result.converged);
        assert_true(result.evaluations <= 30);
        qmt_engine_destroy(&engine);
    }
    double water[3][3] = {{0.0, 0.0, 0.02}, {0.0, 1.8, 0.0}, {0.0, -1.8, 0.0}};
    QmtEngine *engine = engine_of(3, (const int[]){8, 1, 1}, 0, 0);
    QmtOptResult result = qmt_opt_result_empty();
    assert_int_equal(qmt_opt_minimise(ctx, engine, &water[0][0], NULL, NULL, &result), QMT_OK);
    assert_true(result.converged);
    CHECK_NEAR(result.energy, -5.070544447588, 1e-6); // of the reference program, as above
    qmt_engine_destroy(&engine);
}

static double peroxide_torsion(const double (*xyz)[3])
{
    double c, s;
    torsion_angle(xyz, HOOH, &c, &s);
    return atan2(s, c);
}

static void a_frozen_torsion_keeps_its_value(void **state)
{
    (void)state;
    double xyz[4][3], free_xyz[4][3];
    QmtEngine *engine = engine_of(4, PEROXIDE, 0, 0);
    QmtOptOptions options = qmt_opt_options_default();
    QmtOptResult result = qmt_opt_result_empty(), free_result = qmt_opt_result_empty();
    memcpy(xyz, PEROXIDE_XYZ, sizeof xyz);
    memcpy(free_xyz, PEROXIDE_XYZ, sizeof xyz);
    options.has_frozen = 1;
    memcpy(options.frozen, HOOH, sizeof HOOH);
    options.gradient = 1e-7;
    assert_int_equal(qmt_opt_minimise(ctx, engine, &xyz[0][0], &options, NULL, &result), QMT_OK);
    assert_true(result.converged);
    CHECK_NEAR(peroxide_torsion((const double(*)[3])xyz), peroxide_torsion(PEROXIDE_XYZ), 1e-7);
    options.has_frozen = 0;
    assert_int_equal(qmt_opt_minimise(ctx, engine, &free_xyz[0][0], &options, NULL, &free_result),
                     QMT_OK);
    assert_true(fabs(peroxide_torsion((const double(*)[3])free_xyz) -
                     peroxide_torsion(PEROXIDE_XYZ)) > 0.05);
    assert_true(result.energy > free_result.energy + 1e-5);
    qmt_engine_destroy(&engine);
}

static void what_does_not_converge_is_said_not_hidden(void **state)
{
    (void)state;
    double xyz[4][3];
    QmtEngine *engine = engine_of(4, PEROXIDE, 0, 0);
    QmtOptOptions options = qmt_opt_options_default();
    QmtOptResult result = qmt_opt_result_empty();
    memcpy(xyz, PEROXIDE_XYZ, sizeof xyz);
    options.evaluations_max = 3;
    assert_int_equal(qmt_opt_minimise(ctx, engine, &xyz[0][0], &options, NULL, &result), QMT_OK);
    assert_false(result.converged);
    assert_int_equal(result.evaluations, 3);
    assert_true(result.energy < result.energy_before && result.largest > 1e-5);
    assert_true(result.scf_iterations > 3 && result.recovery == 0);
    // a caller that knows only the first members gets those
    result.struct_size = offsetof(QmtOptResult, scf_iterations);
    result.scf_iterations = -1;
    result.evaluations = 0;
    assert_int_equal(qmt_opt_minimise(ctx, engine, &xyz[0][0], &options, NULL, &result), QMT_OK);
    assert_true(result.evaluations > 0 && result.scf_iterations == -1);
    qmt_engine_destroy(&engine);
}

/// A geometry that no engine takes is refused in the engine's words, and stays.
static void impossible_starts_are_refused_as_by_the_engine(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *words;
    } CASES[] = {{0.0, "atoms 1 and 2 are 0.000 angstrom apart"},
                 {NAN, "atom 2: its x coordinate is not finite"},
                 {INFINITY, "atom 2: its x coordinate is not finite"},
                 {1e300, "atom 2: its x coordinate is 1e+300 bohr"}};
    QmtEngine *engine = engine_of(4, PEROXIDE, 0, 0);
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
        double xyz[4][3], before[4][3];
        memcpy(xyz, PEROXIDE_XYZ, sizeof xyz);
        memcpy(xyz[1], xyz[0], sizeof xyz[1]);
        xyz[1][0] = CASES[k].x;
        memcpy(before, xyz, sizeof xyz);
        assert_int_equal(qmt_opt_minimise(ctx, engine, &xyz[0][0], NULL, NULL, NULL),
                         QMT_ERR_INPUT);
        assert_non_null(strstr(qmt_context_message(ctx), CASES[k].words));
        assert_memory_equal(xyz, before, sizeof xyz);
    }
    qmt_engine_destroy(&engine);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    double xyz[4][3];
    QmtEngine *engine = engine_of(4, PEROXIDE, 0, 0);
    QmtOptOptions options = qmt_opt_options_default();
    memcpy(xyz, PEROXIDE_XYZ, sizeof xyz);
    REFUSED(qmt_opt_minimise(NULL, engine, &xyz[0][0], NULL, NULL, NULL));
    REFUSED(qmt_opt_minimise(ctx, NULL, &xyz[0][0], NULL, NULL, NULL));
    REFUSED(qmt_opt_minimise(ctx, engine, NULL, NULL, NULL, NULL));
    options.gradient = 0.0;
    REFUSED(qmt_opt_minimise(ctx, engine, &xyz[0][0], &options, NULL, NULL));
    options = qmt_opt_options_default();
    options.evaluations_max = 0;
    REFUSED(qmt_opt_minimise(ctx, engine, &xyz[0][0], &options, NULL, NULL));
    options = qmt_opt_options_default();
    options.has_frozen = 1; // four times atom 0
    REFUSED(qmt_opt_minimise(ctx, engine, &xyz[0][0], &options, NULL, NULL));
    options.frozen[0] = 4;
    REFUSED(qmt_opt_minimise(ctx, engine, &xyz[0][0], &options, NULL, NULL));
    assert_memory_equal(xyz, PEROXIDE_XYZ, sizeof xyz);
    qmt_engine_destroy(&engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coordinates_have_the_derivatives_of_their_values),
        cmocka_unit_test(fragments_are_held_together),
        cmocka_unit_test(the_hessian_knows_its_newest_pair),
        cmocka_unit_test(minima_are_those_of_the_reference_program),
        cmocka_unit_test(chains_become_straight),
        cmocka_unit_test(a_frozen_torsion_keeps_its_value),
        cmocka_unit_test(what_does_not_converge_is_said_not_hidden),
        cmocka_unit_test(impossible_starts_are_refused_as_by_the_engine),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, context_make, context_drop);
}
