#ifndef ANALYSIS_INVERSE_DISTANCES_H
#define ANALYSIS_INVERSE_DISTANCES_H

#include "base/arena.h"

/// A description of a geometry that neither motion as a whole nor an exchange of atoms of one element changes: the inverse
/// distances 1 / r of all pairs, those of each two elements falling. It is the sorted form of the Coulomb matrix (Rupp
/// et al., Phys. Rev. Lett. 108, 058301 (2012), 10.1103/PhysRevLett.108.058301) without the charges. Near pairs count
/// more than far ones; mirror images are the same.
///
/// Two descriptions are compared by the root of the mean square of their differences, a metric.

typedef struct {
    size_t n_atoms, n_pairs, n_kinds;
    size_t *kind;  ///< [n_pairs] which two elements the pair has
    size_t *begin; ///< [n_kinds + 1] place of the first of a kind in the description
    size_t *used;  ///< [n_kinds] scratch
} InverseDistances;

/// n_atoms (n_atoms - 1) / 2, the numbers of a description.
size_t inverse_distances_count(size_t n_atoms);
void inverse_distances_layout(InverseDistances *d, Arena *arena, size_t n_atoms);
/// @param numbers  [n_atoms] atomic numbers
void inverse_distances_setup(InverseDistances *d, const int *numbers);
/// @param xyz  [n_atoms][3]
/// @param out  [inverse_distances_count()] in the inverse unit of the positions
void inverse_distances_find(InverseDistances *d, const double (*xyz)[3], float *out);
/// @param a, b  [n]
double inverse_distances_difference(size_t n, const float *a, const float *b);

#endif
