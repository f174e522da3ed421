#ifndef IO_NPZ_WRITE_H
#define IO_NPZ_WRITE_H

#include "io/npy_write.h"
#include "io/zip.h"

/// A .npz file of arrays whose shapes are known from the start. The rows of all arrays may come in any order: each has its
/// place in the file and a small buffer.

enum { NPZ_COLUMNS_MAX = 24, NPZ_DESCR_SIZE = 16 };

/// One array. A text is a descr "<Un" or "|Sn" without axes.
typedef struct {
    const char *name;
    char descr[NPZ_DESCR_SIZE];
    size_t n_dims;
    uint64_t shape[4];
} NpzColumn;

typedef struct NpzFile NpzFile;

/// Makes a file. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
///
/// @param columns  [n], n at most NPZ_COLUMNS_MAX; names and all are copied
QmtStatus npz_file_create(QmtContext *ctx, const char *path, const NpzColumn *columns, size_t n,
                          NpzFile **file);
/// Appends numbers times a factor to an array, in its type.
QmtStatus npz_file_add(QmtContext *ctx, NpzFile *file, size_t column, const double *numbers,
                       size_t n, double factor);
/// Gives a text to an array of one; what does not fit is cut off.
QmtStatus npz_file_add_text(QmtContext *ctx, NpzFile *file, size_t column, const char *text);
/// Completes, brings to the disk and closes; all arrays must be full. The file is then to be destroyed.
QmtStatus npz_file_finish(QmtContext *ctx, NpzFile *file);
/// Frees it, sets the pointer to NULL and accepts NULL; what was written stays as it is.
void npz_file_destroy(NpzFile **file);

#endif
