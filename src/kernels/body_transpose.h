// Part of kernels_body.c: matrices of singles transposed in squares of eight. Wider ones, where the
// processor does vectors of sixteen in two halves, are slower.

enum { SQUARE = KERNELS_PAD };

typedef float Eight __attribute__((vector_size(SQUARE * sizeof(float)), aligned(4), may_alias));

static inline Eight load_eight(const float *p)
{
    return *(const Eight *)p;
}

static inline __attribute__((always_inline)) void transpose_square_of_eight(Eight r[SQUARE])
{
    Eight pairs[SQUARE], quads[SQUARE];
    for (int i = 0; i < SQUARE; i += 2) {
        pairs[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        pairs[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
    for (int i = 0; i < SQUARE; i += 4)
        for (int k = 0; k < 2; k++) {
            const Eight one = pairs[i + k], two = pairs[i + 2 + k];
            quads[i + 2 * k] = __builtin_shufflevector(one, two, 0, 1, 8, 9, 4, 5, 12, 13);
            quads[i + 2 * k + 1] = __builtin_shufflevector(one, two, 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int i = 0; i < SQUARE / 2; i++) {
        const Eight one = quads[i], two = quads[i + 4];
        r[i] = __builtin_shufflevector(one, two, 0, 1, 2, 3, 8, 9, 10, 11);
        r[i + 4] = __builtin_shufflevector(one, two, 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

static void narrow_transposed(size_t m, size_t n, double scale, const double *restrict a,
                              size_t lda, float *restrict b, size_t ldb)
{
    for (size_t i = 0; i < m; i += SQUARE)
        for (size_t j = 0; j < n; j += SQUARE) {
            Eight square[SQUARE];
            for (size_t r = 0; r < SQUARE; r++) {
                // The last row again, whose numbers go to columns that are padding.
                const size_t row = i + r < m ? i + r : m - 1;
                square[r] = __builtin_convertvector(scale * load(a + row * lda + j), Eight);
            }
            transpose_square_of_eight(square);
            for (size_t r = 0; r < SQUARE; r++)
                *(Eight *)(b + (j + r) * ldb + i) = square[r];
        }
}
