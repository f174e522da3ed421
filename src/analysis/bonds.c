#include "analysis/bonds.h"

#include <math.h>
#include <string.h>

#include "analysis/fragments.h"
#include "data/parameters.h"

/// Times the sum of the covalent radii.
static const double AT_REST = 1.3, BREAKS = 1.7, FORMS = 1.15;

static size_t pair_of(size_t a, size_t b)
{
    return a > b ? a * (a - 1) / 2 + b : b * (b - 1) / 2 + a;
}

static bool bit_get(const uint64_t *bits, size_t k)
{
    return (bits[k / 64] >> (k % 64) & 1) != 0;
}

static void bit_set(uint64_t *bits, size_t k, bool value)
{
    const uint64_t mask = (uint64_t)1 << (k % 64);
    bits[k / 64] = value ? bits[k / 64] | mask : bits[k / 64] & ~mask;
}

void bonds_layout(Bonds *bonds, Arena *arena, size_t n_atoms)
{
    const size_t n_pairs = n_atoms * (n_atoms - 1) / 2;
    bonds->n_atoms = n_atoms;
    bonds->n_words = (n_pairs + 63) / 64;
    bonds->radius = arena_doubles(arena, n_atoms);
    bonds->is_hydrogen = arena_bytes(arena, n_atoms);
    bonds->bonded = arena_bytes(arena, bonds->n_words * sizeof *bonds->bonded);
    bonds->unclear = arena_bytes(arena, bonds->n_words * sizeof *bonds->unclear);
    bonds->fragment = arena_sizes(arena, n_atoms);
}

void bonds_setup(Bonds *bonds, const int *numbers, double angstrom)
{
    for (size_t a = 0; a < bonds->n_atoms; a++) {
        bonds->radius[a] = gfn2_element(numbers[a])->cov_rad * angstrom;
        bonds->is_hydrogen[a] = numbers[a] == 1;
    }
    memset(bonds->bonded, 0, bonds_state_size(bonds));
    memset(bonds->unclear, 0, bonds_state_size(bonds));
    bonds_fragments_update(bonds);
}

size_t bonds_state_size(const Bonds *bonds)
{
    return bonds->n_words * sizeof *bonds->bonded;
}

bool bonds_has(const Bonds *bonds, size_t a, size_t b)
{
    return a != b && bit_get(bonds->bonded, pair_of(a, b));
}

size_t bonds_count(const Bonds *bonds)
{
    size_t n = 0;
    for (size_t w = 0; w < bonds->n_words; w++)
        n += (size_t)__builtin_popcountll(bonds->bonded[w]);
    return n;
}

/// The next bit that is set at or after *k; false: none.
static bool bit_next(const uint64_t *bits, size_t n_words, size_t *k)
{
    size_t w = *k / 64;
    if (w >= n_words)
        return false;
    uint64_t rest = bits[w] >> (*k % 64) << (*k % 64);
    while (rest == 0 && ++w < n_words)
        rest = bits[w];
    *k = w < n_words ? 64 * w + (size_t)__builtin_ctzll(rest) : 64 * n_words;
    return w < n_words;
}

/// The atoms a > b of a pair.
static void pair_atoms(size_t k, size_t *a, size_t *b)
{
    size_t row = (size_t)(0.5 * (1.0 + sqrt(1.0 + 8.0 * (double)k)));
    row -= row * (row - 1) / 2 > k; // the square root may have been rounded
    row += row * (row + 1) / 2 <= k;
    *a = row;
    *b = k - row * (row - 1) / 2;
}

bool bonds_next(const Bonds *bonds, size_t *pair, size_t *a, size_t *b)
{
    if (!bit_next(bonds->bonded, bonds->n_words, pair))
        return false;
    pair_atoms((*pair)++, a, b);
    return true;
}

void bonds_fragments_update(Bonds *bonds)
{
    const size_t n_pairs = bonds->n_atoms * (bonds->n_atoms - 1) / 2;
    size_t pair = 0, a, b;
    if (n_pairs % 64 != 0) // bits from outside may be anything
        bonds->bonded[bonds->n_words - 1] &= ((uint64_t)1 << (n_pairs % 64)) - 1;
    fragments_begin(bonds->n_atoms, bonds->fragment);
    while (bonds_next(bonds, &pair, &a, &b))
        fragments_join(bonds->fragment, a, b);
    bonds->n_fragments = fragments_label(bonds->n_atoms, bonds->fragment);
}

void bonds_add_list(Bonds *bonds, size_t n, const int (*pairs)[2])
{
    const int n_atoms = (int)bonds->n_atoms;
    for (size_t i = 0; i < n; i++) {
        const int a = pairs[i][0], b = pairs[i][1];
        if (a >= 0 && b >= 0 && a < n_atoms && b < n_atoms && a != b)
            bit_set(bonds->bonded, pair_of((size_t)a, (size_t)b), true);
    }
    bonds_fragments_update(bonds);
}

void bonds_copy(Bonds *to, const Bonds *from)
{
    memcpy(to->bonded, from->bonded, bonds_state_size(from));
    memcpy(to->unclear, from->unclear, bonds_state_size(from));
    memcpy(to->fragment, from->fragment, from->n_atoms * sizeof *from->fragment);
    to->n_fragments = from->n_fragments;
}

/// Square of the distance of two atoms over that of the sum of their radii.
static double square_ratio(const Bonds *bonds, const double (*xyz)[3], size_t a, size_t b)
{
    const double x = xyz[a][0] - xyz[b][0], y = xyz[a][1] - xyz[b][1], z = xyz[a][2] - xyz[b][2];
    const double sum = bonds->radius[a] + bonds->radius[b];
    return (x * x + y * y + z * z) / (sum * sum);
}

void bonds_find(Bonds *bonds, const double (*xyz)[3])
{
    const bool listed = bonds_count(bonds) > 0;
    size_t k = 0;
    for (size_t a = 0; a < bonds->n_atoms; a++)
        for (size_t b = 0; b < a; b++, k++) {
            const bool wide = !listed || bit_get(bonds->bonded, k);
            const double limit = wide ? AT_REST : FORMS;
            bit_set(bonds->bonded, k, square_ratio(bonds, xyz, a, b) < limit * limit);
        }
    memset(bonds->unclear, 0, bonds_state_size(bonds));
    bonds_fragments_update(bonds);
}

void bonds_find_moving(Bonds *bonds, const double (*xyz)[3])
{
    size_t k = 0;
    for (size_t a = 0; a < bonds->n_atoms; a++)
        for (size_t b = 0; b < a; b++, k++) {
            const double ratio = square_ratio(bonds, xyz, a, b);
            bit_set(bonds->bonded, k, ratio < AT_REST * AT_REST);
            bit_set(bonds->unclear, k, ratio >= AT_REST * AT_REST && ratio <= BREAKS * BREAKS);
        }
    bonds_fragments_update(bonds);
}

/// True if the atom is a hydrogen with a partner other than to that holds it.
static bool is_held(const Bonds *bonds, const double (*xyz)[3], size_t atom, size_t to)
{
    if (!bonds->is_hydrogen[atom])
        return false;
    for (size_t x = 0; x < bonds->n_atoms; x++)
        if (x != to && bonds_has(bonds, atom, x) &&
            !(square_ratio(bonds, xyz, atom, x) > AT_REST * AT_REST))
            return true;
    return false;
}

/// A hydrogen loses every partner but to.
static void let_go(Bonds *bonds, size_t atom, size_t to)
{
    for (size_t x = 0; x < bonds->n_atoms && bonds->is_hydrogen[atom]; x++)
        if (x != to && bonds_has(bonds, atom, x))
            bit_set(bonds->bonded, pair_of(atom, x), false);
}

/// Two atoms are near enough for a bond: they get it, unless one is a hydrogen that another atom holds.
static bool bond_form(Bonds *bonds, const double (*xyz)[3], size_t a, size_t b)
{
    if (is_held(bonds, xyz, a, b) || is_held(bonds, xyz, b, a))
        return false;
    let_go(bonds, a, b);
    let_go(bonds, b, a);
    bit_set(bonds->bonded, pair_of(a, b), true);
    return true;
}

/// True if bonds_update() may have to do something: most geometries are far from every limit, and need no division
/// to be told so. A thousandth more than the limits.
static bool any_may_change(const Bonds *bonds, const double (*xyz)[3])
{
    // by whether the pair is bonded: one that is must be nearer than the second, else farther than the first
    const double least[2] = {1.001 * FORMS * FORMS, 0.0},
                 most[2] = {INFINITY, 0.999 * BREAKS * BREAKS};
    const uint64_t *const bonded = bonds->bonded, *const unclear = bonds->unclear;
    unsigned any = 0;
    for (size_t w = 0; w < bonds->n_words; w++)
        any |= unclear[w] != 0;
    size_t k = 0;
    for (size_t a = 0; a < bonds->n_atoms && any == 0; a++)
        for (size_t b = 0; b < a; b++, k++) {
            const double x = xyz[a][0] - xyz[b][0], y = xyz[a][1] - xyz[b][1],
                         z = xyz[a][2] - xyz[b][2];
            const double square = x * x + y * y + z * z, sum = bonds->radius[a] + bonds->radius[b];
            const size_t is = bonded[k / 64] >> (k % 64) & 1;
            any |= (unsigned)(square < least[is] * sum * sum) |
                   (unsigned)(square > most[is] * sum * sum);
        }
    return any != 0;
}

bool bonds_update(const Bonds *before, const double (*xyz)[3], Bonds *after)
{
    bonds_copy(after, before);
    if (!any_may_change(before, xyz))
        return false;
    bool changed = false;
    size_t k = 0;
    for (size_t a = 0; a < after->n_atoms; a++)
        for (size_t b = 0; b < a; b++, k++) {
            const double ratio = square_ratio(after, xyz, a, b);
            const bool bonded = bit_get(after->bonded, k);
            if (bonded && ratio > BREAKS * BREAKS) {
                bit_set(after->bonded, k, false);
                changed = true;
            } else if (!bonded && ratio < FORMS * FORMS) {
                changed = bond_form(after, xyz, a, b) || changed;
            }
            if (bit_get(after->unclear, k) && (ratio > BREAKS * BREAKS || ratio < FORMS * FORMS)) {
                bit_set(after->unclear, k, false);
                changed = true;
            }
        }
    if (changed)
        bonds_fragments_update(after);
    return changed;
}

double bonds_room(const Bonds *bonds, const double (*xyz)[3])
{
    double room = INFINITY;
    size_t k = 0;
    for (size_t a = 0; a < bonds->n_atoms; a++)
        for (size_t b = 0; b < a; b++, k++) {
            const double sum = bonds->radius[a] + bonds->radius[b];
            const double distance = sum * sqrt(square_ratio(bonds, xyz, a, b));
            const bool bonded = bit_get(bonds->bonded, k), unclear = bit_get(bonds->unclear, k);
            if ((bonded || unclear) && !(BREAKS * sum - distance >= room))
                room = BREAKS * sum - distance;
            if ((!bonded || unclear) && !(distance - FORMS * sum >= room))
                room = distance - FORMS * sum;
            if (!(room > 0.0))
                return 0.0;
        }
    return room;
}

const char *bond_event_name(BondEventKind kind)
{
    static const char *const NAMES[] = {[BOND_BREAKS] = "bond_breaks",
                                        [BOND_FORMS] = "bond_forms",
                                        [BOND_DISSOCIATION] = "dissociation",
                                        [BOND_ASSOCIATION] = "association",
                                        [BOND_PROTON_TRANSFER] = "proton_transfer"};
    return NAMES[kind];
}

/// A heavy atom that is bonded to the hydrogen in one set and not in the other; n_atoms: none.
static size_t heavy_partner(const Bonds *with, const Bonds *without, size_t hydrogen)
{
    for (size_t x = 0; x < with->n_atoms; x++)
        if (!with->is_hydrogen[x] && bonds_has(with, hydrogen, x) &&
            !bonds_has(without, hydrogen, x))
            return x;
    return with->n_atoms;
}

/// The event of a pair a > b that differs. False for the half of a proton transfer that the broken bond
/// stands for.
static bool event_of(const Bonds *before, const Bonds *after, size_t a, size_t b, BondEvent *event)
{
    const bool breaks = bonds_has(before, a, b);
    if (before->is_hydrogen[a] != before->is_hydrogen[b]) {
        const size_t hydrogen = before->is_hydrogen[a] ? a : b, heavy = hydrogen == a ? b : a;
        const size_t other = breaks ? heavy_partner(after, before, hydrogen)
                                    : heavy_partner(before, after, hydrogen);
        *event = (BondEvent){
            .kind = BOND_PROTON_TRANSFER, .atoms = {hydrogen, heavy, other}, .n_atoms = 3};
        if (other < before->n_atoms)
            return breaks;
    }
    BondEventKind kind = breaks ? BOND_BREAKS : BOND_FORMS;
    if (breaks && after->fragment[a] != after->fragment[b])
        kind = BOND_DISSOCIATION;
    if (!breaks && before->fragment[a] != before->fragment[b])
        kind = BOND_ASSOCIATION;
    *event = (BondEvent){.kind = kind, .atoms = {b, a}, .n_atoms = 2};
    return true;
}

size_t bonds_compare(const Bonds *before, const Bonds *after, BondEvent *events, size_t capacity)
{
    size_t n = 0;
    for (size_t w = 0; w < before->n_words; w++) {
        uint64_t differ = before->bonded[w] ^ after->bonded[w];
        for (; differ != 0; differ &= differ - 1) {
            size_t a, b;
            const size_t k = 64 * w + (size_t)__builtin_ctzll(differ);
            pair_atoms(k, &a, &b);
            BondEvent event;
            if (bit_get(before->unclear, k) || !event_of(before, after, a, b, &event))
                continue;
            if (n < capacity)
                events[n] = event;
            n++;
        }
    }
    return n;
}
