#include "base/lapack_runtime.h"

void qmtraj_fortran_concat_string(size_t length, char *to, size_t n_first, const char *first,
                                  size_t n_second, const char *second)
{
    for (size_t i = 0; i < length; i++)
        to[i] = i < n_first ? first[i] : i - n_first < n_second ? second[i - n_first] : ' ';
}

void qmtraj_fortran_xerbla(const char *name, const int *argument, size_t length)
{
    (void)name;
    (void)argument;
    (void)length;
}
