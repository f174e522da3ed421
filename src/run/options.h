#ifndef RUN_OPTIONS_H
#define RUN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How, not what: nothing here changes a number.
typedef struct {
    const char *out;      ///< folder of all trajectories
    size_t n_workers;     ///< for run.json only
    bool fresh;           ///< what is finished or interrupted is made anew
    bool allow_other_cpu; ///< go on with the checkpoint of another processor or instruction set
    bool pack;            ///< finished trajectories go into an archive
    bool
        shares; ///< other processes may take trajectories of this part of a list, and this one of theirs
    bool steals;  ///< the part is that of another process, which may be at work
    double max_s; ///< stop by itself after so many seconds; 0: never

    // For tests of what happens then; 0: never.
    int64_t fail_at_step;  ///< the SCF of this step of production does not converge
    int64_t crash_at_step; ///< the process is killed at this step of production
} RunOptions;

#endif
