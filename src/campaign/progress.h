#ifndef CAMPAIGN_PROGRESS_H
#define CAMPAIGN_PROGRESS_H

#include "campaign/worker_pool.h"

/// What to show of the progress of one trajectory, and when.

enum { PROGRESS_LINE_SIZE = 400 };

/// The last that was heard of a trajectory.
typedef struct {
    bool running;
    RunProgress last;
    int tenths_said; ///< tenths of the run that have had their line in the log
} ProgressEntry;

/// Takes what was heard. Returns true if a further tenth of the run is behind, which is worth a line in
/// a log; a run that is faster than its messages skips tenths.
bool progress_take(ProgressEntry *entry, const RunProgress *progress);

/// "glycine     42 %  production 2.100 ps  0.52 ms/step  ETA 0:35"
///
/// @param width  of the name's column, in bytes
void progress_line(const char *label, int width, const RunProgress *progress,
                   char line[PROGRESS_LINE_SIZE]);

/// "0:35", "1:02:03", "2 d 03:04": seconds for people; "-" if negative.
void progress_time_text(double seconds, char text[32]);

#endif
