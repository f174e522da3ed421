#include "support/check.h"

#include <math.h>
#include <string.h>

#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static const double ANGSTROM = 1.8897261246204404, CM = 219474.6313632, DALTON = 1822.8884862;

static QmtContext *ctx;

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

/// A spring matrix that couples everything: K_ij = 0.3 delta_ij + 0.05 cos(i + 2 j) made symmetric.
static double spring(size_t i, size_t j)
{
    const double a = (double)i, b = (double)j;
    return (i == j ? 0.3 : 0.0) + 0.025 * (cos(a + 2.0 * b) + cos(b + 2.0 * a));
}

static int springs(void *user, size_t n_atoms, const double *xyz, double *energy, double *gradient)
{
    (void)user;
    *energy = 0.0;
    for (size_t i = 0; i < 3 * n_atoms; i++) {
        gradient[i] = 0.0;
        for (size_t j = 0; j < 3 * n_atoms; j++)
            gradient[i] += spring(i, j) * xyz[j];
        *energy += 0.5 * gradient[i] * xyz[i];
    }
    return 0;
}

static void springs_give_back_their_matrix(void **state)
{
    (void)state;
    static const int NUMBERS[] = {6, 8, 1};
    static const double XYZ[9] = {0.0, 0.1, 0.2, 2.0, 0.3, -0.1, 0.4, 2.2, 0.0};
    QmtEngine *engine = NULL;
    double hessian[81];
    assert_int_equal(qmt_engine_from_callback(ctx, 3, NUMBERS, springs, NULL, &engine), QMT_OK);
    for (int points = 3; points <= 5; points += 2) {
        QmtHessianOptions options = qmt_hessian_options_default();
        QmtHessianResult result = qmt_hessian_result_empty();
        options.points = points;
        result.hessian = hessian;
        assert_int_equal(qmt_hessian(ctx, engine, XYZ, &options, &result), QMT_OK);
        for (size_t i = 0; i < 9; i++)
            for (size_t j = 0; j < 9; j++)
                CHECK_NEAR(hessian[9 * i + j], spring(i, j), 1e-12); // 1e-16 / 0.01, some terms
        assert_true(result.asymmetry < 1e-12);
        // a caller that knows only the first members gets those
        result.struct_size = offsetof(QmtHessianResult, scf_iterations);
        result.scf_iterations = -1;
        result.energy = 0.0;
        assert_int_equal(qmt_hessian(ctx, engine, XYZ, &options, &result), QMT_OK);
        assert_true(result.energy > 0.0 && result.scf_iterations == -1);
    }
    qmt_engine_destroy(&engine);
}

/// Two atoms on a spring along a line that is no axis: one vibration, sqrt(k / reduced mass).
static void two_atoms_vibrate_as_they_must(void **state)
{
    (void)state;
    static const double MASSES[] = {12.0, 16.0}, E[] = {0.48, 0.60, 0.64};
    const double k = 0.8, reduced = 12.0 * 16.0 / 28.0;
    double xyz[6] = {0.0}, hessian[36], slopes[18];
    QmtModes *modes = NULL;
    QmtModesView view;
    for (int i = 0; i < 3; i++)
        xyz[3 + i] = 2.1 * E[i];
    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++)
            hessian[6 * i + j] = (i / 3 == j / 3 ? k : -k) * E[i % 3] * E[j % 3];
    for (int i = 0; i < 6; i++)
        for (int x = 0; x < 3; x++)
            slopes[3 * i + x] = (i < 3 ? 0.2 : -0.2) * (i % 3 == x); // charges of two ions
    assert_int_equal(qmt_modes_create(ctx, 2, MASSES, xyz, hessian, slopes, &modes), QMT_OK);
    assert_int_equal(qmt_modes_get(ctx, modes, &view), QMT_OK);
    assert_int_equal(view.n_rigid, 5);
    assert_int_equal(view.n_modes, 1);
    CHECK_NEAR(view.frequency[0], sqrt(k / (reduced * DALTON)) * CM, 1e-3);
    // The dipole of two ions changes by q with their distance, and that by 1 / sqrt(reduced) along the mode.
    CHECK_NEAR(view.intensity[0], 974.8801118 * 0.04 / reduced, 1e-6);
    const double l1 = 16.0 / 28.0, l2 = 12.0 / 28.0; // L^2 of the two
    CHECK_NEAR(view.reduced_mass[0], 1.0 / (l1 / 12.0 + l2 / 16.0), 1e-9);
    for (size_t r = 0; r < 5; r++)
        assert_true(fabs(view.rigid[r]) < 1e-3);
    qmt_modes_destroy(&modes);
}

/// A molecule with frequencies by ASE 3.22.1 (Vibrations, central differences of 0.002 angstrom with qmtraj.ase, hessian
/// projected by NumPy).
typedef struct {
    const char *name;
    size_t n_atoms, n_rigid;
    int numbers[4], charge, unpaired;
    double angstrom[12], frequency[6];
} Case;

static const Case CASES[] = {
    {"water",
     3,
     6,
     {8, 1, 1},
     0,
     0,
     {0.0071942817, 0.3792949323, 0, -0.7756473948, -0.1750035921, 0, 0.7684531131, -0.2042913401,
      0},
     {1539.486, 3642.874, 3651.013}},
    {"carbon dioxide",
     3,
     5,
     {8, 6, 8},
     0,
     0,
     {-1.0516156051, 0.0703028690, 0, 0, -0.3791890241, 0, 1.0516156051, -0.8286809172, 0},
     {600.483, 600.507, 1424.779, 2593.173}},
    {"hydronium",
     4,
     6,
     {8, 1, 1, 1},
     1,
     0,
     {0.0009742180, 0.0006457704, 0.2133989265, -0.4475606301, 0.8283958580, -0.0715987100,
      -0.4942955263, -0.8018308064, -0.0664520953, 0.9408819385, -0.0272108219, -0.0753481212},
     {956.965, 1354.768, 1354.788, 3257.598, 3257.618, 3317.773}},
    {"methyl radical",
     4,
     6,
     {6, 1, 1, 1},
     0,
     1,
     {0, 0, 0, 1.0267640399, -0.2211620914, 0.1904591528, -0.6990189904, -0.7936787962,
      -0.1444928175, -0.3277450496, 1.0148408889, -0.0459663336},
     {491.981, 1351.909, 1351.925, 3151.584, 3244.967, 3244.983}},
};

/// Makes the modes of a case, turned by an angle about an axis.
static void case_modes(const Case *c, double angle, int workers, double *hessian, QmtModes **modes)
{
    const double e[3] = {0.48, 0.60, 0.64};
    double xyz[12], masses[4], slopes[36];
    QmtEngine *engine = NULL;
    QmtEngineOptions options = qmt_engine_options_default();
    QmtHessianOptions settings = qmt_hessian_options_default();
    QmtHessianResult result = qmt_hessian_result_empty();
    options.charge = c->charge;
    options.unpaired = c->unpaired;
    settings.n_workers = workers;
    result.hessian = hessian;
    result.dipole_slopes = slopes;
    for (size_t a = 0; a < c->n_atoms; a++) {
        const double *const r = c->angstrom + 3 * a;
        const double along = e[0] * r[0] + e[1] * r[1] + e[2] * r[2];
        for (size_t x = 0; x < 3; x++) {
            const size_t y = (x + 1) % 3, z = (x + 2) % 3;
            xyz[3 * a + x] =
                ANGSTROM * (cos(angle) * r[x] + sin(angle) * (e[y] * r[z] - e[z] * r[y]) +
                            (1.0 - cos(angle)) * along * e[x]);
        }
        masses[a] = qmt_element_mass(c->numbers[a]);
    }
    assert_int_equal(qmt_engine_create(ctx, c->n_atoms, c->numbers, &options, &engine), QMT_OK);
    assert_int_equal(qmt_hessian(ctx, engine, xyz, &settings, &result), QMT_OK);
    assert_int_equal(qmt_modes_create(ctx, c->n_atoms, masses, xyz, result.hessian, slopes, modes),
                     QMT_OK);
    qmt_engine_destroy(&engine);
}

static void frequencies_are_those_of_ase(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
        double hessian[144], turned[144];
        QmtModes *modes = NULL, *again = NULL;
        QmtModesView view, view_again;
        case_modes(&CASES[k], 0.0, 1, hessian, &modes);
        case_modes(&CASES[k], 1.1, 1, turned, &again);
        assert_int_equal(qmt_modes_get(ctx, modes, &view), QMT_OK);
        assert_int_equal(qmt_modes_get(ctx, again, &view_again), QMT_OK);
        assert_int_equal(view.n_rigid, CASES[k].n_rigid);
        assert_int_equal(view.n_modes, 3 * CASES[k].n_atoms - CASES[k].n_rigid);
        for (size_t i = 0; i < view.n_modes; i++) {
            // three points err by some 0.04 cm-1 with ASE's displacement
            CHECK_NEAR(view.frequency[i], CASES[k].frequency[i], 0.1);
            CHECK_NEAR(view.frequency[i], view_again.frequency[i], 0.01);
        }
        for (size_t r = 0; r < view.n_rigid; r++)
            assert_true(fabs(view.rigid[r]) < 0.2 &&
                        fabs(view_again.rigid[r]) < 0.2); // 1e-10 of the SCF
        qmt_modes_destroy(&modes);
        qmt_modes_destroy(&again);
    }
}

/// Three atoms on springs of 2.2 bohr with the bend c (s - s0)^p, s = |x0 + x2 - 2 x1|^2: user is s0, 0 for a straight
/// molecule (p = 1), else that of a bent one (p = 2).
static int bend_springs(void *user, size_t n_atoms, const double *xyz, double *energy,
                        double *gradient)
{
    const double s0 = *(const double *)user, c = s0 > 0.0 ? 0.5 : 0.02;
    double s = 0.0, u[3];
    (void)n_atoms;
    *energy = 0.0;
    memset(gradient, 0, 9 * sizeof *gradient);
    for (int end = 0; end <= 2; end += 2) {
        double d[3], square = 0.0;
        for (int x = 0; x < 3; x++) {
            d[x] = xyz[3 * end + x] - xyz[3 + x];
            square += d[x] * d[x];
        }
        const double r = sqrt(square), slope = 0.8 * (r - 2.2);
        *energy += 0.4 * (r - 2.2) * (r - 2.2);
        for (int x = 0; x < 3; x++) {
            gradient[3 * end + x] += slope * d[x] / r;
            gradient[3 + x] -= slope * d[x] / r;
        }
    }
    for (int x = 0; x < 3; x++) {
        u[x] = xyz[x] + xyz[6 + x] - 2.0 * xyz[3 + x];
        s += u[x] * u[x];
    }
    const double slope = s0 > 0.0 ? 2.0 * c * (s - s0) : c;
    *energy += s0 > 0.0 ? c * (s - s0) * (s - s0) : c * s;
    for (int x = 0; x < 3; x++) {
        gradient[x] += 2.0 * slope * u[x];
        gradient[6 + x] += 2.0 * slope * u[x];
        gradient[3 + x] -= 4.0 * slope * u[x];
    }
    return 0;
}

/// Modes of OCO with the middle atom off the line of the others; the bonds keep their length.
static void bent_modes(double s0, double off, QmtModes **modes)
{
    static const int NUMBERS[] = {8, 6, 8};
    static const double MASSES[] = {15.999, 12.011, 15.999};
    const double half = sqrt(2.2 * 2.2 - off * off);
    const double xyz[9] = {0.6 * half, 0.8 * half,  0.0,         0.0, 0.0,
                           off,        -0.6 * half, -0.8 * half, 0.0};
    double hessian[81];
    QmtEngine *engine = NULL;
    QmtHessianResult result = qmt_hessian_result_empty();
    result.hessian = hessian;
    assert_int_equal(qmt_engine_from_callback(ctx, 3, NUMBERS, bend_springs, &s0, &engine), QMT_OK);
    assert_int_equal(qmt_hessian(ctx, engine, xyz, NULL, &result), QMT_OK);
    assert_int_equal(qmt_modes_create(ctx, 3, MASSES, xyz, hessian, NULL, modes), QMT_OK);
    qmt_engine_destroy(&engine);
}

/// A minimisation leaves a linear molecule somewhat bent, and a bent one may be bent by 3 degrees only: what a turn around the
/// line costs tells them apart.
static void a_molecule_is_linear_if_a_turn_is_a_bend(void **state)
{
    (void)state;
    QmtModes *modes = NULL;
    QmtModesView view;
    QmtThermo straight, thermo;
    double frequency[4];
    bent_modes(0.0, 0.0, &modes);
    assert_int_equal(qmt_modes_get(ctx, modes, &view), QMT_OK);
    assert_int_equal(view.n_rigid, 5);
    assert_true(qmt_modes_off_line(modes) == 0.0);
    memcpy(frequency, view.frequency, sizeof frequency);
    assert_int_equal(qmt_thermo(ctx, modes, NULL, &straight), QMT_OK);
    qmt_modes_destroy(&modes);
    for (double off = 1e-5; off < 0.2; off *= 10.0) {
        bent_modes(0.0, off, &modes);
        assert_int_equal(qmt_modes_get(ctx, modes, &view), QMT_OK);
        assert_int_equal(view.n_rigid, 5);
        assert_true(off < 1e-3 ||
                    (qmt_modes_off_line(modes) > 0.5 * off && qmt_modes_off_line(modes) < off));
        for (int k = 0; k < 4; k++) // of the square of the angle, (2 off / 2.2)^2
            CHECK_NEAR(view.frequency[k] / frequency[k], 1.0, 1e-5 + off * off);
        assert_int_equal(qmt_thermo(ctx, modes, NULL, &thermo), QMT_OK);
        // hartree; some kT of the same
        CHECK_NEAR(thermo.gibbs, straight.gibbs, 1e-8 + 1e-2 * off * off);
        assert_true(thermo.rotational_constant[0] < 1.0 && thermo.rotational_constant[2] == 0.0);
        qmt_modes_destroy(&modes);
    }
    for (double off = 1e-2; off < 0.2; off *= 2.0)
        for (int residual = -1; residual <= 1; residual++) { // a tenth of the way left
            bent_modes(4.0 * off * off, (1.0 + 0.1 * residual) * off, &modes);
            assert_int_equal(qmt_modes_get(ctx, modes, &view), QMT_OK);
            assert_int_equal(view.n_rigid, 6);
            assert_true(qmt_modes_off_line(modes) == 0.0);
            qmt_modes_destroy(&modes);
        }
}

static void workers_change_no_byte(void **state)
{
    (void)state;
    double one[144], three[144];
    QmtModes *modes = NULL;
    case_modes(&CASES[2], 0.3, 1, one, &modes);
    qmt_modes_destroy(&modes);
    case_modes(&CASES[2], 0.3, 3, three, &modes);
    qmt_modes_destroy(&modes);
    assert_memory_equal(one, three, sizeof one);
}

/// A shift changes the dipole of an ion by its charge, a turn about e turns it: sum_a e x r_a . dmu/dr_a = e x mu.
static void slopes_of_the_dipole_sum_to_charge_and_turn(void **state)
{
    (void)state;
    static const Case *const ION = &CASES[2]; // hydronium
    double xyz[12], slopes[36];
    QmtEngine *engine = NULL;
    QmtEngineOptions options = qmt_engine_options_default();
    QmtHessianOptions settings = qmt_hessian_options_default();
    options.charge = ION->charge;
    for (size_t i = 0; i < 12; i++)
        xyz[i] = ANGSTROM * ION->angstrom[i] + 0.3 * (double)(i % 3); // off the origin
    assert_int_equal(qmt_engine_create(ctx, 4, ION->numbers, &options, &engine), QMT_OK);
    for (settings.points = 3; settings.points <= 5; settings.points += 2) {
        QmtHessianResult result = qmt_hessian_result_empty();
        result.dipole_slopes = slopes;
        assert_int_equal(qmt_hessian(ctx, engine, xyz, &settings, &result), QMT_OK);
        // The SCF leaves some 1e-8 e bohr in a dipole: over a step of 0.005 bohr, from four atoms, some 1e-5. In a turn
        // differences of three points err by h^2 of the third slope, too.
        const double shift = 2e-5, turn = settings.points == 3 ? 2e-4 : 4e-5;
        for (size_t x = 0; x < 3; x++)
            for (size_t m = 0; m < 3; m++) {
                const size_t y = (x + 1) % 3, z = (x + 2) % 3;
                double shifted = 0.0, turned = 0.0;
                for (size_t a = 0; a < 4; a++) {
                    shifted += slopes[3 * (3 * a + x) + m];
                    turned += xyz[3 * a + y] * slopes[3 * (3 * a + z) + m] -
                              xyz[3 * a + z] * slopes[3 * (3 * a + y) + m];
                }
                CHECK_NEAR(shifted, x == m ? ION->charge : 0.0, shift);
                const double wanted = m == z ? result.dipole[y] : m == y ? -result.dipole[z] : 0.0;
                CHECK_NEAR(turned, wanted, turn);
            }
    }
    qmt_engine_destroy(&engine);
}

/// Helium at 298.15 K and 1 bar: 126.153 J/mol/K; water as rigid rotor and oscillator at 1 bar: 188.8 J/mol/K (NIST-JANAF
/// tables, the frequencies here are lower than real ones by some per cent, which the entropy hardly feels).
static void entropies_are_those_of_gases(void **state)
{
    (void)state;
    const double jmol = 2625499.6394799;
    static const double HELIUM = 4.002602, AT[3] = {0.0};
    double hessian[144] = {0.0};
    QmtModes *modes = NULL;
    QmtThermo thermo;
    QmtThermoOptions options = qmt_thermo_options_default();
    options.pressure_pa = 1e5;
    assert_int_equal(qmt_modes_create(ctx, 1, &HELIUM, AT, hessian, NULL, &modes), QMT_OK);
    assert_int_equal(qmt_thermo(ctx, modes, &options, &thermo), QMT_OK);
    CHECK_NEAR(thermo.entropy * jmol, 126.153, 0.005);
    CHECK_NEAR(thermo.heat_capacity_volume * jmol, 1.5 * 8.314462618, 1e-4);
    CHECK_NEAR(thermo.enthalpy * jmol, 2.5 * 8.314462618 * 298.15, 1e-2);
    qmt_modes_destroy(&modes);
    case_modes(&CASES[0], 0.0, 1, hessian, &modes);
    options.symmetry_number = 2;
    assert_int_equal(qmt_thermo(ctx, modes, &options, &thermo), QMT_OK);
    CHECK_NEAR(thermo.entropy * jmol, 188.8, 0.3);
    const double harmonic = thermo.entropy;
    // far above the rotor's frequency nothing changes, below it the entropy does
    options.rotor_cm = 50.0;
    assert_int_equal(qmt_thermo(ctx, modes, &options, &thermo), QMT_OK);
    CHECK_NEAR(thermo.entropy * jmol, harmonic * jmol, 1e-3);
    options.rotor_cm = 1500.0;
    assert_int_equal(qmt_thermo(ctx, modes, &options, &thermo), QMT_OK);
    assert_true(fabs(thermo.entropy - harmonic) * jmol > 0.02);
    qmt_modes_destroy(&modes);
}

/// Grimme, Chem. Eur. J. 18, 9955 (2012), equations 3 to 8, in SI units with the constants of CODATA 2018: entropy of two
/// atoms of which the only vibration is at some wavenumber, in units of k.
static double blended_entropy(double cm, double rotor_cm, double kelvin, double mean_moment)
{
    const double pi = 3.14159265358979323846, h = 6.62607015e-34, k = 1.380649e-23;
    const double omega = 2.99792458e10 * cm, quantum = h * omega / (k * kelvin);
    const double oscillator = quantum / (exp(quantum) - 1.0) - log(1.0 - exp(-quantum));
    const double own = h / (8.0 * pi * pi * omega); // of a free rotor with that frequency
    const double moment = own * mean_moment / (own + mean_moment);
    const double rotor = 0.5 + log(sqrt(8.0 * pow(pi, 3.0) * moment * k * kelvin / (h * h)));
    const double weight = 1.0 / (1.0 + pow(rotor_cm / cm, 4.0));
    return weight * oscillator + (1.0 - weight) * rotor;
}

static void low_modes_are_those_of_free_rotors(void **state)
{
    (void)state;
    static const double MASSES[2] = {12.0, 16.0};
    static const double XYZ[6] = {0.0, 0.0, 0.0, 0.0, 0.0, 2.1};
    const double reduced = 12.0 * 16.0 / 28.0, hartree_over_k = 4.3597447222071e-18 / 1.380649e-23;
    // The mean of the three moments, of which that about the line is 0.
    const double mean = 2.0 / 3.0 * reduced * 1.66053906660e-27 * pow(2.1 * 5.29177210903e-11, 2.0);
    for (double cm = 2.0; cm < 500.0; cm *= 2.0)
        for (double rotor_cm = 50.0; rotor_cm <= 100.0; rotor_cm *= 2.0) {
            const double k = reduced * DALTON * (cm / CM) * (cm / CM);
            double hessian[36] = {0.0};
            QmtModes *modes = NULL;
            QmtModesView view;
            QmtThermo thermo;
            QmtThermoOptions options = qmt_thermo_options_default();
            hessian[6 * 2 + 2] = hessian[6 * 5 + 5] = k;
            hessian[6 * 2 + 5] = hessian[6 * 5 + 2] = -k;
            options.rotor_cm = rotor_cm;
            options.temperature_k = 320.0;
            assert_int_equal(qmt_modes_create(ctx, 2, MASSES, XYZ, hessian, NULL, &modes), QMT_OK);
            assert_int_equal(qmt_modes_get(ctx, modes, &view), QMT_OK);
            CHECK_NEAR(view.frequency[0], cm, 1e-6 * cm); // the constants above have ten digits
            assert_int_equal(qmt_thermo(ctx, modes, &options, &thermo), QMT_OK);
            // Of constants with ten digits and their logarithms; 1 - exp(-x) loses two more at 2 cm-1.
            CHECK_NEAR(thermo.entropy_vibration * hartree_over_k,
                       blended_entropy(view.frequency[0], rotor_cm, 320.0, mean), 1e-7);
            qmt_modes_destroy(&modes);
        }
}

/// k ln(2S + 1), which comes to the rest of the entropy.
static void spins_have_the_entropy_of_their_number(void **state)
{
    (void)state;
    static const double MASS = 14.007, AT[3] = {0.0};
    const double hartree_over_k = 4.3597447222071e-18 / 1.380649e-23; // CODATA 2018
    const double hessian[9] = {0.0};
    QmtModes *modes = NULL;
    QmtThermo singlet, thermo;
    QmtThermoOptions options = qmt_thermo_options_default();
    assert_int_equal(qmt_modes_create(ctx, 1, &MASS, AT, hessian, NULL, &modes), QMT_OK);
    assert_int_equal(qmt_thermo(ctx, modes, NULL, &singlet), QMT_OK);
    assert_true(singlet.entropy_electronic == 0.0);
    for (options.multiplicity = 2; options.multiplicity <= 7; options.multiplicity++) {
        assert_int_equal(qmt_thermo(ctx, modes, &options, &thermo), QMT_OK);
        // ten digits of the constants
        CHECK_NEAR(thermo.entropy_electronic * hartree_over_k, log(options.multiplicity), 1e-9);
        CHECK_NEAR((thermo.entropy - singlet.entropy) * hartree_over_k, log(options.multiplicity),
                   1e-9);
    }
    qmt_modes_destroy(&modes);
}

/// C_V = dE/dT, and S = -dG/dT at constant pressure: of water, and of a molecule with a soft mode, at 100 to 1000 K.
static void derivatives_agree(void **state)
{
    (void)state;
    double hessian[144];
    for (size_t c = 0; c < 2; c++) {
        QmtModes *modes = NULL;
        case_modes(&CASES[c], 0.0, 1, hessian, &modes);
        for (double t = 100.0; t <= 1000.0; t *= 2.0) {
            QmtThermo at, below, above;
            QmtThermoOptions options = qmt_thermo_options_default();
            const double h = 1e-3 * t;
            options.rotor_cm =
                0.0; // entropies of damped rotors are not the slope of a G whose energy is not damped
            options.temperature_k = t;
            assert_int_equal(qmt_thermo(ctx, modes, &options, &at), QMT_OK);
            options.temperature_k = t - h;
            assert_int_equal(qmt_thermo(ctx, modes, &options, &below), QMT_OK);
            options.temperature_k = t + h;
            assert_int_equal(qmt_thermo(ctx, modes, &options, &above), QMT_OK);
            // the central difference errs by (h/T)^2 of it, 1e-6
            const double slope = (above.energy - below.energy) / (2.0 * h);
            CHECK_NEAR(at.heat_capacity_volume / slope, 1.0, 1e-5);
            CHECK_NEAR(at.entropy / ((below.gibbs - above.gibbs) / (2.0 * h)), 1.0, 1e-5);
        }
        qmt_modes_destroy(&modes);
    }
}

/// Conditions without a meaning, or beyond what numbers can hold.
static void impossible_conditions_are_refused(void **state)
{
    (void)state;
    static const double MASS = 4.0, AT[3] = {0.0}, WRONG[] = {0.0, -1.0, NAN, INFINITY, 1e300};
    const double hessian[9] = {0.0};
    QmtModes *modes = NULL;
    QmtThermo thermo = {.gibbs = 7.0};
    assert_int_equal(qmt_modes_create(ctx, 1, &MASS, AT, hessian, NULL, &modes), QMT_OK);
    for (size_t k = 0; k < sizeof WRONG / sizeof *WRONG; k++) {
        QmtThermoOptions options = qmt_thermo_options_default();
        options.temperature_k = WRONG[k];
        REFUSED(qmt_thermo(ctx, modes, &options, &thermo));
        if (WRONG[k] == 1e300) // pressures stand in a logarithm alone, rotors in a quotient
            continue;
        options = qmt_thermo_options_default();
        options.pressure_pa = WRONG[k];
        REFUSED(qmt_thermo(ctx, modes, &options, &thermo));
        options = qmt_thermo_options_default();
        options.rotor_cm = WRONG[k] == 0.0 ? -1.0 : WRONG[k];
        REFUSED(qmt_thermo(ctx, modes, &options, &thermo));
    }
    CHECK_NEAR(thermo.gibbs, 7.0, 0.0); // untouched
    qmt_modes_destroy(&modes);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    static const int NUMBERS[] = {6, 8, 1};
    static const double XYZ[9] = {0.0, 0.1, 0.2, 2.0, 0.3, -0.1, 0.4, 2.2, 0.0};
    static const double MASSES[3] = {1.0, 0.0, 1.0};
    double numbers[81] = {0.0};
    QmtEngine *engine = NULL;
    QmtModes *modes = NULL;
    QmtHessianOptions options = qmt_hessian_options_default();
    QmtHessianResult result = qmt_hessian_result_empty();
    assert_int_equal(qmt_engine_from_callback(ctx, 3, NUMBERS, springs, NULL, &engine), QMT_OK);
    REFUSED(qmt_hessian(NULL, engine, XYZ, NULL, &result));
    REFUSED(qmt_hessian(ctx, NULL, XYZ, NULL, &result));
    REFUSED(qmt_hessian(ctx, engine, NULL, NULL, &result));
    REFUSED(qmt_hessian(ctx, engine, XYZ, NULL, NULL));
    options.points = 4;
    REFUSED(qmt_hessian(ctx, engine, XYZ, &options, &result));
    options = qmt_hessian_options_default();
    options.step = 0.0;
    REFUSED(qmt_hessian(ctx, engine, XYZ, &options, &result));
    result.dipole_slopes = numbers; // of a force function
    REFUSED(qmt_hessian(ctx, engine, XYZ, NULL, &result));
    REFUSED(qmt_modes_create(ctx, 3, MASSES, XYZ, numbers, NULL, &modes));
    REFUSED(qmt_modes_create(ctx, 0, MASSES, XYZ, numbers, NULL, &modes));
    REFUSED(qmt_thermo(ctx, NULL, NULL, NULL));
    assert_null(modes);
    numbers[0] = NAN;
    static const double GOOD[3] = {1.0, 2.0, 1.0};
    assert_int_equal(qmt_modes_create(ctx, 3, GOOD, XYZ, numbers, NULL, &modes), QMT_ERR_PHYSICS);
    numbers[0] = 0.0;
    static const double NO_XYZ[9] = {NAN}, NO_SLOPES[27] = {[26] = INFINITY};
    static const double ENDLESS[3] = {1.0, INFINITY, 1.0};
    assert_int_equal(qmt_modes_create(ctx, 3, GOOD, NO_XYZ, numbers, NULL, &modes), QMT_ERR_INPUT);
    assert_int_equal(qmt_modes_create(ctx, 3, GOOD, XYZ, numbers, NO_SLOPES, &modes),
                     QMT_ERR_PHYSICS);
    assert_non_null(strstr(qmt_context_message(ctx), "atom 3"));
    REFUSED(qmt_modes_create(ctx, 3, ENDLESS, XYZ, numbers, NULL, &modes));
    assert_null(modes);
    qmt_engine_destroy(&engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(springs_give_back_their_matrix),
        cmocka_unit_test(two_atoms_vibrate_as_they_must),
        cmocka_unit_test(frequencies_are_those_of_ase),
        cmocka_unit_test(a_molecule_is_linear_if_a_turn_is_a_bend),
        cmocka_unit_test(workers_change_no_byte),
        cmocka_unit_test(slopes_of_the_dipole_sum_to_charge_and_turn),
        cmocka_unit_test(entropies_are_those_of_gases),
        cmocka_unit_test(low_modes_are_those_of_free_rotors),
        cmocka_unit_test(spins_have_the_entropy_of_their_number),
        cmocka_unit_test(derivatives_agree),
        cmocka_unit_test(impossible_conditions_are_refused),
        cmocka_unit_test(nonsense_is_refused),
    };
    return cmocka_run_group_tests(tests, context_make, context_drop);
}
