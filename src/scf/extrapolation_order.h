#ifndef SCF_EXTRAPOLATION_ORDER_H
#define SCF_EXTRAPOLATION_ORDER_H

#include <stdbool.h>
#include <stdint.h>

/// How well extrapolations of each order p have done lately, and which one to trust next.
///
/// A record of past errors alone is slow where a path breaks: a thermostat that changes the velocities
/// between two geometries throws all orders off at once, and the large errors would keep high orders from
/// being used for some hundred geometries. What a break does is known, however. Where a derivative jumps
/// so that the first geometry after it lies off the smooth path by d, the guess for the geometry j later
/// is off by
///
///     d binomial(p - s, j),   0 for j > p - s
///
/// with s = 1 for a path that is continuous itself (its deviation grows like a ramp, whose differences
/// these are) and s = 0 for one that jumps. So the error expected of an order is its record plus this, and
/// orders that still reach back over the break are not judged.
typedef enum {
    ORDER_JUMP, ///< s = 0
    ORDER_KINK  ///< s = 1
} OrderBreak;

enum { EXTRAPOLATION_ORDER_MAX = 10 };

/// The record, plain data; zeros at first.
typedef struct {
    double deviation;                      ///< d of the last break; 0: none
    int64_t age;                           ///< geometries since it, or since the beginning
    double error[EXTRAPOLATION_ORDER_MAX]; ///< running mean of each order; 0: not judged yet
} ExtrapolationOrder;

/// The error to expect of order p at the next geometry; 0 if the order has not been judged yet.
double extrapolation_order_expected(const ExtrapolationOrder *record, OrderBreak kind, int p);

/// The order below n_points with the smallest expected error; 0 if none has been judged.
int extrapolation_order_best(const ExtrapolationOrder *record, OrderBreak kind, int n_points);

/// True if the best order, below n_points, should not have been off by this: the path breaks here.
bool extrapolation_order_breaks(const ExtrapolationOrder *record, OrderBreak kind, int n_points,
                                double error);

/// Adds the errors that guesses of the orders below n_points would have had at this geometry.
void extrapolation_order_add(ExtrapolationOrder *record, OrderBreak kind, int n_points,
                             const double *error);

/// A running mean of errors over some ten geometries, so that one lucky guess decides nothing and one
/// unlucky one little. `mean` is 0 if there is none yet.
double extrapolation_order_mean(double mean, double error);

#endif
