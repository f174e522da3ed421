#include "support/check.h"

#include <stdbool.h>
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
    assert_int_equal(qmt_plan_create(ctx, config, list, NULL, &plan), QMT_OK);
    assert_int_equal(qmt_structures_count(list), 0);
    qmt_structures_destroy(&list);
    qmt_config_destroy(&config);
    return plan;
}

typedef struct {
    int n_started, n_ended, n_progress, n_stops, stop_now;
    const QmtPlan *plan; ///< NULL: a run in this thread, which has no totals
    size_t n_complete;   ///< at its last end
} Seen;

/// Whenever it is asked, every molecule is somewhere.
static void totals_look(const Seen *seen, QmtTotals *totals)
{
    assert_int_equal(qmt_plan_totals(ctx, seen->plan, totals), QMT_OK);
    assert_int_equal(totals->n_complete + totals->n_running + totals->n_waiting + totals->n_failed +
                         totals->n_rejected + totals->n_interrupted,
                     totals->n);
}

static void start(void *user, size_t task)
{
    (void)task;
    Seen *const seen = user;
    QmtTotals totals;
    seen->n_started++;
    if (seen->plan == NULL)
        return;
    totals_look(seen, &totals);
    assert_true(totals.n_running >= 1);
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
    Seen *const seen = user;
    QmtTotals totals;
    seen->n_ended++;
    if (seen->plan == NULL)
        return;
    totals_look(seen, &totals);
    seen->n_complete = totals.n_complete;
    assert_int_equal(outcome->begun, 1);
    assert_int_equal(outcome->rejected, 0);
    assert_string_equal(outcome->word, outcome->status == QMT_OK ? "complete" : "stopped");
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

/// As many as are announced; so short an equilibration is one.
static void warnings_look(const QmtPlan *plan)
{
    QmtOutcome outcome;
    QmtWarning warning;
    bool found = false;
    assert_int_equal(qmt_plan_outcome(ctx, plan, 0, &outcome), QMT_OK);
    for (size_t w = 0; w < outcome.n_warnings; w++) {
        assert_int_equal(qmt_plan_warning(ctx, plan, 0, w, &warning), QMT_OK);
        assert_string_not_equal(warning.text, "");
        found = found || strcmp(warning.code, "equilibration_short") == 0;
    }
    assert_true(found);
    REFUSED(qmt_plan_warning(ctx, plan, 0, outcome.n_warnings, &warning));
    REFUSED(qmt_plan_warning(ctx, plan, 0, 0, NULL));
    REFUSED(qmt_plan_warning(ctx, plan, 2, 0, &warning));
    REFUSED(qmt_plan_warning(ctx, NULL, 0, 0, &warning));
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
    QmtWarning warning;
    QmtTotals totals;
    snprintf(out, sizeof out, "%s/stopped", folder);
    options.out = out;
    options.n_workers = 1;
    assert_int_equal(qmt_plan_count(plan), 2);
    assert_int_equal(qmt_campaign_run(ctx, plan, &options, &hooks), QMT_STOPPED);
    assert_int_equal(seen.n_stops, 1);
    seen.stop_now = 0;
    seen.plan = plan;
    assert_int_equal(qmt_campaign_run(ctx, plan, &options, &hooks), QMT_OK);
    assert_int_equal(seen.n_complete, 2);
    REFUSED(qmt_plan_totals(ctx, plan, &totals)); // it is over
    warnings_look(plan);
    unsigned char done[2] = {0, 0};
    assert_int_equal(qmt_campaign_finished(ctx, plan, &options, done), QMT_OK);
    assert_true(done[0] == 1 && done[1] == 1);
    REFUSED(qmt_campaign_finished(ctx, plan, &options, NULL));
    REFUSED(qmt_campaign_finished(ctx, NULL, &options, done));
    REFUSED(qmt_campaign_finished(ctx, plan, NULL, done));
    size_t n_in_summary = 0;
    assert_int_equal(qmt_summary_write(ctx, out, &n_in_summary), QMT_OK);
    assert_int_equal(n_in_summary, 2);
    assert_int_equal(qmt_summary_write(ctx, out, NULL), QMT_OK);
    assert_int_equal(qmt_folder_status(ctx, out, &status), QMT_OK);
    assert_int_equal(qmt_folder_status_count(status), 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(qmt_folder_status_entry(ctx, status, i, &entry), QMT_OK);
        assert_string_equal(entry.word, "complete");
        assert_int_equal(entry.state, QMT_STATE_COMPLETE);
        assert_true(entry.n_warnings >= 1);
        assert_int_equal(qmt_folder_status_warning(ctx, status, i, 0, &warning), QMT_OK);
        assert_string_not_equal(warning.code, "");
        REFUSED(qmt_folder_status_warning(ctx, status, i, entry.n_warnings, &warning));
    }
    assert_int_equal(qmt_folder_status_totals(ctx, status, &totals), QMT_OK);
    assert_int_equal(totals.n, 2);
    assert_int_equal(totals.n_complete, 2);
    REFUSED(qmt_folder_status_warning(ctx, status, 2, 0, &warning));
    REFUSED(qmt_folder_status_totals(ctx, status, NULL));
    REFUSED(qmt_folder_status_totals(ctx, NULL, &totals));
    REFUSED(qmt_folder_status_entry(ctx, status, 2, &entry));
    qmt_folder_status_destroy(&status);
    qmt_folder_status_destroy(&status);
    qmt_plan_destroy(&plan);
}

/// What the list and the plan passed over is the plan's from then on; names may be patterns.
static void a_plan_takes_what_it_is_told(void **state)
{
    (void)state;
    static const char *const patterns[] = {"wa*"};
    QmtConfig *config = NULL;
    QmtStructures *list = NULL;
    QmtPlan *plan = NULL;
    QmtTask task;
    QmtRejection rejection;
    QmtPlanOptions options = qmt_plan_options_default();
    assert_int_equal(qmt_config_create(ctx, &config), QMT_OK);
    assert_int_equal(qmt_structures_create(ctx, &list), QMT_OK);
    qmt_structures_set_tolerant(list, 1);
    assert_int_equal(qmt_structures_add_atoms(ctx, list, "water", 3, WATER, XYZ), QMT_OK);
    assert_int_equal(qmt_structures_add_atoms(ctx, list, "wax", 1, WATER, XYZ), QMT_OK);
    assert_int_equal(qmt_structures_set_charge(ctx, list, 1, 1, 1), QMT_OK); // 5 electrons
    assert_int_equal(qmt_structures_add_atoms(ctx, list, "oxygen", 1, WATER, XYZ), QMT_OK);
    options.names = patterns;
    options.n_names = 1;
    assert_int_equal(qmt_plan_create(ctx, config, list, &options, &plan), QMT_OK);
    assert_int_equal(qmt_plan_count(plan), 1);
    assert_int_equal(qmt_plan_task(ctx, plan, 0, &task), QMT_OK);
    assert_string_equal(task.label, "water");
    assert_int_equal(qmt_plan_rejection_count(plan), 1);
    assert_int_equal(qmt_plan_rejection(ctx, plan, 0, &rejection), QMT_OK);
    assert_string_equal(rejection.name, "wax");
    assert_int_equal(qmt_structures_rejection_count(list), 0);
    qmt_plan_destroy(&plan);
    qmt_structures_destroy(&list);
    qmt_config_destroy(&config);
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
    REFUSED(qmt_plan_create(ctx, NULL, list, NULL, &plan));
    REFUSED(qmt_plan_create(ctx, config, NULL, NULL, &plan));
    REFUSED(qmt_plan_create(ctx, config, list, NULL, NULL));
    QmtPlanOptions choice = qmt_plan_options_default();
    choice.n_names = 1;
    REFUSED(qmt_plan_create(ctx, config, list, &choice, &plan));
    choice.n_names = 0;
    choice.shard = (QmtShard){.index = 3, .count = 2};
    REFUSED(qmt_plan_create(ctx, config, list, &choice, &plan));
    choice = qmt_plan_options_default();
    choice.n_names = 1;
    choice.names = (const char *[]){NULL};
    REFUSED(qmt_plan_create(ctx, config, list, &choice, &plan));
    REFUSED(qmt_plan_create(ctx, config, list, &(QmtPlanOptions){0}, &plan));
    REFUSED(qmt_plan_create(NULL, config, list, NULL, &plan));
    assert_int_equal(qmt_plan_create(ctx, config, list, NULL, &plan), QMT_ERR_USAGE);
    assert_string_equal(qmt_context_message(ctx), "no molecules: the list is empty");
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
        cmocka_unit_test(a_plan_takes_what_it_is_told),
        cmocka_unit_test(null_and_nonsense_are_arguments),
    };
    return cmocka_run_group_tests(tests, things_make, things_drop);
}
