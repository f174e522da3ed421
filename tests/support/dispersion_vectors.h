#ifndef SUPPORT_DISPERSION_VECTORS_H
#define SUPPORT_DISPERSION_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { VECTORS_MAX_ATOMS = 64 };

/// One system of tests/reference/data/dispersion_vectors.txt, whose header explains the quantities.
typedef struct {
    char name[64];
    size_t n;
    int numbers[VECTORS_MAX_ATOMS];
    double xyz[VECTORS_MAX_ATOMS][3];
    double charges[VECTORS_MAX_ATOMS];
    bool has_c6;
    double d4_c6[VECTORS_MAX_ATOMS * VECTORS_MAX_ATOMS]; ///< [n][n]
    double d4_cn[VECTORS_MAX_ATOMS], d4_e2_atom[VECTORS_MAX_ATOMS], d4_v[VECTORS_MAX_ATOMS];
    double d4_g2[VECTORS_MAX_ATOMS][3], d4_g3[VECTORS_MAX_ATOMS][3];
    double d4_e3;
    double d3_cn[VECTORS_MAX_ATOMS], d3_e_atom[VECTORS_MAX_ATOMS], d3_g[VECTORS_MAX_ATOMS][3];
} DispersionVectors;

/// Opens the file; fails the test if it is not there.
FILE *dispersion_vectors_open(void);

/// Reads the next system; false at the end of the file. Fails the test on a malformed file.
bool dispersion_vectors_next(FILE *file, DispersionVectors *system);

#endif
