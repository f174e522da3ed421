#ifndef MD_STATE_H
#define MD_STATE_H

#include "base/arena.h"
#include "engine/engine.h"

#include <stdint.h>
#include <string.h>

/// Where a trajectory stands. All arrays and numbers here belong to one instant: the gradient and the
/// energy are those of the positions, the kinetic energy that of the velocities. Together with the
/// memory of the engine this decides every byte that follows; random numbers have no state.

/// The numbers of an instant, plain data.
typedef struct {
    uint64_t step;    ///< of the phase, from 0
    double energy;    ///< potential energy, hartree, biases included
    double kinetic;   ///< hartree
    double heat;      ///< taken up from the thermostat since step 0, hartree: change of the kinetic
                      ///< energy in the random part of the steps
    double bias;      ///< part of the energy that is none of the method, hartree
    double bias_rate; ///< its change with time at fixed positions, hartree per time
    double work;      ///< what these changes have put into the molecule since step 0, hartree
} MdInstant;

typedef struct {
    MdInstant at;
    size_t n_atoms, n_properties;
    double (*xyz)[3];           ///< [n_atoms] bohr
    double (*velocity)[3];      ///< [n_atoms] bohr per atomic unit of time
    double (*gradient)[3];      ///< [n_atoms] hartree/bohr, biases included
    double (*bias_gradient)[3]; ///< [n_atoms] their part; NULL: there are none
    double *properties;         ///< [n_properties] of the frame; not of other steps
} MdState;

/// Claims the arrays of a state.
static inline void md_state_layout(MdState *state, Arena *arena, size_t n_atoms,
                                   size_t n_properties)
{
    state->n_atoms = n_atoms;
    state->n_properties = n_properties;
    state->xyz = arena_vectors(arena, n_atoms);
    state->velocity = arena_vectors(arena, n_atoms);
    state->gradient = arena_vectors(arena, n_atoms);
    state->properties = arena_doubles(arena, n_properties);
}

/// Claims the array of a state with biases.
static inline void md_state_bias_layout(MdState *state, Arena *arena)
{
    state->bias_gradient = arena_vectors(arena, state->n_atoms);
}

/// Where an evaluation at the positions of a state puts what it finds.
static inline EngineResult md_state_result(MdState *state, EngineReport *report,
                                           unsigned property_set)
{
    return (EngineResult){.energy = &state->at.energy,
                          .gradient = state->gradient,
                          .report = report,
                          .properties = state->properties,
                          .property_set = property_set,
                          .bias_energy = &state->at.bias,
                          .bias_rate = &state->at.bias_rate,
                          .bias_gradient = state->bias_gradient};
}

/// to becomes a copy of from; both have the same number of atoms.
static inline void md_state_copy(MdState *to, const MdState *from)
{
    const size_t size = from->n_atoms * sizeof *from->xyz;
    to->at = from->at;
    memcpy(to->xyz, from->xyz, size);
    memcpy(to->velocity, from->velocity, size);
    memcpy(to->gradient, from->gradient, size);
    memcpy(to->properties, from->properties, from->n_properties * sizeof *from->properties);
    if (from->bias_gradient != NULL)
        memcpy(to->bias_gradient, from->bias_gradient, size);
}

#endif
