#ifndef BASE_LAPACK_PRODUCTS_H
#define BASE_LAPACK_PRODUCTS_H

#include "kernels/kernels.h"

/// Products that LAPACK asks for in the middle of its routines (cmake/lapack.cmake leads its calls here): by
/// our kernels while this thread has lent some and the matrices are large, else by the reference BLAS, to the
/// last bit. Fortran hands nothing of ours through, so the kernels wait in a variable of the thread.
///
/// Large is what does not occur in problems of up to LAPACK_PRODUCTS_FROM rows, whose results are those of
/// the reference library throughout.
enum { LAPACK_PRODUCTS_FROM = 80 };

/// Lends kernels to the calls of LAPACK that follow in this thread; NULL takes them back.
void lapack_products_lend(const Kernels *kernels);

#endif
