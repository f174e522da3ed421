#include "support/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "qmtraj/qmtraj.h"

#define REFUSED(call) assert_int_equal((call), QMT_ERR_ARGUMENT)

static QmtContext *ctx;
static char folder[64];
static const int WATER[3] = {8, 1, 1};
static const double XYZ[9] = {0.0, 0.0, 0.22, 0.0, 1.43, -0.89, 0.0, -1.43, -0.89};

static int things_make(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/test_qmt_campaign_XXXXXX");
    return qmt_context_create(&ctx) != QMT_OK || mkdtemp(folder) == NULL;
}

static int things_drop(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    qmt_context_destroy(&ctx);
    return system(command);
}

/// Some steps of water, as one trajectory or as replicas.
static QmtPlan *planned(const char *replicas)
{
    QmtConfig *config = NULL;
    QmtStructures *list = NULL;
    QmtPlan *plan = NULL;
    assert_int_equal(qmt_config_create(ctx, &config), QMT_OK);
    assert_int_equal(qmt_config_set(ctx, config, "length_ps", "0.02"), QMT_OK);
    assert_int_equal(qmt_config_set(ctx, config, "equilibration_ps", "0.01"), QMT_OK);
    assert_int_equal(qmt_config_set(ctx, config, "nve_every_ps", "0"), QMT_OK);
    assert_int_equal(qmt_config_set(ctx, config, "replicas", replicas), QMT_OK);
    assert_int_equal(qmt_structures_create(ctx, &list), QMT_OK);
    assert_int_equal(qmt_structures_add_atoms(ctx, list, "water", 3, WATER, XYZ), QMT_OK);
    assert_int_equal(qmt_plan_create(ctx, config, list, NULL, 0, &plan), QMT_OK);
    assert_int_equal(qmt_structures_count(list), 0);
    qmt_structures_destroy(&list);
    qmt_config_destroy(&config);
    return plan;
}

typedef struct {
    int n_started, n_ended, n_progress, n_stops, stop_now;
} Seen;

static void start(void *user, size_t task)
{
    (void)task;
    ((Seen *)user)->n_started++;
}

static void progress(void *user, size_t task, const QmtProgress *where)
{
    (void)task;
    assert_true(where->step <= where->n_steps);
    assert_string_not_equal(where->phase, "");
    ((Seen *)user)->n_progress++;
}

static void end(void *user, size_t task, const QmtOutcome *outcome)
{
    (void)task;
    (void)outcome;
    ((Seen *)user)->n_ended++;
}

static int should_stop(void *user)
{
    return ((Seen *)user)->stop_now;
}

static void stop(void *user, int signal)
{
    assert_int_equal(signal, 0);
    ((Seen *)user)->n_stops++;
}

static QmtRunHooks hooks_of(Seen *seen)
{
    return (QmtRunHooks){.struct_size = sizeof(QmtRunHooks),
                         .user = seen,
                         .start = start,
                         .progress = progress,
                         .end = end,
                         .should_stop = should_stop,
                         .stop = stop};
}

static void file_read(const char *path, char **bytes, long *size)
{
    FILE *const file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    *size = ftell(file);
    rewind(file);
    *bytes = malloc((size_t)*size);
    assert_int_equal(fread(*bytes, 1, (size_t)*size, file), *size);
    fclose(file);
}

static void a_thread_and_a_campaign_make_the_same_file(void **state)
{
    (void)state;
    char path[2][256], out[2][96];
    char *bytes[2];
    long size[2];
    for (int way = 0; way < 2; way++) {
        Seen seen = {0};
        QmtPlan *plan = planned("1");
        QmtRunOptions options = qmt_run_options_default();
        const QmtRunHooks hooks = hooks_of(&seen);
        QmtOutcome outcome;
        snprintf(out[way], sizeof out[way], "%s/way%d", folder, way);
        snprintf(path[way], sizeof path[way], "%s/water/trajectory.npz", out[way]);
        options.out = out[way];
        options.n_workers = 1;
        assert_int_equal(qmt_campaign_check(ctx, plan, &options), QMT_OK);
        assert_int_equal(way == 0 ? qmt_run(ctx, plan, 0, &options, &hooks)
                                  : qmt_campaign_run(ctx, plan, &options, &hooks),
                         QMT_OK);
        assert_int_equal(qmt_plan_outcome(ctx, plan, 0, &outcome), QMT_OK);
        assert_int_equal(outcome.status, QMT_OK);
        assert_int_equal(outcome.n_frames, 81); // 20 fs in steps of 0.25 fs, and the first
        if (way == 1)
            assert_int_equal(seen.n_started + seen.n_ended, 2);
        file_read(path[way], &bytes[way], &size[way]);
        qmt_plan_destroy(&plan);
    }
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], (size_t)size[0]);
    free(bytes[0]);
    free(bytes[1]);
}

static void a_campaign_stops_on_request_and_goes_on(void **state)
{
    (void)state;
    char out[96];
    Seen seen = {.stop_now = 1};
    QmtPlan *plan = planned("2");
    QmtRunOptions options = qmt_run_options_default();
    const QmtRunHooks hooks = hooks_of(&seen);
    QmtFolderStatus *status = NULL;
    QmtFolderEntry entry;
    snprintf(out, sizeof out, "%s/stopped", folder);
    options.out = out;
    options.n_workers = 1;
    assert_int_equal(qmt_plan_count(plan), 2);
    assert_int_equal(qmt_campaign_run(ctx, plan, &options, &hooks), QMT_STOPPED);
    assert_int_equal(seen.n_stops, 1);
    seen.stop_now = 0;
    assert_int_equal(qmt_campaign_run(ctx, plan, &options, &hooks), QMT_OK);
    size_t n_in_summary = 0;
    assert_int_equal(qmt_summary_write(ctx, out, &n_in_summary), QMT_OK);
    assert_int_equal(n_in_summary, 2);
    assert_int_equal(qmt_summary_write(ctx, out, NULL), QMT_OK);
    assert_int_equal(qmt_folder_status(ctx, out, &status), QMT_OK);
    assert_int_equal(qmt_folder_status_count(status), 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(qmt_folder_status_entry(ctx, status, i, &entry), QMT_OK);
        assert_string_equal(entry.word, "complete");
    }
    REFUSED(qmt_folder_status_entry(ctx, status, 2, &entry));
    qmt_folder_status_destroy(&status);
    qmt_folder_status_destroy(&status);
    qmt_plan_destroy(&plan);
}

static void null_and_nonsense_are_arguments(void **state)
{
    (void)state;
    QmtPlan *plan = NULL;
    QmtConfig *config = NULL;
    QmtStructures *list = NULL;
    QmtTask task;
    QmtOutcome outcome;
    QmtRejection rejection;
    QmtFolderStatus *status = NULL;
    QmtRunOptions options = qmt_run_options_default();
    assert_int_equal(qmt_config_create(ctx, &config), QMT_OK);
    assert_int_equal(qmt_structures_create(ctx, &list), QMT_OK);
    REFUSED(qmt_plan_create(ctx, NULL, list, NULL, 0, &plan));
    REFUSED(qmt_plan_create(ctx, config, NULL, NULL, 0, &plan));
    REFUSED(qmt_plan_create(ctx, config, list, NULL, 0, NULL));
    REFUSED(qmt_plan_create(ctx, config, list, NULL, 3, &plan));
    REFUSED(qmt_plan_create(ctx, config, list, (const char *[]){NULL}, 1, &plan));
    REFUSED(qmt_plan_create(NULL, config, list, NULL, 0, &plan));
    assert_int_equal(qmt_plan_create(ctx, config, list, NULL, 0, &plan), QMT_ERR_USAGE);
    assert_null(plan);
    qmt_structures_destroy(&list);
    qmt_config_destroy(&config);

    plan = planned("1");
    REFUSED(qmt_plan_task(ctx, plan, 1, &task));
    REFUSED(qmt_plan_task(ctx, plan, 0, NULL));
    REFUSED(qmt_plan_task(ctx, NULL, 0, &task));
    REFUSED(qmt_plan_outcome(ctx, plan, 1, &outcome));
    REFUSED(qmt_plan_outcome(ctx, plan, 0, NULL));
    REFUSED(qmt_plan_rejection(ctx, plan, 0, &rejection));
    REFUSED(qmt_campaign_check(ctx, plan, NULL));
    REFUSED(qmt_campaign_check(ctx, plan, &options)); // no folder
    REFUSED(qmt_campaign_run(ctx, plan, &options, NULL));
    REFUSED(qmt_campaign_run(ctx, plan, &(QmtRunOptions){0}, NULL));
    options.out = folder;
    REFUSED(qmt_campaign_run(ctx, NULL, &options, NULL));
    REFUSED(qmt_campaign_run(NULL, plan, &options, NULL));
    REFUSED(qmt_campaign_run(ctx, plan, &options, &(QmtRunHooks){0}));
    REFUSED(qmt_run(ctx, plan, 1, &options, NULL));
    REFUSED(qmt_run(ctx, NULL, 0, &options, NULL));
    options.max_s = -1.0;
    REFUSED(qmt_run(ctx, plan, 0, &options, NULL));
    REFUSED(qmt_summary_write(ctx, NULL, NULL));
    REFUSED(qmt_summary_write(NULL, folder, NULL));
    assert_int_equal(qmt_summary_write(ctx, "/nowhere", NULL), QMT_ERR_IO);
    REFUSED(qmt_folder_status(ctx, NULL, &status));
    REFUSED(qmt_folder_status(ctx, folder, NULL));
    assert_int_equal(qmt_folder_status(ctx, "/nowhere", &status), QMT_ERR_IO);
    qmt_plan_destroy(&plan);
    qmt_plan_destroy(&plan);
    qmt_plan_destroy(NULL);
    qmt_folder_status_destroy(NULL);
    qmt_run_options_init(NULL, 8);
    assert_int_equal(qmt_plan_count(NULL), 0);
    assert_int_equal(qmt_plan_bytes(NULL), 0);
    assert_int_equal(qmt_plan_rejection_count(NULL), 0);
    assert_int_equal(qmt_folder_status_count(NULL), 0);
    assert_true(qmt_cpu_count() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_and_a_campaign_make_the_same_file),
        cmocka_unit_test(a_campaign_stops_on_request_and_goes_on),
        cmocka_unit_test(null_and_nonsense_are_arguments),
    };
    return cmocka_run_group_tests(tests, things_make, things_drop);
}
