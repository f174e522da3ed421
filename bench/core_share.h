#ifndef BENCH_CORE_SHARE_H
#define BENCH_CORE_SHARE_H

#include <stdbool.h>

/// Which steps were timed with the core to themselves. A hyperthread shares the adders of its core with
/// another one, which may belong to somebody else, and in a virtual machine neither the clock nor the
/// operating system tells. Throughput does: between blocks of steps a gauge of some 4 us counts how many
/// independent additions are done in the time of one dependent addition, which is a clock cycle, so that
/// changes of the clock cancel. A core of four adders does 3.6 alone, 2.0 to 3.1 beside a busy hyperthread.
///
/// A step counts as alone if the gauges before and after its block both reach 0.9 of the best that this
/// process has seen. What a neighbour does to caches and memory is not seen.

/// Gauges along a number of steps.
typedef struct {
    double *least;      ///< [n_steps] additions per clock, the lesser of before and after the block
    double before;      ///< additions per clock at the beginning of the block
    double begin_us;    ///< when that was
    int n, first, size; ///< steps so far, of them before the block, room
} CoreShare;

/// Gauges and makes room for n_steps.
CoreShare core_share_start(int n_steps);

/// One more step is over. To be called outside of what is timed.
void core_share_step(CoreShare *share);

/// Ends the last block. No steps after it.
void core_share_end(CoreShare *share);

/// Whether a step had the core to itself; after core_share_end().
bool core_share_alone(const CoreShare *share, int step);

/// @param time  [n] us, of the steps from first on
/// @param part  share of these steps that had the core to themselves; NaN if the process has never seen
///              3.5 additions per clock, as then its best may itself be that of a shared core
///
/// @return their median, us; NaN if they are fewer than half of all and fewer than a hundred or a tenth
double core_share_median(const CoreShare *share, const double *time, int first, int n,
                         double *part);

/// Most additions per clock in this process.
double core_share_best(void);

void core_share_release(CoreShare *share);

#endif
