#include "scf/jacobian.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"

size_t jacobian_memory_size(size_t n)
{
    return 1 + n * n;
}

void jacobian_reset(size_t n, double alpha, double *memory)
{
    memory[0] = JACOBIAN_LEARNT;
    double *k = memory + 1;
    memset(k, 0, n * n * sizeof *k);
    for (size_t i = 0; i < n; i++)
        k[i * n + i] = alpha;
}

void jacobian_invert(size_t n, double alpha, double *memory, double *work, int *iwork)
{
    double *k = memory + 1;
    // Rows hold the transpose of J.
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            const double a = k[i * n + j], b = k[j * n + i];
            k[i * n + j] = (i == j ? 1.0 : 0.0) - b;
            k[j * n + i] = (i == j ? 1.0 : 0.0) - a;
        }
    if (linalg_inverse(n, k, n, work, iwork))
        memory[0] = JACOBIAN_MEASURED;
    else
        jacobian_reset(n, alpha, memory);
}

void jacobian_apply(const Kernels *kernels, size_t n, const double *memory, const double *f,
                    double *step)
{
    kernels->matvec(n, n, memory + 1, n, f, step);
}

void jacobian_update(const Kernels *kernels, size_t n, double *memory, const double *dx,
                     const double *df, double *work)
{
    double *k = memory + 1, *k_df = work, *dx_k = work + n;
    kernels->matvec(n, n, k, n, df, k_df);
    memset(dx_k, 0, n * sizeof *dx_k);
    for (size_t i = 0; i < n; i++)
        kernels->axpy(n, dx[i], k + i * n, dx_k);
    const double denominator = kernels->dot(n, dx, k_df);
    const double scale = sqrt(kernels->dot(n, dx, dx) * kernels->dot(n, k_df, k_df));
    // Nearly orthogonal vectors say nothing about K along dx.
    if (!(fabs(denominator) > 0.05 * scale) || !isfinite(denominator))
        return;
    for (size_t i = 0; i < n; i++)
        kernels->axpy(n, (-dx[i] - k_df[i]) / denominator, dx_k, k + i * n);
}
