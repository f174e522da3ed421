#include "scf/potential_response.h"

#include <string.h>

void potential_response_layout(PotentialResponse *response, Arena *arena, size_t n, size_t n_atoms)
{
    if (n_atoms > POTENTIAL_RESPONSE_ATOMS_MAX)
        n_atoms = 0;
    response->n = n;
    response->n_atoms = n_atoms;
    response->ld = kernels_padded(n);
    if (n_atoms == 0)
        return;
    response->kept = arena_kept(arena, sizeof *response->kept);
    response->charges = arena_kept(arena, n_atoms * sizeof(double));
    response->columns = arena_kept(arena, n_atoms * response->ld * sizeof(double));
    response->w = arena_doubles(arena, n_atoms);
    response->shift = arena_doubles(arena, response->ld);
}

bool potential_response_ready(const PotentialResponse *response)
{
    return response->n_atoms > 0 && response->kept->ready != 0;
}

size_t potential_response_next(const PotentialResponse *response)
{
    return (size_t)response->kept->n_measured;
}

void potential_response_add(PotentialResponse *response, const double *dx, const double *charges)
{
    double *column = response->columns + potential_response_next(response) * response->ld;
    memcpy(column, dx, response->n * sizeof *dx);
    if (++response->kept->n_measured < (int64_t)response->n_atoms)
        return;
    memcpy(response->charges, charges, response->n_atoms * sizeof *charges);
    response->kept->ready = 1;
}

void potential_response_shift(const PotentialResponse *response, double sign, double *x)
{
    response->kernels->combine(response->ld, (int)response->n_atoms, response->w, response->columns,
                               response->ld, response->shift);
    response->kernels->axpy(response->n, sign, response->shift, x);
}
