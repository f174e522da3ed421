#ifndef SUPPORT_PSEUDO_RANDOM_H
#define SUPPORT_PSEUDO_RANDOM_H

/// A number in -0.5 .. 0.5 that is the same everywhere: any numbers do.
static inline double pseudo_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (double)*seed / 4294967296.0 - 0.5;
}

#endif
