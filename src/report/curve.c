#include "report/curve.h"

#include <math.h>

void curve_begin(Curve *curve)
{
    *curve = (Curve){0};
    for (size_t c = 0; c < CURVE_COLUMNS; c++)
        curve->low[c] = curve->high[c] = NAN;
}

void curve_add(Curve *curve, size_t column, double value)
{
    curve->n++;
    if (!isfinite(value)) {
        curve->n_not_finite++;
        return;
    }
    curve->sum += value;
    curve->column_sum[column] += value;
    curve->column_n[column]++;
    if (!(curve->low[column] <= value))
        curve->low[column] = value;
    if (!(curve->high[column] >= value))
        curve->high[column] = value;
}

double curve_mean(const Curve *curve)
{
    return curve->n > curve->n_not_finite ? curve->sum / (double)(curve->n - curve->n_not_finite)
                                          : NAN;
}

double curve_column_mean(const Curve *curve, size_t column)
{
    return curve->column_n[column] > 0 ? curve->column_sum[column] / (double)curve->column_n[column]
                                       : NAN;
}
