#ifndef SCF_ORBITAL_UPDATE_H
#define SCF_ORBITAL_UPDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "kernels/kernels.h"
#include "scf/orbital_history.h"
#include "scf/orbital_windows.h"

/// Orbitals without a diagonalisation. The full set of orbitals is carried along a trajectory: the
/// matrices T_t with C_t = C_{t-1} T_t change smoothly and are extrapolated; one refinement made of
/// matrix products then solves F C = S C eps for the occupied space to second order in the error of
/// the guess:
///
///     E = C^T S C - 1,  G = C^T F C,  G_vv X - X G_oo = E_vo G_oo - G_vo
///     C <- C (1 + Y),  Y_oo = -E_oo/2,  Y_vv = -E_vv/2,  Y_vo = X,  Y_ov = -(X + E_vo)^T
///
/// and Y_oo is corrected by -1/2 of what orthonormality of the occupied orbitals lacks to second
/// order, V^T V - E_ov E_vo - 3/4 E_oo^2 with V = X + E_vo: the energy is linear in it.
///
/// The refinement is the occupied-virtual block form of Ogita and Aishima, Jpn. J. Ind. Appl. Math.
/// 35, 1007 (2018), 10.1007/s13160-018-0310-3. Only for a clear gap and whole occupations; the caller
/// diagonalises otherwise.
///
/// E, G_oo and G_vo are made in double precision. G_vv is only a preconditioner, and what they give, Y, is small: its products with C and T, and
/// T - 1 itself, which only makes a guess, are held in single precision, at half the price.
///
/// Large molecules (ORBITAL_UPDATE_LARGE) go other ways where products are dear: their history is that of C itself
/// (orbital_path.c), later Hamiltonians of a geometry change C_o to first order (orbital_response.c), and C_v waits for
/// all corrections of a geometry.
///
/// Columns are orbitals: the occupied ones, padded with zeros to a multiple of four, then the virtual
/// ones from column first_virtual on. The leading dimension of all matrices here is ld.
enum { ORBITAL_UPDATE_LARGE = 81 };

typedef struct {
    int64_t known; ///< 1: there are orbitals of a geometry before
    int64_t age;   ///< geometries since they were rotated
    int64_t sure;  ///< full passes for which the gap is known to be clear
} OrbitalUpdateKept;

typedef struct {
    const Kernels *kernels;
    size_t n, ld_ao; ///< orbitals; leading dimension of F and S
    bool large;      ///< as ORBITAL_UPDATE_LARGE says; tests choose
    bool
        may_be_local; ///< the molecule is long and its atoms in an order along it, set by the caller
    size_t n_occupied, first_virtual;
    size_t rows, columns; ///< of matrices in the basis of orbitals; columns are padded
    size_t ld;
    OrbitalUpdateKept *kept;
    double *kept_orbitals;         ///< [n] of the last geometry
    float *kept_singles;           ///< [n] the same in single precision; not of large molecules
    OrbitalHistory history;        ///< of T - 1; of large molecules [n] of C_t - C_{t-1}
    OrbitalWindows windows;        ///< of large molecules, where orbitals can be local
    const double *overlap;         ///< [n][ld_ao] S of this geometry
    const KernelsPattern *pattern; ///< where S and F are not zero; NULL: everywhere
    double *orbitals;              ///< [n] C
    double *fc;                    ///< [n] F C; after a short pass F C of the occupied orbitals
    double *sc;                    ///< [n] S C of the orbitals that the last full pass began with
    double moved;        ///< largest corrections of the orbitals since, added up; INFINITY: no S C
    double *g, *e;       ///< [rows] G, virtual block on demand only; E
    double *eps;         ///< [rows] diagonal of g of the last full pass
    double *rotation;    ///< [rows] U of the last one, see orbital_update_has_rotated()
    double *eigenvalues; ///< [n]
    double *level_work;  ///< [4][n]
    double *work;
    int *iwork;
    // In single precision.
    float *orbitals_single;     ///< [n]
    float *fock_single;         ///< [n][ld_ao] -F
    float *fc_single;           ///< [n] -F C of the virtual orbitals
    double *strips;             ///< of half the terms of S C or F C
    float *guess;               ///< [rows] extrapolated T - 1; [n] C - C_{t-1} of large molecules
    float *y, *y_sum;           ///< [rows] corrections: of a pass, of this geometry
    float *g_off;               ///< [rows] off-diagonal elements of G_oo and of -G_vv
    float *e_single, *e_scaled; ///< [rows]
    float *x, *residual, *step,
        *scale; ///< [n_virtual] of the Sylvester equation; at its end the last step is in residual
    bool orthonormal;    ///< E of the current orbitals is below rounding
    bool virtuals_known; ///< the virtual block of g belongs to this geometry
    bool nearly;         ///< orthonormal and known as far as the first steps to a solution need
    bool occupied_known; ///< the occupied block of g belongs to the refined orbitals
    bool local;          ///< the orbitals of this geometry are zero outside of the windows
    bool rotated;        ///< the kept orbitals were turned against those of this geometry
    bool from_diagonalisation; ///< the orbitals of this geometry come from a diagonalisation
    bool slow;                 ///< the inner iterations of this geometry were many
    bool last_is_full;         ///< the last pass was a full one: g and y belong to it
    bool guess_is_path;        ///< guess is C - C_{t-1} of the current orbitals
    bool
        may_respond; ///< F of the last density is in e, and first order will do (orbital_response.c)
    bool responded;  ///< the orbitals come from there
    bool block_known;     ///< what that changes of G_oo is in residual
    bool virtuals_behind; ///< C_v is still to be corrected, by the columns of y
} OrbitalUpdate;

void orbital_update_layout(OrbitalUpdate *update, Arena *arena, size_t n_ao);

/// Orbitals of a new geometry from those before; n_occupied, kernels, overlap and pattern are set.
/// Returns false if none are known.
bool orbital_update_begin(OrbitalUpdate *update);

/// Refines the orbitals for a Hamiltonian. Returns false, with the orbitals spoilt, if the gap is not
/// clear or the refinement does not converge: then diagonalise and call orbital_update_from_diagonalisation().
///
/// @param fock       [n][ld_ao] F
/// @param clear_gap  smallest gap, in hartree, that counts as clear
bool orbital_update_refine(OrbitalUpdate *update, const double *fock, double clear_gap);

/// Whether the orbitals of this geometry are local: zero outside of their windows.
static inline bool orbital_update_is_local(const OrbitalUpdate *update)
{
    return update->local;
}

/// sum over occupied orbitals k of a[k][.] b[k][.], known to be symmetric, inside the pattern at least, of orbitals that lie in rows.
///
/// @param a, b, out  [n][ld_ao]
void orbital_update_density(const OrbitalUpdate *update, const KernelsPattern *pattern,
                            const double *a, const double *b, double *out);
/// out[i] = sum over occupied orbitals k of G_ik a[k], what orbital_update_density() needs of it.
void orbital_update_weighted_rows(const OrbitalUpdate *update, const KernelsPattern *pattern,
                                  const double *g, const double *a, double *out);

/// Occupied block of G of the refined orbitals, to second order, into g; after orbital_update_refine().
void orbital_update_occupied_block(OrbitalUpdate *update);

/// Virtual block of G of the last full pass, to single precision, into g; after orbital_update_refine().
void orbital_update_virtual_block(OrbitalUpdate *update);

/// Takes over orbitals from a diagonalisation: the history of T starts again.
///
/// @param rows  [n][ld_ao] row k is orbital k, rising energies
void orbital_update_from_diagonalisation(OrbitalUpdate *update, const double *rows);

/// Remembers the orbitals of a converged geometry for the next one.
void orbital_update_end(OrbitalUpdate *update);

/// Whether orbital_update_end() has rotated the orbitals that it remembers, by `rotation`, against those of
/// this geometry.
bool orbital_update_has_rotated(const OrbitalUpdate *update);

/// The orbitals of this geometry in single precision, [n][ld], after orbital_update_end(); NULL if those were
/// rotated.
const float *orbital_update_singles(const OrbitalUpdate *update);

/// True if the orbitals of a geometry before are remembered.
static inline bool orbital_update_knows(const OrbitalUpdate *update)
{
    return update->kept->known != 0;
}

/// The matrix e of this update is lent to another.
static inline double *orbital_update_scratch(OrbitalUpdate *update)
{
    update->may_respond = false;
    return update->e;
}

/// Forgets all orbitals.
void orbital_update_clear(OrbitalUpdate *update);

#endif
