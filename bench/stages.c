#include "stages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/engine.h"
#include "scf/bond_orders.h"
#include "scf/density.h"
#include "scf/guess.h"
#include "scf/homo_lumo_gap.h"
#include "scf/quasi_newton.h"
#include "terms/hamiltonian.h"

/// First builds of a geometry are those with a full pass; what a step stores for the next one is part
/// of their cost.
enum {
    EVALUATION,
    INTEGRALS,
    FOCK,
    MOMENTS,
    SLOPES,
    BEGIN,
    BUILD_FIRST,
    BUILD_LATER,
    WEIGHTED,
    END,
    PREDICTION,
    JACOBIAN,
    BOND_ORDERS,
    GAP,
    N_STAGES
};

static const char *const NAME[N_STAGES] = {"evaluation, all of it",
                                           "integrals and overlap",
                                           "Hamiltonian",
                                           "moments",
                                           "slopes of integrals",
                                           "density guess",
                                           "density build 1",
                                           "density builds 2..",
                                           "energy-weighted density",
                                           "density history",
                                           "charges: prediction",
                                           "charges: Jacobian",
                                           "bond orders",
                                           "gap"};

static double *spent[N_STAGES];
static int step = -1, n_steps;
static bool first;

/// Only where stages are asked for: the clocks of a step would count in a small molecule.
static double microseconds(void)
{
    struct timespec t;
    if (step < 0)
        return 0.0;
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
    double rest = 0.0;
    printf(", \"stages_p10_us\": {");
    for (int s = 0; s < N_STAGES; s++) {
        qsort(spent[s], (size_t)step, sizeof(double), rising);
        const double time = spent[s][step / 10];
        rest += s == EVALUATION ? time : -time;
        printf("\"%s\": %.2f, ", NAME[s], time);
    }
    printf("\"classical terms and the rest\": %.2f}", rest);
    step = -1;
}

static void count(int stage, double start)
{
    if (step >= 0)
        spent[stage][step] += microseconds() - start;
}

static const EngineType *watched;

static QmtStatus evaluate(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                          const EngineResult *result)
{
    const double start = microseconds();
    const QmtStatus status = watched->evaluate(ctx, engine, xyz, result);
    count(EVALUATION, start);
    return status;
}

void stages_watch(Engine *engine)
{
    static EngineType type;
    watched = engine->type;
    type = *watched;
    type.evaluate = evaluate;
    engine->type = &type;
}

// --wrap=f sends calls of f to __wrap_f, and __real_f is f: both are declared as f is, so that a wrapper of
// other parameters does not compile.
#define DECLARE(name) extern __typeof__(name) __real_##name, __wrap_##name;
#define WRAP(stage, name, parameters, arguments)                                                   \
    DECLARE(name)                                                                                  \
    void __wrap_##name parameters                                                                  \
    {                                                                                              \
        const double start = microseconds();                                                       \
        __real_##name arguments;                                                                   \
        count(stage, start);                                                                       \
    }
#define WRAP_VALUE(type, stage, name, parameters, arguments)                                       \
    DECLARE(name)                                                                                  \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        const double start = microseconds();                                                       \
        const type value = __real_##name arguments;                                                \
        count(stage, start);                                                                       \
        return value;                                                                              \
    }

WRAP(INTEGRALS, hamiltonian_update, (Hamiltonian * hamiltonian, const Geometry *geometry),
     (hamiltonian, geometry))
WRAP(INTEGRALS, hamiltonian_overlap, (const Hamiltonian *hamiltonian, double *overlap, size_t ld),
     (hamiltonian, overlap, ld))
WRAP(FOCK, hamiltonian_fock,
     (Hamiltonian * hamiltonian, const Potential *potential, double *fock, size_t ld),
     (hamiltonian, potential, fock, ld))
WRAP_VALUE(double, MOMENTS, hamiltonian_moments,
           (Hamiltonian * hamiltonian, const double *density, size_t ld, double *shell,
            double (*dipole)[3], double (*quadrupole)[6]),
           (hamiltonian, density, ld, shell, dipole, quadrupole))
WRAP(SLOPES, hamiltonian_gradient,
     (const Hamiltonian *hamiltonian, const double *density, const double *weighted, size_t ld,
      Gradient *gradient),
     (hamiltonian, density, weighted, ld, gradient))
WRAP(BOND_ORDERS, bond_orders,
     (Density * density, const Basis *basis, BondOrders *work, const double *electrons,
      double *orders),
     (density, basis, work, electrons, orders))
WRAP_VALUE(double, GAP, homo_lumo_gap, (Density * density, GapSearch *gap_search),
           (density, gap_search))
WRAP(WEIGHTED, density_build_weighted, (Density * density), (density))
WRAP(END, density_end, (Density * density), (density))
WRAP_VALUE(int, PREDICTION, guess_make, (Guess * guess, const double (*xyz)[3], double *x),
           (guess, xyz, x))
WRAP(PREDICTION, guess_store, (Guess * guess, const double (*xyz)[3], const double *x),
     (guess, xyz, x))
WRAP(JACOBIAN, quasi_newton_apply, (const QuasiNewton *newton, const double *f, double *next),
     (newton, f, next))
WRAP(JACOBIAN, quasi_newton_next_step,
     (QuasiNewton * newton, const double *f, const double *df, double *next), (newton, f, df, next))

DECLARE(density_begin)
void __wrap_density_begin(Density *density)
{
    const double start = microseconds();
    __real_density_begin(density);
    count(BEGIN, start);
    first = true;
}

DECLARE(density_build)
QmtStatus __wrap_density_build(QmtContext *ctx, Density *density)
{
    const double start = microseconds();
    const QmtStatus status = __real_density_build(ctx, density);
    count(first ? BUILD_FIRST : BUILD_LATER, start);
    first = false;
    return status;
}
