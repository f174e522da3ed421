#include "terms/surface.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "base/vec3.h"
#include "data/tables.h"

#define PI 3.14159265358979323846

/// Spheres that reach into that of an atom: some sixty in a liquid.
enum { VIEWS_MAX = 64 };

/// What an atom knows of a sphere; the masks of covered points and of those at the edge follow.
typedef struct {
    double away[3]; ///< A - B when they were made, bohr
    size_t other;   ///< 1 + B, 0: nobody
} SphereView;

/// Masks are made in single precision.
static const double ROUNDING = 1e-4;

enum { FINE_POINTS = 1000, POINTS_MAX = FINE_POINTS };
_Static_assert((int)N_LEBEDEV_230 <= (int)POINTS_MAX, "room for both grids");

static size_t points_of(SolvationGrid grid)
{
    return grid == SOLVATION_GRID_FINE ? FINE_POINTS : N_LEBEDEV_230;
}

static size_t view_size(const Surface *surface)
{
    return sizeof(SphereView) + 2 * surface->ld;
}

void surface_layout(Surface *surface, Arena *arena, size_t n_atoms, SolvationGrid grid)
{
    const size_t n_lists = n_atoms * (n_atoms - 1);
    surface->n_atoms = n_atoms;
    surface->n_points = kernels_padded(points_of(grid));
    surface->points = arena_doubles(arena, 4 * surface->n_points);
    surface->places = arena_bytes(arena, 3 * surface->n_points * sizeof *surface->places);
    surface->radius = arena_doubles(arena, n_atoms);
    surface->area = arena_doubles(arena, n_atoms);
    surface->n_near = arena_sizes(arena, n_atoms);
    surface->near = arena_ints(arena, n_lists);
    surface->slope = arena_vectors(arena, n_lists);
    surface->ld = (surface->n_points / KERNELS_PAD + KERNELS_SPHERE_MASK - 1) /
                  KERNELS_SPHERE_MASK * KERNELS_SPHERE_MASK;
    surface->n_views = n_atoms < VIEWS_MAX ? n_atoms : VIEWS_MAX;
    surface->views = arena_bytes(arena, n_atoms * surface->n_views * view_size(surface));
    surface->brief = arena_bytes(arena, n_atoms * 2 * surface->ld);
    surface->masks = arena_bytes(arena, n_atoms * sizeof *surface->masks);
    surface->covered = arena_bytes(arena, surface->ld);
    surface->others = arena_doubles(arena, n_atoms * KERNELS_SPHERE_ROW);
    surface->list = arena_ints(arena, n_atoms + n_atoms * surface->n_points / 4);
    surface->scratch = arena_doubles(arena, (n_atoms + 1) * surface->n_points);
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
        for (size_t x = 0; x < 3; x++)
            surface->places[x * ld + i] = (float)surface->points[x * ld + i];
        surface->points[3 * ld + i] = real ? 4.0 * PI * point->weight : 0.0;
    }
}

/// Both masks of a sphere near that of an atom, with a margin.
static void make_masks(Surface *surface, double radius, const double row[KERNELS_SPHERE_ROW],
                       double margin, unsigned char *masks)
{
    const double near = row[4] - surface->width, far = row[4] + surface->width;
    const float away[3] = {(float)row[0], (float)row[1], (float)row[2]},
                range[2] = {(float)((near * near - row[3]) / (2.0 * radius) - margin - ROUNDING),
                            (float)((far * far - row[3]) / (2.0 * radius) + margin + ROUNDING)};
    surface->kernels->sphere_masks(surface->n_points, surface->places, away, range, masks,
                                   masks + surface->ld);
}

/// The same, of the i-th sphere near an atom; those of the last geometries if they still hold.
static const unsigned char *masks_of(Surface *surface, size_t a, size_t i, size_t b, double r,
                                     const double row[KERNELS_SPHERE_ROW])
{
    const double radius = surface->radius[a], most = SURFACE_VIEW_MARGIN;
    if (i >= surface->n_views) {
        unsigned char *masks = surface->brief + 2 * i * surface->ld;
        make_masks(surface, radius, row, 0.0, masks);
        return masks;
    }
    void *place = surface->views + (a * surface->n_views + i) * view_size(surface);
    SphereView *view = place;
    unsigned char *masks = (unsigned char *)(view + 1);
    double moved[3];
    vec3_difference(row, view->away, moved);
    if (view->other == b + 1 && vec3_dot(moved, moved) < most * most)
        return masks;
    memcpy(view->away, row, sizeof view->away);
    view->other = b + 1;
    // By so much u.(A - B) changes at most, and by so much where t is -1 and 1.
    make_masks(surface, radius, row, most + most * (r + most) / radius, masks);
    return masks;
}

/// Lists the spheres that reach into that of an atom, with the rows and masks of the kernel; false if
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
        const double sign = a > b ? 1.0 : -1.0;
        double *row = surface->others + KERNELS_SPHERE_ROW * n;
        for (int x = 0; x < 3; x++)
            row[x] = sign * pairs->vector[k][x];
        row[3] = r * r + radius * radius;
        row[4] = other;
        surface->masks[n] = masks_of(surface, a, n, b, r, row);
        near[n++] = (int)b;
    }
    surface->n_near[a] = n;
    return true;
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
        const double radius = surface->radius[a], w = surface->width;
        const double shape[KERNELS_SPHERE_SHAPE] = {radius, w, SOLVATION_SURFACE_DROP};
        const double whole = radius * radius + w * w / 5.0;
        const size_t n = surface->n_near[a];
        double(*slope)[3] = surface->slope + a * (surface->n_atoms - 1);
        surface->area[a] =
            whole * surface->kernels->sphere_area(
                        surface->n_points, surface->points, shape, n, surface->others, surface->ld,
                        surface->masks, surface->covered, surface->list, surface->scratch, slope);
        for (size_t i = 0; i < n; i++)
            for (int x = 0; x < 3; x++)
                slope[i][x] *= whole;
    }
}

void surface_gradient(const Surface *surface, const double *tension, double (*gradient)[3])
{
    for (size_t a = 0; a < surface->n_atoms; a++) {
        const size_t first = a * (surface->n_atoms - 1);
        double sum[3] = {0.0};
        for (size_t i = 0; i < surface->n_near[a]; i++) {
            const double *slope = surface->slope[first + i];
            vec3_add_scaled(1.0, slope, sum);
            vec3_add_scaled(-tension[a], slope, gradient[surface->near[first + i]]);
        }
        vec3_add_scaled(tension[a], sum, gradient[a]);
    }
}
