#include "scf/extrapolation.h"

#include <math.h>
#include <string.h>

#include "scf/linear_prediction.h"
#include "scf/order_record.h"

/// memory = [points stored][record of the orders][learnt weights, if any][differences][n padded]
enum { N_POINTS = 0, RECORD = 1, LEARNT = RECORD + ORDER_RECORD_SIZE(EXTRAPOLATION_ORDERS) };

_Static_assert((int)EXTRAPOLATION_ORDERS <= (int)LINEAR_PREDICTION_TERMS,
               "one table of differences");

static int terms_of(bool learns)
{
    return learns ? LINEAR_PREDICTION_TERMS : EXTRAPOLATION_ORDERS;
}

static size_t differences_at(bool learns)
{
    return LEARNT + (learns ? LINEAR_PREDICTION_MEMORY : 0);
}

size_t extrapolation_memory_size(size_t n, bool learns)
{
    return differences_at(learns) + (size_t)terms_of(learns) * kernels_padded(n);
}

void extrapolation_layout(Arena *arena, size_t n, bool learns, Extrapolation *extrapolation)
{
    extrapolation->n = n;
    extrapolation->learns = learns;
    extrapolation->x = arena_doubles(arena, kernels_padded(n));
    extrapolation->work = arena_doubles(arena, kernels_padded(n));
}

static double *differences(const Extrapolation *extrapolation)
{
    return extrapolation->memory + differences_at(extrapolation->learns);
}

const double *extrapolation_newest(const Extrapolation *extrapolation)
{
    return differences(extrapolation);
}

int extrapolation_points(const Extrapolation *extrapolation)
{
    return (int)extrapolation->memory[N_POINTS];
}

int extrapolation_orders(const Extrapolation *extrapolation)
{
    const int n_points = extrapolation_points(extrapolation);
    return n_points < EXTRAPOLATION_ORDERS ? n_points : EXTRAPOLATION_ORDERS;
}

static int best_order(const Extrapolation *extrapolation)
{
    return order_record_best(extrapolation->memory + RECORD, ORDER_KINK,
                             extrapolation_orders(extrapolation));
}

/// True if all differences are of points since the last break.
static bool is_smooth(const Extrapolation *extrapolation)
{
    return extrapolation_points(extrapolation) == terms_of(extrapolation->learns) &&
           order_record_age(extrapolation->memory + RECORD) >= terms_of(extrapolation->learns);
}

static bool learnt_is_best(const Extrapolation *extrapolation)
{
    if (!extrapolation->learns || !is_smooth(extrapolation))
        return false;
    const double error = linear_prediction_error(extrapolation->memory + LEARNT);
    return error > 0.0 && error < order_record_expected(extrapolation->memory + RECORD, ORDER_KINK,
                                                        best_order(extrapolation));
}

double extrapolation_expected(const Extrapolation *extrapolation)
{
    if (learnt_is_best(extrapolation))
        return linear_prediction_error(extrapolation->memory + LEARNT);
    return order_record_expected(extrapolation->memory + RECORD, ORDER_KINK,
                                 best_order(extrapolation));
}

/// The weighted sum of the first differences; rows are padded, the guess is not.
static void sum(const Extrapolation *extrapolation, int terms, const double *weight, double *guess)
{
    extrapolation->kernels->combine(kernels_padded(extrapolation->n), terms, weight,
                                    differences(extrapolation), kernels_padded(extrapolation->n),
                                    extrapolation->work);
    if (guess != extrapolation->work)
        memcpy(guess, extrapolation->work, extrapolation->n * sizeof *guess);
}

void extrapolation_polynomial(const Extrapolation *extrapolation, int order, double *guess)
{
    double ones[EXTRAPOLATION_ORDERS];
    for (int k = 0; k <= order; k++)
        ones[k] = 1.0;
    sum(extrapolation, order + 1, ones, guess);
}

void extrapolation_guess(const Extrapolation *extrapolation, double *guess)
{
    if (learnt_is_best(extrapolation))
        sum(extrapolation, LINEAR_PREDICTION_TERMS,
            linear_prediction_weights(extrapolation->memory + LEARNT), guess);
    else
        extrapolation_polynomial(extrapolation, best_order(extrapolation), guess);
}

/// True if the path breaks at this new vector, from what the best polynomial says.
static bool breaks(const Extrapolation *extrapolation, const double *x)
{
    double square = 0.0;
    extrapolation_polynomial(extrapolation, best_order(extrapolation), extrapolation->work);
    for (size_t i = 0; i < extrapolation->n; i++) {
        const double error = x[i] - extrapolation->work[i];
        square += error * error;
    }
    return order_record_breaks(extrapolation->memory + RECORD, ORDER_KINK,
                               extrapolation_orders(extrapolation), sqrt(square));
}

void extrapolation_store(const Extrapolation *extrapolation, const double *x)
{
    const size_t n = extrapolation->n, padded = kernels_padded(n);
    const int terms = terms_of(extrapolation->learns), orders = extrapolation_orders(extrapolation);
    double *memory = extrapolation->memory, error[LINEAR_PREDICTION_TERMS];
    memcpy(extrapolation->x, x, n * sizeof *x);
    memset(extrapolation->x + n, 0, (padded - n) * sizeof *x);
    if (extrapolation->learns && is_smooth(extrapolation) &&
        linear_prediction_due(memory + LEARNT) && !breaks(extrapolation, x))
        linear_prediction_learn(extrapolation->kernels, padded, differences(extrapolation),
                                extrapolation->x, memory + LEARNT, extrapolation->work);
    extrapolation->kernels->difference_store(padded, terms, extrapolation->x,
                                             differences(extrapolation), padded, error);
    for (int order = 0; order < orders; order++)
        error[order] = sqrt(error[order]) + 1e-300;
    order_record_add(memory + RECORD, ORDER_KINK, orders, error);
    if (memory[N_POINTS] < terms)
        memory[N_POINTS] += 1.0;
}
