#include "campaign/forecast.h"

#include <math.h>

void forecast_add(Forecast *forecast, double cost, double seconds)
{
    if (!(seconds >= 0.0) || !(cost >= 0.0))
        return;
    forecast->n += 1.0;
    forecast->c += cost;
    forecast->t += seconds;
    forecast->cc += cost * cost;
    forecast->ct += cost * seconds;
}

/// Neither part of a time is negative: where the fit says so, the other one explains all of it.
static void fit(const Forecast *f, double *a, double *b)
{
    const double variance = f->n * f->cc - f->c * f->c;
    *a = variance > 1e-6 * f->n * f->cc ? (f->n * f->ct - f->c * f->t) / variance : -1.0;
    if (*a < 0.0)
        *a = f->c > 0.0 && f->n < 2.0 ? f->t / f->c : 0.0;
    *b = (f->t - *a * f->c) / f->n;
    if (*b < 0.0) {
        *b = 0.0;
        *a = f->t / f->c;
    }
}

double forecast_left_s(const Forecast *forecast, const JobRest *rest)
{
    double a = 0.0, b = 0.0;
    if (rest->n_waiting > 0 && forecast->n < 1.0)
        return NAN;
    if (rest->n_waiting > 0)
        fit(forecast, &a, &b);
    const double n = rest->n_at_a_time > 0 ? (double)rest->n_at_a_time : 1.0;
    const double waiting = a * rest->waiting_cost + b * (double)rest->n_waiting;
    return fmax((waiting + rest->running_s) / n, rest->longest_running_s);
}
