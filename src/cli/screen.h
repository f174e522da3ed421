#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "campaign/batch.h"
#include "campaign/forecast.h"
#include "campaign/progress.h"
#include "cli/terminal.h"

/// Progress of a job on standard error. On a terminal a line for the whole job and one for each trajectory that
/// runs are drawn again and again; elsewhere there is a line when one moves, ends, or passes a tenth, of long
/// lists only when one ends.

/// Jobs of more trajectories are shown as a whole, and singly only what fails.
enum { JOB_IS_LONG = 50 };

typedef struct {
    const Plan *plan;
    ProgressEntry *entries; ///< [plan->n_tasks]
    double *began_at;       ///< [plan->n_tasks] seconds, monotonic
    size_t *running;        ///< [plan->n_tasks] tasks in the order in which they began
    size_t n_running;
    size_t n_workers;
    Terminal terminal;
    int *drawn; ///< [n_drawn] columns of the lines on the terminal that are drawn again
    size_t n_drawn, drawn_capacity;
    double drawn_at, said_at; ///< seconds, monotonic
    JobState job;
    Forecast forecast;
    double waiting_cost;
    bool announced; ///< a log knows how many trajectories there are to make
    bool stopping;  ///< the user asked to stop
} Screen;

/// Fails with QMT_ERR_MEMORY.
QmtStatus screen_open(QmtContext *ctx, const Plan *plan, size_t n_workers, Screen *screen);
void screen_close(Screen *screen);

/// What batch_run() tells; user is the screen.
BatchHooks screen_hooks(Screen *screen);

/// Prints one sentence above the progress lines.
void screen_say(Screen *screen, QmtLogLevel level, const char *sentence);

#endif
