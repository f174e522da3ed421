#ifndef REPORT_CURVE_H
#define REPORT_CURVE_H

#include <stddef.h>
#include <stdint.h>

/// A series over the frames of a trajectory in as many columns as a plot can show: of each the least value, the
/// greatest and the mean, so that no peak is lost whatever the number of frames.

enum { CURVE_COLUMNS = 400 };

typedef struct {
    double low[CURVE_COLUMNS], high[CURVE_COLUMNS]; ///< NaN: no finite number
    double column_sum[CURVE_COLUMNS];
    uint32_t column_n[CURVE_COLUMNS]; ///< finite numbers
    uint64_t n_not_finite, n;
    double sum;
} Curve;

void curve_begin(Curve *curve);
void curve_add(Curve *curve, size_t column, double value);
/// Of all finite values, and of those of one column; NaN of none.
double curve_mean(const Curve *curve);
double curve_column_mean(const Curve *curve, size_t column);

#endif
