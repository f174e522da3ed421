// Time of each stage of the D4 term.
//
//     bench_dispersion_d4 GEOMETRY.xyz ...
//
// Prints microseconds per call, the best of several rounds. QMTRAJ_ISA chooses the kernels.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/units.h"
#include "data/element.h"
#include "terms/dispersion_d4.h"

enum { MAX_ATOMS = 2000, ROUNDS = 7 };

static size_t n_atoms;
static int numbers[MAX_ATOMS];
static double xyz[MAX_ATOMS][3], charges[MAX_ATOMS], potential[MAX_ATOMS], gradient[MAX_ATOMS][3];
static DispersionD4 d4;

static void read_geometry(const char *path)
{
    FILE *file = fopen(path, "r");
    char line[512];
    if (file == NULL || fgets(line, sizeof line, file) == NULL ||
        sscanf(line, "%zu", &n_atoms) != 1 || n_atoms > MAX_ATOMS ||
        fgets(line, sizeof line, file) == NULL) {
        fprintf(stderr, "%s: cannot read\n", path);
        exit(1);
    }
    for (size_t i = 0; i < n_atoms; i++) {
        char symbol[8];
        if (fscanf(file, "%7s %lf %lf %lf", symbol, &xyz[i][0], &xyz[i][1], &xyz[i][2]) != 4) {
            fprintf(stderr, "%s: atom %zu\n", path, i + 1);
            exit(1);
        }
        numbers[i] = element_number(symbol);
        charges[i] = numbers[i] == 1 ? 0.03 : -0.05;
        for (int x = 0; x < 3; x++)
            xyz[i][x] *= BOHR_PER_ANGSTROM;
    }
    fclose(file);
}

static void call_update(void)
{
    dispersion_d4_update(&d4, xyz);
}

static void call_energy(void)
{
    dispersion_d4_energy(&d4, charges);
}

static void call_potential(void)
{
    dispersion_d4_potential(&d4, charges, potential);
}

static void call_gradient(void)
{
    dispersion_d4_gradient(&d4, charges, gradient);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/// Microseconds per call, the best of some rounds of about 20 ms.
static double microseconds(void (*call)(void))
{
    double best = 1e30;
    size_t calls = 1;
    for (int round = 0; round < ROUNDS;) {
        const double start = now();
        for (size_t i = 0; i < calls; i++)
            call();
        const double seconds = now() - start;
        if (seconds < 0.02 && round == 0) {
            calls *= 2;
            continue;
        }
        best = seconds / (double)calls < best ? seconds / (double)calls : best;
        round++;
    }
    return 1e6 * best;
}

int main(int argc, char **argv)
{
    QmtContext *ctx;
    if (qmt_context_create(&ctx) != QMT_OK) {
        fprintf(stderr, "%s\n", qmt_context_message(ctx));
        return 1;
    }
    printf("kernels %s; microseconds per call\n%-44s %5s %10s %10s %10s %10s\n",
           qmt_context_isa(ctx), "geometry", "atoms", "update", "energy", "potential", "gradient");
    for (int i = 1; i < argc; i++) {
        read_geometry(argv[i]);
        Arena arena = {0};
        dispersion_d4_layout(&d4, &arena, n_atoms, numbers);
        if (arena_reserve(ctx, &arena) != QMT_OK)
            return 1;
        dispersion_d4_layout(&d4, &arena, n_atoms, numbers);
        dispersion_d4_setup(&d4, ctx->kernels, &METHOD_GFN2, numbers);
        const double update = microseconds(call_update), energy = microseconds(call_energy);
        printf("%-44s %5zu %10.2f %10.2f", argv[i], n_atoms, update, energy);
        printf(" %10.2f %10.2f\n", microseconds(call_potential), microseconds(call_gradient));
        arena_release(&arena);
    }
    qmt_context_destroy(&ctx);
    return 0;
}
