#ifndef IO_NPZ_READ_H
#define IO_NPZ_READ_H

#include "io/file.h"
#include "io/npy.h"

/// A reader of .npz files: stored members as this program and numpy.savez write them (no compression),
/// little endian, C order. Only headers are kept in memory. Every size is held against the file before
/// it is believed.

enum { NPZ_NAME_SIZE = 128 };

typedef struct {
    char name[NPZ_NAME_SIZE]; ///< without ".npy"
    char kind;                ///< NumPy's: 'f', 'i', 'u', 'b', 'U'
    uint64_t item_bytes;      ///< of one element: 4 for <f4, 4 n for <Un
    size_t n_dims;
    uint64_t shape[NPY_DIMS_MAX];
    uint64_t row_bytes;   ///< of one step along the first axis; all, if there is no axis
    uint64_t data_offset; ///< in the file
    uint64_t data_bytes;
    uint64_t member_offset, member_size; ///< with the .npy header
    uint64_t local_offset;               ///< of the local header in front of it
    uint32_t crc;                        ///< that the directory claims
} NpzArray;

typedef struct {
    File file;
    NpzArray *arrays; ///< [n], in the order of the directory
    size_t n;
} Npz;

/// Opens a file and reads the headers of all its arrays; members that are not .npy are passed over.
/// Fails with QMT_ERR_IO (cannot be read), QMT_ERR_FORMAT (not such a file) or QMT_ERR_MEMORY; *npz is
/// then untouched.
QmtStatus npz_open(QmtContext *ctx, const char *path, Npz *npz);
void npz_close(Npz *npz);

/// An array by name; NULL if there is none.
const NpzArray *npz_find(const Npz *npz, const char *name);
/// An array that must be there with this type ('f', 8) and number of axes, else QMT_ERR_FORMAT.
/// item_bytes 0 takes any.
QmtStatus npz_require(QmtContext *ctx, const Npz *npz, const char *name, char kind,
                      uint64_t item_bytes, size_t n_dims, const NpzArray **array);

/// Reads n rows along the first axis (frames), from row `first` on, as they are in the file.
///
/// @param out  [n * array->row_bytes]
/// QMT_ERR_FORMAT if there are not so many rows.
QmtStatus npz_read_rows(QmtContext *ctx, Npz *npz, const NpzArray *array, uint64_t first,
                        uint64_t n, void *out);
/// n numbers of an array of f4, f8, i4 or i8, as doubles.
void npz_numbers(const NpzArray *array, const void *raw, size_t n, double *out);
/// Reads rows of such an array.
///
/// @param raw  [n * row_bytes] scratch;  @param out  [n * row_bytes / item_bytes]
QmtStatus npz_read_numbers(QmtContext *ctx, Npz *npz, const NpzArray *array, uint64_t first,
                           uint64_t n, void *raw, double *out);
/// Reads a single string as UTF-8, malloc'ed. Fails with QMT_ERR_FORMAT if it is none or more than 1 GiB.
QmtStatus npz_read_text(QmtContext *ctx, Npz *npz, const NpzArray *array, char **utf8);
/// Reads everything and compares the CRC-32 of each array; QMT_ERR_FORMAT names the first that differs.
QmtStatus npz_verify(QmtContext *ctx, Npz *npz);

#endif
