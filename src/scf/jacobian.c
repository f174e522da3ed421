#include "scf/jacobian.h"

#include <math.h>
#include <string.h>

#include "base/linalg.h"

size_t jacobian_memory_size(size_t n)
{
    return 2 + n * n;
}

void jacobian_reset(size_t n, double alpha, double *memory)
{
    memory[0] = JACOBIAN_LEARNT;
    double *k = memory + 2;
    memset(k, 0, n * n * sizeof *k);
    for (size_t i = 0; i < n; i++)
        k[i * n + i] = alpha;
}

void jacobian_begin_measurement(double *memory)
{
    memory[0] = JACOBIAN_MEASURING;
    memory[1] = 0.0;
}

void jacobian_invert(size_t n, double alpha, double *memory, double *work, int *iwork)
{
    double *k = memory + 2;
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
    kernels->matvec(n, n, memory + 2, n, f, step);
}

void jacobian_update(const Kernels *kernels, size_t n, double *memory, const double *dx,
                     const double *df, double *work)
{
    kernels->matvec(n, n, memory + 2, n, df, work);
    const double norm = kernels->dot(n, df, df);
    if (!(norm > 0.0) || !isfinite(norm))
        return;
    for (size_t i = 0; i < n; i++)
        kernels->axpy(n, (-dx[i] - work[i]) / norm, df, memory + 2 + i * n);
}

void jacobian_next_step(const Kernels *kernels, size_t n, double *memory, const double *f,
                        const double *df, double *step)
{
    // K dF = K F - dx with dx = K F_last, so the update of K is -(K F) dF^T/|dF|^2 and the next step
    // a multiple of K F.
    kernels->matvec(n, n, memory + 2, n, f, step);
    const double norm = kernels->dot(n, df, df);
    if (!(norm > 0.0) || !isfinite(norm))
        return;
    for (size_t i = 0; i < n; i++)
        kernels->axpy(n, -step[i] / norm, df, memory + 2 + i * n);
    const double shrink = 1.0 - kernels->dot(n, df, f) / norm;
    for (size_t i = 0; i < n; i++)
        step[i] *= shrink;
}
