#ifndef DATA_SOLVENT_H
#define DATA_SOLVENT_H

#include <stdbool.h>

#include "data/method.h"
#include "data/tables.h"

/// The continuum models and the solvents that they were fitted for. Each method has its own set.

typedef enum { SOLVATION_ALPB, SOLVATION_GBSA, SOLVATION_MODELS } SolvationModel;

/// What the constant of the free energy of solvation refers to.
typedef enum {
    SOLVATION_GSOLV,     ///< 1 L of ideal gas to 1 L of solution
    SOLVATION_BAR1MOL,   ///< 1 bar of gas to 1 mol/L
    SOLVATION_REFERENCE, ///< 1 bar of gas to the concentration of the pure solvent
    SOLVATION_STATES
} SolvationState;

/// Points on the sphere of each atom.
typedef enum {
    SOLVATION_GRID_REFERENCE, ///< the 230 points of the fit
    SOLVATION_GRID_FINE,      ///< many more: energies hardly depend on the orientation
    SOLVATION_GRIDS
} SolvationGrid;

/// One solvent, one model, one method.
typedef struct {
    SolvationModel model;
    SolvationState state;
    SolvationGrid grid;
    const SolventRow *row;
    const SolventElement *elements; ///< [ELEMENT_MAX], z = 1 first
} Solvent;

/// "alpb" or "gbsa"; "gsolv", "bar1mol" or "reference"; "reference" or "fine".
const char *solvation_model_name(SolvationModel model);
const char *solvation_state_name(SolvationState state);
const char *solvation_grid_name(SolvationGrid grid);
/// The model, state or grid with this name in any case; false if there is none.
bool solvation_model_find(const char *name, SolvationModel *model);
bool solvation_state_find(const char *name, SolvationState *state);
bool solvation_grid_find(const char *name, SolvationGrid *grid);
const char *solvation_model_nearest(const char *name);
const char *solvation_state_nearest(const char *name);
const char *solvation_grid_nearest(const char *name);

/// The solvent with this name in any case ("water", "chloroform"); false, and *solvent untouched, if
/// the model has no parameters of it for the method. The state is SOLVATION_GSOLV, the grid that of reference.
bool solvent_find(const Method *method, SolvationModel model, const char *name, Solvent *solvent);

/// True of a solvent for which any model and method has parameters, by any of its names.
bool solvent_is_known(const char *name);

/// The solvents of a model and method by their first names, in the order of the alphabet: i = 0, 1,
/// ..., NULL after the last.
const char *solvent_name(const Method *method, SolvationModel model, size_t i);

/// Another name of the solvent: i = 0, 1, ..., NULL after the last.
const char *solvent_alias(const char *name, size_t i);

/// The name nearest in spelling among those of the model and method, other names included.
const char *solvent_nearest(const Method *method, SolvationModel model, const char *name);

#endif
