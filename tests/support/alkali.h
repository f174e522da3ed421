#ifndef SUPPORT_ALKALI_H
#define SUPPORT_ALKALI_H

#include "support/systems.h"

/// Compounds of K, Rb and Cs, which the other reference files lack.

enum { N_ALKALI = 15 };

const System *alkali_system(size_t i);

#endif
