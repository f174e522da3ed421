#ifndef ANALYSIS_PEPTIDES_H
#define ANALYSIS_PEPTIDES_H

#include "analysis/bonds.h"

/// Residues of a peptide: an alpha carbon between two peptide bonds, C'(=O)-N-CA-C'(=O)-N, has the torsions
///
///     phi = C'-N-CA-C',     psi = N-CA-C'-N
///
/// (IUPAC-IUB, Biochemistry 9, 3471 (1970), 10.1021/bi00820a001). A carbonyl is a carbon with three partners of which
/// one is an oxygen without another partner. Lactams and other amides of that pattern count, too.

/// Finds them.
///
/// @param numbers  [n_atoms] atomic numbers
/// @param torsion  [room][2][4] the atoms of phi and psi
/// @return how many residues there are, which may be more than room
size_t peptides_find(const Bonds *bonds, const int *numbers, size_t (*torsion)[2][4], size_t room);

#endif
