#ifndef MD_VELOCITIES_H
#define MD_VELOCITIES_H

#include "base/random.h"

#include <stdbool.h>
#include <stddef.h>

/// Velocities of a group of atoms: drawing them, cleaning them, measuring them. Atomic units
/// throughout: mass [n] electron masses, xyz [n][3] bohr, velocity [n][3] bohr per atomic unit of
/// time, energies hartree. Nothing here fails or allocates.

/// sum m v^2 / 2
double velocities_kinetic(size_t n, const double *mass, const double (*velocity)[3]);

/// sum m v
void velocities_momentum(size_t n, const double *mass, const double (*velocity)[3], double p[3]);

/// sum m (r - R) x (v - V), about the centre of mass R that moves with V.
void velocities_angular_momentum(size_t n, const double *mass, const double (*xyz)[3],
                                 const double (*velocity)[3], double l[3]);

/// sum m r / sum m
void velocities_centre_of_mass(size_t n, const double *mass, const double (*xyz)[3],
                               double centre[3]);

/// 2 K / (dof k_B) in kelvin; 0 without degrees of freedom.
double velocities_temperature(double kinetic, size_t dof);

/// True if all atoms lie within 0.2 bohr of one line through the centre of mass (or there are fewer
/// than three). Ask this of a geometry at rest: heat bends linear molecules.
bool velocities_is_linear(size_t n, const double *mass, const double (*xyz)[3]);

/// Degrees of freedom that move: 3n - 3 with the centre of mass at rest, 3n - 6 with rotation removed
/// too, 3n - 5 of a linear molecule; 0 of a single atom.
size_t velocities_degrees_of_freedom(size_t n, bool rotation_removed, bool linear);

/// Maxwell-Boltzmann velocities: each component normal with variance kt / m, from the numbers that
/// belong to the key and the atom.
///
/// @param kt  temperature times the Boltzmann constant, hartree
void velocities_draw(size_t n, const double *mass, double kt, const RandomKey *key,
                     double (*velocity)[3]);

/// Makes the total momentum zero.
void velocities_remove_momentum(size_t n, const double *mass, double (*velocity)[3]);

/// Takes out the rotation as a rigid body about the centre of mass, so that the angular momentum is
/// zero; of a linear molecule only the two components across its axis, as the third is not a rotation of
/// the molecule but belongs to its bending.
void velocities_remove_rotation(size_t n, const double *mass, const double (*xyz)[3], bool linear,
                                double (*velocity)[3]);

/// That of the motion relative to the centre of mass.
double velocities_kinetic_relative(size_t n, const double *mass, const double (*velocity)[3]);

/// Scales all velocities relative to the centre of mass, whose own stays.
void velocities_scale_relative(size_t n, const double *mass, double factor, double (*velocity)[3]);

/// Gives atoms a and b a kinetic energy more along the line from a to b, away from each other if it is positive and
/// towards each other if it is negative, of which |energy| is then the size; momentum and angular momentum stay what
/// they are:
///
///     v_a -= p/m_a u,  v_b += p/m_b u,   p^2/(2 mu) + p u.(v_b - v_a) = |energy|,   1/mu = 1/m_a + 1/m_b
void velocities_push(const double *mass, const double (*xyz)[3], const size_t atoms[2],
                     double energy, double (*velocity)[3]);

/// Scales all velocities to a kinetic energy; velocities that are all zero stay zero.
void velocities_scale_to(size_t n, const double *mass, double kinetic, double (*velocity)[3]);

#endif
