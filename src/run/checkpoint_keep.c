#include <stdio.h>

#include "run/run_parts.h"

/// Processor time of what is cheap to make again, and the part of trajectory.npz up to which a checkpoint is
/// nothing next to it: water has 68 kB next to 21 MB of 30 ps, a molecule of 23 atoms 1.2 MB next to 0.1 MB of
/// 100 frames.
static const double CHEAP_S = 60.0, SMALL_PART = 0.1;

bool run_is_cheap(const RunResult *result)
{
    return result->cpu_s < CHEAP_S;
}

static double size_of(const Run *run, const char *name)
{
    char path[FILE_PATH_SIZE];
    FileStamp stamp = {0};
    return snprintf(path, sizeof path, "%s/%s", run->folder, name) < (int)sizeof path &&
                   file_stamp(path, &stamp)
               ? (double)stamp.n_bytes
               : 0.0;
}

bool run_checkpoint_is_dropped(const Run *run, const RunResult *result)
{
    if (run->ended_by != NULL)
        return true; // there is none
    switch (run->task->config.keep_checkpoint) {
    case CONFIG_KEEP_TRUE:
        return false;
    case CONFIG_KEEP_FALSE:
        return true;
    default:
        if (size_of(run, CHECKPOINT_FILE) == 0.0)
            return true; // there was none
        return run_is_cheap(result) &&
               size_of(run, CHECKPOINT_FILE) > SMALL_PART * size_of(run, RUN_FILE_COMPLETE);
    }
}
