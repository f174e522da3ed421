#ifndef KERNELS_PAIR_BATCH_H
#define KERNELS_PAIR_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Eight pairs of atoms (a, b) whose shells have the same angular momenta and numbers of primitives, one
/// pair per lane of a register. An array "per lane" is [PAIR_LANES] doubles, aligned to 64 bytes.
///
/// The integrals of s and p shells are isotropic tensors times functions of the distance, so only these
/// functions are kept: no dipole or quadrupole integral is ever formed. With t = R_a - R_b and
/// exponents alpha, beta on a and b,
///
///     s = alpha/p   q = beta/p   h = 1/(2p)   p = alpha + beta
///     w = c_a c_b (pi/p)^(3/2) exp(-alpha beta t^2/p)                    summed over the primitives
///
/// all operators centred on b, the overlap, dipole and second moments are
///
///     <s|s>      w
///     <s|l|s>    ws t_l
///     <s|lm|s>   ws^2 t_l t_m + ...
///     <s|j>      ws t_j
///     <s|l|j>    ws^2 t_j t_l + wh d_jl
///     <s|lm|j>   ws^3 t_j t_l t_m + wsh (d_jl t_m + d_jm t_l) + ...
///     <i|s>     -wq t_i
///     <i|l|s>   -wqs t_i t_l + wh d_il
///     <i|lm|s>  -wqs^2 t_i t_l t_m + wsh (d_il t_m + d_im t_l) + ...
///     <i|j>     -wqs t_i t_j + wh d_ij
///     <i|l|j>   -wqs^2 t_i t_j t_l + wsh (d_ij t_l + d_il t_j) - wqh d_jl t_i
///     <i|lm|j>  -wqs^3 t_i t_j t_l t_m + whs^2 (d_ij t_l t_m + d_il t_j t_m + d_im t_j t_l)
///               -wqsh (d_jl t_i t_m + d_jm t_i t_l) + wh^2 (d_il d_jm + d_im d_jl) + ...
///
/// where the dots stand for multiples of d_lm: the quadrupole potentials have no trace, so these never
/// count. Pairs with a d shell keep blocks of integrals instead, made with the recursions of Obara and
/// Saika, J. Chem. Phys. 84, 3963 (1986), 10.1063/1.450106.
enum {
    PAIR_LANES = 8,
    PAIR_SHELLS_MAX = 3,   ///< of one atom
    PAIR_ORBITALS_MAX = 9, ///< of one atom
    PAIR_ATOM_ROW = 16,    ///< doubles per atom in the arrays of the functions below

    // Table of primitive pairs: rows of PAIR_LANES, per primitive pair.
    PRIMITIVE_MU = 0, ///< alpha beta/p
    PRIMITIVE_WEIGHT, ///< c_a c_b (pi/p)^(3/2)
    PRIMITIVE_S,
    PRIMITIVE_Q,
    PRIMITIVE_H,
    PRIMITIVE_MU_MIN, ///< the smallest mu of this and all later primitive pairs of all lanes
    PRIMITIVE_ROWS,

    RADIAL_MAX = 9,   ///< functions of a pair of p shells
    BLOCK_MOMENTS = 9 ///< kept per element where there is a d shell: S, x y z, xx-zz xy yy-zz xz yz
};

/// One pair of shells.
typedef struct {
    int la, lb;
    size_t i, j;          ///< first orbitals within their atoms
    int shell_a, shell_b; ///< number within their atoms
    size_t n_primitives;  ///< pairs of primitives
    double *primitive;    ///< [n_primitives][PRIMITIVE_ROWS][PAIR_LANES], sorted by rising mu
    double *scale;        ///< per lane: K_st

    // Places in PairBatch.data.
    size_t factor; ///< per lane: K_st Pi_st(R)
    /// s and p shells: the functions of the list above in the order w, ws, ws^2; ws, ws^2, wh, ws^3, wsh;
    /// wq, wqs, wh, wqs^2, wsh; wqs, wh, wqs^2, wsh, wqh, wqs^3, whs^2, wqsh, wh^2, and then their
    /// derivatives with respect to t^2, at the same place with and without multipoles. Others: [BLOCK_MOMENTS][orbitals of a][orbitals of b]. Without
    /// multipoles only what the overlap needs.
    size_t value;
    size_t factor_slope; ///< per lane: its derivative
    size_t population;   ///< per lane: sum P S of the last density
} PairShells;

/// What batches whose lanes have the same elements share: little, and always in the cache.
typedef struct {
    bool on_site;                        ///< a = b
    int za[PAIR_LANES], zb[PAIR_LANES];  ///< atomic numbers
    size_t na, nb;                       ///< orbitals
    double *radius;                      ///< per lane: r_a + r_b of the distance factor Pi
    double *polynomial_a, *polynomial_b; ///< [shells] per lane: p_s of Pi
    size_t n_shells;                     ///< pairs of shells
    PairShells shells[PAIR_SHELLS_MAX * PAIR_SHELLS_MAX];
} PairKind;

/// Places in PairBatch.data of every batch.
enum {
    PAIR_T = 0,                          ///< [3] per lane: R_a - R_b, bohr
    PAIR_R = PAIR_T + 3 * PAIR_LANES,    ///< per lane, bohr
    PAIR_SCREEN = PAIR_R + PAIR_LANES,   ///< per lane: r^2, huge beyond the cutoff
    PAIR_DATA = PAIR_SCREEN + PAIR_LANES ///< where those of the shells begin
};

typedef struct {
    size_t n;        ///< pairs; the lanes after them repeat pair 0
    bool multipoles; ///< dipoles and quadrupoles of atoms are to be considered
    bool moments;    ///< and their integrals to be made; without them nothing of these may be used
    bool near;       ///< one pair at least is within the cutoff; if not, there is nothing here
    int a[PAIR_LANES], b[PAIR_LANES];
    uint32_t ao_a[PAIR_LANES], ao_b[PAIR_LANES]; ///< first orbitals
    const PairKind *kind;
    double *data;
} PairBatch;

/// Functions of distance of a pair of s or p shells.
static inline size_t pair_n_radial(int la, int lb, bool multipoles)
{
    static const size_t N[2][2] = {{3, 5}, {5, 9}};
    if (!multipoles)
        return la == 1 && lb == 1 ? 2 : 1;
    return N[la][lb];
}

/// Rows of PAIR_LANES at PairShells.value.
static inline size_t pair_n_values(int la, int lb, bool multipoles)
{
    if (la < 2 && lb < 2)
        return 2 * pair_n_radial(la, lb, multipoles);
    return (size_t)(multipoles ? BLOCK_MOMENTS : 1) * (size_t)(2 * la + 1) * (size_t)(2 * lb + 1);
}

#endif
