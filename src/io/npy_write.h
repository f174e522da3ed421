#ifndef IO_NPY_WRITE_H
#define IO_NPY_WRITE_H

#include "io/npy.h"
#include "io/output.h"

/// A .npy file that is written row by row; how many rows there are is put into its header at the end.

enum { NPY_DESCR_SIZE = 8 };

typedef struct {
    Output output;
    char descr[NPY_DESCR_SIZE];
    size_t n_dims;
    uint64_t shape[NPY_DIMS_MAX]; ///< the first one is not used
    size_t header;                ///< bytes
    uint64_t n_items;
} NpyFile;

/// Begins FOLDER/NAME.
///
/// @param descr   "<f4", "<f8", "<i4", "<i8", "|i1" or "|u1"
/// @param n_dims  at least 1
/// @param shape   [n_dims]; the first is not looked at
/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus npy_file_open(QmtContext *ctx, const char *folder, const char *name, const char *descr,
                        size_t n_dims, const uint64_t *shape, NpyFile *file);
/// Appends n numbers times a factor, in the type of the file.
void npy_file_add(QmtContext *ctx, NpyFile *file, const double *numbers, size_t n, double factor);
/// Completes and closes. A row that is not whole is our own mistake.
QmtStatus npy_file_finish(QmtContext *ctx, NpyFile *file);
void npy_file_abandon(NpyFile *file);

/// Writes n numbers times a factor in the type that descr names, at out; returns their bytes.
size_t npy_numbers(const char *descr, const double *numbers, size_t n, double factor,
                   unsigned char *out);
/// Bytes of one number.
size_t npy_item_bytes(const char *descr);

#endif
