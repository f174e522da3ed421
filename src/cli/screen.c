#include "cli/screen.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <qmtraj/text.h>

/// Bytes of the longest sentence about a trajectory, and of one as it is shown.
enum { SENTENCE_SIZE = 1280, SHOWN_SIZE = 2 * SENTENCE_SIZE };

/// Seconds between two drawings, and between two lines about a long job in a log.
static const double DRAW_PAUSE_S = 0.2, SAY_PAUSE_S = 30.0;

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool job_is_long(const Screen *screen)
{
    return screen->n_tasks > JOB_IS_LONG;
}

QmtStatus screen_open(QmtContext *ctx, const QmtPlan *plan, size_t n_workers, Screen *screen)
{
    const size_t n = qmt_plan_count(plan);
    *screen = (Screen){.ctx = ctx,
                       .plan = plan,
                       .n_tasks = n,
                       .entries = calloc(n + 1, sizeof *screen->entries),
                       .running = calloc(n + 1, sizeof *screen->running),
                       .n_workers = n_workers < n ? n_workers : n,
                       .terminal = terminal_of(stderr)};
    screen->said_at = now_s();
    if (screen->entries == NULL || screen->running == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", n);
    return QMT_OK;
}

static const char *label_of(const Screen *screen, size_t task)
{
    QmtTask row;
    return qmt_plan_task(screen->ctx, screen->plan, task, &row) == QMT_OK ? row.label : "";
}

static QmtTotals totals_of(const Screen *screen)
{
    QmtTotals totals = {.n = screen->n_tasks, .left_s = NAN};
    (void)qmt_plan_totals(screen->ctx, screen->plan, &totals);
    return totals;
}

/// Terminals wrap the lines anew when their window becomes narrower: lines that were one row may be several now.
static void erase(Screen *screen)
{
    int columns, rows, n_rows = 0;
    if (screen->n_drawn == 0)
        return;
    terminal_size(stderr, &columns, &rows);
    for (size_t i = 0; i < screen->n_drawn; i++)
        n_rows += screen->drawn[i] > columns ? (screen->drawn[i] + columns - 1) / columns : 1;
    fprintf(stderr, "\033[%dA\r\033[J", n_rows);
    screen->n_drawn = 0;
}

static void line_draw(Screen *screen, Colour colour, const char *line)
{
    if (screen->n_drawn == screen->drawn_capacity) {
        const size_t capacity = screen->drawn_capacity == 0 ? 64 : 2 * screen->drawn_capacity;
        int *const drawn = realloc(screen->drawn, capacity * sizeof *drawn);
        if (drawn == NULL)
            return; // a line that is not drawn need not be erased
        screen->drawn = drawn;
        screen->drawn_capacity = capacity;
    }
    fprintf(stderr, "%s%s%s\n", colour_begin(&screen->terminal, colour), line,
            colour_end(&screen->terminal, colour));
    screen->drawn[screen->n_drawn++] = qmt_text_columns(line);
}

static void draw(Screen *screen)
{
    char line[PROGRESS_LINE_SIZE];
    int columns, rows;
    if (!screen->terminal.moves)
        return;
    erase(screen);
    terminal_size(stderr, &columns, &rows);
    const QmtTotals totals = totals_of(screen);
    // The last column stays free: there some terminals wrap. One row is the cursor's.
    const size_t room = rows > 4 ? (size_t)rows - 2 : 2;
    const size_t n_shown = screen->n_running <= room ? screen->n_running : room - 1;
    if (screen->n_tasks > 1) {
        job_line(&totals, columns - 1, line);
        line_draw(screen, COLOUR_BOLD, line);
    }
    for (size_t r = 0; r < n_shown; r++) {
        const size_t t = screen->running[r];
        progress_line(label_of(screen, t), columns - 1, &screen->entries[t].last, line);
        line_draw(screen, COLOUR_NONE, line);
    }
    if (n_shown < screen->n_running) {
        snprintf(line, sizeof line, "+%zu more", screen->n_running - n_shown);
        line_draw(screen, COLOUR_NONE, line);
    }
    screen->drawn_at = now_s();
}

void screen_say(Screen *screen, QmtLogLevel level, const char *sentence)
{
    const bool warning = level == QMT_LOG_WARNING;
    const Colour colour = warning ? COLOUR_WARNING : COLOUR_NONE;
    char shown[SHOWN_SIZE];
    erase(screen);
    sentence_print(stderr, colour, warning ? "warning" : "note",
                   qmt_text_printable(sentence, shown, sizeof shown));
    draw(screen);
}

void screen_close(Screen *screen)
{
    erase(screen);
    free(screen->entries);
    free(screen->running);
    free(screen->drawn);
    *screen = (Screen){0};
}

static void on_start(void *user, size_t task)
{
    Screen *const screen = user;
    if (!screen->announced && job_is_long(screen) && !screen->terminal.moves)
        fprintf(stderr, "%zu of %zu trajectories to make, %zu at a time\n",
                totals_of(screen).n_waiting + 1, screen->n_tasks, screen->n_workers);
    screen->announced = true;
    screen->entries[task] = (ProgressEntry){.running = true};
    screen->running[screen->n_running++] = task;
    draw(screen);
}

/// For a log: that a trajectory moves, and each tenth of it.
static void progress_log(Screen *screen, size_t task, bool begins, bool tenth)
{
    char line[PROGRESS_LINE_SIZE], label[400];
    if (begins)
        fprintf(stderr, "%s: begins\n",
                qmt_text_printable(label_of(screen, task), label, sizeof label));
    if (!tenth)
        return;
    progress_line(label_of(screen, task), 100, &screen->entries[task].last, line);
    fprintf(stderr, "%s\n", line);
}

static void on_progress(void *user, size_t task, const QmtProgress *progress)
{
    Screen *const screen = user;
    const bool begins = !screen->entries[task].heard;
    const bool tenth = progress_take(&screen->entries[task], progress);
    if (!screen->terminal.moves && !job_is_long(screen))
        progress_log(screen, task, begins, tenth);
    else if (screen->terminal.moves && now_s() - screen->drawn_at > DRAW_PAUSE_S)
        draw(screen);
}

static void on_note(void *user, size_t task, QmtLogLevel level, const char *sentence)
{
    (void)task;
    screen_say(user, level, sentence);
}

static void running_drop(Screen *screen, size_t task)
{
    size_t n = 0;
    for (size_t r = 0; r < screen->n_running; r++)
        if (screen->running[r] != task)
            screen->running[n++] = screen->running[r];
    screen->n_running = n;
    screen->entries[task].running = false;
}

/// What to say of an end; false: nothing. Those that stop on request are counted at the end of the job, and the
/// failure of a job's only trajectory is the sentence of the job.
static bool end_sentence(const Screen *screen, const QmtOutcome *outcome, char *text, size_t size)
{
    char time[PROGRESS_TIME_SIZE];
    const QmtTotals totals = totals_of(screen);
    if (outcome->status == QMT_OK && outcome->reused) {
        snprintf(text, size, "was finished by another process");
    } else if (outcome->status == QMT_OK) {
        progress_time_text(outcome->wall_s, time);
        snprintf(text, size, "complete, %lld frames in %s, %.3f ms/step (%zu of %zu)",
                 (long long)outcome->n_frames, time, outcome->ms_per_step, totals.n_complete,
                 totals.n);
        return !(screen->terminal.moves && job_is_long(screen));
    } else {
        snprintf(text, size, "%s", outcome->message);
        return !(screen->stopping && outcome->status == QMT_STOPPED && outcome->signal == 0) &&
               screen->n_tasks > 1;
    }
    return true;
}

/// A line about a long job as a whole, now and then, where nothing is drawn.
static void job_log(Screen *screen)
{
    char line[PROGRESS_LINE_SIZE];
    const double now = now_s();
    if (screen->terminal.moves || !job_is_long(screen) || now - screen->said_at < SAY_PAUSE_S)
        return;
    const QmtTotals totals = totals_of(screen);
    job_line(&totals, 100, line);
    fprintf(stderr, "%s\n", line);
    screen->said_at = now;
}

static void on_end(void *user, size_t task, const QmtOutcome *outcome)
{
    Screen *const screen = user;
    char sentence[SENTENCE_SIZE], shown[2 * sizeof sentence], label[400];
    const char *const name = label_of(screen, task);
    const size_t n = strlen(name);
    running_drop(screen, task);
    if (end_sentence(screen, outcome, sentence, sizeof sentence)) {
        // A sentence about the molecule may begin with its name, which the line has already.
        const bool is_named =
            strncmp(sentence, name, n) == 0 && strncmp(sentence + n, ": ", 2) == 0;
        const Colour colour = outcome->status == QMT_OK           ? COLOUR_GOOD
                              : outcome->status == QMT_ERR_LOCKED ? COLOUR_NONE
                                                                  : COLOUR_FAILURE;
        erase(screen);
        sentence_print(stderr, colour, qmt_text_printable(name, label, sizeof label),
                       qmt_text_printable(sentence + (is_named ? n + 2 : 0), shown, sizeof shown));
    }
    job_log(screen);
    if (screen->n_drawn == 0 || now_s() - screen->drawn_at > DRAW_PAUSE_S)
        draw(screen);
}

static void on_stop(void *user, int signal)
{
    Screen *const screen = user;
    char sentence[160];
    screen->stopping = true;
    snprintf(sentence, sizeof sentence,
             "%s: every trajectory ends after its step; a second signal ends them at once",
             signal != 0 ? strsignal(signal) : "The time is up");
    screen_say(screen, QMT_LOG_INFO, sentence);
}

QmtRunHooks screen_hooks(Screen *screen)
{
    return (QmtRunHooks){.struct_size = sizeof(QmtRunHooks),
                         .user = screen,
                         .start = on_start,
                         .progress = on_progress,
                         .note = on_note,
                         .end = on_end,
                         .stop = on_stop};
}
