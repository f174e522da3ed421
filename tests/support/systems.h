#ifndef SUPPORT_SYSTEMS_H
#define SUPPORT_SYSTEMS_H

#include <stddef.h>

enum { SYSTEM_MAX_ATOMS = 20 };

/// A small molecule in general orientation.
typedef struct {
    const char *name;
    int charge, unpaired;
    size_t n;
    int numbers[SYSTEM_MAX_ATOMS];
    double angstrom[SYSTEM_MAX_ATOMS][3];
} System;

extern const System SYSTEMS[];
extern const size_t N_SYSTEMS;

/// The system with this name; fails the test if there is none.
const System *system_named(const char *name);

/// Coordinates in bohr.
void system_bohr(const System *system, double (*xyz)[3]);

#endif
