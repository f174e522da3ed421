#ifndef IO_HDF5_H
#define IO_HDF5_H

#include "base/context.h"

/// HDF5 files, as far as training sets need them. The only file that knows libhdf5; in a build without it every function
/// fails with a sentence that says so. Nothing in a file depends on the clock.

/// A file, group or array; 0: none.
typedef int64_t Hdf5Id;

/// Fails with QMT_ERR_USAGE in a build without libhdf5.
QmtStatus hdf5_require(QmtContext *ctx);

/// Makes a file. Fails with QMT_ERR_IO.
QmtStatus hdf5_file_create(QmtContext *ctx, const char *path, Hdf5Id *file);
/// Writes what is left, brings it to the disk and closes. Everything in the file is to be closed before.
QmtStatus hdf5_file_finish(QmtContext *ctx, const char *path, Hdf5Id *file);
/// Closes a file whose content does not matter any more.
void hdf5_file_abandon(Hdf5Id *file);

QmtStatus hdf5_group_create(QmtContext *ctx, Hdf5Id parent, const char *name, Hdf5Id *group);
void hdf5_group_close(Hdf5Id *group);
/// A text as an attribute of a file, group or array.
QmtStatus hdf5_attribute(QmtContext *ctx, Hdf5Id object, const char *name, const char *text);
/// n texts of fixed length as one attribute.
QmtStatus hdf5_attribute_texts(QmtContext *ctx, Hdf5Id object, const char *name, size_t n,
                               const char *const *texts);
/// n whole numbers as one attribute; one is a scalar.
QmtStatus hdf5_attribute_numbers(QmtContext *ctx, Hdf5Id object, const char *name, size_t n,
                                 const int *numbers);
/// An array of one text of variable length.
QmtStatus hdf5_text(QmtContext *ctx, Hdf5Id group, const char *name, const char *text);
/// A second name for what is in the group, or below it ("position/time"): a hard link.
QmtStatus hdf5_link(QmtContext *ctx, Hdf5Id group, const char *existing, const char *name);

enum { HDF5_DIMS_MAX = 4 };

/// An array of a fixed shape that is written row by row, through a buffer.
typedef struct {
    Hdf5Id id;
    char descr[8]; ///< NumPy's name of its type
    size_t n_dims;
    uint64_t shape[HDF5_DIMS_MAX];
    uint64_t row_items, n_written; ///< n_written: rows
    size_t room, used;             ///< items of the buffer
    double *buffer;
} Hdf5Array;

/// @param descr   "<f4", "<f8", "<i2", "<i4" or "<i8"
/// @param n_dims  at least 1
QmtStatus hdf5_array_create(QmtContext *ctx, Hdf5Id group, const char *name, const char *descr,
                            size_t n_dims, const uint64_t *shape, Hdf5Array *array);
/// Appends a row, or a part of one, times a factor.
QmtStatus hdf5_array_add(QmtContext *ctx, Hdf5Array *array, const double *numbers, size_t n,
                         double factor);
QmtStatus hdf5_array_finish(QmtContext *ctx, Hdf5Array *array);
void hdf5_array_abandon(Hdf5Array *array);

#endif
