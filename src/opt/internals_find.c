#include "opt/internals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/bonds.h"
#include "analysis/fragments.h"
#include "analysis/rigid_motion.h"
#include "base/linalg.h"
#include "base/units.h"
#include "base/vec3.h"
#include "opt/force_constants.h"

static const double STRAIGHT = 2.88;     // radian, 165 degrees: no angle, and no torsion over it
static const double FLAT = 5.8;          // radian, sum of the angles of a flat centre: 332 degrees
static const double FLAT_K = 0.045;      // hartree/radian^2, of its three torsions
static const double CONTACT = 2.3;       // sums of covalent radii: hydrogen bonds between fragments
static const double UNDESCRIBED = 1e-3;  // eigenvalue of B^T B
static const double DIRECTION_K = 0.03;  // hartree/bohr^2: bends of linear molecules, planar atoms
static const size_t COMPLETED_MAX = 400; // atoms; beyond it the eigenvalues take too long

typedef enum { LINK_NONE, LINK_BOND, LINK_CONTACT } Link;

/// What the coordinates are made from.
typedef struct {
    size_t n;
    const int *numbers;
    const double (*xyz)[3];
    unsigned char *link; ///< [n][n]
    Bonds bonds;
    Arena arena;
} Frame;

static double distance(const Frame *frame, size_t a, size_t b)
{
    double d[3];
    vec3_difference(frame->xyz[a], frame->xyz[b], d);
    return vec3_norm(d);
}

static double r_cov(const Frame *frame, size_t a, size_t b)
{
    return frame->bonds.radius[a] + frame->bonds.radius[b];
}

static bool straight(const Frame *frame, size_t a, size_t b, size_t c)
{
    double u[3], v[3];
    vec3_difference(frame->xyz[a], frame->xyz[b], u);
    vec3_difference(frame->xyz[c], frame->xyz[b], v);
    return vec3_dot(u, v) < cos(STRAIGHT) * vec3_norm(u) * vec3_norm(v);
}

static Link link_of(const Frame *frame, size_t a, size_t b)
{
    return (Link)frame->link[a * frame->n + b];
}

static void link_set(Frame *frame, size_t a, size_t b, Link link)
{
    frame->link[a * frame->n + b] = frame->link[b * frame->n + a] = (unsigned char)link;
}

static double bond_k(const Frame *frame, size_t a, size_t b)
{
    return bond_constant(distance(frame, a, b), r_cov(frame, a, b));
}

static QmtStatus add(QmtContext *ctx, Internals *internals, Internal item)
{
    if (internals->n == internals->room) {
        const size_t room = 2 * internals->room + 64;
        Internal *const longer = realloc(internals->items, room * sizeof *longer);
        if (longer == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu internal coordinates", room);
        internals->items = longer;
        internals->room = room;
    }
    internals->items[internals->n++] = item;
    return QMT_OK;
}

/// Joins the two fragments whose atoms come nearest. False if there is one fragment.
static bool nearest_join(Frame *frame, size_t *fragment)
{
    size_t first = 0, second = 0;
    double least = INFINITY;
    for (size_t a = 0; a < frame->n; a++)
        for (size_t b = 0; b < a; b++)
            if (fragment[a] != fragment[b] && distance(frame, a, b) < least) {
                least = distance(frame, a, b);
                first = a;
                second = b;
            }
    if (isinf(least))
        return false;
    link_set(frame, first, second, LINK_CONTACT);
    const size_t low = fragment[first] < fragment[second] ? fragment[first] : fragment[second];
    const size_t high = fragment[first] < fragment[second] ? fragment[second] : fragment[first];
    for (size_t a = 0; a < frame->n; a++)
        if (fragment[a] == high)
            fragment[a] = low;
    return true;
}

/// Bonds, hydrogen bonds between fragments, and what else holds these together.
static void links_find(Frame *frame)
{
    const Bonds *const bonds = &frame->bonds;
    for (size_t a = 0; a < frame->n; a++)
        for (size_t b = 0; b < a; b++) {
            const bool near = distance(frame, a, b) < CONTACT * r_cov(frame, a, b) &&
                              bonds->is_hydrogen[a] != bonds->is_hydrogen[b] &&
                              frame->numbers[a] != 6 && frame->numbers[b] != 6;
            if (bonds_has(bonds, a, b))
                link_set(frame, a, b, LINK_BOND);
            else if (near && bonds->fragment[a] != bonds->fragment[b])
                link_set(frame, a, b, LINK_CONTACT);
        }
    size_t *const fragment = frame->bonds.fragment;
    fragments_begin(frame->n, fragment);
    for (size_t a = 0; a < frame->n; a++)
        for (size_t b = 0; b < a; b++)
            if (link_of(frame, a, b) != LINK_NONE)
                fragments_join(fragment, a, b);
    (void)fragments_label(frame->n, fragment);
    while (nearest_join(frame, fragment))
        ;
}

static QmtStatus bonds_add(QmtContext *ctx, const Frame *frame, Internals *internals)
{
    for (size_t a = 0; a < frame->n; a++)
        for (size_t b = a + 1; b < frame->n; b++)
            if (link_of(frame, a, b) != LINK_NONE)
                TRY(add(ctx, internals,
                        (Internal){.kind = INTERNAL_BOND,
                                   .atom = {a, b},
                                   .force_constant = bond_k(frame, a, b),
                                   .weight = 1.0}));
    return QMT_OK;
}

static QmtStatus angles_add(QmtContext *ctx, const Frame *frame, size_t b, Internals *internals)
{
    for (size_t a = 0; a < frame->n; a++)
        for (size_t c = a + 1; c < frame->n; c++) {
            if (link_of(frame, a, b) == LINK_NONE || link_of(frame, b, c) == LINK_NONE ||
                (link_of(frame, a, b) == LINK_CONTACT && link_of(frame, b, c) == LINK_CONTACT) ||
                straight(frame, a, b, c))
                continue;
            const bool hydrogen = frame->numbers[a] == 1 || frame->numbers[c] == 1;
            TRY(add(ctx, internals,
                    (Internal){.kind = INTERNAL_ANGLE,
                               .atom = {a, b, c},
                               .force_constant = angle_constant(hydrogen, bond_k(frame, a, b),
                                                                bond_k(frame, b, c)),
                               .weight = 1.0}));
        }
    return QMT_OK;
}

/// Torsions about one bond; together they have the constant and the weight of one.
static QmtStatus torsions_add(QmtContext *ctx, const Frame *frame, size_t b, size_t c,
                              Internals *internals)
{
    const size_t first = internals->n;
    const int middle = link_of(frame, b, c) == LINK_CONTACT;
    for (size_t a = 0; a < frame->n; a++) {
        if (a == c || link_of(frame, a, b) == LINK_NONE || straight(frame, a, b, c))
            continue;
        for (size_t d = 0; d < frame->n; d++) {
            if (d == b || d == a || link_of(frame, c, d) == LINK_NONE || straight(frame, b, c, d) ||
                middle + (link_of(frame, a, b) == LINK_CONTACT) +
                        (link_of(frame, c, d) == LINK_CONTACT) >
                    1)
                continue;
            TRY(add(ctx, internals, (Internal){.kind = INTERNAL_TORSION, .atom = {a, b, c, d}}));
        }
    }
    const double n = (double)(internals->n - first);
    for (size_t i = first; i < internals->n; i++) {
        internals->items[i].force_constant =
            torsion_constant(distance(frame, b, c), r_cov(frame, b, c)) / n;
        internals->items[i].weight = 1.0 / n;
    }
    return QMT_OK;
}

static QmtStatus frozen_add(QmtContext *ctx, const size_t atom[4], Internals *internals)
{
    Internal item = {
        .kind = INTERNAL_TORSION, .force_constant = torsion_constant(1.0, 1.0), .weight = 1.0};
    memcpy(item.atom, atom, sizeof item.atom);
    return add(ctx, internals, item);
}

/// The three partners of an atom that has no others, if these have none either and all four are nearly in a plane: nothing
/// else tells how far the atom is out of it.
static bool flat_centre(const Frame *frame, size_t centre, size_t partner[3])
{
    size_t n = 0;
    double sum = 0.0;
    for (size_t a = 0; a < frame->n; a++) {
        if (link_of(frame, a, centre) == LINK_NONE)
            continue;
        if (n == 3)
            return false;
        partner[n++] = a;
        for (size_t b = 0; b < frame->n; b++)
            if (b != centre && link_of(frame, a, b) != LINK_NONE)
                return false;
    }
    for (size_t k = 0; n == 3 && k < 3; k++) {
        double u[3], v[3];
        vec3_difference(frame->xyz[partner[k]], frame->xyz[centre], u);
        vec3_difference(frame->xyz[partner[(k + 1) % 3]], frame->xyz[centre], v);
        sum += acos(vec3_dot(u, v) / (vec3_norm(u) * vec3_norm(v)));
    }
    return sum > FLAT;
}

/// Torsions partner - centre - partner ... partner, in all three turns.
static QmtStatus flat_centres_add(QmtContext *ctx, const Frame *frame, Internals *internals)
{
    for (size_t b = 0; b < frame->n; b++) {
        size_t p[3];
        if (!flat_centre(frame, b, p))
            continue;
        for (size_t k = 0; k < 3; k++)
            if (!straight(frame, p[k], b, p[(k + 1) % 3]) &&
                !straight(frame, b, p[(k + 1) % 3], p[(k + 2) % 3]))
                TRY(add(ctx, internals,
                        (Internal){.kind = INTERNAL_TORSION,
                                   .atom = {p[k], b, p[(k + 1) % 3], p[(k + 2) % 3]},
                                   .force_constant = FLAT_K / 3.0,
                                   .weight = 1.0 / 3.0}));
    }
    return QMT_OK;
}

static QmtStatus primitives_add(QmtContext *ctx, const Frame *frame, Internals *internals)
{
    TRY(bonds_add(ctx, frame, internals));
    for (size_t b = 0; b < frame->n; b++)
        TRY(angles_add(ctx, frame, b, internals));
    for (size_t b = 0; b < frame->n; b++)
        for (size_t c = b + 1; c < frame->n; c++)
            if (link_of(frame, b, c) != LINK_NONE)
                TRY(torsions_add(ctx, frame, b, c, internals));
    return flat_centres_add(ctx, frame, internals);
}

/// Scratch of directions_add().
typedef struct {
    double (*rows)[INTERNAL_ROW], *ones, *metric, *rigid, *eigenvalues, *work;
    int *iwork;
    Arena arena;
} Scratch;

static void scratch_layout(Scratch *scratch, const Internals *internals)
{
    const size_t n_x = 3 * internals->n_atoms;
    scratch->rows =
        (double(*)[INTERNAL_ROW])arena_doubles(&scratch->arena, internals->n * INTERNAL_ROW);
    scratch->ones = arena_doubles(&scratch->arena, internals->n);
    scratch->metric = arena_doubles(&scratch->arena, n_x * n_x);
    scratch->rigid = arena_doubles(&scratch->arena, RIGID_MOTIONS_MAX * n_x);
    scratch->eigenvalues = arena_doubles(&scratch->arena, n_x);
    scratch->work = arena_doubles(&scratch->arena, linalg_eigen_work(n_x));
    scratch->iwork = arena_ints(&scratch->arena, linalg_eigen_iwork(n_x));
}

/// The lowest eigenvectors of B^T B plus the rigid motions are what the primitives do not describe.
static QmtStatus undescribed_keep(QmtContext *ctx, const Scratch *scratch, Internals *internals)
{
    const size_t n_x = 3 * internals->n_atoms;
    size_t n = 0;
    while (n < n_x && scratch->eigenvalues[n] < UNDESCRIBED)
        n++;
    if (n == 0)
        return QMT_OK;
    internals->directions = malloc(n * n_x * sizeof *internals->directions);
    if (internals->directions == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu directions", n);
    memcpy(internals->directions, scratch->metric, n * n_x * sizeof *internals->directions);
    internals->n_directions = n;
    for (size_t k = 0; k < n; k++)
        TRY(add(ctx, internals,
                (Internal){.kind = INTERNAL_DIRECTION,
                           .direction = k,
                           .force_constant = DIRECTION_K,
                           .weight = 1.0}));
    return QMT_OK;
}

static QmtStatus directions_find(QmtContext *ctx, const double (*xyz)[3], Scratch *scratch,
                                 Internals *internals)
{
    const size_t n_x = 3 * internals->n_atoms;
    internals_rows(internals, xyz, scratch->rows);
    for (size_t i = 0; i < internals->n; i++)
        scratch->ones[i] = 1.0;
    internals_metric(internals, (const double(*)[INTERNAL_ROW])scratch->rows, scratch->ones,
                     scratch->metric);
    const size_t n_rigid = internals_rigid(internals, xyz, scratch->rigid);
    for (size_t r = 0; r < n_rigid; r++)
        for (size_t k = 0; k < n_x; k++)
            for (size_t l = 0; l < n_x; l++)
                scratch->metric[k * n_x + l] +=
                    scratch->rigid[r * n_x + k] * scratch->rigid[r * n_x + l];
    if (!linalg_eigen(NULL, n_x, scratch->metric, n_x, scratch->eigenvalues, scratch->work,
                      scratch->iwork))
        return FAIL(ctx, QMT_ERR_PHYSICS, "the internal coordinates cannot be diagonalised");
    return undescribed_keep(ctx, scratch, internals);
}

static QmtStatus directions_add(QmtContext *ctx, const double (*xyz)[3], Internals *internals)
{
    Scratch scratch = {0};
    if (internals->n_atoms > COMPLETED_MAX)
        return QMT_OK;
    internals->complete = true;
    scratch_layout(&scratch, internals);
    TRY(arena_reserve(ctx, &scratch.arena));
    scratch_layout(&scratch, internals);
    const QmtStatus status = directions_find(ctx, xyz, &scratch, internals);
    arena_release(&scratch.arena);
    return status;
}

static void frame_layout(Frame *frame)
{
    bonds_layout(&frame->bonds, &frame->arena, frame->n);
    frame->link = arena_bytes(&frame->arena, frame->n * frame->n);
}

QmtStatus internals_find(QmtContext *ctx, size_t n_atoms, const int *numbers,
                         const double (*xyz)[3], const size_t *frozen, Internals *internals)
{
    Frame frame = {.n = n_atoms, .numbers = numbers, .xyz = xyz};
    Internals made = {.n_atoms = n_atoms,
                      .linear =
                          n_atoms > 1 && rigid_off_line(n_atoms, NULL, xyz) < LINEAR_DISTANCE};
    frame_layout(&frame);
    TRY(arena_reserve(ctx, &frame.arena));
    frame_layout(&frame);
    bonds_setup(&frame.bonds, numbers, BOHR_PER_ANGSTROM);
    bonds_find(&frame.bonds, xyz);
    links_find(&frame);
    QmtStatus status = frozen != NULL ? frozen_add(ctx, frozen, &made) : QMT_OK;
    if (status == QMT_OK)
        status = primitives_add(ctx, &frame, &made);
    if (status == QMT_OK)
        status = directions_add(ctx, xyz, &made);
    arena_release(&frame.arena);
    if (status == QMT_OK)
        *internals = made;
    else
        internals_release(&made);
    return status;
}

void internals_release(Internals *internals)
{
    free(internals->items);
    free(internals->directions);
    *internals = (Internals){0};
}
