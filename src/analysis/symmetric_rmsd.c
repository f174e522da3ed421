#include "analysis/symmetric_rmsd.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/superposition.h"

/// Beyond this many the permutations of a molecule of that size are not stored.
enum { PERMUTATION_BYTES_MAX = 1 << 26 };

/// The search for automorphisms.
typedef struct {
    const Bonds *bonds;
    SymmetricRmsd *out;
    uint64_t *class_of; ///< [n] of the atoms that count
    size_t *order; ///< [n] places, each after the first bonded to an earlier one where there is one
    size_t *image; ///< [n] of the places in order so far
    bool *used;    ///< [n]
    size_t capacity;
} Search;

static bool bonded(const Search *search, size_t i, size_t j)
{
    return bonds_has(search->bonds, search->out->atom[i], search->out->atom[j]);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

/// Element and neighbours, then again and again the classes of the neighbours, whose sum does not depend on their order.
static void classes_refine(const Search *search, const int *numbers, uint64_t *next)
{
    const size_t n = search->out->n;
    for (size_t i = 0; i < n; i++) {
        uint64_t degree = 0;
        for (size_t a = 0; a < search->bonds->n_atoms; a++)
            if (a != search->out->atom[i] && bonds_has(search->bonds, search->out->atom[i], a))
                degree += numbers[a] == 1 ? 17u : 1u;
        search->class_of[i] = mix((uint64_t)numbers[search->out->atom[i]], degree);
    }
    for (size_t round = 0; round < n; round++) {
        for (size_t i = 0; i < n; i++) {
            uint64_t sum = 0;
            for (size_t j = 0; j < n; j++)
                if (j != i && bonded(search, i, j))
                    sum += mix(search->class_of[j], 1);
            next[i] = mix(search->class_of[i], sum);
        }
        memcpy(search->class_of, next, n * sizeof *next);
    }
}

/// Atoms in the order of a walk along the bonds, so that each can be compared with its neighbours at once.
static void order_make(const Search *search, bool *seen)
{
    const size_t n = search->out->n;
    size_t n_ordered = 0;
    for (size_t root = 0; root < n; root++) {
        if (seen[root])
            continue;
        seen[root] = true;
        search->order[n_ordered++] = root;
        for (size_t next = n_ordered - 1; next < n_ordered; next++)
            for (size_t j = 0; j < n; j++)
                if (!seen[j] && bonded(search, search->order[next], j)) {
                    seen[j] = true;
                    search->order[n_ordered++] = j;
                }
    }
    memset(seen, 0, n * sizeof *seen);
}

static bool can_be(const Search *search, size_t depth, size_t image)
{
    const size_t place = search->order[depth];
    if (search->used[image] || search->class_of[place] != search->class_of[image])
        return false;
    for (size_t k = 0; k < depth; k++)
        if (bonded(search, place, search->order[k]) != bonded(search, image, search->image[k]))
            return false;
    return true;
}

/// Without recursion: the depth is that of the image that is looked for.
static void automorphisms_find(Search *search)
{
    SymmetricRmsd *const out = search->out;
    const size_t n = out->n;
    size_t depth = 0, from = 0;
    out->n_permutations = 0;
    while (n > 0 && out->n_permutations < search->capacity) {
        size_t image = from;
        while (image < n && !can_be(search, depth, image))
            image++;
        if (image < n) {
            search->image[depth] = image;
            search->used[image] = true;
            from = 0;
            if (++depth < n)
                continue;
            size_t *const permutation = out->permutation + n * out->n_permutations++;
            for (size_t k = 0; k < n; k++)
                permutation[search->order[k]] = search->image[k];
        }
        if (depth == 0)
            break;
        depth--;
        search->used[search->image[depth]] = false;
        from = search->image[depth] + 1;
    }
}

/// All but hydrogen atoms that are bonded to carbon alone; of H2 and the like all.
static size_t atoms_choose(const int *numbers, const Bonds *bonds, size_t *atom)
{
    size_t n = 0;
    for (size_t a = 0; a < bonds->n_atoms; a++) {
        bool on_carbon = false;
        for (size_t b = 0; b < bonds->n_atoms && numbers[a] == 1; b++)
            on_carbon = on_carbon || (a != b && numbers[b] == 6 && bonds_has(bonds, a, b));
        if (!on_carbon)
            atom[n++] = a;
    }
    return n;
}

QmtStatus symmetric_rmsd_create(QmtContext *ctx, const int *numbers, const Bonds *bonds,
                                SymmetricRmsd *made)
{
    const size_t n_atoms = bonds->n_atoms;
    SymmetricRmsd out = {.atom = malloc((n_atoms + 1) * sizeof *out.atom)};
    if (out.atom == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the symmetry of %zu atoms", n_atoms);
    out.n = atoms_choose(numbers, bonds, out.atom);
    const size_t n = out.n + 1; // no empty arrays
    Search search = {.bonds = bonds, .out = &out, .capacity = AUTOMORPHISMS_MAX};
    if (search.capacity > PERMUTATION_BYTES_MAX / sizeof(size_t) / n)
        search.capacity = PERMUTATION_BYTES_MAX / sizeof(size_t) / n;
    out.permutation = malloc(search.capacity * n * sizeof *out.permutation);
    out.a = malloc(n * sizeof *out.a);
    out.b = malloc(n * sizeof *out.b);
    search.class_of = calloc(2 * n, sizeof *search.class_of);
    search.order = calloc(2 * n, sizeof *search.order);
    search.used = calloc(n, sizeof *search.used);
    const bool enough = out.permutation != NULL && out.a != NULL && out.b != NULL &&
                        search.class_of != NULL && search.order != NULL && search.used != NULL;
    if (enough) {
        search.image = search.order + n;
        classes_refine(&search, numbers, search.class_of + n);
        order_make(&search, search.used);
        automorphisms_find(&search);
    }
    free(search.class_of);
    free(search.order);
    free(search.used);
    if (!enough) {
        symmetric_rmsd_release(&out);
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the symmetry of %zu atoms", n_atoms);
    }
    *made = out;
    return QMT_OK;
}

void symmetric_rmsd_release(SymmetricRmsd *rmsd)
{
    free(rmsd->atom);
    free(rmsd->permutation);
    free(rmsd->a);
    free(rmsd->b);
    *rmsd = (SymmetricRmsd){0};
}

double symmetric_rmsd(SymmetricRmsd *rmsd, const double (*a)[3], const double (*b)[3])
{
    const size_t n = rmsd->n;
    double least = n > 0 ? INFINITY : 0.0;
    for (size_t i = 0; i < n; i++)
        for (int x = 0; x < 3; x++)
            rmsd->a[i][x] = (float)a[rmsd->atom[i]][x];
    const double square_a = superposition_centre(n, rmsd->a);
    for (size_t p = 0; p < rmsd->n_permutations; p++) {
        const size_t *const permutation = rmsd->permutation + n * p;
        for (int mirror = 0; mirror < 2; mirror++) {
            for (size_t i = 0; i < n; i++)
                for (int x = 0; x < 3; x++) {
                    const double value = b[rmsd->atom[permutation[i]]][x];
                    rmsd->b[i][x] = (float)(mirror && x == 0 ? -value : value);
                }
            const double square_b = superposition_centre(n, rmsd->b);
            least = fmin(least, superposition_rmsd(n, (const float(*)[3])rmsd->a, square_a,
                                                   (const float(*)[3])rmsd->b, square_b));
        }
    }
    return least;
}
