#include "cli/end_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/columns.h"
#include "campaign/rejected_file.h"
#include "cli/options.h"
#include "cli/screen.h"
#include "run/metadata.h"

/// Rows of a table that has not all of them, and the columns of a name.
enum { ROWS_OF_SOME = 15, NAME_WIDEST = 24 };

typedef struct {
    size_t n_complete, n_earlier, n_stopped, n_waiting, n_failed, n_rejected, n_held, n_warned;
    size_t n_rejected_tasks; ///< by a worker, of the plan's
    double cpu_s;
} Totals;

static bool is_waiting(const BatchOutcome *outcome)
{
    return !outcome->ran && !outcome->result.reused;
}

static bool is_failure(const BatchOutcome *outcome)
{
    return outcome->ran && outcome->status != QMT_OK && outcome->status != QMT_STOPPED &&
           outcome->status != QMT_ERR_LOCKED;
}

static Totals totals_of(const Plan *plan, const BatchOutcome *outcomes)
{
    const RejectionList *const rejected = plan->structures.rejected;
    Totals totals = {.n_rejected = rejected != NULL ? rejected->n : 0};
    for (size_t t = 0; t < plan->n_tasks; t++) {
        const BatchOutcome *const outcome = &outcomes[t];
        totals.n_waiting += is_waiting(outcome);
        totals.n_failed += is_failure(outcome) && !outcome->rejected;
        totals.n_rejected_tasks += outcome->rejected;
        totals.n_held += outcome->status == QMT_ERR_LOCKED;
        totals.n_stopped += outcome->ran && outcome->status == QMT_STOPPED;
        totals.n_complete += !is_waiting(outcome) && outcome->status == QMT_OK;
        totals.n_earlier += outcome->result.reused;
        totals.n_warned += outcome->result.warnings.n > 0;
        totals.cpu_s += outcome->ran ? outcome->result.cpu_s : 0.0;
    }
    return totals;
}

static const char *word_of(const BatchOutcome *outcome)
{
    if (is_waiting(outcome))
        return "waiting";
    if (outcome->rejected)
        return "rejected";
    if (outcome->status == QMT_OK && outcome->result.reused)
        return "complete, earlier";
    if (outcome->status == QMT_OK && outcome->result.warnings.n > 0)
        return "complete, warned";
    return status_word(outcome->status);
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

static bool is_row(const BatchOutcome *outcome, bool only_trouble)
{
    return !only_trouble || is_failure(outcome) || outcome->result.warnings.n > 0;
}

static TableWidth table_width(const Plan *plan, const BatchOutcome *outcomes, bool only_trouble)
{
    const int figures = 47, fewer_figures = 32, name_narrowest = 12;
    int columns, rows, name = (int)strlen("molecule"), word = (int)strlen("status");
    terminal_size(stdout, &columns, &rows);
    for (size_t t = 0; t < plan->n_tasks; t++) {
        if (!is_row(&outcomes[t], only_trouble))
            continue;
        const int name_columns = text_columns(plan->tasks[t].label);
        const int word_columns = text_columns(word_of(&outcomes[t]));
        name = name_columns > name ? name_columns : name;
        word = word_columns > word ? word_columns : word;
    }
    name = name > NAME_WIDEST ? NAME_WIDEST : name;
    // The last column stays free: there some terminals wrap.
    const bool whole = figures + name_narrowest + word < columns;
    const int room = columns - 1 - word - (whole ? figures : fewer_figures);
    return (TableWidth){.name = name < room ? name : room > 1 ? room : 1, .whole = whole};
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
                      const BatchOutcome *outcome)
{
    const RunResult *const result = &outcome->result;
    char name[400], temperature[32], error[32], drift[32], speed[32];
    const bool moved = result->n_steps > 0;
    const Colour colour = is_failure(outcome) ? COLOUR_FAILURE
                          : outcome->result.warnings.n > 0 || outcome->status == QMT_STOPPED
                              ? COLOUR_WARNING
                              : COLOUR_NONE;
    number_cell(speed, "%.3f", result->ms_per_step, moved);
    number_cell(temperature, "%.1f", result->mean_temperature_k, moved);
    number_cell(error, "%.1f", result->temperature_error_k, moved);
    number_cell(drift, "%.1e", run_drift_shown(result), moved);
    printf("%s %5zu %7lld %8s %6s", text_cell(label, width.name, name, sizeof name),
           result->n_atoms, (long long)result->n_frames, speed, temperature);
    if (width.whole)
        printf(" %5s %8s", error, drift);
    printf("  %s%s%s\n", colour_begin(terminal, colour), word_of(outcome),
           colour_end(terminal, colour));
}

/// Rows of those that are to be shown: all, or those that failed or have a warning.
static void table_print(const Plan *plan, const BatchOutcome *outcomes, bool only_trouble)
{
    const Terminal terminal = terminal_of(stdout);
    const TableWidth width = table_width(plan, outcomes, only_trouble);
    const size_t n = plan->n_tasks;
    size_t n_shown = 0, n_left = 0;
    // Of a table of some, failures come before warnings.
    for (size_t i = 0; i < (only_trouble ? 2 * n : n); i++) {
        const size_t t = i % n;
        const bool later = only_trouble && is_failure(&outcomes[t]) != (i < n);
        if (later || !is_row(&outcomes[t], only_trouble))
            continue;
        if (only_trouble && n_shown == ROWS_OF_SOME) {
            n_left++;
            continue;
        }
        if (n_shown++ == 0)
            titles_print(width);
        row_print(&terminal, plan->tasks[t].label, width, &outcomes[t]);
    }
    if (n_left > 0)
        printf("+%zu more, `qmtraj status` shows them\n", n_left);
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

static void totals_print(const Plan *plan, const Totals *totals)
{
    char line[TOTALS_SIZE], time[PROGRESS_TIME_SIZE];
    int columns, rows;
    // Molecules that a worker rejected are tasks, those that the plan rejected are not.
    snprintf(line, sizeof line, "%zu of %zu complete", totals->n_complete,
             plan->n_tasks + totals->n_rejected - totals->n_rejected_tasks);
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

void end_report_print(const Plan *plan, const BatchOutcome *outcomes, const char *out,
                      QmtStatus status)
{
    const Totals totals = totals_of(plan, outcomes);
    const bool only_trouble =
        plan->n_tasks > JOB_IS_LONG || (status == QMT_STOPPED && plan->n_tasks > ROWS_OF_SOME);
    table_print(plan, outcomes, only_trouble);
    if (plan->n_tasks > 1 || totals.n_rejected > 0)
        totals_print(plan, &totals);
    advice_print(&totals, plan->n_tasks, out, status);
}
