/// A whole trajectory in this process: from a planned task to finished files, GFN2-xTB inside.

#include "support/allocations.h"
#include "support/check.h"
#include "support/config_word.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "campaign/plan.h"
#include "run/run.h"
#include "structure/xyz.h"

static QmtContext *ctx;
static char out[] = "/tmp/qmtraj-job-XXXXXX";
static int begin(void **state)
{
    (void)state;
    if (qmt_context_create(&ctx) != QMT_OK)
        return -1;
    return mkdtemp(out) == NULL;
}

static int end(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", out);
    qmt_context_destroy(&ctx);
    return system(command);
}

static const char WATER[] = "3\nname=water\nO 0 0 0.119\nH 0 0.763 -0.477\nH 0 -0.763 -0.477\n";

/// Runs water with these words of the configuration.
static QmtStatus run(const char *const *words, size_t n, const RunOptions *settings,
                     RunResult *result)
{
    StructureList list = {0};
    Plan plan;
    Config config = config_default();
    config.nve_every_ps = 0.0;
    config.equilibration_ps = 0.01;
    for (size_t i = 0; i < n; i++)
        assert_int_equal(config_set(ctx, words[i], &config), QMT_OK);
    assert_int_equal(xyz_read_memory(ctx, "water.xyz", WATER, sizeof WATER - 1, &list), QMT_OK);
    assert_int_equal(plan_make(ctx, &config, &list, NULL, &plan), QMT_OK);
    RunSpec task;
    plan_task(&plan, 0, &task);
    const QmtStatus status = run_trajectory(ctx, settings, &task, NULL, result);
    plan_release(&plan);
    return status;
}

static bool is_there(const char *name)
{
    char path[256];
    struct stat about;
    snprintf(path, sizeof path, "%s/water/%s", out, name);
    return stat(path, &about) == 0;
}

static void steps_and_frames_allocate_nothing(void **state)
{
    (void)state;
    if (!allocations_are_counted())
        skip();
    const RunOptions settings = {.out = out, .fresh = true};
    // Short trajectories write no checkpoint unless it is to be kept: both are to write the same files.
    static const char *const words[][2] = {{"length_ps=0.025", "keep_checkpoint=true"},
                                           {"length_ps=0.25", "keep_checkpoint=true"}};
    long calls[2];
    for (int i = 0; i < 2; i++) {
        RunResult result;
        const long before = allocations_count();
        assert_int_equal(run(words[i], 2, &settings, &result), QMT_OK);
        calls[i] = allocations_count() - before;
        assert_int_equal(result.n_frames, i == 0 ? 101 : 1001);
    }
    // 900 steps and frames more: a single call in one of them would show. The two JSON texts at the end
    // grow by doubling, which may take a call or two more where numbers have more digits.
    if (labs(calls[1] - calls[0]) > 8)
        fail_msg("%ld calls of the allocator for 100 steps, %ld for 1000", calls[0], calls[1]);
}

static void a_failing_step_keeps_the_frames_before_it(void **state)
{
    (void)state;
    RunResult result;
    const RunOptions settings = {.out = out, .fresh = true, .fail_at_step = 7};
    static const char *const words[] = {"length_ps=0.01"};
    assert_int_equal(run(words, 1, &settings, &result), QMT_ERR_SCF);
    assert_int_equal(result.n_frames, 7);
    assert_non_null(strstr(qmt_context_message(ctx), "7 frames are in trajectory.partial.npz"));
    assert_true(is_there("trajectory.partial.npz") && is_there("failed.xyz") &&
                is_there("run.json"));
    assert_false(is_there("trajectory.npz") || is_there("trajectory.npz.part"));

    // the next run takes their place
    assert_int_equal(run(words, 1, &(RunOptions){.out = out, .fresh = true}, &result), QMT_OK);
    assert_true(is_there("trajectory.npz"));
    assert_false(is_there("trajectory.partial.npz") || is_there("failed.xyz"));
}

static void steps_between_frames_fail_too(void **state)
{
    (void)state;
    RunResult result;
    const RunOptions settings = {.out = out, .fresh = true, .fail_at_step = 7};
    static const char *const words[] = {"length_ps=0.01", "save_interval_steps=3"};
    assert_int_equal(run(words, 2, &settings, &result), QMT_ERR_SCF);
    assert_int_equal(result.n_frames, 3); // steps 0, 3, 6
    assert_int_equal(result.n_steps, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_and_frames_allocate_nothing),
        cmocka_unit_test(a_failing_step_keeps_the_frames_before_it),
        cmocka_unit_test(steps_between_frames_fail_too),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
