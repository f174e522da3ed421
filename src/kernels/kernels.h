#ifndef KERNELS_KERNELS_H
#define KERNELS_KERNELS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/pair_batch.h"

/// Doubles in the widest register. Matrices whose rows are padded with zeros to a multiple of it can
/// be multiplied whole, padding included, which is faster than leaving the padding out.
enum { KERNELS_PAD = 8 };

/// n rounded up to the next multiple of KERNELS_PAD.
static inline size_t kernels_padded(size_t n)
{
    return (n + KERNELS_PAD - 1) / KERNELS_PAD * KERNELS_PAD;
}

/// The same for floats.
enum { KERNELS_PAD_SINGLE = 2 * KERNELS_PAD };

static inline size_t kernels_padded_single(size_t n)
{
    return (n + KERNELS_PAD_SINGLE - 1) / KERNELS_PAD_SINGLE * KERNELS_PAD_SINGLE;
}

/// Floats of scratch for traces_of_blocks.
static inline size_t kernels_blocks_scratch(size_t n, size_t n_blocks)
{
    const size_t ld = kernels_padded_single(n);
    return ld * (KERNELS_PAD + 2 * kernels_padded(n_blocks));
}

/// Which elements of a symmetric matrix are not zero: of each block of rows the columns that occur, in groups of
/// KERNELS_PATTERN_GROUP. A block has KERNELS_PATTERN_ROWS rows or, where a kernel says so, at most as many.
enum { KERNELS_PATTERN_ROWS = 8, KERNELS_PATTERN_GROUP = 4 };
typedef struct {
    size_t n_blocks;
    int *row;     ///< [n_blocks + 1] where the rows of a block begin
    int *first;   ///< [n_blocks + 1] and its groups
    int *group;   ///< rising in each block, that of the diagonal among them
    double *room; ///< [kernels_pattern_room(n)] of copies that a product makes
} KernelsPattern;

static inline size_t kernels_whole_blocks(size_t n)
{
    return (n + KERNELS_PATTERN_ROWS - 1) / KERNELS_PATTERN_ROWS * KERNELS_PATTERN_ROWS;
}

static inline size_t kernels_pattern_room(size_t n)
{
    // Orbitals are padded by up to eight.
    return (kernels_whole_blocks(n) + 8) * kernels_whole_blocks(n);
}

/// Terms of a sum at a time in matmul_tn_pattern: so many of both factors have room.
static inline size_t kernels_strip_depth(size_t n)
{
    const size_t half = kernels_whole_blocks(n) / 2;
    return half < 512 ? half : 512;
}

/// The strips of a factor, the first or the second one.
static inline double *kernels_strips(const KernelsPattern *pattern, size_t n, bool second)
{
    return pattern->room + (second ? kernels_whole_blocks(n) * kernels_strip_depth(n) : 0);
}

/// From this many bytes of A on a product goes through it in blocks, one call for many columns of the result being better than
/// many for few: of an A that lies in rows, and in columns (matmul_tn), where the blocks are copied.
enum { KERNELS_BLOCKS_OF_ROWS = 1 << 22, KERNELS_BLOCKS_OF_COLUMNS = 1 << 21 };

enum {
    KERNELS_MULTIPOLES = 10,  ///< q; mu x y z; Theta xx xy yy xz yz zz
    KERNELS_REFERENCES = 7,   ///< references of an element in D4, at most
    KERNELS_MAX_L = 2,        ///< largest angular momentum: d
    KERNELS_SPHERE_SHAPE = 3, ///< numbers of the sphere itself, see sphere_area
    KERNELS_SPHERE_ROW = 5,   ///< numbers of a sphere beside it
    KERNELS_SPHERE_MASK = 32  ///< bytes of a mask of points are a multiple of this
};

/// One eigenvector of a symmetric matrix A, that of its outermost eigenvalue, from one that is nearly it:
/// conjugate gradients for (A - value) y = -r orthogonal to x, r = A x - value x, behind the distances
/// D = max(sign (diagonal - value), closest), and then the correction of second-order perturbation theory
/// that is still missing.
typedef struct {
    size_t m;               ///< order of A
    const double *a;        ///< [m][ld] A, rows are read to the end of their padding; NULL: see off
    const float *off;       ///< [m][ld] minus its off-diagonal elements, 0 on the diagonal
    size_t ld;              ///< of either
    const double *diagonal; ///< [m] of A
    double sign;            ///< +1: the lowest eigenvalue is looked for, -1: the highest
    double closest;         ///< smallest distance that counts
    double tolerance;       ///< correction that may be missing when the steps end
    int max_steps;          ///< each of which takes one product with A
    double *x;              ///< [kernels_padded(m)] padded with zeros; becomes a unit vector
    double *work;           ///< [8 kernels_padded(m)]
} EigenvectorTask;

typedef struct {
    double value;          ///< the eigenvalue
    double correction;     ///< second-order correction still missing at the end, included in value;
                           ///< infinity if the steps left the outermost eigenvalue
    double correction_all; ///< that at the start
    double
        level_distance; ///< smallest sign (diagonal - value): negative if another level has crossed
    int n_steps;
} EigenvectorResult;

/// The hot loops over plain arrays, compiled once per instruction set from kernels_body.c and chosen
/// once per context. All matrices are row-major with a leading dimension (ld..) in doubles.
typedef struct Kernels {
    const char *isa; ///< "generic", "avx2", "avx512"
    size_t
        panel_columns; ///< doubles side by side in a full tile of registers; of singles twice as many

    /// C[m][n] = A[m][k] B[k][n]; fastest where n is a multiple of KERNELS_PAD.
    void (*matmul_nn)(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b,
                      size_t ldb, double *c, size_t ldc);
    /// C[m][n] = A[k][m]^T B[k][n]; fastest where n is a multiple of KERNELS_PAD.
    void (*matmul_tn)(size_t m, size_t n, size_t k, const double *a, size_t lda, const double *b,
                      size_t ldb, double *c, size_t ldc);
    /// C[m][n] = A[k][m]^T B[k][n] where the first m columns are known to be symmetric; the other
    /// n - m are padding. Half the work.
    void (*matmul_tn_symmetric)(size_t m, size_t n, size_t k, const double *a, size_t lda,
                                const double *b, size_t ldb, double *c, size_t ldc);
    /// The columns first..last of such a product up to n, without what is above the diagonal, and then the
    /// upper triangle as far as it comes from the rows first..last: parts of the product. first is a multiple of 24, of the
    /// rows of KERNELS_PAD.
    void (*matmul_tn_lower)(size_t m, size_t first, size_t last, size_t k, const double *a,
                            size_t lda, const double *b, size_t ldb, double *c, size_t ldc);
    void (*mirror)(size_t first, size_t last, double *c, size_t ldc);
    /// C[m][n] = base[m][n] + A[m][k] B[k][n] in single precision; base may be C or NULL for zero.
    void (*matmul_single)(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                          size_t ldb, const float *base, float *c, size_t ldc);
    /// C[m][n] = A[k][m]^T B[k][n] in single precision.
    void (*matmul_tn_single)(size_t m, size_t n, size_t k, const float *a, size_t lda,
                             const float *b, size_t ldb, float *c, size_t ldc);
    /// The same without what is above the diagonal, where anything may be written; and its columns first..last, first a
    /// multiple of 48.
    void (*matmul_tn_triangle_single)(size_t m, size_t n, size_t k, const float *a, size_t lda,
                                      const float *b, size_t ldb, float *c, size_t ldc);
    void (*matmul_tn_lower_single)(size_t m, size_t first, size_t last, size_t k, const float *a,
                                   size_t lda, const float *b, size_t ldb, float *c, size_t ldc);
    /// C[m][n] = base[m][n] + A[m][k] B[k][n], the product, a small correction, in single precision;
    /// base, with the leading dimension of C, may be C.
    void (*matmul_correction)(size_t m, size_t n, size_t k, const float *a, size_t lda,
                              const float *b, size_t ldb, const double *base, double *c,
                              size_t ldc);
    /// C[m][n] = A[m][m] B[m][n] with a symmetric A that is zero outside the pattern, where it is not read. Its blocks may have any
    /// numbers of rows.
    void (*matmul_pattern)(size_t m, size_t n, const KernelsPattern *pattern, const double *a,
                           size_t lda, const double *b, size_t ldb, double *c, size_t ldc);
    void (*matmul_pattern_single)(size_t m, size_t n, const KernelsPattern *pattern, const float *a,
                                  size_t lda, const float *b, size_t ldb, float *c, size_t ldc);
    /// Their two steps: the blocks first..last of rows of A into the room of the pattern; and any columns of the product with them.
    void (*pack_pattern)(size_t m, size_t first, size_t last, const KernelsPattern *pattern,
                         const double *a, size_t lda);
    void (*pack_pattern_single)(size_t m, size_t first, size_t last, const KernelsPattern *pattern,
                                const float *a, size_t lda);
    void (*matmul_packed)(size_t m, size_t n, const KernelsPattern *pattern, const double *b,
                          size_t ldb, double *c, size_t ldc);
    void (*matmul_packed_single)(size_t m, size_t n, const KernelsPattern *pattern, const float *b,
                                 size_t ldb, float *c, size_t ldc);
    /// The same for a B that is zero outside its rows begin..end, begin a multiple of KERNELS_PATTERN_GROUP: the blocks
    /// first..last of rows of C.
    void (*matmul_packed_part)(size_t begin, size_t end, size_t first, size_t last, size_t n,
                               const KernelsPattern *pattern, const double *b, size_t ldb,
                               double *c, size_t ldc);
    void (*matmul_packed_part_single)(size_t begin, size_t end, size_t first, size_t last, size_t n,
                                      const KernelsPattern *pattern, const float *b, size_t ldb,
                                      float *c, size_t ldc);
    /// C[n][n] = A[k][n]^T B[k][n], known to be symmetric, inside the pattern only; what is outside stays.
    void (*matmul_tn_pattern)(size_t n, size_t k, const KernelsPattern *pattern, const double *a,
                              size_t lda, const double *b, size_t ldb, double *c, size_t ldc);
    /// Its three steps: the columns first..last, multiples of KERNELS_PATTERN_ROWS or n, of k terms of a factor into
    /// strips (here kernels_strip_depth(n) terms at a time); the rows first..last of C = A^T B, or of C += A^T B, as far as they are not above the diagonal; and the elements above it that come
    /// from the rows first..last.
    void (*pack_strips)(size_t n, size_t first, size_t last, size_t k, const double *b, size_t ldb,
                        double *out);
    void (*matmul_strips_lower)(size_t n, size_t first, size_t last, size_t k,
                                const KernelsPattern *pattern, const double *a, const double *b,
                                bool add, double *c, size_t ldc);
    /// The rows first..last of C[m][n] = A^T B, or of C += A^T B, without what is more than KERNELS_PATTERN_ROWS - 1 columns above the diagonal;
    /// first a multiple of KERNELS_PATTERN_ROWS and last another or m.
    void (*matmul_strips_triangle)(size_t m, size_t first, size_t last, size_t n, size_t k,
                                   const double *a, const double *b, bool add, double *c,
                                   size_t ldc);
    void (*mirror_pattern)(size_t first, size_t last, const KernelsPattern *pattern, double *c,
                           size_t ldc);
    /// B[n][m] = scale A[m][n]^T
    void (*transpose)(size_t m, size_t n, double scale, const double *a, size_t lda, double *b,
                      size_t ldb);
    void (*transpose_single)(size_t m, size_t n, float scale, const float *a, size_t lda, float *b,
                             size_t ldb);
    /// B[m][n] = scale A[m][n], rounded to single precision.
    void (*narrow)(size_t m, size_t n, double scale, const double *a, size_t lda, float *b,
                   size_t ldb);
    /// B[n][m] = scale A[m][n]^T, rounded to single precision, in whole squares of KERNELS_PAD: that many
    /// rows of B are written, whole lines of each, anything behind the m-th column; rows of A are read
    /// as far.
    void (*narrow_transposed)(size_t m, size_t n, double scale, const double *a, size_t lda,
                              float *b, size_t ldb);
    /// Largest |a[i][j]|, 0 if there are none.
    double (*largest_single)(size_t m, size_t n, const float *a, size_t lda);
    /// Start of the iteration for A X - X B = R, whose diagonals are row_eps and column_eps, with
    /// R = E diag(B) - G so far: scale[i][j] = 1/(row_eps[i] - column_eps[j]) and r[i][j] = R[i][j].
    /// All matrices [m][ld], n columns of them.
    void (*sylvester_start)(size_t m, size_t n, size_t ld, const double *g, const double *e,
                            const double *row_eps, const double *column_eps, float *scale,
                            float *r);
    /// step = r scale, x += step, at the first one x = step; the largest |step|.
    double (*sylvester_step)(size_t m, size_t n, size_t ld, const float *r, const float *scale,
                             float *step, float *x, bool first);
    /// Conjugate gradients for the same equation, preconditioned by scale = 1/D. The direction p = r scale + beta p; beta 0: p
    /// is not read.
    void (*gradient_direction)(size_t m, size_t n, size_t ld, double beta, const float *r,
                               const float *scale, float *p);
    /// A p = p/scale - q, with the product q of the off-diagonal elements, into q; sum[i] = p[i].(A p)[i] of row i.
    void (*gradient_curvature)(size_t m, size_t n, size_t ld, const float *p, const float *scale,
                               float *q, double *sum);
    /// x += alpha p, r -= alpha q; p NULL: x = 0 and r stays. sum[i] = r[i].(r scale)[i] of row i; the largest |r scale|.
    double (*gradient_step)(size_t m, size_t n, size_t ld, double alpha, const float *p,
                            const float *q, const float *scale, float *x, float *r, double *sum);
    /// out[i] = sum_k coefficient[k] point[k][i]; sum over at least one point
    void (*combine_single)(size_t n, int n_points, const float *coefficient,
                           const float *const *point, float *out);
    /// sum[p] += sum_i of the square of the (p+1)-th backward difference of point[0][i], for
    /// p = 0..n_points-2; at most eight points, the newest first; n is a multiple of KERNELS_PAD.
    void (*difference_squares)(size_t n, int n_points, const float *const *point, double *sum);
    /// out[a][b] = sum of m[i][j] m[j][i] over the rows i of block a and the columns j of block b.
    ///
    /// @param first    [n_blocks + 1] where the blocks begin; the last is n
    /// @param m        [ld][ld], ld = kernels_padded_single(n); behind the n-th anything
    /// @param scratch  [kernels_blocks_scratch(n, n_blocks)]
    void (*traces_of_blocks)(size_t n_blocks, const size_t *first, const float *m, size_t ld,
                             float *scratch, double *out);
    /// sum_i x[i] y[i]
    double (*dot)(size_t n, const double *x, const double *y);
    /// y[i] += s x[i]
    void (*axpy)(size_t n, double s, const double *x, double *y);
    /// y[i] = sum_j a[i][j] x[j]
    void (*matvec)(size_t m, size_t n, const double *a, size_t lda, const double *x, double *y);

    /// The same in single precision; n is a multiple of 16, the rows aligned to 64 bytes.
    void (*matvec_single)(size_t m, size_t n, const float *a, size_t lda, const float *x, float *y);
    /// out[i] = sum_k weight[k] rows[k][i] of n_rows >= 1 rows; n is a multiple of KERNELS_PAD.
    void (*combine)(size_t n, int n_rows, const double *weight, const double *rows, size_t ld,
                    double *out);
    /// A table of backward differences of a new vector x from that of the vector before, in place:
    /// d[0] = x, d[k+1] = d[k] - d[k] before; squares[k] is the square of the length of the difference
    /// that follows on d[k], the last of which is left in x; n is a multiple of KERNELS_PAD.
    void (*difference_store)(size_t n, int orders, double *x, double *d, size_t ld,
                             double *squares);
    EigenvectorResult (*eigenvector)(const EigenvectorTask *task);
    /// (C x) F (C x) with a symmetric F [n][ldf], C [n][ldc], x [kernels_padded(m)] padded with zeros. Rows
    /// are read to the end of their padding.
    ///
    /// @param work  [2 kernels_padded(n)]
    double (*quotient_of_columns)(size_t n, size_t m, const double *c, size_t ldc, const double *x,
                                  const double *f, size_t ldf, double *work);

    // Rows: n is a multiple of KERNELS_PAD, and so is ld, the distance of the rows of x, y, z in xyz.

    /// y[i] = exp(x[i]), x cut to -700..700; y may be x.
    void (*exponentials)(size_t n, const double *x, double *y);
    /// out[i] = 1/sqrt(x[i] + y[i])
    void (*inverse_roots)(size_t n, const double *x, const double *y, double *out);
    /// out[.][s] = sum_t charge[t] gamma[t][s]^3 (xyz[.][s] - xyz[.][t]) of n points, for the points s in first..last, first
    /// a multiple of KERNELS_PAD; arrays are padded.
    ///
    /// @param gamma  [n][ld] symmetric
    /// @param out    [3][ld]
    void (*cubic_slopes)(size_t first, size_t last, size_t n, size_t ld, const double *gamma,
                         const double *charge, const double *xyz, double *out);
    /// Sum over pairs of charge/r exp(-decay r^exponent), exponent 1 or 3/2, up to the cutoff; the slope
    /// of each is (dE/dr)/r.
    double (*repulsion_pairs)(size_t n, double cutoff, const double *distance, const double *charge,
                              const double *decay, const double *exponent, double *slope);
    /// Counts of pairs, formula in system/coordination.h, and slopes (dc/dr)/r.
    ///
    /// @param par  steepness and steepness of the second function (0: there is one only), its shift,
    ///             cutoff
    void (*counting_pairs)(size_t n, const double par[4], const double *distance,
                           const double *radius, double *count, double *slope);
    /// Damped powers of the anisotropic electrostatics of one atom with all, 0 with itself: per_r = 1/R,
    /// g3 = R^-3/(1 + prefactor y^3), g5 = R^-5/(1 + prefactor y^4), y = (radius_here + radius)/(2R).
    void (*multipole_damping_row)(size_t n, size_t ld, const double *xyz, const double here[3],
                                  double prefactor, double radius_here, const double *radius,
                                  double *per_r, double *g3, double *g5);
    /// Derivatives of that energy of n atoms with respect to the ten moments of the atoms first..last, formulas in
    /// terms/multipole.h. Off-diagonal quadrupole elements carry the factor 2 of their two places. first is a multiple
    /// of KERNELS_PAD; arrays are padded.
    ///
    /// @param moments  [KERNELS_MULTIPOLES][ld] q; mu x y z; Theta xx xy yy xz yz zz
    /// @param g3, g5   [n][ld] symmetric
    /// @param out      [KERNELS_MULTIPOLES][ld]
    void (*multipole_potentials)(size_t first, size_t last, size_t n, size_t ld, const double *xyz,
                                 const double *moments, const double *g3, const double *g5,
                                 double *out);
    /// Slopes of that energy of each of the atoms first..last with all others: with respect to the others' positions
    /// relative to it (x y z), and to its radius.
    ///
    /// @param per_r  [n][ld] symmetric, too
    /// @param out    [4][ld]
    void (*multipole_slopes)(size_t first, size_t last, size_t n, size_t ld, const double *xyz,
                             const double *moments, const double *radius, const double *per_r,
                             const double *g3, const double *g5, double *out);
    /// One atom with a row of others, two-body D4 without its smooth end: r^2,
    /// f = s6/(r^6 + rd6) + s8q/(r^8 + rd8) and h = (df/dr)/r; f and h are 0 where r is.
    ///
    /// @param par  [3][ld] s8q, rd6, rd8
    void (*damped_pair_row)(size_t n, size_t ld, const double *xyz, const double here[3], double s6,
                            const double *par, double *r2, double *f, double *h);
    /// Counts the neighbours of one atom, c = K erfc(steepness (r - R)/R), adds c to each of theirs and
    /// returns the sum. Arrays are padded; n need be no multiple of KERNELS_PAD.
    ///
    /// @param par    [3][ld] R, K and the r^2 beyond which c = 0
    /// @param slope  (dc/dr)/r
    double (*counting_row)(size_t n, size_t ld, double steepness, const double *r2,
                           const double *par, double *cn, double *slope);

    // References of D4. Atoms stand by kinds, kind k in first_place[k]..first_place[k+1] and its at most
    // KERNELS_REFERENCES references in first_ref[k]..first_ref[k+1]. Entries, one per atom and reference
    // of its kind, are a matrix [references][places] for each kind, one matrix after the other. Behind the
    // last entry and behind each row of f and c6 there is room for KERNELS_PAD - 1 numbers, which may be
    // overwritten.

    /// g = w zeta with zeta = exp(height (1 - t)), t = exp(c (1 - reference/u)); g_cn from the slope
    /// of w, g_q = w dzeta/du; for u <= 0 the limit from above. w < drop counts as 0.
    void (*charge_scaling)(size_t n, double height, const double *u, const double *steepness,
                           const double *reference, const double *weight,
                           const double *weight_slope, double drop, double *g, double *g_cn,
                           double *g_q);
    /// z[j][b] = sum_a g[a][j] c[a][b] over the references a of place j; ld is a multiple of KERNELS_PAD.
    void (*reference_coefficients)(size_t n_kinds, const size_t *first_place,
                                   const size_t *first_ref, const double *g, const double *c,
                                   size_t ld, double *z);
    /// y[a][i] = sum_j z[j][a] f[j][i] of the places i = first..last of a kind, whole lines, of which the last one spoils
    /// the beginning of what comes behind the kind's row: it comes first.
    void (*reference_sums)(size_t kind, size_t first, size_t last, size_t n_kinds,
                           const size_t *first_place, const size_t *first_ref, const double *z,
                           size_t ldz, const double *f, size_t ldf, double *y);
    /// c6[j][i] = sum_a z[j][a] g[a][i] over the references a of place i
    void (*pair_coefficients)(size_t n_kinds, const size_t *first_place, const size_t *first_ref,
                              const double *g, const double *z, size_t ldz, double *c6, size_t ld);
    /// Adds up t[i] (here - xyz[i]) in out and takes each from slopes[.][i], i < n, which need be no
    /// multiple of KERNELS_PAD; arrays are padded.
    ///
    /// @param slopes  [3][ld]
    void (*pair_force_row)(size_t n, size_t ld, const double *t, const double *xyz,
                           const double here[3], double *slopes, double out[3]);
    /// Rows of an atom for atm_row: r^2, p = sqrt(C)/r^5, tau = power/r^(16/3) and two rows of zeros.
    /// p and tau are 0 but for first..n-1 with r^2 <= r2_max; whole lines from that of first on are
    /// written.
    ///
    /// @param power  Rd^(16/3)
    /// @param row    [5][ld]
    void (*atm_pair_row)(size_t n, size_t first, size_t ld, const double *xyz, const double here[3],
                         double r2_max, const double *c, const double *power, double *row);
    /// Triples i > j > k of the damped Axilrod-Teller energy with i, j fixed, over k = 0..n-1; n and
    /// ld are multiples of 8, the rows aligned to 64 bytes. row_i and row_j hold five arrays each, ld
    /// apart, of the pairs ik and jk: in r^2, p = S sqrt(C)/r^5 (0 drops the triple) and
    /// tau = (Rd/r)^(16/3); added to D = r dE/dr and Q = E, both without the scale s9.
    ///
    /// @param pair  r^2, p, tau of the pair ij
    /// @param sums  D and Q of the pair ij, overwritten; sums[1] is the energy of all triples
    void (*atm_row)(size_t n, size_t ld, const double pair[3], double *row_i, double *row_j,
                    double sums[2]);
    /// Which points of a sphere about A another one about B covers, and which are at its edge, a bit for each point in its
    /// order, the first in the lowest bit of the first byte.
    ///
    /// @param points   [3][n_points] u_x, u_y, u_z of length one
    /// @param away     A - B
    /// @param range    of u.(A - B): what is below the first is covered, what is below the second and not below the
    ///                 first is at the edge
    /// @param covered  [n_points/KERNELS_PAD], overwritten
    /// @param edge     [n_points/KERNELS_PAD], overwritten
    void (*sphere_masks)(size_t n_points, const float *points, const float away[3],
                         const float range[2], unsigned char *covered, unsigned char *edge);
    /// What other spheres leave open of a sphere of radius S about A: sum over the points x = A + S u
    /// of weight times the product over B of s(t), t = (|x - B| - S_B)/w, with the smooth step
    /// s = 1/2 + 3t/4 - t^3/4 between -1 and 1. Points with a smaller product than `drop` do not
    /// count. Points lie in groups of KERNELS_PAD; the nearer those of half a group, the faster.
    ///
    /// @param n_points  a multiple of KERNELS_PAD
    /// @param points    [4][n_points] u_x, u_y, u_z of length one; weight
    /// @param shape     S, w, drop
    /// @param others    [n][KERNELS_SPHERE_ROW] A - B (three); |A - B|^2 + S^2; S_B
    /// @param ld        bytes of a mask, those behind the points zero
    /// @param masks     [n][2][ld] of sphere_masks: covered points have t <= -1, those that are neither covered nor at
    ///                  the edge t >= 1; the result does not depend on how many of both kinds are taken to be at the edge
    /// @param covered   [ld] scratch
    /// @param list      [n + n n_points/4] scratch
    /// @param scratch   [n + 1][n_points]
    /// @param slopes    [n][3] of the result as A moves, the part of each B, overwritten; as B itself
    ///                  moves it is the negative
    double (*sphere_area)(size_t n_points, const double *points,
                          const double shape[KERNELS_SPHERE_SHAPE], size_t n, const double *others,
                          size_t ld, const unsigned char *const *masks, unsigned char *covered,
                          int *list, double *scratch, double (*slopes)[3]);
    /// What the sphere of atom B, radius `other`, keeps of the solvent away from atom A, `radius`: g of
    /// terms/born_radii.h, 0 beyond the cutoff, and (dg/dR)/R. n is a multiple of KERNELS_PAD.
    void (*descreening_pairs)(size_t n, double cutoff, const double *distance, const double *radius,
                              const double *other, double *g, double *slope);
    /// 1/f of terms/born.h, (df/dR)/(f^2 R), and df/da_A a_A/f^2, which is also df/da_B a_B/f^2, of the kernels P16 and
    /// Still's.
    ///
    /// @param n       a multiple of KERNELS_PAD
    /// @param root_m  [n] sqrt(a_A a_B), bohr
    void (*born_pairs_p16)(size_t n, double zeta, const double *distance, const double *root_m,
                           double *per_f, double *along, double *of_radii);
    void (*born_pairs_still)(size_t n, const double *distance, const double *root_m, double *per_f,
                             double *along, double *of_radii);

    // A batch of pairs of atoms, see pair_batch.h. `atoms` has a row per atom: the levels of its shells in
    // 0..2 and their potentials in 4..6 (hartree); where the method has multipoles, the potential of the
    // dipole (x y z) in 8..10 and of the raw second moments as a matrix without trace (xx xy yy xz yz)
    // in 11..15. `density` and `weighted` are symmetric and given whole.

    /// Distances, distance factors and integrals of a geometry, and whether there is anything at all.
    ///
    /// @param mu_r2_max  primitive pairs with mu t^2 above it are left out
    /// @param r_max      pairs of atoms beyond it are left out, bohr
    void (*batch_update)(PairBatch *batch, const double (*xyz)[3], double mu_r2_max, double r_max);
    /// Writes the blocks of the batch of S and their mirror images.
    void (*batch_overlap)(const PairBatch *batch, double *overlap, size_t ld);
    /// Writes the blocks of the batch of the effective Hamiltonian and their mirror images.
    void (*batch_fock)(const PairBatch *batch, const double (*atoms)[PAIR_ATOM_ROW], double *fock,
                       size_t ld);
    /// Adds to the rows of the atoms: electrons of the shells in 0..2; the derivatives of the band
    /// energy with respect to the levels in 4..6; first moments x y z in 8..10 and second moments
    /// xx-zz xy yy-zz xz yz in 11..15 of the electrons about the atom.
    void (*batch_moments)(const PairBatch *batch, const double *density, size_t ld,
                          double (*sums)[PAIR_ATOM_ROW]);
    /// Adds the slopes of all integrals and distance factors at fixed density, which batch_moments must
    /// have seen last.
    void (*batch_gradient)(const PairBatch *batch, double mu_r2_max,
                           const double (*atoms)[PAIR_ATOM_ROW], const double *density,
                           const double *weighted, size_t ld, double (*gradient)[3]);
} Kernels;

/// The best table this machine can run, or the named one; NULL if the name is unknown or the machine
/// lacks it. name may be NULL.
const Kernels *kernels_choose(const char *name);

#endif
