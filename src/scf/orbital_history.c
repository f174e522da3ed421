#include "scf/orbital_history.h"

#include <math.h>
#include <string.h>

_Static_assert((int)ORBITAL_HISTORY_POINTS <= (int)EXTRAPOLATION_ORDER_MAX, "room in the record");

/// Rows that the errors are measured on, at least; every fourth of small molecules.
enum { SAMPLE_ROWS = 8, SAMPLE = 4 };

void orbital_history_layout(OrbitalHistory *history, Arena *arena, size_t size_max)
{
    history->kept = arena_kept(arena, sizeof *history->kept);
    history->matrices = arena_kept(arena, ORBITAL_HISTORY_POINTS * size_max * sizeof(float));
}

void orbital_history_clear(OrbitalHistory *history)
{
    memset(history->kept, 0, sizeof *history->kept);
}

float *orbital_history_point(const OrbitalHistory *history, int k)
{
    return history->matrices + (size_t)k * history->rows * history->ld;
}

/// The point that is `age` geometries older than the newest.
static float *point_of_age(const OrbitalHistory *history, int age)
{
    const int slot = (int)history->kept->newest + ORBITAL_HISTORY_POINTS - age;
    return orbital_history_point(history, slot % ORBITAL_HISTORY_POINTS);
}

int orbital_history_guess(const OrbitalHistory *history, float *guess)
{
    const OrbitalHistoryKept *kept = history->kept;
    const int n_points = (int)kept->n_points;
    if (n_points == 0)
        return 0;
    const int order = extrapolation_order_best(&kept->record, ORDER_JUMP, n_points);
    // (-1)^j (order + 1 over j + 1)
    float coefficient[ORBITAL_HISTORY_POINTS];
    const float *point[ORBITAL_HISTORY_POINTS];
    float c = 1.0F;
    for (int j = 0; j <= order; j++) {
        c *= (float)(order + 1 - j) / (float)(j + 1) * (j > 0 ? -1.0F : 1.0F);
        coefficient[j] = c;
        point[j] = point_of_age(history, j);
    }
    history->kernels->combine_single(history->rows * history->ld, order + 1, coefficient, point,
                                     guess);
    return n_points;
}

void orbital_history_store(OrbitalHistory *history, const float *d)
{
    OrbitalHistoryKept *kept = history->kept;
    const int n_points = (int)kept->n_points;
    const size_t rows = history->rows, ld = history->ld;
    double error[ORBITAL_HISTORY_POINTS] = {0.0};
    const size_t every = rows / SAMPLE_ROWS > SAMPLE ? rows / SAMPLE_ROWS : SAMPLE;
    for (size_t row = 0; row < rows && n_points > 0; row += every) {
        const float *point[ORBITAL_HISTORY_POINTS + 1] = {d + row * ld};
        for (int j = 0; j < n_points; j++)
            point[j + 1] = point_of_age(history, j) + row * ld;
        history->kernels->difference_squares(ld, n_points + 1, point, error);
    }
    for (int order = 0; order < n_points; order++)
        error[order] = sqrt(error[order]) + 1e-300;
    extrapolation_order_add(&kept->record, ORDER_JUMP, n_points, error);
    kept->newest = (kept->newest + 1) % ORBITAL_HISTORY_POINTS;
    memcpy(point_of_age(history, 0), d, rows * ld * sizeof *d);
    if (n_points < ORBITAL_HISTORY_POINTS)
        kept->n_points++;
}
