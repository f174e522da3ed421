#include "scf/guess_extrapolation.h"

#include <math.h>
#include <string.h>

_Static_assert((int)EXTRAPOLATION_ORDERS <= (int)GUESS_WEIGHTS_TERMS, "one table of differences");

static int terms_of(bool learns)
{
    return learns ? GUESS_WEIGHTS_TERMS : EXTRAPOLATION_ORDERS;
}

void guess_extrapolation_layout(GuessExtrapolation *extrapolation, Arena *arena, size_t n,
                                bool learns)
{
    extrapolation->n = n;
    extrapolation->learns = learns;
    extrapolation->kept = arena_kept(arena, sizeof *extrapolation->kept);
    if (learns)
        extrapolation->weights = arena_kept(arena, sizeof *extrapolation->weights);
    extrapolation->differences =
        arena_kept(arena, (size_t)terms_of(learns) * kernels_padded(n) * sizeof(double));
    extrapolation->x = arena_doubles(arena, kernels_padded(n));
    extrapolation->work = arena_doubles(arena, kernels_padded(n));
}

const double *guess_extrapolation_newest(const GuessExtrapolation *extrapolation)
{
    return extrapolation->differences;
}

int guess_extrapolation_points(const GuessExtrapolation *extrapolation)
{
    return (int)extrapolation->kept->n_points;
}

int guess_extrapolation_orders(const GuessExtrapolation *extrapolation)
{
    const int n_points = guess_extrapolation_points(extrapolation);
    return n_points < EXTRAPOLATION_ORDERS ? n_points : EXTRAPOLATION_ORDERS;
}

static int best_order(const GuessExtrapolation *extrapolation)
{
    return extrapolation_order_best(&extrapolation->kept->record, ORDER_KINK,
                                    guess_extrapolation_orders(extrapolation));
}

/// True if all differences are of points since the last break.
static bool is_smooth(const GuessExtrapolation *extrapolation)
{
    return guess_extrapolation_points(extrapolation) == terms_of(extrapolation->learns) &&
           extrapolation->kept->record.age >= terms_of(extrapolation->learns);
}

static bool learnt_is_best(const GuessExtrapolation *extrapolation)
{
    if (!extrapolation->learns || !is_smooth(extrapolation))
        return false;
    const double error = extrapolation->weights->error;
    return error > 0.0 &&
           error < extrapolation_order_expected(&extrapolation->kept->record, ORDER_KINK,
                                                best_order(extrapolation));
}

double guess_extrapolation_expected(const GuessExtrapolation *extrapolation)
{
    if (learnt_is_best(extrapolation))
        return extrapolation->weights->error;
    return extrapolation_order_expected(&extrapolation->kept->record, ORDER_KINK,
                                        best_order(extrapolation));
}

/// The weighted sum of the first differences; rows are padded, the guess is not.
static void sum(const GuessExtrapolation *extrapolation, int terms, const double *weight,
                double *guess)
{
    extrapolation->kernels->combine(kernels_padded(extrapolation->n), terms, weight,
                                    extrapolation->differences, kernels_padded(extrapolation->n),
                                    extrapolation->work);
    if (guess != extrapolation->work)
        memcpy(guess, extrapolation->work, extrapolation->n * sizeof *guess);
}

void guess_extrapolation_polynomial(const GuessExtrapolation *extrapolation, int order,
                                    double *guess)
{
    double ones[EXTRAPOLATION_ORDERS];
    for (int k = 0; k <= order; k++)
        ones[k] = 1.0;
    sum(extrapolation, order + 1, ones, guess);
}

void guess_extrapolation_make(const GuessExtrapolation *extrapolation, double *guess)
{
    if (learnt_is_best(extrapolation))
        sum(extrapolation, GUESS_WEIGHTS_TERMS, extrapolation->weights->weight, guess);
    else
        guess_extrapolation_polynomial(extrapolation, best_order(extrapolation), guess);
}

/// True if the path breaks at this new vector, from what the best polynomial says.
static bool breaks(const GuessExtrapolation *extrapolation, const double *x)
{
    double square = 0.0;
    guess_extrapolation_polynomial(extrapolation, best_order(extrapolation), extrapolation->work);
    for (size_t i = 0; i < extrapolation->n; i++) {
        const double error = x[i] - extrapolation->work[i];
        square += error * error;
    }
    return extrapolation_order_breaks(&extrapolation->kept->record, ORDER_KINK,
                                      guess_extrapolation_orders(extrapolation), sqrt(square));
}

void guess_extrapolation_store(const GuessExtrapolation *extrapolation, const double *x)
{
    const size_t n = extrapolation->n, padded = kernels_padded(n);
    const int terms = terms_of(extrapolation->learns),
              orders = guess_extrapolation_orders(extrapolation);
    double error[GUESS_WEIGHTS_TERMS];
    memcpy(extrapolation->x, x, n * sizeof *x);
    memset(extrapolation->x + n, 0, (padded - n) * sizeof *x);
    if (extrapolation->learns && is_smooth(extrapolation) &&
        guess_weights_due(extrapolation->weights) && !breaks(extrapolation, x))
        guess_weights_learn(extrapolation->weights, extrapolation->kernels, padded,
                            extrapolation->differences, extrapolation->x, extrapolation->work);
    extrapolation->kernels->difference_store(padded, terms, extrapolation->x,
                                             extrapolation->differences, padded, error);
    for (int order = 0; order < orders; order++)
        error[order] = sqrt(error[order]) + 1e-300;
    extrapolation_order_add(&extrapolation->kept->record, ORDER_KINK, orders, error);
    if (extrapolation->kept->n_points < terms)
        extrapolation->kept->n_points++;
}
