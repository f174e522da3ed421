#include "analysis/work_test.h"

#include <math.h>
#include <string.h>

#include "base/units.h"
#include "base/vec3.h"

/// bohr^-1, and what it amounts to at most: at 1 fs with four points, and with two.
static const double CUBIC = 30.0 * NM_PER_BOHR, CUBIC_MOST = 0.3, CUBIC_END_MOST = 0.8;
/// Where a surface has no curvature: of the RMS change of the energy, and hartree.
static const double OF_CHANGE = 0.015, FLOOR = 0.01 / KJMOL_PER_HARTREE;

void work_test_layout(WorkTest *test, Arena *arena, size_t n_atoms)
{
    test->n_atoms = n_atoms;
    for (int k = 0; k < WORK_POINTS; k++) {
        test->xyz[k] = arena_vectors(arena, n_atoms);
        test->gradient[k] = arena_vectors(arena, n_atoms);
    }
}

void work_test_begin(WorkTest *test, double step_fs)
{
    test->at = (WorkRecord){0};
    test->step_fs = step_fs;
}

/// Work of the forces from a point to the next, by what both say.
static double work_of_two(const WorkTest *test, uint64_t from)
{
    const size_t p = from % WORK_POINTS, q = (from + 1) % WORK_POINTS;
    double work = 0.0;
    for (size_t a = 0; a < test->n_atoms; a++)
        for (int x = 0; x < 3; x++)
            work -= 0.5 * (test->gradient[p][a][x] + test->gradient[q][a][x]) *
                    (test->xyz[q][a][x] - test->xyz[p][a][x]);
    return work;
}

/// The same with the points before and after.
static double work_of_four(const WorkTest *test, uint64_t from)
{
    const double(*x[WORK_POINTS])[3], (*g[WORK_POINTS])[3];
    double work[3] = {0.0};
    for (uint64_t k = 0; k < WORK_POINTS; k++) {
        x[k] = (const double(*)[3])test->xyz[(from - 1 + k) % WORK_POINTS];
        g[k] = (const double(*)[3])test->gradient[(from - 1 + k) % WORK_POINTS];
    }
    for (size_t a = 0; a < test->n_atoms; a++)
        for (int c = 0; c < 3; c++) {
            const double x0 = x[0][a][c], x1 = x[1][a][c], x2 = x[2][a][c], x3 = x[3][a][c];
            work[c] += g[0][a][c] * (31.0 * x1 - 32.0 * x2 + x3) +
                       g[1][a][c] * (-31.0 * x0 - 360.0 * x1 + 423.0 * x2 - 32.0 * x3) +
                       g[2][a][c] * (32.0 * x0 - 423.0 * x1 + 360.0 * x2 + 31.0 * x3) +
                       g[3][a][c] * (-x0 + 32.0 * x1 - 31.0 * x2);
        }
    return -(work[0] + work[1] + work[2]) / 720.0;
}

/// The step from a point to the next, of which the newest point is @p last.
static WorkStep step_of(const WorkTest *test, uint64_t from, uint64_t last, bool at_end)
{
    const WorkRecord *at = &test->at;
    const double change = at->energy[(from + 1) % WORK_POINTS] - at->energy[from % WORK_POINTS];
    // A bond at its turning point hardly moves: the steps before and after know better.
    double curvature = 0.0, way = 0.0;
    for (uint64_t end = from; end <= from + 2 && end <= last; end++) {
        curvature = fmax(curvature, at->curvature[end % WORK_POINTS]);
        way = fmax(way, at->way[end % WORK_POINTS]);
    }
    const double most = at_end ? CUBIC_END_MOST : CUBIC_MOST * test->step_fs * test->step_fs;
    return (WorkStep){.point = from + 1,
                      .off = change + (at_end ? work_of_two(test, from) : work_of_four(test, from)),
                      .resolution = fmin(CUBIC * way, most) * curvature};
}

bool work_test_add(WorkTest *test, const double (*xyz)[3], const double (*gradient)[3],
                   double energy, WorkStep *step)
{
    WorkRecord *const at = &test->at;
    const size_t n = test->n_atoms, now = at->n_points % WORK_POINTS,
                 before = (at->n_points + WORK_POINTS - 1) % WORK_POINTS;
    memcpy(test->xyz[now], xyz, n * sizeof *xyz);
    memcpy(test->gradient[now], gradient, n * sizeof *gradient);
    at->energy[now] = energy;
    at->curvature[now] = at->way[now] = 0.0;
    if (at->n_points++ == 0 || test->step_fs > WORK_LONGEST_STEP_FS)
        return false;
    const double(*const old)[3] = (const double(*)[3])test->gradient[before];
    double curvature[3] = {0.0}, furthest = 0.0;
    for (size_t a = 0; a < n; a++) {
        double dx[3];
        vec3_difference(xyz[a], test->xyz[before][a], dx);
        for (int x = 0; x < 3; x++)
            curvature[x] += fabs((gradient[a][x] - old[a][x]) * dx[x]);
        const double square = vec3_dot(dx, dx);
        furthest = square > furthest ? square : furthest;
    }
    at->curvature[now] = 0.5 * (curvature[0] + curvature[1] + curvature[2]);
    at->way[now] = sqrt(furthest);
    const double change = energy - at->energy[before];
    at->sum_squares += change * change;
    const uint64_t last = at->n_points - 1;
    if (last == 2)
        *step = step_of(test, 0, last, true);
    else if (last > 2)
        *step = step_of(test, last - 2, last, false);
    return last >= 2;
}

WorkStep work_test_end(const WorkTest *test)
{
    const uint64_t last = test->at.n_points - 1;
    return step_of(test, last - 1, last, true);
}

double work_test_rms(const WorkTest *test)
{
    const uint64_t n = test->at.n_points;
    return n > 1 ? sqrt(test->at.sum_squares / (double)(n - 1)) : 0.0;
}

double work_step_limit(const WorkStep *step, double rms)
{
    return OF_CHANGE * rms + FLOOR + step->resolution;
}
