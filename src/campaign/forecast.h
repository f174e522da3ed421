#ifndef CAMPAIGN_FORECAST_H
#define CAMPAIGN_FORECAST_H

#include <stddef.h>

/// How long a job still takes, from how long its trajectories took so far. The time of one is fitted as
///
///     t = a cost + b
///
/// by least squares: the cost (orbitals cubed times steps) overrates large molecules, and the smallest
/// ones take their time to begin and to finish whatever they cost.

/// Sums over what has ended; all zero at the start.
typedef struct {
    double n, c, t, cc, ct;
} Forecast;

/// Takes a trajectory that took so many seconds, or will as far as it has come.
void forecast_add(Forecast *forecast, double cost, double seconds);

/// What is left of a job.
typedef struct {
    size_t n_waiting;
    double waiting_cost;      ///< of all that wait
    double running_s;         ///< that those that run still take, all together
    double longest_running_s; ///< the longest of them
    size_t n_at_a_time;
} JobRest;

/// Seconds until all is done; NAN if nothing is known yet.
double forecast_left_s(const Forecast *forecast, const JobRest *rest);

#endif
