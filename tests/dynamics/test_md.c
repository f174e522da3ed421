#include "md/md_parts.h"

#include <stdlib.h>

#include "base/units.h"
#include "base/vec3.h"
#include "dynamics/molecules.h"
#include "md/velocities.h"
#include "md/verdict.h"
#include "support/check.h"
#include "support/md_run.h"

/// The sequence of a run: what comes when, what it leaves alone, and how it fails.

enum { FRAMES_MAX = 4096, POINTS_MAX = 4096 };

/// Everything that came out of a run.
typedef struct {
    size_t n_frames, n_points;
    uint64_t step[FRAMES_MAX];
    double time_ps[FRAMES_MAX], energy[FRAMES_MAX][2];
    double arrays[FRAMES_MAX][3][METHANE_ATOMS][3];
    NveWindowPoint point[POINTS_MAX];
    size_t refuse_frame; // the frame of this number is refused once
    uint64_t progress_calls;
    MdProgress last_progress;
} Output;

static QmtContext *ctx;
static Engine *engine;
static Output first, second;

static QmtStatus take_frame(QmtContext *context, void *user, const MdFrame *frame)
{
    Output *out = user;
    if (out->refuse_frame == out->n_frames + 1) {
        out->refuse_frame = 0;
        return FAIL(context, QMT_ERR_IO, "no space left for frame %zu", out->n_frames);
    }
    assert_true(out->n_frames < FRAMES_MAX);
    const size_t f = out->n_frames++;
    out->step[f] = frame->step;
    out->time_ps[f] = frame->time_ps;
    out->energy[f][0] = frame->kinetic;
    out->energy[f][1] = frame->potential;
    memcpy(out->arrays[f][0], frame->xyz, frame->n_atoms * sizeof *frame->xyz);
    memcpy(out->arrays[f][1], frame->velocity, frame->n_atoms * sizeof *frame->velocity);
    memcpy(out->arrays[f][2], frame->gradient, frame->n_atoms * sizeof *frame->gradient);
    return QMT_OK;
}

static QmtStatus take_point(QmtContext *context, void *user, const NveWindowPoint *point)
{
    (void)context;
    Output *out = user;
    assert_true(out->n_points < POINTS_MAX);
    out->point[out->n_points++] = *point;
    return QMT_OK;
}

static void take_progress(void *user, const MdProgress *progress)
{
    Output *out = user;
    out->progress_calls++;
    out->last_progress = *progress;
}

static MdHooks hooks_into(Output *out)
{
    return (MdHooks){
        .user = out, .frame = take_frame, .window = take_point, .progress = take_progress};
}

/// 50 fs of equilibration, 200 fs of production, windows of 25 fs every 100 fs, frames every 4 steps.
static MdOptions short_run(void)
{
    MdOptions options = md_options_default();
    options.equilibration_ps = 0.05;
    options.length_ps = 0.2;
    options.frame_interval = 4;
    options.friction_per_ps = 1.0;
    options.window_every_ps = 0.1;
    options.window_ps = 0.025;
    options.key = (RandomKey){.seed = 42, .molecule = random_name_key("methane")};
    return options;
}

static Md *make_with(const MdOptions *options, const ModelOptions *model, Output *out)
{
    memset(out, 0, sizeof *out);
    assert_int_equal(model_engine_create(ctx, METHANE_ATOMS, model, &engine), QMT_OK);
    const MdHooks hooks = hooks_into(out);
    Md *md = NULL;
    assert_int_equal(md_create(ctx, options, &hooks, engine, METHANE_MASS, METHANE_XYZ, &md),
                     QMT_OK);
    return md;
}

static Md *make(const MdOptions *options, Output *out)
{
    ModelOptions model = BONDS_OF(METHANE_BONDS);
    // An engine whose past decides the next digit, as a self-consistent field does.
    model.hysteresis = 1e-6;
    return make_with(options, &model, out);
}

static void end(Md **md)
{
    md_destroy(md);
    engine_destroy(&engine);
}

static MdReport run(const MdOptions *options, Output *out)
{
    Md *md = make(options, out);
    assert_int_equal(md_run(ctx, md), QMT_OK);
    const MdReport report = md_report(md);
    end(&md);
    return report;
}

static void assert_same_frames(const Output *a, const Output *b)
{
    assert_int_equal(a->n_frames, b->n_frames);
    assert_memory_equal(a->step, b->step, a->n_frames * sizeof *a->step);
    assert_memory_equal(a->energy, b->energy, a->n_frames * sizeof *a->energy);
    assert_memory_equal(a->arrays, b->arrays, a->n_frames * sizeof *a->arrays);
}

static void frames_come_at_their_times(void **state)
{
    (void)state;
    const MdOptions options = short_run();
    const MdReport report = run(&options, &first);
    assert_int_equal(first.n_frames, 800 / 4 + 1);
    for (size_t f = 0; f < first.n_frames; f++) {
        assert_int_equal(first.step[f], 4 * f);
        // One rounding of a number below 0.1.
        CHECK_NEAR(first.time_ps[f], 0.001 * (double)f, 1e-15);
    }
    assert_int_equal(report.phase, MD_DONE);
    assert_int_equal(report.steps, 800);
    assert_int_equal(report.dof, 12);
    assert_int_equal(report.n_windows, 2);
    assert_true(report.relax_converged);
    assert_int_equal(report.evaluations, 200 + 1 + 800 + 2 * 100);
    assert_int_equal(report.scf_iterations, 3 * report.evaluations);
    assert_int_equal(first.n_points, 200);
    assert_int_equal(first.last_progress.total_step, first.last_progress.total_steps);
    assert_int_equal(first.last_progress.total_steps, 200 + 800 + 200);
}

static void frames_are_one_instant_in_a_frame_at_rest(void **state)
{
    (void)state;
    const MdOptions options = short_run();
    const ModelOptions model = BONDS_OF(METHANE_BONDS);
    Md *md = make_with(&options, &model, &first);
    assert_int_equal(md_run(ctx, md), QMT_OK);
    end(&md);
    double mass[METHANE_ATOMS], centre[3], p[3], gradient[METHANE_ATOMS][3], energy;
    for (size_t a = 0; a < METHANE_ATOMS; a++)
        mass[a] = METHANE_MASS[a] * ME_PER_DALTON;
    assert_int_equal(model_engine_create(ctx, METHANE_ATOMS, &model, &engine), QMT_OK);
    for (size_t f = 0; f < first.n_frames; f++) {
        const double(*xyz)[3] = (const double(*)[3])first.arrays[f][0];
        const double(*velocity)[3] = (const double(*)[3])first.arrays[f][1];
        const EngineResult result = {.energy = &energy, .gradient = gradient};
        assert_int_equal(engine_evaluate(ctx, engine, xyz, &result), QMT_OK);
        assert_true(energy == first.energy[f][1]);
        CHECK_NEAR(velocities_kinetic(METHANE_ATOMS, mass, velocity), first.energy[f][0], 1e-16);
        for (size_t a = 0; a < METHANE_ATOMS; a++)
            for (int x = 0; x < 3; x++)
                assert_true(gradient[a][x] == first.arrays[f][2][a][x]);
        velocities_momentum(METHANE_ATOMS, mass, velocity, p);
        CHECK_NEAR(vec3_norm(p), 0.0, 1e-11); // thermal momenta are about 5
    }
    velocities_centre_of_mass(METHANE_ATOMS, mass, (const double(*)[3])first.arrays[0][0], centre);
    CHECK_NEAR(vec3_norm(centre), 0.0, 1e-14);
    engine_destroy(&engine);
}

static void windows_leave_the_trajectory_untouched(void **state)
{
    (void)state;
    MdOptions options = short_run();
    const MdReport with = run(&options, &first);
    options.window_every_ps = 0.0;
    const MdReport without = run(&options, &second);
    assert_int_equal(second.n_points, 0);
    assert_same_frames(&first, &second);
    assert_true(with.mean_temperature_k == without.mean_temperature_k);
    assert_true(with.slope_kjmol_ps == without.slope_kjmol_ps);
}

static void windows_begin_where_the_trajectory_is(void **state)
{
    (void)state;
    const MdOptions options = short_run();
    run(&options, &first);
    for (size_t w = 0; w < 2; w++) {
        const NveWindowPoint *point = &first.point[100 * w];
        const double *frame = first.energy[100 * (w + 1)]; // at 0.1 and 0.2 ps
        assert_true(point->window == w && point->step == 0 && point->n_steps == 100);
        CHECK_NEAR(point->kinetic, frame[0] * KJMOL_PER_HARTREE, 1e-12);
        CHECK_NEAR(point->potential, frame[1] * KJMOL_PER_HARTREE, 1e-12);
        for (int i = 0; i < 100; i++) {
            CHECK_NEAR(point[i].total, point[0].total, 0.05); // the ripple of Verlet
            CHECK_NEAR(point[i].total, point[i].kinetic + point[i].potential, 1e-12);
        }
    }
}

/// Interrupted after every 7 steps, saved, and continued in a new engine and a new Md.
static void interrupted_runs_end_with_the_same_bytes(void **state)
{
    (void)state;
    for (int ensemble = 0; ensemble < 2; ensemble++) {
        MdOptions options = short_run();
        options.ensemble = ensemble == 0 ? MD_NVT : MD_NVE;
        const MdReport whole = run(&options, &first);

        Md *md = make(&options, &second);
        bool done = false;
        while (!done) {
            assert_int_equal(md_advance(ctx, md, 7, &done), QMT_OK);
            const size_t size = md_snapshot_size(md);
            void *snapshot = malloc(size);
            assert_non_null(snapshot);
            md_snapshot_save(md, snapshot);
            Output kept = second;
            end(&md);
            md = make(&options, &second);
            second = kept;
            assert_int_equal(md_snapshot_load(ctx, md, snapshot, size), QMT_OK);
            free(snapshot);
        }
        const MdReport pieces = md_report(md);
        assert_same_frames(&first, &second);
        assert_int_equal(first.n_points, second.n_points);
        assert_memory_equal(first.point, second.point, first.n_points * sizeof *first.point);
        assert_true(whole.mean_temperature_k == pieces.mean_temperature_k);
        assert_true(whole.shadow_slope_kjmol_ps == pieces.shadow_slope_kjmol_ps);
        assert_true(whole.expected_spread_k == pieces.expected_spread_k);
        assert_int_equal(whole.evaluations, pieces.evaluations);
        end(&md);
    }
}

/// Bytes of the right number that are no place in the trajectory are refused before anything is loaded:
/// some of them index arrays.
static void a_snapshot_of_nowhere_is_refused(void **state)
{
    (void)state;
    const MdOptions options = short_run();
    Md *md = make(&options, &first);
    bool done = false;
    assert_int_equal(md_advance(ctx, md, 450, &done), QMT_OK);
    assert_false(done);
    const size_t size = md_snapshot_size(md);
    unsigned char *before = malloc(size), *bad = malloc(size), *after = malloc(size);
    assert_true(before != NULL && bad != NULL && after != NULL);
    md_snapshot_save(md, before);
    int n_refused = 0;
    // Head, record of the sequence and the instant come first.
    const size_t end_at = sizeof(MdSnapshotHead) + sizeof(MdRecord) + sizeof(MdInstant);
    for (size_t at = 0; at + sizeof(uint32_t) <= end_at; at += 4) {
        const uint32_t wild = 0x7FFFFFFF;
        memcpy(bad, before, size);
        memcpy(bad + at, &wild, sizeof wild);
        const QmtStatus status = md_snapshot_load(ctx, md, bad, size);
        md_snapshot_save(md, after);
        if (status == QMT_OK) {
            assert_memory_equal(after, bad, size);
            assert_int_equal(md_snapshot_load(ctx, md, before, size), QMT_OK);
        } else {
            assert_int_equal(status, QMT_ERR_CHECKPOINT);
            assert_memory_equal(after, before, size);
            n_refused++;
        }
    }
    assert_true(n_refused >= 4); // phase, number of windows and step, both halves
    free(before);
    free(bad);
    free(after);
    end(&md);
}

static void a_finished_run_can_be_made_longer(void **state)
{
    (void)state;
    MdOptions options = short_run(), half = options;
    half.length_ps = 0.1;
    run(&options, &first);

    Md *md = make(&half, &second);
    assert_int_equal(md_run(ctx, md), QMT_OK);
    const size_t size = md_snapshot_size(md);
    void *snapshot = malloc(size);
    assert_non_null(snapshot);
    md_snapshot_save(md, snapshot);
    const Output kept = second;
    end(&md);
    md = make(&options, &second);
    second = kept;
    assert_int_equal(md_snapshot_load(ctx, md, snapshot, size - 1), QMT_ERR_CHECKPOINT);
    assert_int_equal(md_snapshot_load(ctx, md, snapshot, size), QMT_OK);
    free(snapshot);
    assert_int_equal(md_run(ctx, md), QMT_OK);
    end(&md);
    assert_same_frames(&first, &second);
    assert_int_equal(first.n_points, second.n_points);
    assert_memory_equal(first.point, second.point, first.n_points * sizeof *first.point);
}

static void nve_begins_without_rotation(void **state)
{
    (void)state;
    MdOptions options = short_run();
    options.ensemble = MD_NVE;
    options.optimize = false;
    ModelOptions model = BONDS_OF(METHANE_BONDS);
    Md *md = make_with(&options, &model, &first);
    bool done = false;
    assert_int_equal(md_advance(ctx, md, 1 + 200 + 1, &done), QMT_OK);
    assert_int_equal(md_run(ctx, md), QMT_OK);
    const MdReport report = md_report(md);
    assert_int_equal(report.dof, 9);
    end(&md);

    double mass[METHANE_ATOMS], l[3], p[3];
    for (size_t a = 0; a < METHANE_ATOMS; a++)
        mass[a] = METHANE_MASS[a] * ME_PER_DALTON;
    for (size_t f = 0; f < first.n_frames; f += first.n_frames - 1) {
        velocities_angular_momentum(METHANE_ATOMS, mass, (const double(*)[3])first.arrays[f][0],
                                    (const double(*)[3])first.arrays[f][1], l);
        velocities_momentum(METHANE_ATOMS, mass, (const double(*)[3])first.arrays[f][1], p);
        // Rounding of a sum over three atoms whose parts are of order 1; the motion taken out was
        // 1.
        CHECK_NEAR(vec3_norm(l), 0.0, 1e-10);
        CHECK_NEAR(vec3_norm(p), 0.0, 1e-11);
    }
    print_message(
        "NVE 0.2 ps: plain slope %+.1e, shadow slope %+.1e kJ/mol/ps, worst %.1e kJ/mol\n",
        report.slope_kjmol_ps, report.shadow_slope_kjmol_ps, report.worst_kjmol);
    // A formula: rounding of 100.
    CHECK_NEAR(report.expected_spread_k, 300.0 / sqrt(9.0), 1e-10);
}

/// The rotation's share of the equilibration's energy must not heat the vibrations: the mean of many starts
/// is kT/2 in each of the 9 degrees of freedom that are left, where 12 were heated.
static void nve_begins_at_the_temperature(void **state)
{
    (void)state;
    enum { STARTS = 400 };
    MdOptions options = short_run();
    options.ensemble = MD_NVE;
    options.equilibration_ps = 0.5;
    options.length_ps = 0.001;
    double sum = 0.0;
    for (uint32_t k = 0; k < STARTS; k++) {
        options.key.replica = k;
        run(&options, &first);
        sum += velocities_temperature(first.energy[0][0], 9);
    }
    // A start is spread by T sqrt(2/9), 141 K: four standard errors of the mean. It was 400 K.
    print_message("NVE begins at %.1f K, mean of %d starts\n", sum / STARTS, STARTS);
    CHECK_NEAR(sum / STARTS, 300.0, 4.0 * 300.0 * sqrt(2.0 / 9.0 / STARTS));
}

/// Likewise of two atoms, which have one vibration and lose two rotations, and over time: mean temperatures of
/// short runs from independent equilibrations. They were 600 K.
static void nve_of_a_pair_stays_at_the_temperature(void **state)
{
    (void)state;
    enum { RUNS = 3000 };
    static const double MASS[] = {14.007, 14.007};
    static const double XYZ[][3] = {{0.0, 0.0, 0.0}, {2.1, 0.0, 0.0}};
    static const ModelBond BOND[] = {{0, 1, 1.0, 2.1, 0.0}};
    const ModelOptions model = BONDS_OF(BOND);
    MdOptions options = short_run();
    options.ensemble = MD_NVE;
    options.equilibration_ps = 0.25;
    options.equilibration_friction_per_ps = 40.0; // ten lifetimes of a velocity
    options.length_ps = 0.1;
    options.window_every_ps = 0.0;
    double sum = 0.0, square = 0.0;
    assert_int_equal(model_engine_create(ctx, 2, &model, &engine), QMT_OK);
    for (uint32_t k = 0; k < RUNS; k++) {
        Md *md = NULL;
        options.key.replica = k;
        assert_int_equal(md_create(ctx, &options, NULL, engine, MASS, XYZ, &md), QMT_OK);
        assert_int_equal(md_run(ctx, md), QMT_OK);
        const double kelvin = md_report(md).mean_temperature_k;
        sum += kelvin;
        square += kelvin * kelvin;
        md_destroy(&md);
    }
    engine_destroy(&engine);
    const double mean = sum / RUNS, error = sqrt((square / RUNS - mean * mean) / (RUNS - 1));
    print_message("NVE of a pair: %.1f +- %.1f K\n", mean, error);
    assert_true(error < 8.0);
    CHECK_NEAR(mean, 300.0, 4.0 * error);
}

static void a_start_without_equilibration_has_the_temperature(void **state)
{
    (void)state;
    MdOptions options = short_run();
    options.equilibration_ps = 0.0;
    options.ensemble = MD_NVE;
    run(&options, &first);
    // Scaled to this temperature: rounding of 300.
    CHECK_NEAR(velocities_temperature(first.energy[0][0], 9), 300.0, 1e-9);
    options.ensemble = MD_NVT;
    run(&options, &first);
    // Scaled to this temperature: rounding of 300.
    CHECK_NEAR(velocities_temperature(first.energy[0][0], 12), 300.0, 1e-9);
}

static void seed_name_and_replica_make_the_trajectory(void **state)
{
    (void)state;
    MdOptions options = short_run();
    run(&options, &first);
    run(&options, &second);
    assert_same_frames(&first, &second);
    options.key.replica = 1;
    run(&options, &second);
    for (size_t f = 0; f < first.n_frames; f++)
        assert_true(first.energy[f][0] != second.energy[f][0]);
}

static void a_failing_step_keeps_what_was_good(void **state)
{
    (void)state;
    const MdOptions options = short_run();
    run(&options, &second);
    Md *md = make(&options, &first);
    bool done = false;
    while (md_report(md).phase != MD_PRODUCTION)
        assert_int_equal(md_advance(ctx, md, 1, &done), QMT_OK);
    model_engine_fail_in(engine, 42);
    assert_int_equal(md_run(ctx, md), QMT_ERR_SCF);
    assert_int_equal(md_state(md)->at.step, 41);
    assert_int_equal(first.n_frames, 41 / 4 + 1);
    // The engine works again and nothing has happened in between.
    assert_int_equal(md_run(ctx, md), QMT_OK);
    assert_same_frames(&first, &second);
    end(&md);
}

static void a_refused_frame_is_offered_again(void **state)
{
    (void)state;
    const MdOptions options = short_run();
    run(&options, &second);
    Md *md = make(&options, &first);
    first.refuse_frame = 20;
    assert_int_equal(md_run(ctx, md), QMT_ERR_IO);
    assert_int_equal(first.n_frames, 19);
    assert_int_equal(md_run(ctx, md), QMT_OK);
    assert_same_frames(&first, &second);
    end(&md);
}

static void pieces_make_the_same_motion(void **state)
{
    (void)state;
    const MdOptions options = short_run();
    run(&options, &second);
    Md *md = make(&options, &first);
    bool done = false;
    int n_pieces = 0;
    for (; !done; n_pieces++)
        assert_int_equal(md_advance(ctx, md, 100, &done), QMT_OK);
    assert_true(n_pieces > 10);
    assert_same_frames(&first, &second);
    end(&md);
}

static void motion_that_is_not_physical_is_an_error(void **state)
{
    (void)state;
    MdOptions options = short_run();
    ModelOptions model = BONDS_OF(METHANE_BONDS);
    Md *md = make_with(&options, &model, &first);
    bool done = false;
    assert_int_equal(md_advance(ctx, md, 300, &done), QMT_OK);
    end(&md);

    model.nan_at = 300;
    md = make_with(&options, &model, &first);
    assert_int_equal(md_run(ctx, md), QMT_ERR_PHYSICS);
    assert_non_null(strstr(qmt_context_message(ctx), "production, step"));
    assert_true(isfinite(md_state(md)->at.energy));
    end(&md);

    model.nan_at = 0;
    options.dt_fs = 5.0;
    md = make_with(&options, &model, &first);
    assert_int_equal(md_run(ctx, md), QMT_ERR_PHYSICS);
    print_message("dt 5 fs: %s\n", qmt_context_message(ctx));
    assert_true(isfinite(md_state(md)->at.energy));
    end(&md);
}

static void temperatures_are_judged_by_their_spread(void **state)
{
    (void)state;
    MdOptions options = short_run();
    options.temperature_k = 300.0;
    MdReport report = {.dof = 27, .mean_temperature_k = 200.0, .expected_spread_k = 30.0};
    assert_true(md_temperature_is_off(&report, &options));
    report.mean_temperature_k = 389.0;
    assert_false(md_temperature_is_off(&report, &options));
    report.mean_temperature_k = 391.0;
    assert_true(md_temperature_is_off(&report, &options));
    report.expected_spread_k = -1.0; // too short to tell
    assert_false(md_temperature_is_off(&report, &options));
    report = (MdReport){.dof = 0, .expected_spread_k = 1.0}; // a single atom
    assert_false(md_temperature_is_off(&report, &options));
}

static void a_wrong_mean_temperature_is_a_verdict(void **state)
{
    (void)state;
    MdVerdict verdicts[MD_VERDICT_COUNT];
    MdOptions options = short_run();
    options.equilibration_friction_per_ps = options.friction_per_ps = 1000.0;
    options.length_ps = 1.0;
    options.window_every_ps = 0.0;
    MdReport report = run(&options, &first);
    print_message("1 ps at 1000 /ps: %.1f K, spread %.1f K, error %.1f K\n",
                  report.mean_temperature_k, report.expected_spread_k, report.temperature_error_k);
    assert_int_equal(md_verdicts(&report, &options, verdicts), 0);
    // Forces that lag behind the atoms drag on them, stronger than the thermostat heats.
    ModelOptions model = BONDS_OF(METHANE_BONDS);
    model.hysteresis = 2.0;
    options.optimize = false;
    Md *md = make_with(&options, &model, &first);
    assert_int_equal(md_run(ctx, md), QMT_OK);
    report = md_report(md);
    print_message("dragged: %.1f K, spread %.1f K, heat %.1f kJ/mol\n", report.mean_temperature_k,
                  report.expected_spread_k, report.heat_kjmol);
    // Of the temperature, and of the energy that the lag takes away.
    assert_int_equal(md_verdicts(&report, &options, verdicts), 2);
    assert_int_equal(verdicts[0].kind, MD_TEMPERATURE_OFF);
    assert_int_equal(verdicts[1].kind, MD_ENERGY_DRIFT);
    // At constant energy there is no thermostat to blame.
    options.ensemble = MD_NVE;
    assert_int_equal(md_verdicts(&report, &options, verdicts), 2);
    assert_int_equal(verdicts[0].kind, MD_NVE_TEMPERATURE_OFF);
    end(&md);
}

/// A molecule at rest loses half its kinetic energy to its vibrations: after 0.1 ps at 10 /ps, 200 molecules of
/// 300 K had 242 K on the mean; 300 (1 - exp(-1)/2) = 244.8.
static void an_equilibration_may_be_too_short(void **state)
{
    (void)state;
    MdOptions options = md_options_default();
    assert_true(md_equilibration_deficit(&options) < 1e-10);
    options.equilibration_ps = 0.1;
    CHECK_NEAR(300.0 * (1.0 - md_equilibration_deficit(&options)), 244.8, 0.1);
    options.equilibration_ps = 0.0;
    CHECK_NEAR(md_equilibration_deficit(&options), 0.5, 1e-15);
}

static void single_atoms_and_pairs_run_to_the_end(void **state)
{
    (void)state;
    static const ModelBond BOND = {0, 1, 0.5, 1.4, 0.0};
    const double mass[2] = {1.008, 1.008}, xyz[2][3] = {{1.0, 0.0, 0.0}, {2.5, 0.2, 0.0}};
    for (size_t n = 1; n <= 2; n++) {
        for (int ensemble = 0; ensemble < 2; ensemble++) {
            const ModelOptions model = bonds_only(&BOND, n - 1);
            MdOptions options = short_run();
            options.ensemble = ensemble == 0 ? MD_NVT : MD_NVE;
            assert_int_equal(model_engine_create(ctx, n, &model, &engine), QMT_OK);
            Md *md = NULL;
            assert_int_equal(md_create(ctx, &options, NULL, engine, mass, xyz, &md), QMT_OK);
            assert_int_equal(md_run(ctx, md), QMT_OK);
            const MdReport report = md_report(md);
            assert_true(report.linear);
            assert_int_equal(report.dof, n == 1 ? 0 : (ensemble == 0 ? 3 : 1));
            assert_true(report.dof > 0 ? isfinite(report.mean_temperature_k)
                                       : isnan(report.mean_temperature_k));
            end(&md);
        }
    }
}

static void a_linear_molecule_keeps_its_bending(void **state)
{
    (void)state;
    static const ModelBond BONDS[] = {
        {0, 1, 0.9, 2.2, 0.0}, {1, 2, 0.9, 2.2, 0.0}, {0, 2, 0.1, 4.4, 0.0}};
    const double mass[3] = {15.999, 12.011, 15.999};
    const double xyz[3][3] = {{-2.2, 0.1, 0.0}, {0.0, 0.1, 0.0}, {2.2, 0.1, 0.0}};
    const ModelOptions model = BONDS_OF(BONDS);
    MdOptions options = short_run();
    options.ensemble = MD_NVE;
    assert_int_equal(model_engine_create(ctx, 3, &model, &engine), QMT_OK);
    Md *md = NULL;
    assert_int_equal(md_create(ctx, &options, NULL, engine, mass, xyz, &md), QMT_OK);
    assert_int_equal(md_run(ctx, md), QMT_OK);
    const MdReport report = md_report(md);
    assert_true(report.linear);
    assert_int_equal(report.dof, 4);
    end(&md);
}

static void lengths_of_unused_windows_are_ignored(void **state)
{
    (void)state;
    MdOptions options = short_run();
    options.window_every_ps = 0.0;
    options.window_ps = 10.0 / 3.0;
    assert_int_equal(run(&options, &first).n_windows, 0);
    options.window_every_ps = 10.0 / 3.0;
    options.window_ps = 0.0;
    assert_int_equal(run(&options, &first).n_windows, 0);
}

static void lengths_are_whole_multiples_of_the_step(void **state)
{
    (void)state;
    uint64_t steps = 7;
    assert_true(md_whole_steps(30.0, 0.25, &steps) && steps == 120000);
    assert_true(md_whole_steps(0.3, 0.1, &steps) && steps == 3000);
    assert_true(md_whole_steps(0.0, 0.25, &steps) && steps == 0);
    assert_false(md_whole_steps(0.0001, 0.25, &steps));
    assert_false(md_whole_steps(-1.0, 0.25, &steps));
    assert_false(md_whole_steps(NAN, 0.25, &steps));
    assert_int_equal(steps, 0);
}

int main(void)
{
    if (qmt_context_create(&ctx) != QMT_OK)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_at_their_times),
        cmocka_unit_test(frames_are_one_instant_in_a_frame_at_rest),
        cmocka_unit_test(windows_leave_the_trajectory_untouched),
        cmocka_unit_test(windows_begin_where_the_trajectory_is),
        cmocka_unit_test(interrupted_runs_end_with_the_same_bytes),
        cmocka_unit_test(a_snapshot_of_nowhere_is_refused),
        cmocka_unit_test(a_finished_run_can_be_made_longer),
        cmocka_unit_test(nve_begins_without_rotation),
        cmocka_unit_test(nve_begins_at_the_temperature),
        cmocka_unit_test(nve_of_a_pair_stays_at_the_temperature),
        cmocka_unit_test(a_start_without_equilibration_has_the_temperature),
        cmocka_unit_test(seed_name_and_replica_make_the_trajectory),
        cmocka_unit_test(a_failing_step_keeps_what_was_good),
        cmocka_unit_test(a_refused_frame_is_offered_again),
        cmocka_unit_test(pieces_make_the_same_motion),
        cmocka_unit_test(motion_that_is_not_physical_is_an_error),
        cmocka_unit_test(temperatures_are_judged_by_their_spread),
        cmocka_unit_test(a_wrong_mean_temperature_is_a_verdict),
        cmocka_unit_test(an_equilibration_may_be_too_short),
        cmocka_unit_test(single_atoms_and_pairs_run_to_the_end),
        cmocka_unit_test(a_linear_molecule_keeps_its_bending),
        cmocka_unit_test(lengths_of_unused_windows_are_ignored),
        cmocka_unit_test(lengths_are_whole_multiples_of_the_step),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    qmt_context_destroy(&ctx);
    return failed;
}
