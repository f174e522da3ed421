#include "analysis/fragments.h"

#include "base/vec3.h"

void fragments_begin(size_t n_atoms, size_t *fragment)
{
    for (size_t a = 0; a < n_atoms; a++)
        fragment[a] = a;
}

// Invariant: fragment[a] <= a, so the root of a tree is its lowest atom.
static size_t root_of(size_t *fragment, size_t a)
{
    while (fragment[a] != a) {
        fragment[a] = fragment[fragment[a]]; // halves the way for the next search
        a = fragment[a];
    }
    return a;
}

void fragments_join(size_t *fragment, size_t a, size_t b)
{
    const size_t root_a = root_of(fragment, a), root_b = root_of(fragment, b);
    if (root_a < root_b)
        fragment[root_b] = root_a;
    else
        fragment[root_a] = root_b;
}

size_t fragments_label(size_t n_atoms, size_t *fragment)
{
    size_t n = 0;
    for (size_t a = 0; a < n_atoms; a++) {
        fragment[a] = root_of(fragment, a);
        n += fragment[a] == a;
    }
    return n;
}

size_t fragments_within(size_t n_atoms, const double (*xyz)[3], double distance, size_t *fragment)
{
    fragments_begin(n_atoms, fragment);
    for (size_t a = 0; a < n_atoms; a++)
        for (size_t b = 0; b < a; b++) {
            double between[3];
            vec3_difference(xyz[a], xyz[b], between);
            if (vec3_dot(between, between) < distance * distance)
                fragments_join(fragment, a, b);
        }
    return fragments_label(n_atoms, fragment);
}
