#ifndef QMTRAJ_OPT_H
#define QMTRAJ_OPT_H

/// Minimisation of the energy of one molecule.

#include <stddef.h>
#include <string.h>

#include <qmtraj/context.h>
#include <qmtraj/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How far a minimisation goes. Start from qmt_opt_options_default().
typedef struct {
    size_t struct_size;  ///< sizeof(QmtOptOptions), set by qmt_opt_options_default()
    double gradient;     ///< largest component that may be left, hartree/bohr
    int evaluations_max; ///< of energy and gradient
    int has_frozen;      ///< 1: the torsion of `frozen` keeps its value
    size_t frozen[4];    ///< four atoms, from 0
    /// Called after every step with the state so far; NULL: nobody asks.
    void (*progress)(void *user, int evaluations, double energy, double largest, double norm);
    void *user; ///< for it
} QmtOptOptions;

/// Sets every option to its default, as far as options of that size reach.
///
/// @param options      NULL is ignored
/// @param struct_size  sizeof(QmtOptOptions) of the caller
QMT_API void qmt_opt_options_init(QmtOptOptions *options, size_t struct_size);

/// To 1e-5 hartree/bohr within 1000 evaluations, nothing frozen.
static inline QmtOptOptions qmt_opt_options_default(void)
{
    QmtOptOptions options;
    qmt_opt_options_init(&options, sizeof options);
    return options;
}

/// How it ended. Start from qmt_opt_result_empty().
typedef struct {
    size_t struct_size;   ///< sizeof(QmtOptResult), set by qmt_opt_result_empty()
    double energy_before; ///< hartree, of the first geometry
    double energy;        ///< hartree, of the last one
    double
        largest; ///< component of its gradient without net force, torque and what holds a frozen torsion, hartree/bohr
    double norm; ///< of the same
    int evaluations; ///< of energy and gradient
    int converged;   ///< 1: the gradient is as small as was wanted
    int scf_iterations; ///< most of one evaluation; above QMT_SCF_SLOW_ITERATIONS there may be more than one solution
    int recovery; ///< 0: all converged normally, else the last recovery stage that found a solution
} QmtOptResult;

/// A result to be filled.
static inline QmtOptResult qmt_opt_result_empty(void)
{
    QmtOptResult result;
    memset(&result, 0, sizeof result);
    result.struct_size = sizeof result;
    return result;
}

/// Minimises the energy by quasi-Newton steps in redundant internal coordinates (Peng, Ayala, Schlegel, Frisch, J. Comput.
/// Chem. 17, 49 (1996)) from a model of the force constants. A small gradient is what is reached: that the energy curves
/// upwards in every direction is not tested (qmt_hessian() does).
///
/// The bytes of the result depend on the geometry, the options and what the engine remembers: call qmt_engine_forget()
/// before.
///
/// @param xyz       [3 n_atoms] bohr; becomes the geometry of the lowest energy that was reached, also without convergence
/// @param options   NULL: the defaults
/// @param gradient  [3 n_atoms] hartree/bohr, of that geometry; NULL: not wanted
/// @param result    how it ended; NULL: not wanted
/// Fails as qmt_engine_evaluate() does, with QMT_ERR_INPUT (a coordinate that is not finite), QMT_ERR_PHYSICS (atoms in one
/// place, where a force function allows that), QMT_ERR_ARGUMENT or QMT_ERR_MEMORY; xyz is then untouched. That the gradient is still too large after so many evaluations is no failure: see result.
QMT_API QmtStatus qmt_opt_minimise(QmtContext *ctx, QmtEngine *engine, double *xyz,
                                   const QmtOptOptions *options, double *gradient,
                                   QmtOptResult *result);

#ifdef __cplusplus
}
#endif
#endif
