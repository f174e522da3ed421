#include "support/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "campaign/cpu_count.h"
#include "campaign/worker_pool.h"

static QmtContext *ctx;

enum { N_TASKS = 5 };

typedef struct {
    size_t started[2 * N_TASKS], n_started, n_ended, n_notes, n_progress;
    int64_t last_step[N_TASKS];
    char note[RUN_NOTE_SIZE];
    int crash_task, crash_signal, fail_task;
    bool has_ended[N_TASKS], ended_before[N_TASKS]; ///< the task that it waits for, when it started
} Seen;

/// Which task another waits for in one of the tests.
static const size_t AFTER[N_TASKS] = {0, 0, 2, 2, 4};

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

static QmtStatus work(QmtContext *own, void *user, size_t task, WorkerLink *link, void *result)
{
    const Seen *seen = user;
    worker_progress(link, &(RunProgress){.step = (int64_t)task + 10, .n_steps = 100});
    context_log(own, QMT_LOG_WARNING, "task %zu warns", task);
    if ((int)task == seen->crash_task)
        raise(seen->crash_signal);
    const double value = 1.5 * (double)task;
    memcpy(result, &value, sizeof value);
    if ((int)task == seen->fail_task)
        return FAIL(own, QMT_ERR_SCF, "scf: task %zu does not converge", task);
    return QMT_OK;
}

static void on_start(void *user, size_t task)
{
    Seen *seen = user;
    seen->started[seen->n_started++] = task;
    seen->ended_before[task] = seen->has_ended[AFTER[task]];
}

static void on_progress(void *user, size_t task, const RunProgress *progress)
{
    Seen *seen = user;
    seen->last_step[task] = progress->step;
    seen->n_progress++;
}

static void on_note(void *user, size_t task, QmtLogLevel level, const char *sentence)
{
    (void)task;
    (void)level;
    Seen *seen = user;
    seen->n_notes++;
    snprintf(seen->note, sizeof seen->note, "%s", sentence);
}

static void on_end(void *user, size_t task, const WorkerOutcome *outcome)
{
    (void)outcome;
    ((Seen *)user)->n_ended++;
    ((Seen *)user)->has_ended[task] = true;
}

static const double COST[N_TASKS] = {1.0, 5.0, 3.0, 5.0, 2.0};

static WorkerPool job_of(Seen *seen, size_t n_workers)
{
    return (WorkerPool){.n_tasks = N_TASKS,
                        .cost = COST,
                        .n_workers = n_workers,
                        .user = seen,
                        .work = work,
                        .on_start = on_start,
                        .on_progress = on_progress,
                        .on_note = on_note,
                        .on_end = on_end};
}

static void all_tasks_run_longest_first(void **state)
{
    (void)state;
    for (size_t n_workers = 1; n_workers <= 7; n_workers += 2) {
        Seen seen = {.crash_task = -1, .fail_task = -1};
        WorkerOutcome outcomes[N_TASKS];
        const WorkerPool job = job_of(&seen, n_workers);
        assert_int_equal(worker_pool_run(ctx, &job, outcomes, NULL), QMT_OK);
        const size_t order[N_TASKS] = {1, 3, 2, 4, 0};
        assert_memory_equal(seen.started, order, sizeof order);
        assert_int_equal(seen.n_ended, N_TASKS);
        assert_int_equal(seen.n_notes, N_TASKS);
        for (size_t t = 0; t < N_TASKS; t++) {
            double value;
            memcpy(&value, outcomes[t].result, sizeof value);
            CHECK_NEAR(value, 1.5 * (double)t, 0.0);
            assert_int_equal(outcomes[t].status, QMT_OK);
            assert_int_equal(seen.last_step[t], t + 10);
        }
    }
}

// Tasks 1 and 3 cost most, and wait for 0 and 2.
static void what_waits_for_another_starts_when_that_has_ended(void **state)
{
    (void)state;
    Seen seen = {.crash_task = -1, .fail_task = 2};
    WorkerPool job = job_of(&seen, 1);
    job.after = AFTER;
    assert_int_equal(worker_pool_run(ctx, &job, NULL, NULL), QMT_ERR_PARTIAL);
    const size_t order[N_TASKS] = {2, 4, 0, 1, 3};
    assert_memory_equal(seen.started, order, sizeof order);
    assert_int_equal(seen.n_ended, N_TASKS);
    // With a place for each, none starts before the one that it waits for has ended.
    seen = (Seen){.crash_task = 0, .crash_signal = SIGKILL, .fail_task = -1};
    job = job_of(&seen, N_TASKS);
    job.after = AFTER;
    assert_int_equal(worker_pool_run(ctx, &job, NULL, NULL), QMT_ERR_PARTIAL);
    assert_int_equal(seen.n_ended, N_TASKS);
    assert_true(seen.ended_before[1] && seen.ended_before[3]);
}

static void a_crash_is_named_and_does_not_end_the_others(void **state)
{
    (void)state;
    // cmocka's own handlers would answer in the worker.
    signal(SIGSEGV, SIG_DFL);
    static const int signals[] = {SIGKILL, SIGSEGV, SIGABRT};
    for (size_t i = 0; i < 3; i++) {
        Seen seen = {.crash_task = 2, .crash_signal = signals[i], .fail_task = -1};
        WorkerOutcome outcomes[N_TASKS];
        const WorkerPool job = job_of(&seen, 2);
        assert_int_equal(worker_pool_run(ctx, &job, outcomes, NULL), QMT_ERR_PARTIAL);
        assert_int_equal(outcomes[2].signal, signals[i]);
        assert_int_equal(outcomes[2].status, QMT_ERR_PARTIAL);
        assert_non_null(strstr(outcomes[2].message, "ended by signal"));
        for (size_t t = 0; t < N_TASKS; t++)
            if (t != 2)
                assert_int_equal(outcomes[t].status, QMT_OK);
    }
}

static void a_failure_keeps_its_sentence(void **state)
{
    (void)state;
    Seen seen = {.crash_task = -1, .fail_task = 4};
    WorkerOutcome outcomes[N_TASKS];
    WorkerPool job = job_of(&seen, 3);
    assert_int_equal(worker_pool_run(ctx, &job, outcomes, NULL), QMT_ERR_PARTIAL);
    assert_string_equal(qmt_context_message(ctx), "1 of 5 trajectories failed");
    assert_string_equal(outcomes[4].message, "scf: task 4 does not converge");
    assert_int_equal(outcomes[4].status, QMT_ERR_SCF);

    seen = (Seen){.crash_task = -1, .fail_task = 0};
    job.n_tasks = 1;
    assert_int_equal(worker_pool_run(ctx, &job, outcomes, NULL), QMT_ERR_SCF);
    assert_string_equal(qmt_context_message(ctx), "scf: task 0 does not converge");
}

static QmtStatus wait_for_stop(QmtContext *own, void *user, size_t task, WorkerLink *link,
                               void *result)
{
    (void)user;
    (void)result;
    if (task == 0)
        kill(getppid(), SIGTERM);
    for (int i = 0; i < 1000 && !worker_should_stop(link); i++)
        usleep(10000);
    return worker_should_stop(link) ? FAIL(own, QMT_STOPPED, "stopped") : QMT_OK;
}

static void a_signal_stops_every_worker(void **state)
{
    (void)state;
    Seen seen = {.crash_task = -1, .fail_task = -1};
    WorkerOutcome outcomes[N_TASKS];
    WorkerPool job = job_of(&seen, 2);
    static const double cost[N_TASKS] = {9.0, 8.0, 1.0, 1.0, 1.0};
    job.work = wait_for_stop;
    job.cost = cost;
    int signal_seen = 0;
    assert_int_equal(worker_pool_run(ctx, &job, outcomes, &signal_seen), QMT_STOPPED);
    assert_int_equal(signal_seen, SIGTERM);
    assert_int_equal(outcomes[0].status, QMT_STOPPED);
    assert_false(outcomes[4].started);
}

/// Stores its process; the task of crash_task uses up the time of a worker first, or is killed.
static QmtStatus note_process(QmtContext *own, void *user, size_t task, WorkerLink *link,
                              void *result)
{
    const Seen *const seen = user;
    (void)own;
    const pid_t process = getpid();
    memcpy(result, &process, sizeof process);
    const clock_t end = clock() + 2 * CLOCKS_PER_SEC;
    if ((int)task == seen->fail_task)
        while (clock() < end)
            continue;
    if ((int)task == seen->crash_task && worker_attempt(link) == 0)
        raise(SIGKILL);
    return QMT_OK;
}

static void short_tasks_share_a_process(void **state)
{
    (void)state;
    const size_t order[N_TASKS] = {1, 3, 2, 4, 0};
    // All in one; behind a long task, and behind one that crashed, in another.
    static const struct {
        int crash_task, long_task, n_processes;
    } cases[] = {{-1, -1, 1}, {-1, 3, 2}, {2, -1, 2}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        Seen seen = {.crash_task = cases[c].crash_task, .fail_task = cases[c].long_task};
        WorkerOutcome outcomes[N_TASKS];
        WorkerPool job = job_of(&seen, 1);
        job.work = note_process;
        assert_int_equal(worker_pool_run(ctx, &job, outcomes, NULL), QMT_OK);
        int n = 1;
        pid_t process[N_TASKS];
        for (size_t t = 0; t < N_TASKS; t++)
            memcpy(&process[t], outcomes[order[t]].result, sizeof process[t]);
        for (size_t t = 1; t < N_TASKS; t++)
            n += process[t] != process[t - 1];
        assert_int_equal(n, cases[c].n_processes);
        assert_int_equal(seen.n_ended, N_TASKS);
    }
}

static void text_write(const char *path, const char *text)
{
    FILE *const file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void quotas_of_control_groups_are_found(void **state)
{
    (void)state;
    char root[] = "/tmp/qmtraj-cores-XXXXXX", path[256], proc[64];
    assert_non_null(mkdtemp(root));
    snprintf(proc, sizeof proc, "%s/proc", root);
    static const char *const folders[] = {"/a", "/a/b", "/cpu", "/cpu/c"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s%s", root, folders[i]);
        assert_int_equal(mkdir(path, 0700), 0);
    }
    static const struct {
        const char *file, *text;
    } files[] = {
        {"/a/cpu.max", "250000 100000\n"},       {"/a/b/cpu.max", "max 100000\n"},
        {"/cpu/cpu.cfs_quota_us", "-1\n"},       {"/cpu/cpu.cfs_period_us", "100000\n"},
        {"/cpu/c/cpu.cfs_quota_us", "400000\n"}, {"/cpu/c/cpu.cfs_period_us", "100000\n"},
    };
    for (size_t i = 0; i < 6; i++) {
        snprintf(path, sizeof path, "%s%s", root, files[i].file);
        text_write(path, files[i].text);
    }

    text_write(proc, "0::/a/b\n");
    assert_int_equal(cpu_count_of_cgroup(proc, root), 3);
    text_write(proc, "3:cpuset:/c\n2:cpu:/c\n");
    assert_int_equal(cpu_count_of_cgroup(proc, root), 4);
    text_write(proc, "0::/\n");
    assert_int_equal(cpu_count_of_cgroup(proc, root), 0);
    text_write(proc, "0::/not/here/a\n");
    assert_int_equal(cpu_count_of_cgroup(proc, root), 0);
    assert_int_equal(cpu_count_of_cgroup("/nowhere", root), 0);
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", root);
    assert_int_equal(system(command), 0);
}

static void slurm_bounds_the_cores(void **state)
{
    (void)state;
    assert_true(cpu_count() >= 1);
    setenv("SLURM_CPUS_PER_TASK", "1", 1);
    assert_int_equal(cpu_count(), 1);
    setenv("SLURM_CPUS_PER_TASK", "many", 1);
    assert_true(cpu_count() >= 1);
    unsetenv("SLURM_CPUS_PER_TASK");
    assert_int_equal(cpu_count_of_text("-3"), 0);
    assert_int_equal(cpu_count_of_text("12"), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_tasks_run_longest_first),
        cmocka_unit_test(what_waits_for_another_starts_when_that_has_ended),
        cmocka_unit_test(a_crash_is_named_and_does_not_end_the_others),
        cmocka_unit_test(a_failure_keeps_its_sentence),
        cmocka_unit_test(a_signal_stops_every_worker),
        cmocka_unit_test(short_tasks_share_a_process),
        cmocka_unit_test(quotas_of_control_groups_are_found),
        cmocka_unit_test(slurm_bounds_the_cores),
    };
    return cmocka_run_group_tests(tests, make_context, drop_context);
}
