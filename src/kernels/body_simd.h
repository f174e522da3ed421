// Part of kernels_body.c: eight pairs of atoms side by side.

typedef long long Mask __attribute__((vector_size(KERNELS_PAD * sizeof(long long)), aligned(8)));

/// v where the mask is set, 0 elsewhere.
static inline Vec masked(Vec v, Mask mask)
{
    return (Vec)((Mask)v & mask);
}

#ifdef KERNELS_AVX512_BUILD
typedef long long RegisterMask __attribute__((vector_size(KERNELS_PAD * sizeof(long long))));
#endif

/// Is any element set?
static inline bool any(Mask mask)
{
#if defined(KERNELS_AVX512_BUILD)
    return __builtin_ia32_cvtq2mask512((RegisterMask)mask) != 0;
#else
    typedef long long Half __attribute__((vector_size(KERNELS_PAD / 2 * sizeof(long long))));
    typedef long long Quarter __attribute__((vector_size(KERNELS_PAD / 4 * sizeof(long long))));
    Half half[2];
    Quarter quarter[2];
    memcpy(half, &mask, sizeof mask);
    half[0] |= half[1];
#if defined(KERNELS_AVX2_BUILD)
    // One test of a register.
    return __builtin_ia32_ptestz256(half[0], half[0]) == 0;
#endif
    memcpy(quarter, &half[0], sizeof half[0]);
    quarter[0] |= quarter[1];
    return (quarter[0][0] | quarter[0][1]) != 0;
#endif
}

/// The elements whose bits are set.
static inline Mask mask_of(unsigned bits)
{
#if defined(KERNELS_AVX512_BUILD)
    return (Mask)__builtin_ia32_cvtmask2q512((unsigned char)bits);
#else
    const Mask each = {1, 2, 4, 8, 16, 32, 64, 128}, all = each - each + (long long)bits;
    return (all & each) != 0;
#endif
}

/// Per element: mask ? a : b.
static inline Vec select_of(Mask mask, Vec a, Vec b)
{
    return (Vec)(((Mask)a & mask) | ((Mask)b & ~mask));
}

// Where registers are narrower than a batch, the compiler does some operations one number at a time: these are
// written for a register.
typedef double Part
    __attribute__((vector_size(LANES_DOUBLE * sizeof(double)), aligned(8), may_alias));
#ifdef KERNELS_AVX512_BUILD
#define COMPARISON(name, is)                                                                       \
    static inline Mask name(Vec a, Vec b)                                                          \
    {                                                                                              \
        return a is b;                                                                             \
    }
#else
typedef long long PartMask
    __attribute__((vector_size(LANES_DOUBLE * sizeof(long long)), aligned(8), may_alias));
#define COMPARISON(name, is)                                                                       \
    static inline Mask name(Vec a, Vec b)                                                          \
    {                                                                                              \
        Mask mask;                                                                                 \
        for (size_t i = 0; i < KERNELS_PAD; i += LANES_DOUBLE)                                     \
            *(PartMask *)((long long *)&mask + i) = *(const Part *)((const double *)&a + i) is *   \
                                                    (const Part *)((const double *)&b + i);        \
        return mask;                                                                               \
    }
#endif
COMPARISON(less, <)
COMPARISON(at_most, <=)
COMPARISON(equal, ==)
#undef COMPARISON

static inline Vec root_of(Vec v)
{
    double root[KERNELS_PAD];
    store(root, v);
#pragma omp simd
    for (int i = 0; i < KERNELS_PAD; i++)
        root[i] = __builtin_sqrt(root[i]);
    return load(root);
}

static inline Vec all_lanes(double x)
{
    return (Vec){x, x, x, x, x, x, x, x};
}

/// exp(-x) for 0 <= x <= 60: -x = n ln2 + r with |r| <= ln2/2, Taylor series of degree 13 in r, whose
/// rest is below 5e-18.
static inline Vec exp_of_minus(Vec x)
{
    const double magic = 6755399441055744.0; // 1.5 * 2^52 rounds to the nearest integer
    const Vec shifted = magic - x * 1.4426950408889634074;
    const Vec n = shifted - magic;
    const Vec r = (-x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
    Vec e = r * (1.0 / 6227020800.0) + 1.0 / 479001600.0;
    e = e * r + 1.0 / 39916800.0;
    e = e * r + 1.0 / 3628800.0;
    e = e * r + 1.0 / 362880.0;
    e = e * r + 1.0 / 40320.0;
    e = e * r + 1.0 / 5040.0;
    e = e * r + 1.0 / 720.0;
    e = e * r + 1.0 / 120.0;
    e = e * r + 1.0 / 24.0;
    e = e * r + 1.0 / 6.0;
    e = e * r + 0.5;
    e = e * r + 1.0;
    e = e * r + 1.0;
    const Mask power = ((Mask)shifted + 1023) << 52; // the low bits of shifted hold n
    return e * (Vec)power;
}

/// Turns eight rows of eight into eight columns.
#ifdef KERNELS_AVX512_BUILD
static inline void transpose(Vec v[PAIR_LANES])
{
    Vec w[PAIR_LANES];
    for (int k = 0; k < 8; k += 2) {
        w[k] = __builtin_shufflevector(v[k], v[k + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        w[k + 1] = __builtin_shufflevector(v[k], v[k + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int k = 0; k < 8; k += 4)
        for (int l = k; l < k + 2; l++) {
            v[l] = __builtin_shufflevector(w[l], w[l + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            v[l + 2] = __builtin_shufflevector(w[l], w[l + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int l = 0; l < 4; l++) {
        w[l] = __builtin_shufflevector(v[l], v[l + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        w[l + 4] = __builtin_shufflevector(v[l], v[l + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (int k = 0; k < 8; k++)
        v[k] = w[k];
}
#else
static inline void transpose(Vec v[PAIR_LANES])
{
    Vec w[PAIR_LANES];
    const double *from = (const double *)v;
    double *to = (double *)w;
    for (size_t i = 0; i < PAIR_LANES; i += 4)
        for (size_t j = 0; j < PAIR_LANES; j += 4)
            transpose_square(1.0, from + i * PAIR_LANES + j, PAIR_LANES, to + j * PAIR_LANES + i,
                             PAIR_LANES);
    memcpy(v, w, sizeof w);
}
#endif

/// Eight columns of the rows of eight atoms.
static inline void load_atoms(const double (*rows)[PAIR_ATOM_ROW], const int atom[PAIR_LANES],
                              int column, Vec out[PAIR_LANES])
{
    for (int l = 0; l < PAIR_LANES; l++)
        out[l] = load(rows[atom[l]] + column);
    transpose(out);
}

/// Adds eight columns to the rows of the atoms.
static inline void add_to_atoms(const PairBatch *batch, const int atom[PAIR_LANES], int column,
                                Vec in[PAIR_LANES], double (*rows)[PAIR_ATOM_ROW])
{
    transpose(in);
    // Neighbours are often of the same atom, whose row stays in a register then.
    for (size_t l = 0, end; l < batch->n; l = end) {
        for (end = l + 1; end < batch->n && atom[end] == atom[l];)
            end++;
        for (size_t i = 0; i < PAIR_LANES; i += LANES_DOUBLE) {
            Part *const row = (Part *)(rows[atom[l]] + column + i);
            Part sum = *row;
            for (size_t k = l; k < end; k++)
                sum += *(const Part *)((const double *)&in[k] + i);
            *row = sum;
        }
    }
}

enum {
    BLOCK_MAX = (PAIR_ORBITALS_MAX * PAIR_ORBITALS_MAX + PAIR_LANES - 1) / PAIR_LANES * PAIR_LANES
};

__attribute__((always_inline)) static inline void
gather_of(size_t na, size_t nb, const PairBatch *batch, const double *matrix, size_t ld, Vec *out)
{
    double copy[PAIR_LANES][BLOCK_MAX];
    for (int l = 0; l < PAIR_LANES; l++) {
        const double *from = matrix + batch->ao_a[l] * ld + batch->ao_b[l];
        for (size_t i = 0; i < na; i++)
            for (size_t j = 0; j < nb; j++)
                copy[l][i * nb + j] = from[i * ld + j];
        for (size_t e = na * nb; e % PAIR_LANES != 0; e++)
            copy[l][e] = 0.0;
    }
    if (na * nb < PAIR_LANES) {
        for (size_t e = 0; e < na * nb; e++)
            for (int l = 0; l < PAIR_LANES; l++)
                out[e][l] = copy[l][e];
        return;
    }
    for (size_t e = 0; e < na * nb; e += PAIR_LANES) {
        for (int l = 0; l < PAIR_LANES; l++)
            out[e + (size_t)l] = load(copy[l] + e);
        transpose(out + e);
    }
}

#ifdef KERNELS_AVX512_BUILD
typedef double Four __attribute__((vector_size(4 * sizeof(double))));

/// Four elements of one row and four of another.
static inline Vec of_two_rows(const double *a, const double *b)
{
    Four left, right;
    memcpy(&left, a, sizeof left);
    memcpy(&right, b, sizeof right);
    return __builtin_shufflevector(left, right, 0, 1, 2, 3, 4, 5, 6, 7);
}

/// Blocks of 4 x 4.
static void gather_4x4(const PairBatch *batch, const double *matrix, size_t ld, Vec *out)
{
    for (int l = 0; l < PAIR_LANES; l++) {
        const double *from = matrix + batch->ao_a[l] * ld + batch->ao_b[l];
        out[l] = of_two_rows(from, from + ld);
        out[PAIR_LANES + l] = of_two_rows(from + 2 * ld, from + 3 * ld);
    }
    transpose(out);
    transpose(out + PAIR_LANES);
}

/// Blocks of 4 x 1, which are rows of the other triangle.
static void gather_4x1(const PairBatch *batch, const double *matrix, size_t ld, Vec out[4])
{
    Vec v[4], w[4];
    for (int l = 0; l < 4; l++)
        v[l] = of_two_rows(matrix + batch->ao_b[l] * ld + batch->ao_a[l],
                           matrix + batch->ao_b[l + 4] * ld + batch->ao_a[l + 4]);
    for (int k = 0; k < 4; k += 2) {
        w[k] = __builtin_shufflevector(v[k], v[k + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        w[k + 1] = __builtin_shufflevector(v[k], v[k + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int k = 0; k < 2; k++) {
        out[k] = __builtin_shufflevector(w[k], w[k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
        out[k + 2] = __builtin_shufflevector(w[k], w[k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
}
#else
static void gather_4x4(const PairBatch *batch, const double *matrix, size_t ld, Vec *out)
{
    gather_of(4, 4, batch, matrix, ld, out);
}

static void gather_4x1(const PairBatch *batch, const double *matrix, size_t ld, Vec *out)
{
    gather_of(4, 1, batch, matrix, ld, out);
}
#endif

/// Blocks of a symmetric matrix: out[i * nb + j] of rows i of a and columns j of b.
static void gather(const PairBatch *batch, const double *matrix, size_t ld, Vec *out)
{
    if (batch->kind->na == 4 && batch->kind->nb == 4)
        gather_4x4(batch, matrix, ld, out);
    else if (batch->kind->na == 4 && batch->kind->nb == 1)
        gather_4x1(batch, matrix, ld, out);
    else if (batch->kind->na == 1 && batch->kind->nb == 1)
        gather_of(1, 1, batch, matrix, ld, out);
    else
        gather_of(batch->kind->na, batch->kind->nb, batch, matrix, ld, out);
}

__attribute__((always_inline)) static inline void
scatter_of(size_t na, size_t nb, const PairBatch *batch, const Vec *in, double *matrix, size_t ld)
{
    double copy[PAIR_LANES][BLOCK_MAX];
    if (na * nb < PAIR_LANES) {
        for (size_t e = 0; e < na * nb; e++)
            for (int l = 0; l < PAIR_LANES; l++)
                copy[l][e] = in[e][l];
    } else {
        for (size_t e = 0; e < na * nb; e += PAIR_LANES) {
            Vec v[PAIR_LANES];
            for (int l = 0; l < PAIR_LANES; l++)
                v[l] = e + (size_t)l < na * nb ? in[e + (size_t)l] : all_lanes(0.0);
            transpose(v);
            for (int l = 0; l < PAIR_LANES; l++)
                store(copy[l] + e, v[l]);
        }
    }
    for (size_t l = 0; l < batch->n; l++) {
        double *to = matrix + batch->ao_a[l] * ld + batch->ao_b[l];
        double *mirror = matrix + batch->ao_b[l] * ld + batch->ao_a[l];
        for (size_t i = 0; i < na; i++)
            for (size_t j = 0; j < nb; j++)
                to[i * ld + j] = copy[l][i * nb + j];
        for (size_t j = 0; j < nb; j++)
            for (size_t i = 0; i < na; i++)
                mirror[j * ld + i] = copy[l][i * nb + j];
    }
}

/// Writes blocks and their mirror images.
static void scatter(const PairBatch *batch, const Vec *in, double *matrix, size_t ld)
{
    if (batch->kind->na == 4 && batch->kind->nb == 4)
        scatter_of(4, 4, batch, in, matrix, ld);
    else if (batch->kind->na == 4 && batch->kind->nb == 1)
        scatter_of(4, 1, batch, in, matrix, ld);
    else if (batch->kind->na == 1 && batch->kind->nb == 1)
        scatter_of(1, 1, batch, in, matrix, ld);
    else
        scatter_of(batch->kind->na, batch->kind->nb, batch, in, matrix, ld);
}
