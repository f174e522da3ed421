// include/qmtraj/torsion.h
#include "qmtraj/torsion.h"

#include <math.h>

#include "analysis/torsion_turn.h"
#include "analysis/torsions.h"
#include "api/argument.h"
#include "base/units.h"
#include "data/element.h"

static const double DEGREE = 0.017453292519943295;

double qmt_torsion_angle(const double *xyz, const size_t atoms[4])
{
    double cosine, sine;
    if (xyz == NULL || atoms == NULL)
        return 0.0;
    torsion_angle((const double(*)[3])xyz, atoms, &cosine, &sine);
    return atan2(sine, cosine) / DEGREE;
}

/// Fails with QMT_ERR_INPUT unless all are atomic numbers of elements.
static QmtStatus elements_check(QmtContext *ctx, const char *place, size_t n_atoms,
                                const int *numbers)
{
    for (size_t a = 0; a < n_atoms; a++)
        if (numbers[a] < 1 || numbers[a] > ELEMENT_MAX)
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%s: atom %zu has atomic number %d; 1 to %d are possible", place, a + 1,
                        numbers[a], ELEMENT_MAX);
    return QMT_OK;
}

static void layout(Bonds *bonds, unsigned char **moved, Arena *arena, size_t n_atoms)
{
    bonds_layout(bonds, arena, n_atoms);
    *moved = arena_bytes(arena, n_atoms);
}

QmtStatus qmt_torsion_turn_bonded(QmtContext *ctx, size_t n_atoms, const int *numbers,
                                  const double *bonded, double *xyz, const size_t atoms[4],
                                  double degrees)
{
    Arena arena = {0};
    Bonds bonds;
    unsigned char *moved;
    NEEDS(ctx, numbers != NULL && bonded != NULL && xyz != NULL && atoms != NULL,
          "torsion: numbers, bonded, xyz or atoms is NULL");
    for (int i = 0; i < 4; i++) {
        NEEDS(ctx, atoms[i] < n_atoms, "torsion: atom %zu, the molecule has %zu", atoms[i] + 1,
              n_atoms);
        for (int j = 0; j < i; j++)
            NEEDS(ctx, atoms[i] != atoms[j], "torsion: atom %zu is there twice", atoms[i] + 1);
    }
    NEEDS(ctx, isfinite(degrees), "torsion: an angle of %g degrees", degrees);
    TRY(elements_check(ctx, "torsion", n_atoms, numbers));
    TRY(coordinates_check(ctx, "torsion", n_atoms, bonded));
    TRY(coordinates_check(ctx, "torsion", n_atoms, xyz));
    layout(&bonds, &moved, &arena, n_atoms);
    TRY(arena_reserve(ctx, &arena));
    layout(&bonds, &moved, &arena, n_atoms);
    bonds_setup(&bonds, numbers, BOHR_PER_ANGSTROM);
    bonds_find(&bonds, (const double(*)[3])bonded);
    const bool turned = torsion_turn(&bonds, atoms, degrees * DEGREE, moved, (double(*)[3])xyz);
    arena_release(&arena);
    return turned
               ? QMT_OK
               : FAIL(ctx, QMT_ERR_INPUT,
                      "torsion %zu,%zu,%zu,%zu cannot be turned: atoms %zu and %zu must be bonded, "
                      "not in a ring, with one end on each side and no three on a line",
                      atoms[0] + 1, atoms[1] + 1, atoms[2] + 1, atoms[3] + 1, atoms[1] + 1,
                      atoms[2] + 1);
}

QmtStatus qmt_torsion_turn(QmtContext *ctx, size_t n_atoms, const int *numbers, double *xyz,
                           const size_t atoms[4], double degrees)
{
    return qmt_torsion_turn_bonded(ctx, n_atoms, numbers, xyz, xyz, atoms, degrees);
}

static void pair_layout(Bonds bonds[2], Arena *arena, size_t n_atoms)
{
    bonds_layout(&bonds[0], arena, n_atoms);
    bonds_layout(&bonds[1], arena, n_atoms);
}

QmtStatus qmt_bond_change(QmtContext *ctx, size_t n_atoms, const int *numbers, const double *before,
                          const double *after, size_t pair[2], int *change)
{
    Arena arena = {0};
    Bonds bonds[2];
    NEEDS(ctx, n_atoms > 0 && numbers != NULL && before != NULL && after != NULL && pair != NULL,
          "bonds: no atoms, or numbers, a geometry or pair is NULL");
    NEEDS(ctx, change != NULL, "bonds: change is NULL");
    TRY(elements_check(ctx, "bonds", n_atoms, numbers));
    TRY(coordinates_check(ctx, "bonds", n_atoms, before));
    TRY(coordinates_check(ctx, "bonds", n_atoms, after));
    pair_layout(bonds, &arena, n_atoms);
    TRY(arena_reserve(ctx, &arena));
    pair_layout(bonds, &arena, n_atoms);
    bonds_setup(&bonds[0], numbers, BOHR_PER_ANGSTROM);
    bonds_setup(&bonds[1], numbers, BOHR_PER_ANGSTROM);
    bonds_find(&bonds[0], (const double(*)[3])before);
    *change = 0;
    if (bonds_update(&bonds[0], (const double(*)[3])after, &bonds[1]))
        for (size_t a = 1; a < n_atoms && *change == 0; a++)
            for (size_t b = 0; b < a && *change == 0; b++)
                if (bonds_has(&bonds[0], a, b) != bonds_has(&bonds[1], a, b)) {
                    pair[0] = b;
                    pair[1] = a;
                    *change = bonds_has(&bonds[1], a, b) ? 1 : -1;
                }
    arena_release(&arena);
    return QMT_OK;
}
