#include "campaign/progress.h"

#include <stdio.h>

#include "md/md.h"

bool progress_take(ProgressEntry *entry, const RunProgress *progress)
{
    entry->last = *progress;
    if (progress->n_steps <= 0)
        return false;
    const int tenths = (int)(10 * progress->step / progress->n_steps);
    if (tenths <= entry->tenths_said)
        return false;
    entry->tenths_said = tenths;
    return true;
}

void progress_time_text(double seconds, char text[32])
{
    if (!(seconds >= 0.0 && seconds < 1e9)) {
        snprintf(text, 32, "-");
        return;
    }
    const long whole = (long)(seconds + 0.5);
    const int s = (int)(whole % 60), m = (int)(whole / 60 % 60), h = (int)(whole / 3600 % 24);
    if (whole >= 86400)
        snprintf(text, 32, "%ld d %02d:%02d", whole / 86400, h, m);
    else if (whole >= 3600)
        snprintf(text, 32, "%d:%02d:%02d", h, m, s);
    else
        snprintf(text, 32, "%d:%02d", m, s);
}

void progress_line(const char *label, int width, const RunProgress *progress,
                   char line[PROGRESS_LINE_SIZE])
{
    const double left = (double)(progress->n_steps - progress->step) * progress->ms_per_step * 1e-3;
    const double percent =
        progress->n_steps > 0 ? 100.0 * (double)progress->step / (double)progress->n_steps : 0.0;
    char eta[32];
    progress_time_text(progress->ms_per_step > 0.0 ? left : -1.0, eta);
    snprintf(line, PROGRESS_LINE_SIZE, "%-*.200s %3.0f %%  %-13s %9.3f ps  %8.3f ms/step  ETA %s",
             width, label, percent, md_phase_name((MdPhase)progress->phase), progress->time_ps,
             progress->ms_per_step, eta);
}
