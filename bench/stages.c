#include "stages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scf/density.h"

/// First builds of a geometry are those with a full pass; what a step stores for the next one is part
/// of their cost.
enum { BEGIN, BUILD_FIRST, BUILD_LATER, WEIGHTED, END, N_STAGES };

static const char *const NAME[N_STAGES] = {"density guess", "density build 1", "density builds 2..",
                                           "energy-weighted density", "density history"};

static double *spent[N_STAGES];
static int step = -1, n_steps;
static bool first;

static double microseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

void stages_start(int n)
{
    for (int s = 0; s < N_STAGES; s++) {
        free(spent[s]);
        spent[s] = calloc((size_t)n + 1, sizeof(double));
    }
    n_steps = n;
    step = 0;
}

void stages_next_step(void)
{
    if (step >= 0 && step < n_steps)
        step++;
}

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void stages_print(void)
{
    printf(", \"stages_p10_us\": {");
    for (int s = 0; s < N_STAGES; s++) {
        qsort(spent[s], (size_t)step, sizeof(double), rising);
        printf("%s\"%s\": %.2f", s > 0 ? ", " : "", NAME[s], spent[s][step / 10]);
    }
    printf("}");
    step = -1;
}

static void count(int stage, double start)
{
    if (step >= 0)
        spent[stage][step] += microseconds() - start;
}

// --wrap=f sends calls of f to __wrap_f, and __real_f is f.
void __real_density_begin(Density *density);
QmtStatus __real_density_build(QmtContext *ctx, Density *density);
void __real_density_build_weighted(Density *density);
void __real_density_end(Density *density);
void __wrap_density_begin(Density *density);
QmtStatus __wrap_density_build(QmtContext *ctx, Density *density);
void __wrap_density_build_weighted(Density *density);
void __wrap_density_end(Density *density);

void __wrap_density_begin(Density *density)
{
    const double start = microseconds();
    __real_density_begin(density);
    count(BEGIN, start);
    first = true;
}

QmtStatus __wrap_density_build(QmtContext *ctx, Density *density)
{
    const double start = microseconds();
    const QmtStatus status = __real_density_build(ctx, density);
    count(first ? BUILD_FIRST : BUILD_LATER, start);
    first = false;
    return status;
}

void __wrap_density_build_weighted(Density *density)
{
    const double start = microseconds();
    __real_density_build_weighted(density);
    count(WEIGHTED, start);
}

void __wrap_density_end(Density *density)
{
    const double start = microseconds();
    __real_density_end(density);
    count(END, start);
}
