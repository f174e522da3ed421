#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/context.h"
#include "engine/properties.h"
#include "scf/solution.h"

/// The face of everything that gives an energy and its slope at a geometry: GFN-xTB, or springs and
/// Lennard-Jones atoms for the tests of the motion. Dynamics knows only this face.

/// How an evaluation went, for summaries and warnings.
typedef struct {
    int scf_iterations;   ///< density builds, 0 for model engines
    double scf_residual;  ///< RMS of the last change of charges and moments
    int recovery;         ///< 0: at the first try, else the stage of the recovery that worked
    int diagonalisations; ///< of the density builds
    bool checked;         ///< the density was compared with that of a full diagonalisation ...
    bool check_failed;    ///< ... did not agree, and the evaluation was made again without history
    ScfChange change;     ///< of the solution since the evaluation before
    double change_size;   ///< hartree to the other solution; of SCF_JUMPED e
} EngineReport;

/// Where results go. Every pointer may be NULL.
typedef struct {
    double *energy;        ///< hartree, the free energy that dynamics conserves
    double (*gradient)[3]; ///< [n_atoms][3] hartree/bohr
    double *charges;       ///< [n_atoms] e
    double *dipole;        ///< [3] e bohr, about the origin
    EngineReport *report;
    double *properties; ///< [properties_size(property_set)] a.u.; model engines leave it alone
    unsigned property_set;
    /// What a bias adds (bias/bias.h); contained in energy and gradient. Engines without one leave them
    /// alone.
    double *bias_energy;        ///< hartree
    double *bias_rate;          ///< its change with time at fixed positions, hartree per time
    double (*bias_gradient)[3]; ///< [n_atoms][3] hartree/bohr
} EngineResult;

typedef struct Engine Engine;

typedef struct {
    const char *name;
    uint32_t kept_version; ///< of the layout of what it keeps; raised when that changes
    bool
        kept_grows; ///< what it keeps of a shorter trajectory is the beginning of what it keeps of a longer one
    /// Energy and slopes at xyz [n_atoms][3] in bohr. Allocates nothing. After a failure (QMT_ERR_SCF,
    /// QMT_ERR_INPUT) the results are untouched and the engine can be used again.
    QmtStatus (*evaluate)(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                          const EngineResult *result);
    void (*destroy)(Engine *engine);
} EngineType;

/// First member of every engine.
struct Engine {
    const EngineType *type;
    size_t n_atoms;
    /// Everything that the engine remembers from one evaluation to the next and that decides the next
    /// byte: a copy of it is a complete snapshot, restoring the copy restores the engine, zeroing it
    /// makes the engine forget. Nothing, if it remembers nothing.
    Span kept;
    Engine *inner; ///< of a decorator: the engine that it passes evaluations on to; else NULL
};

static inline QmtStatus engine_evaluate(QmtContext *ctx, Engine *engine, const double (*xyz)[3],
                                        const EngineResult *result)
{
    return engine->type->evaluate(ctx, engine, xyz, result);
}

/// What the engine and those inside it keep, together.
size_t engine_kept_size(const Engine *engine);
/// @param copy  [engine_kept_size()] bytes
void engine_kept_save(const Engine *engine, void *copy);
void engine_kept_load(Engine *engine, const void *copy);

/// Makes the engine and those inside it forget what they remember from earlier evaluations.
void engine_forget(Engine *engine);

/// Destroys the engine and sets the pointer to NULL; accepts NULL.
static inline void engine_destroy(Engine **engine)
{
    if (*engine != NULL)
        (*engine)->type->destroy(*engine);
    *engine = NULL;
}

#endif
