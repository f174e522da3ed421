#ifndef BASE_VEC3_H
#define BASE_VEC3_H

#include <math.h>

/// Three-component vectors, as plain arrays.

static inline double vec3_dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline double vec3_norm(const double a[3])
{
    return sqrt(vec3_dot(a, a));
}

/// a - b
static inline void vec3_difference(const double a[3], const double b[3], double out[3])
{
    for (int x = 0; x < 3; x++)
        out[x] = a[x] - b[x];
}

/// out += s a
static inline void vec3_add_scaled(double s, const double a[3], double out[3])
{
    for (int x = 0; x < 3; x++)
        out[x] += s * a[x];
}

/// a x b; out is neither a nor b
static inline void vec3_cross(const double a[3], const double b[3], double out[3])
{
    out[0] = a[1] * b[2] - a[2] * b[1];
    out[1] = a[2] * b[0] - a[0] * b[2];
    out[2] = a[0] * b[1] - a[1] * b[0];
}

#endif
