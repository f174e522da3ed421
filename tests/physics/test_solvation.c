/// ALPB and GBSA: slopes, invariances, names.
#include "support/check.h"

#include <string.h>

#include "base/units.h"
#include "base/vec3.h"
#include "data/solvent.h"
#include "engine/xtb.h"
#include "support/allocations.h"
#include "support/systems.h"

static QmtContext *ctx;

static int open_context(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) == QMT_OK ? 0 : -1;
}

static int close_context(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

/// A method in a solvent.
typedef struct {
    const char *method, *model, *solvent, *grid;
} Medium;

static const Medium MEDIA[] = {
    {"GFN2-xTB", "alpb", "water", NULL},  {"GFN1-xTB", "alpb", "water", NULL},
    {"GFN2-xTB", "gbsa", "water", NULL},  {"GFN1-xTB", "gbsa", "water", NULL},
    {"GFN2-xTB", "alpb", "hexane", NULL}, {"GFN1-xTB", "gbsa", "toluene", NULL},
};
enum { N_MEDIA = sizeof MEDIA / sizeof MEDIA[0] };

static const System COMPLEXES[] = {
    {"diaquazinc(II)",
     2,
     0,
     7,
     {30, 8, 1, 1, 8, 1, 1},
     {{0.02, -0.03, 0.05},
      {1.85, 0.30, 0.20},
      {2.35, 0.95, -0.35},
      {2.45, -0.25, 0.75},
      {-1.75, -0.65, 0.30},
      {-2.30, -0.15, 0.95},
      {-2.25, -1.30, -0.25}}},
    {"diaquairon(II)",
     2,
     4,
     7,
     {26, 8, 1, 1, 8, 1, 1},
     {{0.02, -0.03, 0.05},
      {1.90, 0.35, 0.20},
      {2.40, 1.00, -0.35},
      {2.50, -0.20, 0.75},
      {-1.80, -0.70, 0.30},
      {-2.35, -0.20, 0.95},
      {-2.30, -1.35, -0.25}}},
    {"bromomethane and ammonia",
     0,
     0,
     9,
     {6, 1, 1, 1, 35, 7, 1, 1, 1},
     {{0.000000, 0.000000, -1.936000},
      {1.034000, 0.000000, -2.268000},
      {-0.517000, 0.895470, -2.268000},
      {-0.517000, -0.895470, -2.268000},
      {0.000000, 0.000000, 0.010000},
      {0.150000, 0.080000, 3.060000},
      {1.095000, 0.080000, 3.440000},
      {-0.322500, 0.898400, 3.440000},
      {-0.322500, -0.738400, 3.440000}}},
    {"glycine zwitterion",
     0,
     0,
     10,
     {7, 6, 6, 8, 8, 1, 1, 1, 1, 1},
     {{1.22, -0.62, 0.11},
      {0.41, 0.61, 0.02},
      {-1.07, 0.17, -0.03},
      {-1.28, -1.05, 0.08},
      {-1.91, 1.08, -0.14},
      {0.62, 1.19, 0.91},
      {0.69, 1.17, -0.88},
      {0.67, -1.45, 0.33},
      {1.95, -0.52, 0.84},
      {1.66, -0.82, -0.79}}},
};
enum { N_COMPLEXES = sizeof COMPLEXES / sizeof COMPLEXES[0] };

static Engine *engine_in(const Medium *medium, const System *system)
{
    QmtEngineOptions options = qmt_engine_options_default();
    options.method = medium->method;
    options.solvent = medium->solvent;
    options.solvation_model = medium->model;
    if (medium->grid != NULL)
        options.solvation_grid = medium->grid;
    options.charge = system->charge;
    options.unpaired = system->unpaired;
    options.scf_tolerance = 1e-12;
    Engine *engine = NULL;
    if (xtb_create(ctx, system->n, system->numbers, &options, &engine) != QMT_OK)
        fail_msg("%s: %s", system->name, qmt_context_message(ctx));
    return engine;
}

static double energy_at(Engine *engine, const char *name, double (*xyz)[3], double (*gradient)[3])
{
    double energy;
    const EngineResult result = {.energy = &energy, .gradient = gradient};
    if (engine_evaluate(ctx, engine, (const double(*)[3])xyz, &result) != QMT_OK)
        fail_msg("%s: %s", name, qmt_context_message(ctx));
    return energy;
}

/// Which grid points count, as a plain loop: a number that changes when one of them drops out.
static size_t points_that_count(const Medium *medium, const System *system, double (*xyz)[3])
{
    const double w = SOLVATION_SURFACE_WIDTH * BOHR_PER_ANGSTROM;
    SolvationModel model;
    Solvent solvent;
    double radius[SYSTEM_MAX_ATOMS];
    assert_true(solvation_model_find(medium->model, &model));
    assert_true(solvent_find(method_find(medium->method), model, medium->solvent, &solvent));
    for (size_t a = 0; a < system->n; a++)
        radius[a] = (TABLE_SOLVATION_ELEMENTS[system->numbers[a] - 1].vdw + solvent.row->probe) *
                    BOHR_PER_ANGSTROM;
    size_t signature = 0;
    for (size_t a = 0; a < system->n; a++)
        for (size_t p = 0; p < N_LEBEDEV_230; p++) {
            const SpherePoint *point = &TABLE_LEBEDEV_230[p];
            const double u[3] = {point->x, point->y, point->z};
            double factor = 1.0;
            for (size_t b = 0; b < system->n; b++) {
                double d[3];
                vec3_difference(xyz[a], xyz[b], d);
                vec3_add_scaled(radius[a], u, d);
                const double t = (vec3_norm(d) - radius[b]) / w;
                if (a != b && t < 1.0)
                    factor *= t > -1.0 ? 0.5 + 0.75 * t - 0.25 * t * t * t : 0.0;
            }
            if (factor > SOLVATION_SURFACE_DROP)
                signature += 1 + a * N_LEBEDEV_230 + p * p;
        }
    return signature;
}

/// Counts over all slopes.
typedef struct {
    int n, dropped, again;
    double worst;
} Slopes;

/// Five-point slope along *x; false if a grid point drops out inside the stencil.
static bool slope_along(const Medium *medium, const System *system, Engine *engine,
                        double (*xyz)[3], double *x, double h, double *slope)
{
    static const double WEIGHTS[5] = {1.0, -8.0, 0.0, 8.0, -1.0};
    const double x0 = *x;
    const size_t counting = points_that_count(medium, system, xyz);
    bool whole = true;
    double sum = 0.0;
    for (int i = 0; i < 5 && whole; i++) {
        *x = x0 + (i - 2) * h;
        whole = points_that_count(medium, system, xyz) == counting;
        if (whole && i != 2)
            sum += WEIGHTS[i] * energy_at(engine, system->name, xyz, NULL);
    }
    *x = x0;
    *slope = sum / (12.0 * h);
    return whole;
}

/// Deviation of atom a's gradient from the slope along x. A stencil inside of which a grid point drops
/// out is not used. One across the edge of a smooth step, where the second derivative jumps, may need
/// a smaller step. Where no step will do, gradient and slope are compared at a point nearby.
static double coordinate_deviation(const Medium *medium, const System *system, Engine *engine,
                                   double (*xyz)[3], size_t a, int x, Slopes *slopes)
{
    static const double SHIFTS[] = {0.0, 2e-3, -2e-3, 4e-3, -4e-3, 6e-3, -6e-3};
    const double x0 = xyz[a][x];
    double best = INFINITY;
    for (size_t s = 0; s < sizeof SHIFTS / sizeof SHIFTS[0] && !(best <= 1e-8); s++) {
        double gradient[SYSTEM_MAX_ATOMS][3], slope;
        xyz[a][x] = x0 + SHIFTS[s];
        energy_at(engine, system->name, xyz, gradient);
        for (double h = 1e-3; h > 1e-4 && !(best <= 1e-8); h *= 0.5) {
            if (!slope_along(medium, system, engine, xyz, &xyz[a][x], h, &slope)) {
                slopes->dropped++;
                continue;
            }
            if (best < INFINITY)
                slopes->again++;
            best = fmin(best, fabs(slope - gradient[a][x]));
        }
    }
    xyz[a][x] = x0;
    slopes->n++;
    return best;
}

static void check_slopes(const Medium *medium, const System *system, Slopes *slopes)
{
    double xyz[SYSTEM_MAX_ATOMS][3];
    Engine *engine = engine_in(medium, system);
    system_bohr(system, xyz);
    for (size_t a = 0; a < system->n; a++)
        for (int x = 0; x < 3; x++) {
            const double deviation =
                coordinate_deviation(medium, system, engine, xyz, a, x, slopes);
            // hartree/bohr: energies converged to 1e-12 over steps down to 1e-4 leave no more
            if (!(deviation <= 1e-8))
                fail_msg("%s, %s, %s %s, atom %zu: off by %.1e", system->name, medium->method,
                         medium->model, medium->solvent, a + 1, deviation);
            slopes->worst = fmax(slopes->worst, deviation);
        }
    engine_destroy(&engine);
}

static void gradient_is_the_slope_of_the_energy(void **state)
{
    (void)state;
    for (int m = 0; m < N_MEDIA; m++) {
        Slopes slopes = {0};
        for (size_t i = 0; i < N_SYSTEMS; i++)
            check_slopes(&MEDIA[m], &SYSTEMS[i], &slopes);
        for (size_t i = 0; i < N_COMPLEXES; i++)
            check_slopes(&MEDIA[m], &COMPLEXES[i], &slopes);
        print_message("%s %s %s: %d slopes, worst %.1e hartree/bohr; a grid point dropped out of "
                      "%d stencils, %d more taken\n",
                      MEDIA[m].method, MEDIA[m].model, MEDIA[m].solvent, slopes.n, slopes.worst,
                      slopes.dropped, slopes.again);
    }
}

static void evaluate_fresh(const Medium *medium, const System *system, double (*xyz)[3],
                           double *energy, double (*gradient)[3])
{
    Engine *engine = engine_in(medium, system);
    *energy = energy_at(engine, system->name, xyz, gradient);
    engine_destroy(&engine);
}

// A quarter turn maps the grid onto itself.
static void shift_and_quarter_turn_change_nothing(void **state)
{
    (void)state;
    for (int m = 0; m < N_MEDIA; m++)
        for (size_t i = 0; i < N_COMPLEXES; i++) {
            const System *system = &COMPLEXES[i];
            double xyz[SYSTEM_MAX_ATOMS][3], moved[SYSTEM_MAX_ATOMS][3];
            double here[SYSTEM_MAX_ATOMS][3], there[SYSTEM_MAX_ATOMS][3], e0, e1;
            system_bohr(system, xyz);
            for (size_t a = 0; a < system->n; a++) {
                moved[a][0] = 5.0 - xyz[a][1];
                moved[a][1] = xyz[a][0] - 9.0;
                moved[a][2] = xyz[a][2] + 2.0;
            }
            evaluate_fresh(&MEDIA[m], system, xyz, &e0, here);
            evaluate_fresh(&MEDIA[m], system, moved, &e1, there);
            // Second order in the residual of the loop, and rounding of 50 hartree.
            CHECK_NEAR(e1, e0, 1e-10);
            double sum[3] = {0.0};
            for (size_t a = 0; a < system->n; a++) {
                CHECK_NEAR(there[a][0], -here[a][1], 1e-9);
                CHECK_NEAR(there[a][1], here[a][0], 1e-9);
                CHECK_NEAR(there[a][2], here[a][2], 1e-9);
                vec3_add_scaled(1.0, here[a], sum);
            }
            for (int x = 0; x < 3; x++)
                CHECK_NEAR(sum[x], 0.0, 1e-11);
        }
}

static void atom_order_does_not_matter(void **state)
{
    (void)state;
    for (int m = 0; m < N_MEDIA; m++)
        for (size_t i = 0; i < N_COMPLEXES; i++) {
            const System *system = &COMPLEXES[i];
            System reversed = *system;
            double xyz[SYSTEM_MAX_ATOMS][3], backwards[SYSTEM_MAX_ATOMS][3];
            double here[SYSTEM_MAX_ATOMS][3], there[SYSTEM_MAX_ATOMS][3], e0, e1;
            system_bohr(system, xyz);
            for (size_t a = 0; a < system->n; a++) {
                reversed.numbers[a] = system->numbers[system->n - 1 - a];
                memcpy(backwards[a], xyz[system->n - 1 - a], sizeof backwards[a]);
            }
            evaluate_fresh(&MEDIA[m], system, xyz, &e0, here);
            evaluate_fresh(&MEDIA[m], &reversed, backwards, &e1, there);
            CHECK_NEAR(e1, e0, 1e-10);
            // First order in the residual of the loop, 1e-10.
            for (size_t a = 0; a < system->n; a++)
                for (int x = 0; x < 3; x++)
                    CHECK_NEAR(there[system->n - 1 - a][x], here[a][x], 1e-9);
        }
}

/// Largest change of the energy over orientations of the complexes, hartree.
static double change_in_rotation(const Medium *medium)
{
    double worst = 0.0;
    for (size_t i = 0; i < N_COMPLEXES; i++) {
        const System *system = &COMPLEXES[i];
        double xyz[SYSTEM_MAX_ATOMS][3], turned[SYSTEM_MAX_ATOMS][3], e0, e1;
        system_bohr(system, xyz);
        evaluate_fresh(medium, system, xyz, &e0, NULL);
        for (int step = 1; step < 16; step++) {
            const double c = cos(0.1 * step), s = sin(0.1 * step);
            for (size_t a = 0; a < system->n; a++) {
                const double x = c * xyz[a][0] - s * xyz[a][1];
                const double y = s * xyz[a][0] + c * xyz[a][1];
                turned[a][0] = x;
                turned[a][1] = c * y - s * xyz[a][2];
                turned[a][2] = s * y + c * xyz[a][2];
            }
            evaluate_fresh(medium, system, turned, &e1, NULL);
            worst = fmax(worst, fabs(e1 - e0));
        }
    }
    return worst;
}

// The grid does not turn with the molecule: energies change a little, less on the fine one.
static void rotation_changes_the_energy_little(void **state)
{
    (void)state;
    for (int m = 0; m < N_MEDIA; m++) {
        Medium medium = MEDIA[m];
        const double coarse = change_in_rotation(&medium);
        medium.grid = "fine";
        const double fine = change_in_rotation(&medium);
        print_message("%s %s %s: energies change by up to %.1e hartree in rotation, on the fine "
                      "grid %.1e\n",
                      medium.method, medium.model, medium.solvent, coarse, fine);
        assert_true(coarse <= 1e-3);
        assert_true(fine <= 0.2 * coarse);
    }
}

static void unknown_names_are_refused_with_a_suggestion(void **state)
{
    (void)state;
    static const struct {
        const char *method, *model, *solvent, *says;
    } CASES[] = {
        {"GFN2-xTB", "alpb", "watr", "did you mean water?"},
        {"GFN2-xTB", "alpb", "chlorofrm", "did you mean chloroform?"},
        {"GFN1-xTB", "gbsa", "dmf", "the solvent \"dmf\" has no parameters for GFN1-xTB with gbsa"},
        {"GFN2-xTB", "albp", "water", "unknown solvation model \"albp\"; did you mean alpb?"},
    };
    const int numbers[] = {2};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        QmtEngineOptions options = qmt_engine_options_default();
        options.method = CASES[i].method;
        options.solvent = CASES[i].solvent;
        options.solvation_model = CASES[i].model;
        QmtEngine *engine = NULL;
        assert_int_equal(qmt_engine_create(ctx, 1, numbers, &options, &engine), QMT_ERR_CONFIG);
        assert_non_null(strstr(qmt_context_message(ctx), CASES[i].says));
        assert_null(engine);
    }
}

static void other_names_are_the_same_solvent(void **state)
{
    (void)state;
    Solvent one, other;
    assert_true(solvent_find(&METHOD_GFN2, SOLVATION_ALPB, "ch2cl2", &one));
    assert_true(solvent_find(&METHOD_GFN2, SOLVATION_ALPB, "DichloroMethane", &other));
    assert_ptr_equal(one.row, other.row);
    assert_ptr_equal(one.elements, other.elements);
    assert_string_equal(solvent_alias("water", 0), "h2o");
    assert_null(solvent_alias("water", 1));
    assert_false(solvent_find(&METHOD_GFN1, SOLVATION_GBSA, "dmf", &one));
}

static void every_fit_has_its_solvents(void **state)
{
    (void)state;
    static const struct {
        const Method *method;
        SolvationModel model;
        size_t n;
    } FITS[] = {{&METHOD_GFN1, SOLVATION_ALPB, 25},
                {&METHOD_GFN2, SOLVATION_ALPB, 25},
                {&METHOD_GFN1, SOLVATION_GBSA, 12},
                {&METHOD_GFN2, SOLVATION_GBSA, 14}};
    for (size_t i = 0; i < sizeof FITS / sizeof FITS[0]; i++) {
        size_t n = 0;
        for (const char *name; (name = solvent_name(FITS[i].method, FITS[i].model, n)) != NULL;
             n++) {
            Solvent solvent;
            assert_true(solvent_find(FITS[i].method, FITS[i].model, name, &solvent));
            for (int z = 1; z <= 86; z++) {
                assert_int_equal(solvent.elements[z - 1].z, z);
                assert_string_equal(solvent.elements[z - 1].solvent, name);
            }
        }
        assert_int_equal(n, FITS[i].n);
    }
}

static void one_atom_has_the_whole_sphere(void **state)
{
    (void)state;
    // Nothing covers it: the area is that of the smoothed sphere, and there is no force.
    const int number = 10;
    const double xyz[1][3] = {{1.0, 2.0, 3.0}};
    QmtEngineOptions options = qmt_engine_options_default();
    options.solvent = "water";
    Engine *engine = NULL;
    double energy, gradient[1][3];
    const EngineResult result = {.energy = &energy, .gradient = gradient};
    assert_int_equal(xtb_create(ctx, 1, &number, &options, &engine), QMT_OK);
    assert_int_equal(engine_evaluate(ctx, engine, xyz, &result), QMT_OK);
    EnergyTerm terms[ENERGY_TERMS_MAX];
    const size_t n = xtb_energy_terms(engine, terms);
    Solvent solvent;
    assert_true(solvent_find(&METHOD_GFN2, SOLVATION_ALPB, "water", &solvent));
    const double w = SOLVATION_SURFACE_WIDTH * BOHR_PER_ANGSTROM;
    const double s =
        (TABLE_SOLVATION_ELEMENTS[number - 1].vdw + solvent.row->probe) * BOHR_PER_ANGSTROM;
    CHECK_NEAR(terms[n - 3].energy,
               solvent.elements[number - 1].tension * 4.0 * acos(-1.0) * (s * s + w * w / 5.0),
               1e-12);
    CHECK_NEAR(terms[n - 1].energy, 0.00108075969, 1e-10);
    for (int x = 0; x < 3; x++)
        CHECK_NEAR(gradient[0][x], 0.0, 1e-14);
    engine_destroy(&engine);
}

static void evaluation_allocates_nothing(void **state)
{
    (void)state;
    if (!allocations_are_counted())
        skip();
    for (int m = 0; m < N_MEDIA; m++) {
        const System *system = &COMPLEXES[N_COMPLEXES - 1];
        double xyz[SYSTEM_MAX_ATOMS][3], gradient[SYSTEM_MAX_ATOMS][3];
        Engine *engine = engine_in(&MEDIA[m], system);
        system_bohr(system, xyz);
        const long before = allocations_count();
        for (int step = 0; step < 20; step++) {
            xyz[step % 3][0] += 0.01;
            energy_at(engine, system->name, xyz, gradient);
        }
        assert_int_equal(allocations_count(), before);
        engine_destroy(&engine);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_is_the_slope_of_the_energy),
        cmocka_unit_test(shift_and_quarter_turn_change_nothing),
        cmocka_unit_test(atom_order_does_not_matter),
        cmocka_unit_test(rotation_changes_the_energy_little),
        cmocka_unit_test(unknown_names_are_refused_with_a_suggestion),
        cmocka_unit_test(other_names_are_the_same_solvent),
        cmocka_unit_test(every_fit_has_its_solvents),
        cmocka_unit_test(one_atom_has_the_whole_sphere),
        cmocka_unit_test(evaluation_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
