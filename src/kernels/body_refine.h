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
                             const float *restrict scale, float *restrict step, float *restrict x)
{
    float most = 0.0F;
    for (size_t i = 0; i < m; i++) {
        const size_t row = i * ld;
#pragma omp simd
        for (size_t j = 0; j < n; j++) {
            step[row + j] = r[row + j] * scale[row + j];
            x[row + j] += step[row + j];
        }
        most = largest_of_row(n, step + row, most);
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

static void combine_single(size_t n, int n_points, const float *coefficient,
                           const float *const *point, float *restrict out)
{
    // A block at a time stays in the first cache.
    enum { BLOCK = 1024 };
    for (size_t start = 0; start < n; start += BLOCK) {
        const size_t end = n - start < BLOCK ? n : start + BLOCK;
        for (int k = 0; k < n_points; k++) {
            const float c = coefficient[k];
            const float *restrict x = point[k];
            if (k == 0)
#pragma omp simd
                for (size_t i = start; i < end; i++)
                    out[i] = c * x[i];
            else
#pragma omp simd
                for (size_t i = start; i < end; i++)
                    out[i] += c * x[i];
        }
    }
}

static void difference_squares(size_t n, int n_points, const float *const *point, double *sum)
{
    enum { BLOCK = 64 };
    for (size_t start = 0; start < n; start += BLOCK) {
        const size_t size = n - start < BLOCK ? n - start : BLOCK;
        float before[BLOCK], now[8][BLOCK];
        for (int k = 0; k < n_points; k++)
            memcpy(now[k], point[k] + start, size * sizeof(float));
        for (int order = 0; order + 1 < n_points; order++) {
            float total = 0.0F;
            for (int k = 0; k + 1 < n_points - order; k++) {
                memcpy(before, now[k + 1], size * sizeof(float));
#pragma omp simd
                for (size_t i = 0; i < size; i++)
                    now[k][i] -= before[i];
            }
#pragma omp simd reduction(+ : total)
            for (size_t i = 0; i < size; i++)
                total += now[0][i] * now[0][i];
            sum[order] += (double)total;
        }
    }
}
