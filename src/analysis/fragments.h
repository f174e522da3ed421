#ifndef ANALYSIS_FRAGMENTS_H
#define ANALYSIS_FRAGMENTS_H

#include <stddef.h>

/// Connected parts of a set of atoms, by union-find: Galler, Fischer, Commun. ACM 7, 301 (1964),
/// 10.1145/364099.364331. Begin, join every connected pair, then label.

/// Every atom for itself.
///
/// @param fragment  [n_atoms]
void fragments_begin(size_t n_atoms, size_t *fragment);
/// The fragments of two atoms become one.
void fragments_join(size_t *fragment, size_t a, size_t b);
/// Gives every atom the lowest index of an atom of its fragment.
///
/// @return number of fragments
size_t fragments_label(size_t n_atoms, size_t *fragment);
/// The same of atoms that are connected if they are nearer than a distance, in the unit of the positions.
///
/// @param xyz  [n_atoms][3]
/// @return number of fragments
size_t fragments_within(size_t n_atoms, const double (*xyz)[3], double distance, size_t *fragment);

#endif
