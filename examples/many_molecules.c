/// Many molecules side by side, a process each, from a configuration to finished files in the folder `many`. Run it
/// again: what is finished is recognised.
///
///     cc many_molecules.c -o many_molecules $(pkg-config --cflags --libs qmtraj) && ./many_molecules

#include <stdio.h>
#include <stdlib.h>

#include <qmtraj/qmtraj.h>

static void end_with(const QmtContext *ctx, QmtStatus status)
{
    if (status == QMT_OK)
        return;
    fprintf(stderr, "%s: %s\n", qmt_status_name(status), qmt_context_message(ctx));
    exit(1);
}

static void print_note(void *user, QmtLogLevel level, const char *sentence)
{
    (void)user;
    fprintf(stderr, "%s: %s\n", level == QMT_LOG_WARNING ? "warning" : "note", sentence);
}

static void task_ended(void *user, size_t task, const QmtOutcome *outcome)
{
    (void)user;
    if (outcome->status != QMT_OK)
        fprintf(stderr, "trajectory %zu: %s\n", task + 1, outcome->message);
}

int main(void)
{
    const int water_numbers[3] = {8, 1, 1}, fluoride_numbers[2] = {1, 9};
    const double water_xyz[9] = {0.0, 0.0, 0.221, 0.0, 1.43, -0.885, 0.0, -1.43, -0.885};
    const double fluoride_xyz[6] = {0.0, 0.0, 0.0, 1.74, 0.0, 0.0};
    QmtContext *ctx = NULL;
    QmtConfig *config = NULL;
    QmtStructures *molecules = NULL;
    QmtPlan *plan = NULL;
    end_with(ctx, qmt_context_create(&ctx));
    qmt_context_set_log(ctx, print_note, NULL);

    // Short, for an example; `qmtraj help config` has all keys.
    end_with(ctx, qmt_config_create(ctx, &config));
    end_with(ctx, qmt_config_parse(ctx, config, "many_molecules.c",
                                   "length_ps: 0.1\n"
                                   "equilibration_ps: 0.05\n"
                                   "nve_every_ps: 0\n"
                                   "save_interval_steps: 4\n"
                                   "properties: [dipole]\n"));

    end_with(ctx, qmt_structures_create(ctx, &molecules));
    end_with(ctx, qmt_structures_add_atoms(ctx, molecules, "water", 3, water_numbers, water_xyz));
    end_with(ctx, qmt_structures_add_atoms(ctx, molecules, "hydrogen_fluoride", 2, fluoride_numbers,
                                           fluoride_xyz));

    end_with(ctx, qmt_plan_create(ctx, config, molecules, NULL, &plan));
    QmtRunOptions options = qmt_run_options_default();
    options.out = "many";
    QmtRunHooks hooks = {0};
    hooks.struct_size = sizeof hooks;
    hooks.end = task_ended;
    end_with(ctx, qmt_campaign_run(ctx, plan, &options, &hooks));

    for (size_t i = 0; i < qmt_plan_count(plan); i++) {
        QmtTask task;
        QmtOutcome outcome;
        end_with(ctx, qmt_plan_task(ctx, plan, i, &task));
        end_with(ctx, qmt_plan_outcome(ctx, plan, i, &outcome));
        printf("%-18s %lld frames in many/%s/trajectory.npz\n", task.label,
               (long long)outcome.n_frames, task.label);
    }
    qmt_plan_destroy(&plan);
    qmt_structures_destroy(&molecules);
    qmt_config_destroy(&config);
    qmt_context_destroy(&ctx);
    return 0;
}
