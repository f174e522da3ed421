#include "support/alkali.h"

#include <assert.h>

// No two atoms share a coordinate: there the gradient of libxtb is not the slope of its energy (3e-4 off
// in KCN with C and N at the same x; ours is). Its SCF gives up on CsOH.
static const System ALKALI[] = {
    {"KF", 0, 0, 2, {19, 9}, {{0.0, 0.1, 0.0}, {1.2, 1.3, 1.3}}},
    {"K+", 1, 0, 1, {19}, {{0.0, 0.0, 0.0}}},
    {"KH", 0, 0, 2, {19, 1}, {{0.0, 0.1, 0.0}, {1.3, 1.4, 1.2}}},
    {"KCN", 0, 0, 3, {19, 6, 7}, {{0.0, 0.1, 0.0}, {1.9, 1.2, 1.1}, {1.96, 2.3, 1.2}}},
    {"RbBr", 0, 0, 2, {37, 35}, {{0.0, 0.1, 0.0}, {1.7, 1.7, 1.6}}},
    {"Rb+ NH3",
     1,
     0,
     5,
     {37, 7, 1, 1, 1},
     {{0.0, 0.0, 0.0}, {1.8, 1.8, 1.6}, {2.5, 2.3, 1.1}, {1.5, 2.5, 2.2}, {2.3, 1.4, 2.3}}},
    {"CsI", 0, 0, 2, {55, 53}, {{0.0, 0.1, 0.0}, {2.0, 2.0, 1.9}}},
    {"CsCl", 0, 0, 2, {55, 17}, {{0.0, 0.0, 0.1}, {1.7, 1.8, 1.6}}},
    {"Cs+ water",
     1,
     0,
     4,
     {55, 8, 1, 1},
     {{0.0, 0.1, 0.0}, {1.9, 1.9, 1.6}, {2.1, 2.8, 1.8}, {2.7, 1.5, 1.9}}},
    {"K2O", 0, 0, 3, {8, 19, 19}, {{0.0, 0.0, 0.1}, {2.0, 0.9, 0.2}, {-2.0, 0.8, -0.3}}},
};
static const char *const SHARED[] = {"water", "KCl", "RbOH", "CsF", "KH2O+"};

_Static_assert(sizeof ALKALI / sizeof ALKALI[0] + sizeof SHARED / sizeof SHARED[0] == N_ALKALI,
               "the number in the header");

const System *alkali_system(size_t i)
{
    enum { N_OWN = sizeof ALKALI / sizeof ALKALI[0] };
    assert(i < N_ALKALI);
    return i < N_OWN ? &ALKALI[i] : system_named(SHARED[i - N_OWN]);
}
