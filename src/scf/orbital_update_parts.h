#ifndef SCF_ORBITAL_UPDATE_PARTS_H
#define SCF_ORBITAL_UPDATE_PARTS_H

#include "scf/orbital_update.h"

/// What the refinement (orbital_update.c) shares with the ways of large molecules (orbital_path.c,
/// orbital_response.c).

/// Rows of a loop over elements that a thread takes at a time.
enum { ORBITAL_UPDATE_ROWS = 16 };

/// The larger of two numbers; fmax() is a call into libm.
static inline double orbital_update_larger(double a, double b)
{
    return a > b ? a : b;
}

/// Elements of a matrix in the basis of orbitals.
static inline size_t orbital_update_size(const OrbitalUpdate *update)
{
    return update->rows * update->ld;
}

static inline size_t orbital_update_n_virtual(const OrbitalUpdate *update)
{
    return update->n - update->n_occupied;
}

/// Where the virtual-occupied and virtual-virtual blocks begin.
static inline size_t orbital_update_vo(const OrbitalUpdate *update)
{
    return update->first_virtual * update->ld;
}

static inline size_t orbital_update_vv(const OrbitalUpdate *update)
{
    return orbital_update_vo(update) + update->first_virtual;
}

/// C_v of all corrections of this geometry.
void orbital_update_correct_virtuals(OrbitalUpdate *update);

// ------------------------------------------------------------------------------ orbital_products.c
//
// Products of matrices of the refinement: whole ones, or where orbitals are local (orbital_windows.h) the blocks that are
// not zero. Matrices begin with the first row or column of the space that is named, and what is written of a result is all
// of it, zero where orbitals are far apart. Results do not depend on the number of threads.

typedef enum { ORBITALS_OCCUPIED, ORBITALS_VIRTUAL } OrbitalSpace;

/// out = A B of columns B, A = S or F: of the occupied orbitals and, with `all`, of the virtual ones. Only the rows in reach
/// of local orbitals are written, and read by the products below.
void orbital_multiply(const OrbitalUpdate *update, bool all, const double *a, const double *b,
                      double *out);
/// The same of one space in single precision.
void orbital_multiply_single(const OrbitalUpdate *update, OrbitalSpace space, const float *a,
                             const float *b, float *out);

/// out[i][j] = sum over atomic orbitals of a[.][i] b[.][j]
void orbital_product_tn(const OrbitalUpdate *update, OrbitalSpace i, OrbitalSpace j,
                        const double *a, const double *b, double *out);
void orbital_product_tn_single(const OrbitalUpdate *update, OrbitalSpace i, OrbitalSpace j,
                               const float *a, const float *b, float *out);
/// The same of one space, known to be symmetric: in double precision all of it, in single without what is above the diagonal, where
/// anything may be written.
void orbital_product_symmetric(const OrbitalUpdate *update, OrbitalSpace space, const double *a,
                               const double *b, double *out);
void orbital_product_triangle_single(const OrbitalUpdate *update, OrbitalSpace space,
                                     const float *a, const float *b, float *out);

/// out[i][j] = base[i][j] + sum over orbitals k of a[i][k] b[k][j]; base may be out or NULL for zero.
void orbital_product_single(const OrbitalUpdate *update, OrbitalSpace i, OrbitalSpace k,
                            OrbitalSpace j, const float *a, const float *b, const float *base,
                            float *out);

/// The same with the sum over all orbitals.
void orbital_product_all_single(const OrbitalUpdate *update, OrbitalSpace i, OrbitalSpace j,
                                const float *a, const float *b, const float *base, float *out);

/// to = from + C Y of the columns of a space, C in single precision: Y couples it with all orbitals, or with those of the space k.
///
/// @param y  from the first row of C's columns on
void orbital_correct_all(const OrbitalUpdate *update, OrbitalSpace space, const float *c,
                         const float *y, const double *from, double *to);
void orbital_correct(const OrbitalUpdate *update, OrbitalSpace k, OrbitalSpace space,
                     const float *c, const float *y, const double *from, double *to);

/// Zero outside of the windows, d of all orbitals.
void orbital_clear_outside(const OrbitalUpdate *update, float *d);

/// E and the columns of the occupied orbitals of G, from S C and F C_o, where windows are known.
void orbital_blocks_of_windows(const OrbitalUpdate *update, double *e, double *g);

// ------------------------------------------------------------------------------ orbital_equation.c
//
//     G_vv X - X G_oo = R
//
// in single precision, with the diagonals D of G divided out. Small molecules iterate x += D^-1 (R - A x), a contraction
// as long as off-diagonal elements O = D - A are small against the gap: 0.2 to 0.4 of the error are left. Large ones take
// conjugate gradients with the same preconditioner, where a product of matrices is dear: a tenth is left (Hestenes and
// Stiefel, J. Res. Natl. Bur. Stand. 49, 409 (1952), 10.6028/jres.049.044). A is positive definite if there is a gap.

/// Solves the equation for X, R in update->residual. Returns the largest element of D^-1 R, or a negative number
/// if it does not converge. What X leaves of R is O times the last
/// step, which for large molecules is in update->residual then. Spoils e_scaled.
///
/// @param tolerance  error of X as a share of its largest element
double orbital_update_solve(OrbitalUpdate *update, double tolerance);

// ------------------------------------------------------------------------------ orbital_path.c
//
// How the orbitals of a large molecule go on from one geometry to the next. Products of matrices of all orbitals would
// be needed to extrapolate the matrices T of C_t = C_{t-1} T_t; the differences
//
//     d_t = C_t - C_{t-1},   C_{t+1} ~ C_t + (d_{t+1} extrapolated)
//
// need none. They are smooth as long as orbitals do not turn among themselves, of which no correction of the density
// knows: what rounding and the extrapolation bring in would grow with a power of time. So every pass turns them back,
// to first order,
//
//     Y_oo += (B - B^T)/2,  B = (C - C_{t-1})_o^T S C_o,   the same for the virtual ones
//
// which makes C_{t-1}^T S C (1 + Y) symmetric within each space.

/// C of a new geometry, and its difference from that of the geometry before into update->guess.
void orbital_path_begin(OrbitalUpdate *update);

/// The turns into the diagonal blocks of y, whose other elements stay; zero if nothing is known of a geometry before.
/// Overwrites update->step and update->e_scaled.
void orbital_path_turns(OrbitalUpdate *update);

/// Remembers the way to the orbitals of this geometry.
void orbital_path_end(OrbitalUpdate *update);

/// The same for orbitals that were turned by U: d' = d U.
///
/// @param u     [rows] in single precision
/// @param work  [n]
void orbital_path_rotate(OrbitalUpdate *update, const float *u, float *work);

// ------------------------------------------------------------------------------ orbital_response.c
//
// Orbitals of a Hamiltonian F + dF that differs from that of the density before by little, to first order and in single
// precision, as what it changes is small:
//
//     G_vv X - X G_oo = -C_v^T dF C_o + (what the equation before has left),   C_o <- C_o + C_v X
//
// with the blocks G and the orbitals of the last full pass. An X up to 1e-7 leaves n 1e-14 of second order. Half the work of
// a short pass, which makes G_vo anew.

/// After a pass that has refined the orbitals for F: whether first order may follow, and what it begins with.
void orbital_response_begin(OrbitalUpdate *update, const double *fock);

/// S C, F C_o, C^T S C and the columns of the occupied orbitals of C^T F C, of a molecule with a pattern.
void orbital_blocks_make(OrbitalUpdate *update, const double *fock);

/// Returns false if X is too large or the equation cannot be solved; the orbitals are as good as before then.
bool orbital_response(OrbitalUpdate *update, const double *fock);

/// -C_o^T dF C_o of all changes since the pass, [n_occupied][ld], without what is above the diagonal; NULL if there are none. Before orbital_path_end().
const float *orbital_response_block(OrbitalUpdate *update);

#endif
