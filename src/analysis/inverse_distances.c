#include "analysis/inverse_distances.h"

#include <math.h>
#include <stdlib.h>

#include "base/vec3.h"
#include "data/element.h"

size_t inverse_distances_count(size_t n_atoms)
{
    return n_atoms > 0 ? n_atoms * (n_atoms - 1) / 2 : 0;
}

void inverse_distances_layout(InverseDistances *d, Arena *arena, size_t n_atoms)
{
    d->n_atoms = n_atoms;
    d->n_pairs = inverse_distances_count(n_atoms);
    d->kind = arena_sizes(arena, d->n_pairs);
    d->begin = arena_sizes(arena, d->n_pairs + 1);
    d->used = arena_sizes(arena, d->n_pairs + 1);
}

void inverse_distances_setup(InverseDistances *d, const int *numbers)
{
    unsigned short kinds[ELEMENT_MAX + 1][ELEMENT_MAX + 1] = {
        {0}}; // of two elements, from 1; 0: not seen yet
    size_t pair = 0;
    d->n_kinds = 0;
    for (size_t k = 0; k <= d->n_pairs; k++)
        d->begin[k] = 0;
    for (size_t a = 1; a < d->n_atoms; a++)
        for (size_t b = 0; b < a; b++, pair++) {
            unsigned short *const kind = &kinds[numbers[a]][numbers[b]];
            if (*kind == 0)
                *kind = kinds[numbers[b]][numbers[a]] = (unsigned short)++d->n_kinds;
            d->kind[pair] = *kind - 1u;
            d->begin[*kind]++;
        }
    for (size_t k = 0; k < d->n_kinds; k++)
        d->begin[k + 1] += d->begin[k];
}

static int falling(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return x < y ? 1 : -(x > y);
}

void inverse_distances_find(InverseDistances *d, const double (*xyz)[3], float *out)
{
    size_t pair = 0;
    for (size_t k = 0; k < d->n_kinds; k++)
        d->used[k] = d->begin[k];
    for (size_t a = 1; a < d->n_atoms; a++)
        for (size_t b = 0; b < a; b++, pair++) {
            double r[3];
            vec3_difference(xyz[a], xyz[b], r);
            out[d->used[d->kind[pair]]++] = (float)(1.0 / vec3_norm(r));
        }
    for (size_t k = 0; k < d->n_kinds; k++)
        qsort(out + d->begin[k], d->begin[k + 1] - d->begin[k], sizeof *out, falling);
}

double inverse_distances_difference(size_t n, const float *a, const float *b)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double off = (double)a[i] - (double)b[i];
        sum += off * off;
    }
    return n > 0 ? sqrt(sum / (double)n) : 0.0;
}
