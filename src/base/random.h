#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

/// Random numbers without a state: Philox4x64-10 turns (key, counter) into 256 random bits, so a
/// number depends only on what it is for, not on who drew before. Same seed, molecule and replica
/// give the same numbers with any number of workers, in any order, after any restart.
/// Salmon, Moraes, Dror, Shaw, SC'11 (2011), 10.1145/2063384.2063405.

/// What makes one trajectory differ from another.
typedef struct {
    uint64_t seed;     ///< random_seed of the job
    uint64_t molecule; ///< random_name_key() of the molecule
    uint64_t replica;  ///< 0 for the first
} RandomKey;

/// What a number is for; numbers of different purpose are independent.
typedef enum {
    RANDOM_VELOCITIES = 1,    ///< the Maxwell-Boltzmann draw
    RANDOM_EQUILIBRATION = 2, ///< thermostat noise before production
    RANDOM_PRODUCTION = 3,    ///< thermostat noise of the production
    RANDOM_SPLIT = 4,         ///< which part of a training set a molecule belongs to
    RANDOM_MODES = 5,         ///< displacements along normal modes
    RANDOM_SOLVENT = 6,       ///< places of a solvent shell
    RANDOM_CHARGES = 7        ///< charges that an SCF starts with
} RandomPurpose;

/// FNV-1a, 64 bit, of a name.
uint64_t random_name_key(const char *name);

/// Four independent numbers, uniform in (0, 1), neither end included.
void random_uniforms(const RandomKey *key, uint64_t step, uint64_t atom, RandomPurpose purpose,
                     double u[4]);

/// Three independent numbers of the normal distribution with mean 0 and variance 1, one per direction
/// of an atom, by the transformation of Box and Muller (Ann. Math. Stat. 29, 610 (1958),
/// 10.1214/aoms/1177706645). None is beyond 8.7: the smallest uniform is 2^-54.
void random_normals(const RandomKey *key, uint64_t step, uint64_t atom, RandomPurpose purpose,
                    double z[3]);

#endif
