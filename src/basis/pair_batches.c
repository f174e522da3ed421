#include "basis/pair_batches.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>
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
    size_t n_tables; ///< room for tables of primitives
    double *table[PAIR_SHELLS_MAX *
                  PAIR_SHELLS_MAX]; ///< [n_tables][primitives][...] per pair of shells
    size_t table_size[PAIR_SHELLS_MAX * PAIR_SHELLS_MAX]; ///< doubles of one
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

static void layout_line(Arena *arena, const struct PairGroup *group, bool multipoles,
                        PairBatch *batch)
{
    const AtomClass *a = &group->a, *b = &group->b;
    PairBatch made = {.on_site = group->on_site,
                      // An atom with itself costs nothing.
                      .multipoles = multipoles || group->on_site,
                      .moments = multipoles || group->on_site,
                      .n_shells_a = (int)a->n_shells,
                      .n_shells_b = (int)b->n_shells,
                      .na = n_orbitals(a),
                      .nb = n_orbitals(b),
                      .n_shells = a->n_shells * b->n_shells,
                      .t = lanes(arena, 3),
                      .r = lanes(arena, 1),
                      .screen = lanes(arena, 1),
                      .radius = lanes(arena, 1),
                      .polynomial_a = lanes(arena, a->n_shells),
                      .polynomial_b = lanes(arena, b->n_shells)};
    size_t first_i = 0;
    for (size_t i = 0, k = 0; i < a->n_shells; first_i += 2 * (size_t)a->l[i] + 1, i++) {
        size_t first_j = 0;
        for (size_t j = 0; j < b->n_shells; first_j += 2 * (size_t)b->l[j] + 1, j++, k++)
            made.shells[k] = (PairShells){
                .la = a->l[i],
                .lb = b->l[j],
                .i = first_i,
                .j = first_j,
                .shell_a = (int)i,
                .shell_b = (int)j,
                .n_primitives = a->n_primitives[i] * b->n_primitives[j],
                .scale = lanes(arena, 1),
                .factor = lanes(arena, 1),
                .factor_slope = lanes(arena, 1),
                .population = lanes(arena, 1),
                .value = lanes(arena, pair_n_values(a->l[i], b->l[j], true)),
            };
    }
    if (batch != NULL)
        *batch = made;
}

static void layout_group(Arena *arena, bool multipoles, struct PairGroup *group,
                         PairBatches *batches)
{
    for (size_t i = 0; i < group->a.n_shells; i++)
        for (size_t j = 0; j < group->b.n_shells; j++) {
            const size_t k = i * group->b.n_shells + j;
            group->table_size[k] =
                group->a.n_primitives[i] * group->b.n_primitives[j] * PRIMITIVE_ROWS * PAIR_LANES;
            group->table[k] = arena_doubles(arena, group->n_tables * group->table_size[k]);
        }
    for (size_t l = 0; l < group->n_batches; l++)
        layout_line(arena, group, multipoles,
                    batches->batch != NULL ? batches->batch + group->first_batch + l : NULL);
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
    for (int walk = 0; walk < 2; walk++) {
        size_t n_batches = 0, n_groups = 0;
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
                    // Each pair of elements has one table of its own and shares one more.
                    group.n_tables = 2 * classes.n_elements[a] * classes.n_elements[b];
                    if (group.n_tables > group.n_batches)
                        group.n_tables = group.n_batches;
                    if (walk == 1)
                        layout_group(arena, basis->method->multipoles, &group, batches);
                    if (walk == 1 && batches->group != NULL)
                        batches->group[n_groups] = group;
                }
            if (on_site == 0)
                batches->n = n_batches;
        }
        batches->n_on_site = n_batches - batches->n;
        if (walk == 0)
            batches->batch = arena_bytes(arena, n_batches * sizeof *batches->batch);
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

static void fill_table(const Basis *basis, const PairBatch *batch, const PairShells *shells,
                       double *table)
{
    for (size_t l = 0; l < PAIR_LANES; l++) {
        const size_t s = basis->atom_shell[batch->a[l]] + (size_t)shells->shell_a;
        const size_t t = basis->atom_shell[batch->b[l]] + (size_t)shells->shell_b;
        fill_lane(&basis->kind[basis->shell_kind[s]], &basis->kind[basis->shell_kind[t]], l, table);
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

static bool same_elements(const int *numbers, const PairBatch *x, const PairBatch *y)
{
    for (size_t l = 0; l < PAIR_LANES; l++)
        if (numbers[x->a[l]] != numbers[y->a[l]] || numbers[x->b[l]] != numbers[y->b[l]])
            return false;
    return true;
}

/// Tables of primitives for all batches of a group, shared where the elements are the same.
static void fill_tables(const PairBatches *batches, const int *numbers,
                        const struct PairGroup *group)
{
    size_t n_tables = 0;
    for (size_t l = 0; l < group->n_batches; l++) {
        PairBatch *batch = batches->batch + group->first_batch + l;
        // Batches of the same elements follow each other.
        const bool shared = l > 0 && same_elements(numbers, batch, batch - 1);
        n_tables += !shared;
        assert(n_tables <= group->n_tables);
        for (size_t k = 0; k < batch->n_shells; k++) {
            double *table = group->table[k] + (n_tables - 1) * group->table_size[k];
            if (!shared)
                fill_table(batches->basis, batch, &batch->shells[k], table);
            batch->shells[k].primitive = table;
        }
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
                batch->ao_a[l] = basis->atom_ao[p->a];
                batch->ao_b[l] = basis->atom_ao[p->b];
                batch->radius[l] = 1.0;
                for (size_t k = 0; k < batch->n_shells; k++)
                    batch->shells[k].scale[l] = batch->shells[k].factor[l] = 1.0;
            }
            pair += batch->n;
            left -= batch->n;
        }
        fill_tables(batches, numbers, group);
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
    if (i + HEADERS_AHEAD < end) {
        // As many shells as those of the batch at work: neighbours are of one group.
        const PairBatch *batch = &batches->batch[i];
        fetch(batch + HEADERS_AHEAD,
              offsetof(PairBatch, shells) + batch->n_shells * sizeof batch->shells[0]);
    }
    if (i + VALUES_AHEAD >= end || !batches->batch[i + VALUES_AHEAD].near)
        return;
    const PairBatch *batch = &batches->batch[i + VALUES_AHEAD];
    fetch(batch->t, 3 * PAIR_LANES * sizeof(double));
    for (size_t k = 0; k < batch->n_shells; k++) {
        const PairShells *shells = &batch->shells[k];
        const bool radial = shells->la < 2 && shells->lb < 2;
        const size_t n_values = pair_n_values(shells->la, shells->lb, batch->multipoles);
        fetch(shells->factor, PAIR_LANES * sizeof(double));
        // Functions of distance come before their slopes.
        fetch(shells->value, (radial ? n_values / 2 : n_values) * PAIR_LANES * sizeof(double));
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
