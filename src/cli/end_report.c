#include "cli/end_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <qmtraj/text.h>

#include "cli/columns.h"
#include "cli/options.h"
#include "cli/screen.h"

/// Rows of a table that has not all of them, and the columns of a name.
enum { ROWS_OF_SOME = 15, NAME_WIDEST = 24 };

/// The trajectories of a job and how they ended.
typedef struct {
    size_t n, n_rejected;
    QmtTask *tasks;       ///< [n]
    QmtOutcome *outcomes; ///< [n]
} Job;

typedef struct {
    size_t n_complete, n_earlier, n_stopped, n_waiting, n_failed, n_rejected, n_held, n_warned;
    size_t n_rejected_tasks; ///< by a worker, of the plan's
    double cpu_s;
} Totals;

static bool is_waiting(const QmtOutcome *outcome)
{
    return !outcome->begun && !outcome->reused;
}

static bool is_failure(const QmtOutcome *outcome)
{
    return outcome->begun && outcome->status != QMT_OK && outcome->status != QMT_STOPPED &&
           outcome->status != QMT_ERR_LOCKED;
}

static Totals totals_of(const Job *job)
{
    Totals totals = {.n_rejected = job->n_rejected};
    for (size_t t = 0; t < job->n; t++) {
        const QmtOutcome *const outcome = &job->outcomes[t];
        totals.n_waiting += is_waiting(outcome);
        totals.n_failed += is_failure(outcome) && !outcome->rejected;
        totals.n_rejected_tasks += outcome->rejected != 0;
        totals.n_held += outcome->status == QMT_ERR_LOCKED;
        totals.n_stopped += outcome->begun && outcome->status == QMT_STOPPED;
        totals.n_complete += !is_waiting(outcome) && outcome->status == QMT_OK;
        totals.n_earlier += outcome->reused != 0;
        totals.n_warned += outcome->n_warnings > 0;
        totals.cpu_s += outcome->begun ? outcome->cpu_s : 0.0;
    }
    return totals;
}

static const char *word_of(const QmtOutcome *outcome)
{
    if (is_waiting(outcome))
        return "waiting";
    if (outcome->rejected)
        return "rejected";
    if (outcome->status == QMT_OK && outcome->reused)
        return "complete, earlier";
    if (outcome->status == QMT_OK && outcome->n_warnings > 0)
        return "complete, warned";
    return outcome->word;
}

static void number_cell(char cell[32], const char *format, double value, bool known)
{
    if (known && isfinite(value))
        snprintf(cell, 32, format, value);
    else
        snprintf(cell, 32, "-");
}

/// What of the table has room. The figures in front of the status take 47 columns, without the spread and the drift 32.
typedef struct {
    int name;   ///< columns of a name
    bool whole; ///< with spread and drift
} TableWidth;

static bool is_row(const QmtOutcome *outcome, bool only_trouble)
{
    return !only_trouble || is_failure(outcome) || outcome->n_warnings > 0;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/// True if two of the first rows would have the same name; of more than these not all are shown.
static bool names_coincide(const Job *job, bool only_trouble, int columns)
{
    char shown[JOB_IS_LONG][400];
    size_t n = 0;
    bool any = false;
    for (size_t t = 0; t < job->n && n < JOB_IS_LONG; t++)
        if (is_row(&job->outcomes[t], only_trouble)) {
            label_cell(job->tasks[t].label, columns, shown[n], sizeof shown[n]);
            n++;
        }
    qsort(shown, n, sizeof shown[0], by_text);
    for (size_t i = 1; i < n; i++)
        any = any || strcmp(shown[i], shown[i - 1]) == 0;
    return any;
}

/// Spread and drift give way where names would coincide without their room.
static TableWidth table_width(const Job *job, bool only_trouble)
{
    const int figures = 47, fewer_figures = 32, name_narrowest = 12;
    int columns, rows, name = (int)strlen("molecule"), word = (int)strlen("status");
    terminal_size(stdout, &columns, &rows);
    for (size_t t = 0; t < job->n; t++) {
        if (!is_row(&job->outcomes[t], only_trouble))
            continue;
        const int name_columns = qmt_text_columns(job->tasks[t].label);
        const int word_columns = qmt_text_columns(word_of(&job->outcomes[t]));
        name = name_columns > name ? name_columns : name;
        word = word_columns > word ? word_columns : word;
    }
    name = name > NAME_WIDEST ? NAME_WIDEST : name;
    // The last column stays free: there some terminals wrap.
    const int room = columns - 1 - word - figures;
    const int whole_name = name < room ? name : room;
    if (room >= name_narrowest && !names_coincide(job, only_trouble, whole_name))
        return (TableWidth){.name = whole_name, .whole = true};
    const int more = columns - 1 - word - fewer_figures;
    return (TableWidth){.name = name < more ? name : more > 1 ? more : 1, .whole = false};
}

static void titles_print(TableWidth width)
{
    printf("\n%-*.*s %5s %7s %8s %6s", width.name, width.name, "molecule", "atoms", "frames",
           "ms/step", "T/K");
    if (width.whole)
        printf(" %5s %8s", "+-", "drift");
    printf("  status\n");
}

static void row_print(const Terminal *terminal, const char *label, TableWidth width,
                      const QmtOutcome *outcome)
{
    char name[400], temperature[32], error[32], drift[32], speed[32];
    const bool moved = outcome->n_steps > 0;
    const Colour colour = is_failure(outcome) ? COLOUR_FAILURE
                          : outcome->n_warnings > 0 || outcome->status == QMT_STOPPED
                              ? COLOUR_WARNING
                              : COLOUR_NONE;
    number_cell(speed, "%.3f", outcome->ms_per_step, moved);
    number_cell(temperature, "%.1f", outcome->mean_temperature_k, moved);
    number_cell(error, "%.1f", outcome->temperature_error_k, moved);
    number_cell(drift, "%.1e", outcome->shadow_drift_kjmol_ps, moved);
    printf("%s %5zu %7lld %8s %6s", label_cell(label, width.name, name, sizeof name),
           outcome->n_atoms, (long long)outcome->n_frames, speed, temperature);
    if (width.whole)
        printf(" %5s %8s", error, drift);
    printf("  %s%s%s\n", colour_begin(terminal, colour), word_of(outcome),
           colour_end(terminal, colour));
}

/// Rows of those that are to be shown: all, or those that failed or have a warning.
static void table_print(const Job *job, bool only_trouble, const char *out)
{
    const Terminal terminal = terminal_of(stdout);
    const TableWidth width = table_width(job, only_trouble);
    const size_t n = job->n;
    size_t n_shown = 0, n_left = 0;
    // Of a table of some, failures come before warnings.
    for (size_t i = 0; i < (only_trouble ? 2 * n : n); i++) {
        const size_t t = i % n;
        const bool later = only_trouble && is_failure(&job->outcomes[t]) != (i < n);
        if (later || !is_row(&job->outcomes[t], only_trouble))
            continue;
        if (only_trouble && n_shown == ROWS_OF_SOME) {
            n_left++;
            continue;
        }
        if (n_shown++ == 0)
            titles_print(width);
        row_print(&terminal, job->tasks[t].label, width, &job->outcomes[t]);
    }
    if (n_left > 0)
        printf("+%zu more, `qmtraj status --all %s` shows them\n", n_left, out);
    if (n_shown > 0 && width.whole)
        printf("T +-: standard error of the mean; drift: kJ/mol/ps of the shadow energy, in NVE\n"
               "windows if there are any\n");
}

enum { TOTALS_SIZE = 400 };

/// Appends ", 3 failed" unless there is none.
static void count_add(char line[TOTALS_SIZE], size_t n, const char *word)
{
    const size_t length = strlen(line);
    if (n > 0)
        snprintf(line + length, TOTALS_SIZE - length, ", %zu %s", n, word);
}

static void totals_print(const Job *job, const Totals *totals)
{
    char line[TOTALS_SIZE], time[PROGRESS_TIME_SIZE];
    int columns, rows;
    // Molecules that a worker rejected are tasks, those that the plan rejected are not.
    snprintf(line, sizeof line, "%zu of %zu complete", totals->n_complete,
             job->n + totals->n_rejected - totals->n_rejected_tasks);
    count_add(line, totals->n_earlier, "of them earlier");
    count_add(line, totals->n_warned, "with warnings");
    count_add(line, totals->n_failed, "failed");
    count_add(line, totals->n_rejected, "rejected");
    count_add(line, totals->n_held, "held by another process");
    count_add(line, totals->n_stopped, "stopped");
    count_add(line, totals->n_waiting, "waiting");
    progress_time_text(totals->cpu_s, time);
    const size_t length = strlen(line);
    if (totals->cpu_s >= 1.0)
        snprintf(line + length, sizeof line - length, "; %s of processor time", time);
    terminal_size(stdout, &columns, &rows);
    putchar('\n');
    text_print_within(stdout, line, 0, 2, columns - 1);
}

/// How to go on, where that is not said by the failure of the job.
static void advice_print(const Totals *totals, size_t n_tasks, const char *out, QmtStatus status)
{
    if (totals->n_earlier == n_tasks && n_tasks == 1)
        printf("nothing to do: the trajectory in %s is finished with this configuration\n", out);
    else if (totals->n_earlier == n_tasks)
        printf("nothing to do: all %zu trajectories in %s are finished with this configuration\n",
               n_tasks, out);
    else if (status == QMT_OK)
        printf("trajectories, run.json and summary.json are in %s\n", out);
}

static void job_print(const Job *job, const char *out, QmtStatus status)
{
    const Totals totals = totals_of(job);
    const bool only_trouble =
        job->n > JOB_IS_LONG || (status == QMT_STOPPED && job->n > ROWS_OF_SOME);
    table_print(job, only_trouble, out);
    if (job->n > 1 || totals.n_rejected > 0)
        totals_print(job, &totals);
    advice_print(&totals, job->n, out, status);
}

void end_report_print(QmtContext *ctx, const QmtPlan *plan, const char *out, QmtStatus status)
{
    const size_t n = qmt_plan_count(plan);
    Job job = {.n = n,
               .n_rejected = qmt_plan_rejection_count(plan),
               .tasks = calloc(n + 1, sizeof *job.tasks),
               .outcomes = calloc(n + 1, sizeof *job.outcomes)};
    bool any = false, whole = job.tasks != NULL && job.outcomes != NULL;
    for (size_t t = 0; t < n && whole; t++) {
        whole = qmt_plan_task(ctx, plan, t, &job.tasks[t]) == QMT_OK &&
                qmt_plan_outcome(ctx, plan, t, &job.outcomes[t]) == QMT_OK;
        any = any || !is_waiting(&job.outcomes[t]);
    }
    if (whole && any)
        job_print(&job, out, status);
    free(job.tasks);
    free(job.outcomes);
}
