#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "campaign/plan.h"
#include "engine/recorder.h"
#include "run/quench.h"
#include "structure/xyz.h"
#include "support/model.h"

static QmtContext *ctx;

static int make_context(void **state)
{
    (void)state;
    return qmt_context_create(&ctx) != QMT_OK;
}

static int drop_context(void **state)
{
    (void)state;
    qmt_context_destroy(&ctx);
    return 0;
}

static const char WATER[] = "3\nname=water\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n"
                            "2\nname=hydroxide charge=-1\nO 0 0 0\nH 0 0 0.97\n";

static void read_molecules(StructureList *list)
{
    *list = (StructureList){0};
    assert_int_equal(xyz_read_memory(ctx, "a.xyz", WATER, sizeof WATER - 1, list), QMT_OK);
}

static void replicas_follow_their_molecule(void **state)
{
    (void)state;
    StructureList list;
    Plan plan;
    Config config = config_default();
    config.replicas = 2;
    read_molecules(&list);
    assert_int_equal(plan_make(ctx, &config, &list, NULL, &plan), QMT_OK);
    assert_int_equal(list.n, 0);
    assert_int_equal(plan.n_tasks, 4);
    static const char *const labels[] = {"water/r01", "water/r02", "hydroxide/r01",
                                         "hydroxide/r02"};
    for (size_t t = 0; t < 4; t++)
        assert_string_equal(plan.tasks[t].label, labels[t]);
    assert_int_equal(plan.tasks[0].n_orbitals, 6);
    assert_int_equal(plan.tasks[0].n_electrons, 8);
    assert_int_equal(plan.tasks[2].n_orbitals, 5);
    assert_int_equal(plan.tasks[2].n_electrons, 8);
    assert_int_equal(plan.tasks[2].state->config.charge, -1);
    assert_int_equal(plan.tasks[0].state->config.charge, 0);
    // A quotient of two products.
    CHECK_NEAR(plan.tasks[0].cost / plan.tasks[2].cost, 216.0 / 125.0, 1e-12);
    plan_release(&plan);
    plan_release(&plan);
}

static void copies_follow_the_trajectory_of_their_frame(void **state)
{
    (void)state;
    StructureList list;
    Plan plan;
    Config config = config_default();
    config.replicas = 2;
    config.quench.every_ps = 10.0;
    config.quench.then_k = 150.0;
    config.temperature_ramp = (ConfigReals){.n = 2, .value = {300.0, 900.0}};
    config.friction_per_ps = 1.0;
    read_molecules(&list);
    assert_int_equal(plan_make(ctx, &config, &list, NULL, &plan), QMT_OK);
    assert_int_equal(plan.n_tasks, 2 * 2 * 5); // at 0, 10, 20 and 30 ps
    RunSpec tasks[2];
    plan_task(&plan, 5, &tasks[0]);
    plan_task(&plan, 8, &tasks[1]);
    const RunSpec *const hot = &tasks[0], *const copy = &tasks[1];
    assert_string_equal(hot->label, "water/r02");
    assert_string_equal(copy->label, "water/r02.q003");
    char origin[SPEC_LABEL_SIZE];
    quench_label(copy, origin);
    assert_string_equal(origin, "water/r02");
    assert_string_equal(copy->variant, "q003");
    assert_int_equal(copy->replica, 2);
    assert_int_equal(copy->quench.frame, 80000);
    CHECK_NEAR(copy->quench.time_ps, 20.0, 1e-9); // rounding of a product
    assert_true(copy->config.temperature_k.value[0] == 150.0 && copy->config.length_ps == 1.0);
    assert_int_equal(copy->config.temperature_ramp.n, 0);
    assert_int_equal(copy->config.optimize_max_steps, 5);
    assert_int_equal(spec_steps(&copy->config), 4000);
    assert_true(copy->n_bytes < hot->n_bytes / 10 && copy->cost < hot->cost / 20.0);
    // Its checksum follows from that of its origin.
    char digest[INPUT_DIGEST_SIZE];
    snprintf(digest, sizeof digest, "%s", copy->input_digest);
    plan_release(&plan);
    config.temperature_ramp.value[1] = 1000.0;
    read_molecules(&list);
    assert_int_equal(plan_make(ctx, &config, &list, NULL, &plan), QMT_OK);
    assert_string_not_equal(plan.tasks[8].input_digest, digest);
    plan_release(&plan);
}

static void steps_count_all_phases(void **state)
{
    (void)state;
    Config config = config_default(); // 5 ps, 30 ps, one window of 10 ps at 20 ps
    assert_int_equal(spec_windows(&config), 1);
    assert_int_equal(spec_steps(&config), 20000 + 120000 + 40000);
    config.nve_every_ps = 10.0;
    assert_int_equal(spec_windows(&config), 3);
    config.nve_every_ps = 0.0;
    assert_int_equal(spec_steps(&config), 140000);
}

static void the_disk_space_counts_frames_and_windows(void **state)
{
    (void)state;
    StructureList list;
    Config config = config_default();
    uint64_t n_bytes[4];
    for (int i = 0; i < 4; i++) {
        Plan plan;
        config.precision = i == 1 ? CONFIG_FLOAT64 : CONFIG_FLOAT32;
        config.nve_every_ps = i >= 2 ? 20.0 : 0.0;
        config.nve_windows_text = i == 3;
        read_molecules(&list);
        assert_int_equal(plan_make(ctx, &config, &list, NULL, &plan), QMT_OK);
        n_bytes[i] = plan.tasks[0].n_bytes;
        plan_release(&plan);
    }
    const uint64_t n_frames = (uint64_t)config_frames(&config);
    assert_true(n_bytes[0] > n_frames * (3 * 3 * 3 * 4 + 4 * 8 + 9 * 4));
    // Members of the archive begin at multiples of 64 bytes.
    CHECK_NEAR((double)(n_bytes[1] - n_bytes[0]), (double)n_frames * 3 * 3 * 3 * 4, 12 * 64);
    // One window of 40000 steps: its number and three energies, and four doubles while it is written.
    assert_int_equal(n_bytes[2] - n_bytes[0], 40000 * (4 + 3 * 8 + 4 * 8));
    // The text: three numbers of ten characters or more, of four bytes each.
    assert_true(n_bytes[3] > n_bytes[2] + 40000 * 3 * 4 * 10);
}

static void a_failed_plan_leaves_the_structures(void **state)
{
    (void)state;
    StructureList list;
    Plan plan;
    Config config = config_default();
    const char *const wrong[] = {"watre"};
    read_molecules(&list);
    assert_int_equal(
        plan_make(ctx, &config, &list, &(PlanOptions){.molecules = wrong, .n_molecules = 1}, &plan),
        QMT_ERR_USAGE);
    assert_non_null(strstr(qmt_context_message(ctx), "did you mean water?"));
    assert_int_equal(list.n, 2);

    config.charge = 1; // disagrees with hydroxide, and water has an odd number of electrons then
    assert_int_not_equal(plan_make(ctx, &config, &list, NULL, &plan), QMT_OK);
    assert_non_null(strstr(qmt_context_message(ctx), "2 of 2 molecules"));
    assert_int_equal(list.n, 2);
    structures_release(&list);
    assert_int_equal(plan_make(ctx, &config, &list, NULL, &plan), QMT_ERR_USAGE);
}

static void the_witness_keeps_the_geometry_that_failed(void **state)
{
    (void)state;
    const ModelOptions options = {.spring = 0.1, .fail_at = 2};
    const double first[2][3] = {{0.0, 0.0, 1.0}, {0.0, 2.0, 0.0}};
    const double second[2][3] = {{0.5, 0.0, 1.0}, {0.0, 2.0, 0.25}};
    Engine *inner = NULL, *witness = NULL;
    double energy = 0.0;
    assert_int_equal(model_engine_create(ctx, 2, &options, &inner), QMT_OK);
    assert_int_equal(recorder_create(ctx, inner, &witness), QMT_OK);
    assert_int_equal(engine_kept_size(witness), engine_kept_size(inner));
    assert_int_equal(engine_evaluate(ctx, witness, first, &(EngineResult){.energy = &energy}),
                     QMT_OK);
    // One rounding of a number below 1.
    CHECK_NEAR(energy, 0.25, 1e-15);
    assert_int_equal(engine_evaluate(ctx, witness, second, &(EngineResult){.energy = &energy}),
                     QMT_ERR_SCF);
    assert_memory_equal(recorder_geometry(witness), second, sizeof second);
    engine_destroy(&witness);
    engine_destroy(&inner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replicas_follow_their_molecule),
        cmocka_unit_test(copies_follow_the_trajectory_of_their_frame),
        cmocka_unit_test(steps_count_all_phases),
        cmocka_unit_test(the_disk_space_counts_frames_and_windows),
        cmocka_unit_test(a_failed_plan_leaves_the_structures),
        cmocka_unit_test(the_witness_keeps_the_geometry_that_failed),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
