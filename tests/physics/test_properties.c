/// What an engine says of a density besides energy and gradient.
#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "data/method.h"
#include "engine/xtb.h"
#include "scf/bond_orders.h"
#include "scf/homo_lumo_gap.h"
#include "structure/xyz.h"
#include "support/gfn2_parts.h"
#include "support/systems.h"

enum {
    MAX_ATOMS = PARTS_MAX_ATOMS,
    VALUES_MAX = 3 + MAX_ATOMS + MAX_ATOMS * MAX_ATOMS + 1 + 9 + 1
};

static const char *const METHODS[] = {"GFN2-xTB", "GFN1-xTB"};
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

/// All properties of a system moved by `shift`, into values [VALUES_MAX].
static void evaluate(const char *method, const System *system, const double shift[3],
                     double *values)
{
    QmtEngineOptions options = qmt_engine_options_default();
    options.method = method;
    options.charge = system->charge;
    options.unpaired = system->unpaired;
    options.scf_tolerance = 1e-12;
    Engine *engine = NULL;
    double xyz[SYSTEM_MAX_ATOMS][3], charges[SYSTEM_MAX_ATOMS], dipole[3];
    system_bohr(system, xyz);
    for (size_t a = 0; a < system->n; a++)
        for (int x = 0; x < 3; x++)
            xyz[a][x] += shift[x];
    assert_true(properties_size(ALL_PROPERTIES, system->n) <= VALUES_MAX);
    assert_int_equal(xtb_create(ctx, system->n, system->numbers, &options, &engine), QMT_OK);
    if (engine_evaluate(ctx, engine, (const double(*)[3])xyz,
                        &(EngineResult){.charges = charges,
                                        .dipole = dipole,
                                        .properties = values,
                                        .property_set = ALL_PROPERTIES}) != QMT_OK)
        fail_msg("%s, %s: %s", method, system->name, qmt_context_message(ctx));
    // The same numbers by another way: those are held against the reference program elsewhere.
    assert_memory_equal(values, dipole, sizeof dipole);
    assert_memory_equal(values + 3, charges, system->n * sizeof *charges);
    engine_destroy(&engine);
}

static const double *part(const double *values, Property property, size_t n)
{
    return values + properties_size((1u << property) - 1, n);
}

static const double NOWHERE[3] = {0.0, 0.0, 0.0};

// With whole occupations P S P = 2 P, and the row of an atom adds up to twice its Mulliken population.
static void bond_orders_of_an_atom_add_up_to_twice_its_electrons(void **state)
{
    (void)state;
    static const double CLEAR_GAP = 64.0 * 300.0 * 3.2e-6; // hartree, whole occupations at 300 K
    double worst = 0.0, values[VALUES_MAX];
    int n_looked = 0;
    for (size_t i = 0; i < N_SYSTEMS; i++)
        for (size_t m = 0; m < 2; m++) {
            const System *system = &SYSTEMS[i];
            const size_t n = system->n;
            evaluate(METHODS[m], system, NOWHERE, values);
            const double gap = *part(values, PROPERTY_GAP, n);
            // With unpaired electrons the second spin may have no gap.
            if (!(gap > CLEAR_GAP) && !(n == 2 && isnan(gap)))
                continue;
            if (system->unpaired > 0 && strcmp(system->name, "triplet O2") != 0 &&
                strcmp(system->name, "methyl radical") != 0)
                continue;
            n_looked++;
            const double *orders = part(values, PROPERTY_BOND_ORDERS, n);
            const double *charges = part(values, PROPERTY_CHARGES, n);
            for (size_t a = 0; a < n; a++) {
                double sum = 0.0;
                for (size_t b = 0; b < n; b++) {
                    sum += orders[a * n + b];
                    CHECK_NEAR(orders[a * n + b], orders[b * n + a], 1e-13);
                }
                const double electrons =
                    method_electrons(method_find(METHODS[m]), system->numbers[a]) - charges[a];
                if (!(fabs(sum - 2.0 * electrons) <= worst))
                    worst = fabs(sum - 2.0 * electrons);
            }
        }
    print_message("%d molecules, worst row %.1e\n", n_looked, worst);
    assert_true(n_looked >= 30);
    assert_true(worst <= 1e-9);
}

static void bond_orders_are_what_chemists_draw(void **state)
{
    (void)state;
    static const struct {
        System system;
        double order, tolerance; // of the first two atoms
    } KNOWN[] = {
        {{"H2", 0, 0, 2, {1, 1}, {{0.0}, {0.0, 0.0, 0.74}}}, 1.0, 0.01},
        {{"N2", 0, 0, 2, {7, 7}, {{0.0}, {0.0, 0.0, 1.10}}}, 3.0, 0.1},
        {{"triplet O2", 0, 2, 2, {8, 8}, {{0.0}, {0.0, 0.0, 1.21}}}, 2.0, 0.1},
        {{"He2", 0, 0, 2, {2, 2}, {{0.0}, {0.0, 0.0, 3.0}}}, 0.0, 0.01},
        {{"H2+", 1, 1, 2, {1, 1}, {{0.0}, {0.0, 0.0, 1.06}}}, 0.5, 0.01},
    };
    double values[VALUES_MAX];
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++)
        for (size_t m = 0; m < 2; m++) {
            evaluate(METHODS[m], &KNOWN[i].system, NOWHERE, values);
            CHECK_NEAR(part(values, PROPERTY_BOND_ORDERS, 2)[1], KNOWN[i].order,
                       KNOWN[i].tolerance);
        }
}

// Moving the origin by -d adds to the traceless tensor what charge and dipole have at d.
static void quadrupole_follows_its_origin(void **state)
{
    (void)state;
    const double d[3] = {1.5, -0.7, 2.2};
    double before[VALUES_MAX], after[VALUES_MAX];
    for (size_t i = 0; i < N_SYSTEMS; i++)
        for (size_t m = 0; m < 2; m++) {
            const System *system = &SYSTEMS[i];
            evaluate(METHODS[m], system, NOWHERE, before);
            evaluate(METHODS[m], system, d, after);
            const double *mu = part(before, PROPERTY_DIPOLE, system->n);
            const double *was = part(before, PROPERTY_QUADRUPOLE, system->n);
            const double *is = part(after, PROPERTY_QUADRUPOLE, system->n);
            const double q = system->charge;
            double trace = q * (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]);
            for (int x = 0; x < 3; x++)
                trace += 2.0 * d[x] * mu[x];
            for (int x = 0; x < 3; x++)
                for (int y = 0; y < 3; y++) {
                    const double wanted = was[3 * x + y] - (x == y ? 0.5 * trace : 0.0) +
                                          1.5 * (q * d[x] * d[y] + d[x] * mu[y] + mu[x] * d[y]);
                    CHECK_NEAR(is[3 * x + y], wanted, 1e-7);
                    CHECK_NEAR(was[3 * x + y], was[3 * y + x], 1e-12);
                }
            CHECK_NEAR(was[0] + was[4] + was[8], 0.0, 1e-10);
        }
}

static void atoms_without_a_gap_have_none(void **state)
{
    (void)state;
    static const System PROTON = {"H+", 1, 0, 1, {1}, {{0.0}}};
    static const System HELIUM = {"He", 0, 0, 1, {2}, {{0.0}}};
    double values[VALUES_MAX];
    evaluate("GFN2-xTB", &PROTON, NOWHERE, values);
    assert_true(isnan(*part(values, PROPERTY_GAP, 1)));
    evaluate("GFN1-xTB", &HELIUM, NOWHERE, values);
    assert_true(isnan(*part(values, PROPERTY_GAP, 1)));
    assert_true(*part(values, PROPERTY_BOND_ORDERS, 1) > 3.99); // two electrons, twice
}

/// Gap of the Hamiltonian that a loop ended with, from a diagonalisation of it.
static double gap_of_eigenvalues(const Density *density, Density *other)
{
    memcpy(other->overlap, density->overlap, density->n * density->ld * sizeof(double));
    memcpy(other->fock, density->fock, density->n * density->ld * sizeof(double));
    density_begin(other);
    assert_int_equal(density_build(ctx, other), QMT_OK);
    return other->eps[other->n_alpha] - other->eps[other->n_alpha - 1];
}

/// Largest difference to the orders of the same density by plain sums in double precision, between atoms
/// and of the diagonal.
static void bond_order_errors(const Density *density, const Basis *basis, const double *orders,
                              double worst[2])
{
    const size_t n = density->n, ld = density->ld, n_atoms = basis->n_atoms;
    double *ps = calloc(n * n, sizeof *ps);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            for (size_t j = 0; j < n; j++)
                ps[i * n + j] += density->density[i * ld + k] * density->overlap[k * ld + j];
    for (size_t a = 0; a < n_atoms; a++)
        for (size_t b = 0; b < n_atoms; b++) {
            double sum = 0.0;
            for (size_t i = basis->atom_ao[a]; i < basis->atom_ao[a + 1]; i++)
                for (size_t j = basis->atom_ao[b]; j < basis->atom_ao[b + 1]; j++)
                    sum += ps[i * n + j] * ps[j * n + i];
            if (!(fabs(sum - orders[a * n_atoms + b]) <= worst[a == b]))
                worst[a == b] = fabs(sum - orders[a * n_atoms + b]);
        }
    free(ps);
}

/// Mulliken's electrons of each atom.
static void count_electrons(const Density *density, const Basis *basis, double *electrons)
{
    for (size_t a = 0; a < basis->n_atoms; a++) {
        electrons[a] = 0.0;
        for (size_t i = basis->atom_ao[a]; i < basis->atom_ao[a + 1]; i++)
            for (size_t j = 0; j < density->n; j++)
                electrons[a] +=
                    density->density[i * density->ld + j] * density->overlap[i * density->ld + j];
    }
}

enum { STEPS = 150 };

/// Moves the atoms of a path to one of its geometries.
typedef void Place(const Structure *structure, int step, double (*xyz)[3]);

/// Every atom swings about its place, fast enough to be far from it after a few steps.
static void swing(const Structure *structure, int step, double (*xyz)[3])
{
    for (size_t a = 0; a < structure->n_atoms; a++) {
        double u[4];
        random_uniforms(&(RandomKey){.seed = 5}, 0, (uint32_t)a, RANDOM_PRODUCTION, u);
        for (int x = 0; x < 3; x++)
            xyz[a][x] = structure->xyz[a][x] + 0.2 * (u[x] - 0.5) * sin(step * (0.03 + 0.1 * u[3]));
    }
}

/// The same with a jump every 15 steps, after which nothing can be extrapolated.
static void jump(const Structure *structure, int step, double (*xyz)[3])
{
    swing(structure, step + step / 15 * 4, xyz);
}

/// Two copies of the molecule so far apart that they do not know of each other. While one shrinks, the
/// other grows: filled and empty levels cross at the start and every 31 steps.
static void breathe(const Structure *structure, int step, double (*xyz)[3])
{
    const size_t half = structure->n_atoms / 2;
    for (size_t a = 0; a < structure->n_atoms; a++) {
        const double sign = a < half ? 1.0 : -1.0;
        for (int x = 0; x < 3; x++)
            xyz[a][x] = structure->xyz[a % half][x] * (1.0 + 0.03 * sign * sin(0.1 * step));
        xyz[a][0] += a < half ? 0.0 : 30.0;
    }
}

/// Follows a path, so that the orbitals are refined for the most part, and far from diagonal before they
/// are rotated; compares gap and bond orders of every geometry with what the Hamiltonian and the density
/// give by themselves.
static void check_path(const char *what, const Structure *structure, Place *place)
{
    Gfn2Parts moving, still;
    gfn2_parts_create(ctx, structure->n_atoms, structure->numbers, &moving);
    gfn2_parts_create(ctx, structure->n_atoms, structure->numbers, &still);
    moving.scf.density.always_diagonalise = false;
    moving.scf.spec.options.tolerance = 1e-10;
    moving.scf.spec.options.check_every = 1000000;
    GapSearch gap_search = {0};
    BondOrders work = {0};
    Arena arena = {0};
    for (int walk = 0; walk < 2; walk++) {
        homo_lumo_gap_layout(&gap_search, &arena, moving.basis.n_ao);
        bond_orders_layout(&work, &arena, &moving.basis);
        if (walk == 0)
            assert_int_equal(arena_reserve(ctx, &arena), QMT_OK);
    }
    double orders[MAX_ATOMS * MAX_ATOMS], electrons[MAX_ATOMS];

    double worst_gap = 0.0, worst_order[2] = {0.0, 0.0};
    int n_refined = 0;
    for (int step = 0; step < STEPS; step++) {
        double xyz[MAX_ATOMS][3];
        place(structure, step, xyz);
        gfn2_parts_move(&moving, (const double(*)[3])xyz);
        assert_int_equal(scf_solve(ctx, &moving.geometry, &moving.scf), QMT_OK);
        n_refined += moving.scf.density.refined;
        const double wanted = gap_of_eigenvalues(&moving.scf.density, &still.scf.density);
        // Gradients leave behind the occupied block of the Hamiltonian, which is used then.
        if (step % 3 != 0)
            density_build_weighted(&moving.scf.density);
        const double gap = homo_lumo_gap(&moving.scf.density, &gap_search);
        count_electrons(&moving.scf.density, &moving.basis, electrons);
        bond_orders(&moving.scf.density, &moving.basis, &work, electrons, orders);
        bond_order_errors(&moving.scf.density, &moving.basis, orders, worst_order);
        if (!(fabs(gap - wanted) <= worst_gap))
            worst_gap = fabs(gap - wanted);
    }
    print_message(
        "%s: %d of %d refined, gap off by up to %.1e hartree, orders by %.1e, diagonal by %.1e\n",
        what, n_refined, STEPS, worst_gap, worst_order[0], worst_order[1]);
    assert_true(worst_gap <= 1e-8);
    // What single precision and orbitals that are a little old leave; the diagonal goes up to 12.
    assert_true(worst_order[0] <= 2e-6);
    assert_true(worst_order[1] <= 5e-6);
    assert_true(n_refined >= STEPS - 2);
    arena_release(&arena);
    gfn2_parts_destroy(&moving);
    gfn2_parts_destroy(&still);
}

static void gap_and_bond_orders_of_refined_orbitals_are_exact(void **state)
{
    (void)state;
    static const char *const MOLECULES[] = {"glycine", "benzene", "aspirin"};
    for (size_t i = 0; i < sizeof MOLECULES / sizeof MOLECULES[0]; i++) {
        char path[512], what[64];
        StructureList list = {0};
        snprintf(path, sizeof path, "%s/data/molecules/xyz/%s.xyz", SOURCE_DIR, MOLECULES[i]);
        assert_int_equal(xyz_read(ctx, path, &list), QMT_OK);
        check_path(MOLECULES[i], &list.items[0], swing);
        snprintf(what, sizeof what, "%s with jumps", MOLECULES[i]);
        check_path(what, &list.items[0], jump);
        structures_release(&list);
    }
}

static void gap_is_right_where_levels_cross(void **state)
{
    (void)state;
    int water[] = {8, 1, 1, 8, 1, 1};
    double xyz[6][3] = {{0.0}, {0.0, 1.43, 1.11}, {0.0, -1.43, 1.11}};
    check_path("two waters", &(Structure){.n_atoms = 6, .numbers = water, .xyz = xyz}, breathe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bond_orders_of_an_atom_add_up_to_twice_its_electrons),
        cmocka_unit_test(bond_orders_are_what_chemists_draw),
        cmocka_unit_test(quadrupole_follows_its_origin),
        cmocka_unit_test(atoms_without_a_gap_have_none),
        cmocka_unit_test(gap_and_bond_orders_of_refined_orbitals_are_exact),
        cmocka_unit_test(gap_is_right_where_levels_cross),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
