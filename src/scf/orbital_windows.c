#include "scf/orbital_windows.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"

/// Rows are taken together, as many as a tile of a product has.
enum { ROWS = 8 };
// As orbital_windows.h says.
#define WHOLE 1e-7
#define CORE 1e-7
#define HEART 1e-4
#define SEAT 0.03

/// Smallest part of a row that is not among those chosen before, and smallest eigenvalue of B B^T: below, rounding would turn
/// the orbitals.
#define LEAST_PART 1e-6

static size_t blocks_of(size_t n_orbitals)
{
    return (n_orbitals + WINDOW_ORBITALS - 1) / WINDOW_ORBITALS;
}

void orbital_windows_layout(OrbitalWindows *windows, Arena *arena, size_t n_ao)
{
    const size_t most = blocks_of(n_ao) + 2;
    windows->kept = arena_kept(arena, sizeof *windows->kept);
    windows->whole = arena_kept(arena, most * sizeof(Window));
    windows->core = arena_kept(arena, most * sizeof(Window));
    windows->heart = arena_kept(arena, most * sizeof(Window));
    windows->reach = arena_bytes(arena, most * sizeof(Window));
    windows->seat = arena_kept(arena, most * sizeof(Window));
    for (int s = 0; s < WINDOW_SPACES; s++)
        windows->near[s] = arena_bytes(arena, most * sizeof(Window));
}

void orbital_windows_shape(OrbitalWindows *windows, size_t n_occupied, size_t n_virtual)
{
    windows->n_blocks[0] = blocks_of(n_occupied);
    windows->n_blocks[1] = blocks_of(n_virtual);
}

static void clear_outside(size_t n_rows, size_t n_columns, double *c, size_t ld, Window window)
{
    for (size_t i = 0; i < n_rows; i++)
        if (i < (size_t)window.first || i >= (size_t)window.last)
            memset(c + i * ld, 0, n_columns * sizeof *c);
}

static size_t columns_of_block(size_t n_columns, size_t block)
{
    const size_t left = n_columns - block * WINDOW_ORBITALS;
    return left < WINDOW_ORBITALS ? left : WINDOW_ORBITALS;
}

/// The windows of a block, in whole ROWS.
static void measure_block(OrbitalWindows *windows, size_t at, size_t n_rows, size_t n_columns,
                          const double *block, size_t ld)
{
    static const double LIMITS[] = {WHOLE, CORE, HEART, SEAT};
    Window *const of_limit[] = {windows->whole, windows->core, windows->heart, windows->seat};
    enum { N_LIMITS = sizeof LIMITS / sizeof LIMITS[0] };
    const int n = (int)n_rows;
    for (int k = 0; k < N_LIMITS && !windows->kept->known; k++)
        of_limit[k][at] = (Window){INT32_MAX, 0};
    for (int i = 0; i < n; i++) {
        double most = 0.0;
        for (size_t j = 0; j < n_columns; j++) {
            const double size = fabs(block[(size_t)i * ld + j]);
            most = size > most ? size : most;
        }
        for (int k = 0; k < N_LIMITS && most > LIMITS[k]; k++) {
            // What lies just outside of the whole window may grow.
            const int more = LIMITS[k] == WHOLE ? ROWS : 0, first = i / ROWS * ROWS - more,
                      last = (i / ROWS + 1) * ROWS + more;
            const Window rows = {first > 0 ? first : 0, last < n ? last : n};
            of_limit[k][at] = window_union(of_limit[k][at], rows);
        }
    }
}

/// Blocks that are multiplied together have one whole window.
static void join_windows(OrbitalWindows *windows, size_t begin, size_t n_blocks)
{
    for (size_t b = 0; b < n_blocks; b++) {
        const size_t first = b / WINDOW_TOGETHER * WINDOW_TOGETHER;
        windows->whole[begin + first] =
            window_union(windows->whole[begin + first], windows->whole[begin + b]);
    }
    for (size_t b = 0; b < n_blocks; b++)
        windows->whole[begin + b] = windows->whole[begin + b / WINDOW_TOGETHER * WINDOW_TOGETHER];
}

double orbital_windows_measure(OrbitalWindows *windows, size_t n_rows, double *c, size_t ld,
                               const size_t *first, const size_t *n_columns)
{
    double sum = 0.0;
    size_t begin = 0;
    for (int s = 0; s < WINDOW_SPACES; begin += windows->n_blocks[s++]) {
        double *const space = c + first[s];
        for (size_t b = 0; b < windows->n_blocks[s]; b++)
            measure_block(windows, begin + b, n_rows, columns_of_block(n_columns[s], b),
                          space + b * WINDOW_ORBITALS, ld);
        join_windows(windows, begin, windows->n_blocks[s]);
        for (size_t b = 0; b < windows->n_blocks[s]; b++) {
            const Window whole = windows->whole[begin + b];
            clear_outside(n_rows, columns_of_block(n_columns[s], b), space + b * WINDOW_ORBITALS,
                          ld, whole);
            sum += (double)(whole.last - whole.first);
        }
    }
    return sum / (double)(begin * n_rows);
}

Window orbital_windows_reach(const KernelsPattern *pattern, Window rows)
{
    Window reach = rows;
    for (size_t b = 0; b < pattern->n_blocks; b++)
        if (pattern->row[b] < rows.last && pattern->row[b + 1] > rows.first) {
            const int first = pattern->group[pattern->first[b]] * KERNELS_PATTERN_GROUP,
                      last =
                          (pattern->group[pattern->first[b + 1] - 1] + 1) * KERNELS_PATTERN_GROUP;
            reach = window_union(reach, (Window){first, last});
        }
    const int end = pattern->row[pattern->n_blocks];
    reach.last = reach.last < end ? reach.last : end;
    return reach;
}

void orbital_windows_update(OrbitalWindows *windows, const KernelsPattern *pattern)
{
    const size_t n = windows->n_blocks[0] + windows->n_blocks[1];
    for (size_t i = 0; i < n; i++) {
        if (pattern != NULL)
            windows->reach[i] = orbital_windows_reach(pattern, windows->whole[i]);
        for (int s = 0; s < WINDOW_SPACES; s++) {
            const size_t begin = s == 0 ? 0 : windows->n_blocks[0];
            Window near = {INT32_MAX, 0};
            for (size_t j = 0; j < windows->n_blocks[s]; j++)
                if (!window_is_empty(window_common(windows->whole[i], windows->seat[begin + j])) ||
                    !window_is_empty(window_common(windows->seat[i], windows->whole[begin + j])))
                    near = window_union(near, (Window){(int32_t)j, (int32_t)j + 1});
            windows->near[s][i] = window_is_empty(near) ? (Window){0, 0} : near;
        }
    }
}

/// Chooses m of the rows of C, those with the largest parts orthogonal to the ones before, which are taken away from all others
/// in `rows`, a copy of C; marks them.
static bool choose_rows(const Kernels *kernels, size_t n_rows, size_t m, size_t ld, double *rows,
                        double *norm, bool *chosen)
{
    for (size_t i = 0; i < n_rows; i++) {
        norm[i] = kernels->dot(m, rows + i * ld, rows + i * ld);
        chosen[i] = false;
    }
    for (size_t k = 0; k < m; k++) {
        size_t best = n_rows;
        for (size_t i = 0; i < n_rows; i++)
            if (!chosen[i] && (best == n_rows || norm[i] > norm[best]))
                best = i;
        if (best == n_rows || !(norm[best] > LEAST_PART))
            return false;
        chosen[best] = true;
        double *q = rows + best * ld;
        const double length = sqrt(norm[best]);
        for (size_t j = 0; j < m; j++)
            q[j] /= length;
        for (size_t i = 0; i < n_rows; i++) {
            if (chosen[i])
                continue;
            const double part = kernels->dot(m, q, rows + i * ld);
            kernels->axpy(m, -part, q, rows + i * ld);
            norm[i] -= part * part;
        }
    }
    return true;
}

bool orbital_windows_localise(const Kernels *kernels, size_t n_rows, size_t m, const double *c,
                              size_t ld, double *u, double *const room[3], double *eigenvalues,
                              double *eigen_work, int *eigen_iwork)
{
    double *rows = room[0], *b = room[1], *product = room[2];
    for (size_t i = 0; i < n_rows; i++) {
        memcpy(rows + i * ld, c + i * ld, m * sizeof *rows);
        memset(rows + i * ld + m, 0, (ld - m) * sizeof *rows);
    }
    bool *chosen = (bool *)product;
    if (!choose_rows(kernels, n_rows, m, ld, rows, b, chosen))
        return false;
    // B = the rows chosen, and B^T.
    double *b_t = rows;
    size_t k = 0;
    for (size_t i = 0; i < n_rows; i++)
        if (chosen[i]) {
            memcpy(b + k * ld, c + i * ld, m * sizeof *b);
            memset(b + k * ld + m, 0, (ld - m) * sizeof *b);
            k++;
        }
    memset(b_t, 0, m * ld * sizeof *b_t);
    kernels->transpose(m, m, 1.0, b, ld, b_t, ld);
    // B B^T = V^T w V, and U = B^T V^T w^-1/2 V.
    kernels->matmul_nn(m, m, m, b, ld, b_t, ld, product, ld);
    if (!linalg_eigen(kernels, m, product, ld, eigenvalues, eigen_work, eigen_iwork) ||
        !(eigenvalues[0] > LEAST_PART))
        return false;
    memset(u, 0, m * ld * sizeof *u);
    double *v_t = b;
    memset(v_t, 0, m * ld * sizeof *v_t);
    kernels->transpose(m, m, 1.0, product, ld, v_t, ld);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++)
            v_t[i * ld + j] /= sqrt(eigenvalues[j]);
    kernels->matmul_nn(m, m, m, b_t, ld, v_t, ld, u, ld);
    memcpy(v_t, u, m * ld * sizeof *u);
    kernels->matmul_nn(m, m, m, v_t, ld, product, ld, u, ld);
    return true;
}
