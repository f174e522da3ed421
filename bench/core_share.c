#include "core_share.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

enum { SLICES = 3, ADDITIONS = 2048 };

/// A block ends with the step that passes this. Neighbours come and go within milliseconds and less. Blocks
/// of 500 us let more of them pass unseen, those of 100 us hardly fewer.
static const double BLOCK_US = 250.0;

/// Of the best. 167 000 blocks of glycine on a Zen 4 core: 78 % of them between 0.94 and 1, with steps of
/// 34.0 us at either end; 0.3 % between 0.86 and 0.94; below that 40 to 50 us.
static const double ALONE = 0.9;

/// A core of four adders, the fewest that come with AVX2, does a turn of 16 additions and a branch in 4.25
/// cycles, 3.76 a cycle, measured 3.64 to 3.72 as clocks take their time; shared all the time it got to
/// 3.35. A shared core of more adders may pass this; there the best of other processes tells (bench/run.sh).
static const double DOUBTFUL = 3.5;

/// The most additions per clock that two gauges in a row have reached: one in 30 000 alone gets more, when
/// its dependent additions are disturbed.
static double best, previous;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

// One addition that the compiler leaves where it is, on any processor. Of a register and not of a
// constant, as some cores fold chains of those before they reach an adder.
#define ADD(x)                                                                                     \
    {                                                                                              \
        (x) += one;                                                                                \
        __asm__ volatile("" : "+r"(x));                                                            \
    }
#define ADD4(a, b, c, d)                                                                           \
    {                                                                                              \
        ADD(a) ADD(b) ADD(c) ADD(d)                                                                \
    }

static double dependent_us(uint64_t one)
{
    uint64_t a = 0;
    const double start = now_us();
    for (int i = 0; i < ADDITIONS / 16; i++) {
        ADD4(a, a, a, a);
        ADD4(a, a, a, a);
        ADD4(a, a, a, a);
        ADD4(a, a, a, a);
    }
    return now_us() - start;
}

/// Three times as many, so that it takes about as long.
static double independent_us(uint64_t one)
{
    uint64_t a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0;
    const double start = now_us();
    for (int i = 0; i < 3 * ADDITIONS / 16; i++) {
        ADD4(a, b, c, d);
        ADD4(e, f, g, h);
        ADD4(a, b, c, d);
        ADD4(e, f, g, h);
    }
    return now_us() - start;
}

/// Additions per clock: of a few slices the quickest dependent and the slowest independent ones, so that a
/// neighbour at work during one of them is seen.
static double gauge(void)
{
    uint64_t one = 1;
    __asm__ volatile("" : "+r"(one));
    double dependent = INFINITY, independent = 0.0;
    for (int k = 0; k < SLICES; k++) {
        dependent = fmin(dependent, dependent_us(one));
        independent = fmax(independent, independent_us(one));
    }
    const double result = 3.0 * dependent / independent;
    best = fmax(best, fmin(previous, result));
    previous = result;
    return result;
}

static void begin_block(CoreShare *share, double additions)
{
    share->first = share->n;
    share->before = additions;
    share->begin_us = now_us();
}

CoreShare core_share_start(int n_steps)
{
    CoreShare share = {.least = calloc((size_t)n_steps, sizeof *share.least), .size = n_steps};
    gauge(); // fetches its code
    begin_block(&share, gauge());
    return share;
}

static void end_block(CoreShare *share)
{
    const double after = gauge();
    for (int i = share->first; i < share->n; i++)
        share->least[i] = fmin(share->before, after);
    begin_block(share, after);
}

void core_share_step(CoreShare *share)
{
    assert(share->n < share->size);
    share->n++;
    if (now_us() - share->begin_us >= BLOCK_US)
        end_block(share);
}

void core_share_end(CoreShare *share)
{
    if (share->n > share->first)
        end_block(share);
}

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

bool core_share_alone(const CoreShare *share, int step)
{
    return best >= DOUBTFUL && share->least[step] >= ALONE * best;
}

double core_share_median(const CoreShare *share, const double *time, int first, int n, double *part)
{
    *part = NAN;
    if (best < DOUBTFUL || n < 1)
        return NAN;
    double *alone = calloc((size_t)n, sizeof *alone);
    int n_alone = 0;
    for (int i = 0; i < n; i++)
        if (core_share_alone(share, first + i))
            alone[n_alone++] = time[i];
    qsort(alone, (size_t)n_alone, sizeof *alone, rising);
    // Gauges err in a few of a hundred: where few steps pass, most of them may have passed wrongly.
    const bool enough = (n_alone >= 100 && 10 * n_alone >= n) || 2 * n_alone >= n;
    const double middle = enough ? alone[n_alone / 2] : NAN;
    *part = (double)n_alone / (double)n;
    free(alone);
    return middle;
}

double core_share_best(void)
{
    return best;
}

void core_share_release(CoreShare *share)
{
    free(share->least);
    *share = (CoreShare){0};
}
