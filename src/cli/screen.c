#include "cli/screen.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/// Seconds between two drawings.
#define DRAW_PAUSE_S 0.2

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

QmtStatus screen_open(QmtContext *ctx, const Plan *plan, Screen *screen)
{
    *screen = (Screen){.plan = plan, .terminal = isatty(STDERR_FILENO) != 0};
    screen->entries = calloc(plan->n_tasks + 1, sizeof *screen->entries);
    if (screen->entries == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu trajectories", plan->n_tasks);
    for (size_t t = 0; t < plan->n_tasks; t++) {
        const int length = (int)strlen(plan->tasks[t].label);
        if (length > screen->width && length <= 40)
            screen->width = length;
    }
    return QMT_OK;
}

static void erase(Screen *screen)
{
    if (screen->n_drawn > 0)
        fprintf(stderr, "\033[%dA\r\033[J", screen->n_drawn);
    screen->n_drawn = 0;
}

static void draw(Screen *screen)
{
    struct winsize window = {0};
    if (!screen->terminal)
        return;
    erase(screen);
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0;
    const int rows = known && window.ws_row > 2 ? window.ws_row - 2 : 20;
    const int columns = known && window.ws_col > 10 ? window.ws_col - 1 : 79;
    for (size_t t = 0; t < screen->plan->n_tasks && screen->n_drawn < rows; t++) {
        if (!screen->entries[t].running)
            continue;
        char line[PROGRESS_LINE_SIZE];
        progress_line(screen->plan->tasks[t].label, screen->width, &screen->entries[t].last, line);
        fprintf(stderr, "%.*s\n", columns, line); // a line that wraps could not be erased
        screen->n_drawn++;
    }
    screen->drawn_at = now_s();
}

void screen_say(Screen *screen, QmtLogLevel level, const char *sentence)
{
    erase(screen);
    fprintf(stderr, "%s: %s\n", level == QMT_LOG_WARNING ? "warning" : "note", sentence);
    draw(screen);
}

void screen_close(Screen *screen)
{
    erase(screen);
    free(screen->entries);
    *screen = (Screen){0};
}

static void on_start(void *user, size_t task)
{
    Screen *const screen = user;
    screen->entries[task].running = true;
    if (screen->terminal)
        draw(screen);
    else
        fprintf(stderr, "%s: begins\n", screen->plan->tasks[task].label);
}

static void on_progress(void *user, size_t task, const RunProgress *progress)
{
    Screen *const screen = user;
    const bool tenth = progress_take(&screen->entries[task], progress);
    if (screen->terminal) {
        if (now_s() - screen->drawn_at > DRAW_PAUSE_S)
            draw(screen);
    } else if (tenth) {
        char line[PROGRESS_LINE_SIZE];
        progress_line(screen->plan->tasks[task].label, screen->width, progress, line);
        fprintf(stderr, "%s\n", line);
    }
}

static void on_note(void *user, size_t task, QmtLogLevel level, const char *sentence)
{
    (void)task;
    screen_say(user, level, sentence);
}

static void on_end(void *user, size_t task, const BatchOutcome *outcome)
{
    Screen *const screen = user;
    char time[32];
    screen->entries[task].running = false;
    screen->n_ended++;
    erase(screen);
    progress_time_text(outcome->result.wall_s, time);
    if (outcome->status == QMT_OK)
        fprintf(stderr, "%s: complete, %lld frames in %s, %.3f ms/step (%zu of %zu)\n",
                screen->plan->tasks[task].label, (long long)outcome->result.n_frames, time,
                outcome->result.ms_per_step, screen->n_ended, screen->plan->n_tasks);
    else
        fprintf(stderr, "%s: %s\n", screen->plan->tasks[task].label, outcome->message);
    draw(screen);
}

static void on_stop(void *user, int signal)
{
    char sentence[160];
    snprintf(sentence, sizeof sentence,
             "%s: every trajectory ends after its step; a second signal ends them at once",
             signal != 0 ? strsignal(signal) : "The time is up");
    screen_say(user, QMT_LOG_INFO, sentence);
}

BatchHooks screen_hooks(Screen *screen)
{
    return (BatchHooks){.user = screen,
                        .start = on_start,
                        .progress = on_progress,
                        .note = on_note,
                        .end = on_end,
                        .stop = on_stop};
}
