#ifndef BASE_LAPACK_RUNTIME_H
#define BASE_LAPACK_RUNTIME_H

#include <stddef.h>

// What the reference LAPACK asks of Fortran's runtime, which it does not need to be linked for then
// (cmake/lapack.cmake leads its calls here).

/// Joins two words, those that select the size of a block; blanks fill what is left.
void qmtraj_fortran_concat_string(size_t length, char *to, size_t n_first, const char *first,
                                  size_t n_second, const char *second);

/// An argument is wrong, where the reference prints and stops the program. None of ours is, and a library has
/// no business to do either: the routine returns, and its result says so.
void qmtraj_fortran_xerbla(const char *name, const int *argument, size_t length);

#endif
