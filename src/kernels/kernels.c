#include "kernels/kernels.h"

#include <string.h>

extern const Kernels KERNELS_GENERIC;
#if defined(__x86_64__)
extern const Kernels KERNELS_AVX2;
extern const Kernels KERNELS_AVX512;
#endif

const Kernels *kernels_choose(const char *name)
{
    const Kernels *best_first[3];
    size_t n = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma"))
        best_first[n++] = &KERNELS_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        best_first[n++] = &KERNELS_AVX2;
#endif
    best_first[n++] = &KERNELS_GENERIC;

    if (name == NULL || name[0] == '\0')
        return best_first[0];
    for (size_t i = 0; i < n; i++)
        if (strcmp(best_first[i]->isa, name) == 0)
            return best_first[i];
    return NULL;
}
