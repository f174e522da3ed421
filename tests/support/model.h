#ifndef SUPPORT_MODEL_H
#define SUPPORT_MODEL_H

#include "engine/engine.h"

#include <stdint.h>

/// Force fields with known answers behind the face of an engine, so that motion is tested before and
/// beside any quantum chemistry. The energy is the sum of the parts that are switched on:
///
///     springs        E = sum_A  k_A |r_A|^2 / 2
///     bonds          E = sum_b  k (R - R0)^2 / 2               or, with a depth D > 0, Morse:
///                    E = sum_b  D (1 - exp(-a (R - R0)))^2,    a = sqrt(k / (2 D))
///                    or, with D < 0, a double well of barrier |D|, k being the curvature of its minima:
///                    E = sum_b  |D| ((R - R0)^2 / w^2 - 1)^2,  w = sqrt(8 |D| / k)
///     Lennard-Jones  E = sum_{A<B}  4 eps ((sigma/R)^12 - (sigma/R)^6)

/// A bond between atoms a and b.
typedef struct {
    size_t a, b;
    double k;     ///< force constant, hartree/bohr^2
    double r0;    ///< length at rest, bohr
    double depth; ///< of the Morse well, hartree; 0: harmonic; < 0: double well
} ModelBond;

typedef struct {
    double spring;          ///< to the origin, hartree/bohr^2, the same for every atom; 0: none
    const ModelBond *bonds; ///< [n_bonds], copied
    size_t n_bonds;
    double lj_epsilon; ///< hartree; 0: none
    double lj_sigma;   ///< bohr

    // Knobs for tests of what stands above the engine.
    uint64_t fail_at;  ///< this evaluation (from 1) ends with QMT_ERR_SCF; 0: none
    uint64_t nan_at;   ///< this evaluation gives an energy that is not a number; 0: none
    double hysteresis; ///< hartree/bohr^2 times the move since the last evaluation is added to the
                       ///< gradient, as an SCF stopped too early does it; needs engine memory
    int report_iterations; ///< put into the report
} ModelOptions;

/// Makes a model engine; all memory is taken here. Fails with QMT_ERR_MEMORY. Its evaluate fails with
/// QMT_ERR_INPUT if two atoms that attract or repel each other are in the same place.
QmtStatus model_engine_create(QmtContext *ctx, size_t n_atoms, const ModelOptions *options,
                              Engine **engine);

/// Evaluations asked for so far, failed ones included.
uint64_t model_engine_evaluations(const Engine *engine);

/// Makes the n-th evaluation from now fail with QMT_ERR_SCF; 0: none.
void model_engine_fail_in(Engine *engine, uint64_t n);

#endif
