// Part of kernels_body.c: sums over the blocks of a matrix.

/// The singles of one line of doubles.
typedef float Eight
    __attribute__((vector_size(KERNELS_PAD * sizeof(float)), aligned(4), may_alias));

static void traces_of_blocks(size_t n_blocks, const size_t *first, const float *m, size_t ld,
                             float *scratch, double *out)
{
    const size_t n = first[n_blocks], ld_t = kernels_padded_single(n_blocks);
    float *transposed = scratch, *rows = scratch + n * ld, *columns = rows + ld_t * ld;
    transpose_single(n, n, 1.0F, m, ld, transposed, ld);
    // m_ij m_ji is symmetric: the sums over the rows of a block are wanted from its own columns on.
    for (size_t a = 0; a < n_blocks; a++)
        for (size_t j = first[a] / N_SINGLES * N_SINGLES; j < n; j += N_SINGLES) {
            Singles sum = {0.0F};
            for (size_t i = first[a]; i < first[a + 1]; i++)
                sum += *(const Singles *)(m + i * ld + j) *
                       *(const Singles *)(transposed + i * ld + j);
            *(Singles *)(rows + a * ld + j) = sum;
        }
    transpose_single((n_blocks + 3) / 4 * 4, n, 1.0F, rows, ld, columns, ld_t);
    for (size_t b = 0; b < n_blocks; b++) {
        double *row = out + b * n_blocks;
        const float *column = columns + first[b] * ld_t;
        for (size_t a = 0; a <= b; a += KERNELS_PAD) {
            Eight sum = {0.0F};
            for (size_t j = 0; j < first[b + 1] - first[b]; j++)
                sum += *(const Eight *)(column + j * ld_t + a);
            if (a + KERNELS_PAD <= n_blocks)
                store(row + a, __builtin_convertvector(sum, Vec));
            else
                for (size_t c = 0; c < n_blocks - a; c++)
                    row[a + c] = (double)sum[c];
        }
    }
    mirror(n_blocks, out, n_blocks);
}
