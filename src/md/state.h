#ifndef MD_STATE_H
#define MD_STATE_H

#include "base/arena.h"

#include <stdint.h>
#include <string.h>

/// Where a trajectory stands. All arrays and numbers here belong to one instant: the gradient and the
/// energy are those of the positions, the kinetic energy that of the velocities. Together with the
/// memory of the engine this decides every byte that follows; random numbers have no state.

/// The numbers of an instant, plain data.
typedef struct {
    uint64_t step;  ///< of the phase, from 0
    double energy;  ///< potential energy, hartree
    double kinetic; ///< hartree
    double heat;    ///< taken up from the thermostat since step 0, hartree: change of the kinetic
                    ///< energy in the random part of the steps
} MdInstant;

typedef struct {
    MdInstant at;
    size_t n_atoms, n_properties;
    double (*xyz)[3];      ///< [n_atoms] bohr
    double (*velocity)[3]; ///< [n_atoms] bohr per atomic unit of time
    double (*gradient)[3]; ///< [n_atoms] hartree/bohr
    double *properties;    ///< [n_properties] of the frame; not of other steps
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

/// to becomes a copy of from; both have the same number of atoms.
static inline void md_state_copy(MdState *to, const MdState *from)
{
    const size_t size = from->n_atoms * sizeof *from->xyz;
    to->at = from->at;
    memcpy(to->xyz, from->xyz, size);
    memcpy(to->velocity, from->velocity, size);
    memcpy(to->gradient, from->gradient, size);
    memcpy(to->properties, from->properties, from->n_properties * sizeof *from->properties);
}

#endif
