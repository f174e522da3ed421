#ifndef TERMS_DISPERSION_D4_H
#define TERMS_DISPERSION_D4_H

#include "base/arena.h"
#include "data/method.h"
#include "kernels/kernels.h"
#include "terms/axilrod_teller.h"
#include "terms/term.h"

/// Self-consistent D4 dispersion of GFN2-xTB: two-body energy with atomic charges, three-body
/// energy without,
///
///     E2(q) = - sum_{i<j} C6_ij(q) f_ij,     C6_ij = sum_ab G_ia C_ab G_jb
///     f_ij  = S(r) [ s6/(r^6 + Rd^6) + s8 q_ij/(r^8 + Rd^8) ],   q_ij = 3 s_i s_j,
///     Rd    = a1 sqrt(q_ij) + a2
///     G_ia  = W_a(CN_i) zeta_a(q_i)
///
/// a, b: reference systems of the element, W: normalised Gaussians of the coordination number,
/// zeta: charge scaling; E3: axilrod_teller.h with C6 at q = 0.
/// Caldeweyher et al., J. Chem. Phys. 150, 154122 (2019), 10.1063/1.5090222; in GFN2: Bannwarth,
/// Ehlert, Grimme, J. Chem. Theory Comput. 15, 1652 (2019), 10.1021/acs.jctc.8b01176.
///
/// Use: layout and setup once per molecule, update once per geometry, energy and potential as often
/// as the self-consistent loop asks, gradient at the end. C6_ij is never formed in the loop: with
/// atoms sorted by element, Z = G C and Y = f Z cost N^2 times the few references of an element.
///
/// Atom indices of the caller are those of `numbers`; inside, places are sorted by element, and
/// matrices of places have the leading dimension ld. What belongs to a reference of a place is an
/// entry; entries stand in the order of kernels.h, a matrix [references][places] for each element.
/// Nothing here can fail; nothing allocates but the layout.
typedef struct DispersionD4 {
    // Per molecule.
    size_t n, ld, n_kinds, n_refs, ld_refs, n_entries;
    const Kernels *kernels;
    double s6, s9;
    size_t *order;       ///< [n] atom of a place
    int *kind;           ///< [n] element kind of a place
    int *kind_z;         ///< [n_kinds] atomic numbers, ascending
    size_t *first_place; ///< [n_kinds + 1]
    size_t *first_ref;   ///< [n_kinds + 1]
    double *zeff;        ///< [n_kinds] e
    double *damping;     ///< [n_kinds][n_kinds] Rd^(16/3), bohr
    double *pair;        ///< [n_kinds][3][ld] of each kind with each place: s8 q_ij, Rd^6, Rd^8
    double *cn_pair;     ///< [n_kinds][3][ld] R, bohr; k/2; r^2 beyond which pairs do not count
    double *ref_c6;      ///< [n_refs][ld_refs] hartree bohr^6

    // Per molecule, of each entry.
    int *entry_place;
    double *entry_cn, *entry_triple; ///< CN of the reference; 1 where it has three Gaussians, or 0
    double *entry_steepness;         ///< 2 eta
    double *entry_reference;         ///< Z* + q of the reference, e
    double *entry_zeta_zero;         ///< zeta at q = 0

    // Per geometry.
    double *xyz;                   ///< [3][ld] bohr
    bool has_ends;                 ///< pairs may be in the smooth end or beyond
    double *f, *h;                 ///< [n][ld] f_ij, (df/dr)/r; zero for i = j
    double *cn;                    ///< [ld]
    double *count_slope;           ///< [n][ld] of the lower triangle: (d count/dr)/r, bohr^-2
    double *weight, *weight_slope; ///< of each entry, W and dW/dCN
    double three_body;             ///< E3, hartree
    double *three_body_gradient;   ///< [3][ld] at fixed CN
    double *three_body_cn_slope;   ///< [n] dE3/dCN
    AxilrodTeller atm;

    // Of the last evaluation.
    double *charges;        ///< [n]
    bool evaluated;         ///< it was at this geometry
    double two_body;        ///< its E2, hartree
    double *g, *g_cn, *g_q; ///< of each entry, G, dG/dCN, dG/dq
    double *z;              ///< [n][ld_refs] G C
    double *y;              ///< of each entry, f G C

    // Scratch.
    double *entry_work, *entry_more; ///< of each entry
    double *norm, *norm_slope;       ///< [n]
    double *c6;                      ///< [n][ld] C6_ij, of the last gradient; before, r^2
    double *pair_slope;              ///< [ld] (dE/dr)/r of one row
    double *share;                   ///< [n][ld] 2 dE3/dC_ij; zero for i = j
    double *slope;                   ///< [3][ld] gradient
    double *cn_slope;                ///< [ld] dE/dCN
} DispersionD4;

/// Claims the arrays; the counts come from the atomic numbers.
void dispersion_d4_layout(DispersionD4 *d4, Arena *arena, size_t n_atoms, const int *numbers);

/// Fills what depends on the elements only; after the second walk of the layout.
///
/// @param numbers  [n] atomic numbers, 1..86
/// @param method   s6, s8, a1, a2, s9
void dispersion_d4_setup(DispersionD4 *d4, const Kernels *kernels, const Method *method,
                         const int *numbers);

/// A new geometry: coordination numbers, weights, f, and the whole three-body term.
///
/// @param xyz  [n][3] bohr, no two atoms in the same place
void dispersion_d4_update(DispersionD4 *d4, const double (*xyz)[3]);

/// E2 in hartree at these charges.
///
/// @param charges  [n] e, positive where electrons are missing
double dispersion_d4_energy(DispersionD4 *d4, const double *charges);

/// E2 in hartree and its slope dE2/dq, which is added to v.
///
/// @param v  [n] hartree/e
double dispersion_d4_potential(DispersionD4 *d4, const double *charges, double *v);

/// E3 in hartree.
double dispersion_d4_three_body(const DispersionD4 *d4);

/// Adds d(E2 + E3)/dx at fixed charges; their response is in the overlap term of the Hamiltonian.
///
/// @param gradient  [n][3] hartree/bohr
void dispersion_d4_gradient(DispersionD4 *d4, const double *charges, double (*gradient)[3]);

/// The same behind the face of a term. Two lines of the energy breakdown share one DispersionD4: the
/// two-body part acts inside the self-consistent loop and carries update and gradient of both.
extern const TermType TERM_DISPERSION_D4;
extern const TermType TERM_DISPERSION_D4_THREE_BODY;

#endif
