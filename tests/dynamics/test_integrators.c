#include "base/vec3.h"
#include "dynamics/motion.h"
#include "md/shadow_energy.h"

/// Worst error of the total energy of water at 300 K over 20 fs.
static double worst_energy_error(double dt_fs)
{
    Motion motion;
    const ModelOptions options = BONDS_OF(WATER_BONDS);
    motion_begin(&motion, &options, WATER_ATOMS, WATER_MASS, WATER_XYZ);
    motion.settings.dt = dt_fs / FS_PER_AUT;
    motion_heat(&motion, 300.0);
    const double start = motion.now.at.energy + motion.now.at.kinetic;
    double worst = 0.0;
    for (int i = 0; i < (int)lround(20.0 / dt_fs); i++) {
        motion_step(&motion, &integrator_verlet);
        worst = fmax(worst, fabs(motion.now.at.energy + motion.now.at.kinetic - start));
    }
    motion_end(&motion);
    return worst;
}

static void verlet_is_second_order(void **state)
{
    (void)state;
    const double coarse = worst_energy_error(0.05);
    const double fine = worst_energy_error(0.025);
    print_message("order: energy error at dt / at dt/2 = %.4f\n", coarse / fine);
    // The next order, (omega dt)^2 of the coarser step, changes the ratio by up to 1 %.
    CHECK_NEAR(coarse / fine, 4.0, 0.05);
    assert_int_equal(integrator_verlet.order, 2);
}

static void verlet_finds_its_way_back(void **state)
{
    (void)state;
    Motion motion;
    const ModelOptions options = BONDS_OF(METHANE_BONDS);
    motion_begin(&motion, &options, METHANE_ATOMS, METHANE_MASS, METHANE_XYZ);
    motion.settings.dt = 0.25 / FS_PER_AUT;
    motion_heat(&motion, 300.0);
    for (int there_and_back = 0; there_and_back < 2; there_and_back++) {
        for (int i = 0; i < 1000; i++)
            motion_step(&motion, &integrator_verlet);
        for (size_t a = 0; a < METHANE_ATOMS; a++)
            for (int x = 0; x < 3; x++)
                motion.now.velocity[a][x] *= -1.0;
    }
    double worst = 0.0;
    for (size_t a = 0; a < METHANE_ATOMS; a++)
        for (int x = 0; x < 3; x++)
            worst = fmax(worst, fabs(motion.now.xyz[a][x] - METHANE_XYZ[a][x]));
    print_message("reversal: 1000 steps there and back miss by %.1e nm\n", worst * NM_PER_BOHR);
    // 2000 steps there and back round to some 1e-14 nm; a step that is not reversible misses by
    // 1e-6.
    CHECK_NEAR(worst * NM_PER_BOHR, 0.0, 1e-12);
    motion_end(&motion);
}

/// BAOAB samples the positions of a harmonic oscillator exactly at any time step below the limit of
/// stability. The centre of mass is not thermostatted and stays at rest, so n - 1 of n count.
static void harmonic_positions_have_their_variance(void **state)
{
    (void)state;
    enum { N = 40, STEPS = 20000 };
    static const double SPRING = 0.3;
    static const double OMEGA_DT[] = {0.1, 0.5, 1.0, 1.7};
    double mass[N], xyz[N][3] = {{0.0}};
    for (int a = 0; a < N; a++)
        mass[a] = 12.0;
    for (int i = 0; i < 4; i++) {
        Motion motion;
        const ModelOptions options = {.spring = SPRING};
        motion_begin(&motion, &options, N, mass, (const double(*)[3])xyz);
        const double omega = sqrt(SPRING / motion.mass[0]);
        motion.settings.dt = OMEGA_DT[i] / omega;
        motion.settings.rate = omega;
        motion_heat(&motion, 300.0);
        double sum = 0.0;
        for (int k = -1000; k < STEPS; k++) {
            motion_step(&motion, &integrator_baoab);
            for (int a = 0; k >= 0 && a < N; a++)
                sum += vec3_dot(motion.now.xyz[a], motion.now.xyz[a]);
        }
        const double exact = 3.0 * (N - 1) * motion.settings.kt / SPRING;
        print_message("oscillator: omega dt = %.1f, <x^2> k/kT = %.4f\n", OMEGA_DT[i],
                      sum / STEPS / exact);
        // Four standard errors: 117 oscillators, x^2 forgets in about 1/omega.
        const double samples = 3.0 * (N - 1) * STEPS * fmin(1.0, OMEGA_DT[i] / 2.0);
        CHECK_NEAR(sum / STEPS / exact, 1.0, 4.0 * sqrt(2.0 / samples));
        motion_end(&motion);
    }
}

/// Two atoms and a spring at zero temperature: the length follows the damped oscillator. The friction
/// acts on the relative motion with its full rate.
static void friction_is_a_true_rate(void **state)
{
    (void)state;
    static const double FRICTION_PER_PS = 10.0, K = 0.02, R0 = 3.0, STRETCH = 0.05;
    static const ModelBond BOND = {0, 1, 0.02, 3.0, 0.0};
    const double mass[2] = {16.0, 14.0}, xyz[2][3] = {{0.0, 0.0, 0.0}, {R0 + STRETCH, 0.0, 0.0}};
    Motion motion;
    const ModelOptions options = bonds_only(&BOND, 1);
    motion_begin(&motion, &options, 2, mass, xyz);
    motion.settings.dt = 0.25 / FS_PER_AUT;
    motion.settings.rate = FRICTION_PER_PS * PS_PER_AUT;
    motion_evaluate(&motion);

    const double mu = motion.mass[0] * motion.mass[1] / (motion.mass[0] + motion.mass[1]);
    const double half = 0.5 * motion.settings.rate;
    const double omega = sqrt(K / mu - half * half);
    double worst = 0.0;
    for (int i = 1; i <= 2000; i++) {
        motion_step(&motion, &integrator_baoab);
        const double t = i * motion.settings.dt;
        const double exact =
            STRETCH * exp(-half * t) * (cos(omega * t) + half / omega * sin(omega * t));
        worst = fmax(worst, fabs(motion.now.xyz[1][0] - motion.now.xyz[0][0] - R0 - exact));
    }
    print_message("damped oscillator: worst deviation %.1e of the amplitude in 0.5 ps\n",
                  worst / STRETCH);
    CHECK_NEAR(worst / STRETCH, 0.0, 2e-3); // the phase error of 0.25 fs
    motion_end(&motion);
}

/// Where the heat bath acts at random instants, the oscillator follows the damped curve in the mean over
/// many runs.
static void thinned_friction_is_a_true_rate_in_the_mean(void **state)
{
    (void)state;
    enum { RUNS = 2000, STEPS = 800 };
    static const double FRICTION_PER_PS = 10.0, K = 0.02, R0 = 3.0, STRETCH = 0.05;
    static const ModelBond BOND = {0, 1, 0.02, 3.0, 0.0};
    static double mean[STEPS + 1];
    const double mass[2] = {16.0, 14.0}, xyz[2][3] = {{0.0, 0.0, 0.0}, {R0 + STRETCH, 0.0, 0.0}};
    Motion motion;
    const ModelOptions options = bonds_only(&BOND, 1);
    double mu = 0.0, dt = 0.0;
    for (int run = 0; run < RUNS; run++) {
        motion_begin(&motion, &options, 2, mass, xyz);
        dt = motion.settings.dt = 0.25 / FS_PER_AUT;
        motion.settings.rate = FRICTION_PER_PS * PS_PER_AUT;
        motion.settings.noise_interval = 40.0 * dt;
        motion.settings.key.replica = (uint64_t)run;
        mu = motion.mass[0] * motion.mass[1] / (motion.mass[0] + motion.mass[1]);
        motion_evaluate(&motion);
        for (int i = 1; i <= STEPS; i++) {
            motion_step(&motion, &integrator_baoab);
            mean[i] += (motion.now.xyz[1][0] - motion.now.xyz[0][0] - R0) / RUNS;
        }
        motion_end(&motion);
    }
    const double half = 0.5 * FRICTION_PER_PS * PS_PER_AUT, omega = sqrt(K / mu - half * half);
    double worst = 0.0;
    for (int i = 1; i <= STEPS; i++) {
        const double t = i * dt;
        const double exact =
            STRETCH * exp(-half * t) * (cos(omega * t) + half / omega * sin(omega * t));
        worst = fmax(worst, fabs(mean[i] - exact) / STRETCH);
    }
    print_message("damped oscillator, thinned: mean of %d runs off by %.1e\n", RUNS, worst);
    // A run has a spread of about a third of the amplitude; five standard errors of the mean.
    CHECK_NEAR(worst, 0.0, 5.0 * 0.33 / sqrt(RUNS));
}

static void noise_and_friction_leave_the_momentum_alone(void **state)
{
    (void)state;
    static const double FRICTION_PER_PS[] = {0.002, 1.0, 100.0};
    for (int i = 0; i < 3; i++) {
        Motion motion;
        const ModelOptions options = BONDS_OF(METHANE_BONDS);
        motion_begin(&motion, &options, METHANE_ATOMS, METHANE_MASS, METHANE_XYZ);
        motion.settings.dt = 0.25 / FS_PER_AUT;
        motion.settings.rate = FRICTION_PER_PS[i] * PS_PER_AUT;
        motion_heat(&motion, 300.0);
        // Once at rest, once as it flies by.
        for (int flying = 0; flying < 2; flying++) {
            for (size_t a = 0; a < METHANE_ATOMS; a++)
                motion.now.velocity[a][1] += flying * 1e-4;
            double before[3], after[3], change[3], thermal = 0.0;
            velocities_momentum(METHANE_ATOMS, motion.mass, (const double(*)[3])motion.now.velocity,
                                before);
            for (size_t a = 0; a < METHANE_ATOMS; a++)
                thermal += motion.mass[a] * motion.settings.kt;
            for (int k = 0; k < 10000; k++)
                motion_step(&motion, &integrator_baoab);
            velocities_momentum(METHANE_ATOMS, motion.mass, (const double(*)[3])motion.now.velocity,
                                after);
            vec3_difference(after, before, change);
            print_message("momentum: friction %5.3f /ps, P %s: changed by %.1e of thermal\n",
                          FRICTION_PER_PS[i], flying ? "!= 0" : "= 0",
                          vec3_norm(change) / sqrt(thermal));
            // Rounding: velocities that include a flight are coarser.
            CHECK_NEAR(vec3_norm(change) / sqrt(thermal), 0.0, flying ? 1e-11 : 1e-12);
        }
        motion_end(&motion);
    }
}

/// Slope and ripple of plain and shadow energy, kJ/mol/ps per atom and kJ/mol.
static ShadowEnergy watch_energy(const Integrator *integrator, double friction_per_ps,
                                 double interval_fs, double dt_fs, double length_ps)
{
    static double past[SHADOW_ENERGY_POINTS * METHANE_ATOMS][3], change[METHANE_ATOMS][3];
    Motion motion;
    const ModelOptions options = BONDS_OF(METHANE_BONDS);
    motion_begin(&motion, &options, METHANE_ATOMS, METHANE_MASS, METHANE_XYZ);
    motion.settings.dt = dt_fs / FS_PER_AUT;
    motion.settings.rate = friction_per_ps * PS_PER_AUT;
    motion.settings.noise_interval = interval_fs / FS_PER_AUT;
    motion_heat(&motion, 300.0);
    ShadowEnergy watch = {.past = past, .change = change, .n_atoms = METHANE_ATOMS};
    shadow_energy_begin(&watch, &motion.now);
    const int steps = (int)lround(1e3 * length_ps / dt_fs);
    for (int i = 0; i < steps; i++) {
        motion_step(&motion, integrator);
        shadow_energy_add(&watch, motion.mass, motion.settings.dt, &motion.next, &motion.now);
    }
    motion_end(&motion);
    const double unit = KJMOL_PER_HARTREE / PS_PER_AUT / METHANE_ATOMS;
    print_message(
        "%s, %g /ps every %g fs, %g fs, %g ps: plain %+.1e (rms %.1e), shadow %+.1e (rms %.1e)\n",
        integrator->name, friction_per_ps, interval_fs, dt_fs, length_ps,
        line_fit_slope(&watch.plain) * unit, line_fit_rms(&watch.plain) * KJMOL_PER_HARTREE,
        line_fit_slope(&watch.shadow) * unit, line_fit_rms(&watch.shadow) * KJMOL_PER_HARTREE);
    return watch;
}

static void shadow_energy_is_flat_under_verlet(void **state)
{
    (void)state;
    const ShadowEnergy watch = watch_energy(&integrator_verlet, 0.0, 0.0, 0.25, 10.0);
    assert_true(line_fit_rms(&watch.shadow) < line_fit_rms(&watch.plain) / 1e4);
    const double unit = KJMOL_PER_HARTREE / PS_PER_AUT / METHANE_ATOMS;
    CHECK_NEAR(line_fit_slope(&watch.shadow) * unit, 0.0, 1e-8); // kJ/mol/ps per atom

    // The fourth order is gone: half the step leaves 1/64. Short, so that the paths agree.
    const ShadowEnergy coarse = watch_energy(&integrator_verlet, 0.0, 0.0, 0.25, 0.1);
    const ShadowEnergy fine = watch_energy(&integrator_verlet, 0.0, 0.0, 0.125, 0.1);
    CHECK_NEAR(line_fit_rms(&coarse.plain) / line_fit_rms(&fine.plain), 4.0, 0.1);
    CHECK_NEAR(line_fit_rms(&coarse.shadow) / line_fit_rms(&fine.shadow), 64.0, 4.0);
}

static void shadow_energy_minus_heat_is_flat_under_langevin(void **state)
{
    (void)state;
    static const double FRICTION_PER_PS[] = {0.002, 1.0, 10.0};
    for (int i = 0; i < 3; i++) {
        const ShadowEnergy watch =
            watch_energy(&integrator_baoab, FRICTION_PER_PS[i], 0.0, 0.25, 30.0);
        assert_true(line_fit_rms(&watch.shadow) < line_fit_rms(&watch.plain) / 50.0);
        // Noise in every step: what is left is of fourth order and walks at random with it.
        const double unit = KJMOL_PER_HARTREE / PS_PER_AUT / METHANE_ATOMS;
        CHECK_NEAR(line_fit_slope(&watch.shadow) * unit, 0.0, i < 2 ? 1e-6 : 3e-6);
    }
}

/// With smooth paths on both sides the heats are right beyond dt^4, and nothing walks: what remains is the
/// ripple of the shadow energy itself, which goes as dt^6 over any length, and of the heats a term of dt^4
/// whose mean is zero.
static void shadow_energy_minus_heat_is_flat_between_random_instants(void **state)
{
    (void)state;
    static const double FRICTION_PER_PS[] = {0.002, 1.0, 10.0, 10.0};
    static const double INTERVAL_FS[] = {50.0, 50.0, 10.0, 5.0};
    for (int i = 0; i < 4; i++) {
        const ShadowEnergy coarse =
            watch_energy(&integrator_baoab, FRICTION_PER_PS[i], INTERVAL_FS[i], 0.25, 30.0);
        const ShadowEnergy fine =
            watch_energy(&integrator_baoab, FRICTION_PER_PS[i], INTERVAL_FS[i], 0.125, 30.0);
        const double unit = KJMOL_PER_HARTREE / PS_PER_AUT / METHANE_ATOMS;
        CHECK_NEAR(line_fit_slope(&coarse.shadow) * unit, 0.0, i < 2 ? 1e-8 : 5e-7);
        CHECK_NEAR(line_fit_slope(&fine.shadow) * unit, 0.0, i < 2 ? 1e-8 / 64.0 : 5e-7 / 64.0);
        // 64 on the same path, at least 16 by what walks with the noise; the paths part with it.
        assert_true(line_fit_rms(&coarse.shadow) / line_fit_rms(&fine.shadow) > 40.0);
    }
}

/// The heat of random steps on an oscillator, summed up against the exact one. Drift-kick-drift of an
/// oscillator conserves ~H = a m v^2 / 2 + (of position only) at the middle of a step,
/// a = asin(s) sqrt(1 - s^2) / s, s = omega dt / 2.
static void heat_of_an_oscillator_is_exact(void **state)
{
    (void)state;
    enum { N = 6, STEPS = 4000 };
    static const double SPRING = 0.3, OMEGA_DT[] = {0.07, 0.14, 0.28};
    double mass[N], xyz[N][3] = {{0.0}};
    for (int a = 0; a < N; a++)
        mass[a] = 12.0;
    for (int every = 0; every < 2; every++) {
        double before = 0.0;
        for (int i = 0; i < 3; i++) {
            static double past[SHADOW_ENERGY_POINTS * N][3], change[N][3];
            Motion motion;
            const ModelOptions options = {.spring = SPRING};
            motion_begin(&motion, &options, N, mass, (const double(*)[3])xyz);
            const double omega = sqrt(SPRING / motion.mass[0]), s = 0.5 * OMEGA_DT[i];
            const double factor = asin(s) * sqrt(1.0 - s * s) / s;
            motion.settings.dt = OMEGA_DT[i] / omega;
            motion.settings.rate = 0.01 * omega;
            motion.settings.noise_interval = every ? 0.0 : 40.0 * motion.settings.dt;
            motion_heat(&motion, 300.0);
            ShadowEnergy watch = {.past = past, .change = change, .n_atoms = N};
            shadow_energy_begin(&watch, &motion.now);
            double worst = 0.0;
            for (int k = 0; k < STEPS; k++) {
                motion_step(&motion, &integrator_baoab);
                shadow_energy_add(&watch, motion.mass, motion.settings.dt, &motion.next,
                                  &motion.now);
                // With noise in every step that of the last one is not known yet.
                if (every || watch.n_before == 0)
                    worst =
                        fmax(worst, fabs(watch.shadow_heat - (factor - 1.0) * motion.next.at.heat));
            }
            print_message("oscillator, omega dt %.2f, noise %s: heat off by %.1e kT\n", OMEGA_DT[i],
                          every ? "every step" : "every 40 steps", worst / motion.settings.kt);
            if (!every) {
                // The first difference left out, for a hundred heats of a few kT.
                const double limit = 10.0 * pow(OMEGA_DT[i], 8.0) + 1e-11;
                CHECK_NEAR(worst / motion.settings.kt, 0.0, limit);
            } else if (i > 0) {
                // Of fourth order: 16, but how far a walk gets is chance, a factor of 3 either way.
                assert_true(worst / before > 5.0 && worst / before < 50.0);
            }
            before = worst;
            motion_end(&motion);
        }
    }
}

/// One random step in each block of steps, anywhere but in its end.
static void random_steps_keep_their_distance(void **state)
{
    (void)state;
    enum { LENGTH = 40, BLOCKS = 500 };
    Motion motion;
    const ModelOptions options = BONDS_OF(METHANE_BONDS);
    motion_begin(&motion, &options, METHANE_ATOMS, METHANE_MASS, METHANE_XYZ);
    motion.settings.dt = 0.25 / FS_PER_AUT;
    motion.settings.rate = 10.0 * PS_PER_AUT;
    motion.settings.noise_interval = LENGTH * motion.settings.dt;
    motion_heat(&motion, 300.0);
    int last = -LENGTH, place[LENGTH] = {0};
    for (int b = 0; b < BLOCKS; b++) {
        int count = 0;
        for (int k = 0; k < LENGTH; k++) {
            const double heat = motion.now.at.heat;
            motion_step(&motion, &integrator_baoab);
            if (motion.now.at.heat == heat)
                continue;
            assert_true(b * LENGTH + k - last >= SHADOW_ENERGY_POINTS);
            last = b * LENGTH + k;
            count++;
            place[k]++;
        }
        assert_int_equal(count, 1);
    }
    // 33 places, 15 expected in each: none empty by chance in 1e-5.
    for (int k = 0; k <= LENGTH - SHADOW_ENERGY_POINTS; k++)
        assert_true(place[k] > 0);
    motion_end(&motion);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verlet_is_second_order),
        cmocka_unit_test(verlet_finds_its_way_back),
        cmocka_unit_test(harmonic_positions_have_their_variance),
        cmocka_unit_test(friction_is_a_true_rate),
        cmocka_unit_test(thinned_friction_is_a_true_rate_in_the_mean),
        cmocka_unit_test(noise_and_friction_leave_the_momentum_alone),
        cmocka_unit_test(shadow_energy_is_flat_under_verlet),
        cmocka_unit_test(shadow_energy_minus_heat_is_flat_under_langevin),
        cmocka_unit_test(shadow_energy_minus_heat_is_flat_between_random_instants),
        cmocka_unit_test(heat_of_an_oscillator_is_exact),
        cmocka_unit_test(random_steps_keep_their_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
