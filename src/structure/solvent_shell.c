#include "structure/solvent_shell.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "base/vec3.h"
#include "data/parameters.h"

static const double GAP = 1.3 * BOHR_PER_ANGSTROM; ///< beyond the sum of the covalent radii
static const double RING = 0.25 * BOHR_PER_ANGSTROM, FURTHEST = 5.0 * BOHR_PER_NM;
/// Places and orientations that are tried at one distance.
enum { TRIES = 40 };

/// The cluster in the making.
typedef struct {
    size_t n_atoms;
    int *numbers;     ///< [n_atoms]
    double (*xyz)[3]; ///< [n_atoms] about the centre
} Cluster;

static double radius_of(int number)
{
    return gfn2_element(number)->cov_rad * BOHR_PER_ANGSTROM;
}

/// The mean of the positions, which the shell is built about.
static void centre_of(const Structure *structure, double centre[3])
{
    memset(centre, 0, 3 * sizeof *centre);
    for (size_t a = 0; a < structure->n_atoms; a++)
        vec3_add_scaled(1.0 / (double)structure->n_atoms, structure->xyz[a], centre);
}

/// A rotation from three numbers in 0..1, all equally likely: Shoemake, Graphics Gems III, 124 (1992).
static void rotation_of(const double u[3], double r[3][3])
{
    const double turn = 2.0 * acos(-1.0);
    const double x = sqrt(1.0 - u[0]) * sin(turn * u[1]), y = sqrt(1.0 - u[0]) * cos(turn * u[1]),
                 z = sqrt(u[0]) * sin(turn * u[2]), w = sqrt(u[0]) * cos(turn * u[2]);
    const double made[3][3] = {
        {1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - z * w), 2.0 * (x * z + y * w)},
        {2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - x * w)},
        {2.0 * (x * z - y * w), 2.0 * (y * z + x * w), 1.0 - 2.0 * (x * x + y * y)}};
    memcpy(r, made, sizeof made);
}

/// Puts the solvent at a distance in a direction; numbers from u.
static void copy_put(const Structure *solvent, const double centre[3], double distance,
                     const double u[8], double (*xyz)[3])
{
    const double z = 2.0 * u[0] - 1.0, turn = 2.0 * acos(-1.0) * u[1];
    const double at[3] = {distance * sqrt(1.0 - z * z) * cos(turn),
                          distance * sqrt(1.0 - z * z) * sin(turn), distance * z};
    double r[3][3], d[3];
    rotation_of(u + 2, r);
    for (size_t a = 0; a < solvent->n_atoms; a++) {
        vec3_difference(solvent->xyz[a], centre, d);
        for (int x = 0; x < 3; x++)
            xyz[a][x] = at[x] + vec3_dot(r[x], d);
    }
}

static bool has_room(const Cluster *cluster, const Structure *solvent, const double (*xyz)[3])
{
    for (size_t a = 0; a < solvent->n_atoms; a++)
        for (size_t b = 0; b < cluster->n_atoms; b++) {
            double d[3];
            vec3_difference(xyz[a], cluster->xyz[b], d);
            const double least =
                radius_of(solvent->numbers[a]) + radius_of(cluster->numbers[b]) + GAP;
            if (vec3_dot(d, d) < least * least)
                return false;
        }
    return true;
}

/// Adds one copy; *distance is where the search begins and where it ended, as nothing fits further in.
static bool copy_add(const Structure *solvent, const double centre[3], const RandomKey *key,
                     uint64_t copy, double *distance, Cluster *cluster)
{
    double(*const xyz)[3] = cluster->xyz + cluster->n_atoms;
    for (; *distance <= FURTHEST; *distance += RING)
        for (uint64_t attempt = 0; attempt < TRIES; attempt++) {
            double u[8];
            const uint64_t number = TRIES * (uint64_t)(*distance / RING + 0.5) + attempt;
            random_uniforms(key, number, 2 * copy, RANDOM_SOLVENT, u);
            random_uniforms(key, number, 2 * copy + 1, RANDOM_SOLVENT, u + 4);
            copy_put(solvent, centre, *distance, u, xyz);
            if (!has_room(cluster, solvent, (const double(*)[3])xyz))
                continue;
            memcpy(cluster->numbers + cluster->n_atoms, solvent->numbers,
                   solvent->n_atoms * sizeof *solvent->numbers);
            cluster->n_atoms += solvent->n_atoms;
            return true;
        }
    return false;
}

/// SMILES, bonds and isotopes of what is in the cluster now.
static QmtStatus texts_add(QmtContext *ctx, const Structure *solvent, size_t count, size_t n_before,
                           Structure *structure)
{
    const size_t n = solvent->n_atoms;
    if (structure->smiles != NULL && solvent->smiles != NULL) {
        const size_t one = strlen(solvent->smiles) + 1;
        char *const text = malloc(strlen(structure->smiles) + count * one + 1);
        if (text == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its SMILES", structure->name);
        char *end = text + sprintf(text, "%s", structure->smiles);
        for (size_t c = 0; c < count; c++)
            end += sprintf(end, ".%s", solvent->smiles);
        free(structure->smiles);
        structure->smiles = text;
    }
    if (structure->n_bonds > 0 || (structure->smiles != NULL && n_before == 1)) {
        int(*const bonds)[2] =
            malloc((structure->n_bonds + count * solvent->n_bonds + 1) * sizeof *bonds);
        if (bonds == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its bonds", structure->name);
        size_t n_bonds = structure->n_bonds;
        if (n_bonds > 0)
            memcpy(bonds, structure->bonds, n_bonds * sizeof *bonds);
        for (size_t c = 0; c < count; c++)
            for (size_t b = 0; b < solvent->n_bonds; b++, n_bonds++)
                for (int k = 0; k < 2; k++)
                    bonds[n_bonds][k] = solvent->bonds[b][k] + (int)(n_before + c * n);
        const QmtStatus status =
            structure_set_bonds(ctx, structure, n_bonds, (const int(*)[2])bonds);
        free(bonds);
        TRY(status);
    }
    for (size_t a = 0; a < count * n && solvent->isotopes != NULL; a++)
        if (solvent->isotopes[a % n] != 0)
            TRY(structure_set_isotope(ctx, structure, n_before + a, solvent->isotopes[a % n]));
    return QMT_OK;
}

/// The atoms of the cluster become those of the structure.
static QmtStatus atoms_take(QmtContext *ctx, Cluster *cluster, Structure *structure)
{
    const size_t n = cluster->n_atoms;
    if (structure->isotopes != NULL) {
        int *const isotopes = calloc(n, sizeof *isotopes);
        if (isotopes == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its isotopes", structure->name);
        memcpy(isotopes, structure->isotopes, structure->n_atoms * sizeof *isotopes);
        free(structure->isotopes);
        structure->isotopes = isotopes;
    }
    free(structure->numbers);
    free(structure->xyz);
    structure->numbers = cluster->numbers;
    structure->xyz = cluster->xyz;
    structure->n_atoms = n;
    *cluster = (Cluster){0};
    return QMT_OK;
}

static QmtStatus cluster_fill(QmtContext *ctx, const Structure *solvent, size_t count,
                              const RandomKey *key, const Structure *structure, Cluster *cluster)
{
    double centre[3], distance = 0.0;
    centre_of(structure, centre);
    cluster->n_atoms = structure->n_atoms;
    memcpy(cluster->numbers, structure->numbers, structure->n_atoms * sizeof *structure->numbers);
    for (size_t a = 0; a < structure->n_atoms; a++)
        vec3_difference(structure->xyz[a], centre, cluster->xyz[a]);
    centre_of(solvent, centre);
    for (size_t c = 0; c < count; c++)
        if (!copy_add(solvent, centre, key, c, &distance, cluster))
            return FAIL(ctx, QMT_ERR_INPUT,
                        "%s: there is no room for solvent molecule %zu of %zu within 5 nm",
                        structure->name, c + 1, count);
    return QMT_OK;
}

QmtStatus solvent_shell_add(QmtContext *ctx, const Structure *solvent, size_t count,
                            const RandomKey *key, Structure *structure)
{
    const size_t n_before = structure->n_atoms, n = n_before + count * solvent->n_atoms;
    Cluster cluster = {.numbers = calloc(n, sizeof *cluster.numbers),
                       .xyz = calloc(n, sizeof *cluster.xyz)};
    QmtStatus status =
        cluster.numbers != NULL && cluster.xyz != NULL
            ? cluster_fill(ctx, solvent, count, key, structure, &cluster)
            : FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %zu atoms", structure->name, n);
    if (status == QMT_OK)
        status = atoms_take(ctx, &cluster, structure);
    if (status == QMT_OK)
        status = texts_add(ctx, solvent, count, n_before, structure);
    free(cluster.numbers);
    free(cluster.xyz);
    return status;
}
