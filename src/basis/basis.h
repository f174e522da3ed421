#ifndef BASIS_BASIS_H
#define BASIS_BASIS_H

#include "base/arena.h"
#include "data/method.h"
#include "kernels/kernels.h"

enum { SHELLS_PER_ATOM_MAX = 3, AO_PER_ATOM_MAX = 9, PRIMITIVES_MAX = 7 };

/// One contracted Gaussian shell of one element.
///
///     c_k = d_k (2 alpha_k/pi)^(3/4) (4 alpha_k)^(l/2) / sqrt((2l-1)!!),   alpha_k = e_k zeta^2
///
/// Stewart, J. Chem. Phys. 52, 431 (1970), 10.1063/1.1672702. A diffuse shell (GFN1: 2s of hydrogen) is
/// made orthogonal to the shell before it and normalised, and so contains that one's primitives, too.
typedef struct {
    int l;
    int n_primitives;
    double alpha[PRIMITIVES_MAX];       ///< exponents, bohr^-2
    double coefficient[PRIMITIVES_MAX]; ///< with the normalisation of the Cartesian monomials x^l
} Contraction;

/// Shells and orbitals of a molecule. Atoms in input order, shells in table order, orbitals m = -l..l
/// (s; p: y z x; d: xy yz z2 xz x2-y2). Orbital and shell ranges: atom a owns shells
/// atom_shell[a] .. atom_shell[a+1], shell s owns orbitals shell_ao[s] .. shell_ao[s+1].
typedef struct {
    const Method *method;
    size_t n_atoms, n_shells, n_ao;
    size_t n_kinds;           ///< different (element, shell) pairs
    size_t *atom_shell;       ///< [n_atoms + 1]
    size_t *atom_ao;          ///< [n_atoms + 1]
    size_t *shell_ao;         ///< [n_shells + 1]
    int *shell_atom;          ///< [n_shells]
    int *shell_l;             ///< [n_shells]
    int *shell_kind;          ///< [n_shells]
    Contraction *kind;        ///< [n_kinds]
    double smallest_exponent; ///< of all primitives, bohr^-2
} Basis;

/// Number of shells and orbitals of an element.
size_t basis_n_shells(const Method *method, int z);
size_t basis_n_ao(const Method *method, int z);

/// Sizes and memory; sets method.
void basis_layout(Basis *basis, Arena *arena, const Method *method, size_t n_atoms,
                  const int *numbers);
void basis_setup(Basis *basis, size_t n_atoms, const int *numbers);

#endif
