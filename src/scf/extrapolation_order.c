#include "scf/extrapolation_order.h"

/// An error larger than this times the expected one is a break of the path.
static const double BREAK_FACTOR = 30.0;
/// With fewer points errors fall so fast that none can be expected.
enum { FEWEST_POINTS = 4 };
/// One error counts as at most this times the mean.
static const double OUTLIER_FACTOR = 4.0;

/// binomial(p - s, age): how the last break enters the guess of order p.
static double share_of_break(const ExtrapolationOrder *record, OrderBreak kind, int p)
{
    const int top = kind == ORDER_KINK ? p - 1 : p, age = (int)record->age;
    if (record->deviation == 0.0 || age > top)
        return 0.0;
    double binomial = 1.0;
    for (int k = 0; k < age; k++)
        binomial = binomial * (top - k) / (k + 1);
    return binomial;
}

double extrapolation_order_expected(const ExtrapolationOrder *record, OrderBreak kind, int p)
{
    const double error = record->error[p];
    return error > 0.0 ? error + record->deviation * share_of_break(record, kind, p) : 0.0;
}

int extrapolation_order_best(const ExtrapolationOrder *record, OrderBreak kind, int n_points)
{
    // An order without a record is not tried: it has not been judged yet.
    int best = 0;
    double least = extrapolation_order_expected(record, kind, 0);
    for (int p = 1; p < n_points; p++) {
        const double expected = extrapolation_order_expected(record, kind, p);
        if (expected > 0.0 && expected < least) {
            best = p;
            least = expected;
        }
    }
    return best;
}

double extrapolation_order_mean(double mean, double error)
{
    if (!(mean > 0.0))
        return error;
    return 0.9 * mean + 0.1 * (error < OUTLIER_FACTOR * mean ? error : OUTLIER_FACTOR * mean);
}

bool extrapolation_order_breaks(const ExtrapolationOrder *record, OrderBreak kind, int n_points,
                                double error)
{
    const double expected = extrapolation_order_expected(
        record, kind, extrapolation_order_best(record, kind, n_points));
    return n_points >= FEWEST_POINTS && expected > 0.0 && error > BREAK_FACTOR * expected;
}

void extrapolation_order_add(ExtrapolationOrder *record, OrderBreak kind, int n_points,
                             const double *error)
{
    const int best = extrapolation_order_best(record, kind, n_points);
    if (extrapolation_order_breaks(record, kind, n_points, error[best])) {
        record->deviation = error[best];
        record->age = 1;
        return;
    }
    for (int p = 0; p < n_points; p++)
        if (share_of_break(record, kind, p) == 0.0)
            record->error[p] = extrapolation_order_mean(record->error[p], error[p]);
    record->age++;
}
