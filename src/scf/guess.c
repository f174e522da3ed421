#include "scf/guess.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "scf/extrapolation_order.h"

/// Where plain guesses are better, G is kept up only now and then.
enum { KEEP_UP_EVERY = 8 };
/// A dR below this, bohr dalton^1/2, holds more rounding than information.
static const double SHORTEST_STEP = 1e-7;
/// No step of a motion changes a variable, e or e bohr or e bohr^2, by as much.
static const double LARGEST_CHANGE = 0.3;

static size_t coordinates_of(size_t n, size_t n_atoms)
{
    return 3 * n_atoms * n <= GUESS_RESPONSE_MAX ? 3 * n_atoms : 0;
}

void guess_layout(Guess *guess, Arena *arena, size_t n, size_t n_atoms)
{
    const size_t kept_before = arena->kept_used;
    guess->n = n;
    guess->n_atoms = n_atoms;
    guess->n_coordinates = coordinates_of(n, n_atoms);
    guess->kept = arena_kept(arena, sizeof *guess->kept);
    guess_extrapolation_layout(&guess->x_history, arena, n, true);
    guess_extrapolation_layout(&guess->r_history, arena, guess->n_coordinates, false);
    rank_updated_matrix_layout(&guess->response, arena, n, guess->n_coordinates);
    guess->all_kept = arena_kept_since(arena, kept_before);
    guess->r = arena_doubles(arena, 3 * n_atoms);
    guess->dr = arena_doubles(arena, 3 * n_atoms);
    guess->r_sum = arena_doubles(arena, 3 * n_atoms);
    guess->dx = arena_doubles(arena, n);
    guess->x_sum = arena_doubles(arena, n);
}

void guess_setup(Guess *guess, const Kernels *kernels, const double *weight)
{
    guess->kernels = guess->x_history.kernels = guess->r_history.kernels = kernels;
    guess->response.kernels = kernels;
    guess->weight = weight;
}

void guess_forget(Guess *guess)
{
    memset(guess->all_kept.data, 0, guess->all_kept.size);
}

const double *guess_newest(const Guess *guess)
{
    return guess_extrapolation_newest(&guess->x_history);
}

int guess_points(const Guess *guess)
{
    return guess_extrapolation_points(&guess->x_history);
}

static int n_orders(const Guess *guess)
{
    return guess_extrapolation_orders(&guess->x_history);
}

/// The corrected order that has done best lately.
static int corrected_order(const Guess *guess)
{
    const double *error = guess->kept->error;
    int best = 0;
    for (int order = 1; order < n_orders(guess); order++)
        if (error[order] > 0.0 && error[order] < error[best])
            best = order;
    return best;
}

static void weigh(Guess *guess, const double (*xyz)[3])
{
    for (size_t a = 0; a < guess->n_atoms; a++) {
        const double weight = guess->weight != NULL ? sqrt(guess->weight[a]) : 1.0;
        for (size_t x = 0; x < 3; x++)
            guess->r[3 * a + x] = weight * xyz[a][x];
    }
}

int guess_make(Guess *guess, const double (*xyz)[3], double *x_guess)
{
    const size_t n = guess->n, m = guess->n_coordinates;
    const int n_points = guess_points(guess);
    if (n_points == 0)
        return 0;
    const int order = corrected_order(guess);
    const double corrected_error = guess->kept->error[order];
    if (m == 0 || !(corrected_error > 0.0) ||
        corrected_error >= guess_extrapolation_expected(&guess->x_history)) {
        guess_extrapolation_make(&guess->x_history, x_guess);
        return n_points;
    }
    weigh(guess, xyz);
    guess_extrapolation_polynomial(&guess->r_history, order, guess->r_sum);
    for (size_t i = 0; i < m; i++)
        guess->dr[i] = guess->r[i] - guess->r_sum[i];
    guess_extrapolation_polynomial(&guess->x_history, order, x_guess);
    rank_updated_matrix_apply(&guess->response, guess->dr, guess->dx);
    guess->kernels->axpy(n, 1.0, guess->dx, x_guess);
    const double *newest = guess_newest(guess);
    bool sane = true;
    for (size_t i = 0; i < n; i++)
        sane = sane && fabs(x_guess[i] - newest[i]) < LARGEST_CHANGE;
    if (!sane)
        memcpy(x_guess, newest, n * sizeof *x_guess);
    return n_points;
}

/// dR and dx of an order into dr and x_sum, and dx - G dR, whose length is returned, into dx.
static double deviation(Guess *guess, const double *x, int order)
{
    const size_t n = guess->n, m = guess->n_coordinates;
    guess_extrapolation_polynomial(&guess->r_history, order, guess->r_sum);
    guess_extrapolation_polynomial(&guess->x_history, order, guess->x_sum);
    for (size_t i = 0; i < m; i++)
        guess->dr[i] = guess->r[i] - guess->r_sum[i];
    rank_updated_matrix_apply(&guess->response, guess->dr, guess->dx);
    for (size_t i = 0; i < n; i++)
        guess->dx[i] = x[i] - guess->x_sum[i] - guess->dx[i];
    return sqrt(guess->kernels->dot(n, guess->dx, guess->dx));
}

/// Updates the error record of the best corrected order and its two neighbours, then G from the best order's
/// (dR, dx).
static void update_response(Guess *guess, const double *x)
{
    const size_t m = guess->n_coordinates;
    const int best = corrected_order(guess);
    double *error = guess->kept->error;
    // The best order comes last: its pair stays for the update.
    const int orders[3] = {best - 1, best + 1, best};
    for (int k = 0; k < 3; k++) {
        const int order = orders[k];
        if (order < 0 || order >= n_orders(guess))
            continue;
        const double now = deviation(guess, x, order) + 1e-300;
        error[order] = extrapolation_order_mean(error[order], now);
    }
    const double norm = guess->kernels->dot(m, guess->dr, guess->dr);
    if (!(norm > SHORTEST_STEP * SHORTEST_STEP) || !isfinite(norm))
        return;
    rank_updated_matrix_add(&guess->response, 1.0 / norm, guess->dx, guess->dr);
}

void guess_store(Guess *guess, const double (*xyz)[3], const double *x)
{
    const size_t m = guess->n_coordinates;
    if (m > 0) {
        const double corrected = guess->kept->error[corrected_order(guess)],
                     plain = guess_extrapolation_expected(&guess->x_history);
        weigh(guess, xyz);
        if (guess_points(guess) > 0 &&
            (plain > corrected || guess->kept->n_stored % KEEP_UP_EVERY == 0))
            update_response(guess, x);
        guess_extrapolation_store(&guess->r_history, guess->r);
        guess->kept->n_stored++;
    }
    guess_extrapolation_store(&guess->x_history, x);
}
