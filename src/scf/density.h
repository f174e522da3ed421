#ifndef SCF_DENSITY_H
#define SCF_DENSITY_H

#include "base/arena.h"
#include "base/context.h"
#include "kernels/kernels.h"
#include "scf/occupations.h"

/// From an effective Hamiltonian to the density: F C = S C eps by diagonalisation, occupations of both
/// spins over one set of orbitals, P = C f C^T and W = C f eps C^T.
typedef struct {
    const Kernels *kernels;
    size_t n, ld;
    size_t n_alpha, n_beta;
    double kt; ///< hartree
    FermiStop fermi_stop;
    double *inverse;    ///< [n][ld] L^-1 with S = L L^T
    double *inverse_t;  ///< [n][ld] its transpose
    double *fock;       ///< [n][ld] F, filled by the caller
    double *orbitals;   ///< [n][ld] row k is orbital k
    double *scratch;    ///< [n][ld]
    double *density;    ///< [n][ld] P
    double *weighted;   ///< [n][ld] W
    double *eps;        ///< [n] hartree
    double *occupation; ///< [n] f_alpha + f_beta
    double entropy;     ///< kT sum f ln f + ..., hartree
    double *work;
    int *iwork;
} Density;

void density_layout(Arena *arena, size_t n_ao, Density *density);

/// Prepares the overlap of a geometry, which the caller has put into density->inverse. Fails with
/// QMT_ERR_SCF if it is not positive definite.
QmtStatus density_set_overlap(QmtContext *ctx, Density *density);

/// Diagonalises density->fock and builds P. Fails with QMT_ERR_SCF if F holds numbers that are not
/// finite or LAPACK gives up.
QmtStatus density_build(QmtContext *ctx, Density *density);

/// Builds W from the orbitals of the last density_build().
void density_build_weighted(Density *density);

#endif
