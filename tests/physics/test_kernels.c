/// The kernels: every instruction set against the generic one, and the generic one against plain loops.
/// Those of dispersion are in test_dispersion_kernels.c, those of pairs of atoms in test_pair_batches.c.
#include "support/check.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"
#include "support/pseudo_random.h"

enum { N = 72 };

/// Fused multiply-adds and the order of sums differ between instruction sets, nothing else.
static const double RELATIVE = 1e-13;

static const char *const ISAS[] = {"generic", "avx2", "avx512"};
enum { N_ISAS = 3 };

/// Goes through the tables that this machine can run.
#define EACH_TABLE(kernels)                                                                        \
    for (int isa = 0; isa < N_ISAS; isa++)                                                         \
        for (const Kernels *kernels = kernels_choose(ISAS[isa]); kernels != NULL; kernels = NULL)

static void fill(size_t n, double *out, unsigned seed)
{
    for (size_t i = 0; i < n; i++)
        out[i] = pseudo_random(&seed);
}

static void unknown_sets_are_refused(void **state)
{
    (void)state;
    assert_null(kernels_choose("sse9"));
    assert_string_equal(kernels_choose("generic")->isa, "generic");
    assert_non_null(kernels_choose(NULL));
    assert_ptr_equal(kernels_choose(NULL), kernels_choose(""));
}

static void padding_is_the_next_multiple(void **state)
{
    (void)state;
    assert_int_equal(kernels_padded(0), 0);
    assert_int_equal(kernels_padded(1), KERNELS_PAD);
    assert_int_equal(kernels_padded(KERNELS_PAD), KERNELS_PAD);
    assert_int_equal(kernels_padded(KERNELS_PAD + 1), 2 * KERNELS_PAD);
}

/// Both products against a triple loop; what lies beyond the n columns stays as it was.
static void check_matmul(const Kernels *kernels, size_t m, size_t n, size_t k)
{
    alignas(64) static double a[N * N], at[N * N], b[N * N], nn[N * N], tn[N * N];
    fill(N * N, a, 1);
    fill(N * N, b, 2);
    for (size_t i = 0; i < N; i++)
        for (size_t l = 0; l < N; l++)
            at[l * N + i] = a[i * N + l];
    for (size_t i = 0; i < N * N; i++)
        nn[i] = tn[i] = 7.0;
    kernels->matmul_nn(m, n, k, a, N, b, N, nn, N);
    kernels->matmul_tn(m, n, k, at, N, b, N, tn, N);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            double sum = 0.0, size = 0.0;
            for (size_t l = 0; l < k; l++) {
                sum += a[i * N + l] * b[l * N + j];
                size += fabs(a[i * N + l] * b[l * N + j]);
            }
            const bool inside = i < m && j < n;
            const double wanted = inside ? sum : 7.0, allowed = inside ? RELATIVE * size : 0.0;
            CHECK_NEAR(nn[i * N + j], wanted, allowed);
            CHECK_NEAR(tn[i * N + j], wanted, allowed);
        }
}

/// The products that take less work, from the two sides of a triple loop: symmetric, single precision.
static void check_cheap_products(const Kernels *kernels, size_t m, size_t n, size_t k)
{
    alignas(64) static double a[N * N], b[N * N], out[N * N], back[N * N];
    alignas(64) static float a_single[N * N], b_single[N * N], single[N * N];
    fill(N * N, a, 1);
    fill(N * N, b, 2);
    for (size_t i = 0; i < N * N; i++)
        out[i] = single[i] = 7.0;

    // A^T A is symmetric; columns beyond m are padding, as they come out of the product.
    const size_t padded = kernels_padded(m) < N ? kernels_padded(m) : m;
    kernels->matmul_tn_symmetric(m, padded, k, a, N, a, N, out, N);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) {
            double sum = 0.0, size = 0.0;
            for (size_t l = 0; l < k; l++) {
                sum += a[l * N + i] * a[l * N + j];
                size += fabs(a[l * N + i] * a[l * N + j]);
            }
            CHECK_NEAR(out[i * N + j], sum, RELATIVE * size);
            assert_true(out[i * N + j] == out[j * N + i]);
        }

    kernels->narrow(m, k, -0.5, a, N, a_single, N);
    kernels->narrow(k, n, 1.0, b, N, b_single, N);
    for (size_t i = 0; i < m * N; i++)
        assert_true(i % N >= k || a_single[i] == (float)(-0.5 * a[i]));
    for (size_t i = 0; i < N * N; i++)
        single[i] = 7.0;
    kernels->narrow_transposed(m, k, -0.5, a, N, single, N);
    for (size_t l = 0; l < N; l++)
        for (size_t i = 0; i < N; i++) {
            const bool outside = l >= kernels_padded(k) || i >= kernels_padded(m);
            if (l < k && i < m)
                assert_true(single[l * N + i] == (float)(-0.5 * a[i * N + l]));
            assert_true(!outside || single[l * N + i] == 7.0F);
        }
    for (size_t i = 0; i < N * N; i++)
        single[i] = 7.0;
    kernels->matmul_single(m, n, k, a_single, N, b_single, N, NULL, single, N);
    kernels->matmul_single(m, n, k, a_single, N, b_single, N, single, single, N);
    for (size_t i = 0; i < N * N; i++)
        out[i] = 7.0;
    kernels->matmul_correction(m, n, k, a_single, N, b_single, N, b, out, N);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            double sum = 0.0, size = 1.0;
            for (size_t l = 0; l < k; l++) {
                sum += (double)a_single[i * N + l] * b_single[l * N + j];
                size += fabs((double)a_single[i * N + l] * b_single[l * N + j]);
            }
            const bool inside = i < m && j < n;
            CHECK_NEAR(single[i * N + j], inside ? 2.0 * sum : 7.0, inside ? 2e-6 * size : 0.0);
            CHECK_NEAR(out[i * N + j], inside ? b[i * N + j] + sum : 7.0,
                       inside ? 1e-6 * size : 0.0);
        }

    for (size_t i = 0; i < N * N; i++)
        single[i] = 7.0;
    kernels->narrow(k, m, 1.0, a, N, a_single, N);
    kernels->matmul_tn_single(m, n, k, a_single, N, b_single, N, single, N);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            double sum = 0.0, size = 1.0;
            for (size_t l = 0; l < k; l++) {
                sum += (double)a_single[l * N + i] * b_single[l * N + j];
                size += fabs((double)a_single[l * N + i] * b_single[l * N + j]);
            }
            const bool inside = i < m && j < n;
            CHECK_NEAR(single[i * N + j], inside ? sum : 7.0, inside ? 1e-6 * size : 0.0);
        }
    alignas(64) static float triangle[N * N];
    const size_t order = m < n ? m : n;
    kernels->matmul_tn_triangle_single(order, order, k, a_single, N, b_single, N, triangle, N);
    for (size_t i = 0; i < order; i++)
        for (size_t j = 0; j <= i; j++)
            assert_true(triangle[i * N + j] == single[i * N + j]);

    kernels->transpose(m, n, 1.5, a, N, back, N);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            assert_true(back[j * N + i] == 1.5 * a[i * N + j]);
}

static void matrix_products_are_triple_loops(void **state)
{
    (void)state;
    static const size_t SIZES[] = {1, 2, 5, 7, 8, 9, 16, 17, 23, 24, 31, 32, 33, 40, 47, 64, 71};
    enum { N_SIZES = sizeof SIZES / sizeof SIZES[0] };
    EACH_TABLE(kernels)
    {
        for (size_t i = 0; i < N_SIZES; i++) {
            check_matmul(kernels, SIZES[i], SIZES[i], SIZES[i]);
            check_matmul(kernels, SIZES[i], SIZES[(i + 5) % N_SIZES], SIZES[(i + 9) % N_SIZES]);
            check_matmul(kernels, SIZES[(i + 3) % N_SIZES], SIZES[i], 1);
            check_cheap_products(kernels, SIZES[i], SIZES[(i + 5) % N_SIZES],
                                 SIZES[(i + 9) % N_SIZES]);
        }
        check_matmul(kernels, 5, 8, 0); // a sum over nothing is zero
    }
}

static void vector_kernels_are_plain_loops(void **state)
{
    (void)state;
    double x[N], y[N], a[N * N], out[N];
    fill(N, x, 3);
    fill(N * N, a, 4);
    EACH_TABLE(kernels)
    {
        for (size_t n = 0; n < N; n++) {
            double sum = 0.0, size = 0.0;
            fill(N, y, 5);
            for (size_t i = 0; i < n; i++) {
                sum += x[i] * y[i];
                size += fabs(x[i] * y[i]);
            }
            CHECK_NEAR(kernels->dot(n, x, y), sum, RELATIVE * size);

            double moved[N];
            memcpy(moved, y, sizeof moved);
            kernels->axpy(n, 0.7, x, moved);
            // One multiply-add, fused or not.
            for (size_t i = 0; i < N; i++)
                CHECK_NEAR(moved[i], i < n ? y[i] + 0.7 * x[i] : y[i], 1e-15);

            for (size_t i = 0; i < N; i++)
                out[i] = 7.0;
            kernels->matvec(11, n, a, N, x, out);
            for (size_t i = 0; i < N; i++) {
                double row = 0.0;
                for (size_t j = 0; j < n; j++)
                    row += a[i * N + j] * x[j];
                CHECK_NEAR(out[i], i < 11 ? row : 7.0, RELATIVE * (double)N);
            }
        }
    }
}

/// Sums of rows and tables of differences; rows of the table beyond those asked for stay as they were.
static void combinations_and_differences_are_those_of_plain_loops(void **state)
{
    (void)state;
    enum { ROWS = 20 };
    EACH_TABLE(kernels)
    {
        double rows[ROWS * N], x[N], weight[ROWS], out[N];
        for (size_t n = KERNELS_PAD; n <= N; n += KERNELS_PAD) {
            for (int n_rows = 1; n_rows <= ROWS; n_rows++) {
                fill(sizeof rows / sizeof *rows, rows, 7);
                fill(N, x, 8);
                fill(ROWS, weight, 9);
                kernels->combine(n, n_rows, weight, rows, N, out);
                for (size_t i = 0; i < n; i++) {
                    double sum = 0.0;
                    for (int k = 0; k < n_rows; k++)
                        sum += weight[k] * rows[(size_t)k * N + i];
                    CHECK_NEAR(out[i], sum, RELATIVE * ROWS);
                }

                double table[ROWS * N], squares[ROWS], spent[N];
                memcpy(table, rows, sizeof table);
                memcpy(spent, x, sizeof spent);
                kernels->difference_store(n, n_rows, spent, table, N, squares);
                for (int k = 0; k < ROWS; k++) {
                    double square = 0.0;
                    for (size_t i = 0; i < n; i++) {
                        double difference = x[i];
                        for (int l = 0; l < k; l++)
                            difference -= rows[(size_t)l * N + i];
                        CHECK_NEAR(table[(size_t)k * N + i],
                                   k < n_rows ? difference : rows[(size_t)k * N + i], 1e-14);
                        square += (difference - rows[(size_t)k * N + i]) *
                                  (difference - rows[(size_t)k * N + i]);
                    }
                    if (k < n_rows)
                        CHECK_NEAR(squares[k], square, RELATIVE * square);
                }
            }
        }
    }
}

static void squares_of_differences_are_those_of_plain_loops(void **state)
{
    (void)state;
    enum { POINTS = 8 };
    static double random[POINTS * N];
    alignas(64) static float rows[POINTS * N];
    const float *point[POINTS];
    fill(POINTS * N, random, 11);
    for (size_t i = 0; i < POINTS * N; i++)
        rows[i] = (float)random[i];
    for (int k = 0; k < POINTS; k++)
        point[k] = rows + (size_t)k * N;
    for (int isa = 0; isa < N_ISAS; isa++) {
        const Kernels *kernels = kernels_choose(ISAS[isa]);
        for (int n_points = 1; kernels != NULL && n_points <= POINTS; n_points++)
            for (size_t n = KERNELS_PAD; n <= N; n += KERNELS_PAD) {
                double sum[POINTS];
                for (int p = 0; p < POINTS; p++)
                    sum[p] = 0.5;
                kernels->difference_squares(n, n_points, point, sum);
                for (int p = 0; p < POINTS; p++) {
                    double squares = 0.0;
                    for (size_t i = 0; i < n && p + 1 < n_points; i++) {
                        double difference = 0.0, factor = 1.0; // (-1)^k (p + 1 over k)
                        for (int k = 0; k <= p + 1; k++) {
                            difference += factor * rows[(size_t)k * N + i];
                            factor *= -(double)(p + 1 - k) / (k + 1);
                        }
                        squares += difference * difference;
                    }
                    CHECK_NEAR(sum[p], 0.5 + squares, 1e-5 * squares);
                }
            }
    }
}

/// A symmetric matrix whose padding is no number; off-diagonal elements small against the distances of the
/// diagonal ones, all of them numbers in single precision.
static void make_symmetric(size_t m, double sign, double *a, float *off, double *diagonal)
{
    unsigned seed = 11;
    for (size_t i = 0; i < N * N; i++)
        a[i] = off[i] = NAN;
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < i; j++) {
            off[i * N + j] = off[j * N + i] = (float)(0.02 * (pseudo_random(&seed) - 0.5));
            a[i * N + j] = a[j * N + i] = -(double)off[i * N + j];
        }
        off[i * N + i] = 0.0F;
        a[i * N + i] = diagonal[i] = sign * (0.1 * (double)((i + m / 2) % m) - 0.7);
    }
}

/// The first step in plain loops; returns what is missing, to first order of the step.
static double plain_step(size_t m, const double *a, double sign, const double *diagonal,
                         double closest, double *x, double *value)
{
    double norm = 0.0, sum = 0.0, r[N], d[N], rr = 0.0, xr = 0.0, xx = 0.0, length = 0.0;
    for (size_t i = 0; i < m; i++) {
        norm += x[i] * x[i];
        r[i] = 0.0;
        for (size_t j = 0; j < m; j++)
            r[i] += a[i * N + j] * x[j];
        sum += x[i] * r[i];
    }
    *value = sum / norm;
    for (size_t i = 0; i < m; i++) {
        r[i] -= *value * x[i];
        d[i] = fmax(sign * (diagonal[i] - *value), closest);
        rr += r[i] * r[i] / d[i];
        xr += r[i] * x[i] / d[i];
        xx += x[i] * x[i] / d[i];
    }
    for (size_t i = 0; i < m; i++) {
        x[i] -= sign * (r[i] - xr / xx * x[i]) / d[i];
        length += x[i] * x[i];
    }
    for (size_t i = 0; i < m; i++)
        x[i] /= sqrt(length);
    return (rr - xr * xr / xx) / norm;
}

static void eigenvectors_are_found_from_vectors_nearby(void **state)
{
    (void)state;
    alignas(64) static double a[N * N], work[8 * N];
    alignas(64) static float off[N * N];
    EACH_TABLE(kernels)
    {
        for (size_t m = 2; m <= 50; m++)
            for (int k = 0; k < 4; k++) {
                const double sign = k % 2 == 0 ? 1.0 : -1.0;
                const bool single = k >= 2;
                double diagonal[N], x[N] = {0.0}, plain[N], value;
                make_symmetric(m, sign, a, off, diagonal);
                const size_t lowest = (m - m / 2) % m;
                for (size_t i = 0; i < m; i++)
                    x[i] = i == lowest ? 1.1 : 0.003;
                memcpy(plain, x, sizeof plain);

                // Products in single precision are right to 1e-7 of their terms.
                const double part = single ? 1e-6 : 1e-12;
                EigenvectorTask task = {.m = m,
                                        .a = single ? NULL : a,
                                        .off = off,
                                        .ld = N,
                                        .diagonal = diagonal,
                                        .sign = sign,
                                        .closest = 1e-3,
                                        .x = x,
                                        .work = work};
                EigenvectorResult out = kernels->eigenvector(&task);
                assert_int_equal(out.n_steps, 0);
                const double missing = plain_step(m, a, sign, diagonal, 1e-3, plain, &value);
                CHECK_NEAR(out.value, value - sign * missing, part);
                CHECK_NEAR(out.correction, missing, part);
                CHECK_NEAR(out.correction_all, missing, part);
                CHECK_NEAR(out.level_distance, sign * (diagonal[lowest] - value), part);
                for (size_t i = 0; i < N; i++)
                    CHECK_NEAR(x[i], i < m ? plain[i] : 0.0, 100.0 * part);

                // Steps: A x = value x, and the value is that of the outermost level.
                task.tolerance = 1e-14;
                task.max_steps = 30;
                for (int start = 0; start < 3; start++)
                    out = kernels->eigenvector(&task);
                assert_true(out.correction <= 1e-14 && out.level_distance >= 0.0);
                double length = 0.0;
                for (size_t i = 0; i < m; i++) {
                    double sum = 0.0;
                    for (size_t j = 0; j < m; j++)
                        sum += a[i * N + j] * x[j];
                    CHECK_NEAR(sum, out.value * x[i], single ? 1e-6 : 1e-7);
                    length += x[i] * x[i];
                }
                CHECK_NEAR(length, 1.0, 1e-14);
            }
    }
}

static void a_lower_level_shows(void **state)
{
    (void)state;
    enum { M = 12 };
    alignas(64) static double a[N * N], work[8 * N];
    alignas(64) static float off[N * N];
    EACH_TABLE(kernels)
    {
        double diagonal[N], x[N] = {0.0};
        make_symmetric(M, 1.0, a, off, diagonal);
        x[M / 2 + 1] = 1.0; // the second level
        const EigenvectorTask task = {.m = M,
                                      .a = a,
                                      .ld = N,
                                      .diagonal = diagonal,
                                      .sign = 1.0,
                                      .closest = 1e-3,
                                      .tolerance = 1e-11,
                                      .max_steps = 8,
                                      .x = x,
                                      .work = work};
        const EigenvectorResult out = kernels->eigenvector(&task);
        assert_true(out.level_distance < -0.05);
    }
}

static void quotients_are_plain_sums(void **state)
{
    (void)state;
    alignas(64) static double c[N * N], f[N * N], work[2 * N];
    fill(N * N, c, 12);
    fill(N * N, f, 13);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < i; j++)
            f[i * N + j] = f[j * N + i];
    EACH_TABLE(kernels)
    {
        for (size_t n = 1; n < N; n++) {
            const size_t m = n / 3 + 1;
            double x[N], ao[N], sum = 0.0, size = 0.0;
            fill(N, x, 14);
            memset(x + m, 0, (N - m) * sizeof *x);
            for (size_t i = 0; i < n; i++) {
                ao[i] = 0.0;
                for (size_t j = 0; j < m; j++)
                    ao[i] += c[i * N + j] * x[j];
            }
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++) {
                    sum += ao[i] * f[i * N + j] * ao[j];
                    size += fabs(ao[i] * f[i * N + j] * ao[j]);
                }
            CHECK_NEAR(kernels->quotient_of_columns(n, m, c, N, x, f, N, work), sum,
                       RELATIVE * size);
        }
    }
}

enum { SPHERE_POINTS = 232, SPHERES = 9 };
static const double SPHERE_RADIUS = 4.0, SPHERE_WIDTH = 0.6;

/// A sphere with others around it; some cover much, some nothing.
typedef struct {
    double points[4 * SPHERE_POINTS], shape[KERNELS_SPHERE_SHAPE];
    double others[SPHERES * KERNELS_SPHERE_ROW], centre[SPHERES][3], radius[SPHERES];
} Cluster;

static void make_cluster(Cluster *cluster)
{
    unsigned seed = 9;
    *cluster = (Cluster){.shape = {SPHERE_RADIUS, SPHERE_WIDTH, 1e-6}};
    for (size_t p = 0; p < SPHERE_POINTS; p++) {
        const double z = 1.0 - (2.0 * (double)p + 1.0) / SPHERE_POINTS, rho = sqrt(1.0 - z * z);
        cluster->points[p] = rho * cos(2.4 * (double)p);
        cluster->points[SPHERE_POINTS + p] = rho * sin(2.4 * (double)p);
        cluster->points[2 * SPHERE_POINTS + p] = z;
        // Some groups of points have negative weights, as one of a Lebedev grid.
        cluster->points[3 * SPHERE_POINTS + p] =
            (p / KERNELS_PAD % 4 == 3 ? -1.0 : 1.0) * (0.05 + 0.01 * pseudo_random(&seed));
    }
    for (size_t b = 0; b < SPHERES; b++) {
        double *row = cluster->others + KERNELS_SPHERE_ROW * b, r2 = 16.0;
        for (int x = 0; x < 3; x++) {
            cluster->centre[b][x] = 7.0 * pseudo_random(&seed);
            row[x] = -cluster->centre[b][x];
            r2 += row[x] * row[x];
        }
        cluster->radius[b] = 3.4 + 0.8 * pseudo_random(&seed);
        row[3] = r2;
        row[4] = cluster->radius[b];
    }
}

/// Masks of all spheres with a margin.
static void make_masks(const Kernels *kernels, const Cluster *cluster, double margin,
                       unsigned char masks[SPHERES][2][KERNELS_SPHERE_MASK])
{
    float points[3 * SPHERE_POINTS];
    for (size_t i = 0; i < 3 * SPHERE_POINTS; i++)
        points[i] = (float)cluster->points[i];
    for (size_t b = 0; b < SPHERES; b++) {
        const double *row = cluster->others + KERNELS_SPHERE_ROW * b;
        const float away[3] = {(float)row[0], (float)row[1], (float)row[2]};
        float range[2];
        for (int side = 0; side < 2; side++) {
            const double sign = side == 0 ? -1.0 : 1.0,
                         reach = cluster->radius[b] + sign * SPHERE_WIDTH;
            range[side] = (float)((reach * reach - row[3]) / (2.0 * SPHERE_RADIUS) + sign * margin);
        }
        memset(masks[b], 0, sizeof masks[b]);
        kernels->sphere_masks(SPHERE_POINTS, points, away, range, masks[b][0], masks[b][1]);
    }
}

static double plain_area(const Cluster *cluster, double slopes[SPHERES][3])
{
    double area = 0.0;
    memset(slopes, 0, SPHERES * sizeof slopes[0]);
    for (size_t p = 0; p < SPHERE_POINTS; p++) {
        double product = 1.0, log_slope[SPHERES][3] = {{0.0}};
        for (size_t b = 0; b < SPHERES; b++) {
            double d[3], r = 0.0;
            for (size_t x = 0; x < 3; x++) {
                d[x] = 4.0 * cluster->points[x * SPHERE_POINTS + p] - cluster->centre[b][x];
                r += d[x] * d[x];
            }
            r = sqrt(r);
            const double t = fmax(-1.0, fmin(1.0, (r - cluster->radius[b]) / 0.6));
            const double s = 0.5 + 0.75 * t - 0.25 * t * t * t;
            product *= s;
            for (int x = 0; x < 3 && s > 0.0; x++)
                log_slope[b][x] = 0.75 / 0.6 * (1.0 - t * t) / s * d[x] / r;
        }
        if (product <= 1e-6)
            continue;
        product *= cluster->points[3 * SPHERE_POINTS + p];
        area += product;
        for (size_t b = 0; b < SPHERES; b++)
            for (int x = 0; x < 3; x++)
                slopes[b][x] += product * log_slope[b][x];
    }
    return area;
}

static double sum_of_weights(const Cluster *cluster)
{
    double sum = 0.0;
    for (size_t p = 0; p < SPHERE_POINTS; p++)
        sum += cluster->points[3 * SPHERE_POINTS + p];
    return sum;
}

static void masks_of_a_sphere_are_those_of_its_edge(void **state)
{
    (void)state;
    Cluster cluster;
    unsigned char masks[SPHERES][2][KERNELS_SPHERE_MASK];
    make_cluster(&cluster);
    EACH_TABLE(kernels)
    {
        make_masks(kernels, &cluster, 0.0, masks);
        for (size_t b = 0; b < SPHERES; b++)
            for (size_t p = 0; p < SPHERE_POINTS; p++) {
                double r = 0.0;
                for (size_t x = 0; x < 3; x++)
                    r += pow(SPHERE_RADIUS * cluster.points[x * SPHERE_POINTS + p] -
                                 cluster.centre[b][x],
                             2);
                const double t = (sqrt(r) - cluster.radius[b]) / SPHERE_WIDTH;
                const int bit = 1 << p % KERNELS_PAD, covered = masks[b][0][p / KERNELS_PAD] & bit,
                          edge = masks[b][1][p / KERNELS_PAD] & bit;
                // Single precision of distances below 10 decides within 1e-5 of the limits.
                if (fabs(fabs(t) - 1.0) < 1e-5)
                    continue;
                assert_int_equal(covered != 0, t < -1.0);
                assert_int_equal(edge != 0, t > -1.0 && t < 1.0);
            }
    }
}

static void area_of_a_sphere_is_the_plain_sum(void **state)
{
    (void)state;
    enum { LIST = SPHERES + SPHERES * SPHERE_POINTS / 4 };
    Cluster cluster;
    unsigned char masks[SPHERES][2][KERNELS_SPHERE_MASK], covered[KERNELS_SPHERE_MASK];
    const unsigned char *rows[SPHERES];
    int list[LIST];
    double scratch[(SPHERES + 1) * SPHERE_POINTS], slopes[SPHERES][3], wanted[SPHERES][3];
    make_cluster(&cluster);
    for (size_t b = 0; b < SPHERES; b++)
        rows[b] = masks[b][0];
    const double area = plain_area(&cluster, wanted);
    assert_true(area > 0.5 && area < 10.0);
    EACH_TABLE(kernels)
    {
        double first = 0.0;
        for (int turn = 0; turn < 3; turn++) {
            make_masks(kernels, &cluster, 1e-4 + 0.4 * turn, masks);
            const double found = kernels->sphere_area(SPHERE_POINTS, cluster.points, cluster.shape,
                                                      SPHERES, cluster.others, KERNELS_SPHERE_MASK,
                                                      rows, covered, list, scratch, slopes);
            CHECK_NEAR(found, area, 1e-13 * area);
            for (size_t b = 0; b < SPHERES; b++)
                for (int x = 0; x < 3; x++)
                    CHECK_NEAR(slopes[b][x], wanted[b][x], 1e-12);
            // A margin of the masks does not change a bit.
            assert_true(turn == 0 || found == first);
            first = found;
        }
        CHECK_NEAR(kernels->sphere_area(SPHERE_POINTS, cluster.points, cluster.shape, 0,
                                        cluster.others, KERNELS_SPHERE_MASK, rows, covered, list,
                                        scratch, slopes),
                   sum_of_weights(&cluster), 1e-13); // nobody near
    }
}

static void traces_of_blocks_are_plain_sums(void **state)
{
    (void)state;
    enum { LD = 80, BLOCKS_MAX = 40 };
    alignas(64) static float m[LD * LD];
    alignas(64) static float scratch[LD * (8 + 2 * BLOCKS_MAX)];
    static double random[N * LD], out[BLOCKS_MAX * BLOCKS_MAX + 1];
    fill(N * LD, random, 8);
    for (int i = 0; i < N_ISAS; i++)
        for (size_t n_blocks = 1; n_blocks <= BLOCKS_MAX; n_blocks += 3) {
            const Kernels *kernels = kernels_choose(ISAS[i]);
            if (kernels == NULL)
                continue;
            // Blocks of one, four and nine rows in turn.
            size_t first[BLOCKS_MAX + 1] = {0}, n_used = 0;
            for (size_t b = 0; b < n_blocks; b++, n_used++) {
                const size_t size = b % 5 == 4 ? 9 : b % 2 == 0 ? 4 : 1;
                if (first[b] + size > N)
                    break;
                first[b + 1] = first[b] + size;
            }
            const size_t n = first[n_used], ld = kernels_padded_single(n);
            assert_true(kernels_blocks_scratch(n, n_used) <= sizeof scratch / sizeof scratch[0]);
            for (size_t k = 0; k < ld * ld; k++)
                m[k] = k / ld < n && k % ld < n ? (float)random[k] : NAN;
            out[n_used * n_used] = 7.0;
            kernels->traces_of_blocks(n_used, first, m, ld, scratch, out);
            for (size_t a = 0; a < n_used; a++)
                for (size_t b = 0; b < n_used; b++) {
                    double sum = 0.0, size = 0.0;
                    for (size_t r = first[a]; r < first[a + 1]; r++)
                        for (size_t c = first[b]; c < first[b + 1]; c++) {
                            const double term = (double)m[r * ld + c] * m[c * ld + r];
                            sum += term;
                            size += fabs(term);
                        }
                    CHECK_NEAR(out[a * n_used + b], sum, 1e-6 * size);
                }
            assert_true(out[n_used * n_used] == 7.0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(combinations_and_differences_are_those_of_plain_loops),
        cmocka_unit_test(unknown_sets_are_refused),
        cmocka_unit_test(padding_is_the_next_multiple),
        cmocka_unit_test(matrix_products_are_triple_loops),
        cmocka_unit_test(vector_kernels_are_plain_loops),
        cmocka_unit_test(eigenvectors_are_found_from_vectors_nearby),
        cmocka_unit_test(a_lower_level_shows),
        cmocka_unit_test(quotients_are_plain_sums),
        cmocka_unit_test(traces_of_blocks_are_plain_sums),
        cmocka_unit_test(squares_of_differences_are_those_of_plain_loops),
        cmocka_unit_test(masks_of_a_sphere_are_those_of_its_edge),
        cmocka_unit_test(area_of_a_sphere_is_the_plain_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
