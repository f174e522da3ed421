/// The kernels: every instruction set against the generic one, and the generic one against plain loops
/// and quadrature. The two of dispersion are in test_dispersion_kernels.c.
#include "support/check.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/kernels.h"

enum { N = 72, CARTESIAN_MAX = 6, OUT_MAX = KERNELS_MOMENTS * CARTESIAN_MAX * CARTESIAN_MAX };

/// Fused multiply-adds and the order of sums differ between instruction sets, nothing else.
static const double RELATIVE = 1e-13;

static const char *const ISAS[] = {"generic", "avx2", "avx512"};
enum { N_ISAS = 3 };

/// A number in -0.5 .. 0.5 that is the same everywhere.
static double pseudo_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (double)*seed / 4294967296.0 - 0.5;
}

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

static void matrix_products_are_triple_loops(void **state)
{
    (void)state;
    static const size_t SIZES[] = {1, 2, 5, 7, 8, 9, 16, 17, 23, 24, 31, 32, 33, 40, 47, 64, 71};
    enum { N_SIZES = sizeof SIZES / sizeof SIZES[0] };
    for (int isa = 0; isa < N_ISAS; isa++) {
        const Kernels *kernels = kernels_choose(ISAS[isa]);
        if (kernels == NULL)
            continue;
        for (size_t i = 0; i < N_SIZES; i++) {
            check_matmul(kernels, SIZES[i], SIZES[i], SIZES[i]);
            check_matmul(kernels, SIZES[i], SIZES[(i + 5) % N_SIZES], SIZES[(i + 9) % N_SIZES]);
            check_matmul(kernels, SIZES[(i + 3) % N_SIZES], SIZES[i], 1);
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
    for (int isa = 0; isa < N_ISAS; isa++) {
        const Kernels *kernels = kernels_choose(ISAS[isa]);
        if (kernels == NULL)
            continue;
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

/// Two contracted shells with the table that the kernels want.
typedef struct {
    int la, lb, na, nb; ///< angular momenta; primitives
    double alpha[6], ca[6], beta[6], cb[6];
    size_t n, ld;
    alignas(64) double rows[KERNELS_PRIMITIVE_ROWS * KERNELS_MAX_PRIMITIVES];
} ShellPair;

static void make_pair(int la, int lb, int na, int nb, ShellPair *pair)
{
    *pair = (ShellPair){.la = la, .lb = lb, .na = na, .nb = nb};
    for (int k = 0; k < 6; k++) {
        pair->alpha[k] = 12.0 * pow(0.33, k) + 0.05 * la;
        pair->beta[k] = 9.0 * pow(0.38, k) + 0.07 * lb;
        pair->ca[k] = 0.3 + 0.1 * k;
        pair->cb[k] = 0.8 - 0.25 * k;
    }
    // Rising mu by insertion: the kernels stop at the first pair that is too far.
    int order[36], n = 0;
    for (int i = 0; i < na * nb; i++) {
        int at = n++;
        const double a = pair->alpha[i / nb], b = pair->beta[i % nb];
        for (; at > 0; at--) {
            const double pa = pair->alpha[order[at - 1] / nb], pb = pair->beta[order[at - 1] % nb];
            if (pa * pb / (pa + pb) <= a * b / (a + b))
                break;
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
    pair->n = (size_t)n;
    pair->ld = kernels_padded(pair->n);
    for (size_t k = 0; k < pair->n; k++) {
        const int i = order[k] / nb, j = order[k] % nb;
        const double a = pair->alpha[i], b = pair->beta[j], p = a + b;
        const double row[KERNELS_PRIMITIVE_ROWS] = {
            a * b / p, 0.5 / p, -b / p,
            a / p,     2.0 * a, pair->ca[i] * pair->cb[j] * pow(acos(-1.0) / p, 1.5)};
        for (size_t r = 0; r < KERNELS_PRIMITIVE_ROWS; r++)
            pair->rows[r * pair->ld + k] = row[r];
    }
}

static const int N_CARTESIAN[3] = {1, 3, 6};
static const int POWER[3][6][3] = {
    {{0, 0, 0}},
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {{2, 0, 0}, {1, 1, 0}, {0, 2, 0}, {1, 0, 1}, {0, 1, 1}, {0, 0, 2}},
};
static const int MOMENT[KERNELS_MOMENTS][3] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1},
                                               {2, 0, 0}, {1, 1, 0}, {0, 2, 0}, {1, 0, 1},
                                               {0, 1, 1}, {0, 0, 2}};

/// int (x-t)^i exp(-a (x-t)^2) x^j exp(-b x^2) dx by the trapezoidal rule, which is exact to rounding
/// for a Gaussian once the step is a third of its width.
static double quadrature(double a, double b, double t, int i, int j)
{
    const double p = a + b, centre = a * t / p, width = 1.0 / sqrt(p), h = width / 3.0;
    double sum = 0.0;
    for (int k = -33; k <= 33; k++) {
        const double x = centre + k * h;
        sum += pow(x - t, i) * pow(x, j) * exp(-a * (x - t) * (x - t) - b * x * x);
    }
    return sum * h;
}

/// Moments without any recursion: one product of three quadratures per primitive pair.
static void moments_by_quadrature(const ShellPair *pair, const double t[3], double mu_r2_max,
                                  double *out)
{
    const int na = N_CARTESIAN[pair->la], nb = N_CARTESIAN[pair->lb];
    const double r2 = t[0] * t[0] + t[1] * t[1] + t[2] * t[2];
    memset(out, 0, (size_t)(KERNELS_MOMENTS * na * nb) * sizeof *out);
    for (int k = 0; k < pair->na; k++)
        for (int l = 0; l < pair->nb; l++) {
            const double a = pair->alpha[k], b = pair->beta[l];
            if (a * b / (a + b) * r2 > mu_r2_max)
                continue;
            double table[3][3][5];
            for (int x = 0; x < 3; x++)
                for (int i = 0; i <= pair->la; i++)
                    for (int j = 0; j <= pair->lb + 2; j++)
                        table[x][i][j] = quadrature(a, b, t[x], i, j);
            for (int c = 0; c < KERNELS_MOMENTS; c++)
                for (int i = 0; i < na; i++)
                    for (int j = 0; j < nb; j++) {
                        double product = pair->ca[k] * pair->cb[l];
                        for (int x = 0; x < 3; x++)
                            product *= table[x][POWER[pair->la][i][x]]
                                            [POWER[pair->lb][j][x] + MOMENT[c][x]];
                        out[(c * na + i) * nb + j] += product;
                    }
        }
}

static const double DISTANCES[][3] = {
    {0.0, 0.0, 0.0}, {1.1, -0.7, 0.4}, {2.5, 1.9, -3.1}, {0.0, 0.0, 2.0}, {-6.0, 5.0, 4.0}};
enum { N_DISTANCES = sizeof DISTANCES / sizeof DISTANCES[0] };
static const double MU_R2_MAX = 25.0;

static size_t n_out(const ShellPair *pair)
{
    return (size_t)(KERNELS_MOMENTS * N_CARTESIAN[pair->la] * N_CARTESIAN[pair->lb]);
}

static double largest(size_t n, const double *x)
{
    double most = 0.0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(x[i]));
    return most;
}

static void moments_are_those_of_quadrature(void **state)
{
    (void)state;
    for (int isa = 0; isa < N_ISAS; isa++) {
        const Kernels *kernels = kernels_choose(ISAS[isa]);
        if (kernels == NULL)
            continue;
        for (int l = 0; l < 9; l++)
            for (int d = 0; d < N_DISTANCES; d++)
                for (int size = 3; size <= 6; size += 3) {
                    ShellPair pair;
                    double out[OUT_MAX], wanted[OUT_MAX];
                    make_pair(l / 3, l % 3, size, size == 3 ? 4 : 6, &pair);
                    kernels->moment_integrals(pair.la, pair.lb, pair.n, pair.ld, pair.rows,
                                              DISTANCES[d], MU_R2_MAX, out);
                    moments_by_quadrature(&pair, DISTANCES[d], MU_R2_MAX, wanted);
                    // Sums of both signs: relative to the largest of the block.
                    const double allowed = 2e-14 * fmax(1.0, largest(n_out(&pair), wanted));
                    for (size_t i = 0; i < n_out(&pair); i++)
                        CHECK_NEAR(out[i], wanted[i], allowed);
                }
    }
}

static void moments_agree_between_instruction_sets(void **state)
{
    (void)state;
    const Kernels *generic = kernels_choose("generic");
    double coefficient[OUT_MAX];
    fill(OUT_MAX, coefficient, 6);
    for (int isa = 1; isa < N_ISAS; isa++) {
        const Kernels *kernels = kernels_choose(ISAS[isa]);
        if (kernels == NULL)
            continue;
        for (int l = 0; l < 9; l++)
            for (int d = 0; d < N_DISTANCES; d++) {
                ShellPair pair;
                double out[OUT_MAX], wanted[OUT_MAX], g[3] = {0.0}, g0[3] = {0.0};
                make_pair(l / 3, l % 3, 4, 4, &pair);
                kernels->moment_integrals(pair.la, pair.lb, pair.n, pair.ld, pair.rows,
                                          DISTANCES[d], MU_R2_MAX, out);
                generic->moment_integrals(pair.la, pair.lb, pair.n, pair.ld, pair.rows,
                                          DISTANCES[d], MU_R2_MAX, wanted);
                for (size_t i = 0; i < n_out(&pair); i++)
                    CHECK_NEAR(out[i], wanted[i], RELATIVE * largest(n_out(&pair), wanted));
                kernels->moment_gradient(pair.la, pair.lb, pair.n, pair.ld, pair.rows, DISTANCES[d],
                                         MU_R2_MAX, coefficient, g);
                generic->moment_gradient(pair.la, pair.lb, pair.n, pair.ld, pair.rows, DISTANCES[d],
                                         MU_R2_MAX, coefficient, g0);
                for (int x = 0; x < 3; x++)
                    CHECK_NEAR(g[x], g0[x], 10.0 * RELATIVE * fmax(1e-3, largest(3, g0)));
            }
    }
}

static void gradient_is_the_slope_of_the_moments(void **state)
{
    (void)state;
    const double h = 1e-3, no_screening = 1e9;
    double coefficient[OUT_MAX];
    fill(OUT_MAX, coefficient, 7);
    for (int isa = 0; isa < N_ISAS; isa++) {
        const Kernels *kernels = kernels_choose(ISAS[isa]);
        if (kernels == NULL)
            continue;
        for (int l = 0; l < 9; l++)
            for (int d = 0; d < 4; d++) {
                ShellPair pair;
                double g[3] = {1.0, 1.0, 1.0}; // added to
                make_pair(l / 3, l % 3, 4, 3, &pair);
                kernels->moment_gradient(pair.la, pair.lb, pair.n, pair.ld, pair.rows, DISTANCES[d],
                                         no_screening, coefficient, g);
                for (int x = 0; x < 3; x++) {
                    double e[5];
                    for (int i = 0; i < 5; i++) {
                        double t[3], out[OUT_MAX];
                        memcpy(t, DISTANCES[d], sizeof t);
                        t[x] += (i - 2) * h;
                        kernels->moment_integrals(pair.la, pair.lb, pair.n, pair.ld, pair.rows, t,
                                                  no_screening, out);
                        e[i] = 0.0;
                        for (size_t j = 0; j < n_out(&pair); j++)
                            e[i] += coefficient[j] * out[j];
                    }
                    // Steep primitives: the stencil errs by h^4/30 of the fifth derivative.
                    CHECK_NEAR(g[x] - 1.0, (e[0] - 8.0 * e[1] + 8.0 * e[3] - e[4]) / (12.0 * h),
                               2e-9);
                }
            }
    }
}

static void far_primitives_are_left_out(void **state)
{
    (void)state;
    static const double FAR[3] = {60.0, 0.0, 0.0};
    ShellPair pair;
    double out[OUT_MAX];
    make_pair(1, 2, 4, 4, &pair);
    for (int isa = 0; isa < N_ISAS; isa++) {
        const Kernels *kernels = kernels_choose(ISAS[isa]);
        if (kernels == NULL)
            continue;
        double g[3] = {0.0}, coefficient[OUT_MAX];
        fill(OUT_MAX, coefficient, 8);
        kernels->moment_integrals(1, 2, pair.n, pair.ld, pair.rows, FAR, MU_R2_MAX, out);
        kernels->moment_gradient(1, 2, pair.n, pair.ld, pair.rows, FAR, MU_R2_MAX, coefficient, g);
        for (size_t i = 0; i < n_out(&pair); i++)
            CHECK_NEAR(out[i], 0.0, 0.0);
        for (int x = 0; x < 3; x++)
            CHECK_NEAR(g[x], 0.0, 0.0);
    }
}

enum { SPHERE_POINTS = 232, SPHERES = 9 };

/// A sphere with others around it; some cover much, some nothing.
typedef struct {
    double points[4 * SPHERE_POINTS], shape[KERNELS_SPHERE_SHAPE];
    double others[SPHERES * KERNELS_SPHERE_ROW], centre[SPHERES][3], radius[SPHERES];
} Cluster;

static void make_cluster(Cluster *cluster)
{
    unsigned seed = 9;
    *cluster = (Cluster){.shape = {4.0, 0.6, 1e-6}};
    for (size_t p = 0; p < SPHERE_POINTS; p++) {
        const double z = 1.0 - (2.0 * (double)p + 1.0) / SPHERE_POINTS, rho = sqrt(1.0 - z * z);
        cluster->points[p] = rho * cos(2.4 * (double)p);
        cluster->points[SPHERE_POINTS + p] = rho * sin(2.4 * (double)p);
        cluster->points[2 * SPHERE_POINTS + p] = z;
        cluster->points[3 * SPHERE_POINTS + p] = 0.05 + 0.01 * pseudo_random(&seed);
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
        row[5] = (pow(cluster->radius[b] - 0.6, 2) - r2) / 8.0;
        row[6] = (pow(cluster->radius[b] + 0.6, 2) - r2) / 8.0;
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

static void area_of_a_sphere_is_the_plain_sum(void **state)
{
    (void)state;
    Cluster cluster;
    size_t near[SPHERES];
    double scratch[SPHERES * KERNELS_SPHERE_SCRATCH], slopes[SPHERES][3], wanted[SPHERES][3];
    make_cluster(&cluster);
    const double area = plain_area(&cluster, wanted);
    assert_true(area > 0.5 && area < 10.0);
    for (int isa = 0; isa < N_ISAS; isa++) {
        const Kernels *kernels = kernels_choose(ISAS[isa]);
        if (kernels == NULL)
            continue;
        CHECK_NEAR(kernels->sphere_area(SPHERE_POINTS, cluster.points, cluster.shape, SPHERES,
                                        cluster.others, near, scratch, slopes),
                   area, 1e-13 * area);
        for (size_t b = 0; b < SPHERES; b++)
            for (int x = 0; x < 3; x++)
                CHECK_NEAR(slopes[b][x], wanted[b][x], 1e-12);
        CHECK_NEAR(kernels->sphere_area(SPHERE_POINTS, cluster.points, cluster.shape, 0,
                                        cluster.others, near, scratch, slopes),
                   11.6, 0.2); // nobody near: the sum of the weights
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_sets_are_refused),
        cmocka_unit_test(padding_is_the_next_multiple),
        cmocka_unit_test(matrix_products_are_triple_loops),
        cmocka_unit_test(vector_kernels_are_plain_loops),
        cmocka_unit_test(moments_are_those_of_quadrature),
        cmocka_unit_test(moments_agree_between_instruction_sets),
        cmocka_unit_test(gradient_is_the_slope_of_the_moments),
        cmocka_unit_test(far_primitives_are_left_out),
        cmocka_unit_test(area_of_a_sphere_is_the_plain_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
