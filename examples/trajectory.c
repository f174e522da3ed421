/// One molecule from its start geometry to a finished file in this thread, and the proof that the file is what it
/// says. Stop it with Ctrl-C: the next start goes on from there.
///
///     cc trajectory.c -o trajectory $(pkg-config --cflags --libs qmtraj) && ./trajectory

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <qmtraj/qmtraj.h>

static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static int should_stop(void *user)
{
    (void)user;
    return interrupted;
}

static void end_with(const QmtContext *ctx, QmtStatus status)
{
    if (status == QMT_OK)
        return;
    fprintf(stderr, "%s: %s\n", qmt_status_name(status), qmt_context_message(ctx));
    exit(1);
}

int main(void)
{
    const int numbers[3] = {8, 1, 1};
    const double xyz[9] = {0.0, 0.0, 0.221, 0.0, 1.43, -0.885, 0.0, -1.43, -0.885};
    QmtContext *ctx = NULL;
    QmtConfig *config = NULL;
    QmtStructures *molecules = NULL;
    QmtPlan *plan = NULL;
    QmtOutcome outcome;
    signal(SIGINT, interrupt);
    end_with(ctx, qmt_context_create(&ctx));
    end_with(ctx, qmt_config_create(ctx, &config));
    end_with(ctx, qmt_config_set(ctx, config, "length_ps", "0.25"));
    end_with(ctx, qmt_config_set(ctx, config, "equilibration_ps", "0.05"));
    end_with(ctx, qmt_config_set(ctx, config, "nve_every_ps", "0"));
    end_with(ctx, qmt_config_set(ctx, config, "temperature_K", "350"));
    end_with(ctx, qmt_structures_create(ctx, &molecules));
    end_with(ctx, qmt_structures_add_atoms(ctx, molecules, "water", 3, numbers, xyz));
    end_with(ctx, qmt_plan_create(ctx, config, molecules, NULL, &plan));

    QmtRunOptions options = qmt_run_options_default();
    QmtRunHooks hooks = {0};
    options.out = "one";
    hooks.struct_size = sizeof hooks;
    hooks.should_stop = should_stop;
    end_with(ctx, qmt_run(ctx, plan, 0, &options, &hooks));
    end_with(ctx, qmt_plan_outcome(ctx, plan, 0, &outcome));
    printf("%lld frames of %zu atoms\n", (long long)outcome.n_frames, outcome.n_atoms);

    QmtCheckReport *report = NULL;
    end_with(ctx, qmt_check_file(ctx, "one/water/trajectory.npz", NULL, &report));
    for (size_t i = 0; i < qmt_check_count(); i++)
        if (qmt_check_verdict(report, i) > QMT_CHECK_PASS)
            printf("%s: %s: %s\n", qmt_verdict_name(qmt_check_verdict(report, i)),
                   qmt_check_name(i), qmt_check_sentence(report, i));
    const int failed = qmt_check_worst(report) == QMT_CHECK_FAIL;
    printf("the file %s\n", failed ? "is not what it should be" : "is what it says");
    qmt_check_report_destroy(&report);
    qmt_plan_destroy(&plan);
    qmt_structures_destroy(&molecules);
    qmt_config_destroy(&config);
    qmt_context_destroy(&ctx);
    return failed;
}
