#ifndef SCF_DENSITY_H
#define SCF_DENSITY_H

#include "base/arena.h"
#include "base/context.h"
#include "kernels/kernels.h"
#include "scf/occupations.h"
#include "scf/orbital_update.h"

/// From an effective Hamiltonian to the density: F C = S C eps, occupations of both spins over one set
/// of orbitals, P = C f C^T and W = C f eps C^T. Closed shells with a clear gap are refined from the
/// orbitals before (orbital_update.h), all others are diagonalised.
typedef struct {
    const Kernels *kernels;
    size_t n, ld;
    size_t n_alpha, n_beta;
    double kt; ///< hartree
    FermiStop fermi_stop;
    const KernelsPattern *
        pattern; ///< where S and F are not zero, by rows, and in `update` by atoms, set by the caller; NULL: everywhere
    double *overlap;  ///< [n][ld] S, filled by the caller
    double *inverse;  ///< [n][ld] L^-1 with S = L L^T, made when it is needed
    double *fock;     ///< [n][ld] F, filled by the caller
    double *orbitals; ///< [n][ld] row k is orbital k; refined ones times sqrt(2), occupied only
    double *scratch;  ///< [n][ld]
    double *density;  ///< [n][ld] P, inside the pattern; what is outside is of some density before
    double *weighted; ///< [n][ld] W, likewise
    double *eps;      ///< [n] hartree
    double *occupation; ///< [n] f_alpha + f_beta
    double entropy;     ///< kT sum f ln f + ..., hartree
    double *work;       ///< that of the update: they take turns
    int *iwork;
    OrbitalUpdate update;
    bool always_diagonalise;
    bool inverse_known;  ///< of this geometry
    bool orbitals_known; ///< the orbitals can be refined
    bool refined;        ///< the density comes from a refinement: no orbital energies
    long n_diagonalised; ///< since the last density_begin()
} Density;

void density_layout(Density *density, Arena *arena, size_t n_ao);

/// Begins a geometry, whose overlap the caller has put into density->overlap.
void density_begin(Density *density);

/// Orbitals of density->fock and their P. Fails with QMT_ERR_SCF if F holds numbers that are not
/// finite, S is not positive definite or LAPACK gives up.
QmtStatus density_build(QmtContext *ctx, Density *density);

/// P outside the pattern, too.
void density_complete(Density *density);

/// Builds W from the orbitals of the last density_build().
void density_build_weighted(Density *density);

/// P of the spin with more electrons, of the last density_build(), which has diagonalised: two spins with
/// different electrons are never refined. Overwrites the scratch matrix.
///
/// @param alpha  [n][ld]
void density_build_alpha(Density *density, double *alpha);

/// From here on the geometry is only tried out: its orbitals go on from one density to the next, but
/// nothing of it enters the history. After density_end().
void density_freeze_history(Density *density);

/// Keeps the orbitals of the last geometry, but not how they came to be.
void density_forget_history(Density *density);

/// Largest difference between an element of P and of the P that a diagonalisation of the same F gives;
/// 0 if P comes from one. Fails as density_build(); P and orbitals stay as they are.
QmtStatus density_deviation(QmtContext *ctx, Density *density, double *deviation);

/// Remembers the orbitals of a converged geometry for the next.
void density_end(Density *density);

#endif
