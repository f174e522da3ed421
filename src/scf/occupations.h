#ifndef SCF_OCCUPATIONS_H
#define SCF_OCCUPATIONS_H

#include <stdbool.h>
#include <stddef.h>

/// How the search for the Fermi level ends.
typedef enum {
    FERMI_EXACT,    ///< electrons right to 1e-14: slopes are those of the energy
    FERMI_REFERENCE ///< where the reference program stops, 1.5e-8 electrons off, for comparisons
} FermiStop;

/// Fermi occupations of one spin:
///
///     f_k = 1/(exp((eps_k - mu)/kT) + 1),   sum_k f_k = n_electrons
///
/// If the gap is above 64 kT all f are 0 or 1.
///
/// @param eps         [n] rising, hartree
/// @param occupation  [n] added to
/// @return entropy part of the free energy, kT sum f ln f + (1-f) ln(1-f), hartree, never positive
double occupations_add(size_t n, const double *eps, size_t n_electrons, double kt, FermiStop stop,
                       double *occupation);

#endif
