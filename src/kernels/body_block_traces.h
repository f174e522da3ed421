// Part of kernels_body.c: sums over the blocks of a matrix.

/// A square of eight, its columns as rows.
static inline __attribute__((always_inline)) void load_transposed(const float *a, size_t lda,
                                                                  Eight square[SQUARE])
{
    for (size_t r = 0; r < SQUARE; r++)
        square[r] = load_eight(a + r * lda);
    transpose_square_of_eight(square);
}

/// w_ij = m_ij m_ji, rows i to i + SQUARE and whole squares from column j on.
static inline void times_transposed(size_t i, size_t j, size_t n, const float *restrict m,
                                    size_t ld, float *restrict w)
{
    for (; j < n; j += SQUARE) {
        Eight square[SQUARE];
        load_transposed(m + j * ld + i, ld, square);
        for (size_t r = 0; r < SQUARE; r++)
            *(Eight *)(w + r * ld + j) = square[r] * load_eight(m + (i + r) * ld + j);
    }
}

/// Sums of n_rows >= 1 rows from column j on, added to those of rows before unless these are the first.
static inline void add_rows(size_t n_rows, bool first, size_t j, size_t n, const float *restrict w,
                            size_t ld, float *restrict sums)
{
    for (; j < n; j += N_SINGLES) {
        Singles sum = *(const Singles *)(w + j);
        for (size_t r = 1; r < n_rows; r++)
            sum += *(const Singles *)(w + r * ld + j);
        if (!first)
            sum += *(const Singles *)(sums + j);
        *(Singles *)(sums + j) = sum;
    }
}

static void traces_of_blocks(size_t n_blocks, const size_t *first, const float *restrict m,
                             size_t ld, float *restrict scratch, double *restrict out)
{
    const size_t n = first[n_blocks], ld_t = kernels_padded(n_blocks);
    float *restrict w = scratch, *restrict sums = w + SQUARE * ld,
                    *restrict sums_t = sums + ld_t * ld;
    // m_ij m_ji is symmetric: the sums over the rows of a block are wanted from its own columns on.
    for (size_t i = 0, a = 0; i < n; i += SQUARE) {
        const size_t end = n - i < SQUARE ? n : i + SQUARE;
        const size_t j = first[a] / KERNELS_PAD_SINGLE * KERNELS_PAD_SINGLE;
        times_transposed(i, j, n, m, ld, w);
        for (size_t row = i; row < end;) {
            const size_t last = first[a + 1] < end ? first[a + 1] : end;
            add_rows(last - row, row == first[a], j, n, w + (row - i) * ld, ld, sums + a * ld);
            a += last == first[a + 1];
            row = last;
        }
    }
    for (size_t a = 0; a < n_blocks; a += SQUARE)
        for (size_t j = first[a] / SQUARE * SQUARE; j < n; j += SQUARE) {
            Eight square[SQUARE];
            load_transposed(sums + a * ld + j, ld, square);
            for (size_t r = 0; r < SQUARE; r++)
                *(Eight *)(sums_t + (j + r) * ld_t + a) = square[r];
        }
    for (size_t b = 0; b < n_blocks; b++) {
        double *row = out + b * n_blocks;
        for (size_t a = 0; a <= b; a += SQUARE) {
            Eight sum = load_eight(sums_t + first[b] * ld_t + a);
            for (size_t j = first[b] + 1; j < first[b + 1]; j++)
                sum += load_eight(sums_t + j * ld_t + a);
            if (a + SQUARE <= n_blocks)
                store(row + a, __builtin_convertvector(sum, Vec));
            else
                for (size_t c = 0; c < n_blocks - a; c++)
                    row[a + c] = (double)sum[c];
        }
    }
    mirror(0, n_blocks, out, n_blocks);
}
