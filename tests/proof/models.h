#ifndef PROOF_MODELS_H
#define PROOF_MODELS_H

#include "base/random.h"
#include "md/integrator.h"
#include "support/model.h"

/// Force fields with known answers in motion, one integrator step at a time.
typedef struct {
    Engine *engine;
    size_t n;
    MdState now, next;
    double *mass; ///< [n] electron masses
    IntegratorSettings settings;
    Arena arena;
} Model;

/// A model at rest in a geometry; model_end() is due after a failure too.
///
/// @param mass_da  [n] dalton
/// @param xyz      [n][3] bohr
QmtStatus model_begin(QmtContext *ctx, const ModelOptions *options, size_t n, const double *mass_da,
                      const double (*xyz)[3], double dt, double friction, double kelvin,
                      Model *model);
/// Velocities of the thermostat's temperature, without momentum.
void model_heat(Model *model);
QmtStatus model_step(QmtContext *ctx, Model *model);
void model_end(Model *model);

#endif
