#include "base/random.h"

#include <Random123/philox.h>
#include <math.h>

uint64_t random_name_key(const char *name)
{
    uint64_t hash = 14695981039346656037u;
    for (const unsigned char *c = (const unsigned char *)name; *c != '\0'; c++)
        hash = (hash ^ *c) * 1099511628211u;
    return hash;
}

void random_uniforms(const RandomKey *key, uint64_t step, uint64_t atom, RandomPurpose purpose,
                     double u[4])
{
    // Philox has 128 bits of key and 256 of counter: everything fits without hashing, so no two
    // trajectories share a stream by accident.
    const philox4x64_key_t k = {{key->seed, key->molecule}};
    const philox4x64_ctr_t counter = {{step, atom, (uint64_t)purpose, key->replica}};
    const philox4x64_ctr_t bits = philox4x64(counter, k);

    // 53 bits and a half: the middle of each of 2^53 intervals, never 0 or 1.
    for (int i = 0; i < 4; i++)
        u[i] = ((double)(bits.v[i] >> 11) + 0.5) * 0x1p-53;
}

void random_normals(const RandomKey *key, uint64_t step, uint64_t atom, RandomPurpose purpose,
                    double z[3])
{
    static const double TWO_PI = 6.283185307179586;

    double u[4];
    random_uniforms(key, step, atom, purpose, u);
    const double r = sqrt(-2.0 * log(u[0]));
    z[0] = r * cos(TWO_PI * u[1]);
    z[1] = r * sin(TWO_PI * u[1]);
    z[2] = sqrt(-2.0 * log(u[2])) * cos(TWO_PI * u[3]);
}
