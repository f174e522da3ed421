#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>

#include <qmtraj/campaign.h>

/// What to show of the progress of a trajectory and of a whole job, and when.

enum { PROGRESS_LINE_SIZE = 640, PROGRESS_TIME_SIZE = 32 };

/// The last that was heard of a trajectory.
typedef struct {
    bool running;
    bool heard; ///< that it moves
    QmtProgress last;
    int tenths_said; ///< tenths of the run that have had their line in the log
} ProgressEntry;

/// Takes what was heard. Returns true if a further tenth of the run is behind, which is worth a line in
/// a log; a run that is faster than its messages skips tenths.
bool progress_take(ProgressEntry *entry, const QmtProgress *progress);

/// "glycine     42 %    35 s left  production      2.100 ps    0.520 ms/step", in at most so many columns: the
/// name is shortened in its middle, and the last figures go first where there is no room.
void progress_line(const char *label, int columns, const QmtProgress *progress,
                   char line[PROGRESS_LINE_SIZE]);

/// "412/5000 complete, 2 running, 4583 waiting, 3 failed, 1 h 20 min left", in at most so many columns; the time left is
/// never cut. Counts of zero are left out.
void job_line(const QmtTotals *job, int columns, char line[PROGRESS_LINE_SIZE]);

/// "3 s", "2 min", "1 h 20 min", "2 d 3 h": seconds for people; "-" if negative or not known.
void progress_time_text(double seconds, char text[PROGRESS_TIME_SIZE]);

#endif
