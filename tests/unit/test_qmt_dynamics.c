#include "support/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static QmtContext *ctx;
static QmtEngine *engine;
static const int ATOMS[2] = {1, 1};
static const double XYZ[6] = {0.0, 0.0, 0.0, 1.5, 0.0, 0.0};

/// A bond of 1.4 bohr, of the strength of H2.
static int bond(void *user, size_t n_atoms, const double *xyz, double *energy, double *gradient)
{
    double d[3], r = 0.0;
    (void)user;
    (void)n_atoms;
    for (int x = 0; x < 3; x++) {
        d[x] = xyz[3 + x] - xyz[x];
        r += d[x] * d[x];
    }
    r = sqrt(r);
    *energy = 0.5 * 0.37 * (r - 1.4) * (r - 1.4);
    for (int x = 0; x < 3; x++) {
        gradient[3 + x] = 0.37 * (r - 1.4) * d[x] / r;
        gradient[x] = -gradient[3 + x];
    }
    return 0;
}

static int things_make(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) != QMT_OK ||
           qmt_engine_from_callback(ctx, 2, ATOMS, bond, NULL, &engine) != QMT_OK;
}

static int things_drop(void **state)
{
    (void)state;
    qmt_engine_destroy(&engine);
    qmt_context_destroy(&ctx);
    return 0;
}

static QmtDynamicsOptions short_run(void)
{
    QmtDynamicsOptions options = qmt_dynamics_options_default();
    options.length_ps = 0.05;
    options.equilibration_ps = 0.02;
    options.frame_interval = 10;
    return options;
}

typedef struct {
    size_t n;
    uint64_t last;
    int refuse; ///< the frame with this number, from 1
} Seen;

static int look(void *user, const QmtFrame *frame)
{
    Seen *const seen = user;
    if ((int)seen->n + 1 == seen->refuse) {
        seen->refuse = 0;
        return 3;
    }
    seen->n++;
    seen->last = frame->step;
    assert_int_equal(frame->n_atoms, 2);
    assert_true(isfinite(frame->kinetic + frame->potential + frame->xyz[5] + frame->velocity[5]));
    return 0;
}

static QmtDynamics *made(const QmtDynamicsOptions *options, Seen *seen)
{
    QmtDynamics *dynamics = NULL;
    const QmtDynamicsHooks hooks = {.struct_size = sizeof hooks, .user = seen, .frame = look};
    assert_int_equal(qmt_dynamics_create(ctx, engine, options, seen != NULL ? &hooks : NULL, NULL,
                                         XYZ, &dynamics),
                     QMT_OK);
    return dynamics;
}

static void a_molecule_moves_to_its_end(void **state)
{
    (void)state;
    const QmtDynamicsOptions options = short_run();
    Seen seen = {0};
    int done = 0;
    QmtDynamics *dynamics = made(&options, &seen);
    while (!done)
        assert_int_equal(qmt_dynamics_step(ctx, dynamics, 7, &done), QMT_OK);
    QmtDynamicsState now = qmt_dynamics_state_empty();
    assert_int_equal(qmt_dynamics_state(ctx, dynamics, &now), QMT_OK);
    assert_string_equal(now.phase, "done");
    assert_int_equal(now.step, 200);
    assert_int_equal(seen.n, 21); // 200 steps, every tenth and the first
    assert_int_equal(seen.last, 200);
    qmt_dynamics_destroy(&dynamics);
    assert_null(dynamics);
    qmt_dynamics_destroy(&dynamics);
    qmt_dynamics_destroy(NULL);
}

static void a_restored_molecule_continues_bit_for_bit(void **state)
{
    (void)state;
    const QmtDynamicsOptions options = short_run();
    double end[12], again[12];
    QmtDynamics *first = made(&options, NULL), *second = NULL;
    QmtDynamicsState now = qmt_dynamics_state_empty();
    assert_int_equal(qmt_dynamics_step(ctx, first, 150, NULL), QMT_OK);
    const size_t size = qmt_dynamics_snapshot_size(first);
    void *const snapshot = malloc(size);
    REFUSED(qmt_dynamics_snapshot(ctx, first, snapshot, size - 1));
    assert_int_equal(qmt_dynamics_snapshot(ctx, first, snapshot, size), QMT_OK);
    assert_int_equal(qmt_dynamics_step(ctx, first, 60, NULL), QMT_OK);
    assert_int_equal(qmt_dynamics_state(ctx, first, &now), QMT_OK);
    memcpy(end, now.xyz, 6 * sizeof *end);
    memcpy(end + 6, now.velocity, 6 * sizeof *end);
    qmt_dynamics_destroy(&first);

    second = made(&options, NULL);
    assert_int_equal(qmt_dynamics_restore(ctx, second, snapshot, 5), QMT_ERR_CHECKPOINT);
    assert_int_equal(qmt_dynamics_restore(ctx, second, snapshot, size), QMT_OK);
    assert_int_equal(qmt_dynamics_step(ctx, second, 60, NULL), QMT_OK);
    assert_int_equal(qmt_dynamics_state(ctx, second, &now), QMT_OK);
    memcpy(again, now.xyz, 6 * sizeof *again);
    memcpy(again + 6, now.velocity, 6 * sizeof *again);
    assert_memory_equal(end, again, sizeof end);
    qmt_dynamics_destroy(&second);
    free(snapshot);
}

/// One bit of a snapshot, wherever it is, makes it none.
static void a_damaged_snapshot_is_refused(void **state)
{
    (void)state;
    QmtDynamicsOptions options = short_run();
    QmtDynamicsState now = qmt_dynamics_state_empty();
    options.nve_every_ps = 0.01;
    options.nve_window_ps = 0.005;
    QmtDynamics *dynamics = made(&options, NULL);
    assert_int_equal(qmt_dynamics_step(ctx, dynamics, 170, NULL), QMT_OK);
    const size_t size = qmt_dynamics_snapshot_size(dynamics);
    unsigned char *const snapshot = malloc(size);
    assert_int_equal(qmt_dynamics_snapshot(ctx, dynamics, snapshot, size), QMT_OK);
    for (size_t i = 0; i < size; i++) {
        snapshot[i] ^= (unsigned char)(1 << i % 8);
        assert_int_equal(qmt_dynamics_restore(ctx, dynamics, snapshot, size), QMT_ERR_CHECKPOINT);
        snapshot[i] ^= (unsigned char)(1 << i % 8);
    }
    for (size_t n = 0; n < size; n += 1 + n / 8) // shorter ones
        assert_int_equal(qmt_dynamics_restore(ctx, dynamics, snapshot, n), QMT_ERR_CHECKPOINT);
    assert_int_equal(qmt_dynamics_state(ctx, dynamics, &now), QMT_OK);
    const uint64_t evaluations = now.evaluations;
    assert_int_equal(qmt_dynamics_restore(ctx, dynamics, snapshot, size), QMT_OK);
    assert_int_equal(qmt_dynamics_state(ctx, dynamics, &now), QMT_OK);
    assert_int_equal(now.evaluations, evaluations);
    qmt_dynamics_destroy(&dynamics);
    free(snapshot);
}

/// A snapshot into a dynamics of the same atoms on an engine with some masses; what it says of a refusal.
static QmtStatus restored(QmtEngine *on, const QmtDynamicsOptions *options, const double *masses,
                          const void *snapshot, size_t size)
{
    QmtDynamics *dynamics = NULL;
    assert_int_equal(qmt_dynamics_create(ctx, on, options, NULL, masses, XYZ, &dynamics), QMT_OK);
    const QmtStatus status = qmt_dynamics_restore(ctx, dynamics, snapshot, size);
    qmt_dynamics_destroy(&dynamics);
    return status;
}

static void a_snapshot_belongs_to_one_motion(void **state)
{
    (void)state;
    static const double HEAVY[2] = {2.014, 1.008};
    static const struct {
        size_t offset;
        double value;
        const char *name;
    } others[] = {{offsetof(QmtDynamicsOptions, dt_fs), 0.5, "dt_fs"},
                  {offsetof(QmtDynamicsOptions, temperature_k), 500.0, "temperature_k"},
                  {offsetof(QmtDynamicsOptions, friction_per_ps), 1.0, "friction_per_ps"},
                  {offsetof(QmtDynamicsOptions, equilibration_ps), 0.01, "equilibration_ps"},
                  {offsetof(QmtDynamicsOptions, equilibration_friction_per_ps), 1.0,
                   "equilibration_friction_per_ps"}};
    const QmtDynamicsOptions good = short_run();
    QmtDynamics *dynamics = made(&good, NULL);
    assert_int_equal(qmt_dynamics_step(ctx, dynamics, 150, NULL), QMT_OK);
    const size_t size = qmt_dynamics_snapshot_size(dynamics);
    void *const snapshot = malloc(size);
    assert_int_equal(qmt_dynamics_snapshot(ctx, dynamics, snapshot, size), QMT_OK);
    qmt_dynamics_destroy(&dynamics);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        QmtDynamicsOptions other = good;
        memcpy((char *)&other + others[i].offset, &others[i].value, sizeof(double));
        assert_int_equal(restored(engine, &other, NULL, snapshot, size), QMT_ERR_CHECKPOINT);
        assert_non_null(strstr(qmt_context_message(ctx), others[i].name));
    }
    QmtDynamicsOptions other = good;
    other.seed = 7;
    assert_int_equal(restored(engine, &other, NULL, snapshot, size), QMT_ERR_CHECKPOINT);
    other = good;
    other.ensemble = QMT_NVE;
    assert_int_equal(restored(engine, &other, NULL, snapshot, size), QMT_ERR_CHECKPOINT);
    assert_int_equal(restored(engine, &good, HEAVY, snapshot, size), QMT_ERR_CHECKPOINT);
    assert_non_null(strstr(qmt_context_message(ctx), "masses"));
    // How long it goes on and what is looked at is no other motion.
    other = good;
    other.length_ps = 0.1;
    other.frame_interval = 3;
    assert_int_equal(restored(engine, &other, NULL, snapshot, size), QMT_OK);
    free(snapshot);
}

/// Nor is a motion with another charge the same, though as much is remembered of it.
static void a_snapshot_belongs_to_one_engine(void **state)
{
    (void)state;
    const QmtDynamicsOptions options = short_run();
    QmtEngineOptions own = qmt_engine_options_default();
    QmtEngine *xtb = NULL;
    QmtDynamics *dynamics = NULL;
    assert_int_equal(qmt_engine_create(ctx, 2, ATOMS, &own, &xtb), QMT_OK);
    assert_int_equal(qmt_dynamics_create(ctx, xtb, &options, NULL, NULL, XYZ, &dynamics), QMT_OK);
    assert_int_equal(qmt_dynamics_step(ctx, dynamics, 10, NULL), QMT_OK);
    const size_t size = qmt_dynamics_snapshot_size(dynamics);
    void *const snapshot = malloc(size);
    assert_int_equal(qmt_dynamics_snapshot(ctx, dynamics, snapshot, size), QMT_OK);
    qmt_dynamics_destroy(&dynamics);
    qmt_engine_destroy(&xtb);
    for (int k = 0; k < 5; k++) {
        own = qmt_engine_options_default();
        own.cores = k == 0 ? 2 : 1; // which changes no number
        own.charge = k == 1 ? 1 : 0;
        own.electronic_temperature_k = k == 2 ? 3000.0 : 300.0;
        own.method = k == 3 ? "GFN1-xTB" : "GFN2-xTB";
        own.solvent = k == 4 ? "water" : NULL;
        assert_int_equal(qmt_engine_create(ctx, 2, ATOMS, &own, &xtb), QMT_OK);
        assert_int_equal(restored(xtb, &options, NULL, snapshot, size),
                         k == 0 ? QMT_OK : QMT_ERR_CHECKPOINT);
        qmt_engine_destroy(&xtb);
    }
    assert_int_equal(restored(engine, &options, NULL, snapshot, size), QMT_ERR_CHECKPOINT);
    free(snapshot);
}

/// The same as in a configuration.
static void the_limits_are_those_of_the_configuration(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        size_t offset;
    } limits[] = {{"temperature_K", offsetof(QmtDynamicsOptions, temperature_k)},
                  {"dt_fs", offsetof(QmtDynamicsOptions, dt_fs)},
                  {"friction_per_ps", offsetof(QmtDynamicsOptions, friction_per_ps)},
                  {"equilibration_friction_per_ps",
                   offsetof(QmtDynamicsOptions, equilibration_friction_per_ps)}};
    static const double values[] = {0.0001, 19.0,   21.0,    100.0,   101.0,
                                    1000.0, 1001.0, 10000.0, 10001.0, 1e6};
    QmtConfig *config = NULL;
    assert_int_equal(qmt_config_create(ctx, &config), QMT_OK);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            QmtDynamicsOptions options = short_run();
            QmtDynamics *dynamics = NULL;
            char text[32];
            options.length_ps = options.equilibration_ps = 0.0; // whole steps of any length
            memcpy((char *)&options + limits[i].offset, &values[k], sizeof(double));
            snprintf(text, sizeof text, "%g", values[k]);
            const QmtStatus wanted = qmt_config_set(ctx, config, limits[i].key, text);
            assert_int_equal(qmt_dynamics_create(ctx, engine, &options, NULL, NULL, XYZ, &dynamics),
                             wanted);
            qmt_dynamics_destroy(&dynamics);
        }
    qmt_config_destroy(&config);
}

static void a_refused_frame_is_offered_again(void **state)
{
    (void)state;
    const QmtDynamicsOptions options = short_run();
    Seen seen = {.refuse = 4};
    int done = 0;
    QmtDynamics *dynamics = made(&options, &seen);
    assert_int_equal(qmt_dynamics_step(ctx, dynamics, 100000, &done), QMT_ERR_CALLBACK);
    assert_int_equal(seen.n, 3);
    assert_int_equal(qmt_dynamics_step(ctx, dynamics, 100000, &done), QMT_OK);
    assert_int_equal(done, 1);
    assert_int_equal(seen.n, 21);
    qmt_dynamics_destroy(&dynamics);
}

static void null_and_nonsense_are_arguments(void **state)
{
    (void)state;
    const QmtDynamicsOptions good = short_run();
    QmtDynamics *dynamics = NULL;
    QmtDynamicsState now = qmt_dynamics_state_empty();
    REFUSED(qmt_dynamics_create(NULL, engine, &good, NULL, NULL, XYZ, &dynamics));
    REFUSED(qmt_dynamics_create(ctx, NULL, &good, NULL, NULL, XYZ, &dynamics));
    REFUSED(qmt_dynamics_create(ctx, engine, &good, NULL, NULL, NULL, &dynamics));
    REFUSED(qmt_dynamics_create(ctx, engine, &good, NULL, NULL, XYZ, NULL));
    REFUSED(qmt_dynamics_create(ctx, engine, &(QmtDynamicsOptions){0}, NULL, NULL, XYZ, &dynamics));
    REFUSED(qmt_dynamics_create(ctx, engine, &good, &(QmtDynamicsHooks){0}, NULL, XYZ, &dynamics));
    REFUSED(qmt_dynamics_step(ctx, NULL, 1, NULL));
    REFUSED(qmt_dynamics_state(ctx, NULL, &now));
    REFUSED(qmt_dynamics_snapshot(ctx, NULL, &now, 1));
    REFUSED(qmt_dynamics_restore(ctx, NULL, &now, 1));
    assert_int_equal(qmt_dynamics_snapshot_size(NULL), 0);
    qmt_dynamics_options_init(NULL, 100);

    dynamics = made(&good, NULL);
    REFUSED(qmt_dynamics_step(NULL, dynamics, 1, NULL));
    REFUSED(qmt_dynamics_state(ctx, dynamics, NULL));
    REFUSED(qmt_dynamics_state(ctx, dynamics, &(QmtDynamicsState){0}));
    REFUSED(qmt_dynamics_snapshot(ctx, dynamics, NULL, 1000));
    REFUSED(qmt_dynamics_restore(ctx, dynamics, NULL, 1000));
    qmt_dynamics_destroy(&dynamics);
}

static void options_out_of_range_are_refused(void **state)
{
    (void)state;
    static const struct {
        size_t offset;
        double value;
        QmtStatus status;
    } bad[] = {{offsetof(QmtDynamicsOptions, dt_fs), 0.0, QMT_ERR_CONFIG},
               {offsetof(QmtDynamicsOptions, dt_fs), 1e-18, QMT_ERR_CONFIG},
               {offsetof(QmtDynamicsOptions, dt_fs), NAN, QMT_ERR_CONFIG},
               {offsetof(QmtDynamicsOptions, temperature_k), -1.0, QMT_ERR_CONFIG},
               {offsetof(QmtDynamicsOptions, friction_per_ps), INFINITY, QMT_ERR_CONFIG},
               {offsetof(QmtDynamicsOptions, length_ps), 0.0501, QMT_ERR_CONFIG},
               {offsetof(QmtDynamicsOptions, length_ps), 1e300, QMT_ERR_CONFIG},
               {offsetof(QmtDynamicsOptions, equilibration_ps), -1.0, QMT_ERR_CONFIG},
               {offsetof(QmtDynamicsOptions, nve_every_ps), NAN, QMT_ERR_CONFIG}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        QmtDynamicsOptions options = short_run();
        QmtDynamics *dynamics = NULL;
        memcpy((char *)&options + bad[i].offset, &bad[i].value, sizeof(double));
        assert_int_equal(qmt_dynamics_create(ctx, engine, &options, NULL, NULL, XYZ, &dynamics),
                         bad[i].status);
        assert_null(dynamics);
    }
    const double wrong[6] = {0.0, 0.0, 0.0, NAN, 0.0, 0.0}, masses[2] = {1.0, -1.0};
    const QmtDynamicsOptions options = short_run();
    QmtDynamics *dynamics = NULL;
    assert_int_equal(qmt_dynamics_create(ctx, engine, &options, NULL, NULL, wrong, &dynamics),
                     QMT_ERR_INPUT);
    assert_int_equal(qmt_dynamics_create(ctx, engine, &options, NULL, masses, XYZ, &dynamics),
                     QMT_ERR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_molecule_moves_to_its_end),
        cmocka_unit_test(a_restored_molecule_continues_bit_for_bit),
        cmocka_unit_test(a_damaged_snapshot_is_refused),
        cmocka_unit_test(a_snapshot_belongs_to_one_motion),
        cmocka_unit_test(a_snapshot_belongs_to_one_engine),
        cmocka_unit_test(the_limits_are_those_of_the_configuration),
        cmocka_unit_test(a_refused_frame_is_offered_again),
        cmocka_unit_test(null_and_nonsense_are_arguments),
        cmocka_unit_test(options_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, things_make, things_drop);
}
