#include "basis/pair_batches.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/team.h"
#include "data/element.h"

/// What two atoms must have in common to stand in the same place of a batch.
typedef struct {
    size_t n_shells;
    int l[PAIR_SHELLS_MAX];
    size_t n_primitives[PAIR_SHELLS_MAX];
} AtomClass;

/// The batches of two classes.
struct PairGroup {
    AtomClass a, b;
    bool on_site;
    size_t n_pairs, n_batches, first_batch;
    size_t n_kinds, first_kind; ///< room
};

/// A pair of atoms on its way into a batch.
struct AtomPair {
    size_t group;
    int za, zb, a, b;
};

/// What is known of the elements of a molecule before there is memory.
typedef struct {
    size_t n_classes;
    AtomClass list[ELEMENT_MAX];
    int of_element[ELEMENT_MAX + 1]; ///< -1 for elements that do not occur
    size_t n_atoms[ELEMENT_MAX];     ///< of each class
    size_t n_elements[ELEMENT_MAX];
} Classes;

static AtomClass class_of(const Method *method, int z)
{
    AtomClass c = {.n_shells = method->n_shells(z)};
    for (size_t i = 0; i < c.n_shells; i++) {
        const MethodShell shell = method->shell(z, i);
        c.l[i] = shell.l;
        c.n_primitives[i] = (size_t)shell.nprim;
        if (!shell.valence) // contains the shell before it
            c.n_primitives[i] += (size_t)method->shell(z, i - 1).nprim;
    }
    return c;
}

static bool same_class(const AtomClass *x, const AtomClass *y)
{
    if (x->n_shells != y->n_shells)
        return false;
    for (size_t i = 0; i < x->n_shells; i++)
        if (x->l[i] != y->l[i] || x->n_primitives[i] != y->n_primitives[i])
            return false;
    return true;
}

static void find_classes(const Method *method, size_t n_atoms, const int *numbers, Classes *classes)
{
    memset(classes, 0, sizeof *classes);
    for (int z = 0; z <= ELEMENT_MAX; z++)
        classes->of_element[z] = -1;
    // Heavy elements first: the order of a class does not depend on the order of the atoms.
    for (int z = ELEMENT_MAX; z > 0; z--) {
        size_t n_of_z = 0;
        for (size_t a = 0; a < n_atoms; a++)
            n_of_z += numbers[a] == z;
        if (n_of_z == 0)
            continue;
        const AtomClass c = class_of(method, z);
        size_t k = 0;
        while (k < classes->n_classes && !same_class(&c, &classes->list[k]))
            k++;
        if (k == classes->n_classes)
            classes->list[classes->n_classes++] = c;
        classes->of_element[z] = (int)k;
        classes->n_atoms[k] += n_of_z;
        classes->n_elements[k]++;
    }
}

static size_t n_orbitals(const AtomClass *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_shells; i++)
        n += 2 * (size_t)c->l[i] + 1;
    return n;
}

static double *lanes(Arena *arena, size_t n_rows)
{
    return arena_doubles(arena, n_rows * PAIR_LANES);
}

/// Room for what batches of a group share, with the places of their values. Returns how many doubles each of them has.
static size_t layout_kind(Arena *arena, const struct PairGroup *group, PairKind *kind)
{
    const AtomClass *a = &group->a, *b = &group->b;
    PairKind made = {.on_site = group->on_site,
                     .na = n_orbitals(a),
                     .nb = n_orbitals(b),
                     .radius = lanes(arena, 1),
                     .polynomial_a = lanes(arena, a->n_shells),
                     .polynomial_b = lanes(arena, b->n_shells),
                     .n_shells = a->n_shells * b->n_shells};
    size_t first_i = 0, place = PAIR_DATA;
    for (size_t i = 0, k = 0; i < a->n_shells; first_i += 2 * (size_t)a->l[i] + 1, i++) {
        size_t first_j = 0;
        for (size_t j = 0; j < b->n_shells; first_j += 2 * (size_t)b->l[j] + 1, j++, k++) {
            const size_t n_primitives = a->n_primitives[i] * b->n_primitives[j];
            made.shells[k] = (PairShells){
                .la = a->l[i],
                .lb = b->l[j],
                .i = first_i,
                .j = first_j,
                .shell_a = (int)i,
                .shell_b = (int)j,
                .n_primitives = n_primitives,
                .primitive = lanes(arena, n_primitives * PRIMITIVE_ROWS),
                .scale = lanes(arena, 1),
                .factor = place,
                .value = place + PAIR_LANES,
            };
            place += (1 + pair_n_values(a->l[i], b->l[j], true)) * PAIR_LANES;
        }
    }
    // Behind all that a Hamiltonian reads.
    for (size_t k = 0; k < made.n_shells; k++, place += 2 * PAIR_LANES) {
        made.shells[k].factor_slope = place;
        made.shells[k].population = place + PAIR_LANES;
    }
    if (kind != NULL)
        *kind = made;
    return place;
}

static void layout_group(Arena *arena, bool multipoles, const struct PairGroup *group,
                         PairBatches *batches)
{
    size_t n_data = 0;
    for (size_t k = 0; k < group->n_kinds; k++)
        n_data = layout_kind(arena, group,
                             batches->kind != NULL ? batches->kind + group->first_kind + k : NULL);
    for (size_t l = 0; l < group->n_batches; l++) {
        double *data = arena_doubles(arena, n_data);
        if (batches->batch != NULL)
            // An atom with itself costs nothing.
            batches->batch[group->first_batch + l] =
                (PairBatch){.multipoles = multipoles || group->on_site,
                            .moments = multipoles || group->on_site,
                            .data = data};
    }
}

void pair_batches_layout(PairBatches *batches, Arena *arena, const Basis *basis, const int *numbers)
{
    const size_t n_atoms = basis->n_atoms;
    Classes classes;
    find_classes(basis->method, n_atoms, numbers, &classes);
    const size_t n = classes.n_classes;
    batches->basis = basis;
    batches->n_groups = n * (n + 1) / 2 + n;
    batches->group = arena_bytes(arena, batches->n_groups * sizeof *batches->group);
    batches->origin = arena_vectors(arena, n_atoms);
    batches->pair = arena_bytes(arena, n_atoms * (n_atoms + 1) / 2 * sizeof *batches->pair);

    // Two walks over the groups: the number of batches comes before the memory of the first.
    batches->batch = NULL;
    batches->kind = NULL;
    for (int walk = 0; walk < 2; walk++) {
        size_t n_batches = 0, n_groups = 0, n_kinds = 0;
        for (int on_site = 0; on_site < 2; on_site++) {
            for (size_t a = 0; a < n; a++)
                for (size_t b = on_site ? a : 0; b <= a; b++, n_groups++) {
                    // Class b has the heavier elements and more orbitals: it takes the rows.
                    const size_t na = classes.n_atoms[a], nb = classes.n_atoms[b];
                    struct PairGroup group = {.a = classes.list[b],
                                              .b = classes.list[a],
                                              .on_site = on_site,
                                              .first_batch = n_batches,
                                              .n_pairs = on_site  ? na
                                                         : a == b ? na * (na - 1) / 2
                                                                  : na * nb};
                    group.n_batches = (group.n_pairs + PAIR_LANES - 1) / PAIR_LANES;
                    n_batches += group.n_batches;
                    // Each pair of elements has batches of its own, and shares one with the next.
                    group.first_kind = n_kinds;
                    group.n_kinds = 2 * classes.n_elements[a] * classes.n_elements[b];
                    if (group.n_kinds > group.n_batches)
                        group.n_kinds = group.n_batches;
                    n_kinds += group.n_kinds;
                    if (walk == 1)
                        layout_group(arena, basis->method->multipoles, &group, batches);
                    if (walk == 1 && batches->group != NULL)
                        batches->group[n_groups] = group;
                }
            if (on_site == 0)
                batches->n = n_batches;
        }
        batches->n_on_site = n_batches - batches->n;
        if (walk == 0) {
            batches->batch = arena_bytes(arena, n_batches * sizeof *batches->batch);
            batches->kind = arena_bytes(arena, n_kinds * sizeof *batches->kind);
        }
    }
}

static int by_place(const void *x, const void *y)
{
    const struct AtomPair *p = x, *q = y;
    if (p->group != q->group)
        return p->group < q->group ? -1 : 1;
    if (p->za != q->za)
        return p->za - q->za;
    if (p->zb != q->zb)
        return p->zb - q->zb;
    return p->a != q->a ? p->a - q->a : p->b - q->b;
}

/// Every pair of atoms with its group, in the order of the batches.
static void sort_pairs(const Basis *basis, const int *numbers, PairBatches *batches)
{
    Classes classes;
    find_classes(basis->method, basis->n_atoms, numbers, &classes);
    const size_t n = classes.n_classes;
    struct AtomPair *pair = batches->pair;
    for (size_t a = 0; a < basis->n_atoms; a++)
        for (size_t b = 0; b <= a; b++, pair++) {
            size_t first = a, second = b;
            const size_t ca = (size_t)classes.of_element[numbers[a]],
                         cb = (size_t)classes.of_element[numbers[b]];
            if (cb < ca || (cb == ca && numbers[b] < numbers[a]))
                first = b, second = a;
            const size_t low = ca < cb ? ca : cb, high = ca < cb ? cb : ca;
            *pair = (struct AtomPair){
                .group = a == b ? n * (n + 1) / 2 + ca : high * (high + 1) / 2 + low,
                .za = numbers[first],
                .zb = numbers[second],
                .a = (int)first,
                .b = (int)second,
            };
        }
    qsort(batches->pair, basis->n_atoms * (basis->n_atoms + 1) / 2, sizeof *batches->pair,
          by_place);
}

typedef struct {
    double mu, weight, s, h;
} PrimitivePair;

static int by_rising_mu(const void *x, const void *y)
{
    const double a = ((const PrimitivePair *)x)->mu, b = ((const PrimitivePair *)y)->mu;
    return (a > b) - (a < b);
}

/// Primitive pairs of two contractions into one lane of a table.
static void fill_lane(const Contraction *ca, const Contraction *cb, size_t lane, double *table)
{
    PrimitivePair list[PRIMITIVES_MAX * PRIMITIVES_MAX];
    size_t n = 0;
    for (int k = 0; k < ca->n_primitives; k++)
        for (int l = 0; l < cb->n_primitives; l++) {
            const double a = ca->alpha[k], b = cb->alpha[l], p = a + b;
            list[n++] = (PrimitivePair){
                .mu = a * b / p,
                .weight = ca->coefficient[k] * cb->coefficient[l] * pow(M_PI / p, 1.5),
                .s = a / p,
                .h = 0.5 / p,
            };
        }
    qsort(list, n, sizeof list[0], by_rising_mu);
    for (size_t k = 0; k < n; k++) {
        double *row = table + k * PRIMITIVE_ROWS * PAIR_LANES + lane;
        row[PRIMITIVE_MU * PAIR_LANES] = list[k].mu;
        row[PRIMITIVE_WEIGHT * PAIR_LANES] = list[k].weight;
        row[PRIMITIVE_S * PAIR_LANES] = list[k].s;
        row[PRIMITIVE_Q * PAIR_LANES] = 1.0 - list[k].s;
        row[PRIMITIVE_H * PAIR_LANES] = list[k].h;
    }
}

static void fill_table(const Basis *basis, const PairBatch *batch, const PairShells *shells)
{
    double *const table = shells->primitive;
    for (size_t l = 0; l < PAIR_LANES; l++) {
        const size_t s = basis->atom_shell[batch->a[l]] + (size_t)shells->shell_a;
        const size_t t = basis->atom_shell[batch->b[l]] + (size_t)shells->shell_b;
        fill_lane(&basis->kind[basis->shell_kind[s]], &basis->kind[basis->shell_kind[t]], l, table);
        shells->scale[l] = 1.0;
    }
    for (size_t k = shells->n_primitives; k-- > 0;) {
        double *row = table + k * PRIMITIVE_ROWS * PAIR_LANES, smallest = INFINITY;
        if (k + 1 < shells->n_primitives)
            smallest = row[(PRIMITIVE_ROWS + PRIMITIVE_MU_MIN) * PAIR_LANES];
        for (size_t l = 0; l < PAIR_LANES; l++)
            smallest = fmin(smallest, row[PRIMITIVE_MU * PAIR_LANES + l]);
        for (size_t l = 0; l < PAIR_LANES; l++)
            row[PRIMITIVE_MU_MIN * PAIR_LANES + l] = smallest;
    }
}

static bool same_elements(const int *numbers, const PairBatch *batch, const PairKind *kind)
{
    for (size_t l = 0; l < PAIR_LANES; l++)
        if (numbers[batch->a[l]] != kind->za[l] || numbers[batch->b[l]] != kind->zb[l])
            return false;
    return true;
}

/// The elements of a batch and their primitives.
static void fill_kind(const Basis *basis, const int *numbers, const PairBatch *batch,
                      PairKind *kind)
{
    for (size_t l = 0; l < PAIR_LANES; l++) {
        kind->za[l] = numbers[batch->a[l]];
        kind->zb[l] = numbers[batch->b[l]];
        kind->radius[l] = 1.0;
    }
    for (size_t k = 0; k < kind->n_shells; k++)
        fill_table(basis, batch, &kind->shells[k]);
}

/// The kinds of all batches of a group.
static void set_kinds(PairBatches *batches, const int *numbers, const struct PairGroup *group)
{
    PairKind *kind = batches->kind + group->first_kind;
    size_t n = 0;
    for (size_t l = 0; l < group->n_batches; l++) {
        PairBatch *batch = batches->batch + group->first_batch + l;
        // Batches of the same elements follow each other.
        if (n == 0 || !same_elements(numbers, batch, &kind[n - 1])) {
            assert(n < group->n_kinds);
            fill_kind(batches->basis, numbers, batch, &kind[n++]);
        }
        batch->kind = &kind[n - 1];
        // Of other pairs it follows from the distance.
        for (size_t k = 0; group->on_site && k < batch->kind->n_shells; k++)
            for (size_t lane = 0; lane < PAIR_LANES; lane++)
                batch->data[batch->kind->shells[k].factor + lane] = 1.0;
    }
}

void pair_batches_setup(PairBatches *batches, const Kernels *kernels, const int *numbers)
{
    const Basis *basis = batches->basis;
    const Method *method = basis->method;
    batches->kernels = kernels;
    batches->mu_r2_max = method->int_cutoff;
    batches->r_max =
        fmin(sqrt(2.0 * method->int_cutoff / basis->smallest_exponent), method->int_rmax);
    sort_pairs(basis, numbers, batches);
    const struct AtomPair *pair = batches->pair;
    for (size_t g = 0; g < batches->n_groups; g++) {
        const struct PairGroup *group = &batches->group[g];
        size_t left = group->n_pairs;
        for (size_t i = 0; i < group->n_batches; i++) {
            PairBatch *batch = batches->batch + group->first_batch + i;
            batch->n = left < PAIR_LANES ? left : PAIR_LANES;
            for (size_t l = 0; l < PAIR_LANES; l++) {
                const struct AtomPair *p = l < batch->n ? pair + l : pair;
                assert(p->group == g);
                batch->a[l] = p->a;
                batch->b[l] = p->b;
                batch->ao_a[l] = (uint32_t)basis->atom_ao[p->a];
                batch->ao_b[l] = (uint32_t)basis->atom_ao[p->b];
            }
            pair += batch->n;
            left -= batch->n;
        }
        set_kinds(batches, numbers, group);
    }
    // An atom stays where it is with respect to itself: once is enough.
    for (size_t i = batches->n; i < batches->n + batches->n_on_site; i++)
        kernels->batch_update(&batches->batch[i], (const double(*)[3])batches->origin,
                              batches->mu_r2_max, batches->r_max);
}

void pair_batches_use_multipoles(PairBatches *batches, bool multipoles)
{
    for (size_t i = 0; i < batches->n; i++)
        batches->batch[i].multipoles = multipoles;
}

enum {
    LINE = 64,
    // Fewer batches, of some 3 kB each, are in the second cache.
    FETCHED_FROM = 512,
    HEADERS_AHEAD = 8,
    VALUES_AHEAD = 3
};

static void fetch(const void *first, size_t n_bytes)
{
    const char *at = first;
    for (size_t k = 0; k < n_bytes; k += LINE)
        __builtin_prefetch(at + k);
}

void pair_batches_fetch(const PairBatches *batches, size_t i, size_t end)
{
    if (batches->n < FETCHED_FROM)
        return;
    if (i + HEADERS_AHEAD < end)
        fetch(&batches->batch[i + HEADERS_AHEAD], sizeof batches->batch[0]);
    if (i + VALUES_AHEAD >= end || !batches->batch[i + VALUES_AHEAD].near)
        return;
    const PairBatch *batch = &batches->batch[i + VALUES_AHEAD];
    fetch(batch->data + PAIR_T, 3 * PAIR_LANES * sizeof(double));
    for (size_t k = 0; k < batch->kind->n_shells; k++) {
        const PairShells *shells = &batch->kind->shells[k];
        const bool radial = shells->la < 2 && shells->lb < 2;
        const size_t n_values = pair_n_values(shells->la, shells->lb, batch->multipoles);
        // The factor and, of functions of distance, those before their slopes.
        fetch(batch->data + shells->factor,
              (1 + (radial ? n_values / 2 : n_values)) * PAIR_LANES * sizeof(double));
    }
}

static void update_part(void *task, size_t first, size_t last)
{
    const PairBatches *batches = task;
    for (size_t i = first; i < last; i++) {
        batches->batch[i].moments = batches->moments;
        batches->kernels->batch_update(&batches->batch[i], batches->xyz, batches->mu_r2_max,
                                       batches->r_max);
    }
}

void pair_batches_update(PairBatches *batches, const double (*xyz)[3], bool moments)
{
    batches->xyz = xyz;
    batches->moments = moments;
    team_share(batches->n, PAIR_BATCHES_SHARED, update_part, batches);
}
