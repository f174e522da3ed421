#include <stdlib.h>

#include "dynamics/molecules.h"
#include "md/md.h"
#include "support/check.h"

/// A step allocates nothing. This program puts its own malloc in front of the one of the C library and
/// counts.

static size_t calls;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
enum { COUNTS = 1 };
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    calls++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    calls++;
    return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    calls++;
    return __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    calls++;
    return __libc_memalign(alignment, size);
}
#else
enum { COUNTS = 0 }; // the sanitizer has its own malloc
#endif

static QmtStatus take_frame(QmtContext *ctx, void *user, const MdFrame *frame)
{
    (void)ctx;
    *(double *)user += frame->kinetic;
    return QMT_OK;
}

/// Walls, hills and kept structures around an engine.
static Engine *biased(QmtContext *ctx, Engine *inner, const MdOptions *options)
{
    static const size_t ATOMS[] = {0, 1, 2, 3};
    const BiasOptions bias_options = {
        .confine = {.radius = 2.0, .k = 0.01},
        .torsion = {.mode = BIAS_METADYNAMICS,
                    .atoms = {1, 2, 3, 4},
                    .height = 1e-4,
                    .width = 0.3,
                    .every = 20},
        .rmsd = {.n_atoms = 4, .atoms = ATOMS, .k = 1e-4, .alpha = 1.0, .ramp = 100.0, .every = 40},
        .mass = METHANE_MASS,
        .dt = 1.0,
        .n_steps = (uint64_t)(1e3 * options->length_ps / options->dt_fs + 0.5)};
    Engine *bias = NULL;
    assert_int_equal(bias_create(ctx, inner, &bias_options, &bias), QMT_OK);
    return bias;
}

/// Steps of every phase: relaxation, equilibration, production, window.
static void steps_allocate_nothing(void **state)
{
    (void)state;
    if (!COUNTS)
        skip();
    QmtContext *ctx = NULL;
    Engine *engine = NULL, *bias = NULL;
    Md *md = NULL;
    double sum = 0.0;
    const MdHooks hooks = {.user = &sum, .frame = take_frame};
    const ModelOptions model = BONDS_OF(METHANE_BONDS);
    MdOptions options = md_options_default();
    options.equilibration_ps = 0.05;
    options.length_ps = 0.1;
    options.window_every_ps = 0.05;
    options.window_ps = 0.025;
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    assert_int_equal(model_engine_create(ctx, METHANE_ATOMS, &model, &engine), QMT_OK);
    options.bias = bias = biased(ctx, engine, &options);
    assert_int_equal(md_create(ctx, &options, &hooks, bias, METHANE_MASS, METHANE_XYZ, &md),
                     QMT_OK);
    assert_true(calls >= 5); // the counter works

    const size_t before = calls;
    bool done = false;
    while (!done) {
        const QmtStatus status = md_advance(ctx, md, 100, &done);
        assert_true(status == QMT_OK);
    }
    const MdReport report = md_report(md);
    const size_t after = calls;
    assert_int_equal(report.n_windows, 2);
    assert_int_equal(bias_n_hills(bias), 21 + 11);
    assert_true(report.evaluations > 100 && sum > 0.0);
    assert_int_equal(after, before);
    md_destroy(&md);
    engine_destroy(&bias);
    engine_destroy(&engine);
    qmt_context_destroy(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_allocate_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
