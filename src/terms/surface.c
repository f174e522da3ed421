#include "terms/surface.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "base/vec3.h"
#include "data/tables.h"

#define PI 3.14159265358979323846

enum { FINE_POINTS = 1000, POINTS_MAX = FINE_POINTS };
_Static_assert((int)N_LEBEDEV_230 <= (int)POINTS_MAX, "room for both grids");

static size_t points_of(SolvationGrid grid)
{
    return grid == SOLVATION_GRID_FINE ? FINE_POINTS : N_LEBEDEV_230;
}

void surface_layout(Surface *surface, Arena *arena, size_t n_atoms, SolvationGrid grid)
{
    const size_t n_lists = n_atoms * (n_atoms - 1);
    surface->n_atoms = n_atoms;
    surface->n_points = kernels_padded(points_of(grid));
    surface->points = arena_doubles(arena, 4 * surface->n_points);
    surface->radius = arena_doubles(arena, n_atoms);
    surface->area = arena_doubles(arena, n_atoms);
    surface->n_near = arena_sizes(arena, n_atoms);
    surface->near = arena_ints(arena, n_lists);
    surface->slope = arena_vectors(arena, n_lists);
    surface->others = arena_doubles(arena, n_atoms * KERNELS_SPHERE_ROW);
    surface->key = arena_doubles(arena, n_atoms);
    surface->kernel_list = arena_sizes(arena, n_atoms);
    surface->kernel_memory = arena_doubles(arena, n_atoms * KERNELS_SPHERE_SCRATCH);
}

static int by_number(double a, double b)
{
    return (a > b) - (a < b);
}

static int by_x(const void *a, const void *b)
{
    const SpherePoint *p = a, *q = b;
    return 4 * by_number(p->x, q->x) + 2 * by_number(p->y, q->y) + by_number(p->z, q->z);
}

static int by_y(const void *a, const void *b)
{
    const SpherePoint *p = a, *q = b;
    return 4 * by_number(p->y, q->y) + 2 * by_number(p->z, q->z) + by_number(p->x, q->x);
}

static int by_z(const void *a, const void *b)
{
    const SpherePoint *p = a, *q = b;
    return 4 * by_number(p->z, q->z) + 2 * by_number(p->x, q->x) + by_number(p->y, q->y);
}

static double extent(const SpherePoint *points, size_t n, size_t axis)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        const double at[3] = {points[i].x, points[i].y, points[i].z};
        low = fmin(low, at[axis]);
        high = fmax(high, at[axis]);
    }
    return high - low;
}

/// Sorts so that the points of a group of KERNELS_PAD are neighbours: halves along the longest axis,
/// again and again.
static void sort_into_groups(SpherePoint *points, size_t n)
{
    static int (*const ORDER[3])(const void *, const void *) = {by_x, by_y, by_z};
    const size_t n_groups = kernels_padded(n) / KERNELS_PAD;
    if (n_groups < 2)
        return;
    size_t axis = 0;
    for (size_t x = 1; x < 3; x++)
        if (extent(points, n, x) > extent(points, n, axis))
            axis = x;
    qsort(points, n, sizeof *points, ORDER[axis]);
    const size_t first = n_groups / 2 * KERNELS_PAD;
    sort_into_groups(points, first);
    sort_into_groups(points + first, n - first);
}

/// Equal areas along z, from one to the next by the golden angle.
static void make_spiral(SpherePoint *points)
{
    const double golden_angle = PI * (3.0 - sqrt(5.0));
    for (int k = 0; k < FINE_POINTS; k++) {
        const double z = 1.0 - (2.0 * k + 1.0) / FINE_POINTS, rho = sqrt(1.0 - z * z);
        points[k] = (SpherePoint){.x = rho * cos(golden_angle * k),
                                  .y = rho * sin(golden_angle * k),
                                  .z = z,
                                  .weight = 1.0 / FINE_POINTS};
    }
}

void surface_setup(Surface *surface, const Kernels *kernels, const Solvent *solvent,
                   const int *numbers)
{
    surface->kernels = kernels;
    surface->width = SOLVATION_SURFACE_WIDTH * BOHR_PER_ANGSTROM;
    for (size_t a = 0; a < surface->n_atoms; a++)
        surface->radius[a] = (TABLE_SOLVATION_ELEMENTS[numbers[a] - 1].vdw + solvent->row->probe) *
                             BOHR_PER_ANGSTROM;

    SpherePoint points[POINTS_MAX];
    const size_t n = points_of(solvent->grid);
    if (solvent->grid == SOLVATION_GRID_FINE)
        make_spiral(points);
    else
        memcpy(points, TABLE_LEBEDEV_230, sizeof TABLE_LEBEDEV_230);
    sort_into_groups(points, n);
    const size_t ld = surface->n_points;
    for (size_t i = 0; i < ld; i++) {
        // The padding repeats the last point with no weight.
        const bool real = i < n;
        const SpherePoint *point = &points[real ? i : n - 1];
        surface->points[i] = point->x;
        surface->points[ld + i] = point->y;
        surface->points[2 * ld + i] = point->z;
        surface->points[3 * ld + i] = real ? 4.0 * PI * point->weight : 0.0;
    }
}

/// Lists the spheres that reach into that of an atom, the one that covers most of it first; false if
/// nothing of it is left.
static bool find_near(const Pairs *pairs, size_t a, Surface *surface)
{
    const double radius = surface->radius[a], w = surface->width;
    int *near = surface->near + a * (surface->n_atoms - 1);
    size_t n = 0;
    for (size_t b = 0; b < surface->n_atoms; b++) {
        if (b == a)
            continue;
        const size_t k = a > b ? a * (a - 1) / 2 + b : b * (b - 1) / 2 + a;
        const double r = pairs->distance[k], other = surface->radius[b];
        if (r >= radius + other + w || radius >= r + other + w)
            continue;
        if (other >= r + radius + w)
            return false;
        // Covered of the sphere is the cap within cos = -edge of the direction of B.
        const double edge = (other * other - radius * radius - r * r) / (2.0 * radius * r);
        size_t at = n++;
        for (; at > 0 && surface->key[at - 1] < edge; at--) {
            surface->key[at] = surface->key[at - 1];
            near[at] = near[at - 1];
        }
        surface->key[at] = edge;
        near[at] = (int)b;
    }
    surface->n_near[a] = n;
    return true;
}

/// The rows of the kernel.
static void describe_near(const Pairs *pairs, size_t a, Surface *surface)
{
    const double radius = surface->radius[a], w = surface->width;
    const int *near = surface->near + a * (surface->n_atoms - 1);
    for (size_t i = 0; i < surface->n_near[a]; i++) {
        const size_t b = (size_t)near[i];
        const size_t k = a > b ? a * (a - 1) / 2 + b : b * (b - 1) / 2 + a;
        const double sign = a > b ? 1.0 : -1.0, r = pairs->distance[k], other = surface->radius[b];
        const double r2 = r * r + radius * radius;
        double *row = surface->others + KERNELS_SPHERE_ROW * i;
        for (int x = 0; x < 3; x++)
            row[x] = sign * pairs->vector[k][x];
        row[3] = r2;
        row[4] = other;
        row[5] = ((other - w) * (other - w) - r2) / (2.0 * radius);
        row[6] = ((other + w) * (other + w) - r2) / (2.0 * radius);
    }
}

void surface_update(Surface *surface, const Pairs *pairs)
{
    for (size_t a = 0; a < surface->n_atoms; a++) {
        surface->area[a] = 0.0;
        surface->n_near[a] = 0;
        if (!find_near(pairs, a, surface)) {
            surface->n_near[a] = 0;
            continue;
        }
        describe_near(pairs, a, surface);
        const double radius = surface->radius[a], w = surface->width;
        const double shape[KERNELS_SPHERE_SHAPE] = {radius, w, SOLVATION_SURFACE_DROP};
        const double whole = radius * radius + w * w / 5.0;
        const size_t n = surface->n_near[a];
        double(*slope)[3] = surface->slope + a * (surface->n_atoms - 1);
        surface->area[a] =
            whole * surface->kernels->sphere_area(surface->n_points, surface->points, shape, n,
                                                  surface->others, surface->kernel_list,
                                                  surface->kernel_memory, slope);
        for (size_t i = 0; i < n; i++)
            for (int x = 0; x < 3; x++)
                slope[i][x] *= whole;
    }
}

void surface_gradient(const Surface *surface, const double *tension, double (*gradient)[3])
{
    for (size_t a = 0; a < surface->n_atoms; a++) {
        const size_t first = a * (surface->n_atoms - 1);
        for (size_t i = 0; i < surface->n_near[a]; i++) {
            const double *slope = surface->slope[first + i];
            vec3_add_scaled(tension[a], slope, gradient[a]);
            vec3_add_scaled(-tension[a], slope, gradient[surface->near[first + i]]);
        }
    }
}
