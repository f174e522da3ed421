#include "scf/predictor.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "scf/order_record.h"

/// memory = [history of x][errors of the corrected orders][geometries][history of R][G]

/// Where plain guesses are better, G is kept up only now and then.
enum { KEEP_UP_EVERY = 8 };
/// A dR below this, bohr dalton^1/2, holds more rounding than information.
static const double SHORTEST_STEP = 1e-7;
/// No step of a motion changes a variable by as much.
static const double LARGEST_CHANGE = 0.3;

static size_t coordinates_of(size_t n, size_t n_atoms)
{
    return 3 * n_atoms * n <= PREDICTOR_RESPONSE_MAX ? 3 * n_atoms : 0;
}

static size_t errors_at(size_t n)
{
    return extrapolation_memory_size(n, true);
}

static size_t r_history_at(size_t n)
{
    return errors_at(n) + EXTRAPOLATION_ORDERS + 1;
}

static size_t response_at(size_t n, size_t m)
{
    return kernels_padded(r_history_at(n) + extrapolation_memory_size(m, false));
}

size_t predictor_memory_size(size_t n, size_t n_atoms)
{
    const size_t m = coordinates_of(n, n_atoms);
    return response_at(n, m) + kept_matrix_memory_size(n, m);
}

void predictor_layout(Arena *arena, size_t n, size_t n_atoms, Predictor *predictor)
{
    predictor->n = n;
    predictor->n_atoms = n_atoms;
    predictor->n_coordinates = coordinates_of(n, n_atoms);
    extrapolation_layout(arena, n, true, &predictor->x_history);
    extrapolation_layout(arena, predictor->n_coordinates, false, &predictor->r_history);
    kept_matrix_layout(arena, n, predictor->n_coordinates, &predictor->response);
    predictor->r = arena_doubles(arena, 3 * n_atoms);
    predictor->dr = arena_doubles(arena, 3 * n_atoms);
    predictor->r_sum = arena_doubles(arena, 3 * n_atoms);
    predictor->dx = arena_doubles(arena, n);
    predictor->x_sum = arena_doubles(arena, n);
}

/// Records of the corrected orders, as those of the plain ones.
static double *errors_of(const Predictor *predictor)
{
    return predictor->memory + errors_at(predictor->n);
}

void predictor_setup(Predictor *predictor)
{
    predictor->x_history.kernels = predictor->r_history.kernels = predictor->kernels;
    predictor->response.kernels = predictor->kernels;
    predictor->x_history.memory = predictor->memory;
    predictor->r_history.memory = predictor->memory + r_history_at(predictor->n);
    predictor->response.memory =
        predictor->memory + response_at(predictor->n, predictor->n_coordinates);
}

const double *predictor_newest(const Predictor *predictor)
{
    return extrapolation_newest(&predictor->x_history);
}

int predictor_points(const Predictor *predictor)
{
    return extrapolation_points(&predictor->x_history);
}

static int n_orders(const Predictor *predictor)
{
    return extrapolation_orders(&predictor->x_history);
}

/// The corrected order that has done best lately.
static int corrected_order(const Predictor *predictor)
{
    const double *error = errors_of(predictor);
    int best = 0;
    for (int order = 1; order < n_orders(predictor); order++)
        if (error[order] > 0.0 && error[order] < error[best])
            best = order;
    return best;
}

static void weigh(Predictor *predictor, const double (*xyz)[3])
{
    for (size_t a = 0; a < predictor->n_atoms; a++) {
        const double weight = predictor->weight != NULL ? sqrt(predictor->weight[a]) : 1.0;
        for (size_t x = 0; x < 3; x++)
            predictor->r[3 * a + x] = weight * xyz[a][x];
    }
}

int predictor_guess(Predictor *predictor, const double (*xyz)[3], double *guess)
{
    const size_t n = predictor->n, m = predictor->n_coordinates;
    const int n_points = predictor_points(predictor);
    if (n_points == 0)
        return 0;
    const int order = corrected_order(predictor);
    const double corrected_error = errors_of(predictor)[order];
    if (m == 0 || !(corrected_error > 0.0) ||
        corrected_error >= extrapolation_expected(&predictor->x_history)) {
        extrapolation_guess(&predictor->x_history, guess);
        return n_points;
    }
    weigh(predictor, xyz);
    extrapolation_polynomial(&predictor->r_history, order, predictor->r_sum);
    for (size_t i = 0; i < m; i++)
        predictor->dr[i] = predictor->r[i] - predictor->r_sum[i];
    extrapolation_polynomial(&predictor->x_history, order, guess);
    kept_matrix_apply(&predictor->response, predictor->dr, predictor->dx);
    predictor->kernels->axpy(n, 1.0, predictor->dx, guess);
    const double *newest = predictor_newest(predictor);
    bool sane = true;
    for (size_t i = 0; i < n; i++)
        sane = sane && fabs(guess[i] - newest[i]) < LARGEST_CHANGE;
    if (!sane)
        memcpy(guess, newest, n * sizeof *guess);
    return n_points;
}

/// dR and dx of an order into dr and x_sum, and dx - G dR, whose length is returned, into dx.
static double deviation(Predictor *predictor, const double *x, int order)
{
    const size_t n = predictor->n, m = predictor->n_coordinates;
    extrapolation_polynomial(&predictor->r_history, order, predictor->r_sum);
    extrapolation_polynomial(&predictor->x_history, order, predictor->x_sum);
    for (size_t i = 0; i < m; i++)
        predictor->dr[i] = predictor->r[i] - predictor->r_sum[i];
    kept_matrix_apply(&predictor->response, predictor->dr, predictor->dx);
    for (size_t i = 0; i < n; i++)
        predictor->dx[i] = x[i] - predictor->x_sum[i] - predictor->dx[i];
    return sqrt(predictor->kernels->dot(n, predictor->dx, predictor->dx));
}

/// Judges the corrected orders next to the best one, and teaches G with that one's pair.
static void learn(Predictor *predictor, const double *x)
{
    const size_t m = predictor->n_coordinates;
    const int best = corrected_order(predictor);
    double *error = errors_of(predictor);
    for (int k = 0; k < 3; k++) {
        // The best order comes last: its pair stays for the update.
        const int order = best + (k == 0 ? -1 : k == 1 ? 1 : 0);
        if (order < 0 || order >= n_orders(predictor))
            continue;
        const double now = deviation(predictor, x, order) + 1e-300;
        error[order] = order_record_mean(error[order], now);
    }
    const double norm = predictor->kernels->dot(m, predictor->dr, predictor->dr);
    if (!(norm > SHORTEST_STEP * SHORTEST_STEP) || !isfinite(norm))
        return;
    kept_matrix_add(&predictor->response, 1.0 / norm, predictor->dx, predictor->dr);
}

void predictor_store(Predictor *predictor, const double (*xyz)[3], const double *x)
{
    const size_t m = predictor->n_coordinates;
    if (m > 0) {
        double *count = errors_of(predictor) + EXTRAPOLATION_ORDERS;
        const double corrected = errors_of(predictor)[corrected_order(predictor)],
                     plain = extrapolation_expected(&predictor->x_history);
        weigh(predictor, xyz);
        if (predictor_points(predictor) > 0 &&
            (plain > corrected || fmod(*count, KEEP_UP_EVERY) == 0.0))
            learn(predictor, x);
        extrapolation_store(&predictor->r_history, predictor->r);
        *count += 1.0;
    }
    extrapolation_store(&predictor->x_history, x);
}
