#include "support/check.h"

#include <math.h>
#include <string.h>

#include "run/watch.h"

/// What the SCF says of its solution is kept with its step and size: energies in kJ/mol, the change of charges as it is.
static void changes_of_the_solution_are_kept_with_their_size(void **state)
{
    (void)state;
    static const struct {
        ScfChange change;
        int kind;
        double unit;
    } KINDS[] = {{SCF_CROSSED, WATCH_SCF_CROSSING, 2625.49963948}, // CODATA 2018, kJ/mol
                 {SCF_NOT_LEAST, WATCH_SCF_HIGHER, 2625.49963948},
                 {SCF_JUMPED, WATCH_SCF_CHANGE, 1.0}};
    QmtContext *ctx = NULL;
    Watch watch;
    int numbers[2] = {8, 1};
    double xyz[2][3] = {{0.0}, {0.0, 0.0, 1.8}}, gradient[2][3] = {{0.0}};
    const Structure structure = {.n_atoms = 2, .numbers = numbers, .xyz = xyz};
    const RunSpec task = {.structure = &structure, .config = {.dt_fs = 0.25}};
    MdState motion = {.n_atoms = 2, .xyz = xyz, .gradient = gradient};
    MdProgress progress = {.phase = MD_EQUILIBRATION};
    assert_int_equal(qmt_context_create(&ctx), QMT_OK);
    assert_int_equal(watch_create(ctx, &task, &watch), QMT_OK);
    watch_step(&watch, &progress, &motion); // the geometry at rest
    for (size_t k = 0; k < 3; k++) {
        progress = (MdProgress){.phase = k == 1 ? MD_EQUILIBRATION : MD_PRODUCTION,
                                .step = 7 + k,
                                .change = KINDS[k].change,
                                .change_size = 0.0125};
        watch_step(&watch, &progress, &motion);
        const WatchEvent *const event = watch_first(&watch, KINDS[k].kind);
        assert_non_null(event);
        assert_int_equal(event->step, 7 + k);
        assert_int_equal(event->in_production, k != 1);
        CHECK_NEAR(event->size, 0.0125 * KINDS[k].unit, 1e-9); // twelve digits of the constant
    }
    progress.change = SCF_SAME;
    watch_step(&watch, &progress, &motion);
    assert_int_equal(watch.record.n_events, 3);
    watch_release(&watch);
    qmt_context_destroy(&ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_of_the_solution_are_kept_with_their_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
