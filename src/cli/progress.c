#include "cli/progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <qmtraj/text.h>

#include "cli/columns.h"

enum { NAME_WIDEST = 40, NAME_NARROWEST = 8 };

bool progress_take(ProgressEntry *entry, const QmtProgress *progress)
{
    entry->last = *progress;
    entry->heard = true;
    if (progress->n_steps <= 0)
        return false;
    const int tenths = (int)(10 * progress->step / progress->n_steps);
    if (tenths <= entry->tenths_said)
        return false;
    entry->tenths_said = tenths;
    return true;
}

void progress_time_text(double seconds, char text[PROGRESS_TIME_SIZE])
{
    if (!(seconds >= 0.0 && seconds < 1e9)) {
        snprintf(text, PROGRESS_TIME_SIZE, "-");
        return;
    }
    const long s = lround(seconds), min = lround(seconds / 60.0), h = lround(seconds / 3600.0);
    if (s < 100)
        snprintf(text, PROGRESS_TIME_SIZE, "%ld s", s);
    else if (min < 60)
        snprintf(text, PROGRESS_TIME_SIZE, "%ld min", min);
    else if (h < 48)
        snprintf(text, PROGRESS_TIME_SIZE, "%ld h %ld min", min / 60, min % 60);
    else
        snprintf(text, PROGRESS_TIME_SIZE, "%ld d %ld h", h / 24, h % 24);
}

void progress_line(const char *label, int columns, const QmtProgress *progress,
                   char line[PROGRESS_LINE_SIZE])
{
    // What stands behind the name, the first things last to go.
    const int first = 6 + 2 + 10 + 5, phase = 2 + 13, time = 1 + 12, speed = 2 + 16;
    int rest = first;
    const bool has_phase = rest + phase + NAME_NARROWEST <= columns;
    rest += has_phase ? phase : 0;
    const bool has_time = has_phase && rest + time + NAME_NARROWEST <= columns;
    rest += has_time ? time : 0;
    const bool has_speed = has_time && rest + speed + 2 * NAME_NARROWEST <= columns;
    rest += has_speed ? speed : 0;

    char name[400], left[PROGRESS_TIME_SIZE], figures[3][64] = {"", "", ""};
    const int width = columns - rest < NAME_WIDEST ? columns - rest : NAME_WIDEST;
    const double percent =
        progress->n_steps > 0 ? 100.0 * (double)progress->step / (double)progress->n_steps : 0.0;
    const bool begun =
        progress->phase != NULL; // a geometry may have to be made before the first phase
    const double left_s = begun ? progress->left_s : NAN;
    progress_time_text(left_s, left);
    if (has_phase)
        snprintf(figures[0], sizeof figures[0], "  %-13s", begun ? progress->phase : "start");
    if (has_time)
        snprintf(figures[1], sizeof figures[1], " %9.3f ps", progress->time_ps);
    if (has_speed)
        snprintf(figures[2], sizeof figures[2], "  %8.3f ms/step", progress->ms_per_step);
    snprintf(line, PROGRESS_LINE_SIZE, "%s %3.0f %%  %10s %-4s%s%s%s",
             label_cell(label, width > 0 ? width : 1, name, sizeof name), percent, left,
             isnan(left_s) ? "" : "left", figures[0], figures[1], figures[2]);
}

/// Appends ", 3 failed" unless there is none.
static void count_add(char line[PROGRESS_LINE_SIZE], size_t count, const char *word)
{
    const size_t n = strlen(line);
    if (count > 0)
        snprintf(line + n, PROGRESS_LINE_SIZE - n, ", %zu %s", count, word);
}

/// @param detail  2: all counts; 1: without what waits; 0: failures and time alone
static void job_line_format(const QmtTotals *job, int detail, char line[PROGRESS_LINE_SIZE])
{
    char left[PROGRESS_TIME_SIZE];
    snprintf(line, PROGRESS_LINE_SIZE, "%zu/%zu complete", job->n_complete, job->n);
    count_add(line, detail > 0 ? job->n_running : 0, "running");
    count_add(line, detail > 1 ? job->n_waiting : 0, "waiting");
    count_add(line, detail > 0 ? job->n_interrupted : 0, "interrupted");
    count_add(line, job->n_failed, "failed");
    count_add(line, detail > 0 ? job->n_rejected : 0, "rejected");
    if (isnan(job->left_s))
        return;
    progress_time_text(job->left_s, left);
    const size_t n = strlen(line);
    snprintf(line + n, PROGRESS_LINE_SIZE - n, ", %s left", left);
}

void job_line(const QmtTotals *job, int columns, char line[PROGRESS_LINE_SIZE])
{
    for (int detail = 2; detail >= 0; detail--) {
        job_line_format(job, detail, line);
        if (qmt_text_columns(line) <= columns)
            return;
    }
    char left[PROGRESS_TIME_SIZE];
    progress_time_text(job->left_s, left);
    snprintf(line, PROGRESS_LINE_SIZE, "%s left", left);
}
