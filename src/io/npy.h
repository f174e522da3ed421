#ifndef IO_NPY_H
#define IO_NPY_H

#include "base/context.h"

/// The .npy format, version 1.0: \x93NUMPY, 1, 0, length of the header as 16-bit little endian, then the
/// header, a Python dictionary padded with blanks so that the data begin at a multiple of 64 bytes.
/// Harris et al., Nature 585, 357 (2020), 10.1038/s41586-020-2649-2; NEP 1 of NumPy.
/// Everything is little endian and in C order.

enum {
    NPY_DIMS_MAX = 8,
    NPY_HEADER_MAX = 512 ///< bytes of the longest header written here
};

/// Writes the header of an array into out [NPY_HEADER_MAX].
///
/// @param descr  NumPy's name of the type: "<f4", "<f8", "<i4", "<U12"
/// @param shape  [n_dims], n_dims 0..NPY_DIMS_MAX; 0 is a single value
/// Returns its length, a multiple of 64. Cannot fail.
size_t npy_header(const char *descr, size_t n_dims, const uint64_t *shape, unsigned char *out);

/// The header of a single string of n_characters, which are stored as UCS-4. NumPy knows no empty
/// string type, so that the least is one character (zero).
size_t npy_string_header(uint64_t n_characters, unsigned char *out);
/// Characters that a string header must announce for this many: at least 1.
static inline uint64_t npy_string_length(uint64_t n_characters)
{
    return n_characters > 0 ? n_characters : 1;
}

/// The code point at *at, which moves on; the text must be valid UTF-8.
uint32_t npy_utf8_next(const char **at);

#endif
