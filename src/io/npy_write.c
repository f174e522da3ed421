#include "io/npy_write.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { PIECE = 512 };

size_t npy_item_bytes(const char *descr)
{
    return (size_t)(descr[2] - '0');
}

size_t npy_numbers(const char *descr, const double *numbers, size_t n, double factor,
                   unsigned char *out)
{
    const size_t item = npy_item_bytes(descr);
    for (size_t i = 0; i < n; i++) {
        const double value = factor * numbers[i];
        const float single = (float)value;
        const int64_t whole = descr[1] == 'f' ? 0 : (int64_t)value;
        const void *const from = descr[1] != 'f' ? (const void *)&whole
                                 : item == 4     ? (const void *)&single
                                                 : (const void *)&value;
        memcpy(out + i * item, from, item); // little endian, like everything here
    }
    return n * item;
}

QmtStatus npy_file_open(QmtContext *ctx, const char *folder, const char *name, const char *descr,
                        size_t n_dims, const uint64_t *shape, NpyFile *file)
{
    unsigned char header[NPY_HEADER_MAX];
    NpyFile made = {.n_dims = n_dims};
    assert(n_dims >= 1 && n_dims <= NPY_DIMS_MAX && strlen(descr) == 3);
    snprintf(made.descr, sizeof made.descr, "%s", descr);
    memcpy(made.shape, shape, n_dims * sizeof *shape);
    made.shape[0] = 0;
    made.header = npy_header(descr, n_dims, made.shape, header);
    TRY(output_open_in(ctx, folder, name, &made.output));
    output_bytes(ctx, &made.output, header, made.header);
    *file = made;
    return QMT_OK;
}

void npy_file_add(QmtContext *ctx, NpyFile *file, const double *numbers, size_t n, double factor)
{
    unsigned char piece[PIECE * sizeof(double)];
    for (size_t i = 0; i < n; i += PIECE) {
        const size_t part = n - i < PIECE ? n - i : PIECE;
        output_bytes(ctx, &file->output, piece,
                     npy_numbers(file->descr, numbers + i, part, factor, piece));
    }
    file->n_items += n;
}

QmtStatus npy_file_finish(QmtContext *ctx, NpyFile *file)
{
    unsigned char header[NPY_HEADER_MAX];
    uint64_t row = 1;
    for (size_t d = 1; d < file->n_dims; d++)
        row *= file->shape[d];
    assert(row > 0 && file->n_items % row == 0);
    file->shape[0] = file->n_items / row;
    // The blanks behind the shape make room for longer numbers.
    const size_t length = npy_header(file->descr, file->n_dims, file->shape, header);
    assert(length == file->header);
    return output_finish_with(ctx, &file->output, header, length);
}

void npy_file_abandon(NpyFile *file)
{
    output_abandon(&file->output);
}
