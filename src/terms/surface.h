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
///
/// Which points another sphere covers and which are at its edge changes little from geometry to geometry. So masks of
/// points are kept with a margin until two atoms have moved by more than SURFACE_VIEW_MARGIN against each other; they only
/// spare work, and the result is the same to the last bit whatever the geometries before were.
/// Im, Lee, Brooks, J. Comput. Chem. 24, 1691 (2003), 10.1002/jcc.10321;
/// Lebedev, Laikov, Dokl. Math. 59, 477 (1999).
#define SURFACE_VIEW_MARGIN 0.08 // bohr
typedef struct {
    const Kernels *kernels;
    size_t n_atoms, n_points;
    double width;         ///< w, bohr
    double *points;       ///< [4][n_points], see Kernels
    float *places;        ///< [3][n_points] the same without weights
    double *radius;       ///< [n_atoms] S, bohr
    double *area;         ///< [n_atoms] sigma, bohr^2
    size_t *n_near;       ///< [n_atoms] spheres that reach into that of the atom
    int *near;            ///< [n_atoms][n_atoms - 1] which
    double (*slope)[3];   ///< [n_atoms][n_atoms - 1][3] dsigma_A/dR_A, the part of each of them
    size_t ld;            ///< bytes of a mask of points
    size_t n_views;       ///< places for views of an atom: a bound for large molecules
    unsigned char *views; ///< [n_atoms][n_views] each a SphereView and two masks
    unsigned char *brief; ///< [n_atoms][2][ld] masks of those that have no place
    const unsigned char **masks; ///< [n_atoms] of the spheres near an atom
    unsigned char *covered;      ///< [ld] scratch
    double *others;              ///< [n_atoms][KERNELS_SPHERE_ROW] scratch
    int *list;                   ///< scratch of the kernel
    double *scratch;             ///< likewise
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
