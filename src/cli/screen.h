#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "campaign/batch.h"
#include "campaign/progress.h"

/// Progress of a batch on standard error: on a terminal a line per running trajectory that is drawn
/// again and again; else a line when one begins, ends, or passes a tenth.
typedef struct {
    const Plan *plan;
    ProgressEntry *entries; ///< [plan->n_tasks]
    bool terminal;
    int width;       ///< of the names
    int n_drawn;     ///< lines on the terminal that belong to running trajectories
    double drawn_at; ///< seconds, monotonic
    size_t n_ended;
} Screen;

/// Fails with QMT_ERR_MEMORY.
QmtStatus screen_open(QmtContext *ctx, const Plan *plan, Screen *screen);
void screen_close(Screen *screen);

/// What batch_run() tells; user is the screen.
BatchHooks screen_hooks(Screen *screen);

/// Prints one sentence above the progress lines.
void screen_say(Screen *screen, QmtLogLevel level, const char *sentence);

#endif
