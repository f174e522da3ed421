// Part of kernels_body.c: element-wise loops of the orbital refinement, in single precision.

/// The largest |x| of a row that is at least `most`.
static inline float largest_of_row(size_t n, const float *x, float most)
{
#pragma omp simd reduction(max : most)
    for (size_t j = 0; j < n; j++) {
        const float size = x[j] < 0.0F ? -x[j] : x[j];
        most = size > most ? size : most;
    }
    return most;
}

static double largest_single(size_t m, size_t n, const float *a, size_t lda)
{
    float most = 0.0F;
    for (size_t i = 0; i < m; i++)
        most = largest_of_row(n, a + i * lda, most);
    return (double)most;
}

static void sylvester_start(size_t m, size_t n, size_t ld, const double *restrict g,
                            const double *restrict e, const double *restrict row_eps,
                            const double *restrict column_eps, float *restrict scale,
                            float *restrict r)
{
    for (size_t i = 0; i < m; i++) {
        const double *restrict gi = g + i * ld, *restrict ei = e + i * ld;
        float *restrict si = scale + i * ld, *restrict ri = r + i * ld;
        const double eps = row_eps[i];
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            si[j] = (float)(1.0 / (eps - column_eps[j]));
            ri[j] = (float)(ei[j] * column_eps[j] - gi[j]);
        }
    }
}

static double sylvester_step(size_t m, size_t n, size_t ld, const float *restrict r,
                             const float *restrict scale, float *restrict step, float *restrict x,
                             bool first)
{
    float most = 0.0F;
    for (size_t i = 0; i < m; i++) {
        const size_t row = i * ld;
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            const float d = r[row + j] * scale[row + j];
            step[row + j] = d;
            x[row + j] = first ? d : x[row + j] + d;
        }
        most = largest_of_row(n, step + row, most);
    }
    return (double)most;
}

static void gradient_direction(size_t m, size_t n, size_t ld, double beta, const float *restrict r,
                               const float *restrict scale, float *restrict p)
{
    const float b = (float)beta;
    for (size_t i = 0; i < m; i++) {
        const size_t row = i * ld;
        if (beta == 0.0) {
#pragma omp simd
            for (size_t j = 0; j < n; j++)
                p[row + j] = r[row + j] * scale[row + j];
        } else {
#pragma omp simd
            for (size_t j = 0; j < n; j++)
                p[row + j] = r[row + j] * scale[row + j] + b * p[row + j];
        }
    }
}

static void gradient_curvature(size_t m, size_t n, size_t ld, const float *restrict p,
                               const float *restrict scale, float *restrict q, double *restrict sum)
{
    for (size_t i = 0; i < m; i++) {
        const size_t row = i * ld;
        float total = 0.0F;
#pragma omp simd reduction(+ : total)
        for (size_t j = 0; j < n; j++) {
            const float ap = p[row + j] / scale[row + j] - q[row + j];
            q[row + j] = ap;
            total += p[row + j] * ap;
        }
        sum[i] = (double)total;
    }
}

static double gradient_step(size_t m, size_t n, size_t ld, double alpha, const float *restrict p,
                            const float *restrict q, const float *restrict scale, float *restrict x,
                            float *restrict r, double *restrict sum)
{
    const float a = (float)alpha;
    float most = 0.0F;
    for (size_t i = 0; i < m; i++) {
        const size_t row = i * ld;
        float total = 0.0F;
        if (p == NULL) {
            memset(x + row, 0, n * sizeof *x);
        } else {
#pragma omp simd
            for (size_t j = 0; j < n; j++) {
                x[row + j] += a * p[row + j];
                r[row + j] -= a * q[row + j];
            }
        }
#pragma omp simd reduction(+ : total) reduction(max : most)
        for (size_t j = 0; j < n; j++) {
            const float z = r[row + j] * scale[row + j], size = z < 0.0F ? -z : z;
            total += r[row + j] * z;
            most = size > most ? size : most;
        }
        sum[i] = (double)total;
    }
    return (double)most;
}

static void transpose_single(size_t m, size_t n, float scale, const float *restrict a, size_t lda,
                             float *restrict b, size_t ldb)
{
    typedef float Quad __attribute__((vector_size(4 * sizeof(float))));
    const size_t whole = m / 4 * 4, across = n / 4 * 4;
    for (size_t i = 0; i < whole; i += 4) {
        for (size_t j = 0; j < across; j += 4) {
            Quad r[4];
            for (int k = 0; k < 4; k++)
                memcpy(&r[k], a + (i + (size_t)k) * lda + j, sizeof r[k]);
            const Quad low01 = __builtin_shufflevector(r[0], r[1], 0, 4, 1, 5),
                       high01 = __builtin_shufflevector(r[0], r[1], 2, 6, 3, 7),
                       low23 = __builtin_shufflevector(r[2], r[3], 0, 4, 1, 5),
                       high23 = __builtin_shufflevector(r[2], r[3], 2, 6, 3, 7);
            r[0] = scale * __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
            r[1] = scale * __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
            r[2] = scale * __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
            r[3] = scale * __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
            for (int k = 0; k < 4; k++)
                memcpy(b + (j + (size_t)k) * ldb + i, &r[k], sizeof r[k]);
        }
        for (size_t j = across; j < n; j++)
            for (size_t k = i; k < i + 4; k++)
                b[j * ldb + k] = scale * a[k * lda + j];
    }
    for (size_t i = whole; i < m; i++)
        for (size_t j = 0; j < n; j++)
            b[j * ldb + i] = scale * a[i * lda + j];
}

/// One vector of singles as wide as the registers.
typedef float Singles
    __attribute__((vector_size(LANES_FLOAT * sizeof(float)), aligned(4), may_alias));
enum { N_SINGLES = LANES_FLOAT, POINTS_MAX = 8 };

static void combine_single(size_t n, int n_points, const float *coefficient,
                           const float *const *point, float *restrict out)
{
    size_t i = 0;
    for (; i + N_SINGLES <= n; i += N_SINGLES) {
        Singles sum = coefficient[0] * *(const Singles *)(point[0] + i);
        for (int k = 1; k < n_points; k++)
            sum += coefficient[k] * *(const Singles *)(point[k] + i);
        *(Singles *)(out + i) = sum;
    }
    for (; i < n; i++) {
        float sum = coefficient[0] * point[0][i];
        for (int k = 1; k < n_points; k++)
            sum += coefficient[k] * point[k][i];
        out[i] = sum;
    }
}

static inline float sum_of_singles(Singles v)
{
    float part[N_SINGLES];
    memcpy(part, &v, sizeof part);
    for (int half = N_SINGLES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            part[i] += part[i + half];
    return part[0];
}

/// One vector of each point: adds the squares of its differences. d ends up as anything.
static inline __attribute__((always_inline)) void add_difference_squares(int n_points, Singles *d,
                                                                         Singles *squares)
{
    for (int order = 0; order + 1 < n_points; order++) {
        for (int k = 0; k + 1 < n_points - order; k++)
            d[k] -= d[k + 1];
        squares[order] += d[0] * d[0];
    }
}

/// Any number of points; inlined with a constant one, everything stays in registers.
static inline __attribute__((always_inline)) void
sum_difference_squares(size_t n, int n_points, const float *const *point, double *sum)
{
    Singles squares[POINTS_MAX] = {{0.0F}}, d[POINTS_MAX];
    size_t i = 0;
    for (; i + N_SINGLES <= n; i += N_SINGLES) {
        for (int k = 0; k < n_points; k++)
            d[k] = *(const Singles *)(point[k] + i);
        add_difference_squares(n_points, d, squares);
    }
    for (; i < n; i += KERNELS_PAD) {
        // Half a vector, as a part of one whose other numbers are zero.
        enum { PART = (int)KERNELS_PAD < (int)N_SINGLES ? (int)KERNELS_PAD : (int)N_SINGLES };
        for (int k = 0; k < n_points; k++) {
            d[k] = (Singles){0.0F};
            memcpy(&d[k], point[k] + i, PART * sizeof(float));
        }
        add_difference_squares(n_points, d, squares);
    }
    for (int order = 0; order + 1 < n_points; order++)
        sum[order] += (double)sum_of_singles(squares[order]);
}

static void difference_squares(size_t n, int n_points, const float *const *point, double *sum)
{
    // A full history of orbitals has seven points.
    if (n_points == 7)
        sum_difference_squares(n, 7, point, sum);
    else
        sum_difference_squares(n, n_points, point, sum);
}

static void matvec_single(size_t m, size_t n, const float *a, size_t lda, const float *x, float *y)
{
    // Four rows share what is loaded of x, and their sums do not wait for each other.
    size_t i = 0;
    for (; i + 4 <= m; i += 4) {
        const float *r = a + i * lda;
        Singles s0 = {0.0F}, s1 = {0.0F}, s2 = {0.0F}, s3 = {0.0F};
        for (size_t j = 0; j < n; j += N_SINGLES) {
            const Singles v = *(const Singles *)(x + j);
            s0 += *(const Singles *)(r + j) * v;
            s1 += *(const Singles *)(r + lda + j) * v;
            s2 += *(const Singles *)(r + 2 * lda + j) * v;
            s3 += *(const Singles *)(r + 3 * lda + j) * v;
        }
        y[i] = sum_of_singles(s0), y[i + 1] = sum_of_singles(s1);
        y[i + 2] = sum_of_singles(s2), y[i + 3] = sum_of_singles(s3);
    }
    for (; i < m; i++) {
        Singles sum = {0.0F};
        for (size_t j = 0; j < n; j += N_SINGLES)
            sum += *(const Singles *)(a + i * lda + j) * *(const Singles *)(x + j);
        y[i] = sum_of_singles(sum);
    }
}
