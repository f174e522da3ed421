#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include <qmtraj/campaign.h>

#include "cli/fail.h"
#include "cli/progress.h"
#include "cli/terminal.h"

/// Progress of a job on standard error. On a terminal a line for the whole job and one for each trajectory that
/// runs are drawn again and again; elsewhere there is a line when one moves, ends, or passes a tenth, of long
/// lists only when one ends.

/// Jobs of more trajectories are shown as a whole, and singly only what fails.
enum { JOB_IS_LONG = 50 };

typedef struct {
    QmtContext *ctx;
    const QmtPlan *plan;
    size_t n_tasks;
    ProgressEntry *entries; ///< [n_tasks]
    size_t *running;        ///< [n_tasks] tasks in the order in which they began
    size_t n_running;
    size_t n_workers;
    Terminal terminal;
    int *drawn; ///< [n_drawn] columns of the lines on the terminal that are drawn again
    size_t n_drawn, drawn_capacity;
    double drawn_at, said_at; ///< seconds, monotonic
    bool announced;           ///< a log knows how many trajectories there are to make
    bool stopping;            ///< the user asked to stop
} Screen;

/// Fails with QMT_ERR_MEMORY.
QmtStatus screen_open(QmtContext *ctx, const QmtPlan *plan, size_t n_workers, Screen *screen);
void screen_close(Screen *screen);

/// What qmt_campaign_run() tells; user is the screen.
QmtRunHooks screen_hooks(Screen *screen);

/// Prints one sentence above the progress lines.
void screen_say(Screen *screen, QmtLogLevel level, const char *sentence);

#endif
