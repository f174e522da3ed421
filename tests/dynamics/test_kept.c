#include "md/md_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dynamics/molecules.h"
#include "support/check.h"

/// What engines, decorators and thermostats keep: each has its span in a snapshot, under its name.

static QmtContext *ctx;

/// A bias that grows with every evaluation, as metadynamics does, around another engine.
typedef struct {
    Engine face;
    int64_t n_evaluations; ///< kept
} Bias;

static QmtStatus bias_evaluate(QmtContext *context, Engine *engine, const double (*xyz)[3],
                               const EngineResult *result)
{
    Bias *bias = (Bias *)engine;
    TRY(engine_evaluate(context, engine->inner, xyz, result));
    bias->n_evaluations++;
    if (result->gradient != NULL)
        for (int x = 0; x < 3; x++) {
            const double force = 1e-6 * (double)bias->n_evaluations;
            result->gradient[0][x] += force;
            result->gradient[1][x] -= force;
        }
    return QMT_OK;
}

static const EngineType BIAS = {.name = "bias", .kept_version = 3, .evaluate = bias_evaluate};

static void bias_begin(Bias *bias, Engine *inner)
{
    *bias = (Bias){.face = {.type = &BIAS, .n_atoms = inner->n_atoms, .inner = inner}};
    bias->face.kept = (Span){.data = &bias->n_evaluations, .size = sizeof bias->n_evaluations};
}

/// A thermostat with a memory: scales the velocities up and down in turn.
static void scale_in_turn(const IntegratorSettings *settings, const MdState *now, void *kept,
                          double (*velocity)[3])
{
    (void)settings;
    int64_t *n_steps = kept;
    const double factor = ++*n_steps % 8 < 4 ? 1.001 : 1.0 / 1.001;
    for (size_t a = 0; a < now->n_atoms; a++)
        for (int x = 0; x < 3; x++)
            velocity[a][x] *= factor;
}

static const Thermostat IN_TURN = {
    .name = "in turn", .kept_size = sizeof(int64_t), .kept_version = 1, .apply = scale_in_turn};

static MdOptions options_of(const Thermostat *thermostat)
{
    MdOptions options = md_options_default();
    options.thermostat = thermostat;
    options.optimize = false;
    options.equilibration_ps = 0.0;
    options.length_ps = 0.1;
    options.window_every_ps = 0.025;
    options.window_ps = 0.005;
    return options;
}

static Engine *methane(void)
{
    ModelOptions model = BONDS_OF(METHANE_BONDS);
    model.hysteresis = 1e-6;
    Engine *engine = NULL;
    assert_int_equal(model_engine_create(ctx, METHANE_ATOMS, &model, &engine), QMT_OK);
    return engine;
}

static Md *md_of(const MdOptions *options, Engine *engine)
{
    Md *md = NULL;
    assert_int_equal(md_create(ctx, options, NULL, engine, METHANE_MASS, METHANE_XYZ, &md), QMT_OK);
    return md;
}

static void advance(Md *md, uint64_t n_steps)
{
    bool done;
    assert_int_equal(md_advance(ctx, md, n_steps, &done), QMT_OK);
}

static void what_decorators_keep_is_kept_with_what_is_inside(void **state)
{
    (void)state;
    Engine *inner = methane();
    Bias bias;
    bias_begin(&bias, inner);
    double gradient[METHANE_ATOMS][3], again[METHANE_ATOMS][3];
    const EngineResult first = {.gradient = gradient}, second = {.gradient = again};
    assert_int_equal(engine_kept_size(&bias.face), inner->kept.size + sizeof(int64_t));
    void *copy = malloc(engine_kept_size(&bias.face));
    assert_non_null(copy);
    assert_int_equal(engine_evaluate(ctx, &bias.face, METHANE_XYZ, &first), QMT_OK);
    engine_kept_save(&bias.face, copy);
    assert_int_equal(engine_evaluate(ctx, &bias.face, METHANE_XYZ, &first), QMT_OK);
    engine_kept_load(&bias.face, copy);
    assert_int_equal(bias.n_evaluations, 1);
    assert_int_equal(engine_evaluate(ctx, &bias.face, METHANE_XYZ, &second), QMT_OK);
    assert_memory_equal(again, gradient, sizeof gradient);
    engine_forget(&bias.face);
    assert_int_equal(bias.n_evaluations, 0);
    for (size_t i = 0; i < inner->kept.size; i++)
        assert_int_equal(((const unsigned char *)inner->kept.data)[i], 0);
    free(copy);
    engine_destroy(&inner);
}

// Windows lie between, which leave bias and thermostat as they were.
static void a_run_from_a_snapshot_has_the_same_bytes(void **state)
{
    (void)state;
    const MdOptions options = options_of(&IN_TURN);
    Engine *inner = methane();
    Bias bias;
    bias_begin(&bias, inner);
    Md *md = md_of(&options, &bias.face);
    advance(md, 215);
    enum { WINDOWS = 4096 }; // bytes that the results of further windows may take
    const size_t size = md_snapshot_size(md);
    void *snapshot = malloc(size), *ends[2] = {malloc(size + WINDOWS), malloc(size + WINDOWS)};
    assert_true(snapshot != NULL && ends[0] != NULL && ends[1] != NULL);
    md_snapshot_save(md, snapshot);
    size_t end_size[2];
    for (int i = 0; i < 2; i++) {
        advance(md, 100);
        end_size[i] = md_snapshot_size(md);
        assert_true(end_size[i] <= size + WINDOWS);
        md_snapshot_save(md, ends[i]);
        assert_int_equal(md_snapshot_load(ctx, md, snapshot, size), QMT_OK);
    }
    assert_int_equal(end_size[0], end_size[1]);
    assert_memory_equal(ends[0], ends[1], end_size[0]);
    free(snapshot);
    free(ends[0]);
    free(ends[1]);
    md_destroy(&md);
    engine_destroy(&inner);
}

static void foreign_snapshots_are_refused_by_name(void **state)
{
    (void)state;
    const MdOptions langevin = options_of(&THERMOSTAT_LANGEVIN), in_turn = options_of(&IN_TURN);
    Engine *inner = methane();
    Bias bias;
    bias_begin(&bias, inner);
    Md *plain = md_of(&langevin, inner), *biased = md_of(&langevin, &bias.face),
       *other = md_of(&in_turn, inner);
    const size_t size = md_snapshot_size(biased);
    void *snapshot = malloc(size);
    assert_non_null(snapshot);
    md_snapshot_save(biased, snapshot);
    assert_int_equal(md_snapshot_load(ctx, plain, snapshot, size), QMT_ERR_CHECKPOINT);
    assert_non_null(strstr(qmt_context_message(ctx), "bias, version 3, 8 bytes"));
    assert_int_equal(md_snapshot_load(ctx, other, snapshot, size), QMT_ERR_CHECKPOINT);
    assert_non_null(strstr(qmt_context_message(ctx), "expected in turn, version 1"));
    assert_int_equal(md_snapshot_load(ctx, biased, snapshot, size), QMT_OK);
    free(snapshot);
    md_destroy(&plain);
    md_destroy(&biased);
    md_destroy(&other);
    engine_destroy(&inner);
}

// A step that fails is made again with the thermostat as it was.
static void a_step_that_fails_leaves_the_thermostat_alone(void **state)
{
    (void)state;
    const MdOptions options = options_of(&IN_TURN);
    Engine *engine = methane();
    Md *md = md_of(&options, engine);
    bool done;
    advance(md, 20);
    const int64_t before = *(const int64_t *)md->thermostat.data;
    assert_true(before > 0);
    model_engine_fail_in(engine, 1);
    assert_int_equal(md_advance(ctx, md, 1, &done), QMT_ERR_SCF);
    assert_int_equal(*(const int64_t *)md->thermostat.data, before);
    model_engine_fail_in(engine, 0);
    advance(md, 1);
    assert_int_equal(*(const int64_t *)md->thermostat.data, before + 1);
    md_destroy(&md);
    engine_destroy(&engine);
}

// However weak the friction, heat comes once in 50 fs: 200 steps of 0.25 fs.
static void weak_heat_comes_once_in_fifty_femtoseconds(void **state)
{
    (void)state;
    MdOptions options = options_of(&THERMOSTAT_LANGEVIN);
    options.length_ps = 0.5;
    options.friction_per_ps = 0.002;
    options.window_every_ps = 0.0;
    Engine *engine = methane();
    Md *md = md_of(&options, engine);
    while (md->record.phase != MD_PRODUCTION)
        advance(md, 1);
    for (int block = 0; block < 10; block++) {
        int n_heats = 0;
        for (int step = 0; step < 200; step++) {
            const double before = md_state(md)->at.heat;
            advance(md, 1);
            n_heats += md_state(md)->at.heat != before;
        }
        assert_int_equal(n_heats, 1);
    }
    md_destroy(&md);
    engine_destroy(&engine);
}

static void the_configuration_names_the_thermostats(void **state)
{
    (void)state;
    char names[256] = "";
    for (size_t row = 0; thermostat_at(row) != NULL; row++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", row > 0 ? "|" : "",
                 thermostat_at(row)->name);
    assert_string_equal(names, THERMOSTAT_NAMES);
}

int main(void)
{
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_decorators_keep_is_kept_with_what_is_inside),
        cmocka_unit_test(a_run_from_a_snapshot_has_the_same_bytes),
        cmocka_unit_test(foreign_snapshots_are_refused_by_name),
        cmocka_unit_test(a_step_that_fails_leaves_the_thermostat_alone),
        cmocka_unit_test(the_configuration_names_the_thermostats),
        cmocka_unit_test(weak_heat_comes_once_in_fifty_femtoseconds),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    qmt_context_destroy(&ctx);
    return failed;
}
