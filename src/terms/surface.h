#ifndef TERMS_SURFACE_H
#define TERMS_SURFACE_H

#include "data/solvent.h"
#include "kernels/kernels.h"
#include "terms/term.h"

/// Surface that each atom shows to the solvent. Atom A is a sphere of radius S_A = r_A + probe; of its
/// points x = R_A + S_A n on a Lebedev grid those count that no other sphere covers:
///
///     sigma_A = 4 pi (S_A^2 + w^2/5) sum_n weight_n prod_{B != A} s( (|x - R_B| - S_B)/w )
///
/// with the smooth step s(t) = 1/2 + 3t/4 - t^3/4 between -1 and 1 and w = 0.3 angstrom. Products
/// below 1e-6 do not count: the area has steps of this size, worth less than 1e-9 hartree. The grid of
/// 230 points keeps its orientation in space, so that areas change a little when a molecule turns; with
/// 1000 points, equally weighted on a spiral of the golden angle, they change about a tenth of that.
/// Im, Lee, Brooks, J. Comput. Chem. 24, 1691 (2003), 10.1002/jcc.10321;
/// Lebedev, Laikov, Dokl. Math. 59, 477 (1999).
typedef struct {
    const Kernels *kernels;
    size_t n_atoms, n_points;
    double width;          ///< w, bohr
    double *points;        ///< [4][n_points], see Kernels
    double *radius;        ///< [n_atoms] S, bohr
    double *area;          ///< [n_atoms] sigma, bohr^2
    size_t *n_near;        ///< [n_atoms] spheres that reach into that of the atom
    int *near;             ///< [n_atoms][n_atoms - 1] which
    double (*slope)[3];    ///< [n_atoms][n_atoms - 1][3] dsigma_A/dR_A, the part of each of them
    double *others;        ///< scratch of the kernel
    double *key;           ///< [n_atoms] scratch, of sorting
    size_t *kernel_list;   ///< [n_atoms]
    double *kernel_memory; ///< [n_atoms][KERNELS_SPHERE_SCRATCH]
} Surface;

void surface_layout(Surface *surface, Arena *arena, size_t n_atoms, SolvationGrid grid);
/// @param numbers  [n_atoms]
void surface_setup(Surface *surface, const Kernels *kernels, const Solvent *solvent,
                   const int *numbers);
void surface_update(Surface *surface, const Pairs *pairs);
/// Adds the slopes of sum_A tension_A sigma_A.
///
/// @param tension   [n_atoms] hartree/bohr^2
/// @param gradient  [n_atoms][3] hartree/bohr, added to
void surface_gradient(const Surface *surface, const double *tension, double (*gradient)[3]);

#endif
