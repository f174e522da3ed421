#include "scf/orbital_history.h"

#include <math.h>
#include <string.h>

#include "scf/extrapolation_order.h"

/// memory = [points stored][slot of the newest][record of the orders][matrices, single precision]
enum { N_POINTS = 0, NEWEST = 1, RECORD = 2, MATRICES = 16 };
_Static_assert(RECORD + EXTRAPOLATION_ORDER_SIZE(ORBITAL_HISTORY_POINTS) <= MATRICES,
               "room for the record");

/// Rows that the errors are measured on, at least; every fourth of small molecules.
enum { SAMPLE_ROWS = 8, SAMPLE = 4 };

size_t orbital_history_size(size_t size)
{
    return MATRICES + (ORBITAL_HISTORY_POINTS * size + 1) / 2;
}

void orbital_history_clear(double *memory)
{
    memset(memory, 0, MATRICES * sizeof *memory);
}

float *orbital_history_point(size_t size, double *memory, int k)
{
    return (float *)(memory + MATRICES) + (size_t)k * size;
}

/// Slot of the point that is `age` geometries older than the newest.
static int slot_of(const double *memory, int age)
{
    return ((int)memory[NEWEST] + ORBITAL_HISTORY_POINTS - age) % ORBITAL_HISTORY_POINTS;
}

int orbital_history_guess(const Kernels *kernels, size_t size, const double *memory, float *guess)
{
    const int n_points = (int)memory[N_POINTS];
    if (n_points == 0)
        return 0;
    const int order = extrapolation_order_best(memory + RECORD, ORDER_JUMP, n_points);
    // (-1)^j (order + 1 over j + 1)
    float coefficient[ORBITAL_HISTORY_POINTS];
    const float *point[ORBITAL_HISTORY_POINTS];
    float c = 1.0F;
    for (int j = 0; j <= order; j++) {
        c *= (float)(order + 1 - j) / (float)(j + 1) * (j > 0 ? -1.0F : 1.0F);
        coefficient[j] = c;
        point[j] = (const float *)(memory + MATRICES) + (size_t)slot_of(memory, j) * size;
    }
    kernels->combine_single(size, order + 1, coefficient, point, guess);
    return n_points;
}

void orbital_history_store(const Kernels *kernels, size_t rows, size_t ld, double *memory,
                           const float *d)
{
    const int n_points = (int)memory[N_POINTS];
    const size_t size = rows * ld;
    double error[ORBITAL_HISTORY_POINTS] = {0.0};
    const size_t every = rows / SAMPLE_ROWS > SAMPLE ? rows / SAMPLE_ROWS : SAMPLE;
    for (size_t row = 0; row < rows && n_points > 0; row += every) {
        const float *point[ORBITAL_HISTORY_POINTS + 1] = {d + row * ld};
        for (int j = 0; j < n_points; j++)
            point[j + 1] = orbital_history_point(size, memory, slot_of(memory, j)) + row * ld;
        kernels->difference_squares(ld, n_points + 1, point, error);
    }
    for (int order = 0; order < n_points; order++)
        error[order] = sqrt(error[order]) + 1e-300;
    extrapolation_order_add(memory + RECORD, ORDER_JUMP, n_points, error);
    const int slot = ((int)memory[NEWEST] + 1) % ORBITAL_HISTORY_POINTS;
    memcpy(orbital_history_point(size, memory, slot), d, size * sizeof *d);
    memory[NEWEST] = slot;
    if (n_points < ORBITAL_HISTORY_POINTS)
        memory[N_POINTS] = n_points + 1;
}
