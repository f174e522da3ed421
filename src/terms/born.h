#ifndef TERMS_BORN_H
#define TERMS_BORN_H

#include "kernels/kernels.h"
#include "terms/born_radii.h"

/// Generalised Born reaction field of atomic charges Q:
///
///     E = (1/2) sum_AB J_AB Q_A Q_B,    J_AB = k ( 1/f_AB + beta/L ),    k = (1/eps - 1)/(1 + beta)
///
/// with f_AA = a_A, the Born radius, and between two atoms, m = a_A a_B,
///
///     ALPB  f = R + sqrt(m) (1 + 1.028 R/(16 sqrt(m)))^-16,    beta = 0.571412/eps
///     GBSA  f = sqrt(R^2 + m exp(-R^2/(4 m))),                 beta = 0
///
/// L is the electrostatic size of the molecule, from the inertia tensor I of its van der Waals spheres
/// (volume V, up to the same factor): L = sqrt(det(I)^(1/3)/(0.4 V)).
/// Still, Tempczyk, Hawley, Hendrickson, J. Am. Chem. Soc. 112, 6127 (1990), 10.1021/ja00172a038;
/// Lange, Herbert, J. Chem. Theory Comput. 8, 1999 (2012), 10.1021/ct300111m;
/// Sigalov, Fenley, Onufriev, J. Chem. Phys. 124, 124902 (2006), 10.1063/1.2177251.
typedef struct {
    const Kernels *kernels;
    SolvationModel model;
    BornRadii radii;
    double k, beta;
    size_t ld;
    double *matrix;          ///< [n_atoms][ld] J, hartree/e^2
    double *root;            ///< [n_atoms] sqrt(a)
    double *de_da;           ///< [n_atoms] scratch
    double *root_m;          ///< [n_pairs] sqrt(m), bohr
    double *per_f;           ///< [n_pairs] 1/f
    double *along;           ///< [n_pairs] (df/dR)/(f^2 R)
    double *of_radii;        ///< [n_pairs] df/da_A a_A/f^2
    double *pair_slope;      ///< [n_pairs] scratch
    double size;             ///< L, bohr
    double (*size_slope)[3]; ///< [n_atoms][3] dL/dR
} Born;

void born_layout(Born *born, Arena *arena, const Pairs *pairs);
/// @param numbers  [n_atoms]
void born_setup(Born *born, const Kernels *kernels, const Pairs *pairs, const Solvent *solvent,
                const int *numbers);
void born_update(Born *born, const Geometry *geometry);
/// field[A] = sum_B J_AB Q_B, hartree/e.
void born_field(const Born *born, const double *charge, double *field);
/// Adds the slopes at fixed charges.
///
/// @param charge    [n_atoms] Q, e
/// @param gradient  [n_atoms][3] hartree/bohr, added to
void born_gradient(const Geometry *geometry, Born *born, const double *charge,
                   double (*gradient)[3]);

#endif
