#include "analysis/bond_skin.h"

#include <string.h>

/// Of half of the room: far more than the rounding of distances.
static const double MARGIN = 0.999;

void bond_skin_layout(BondSkin *skin, Arena *arena, size_t n_atoms)
{
    skin->xyz = arena_vectors(arena, n_atoms);
    skin->square = -1.0;
}

/// True if no atom has gone far enough. What is not a number has.
static bool holds(const BondSkin *skin, size_t n, const double (*xyz)[3])
{
    double furthest = 0.0;
    for (size_t a = 0; a < n; a++) {
        const double x = xyz[a][0] - skin->xyz[a][0], y = xyz[a][1] - skin->xyz[a][1],
                     z = xyz[a][2] - skin->xyz[a][2];
        const double square = x * x + y * y + z * z;
        furthest = square <= furthest ? furthest : square;
        if (!(furthest <= skin->square))
            return false;
    }
    return true;
}

bool bond_skin_update(BondSkin *skin, const Bonds *before, const double (*xyz)[3], Bonds *after)
{
    if (skin->square >= 0.0 && holds(skin, before->n_atoms, xyz))
        return false;
    skin->square = -1.0;
    if (bonds_update(before, xyz, after))
        return true;
    const double way = MARGIN * 0.5 * bonds_room(before, xyz);
    if (way > 0.0)
        skin->square = way * way;
    memcpy(skin->xyz, xyz, before->n_atoms * sizeof *xyz);
    return false;
}
