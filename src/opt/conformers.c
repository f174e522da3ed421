#include "opt/conformers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/bonds.h"
#include "analysis/symmetric_rmsd.h"
#include "base/units.h"
#include "opt/minimise.h"

enum { EVALUATIONS_MAX = 1000 };

typedef struct {
    const ConformerSearch *search;
    Arena arena;
    Bonds molecule, made; ///< of the molecule; of a relaxed geometry
    SymmetricRmsd rmsd;
    Conformers found;
} Finder;

static double (*geometry(const ConformerSearch *search, size_t i))[3]
{
    return search->starts + i * search->n_atoms;
}

static void finder_layout(Finder *finder)
{
    bonds_layout(&finder->molecule, &finder->arena, finder->search->n_atoms);
    bonds_layout(&finder->made, &finder->arena, finder->search->n_atoms);
}

static QmtStatus finder_create(QmtContext *ctx, Finder *finder)
{
    const ConformerSearch *const search = finder->search;
    finder_layout(finder);
    TRY(arena_reserve(ctx, &finder->arena));
    finder_layout(finder);
    bonds_setup(&finder->molecule, search->numbers, BOHR_PER_ANGSTROM);
    bonds_setup(&finder->made, search->numbers, BOHR_PER_ANGSTROM);
    if (search->n_bonds > 0)
        bonds_add_list(&finder->molecule, search->n_bonds, search->bonds);
    else
        bonds_find(&finder->molecule, (const double(*)[3])geometry(search, 0));
    finder->found.items = calloc(search->n_starts + 1, sizeof *finder->found.items);
    if (finder->found.items == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu conformers", search->n_starts);
    return symmetric_rmsd_create(ctx, search->numbers, &finder->molecule, &finder->rmsd);
}

static bool is_same_molecule(Finder *finder, size_t start)
{
    bonds_copy(&finder->made, &finder->molecule);
    bonds_find(&finder->made, (const double(*)[3])geometry(finder->search, start));
    return memcmp(finder->made.bonded, finder->molecule.bonded,
                  bonds_state_size(&finder->molecule)) == 0;
}

/// Place of a minimum that a relaxed geometry is; found.n: it is a new one.
static size_t same_find(Finder *finder, const Conformer *made)
{
    const double(*const xyz)[3] = (const double(*)[3])geometry(finder->search, made->start);
    for (size_t i = 0; i < finder->found.n; i++) {
        const Conformer *const other = &finder->found.items[i];
        if (fabs(other->energy - made->energy) * KJMOL_PER_HARTREE < CONFORMERS_SAME_KJMOL &&
            symmetric_rmsd(&finder->rmsd, xyz,
                           (const double(*)[3])geometry(finder->search, other->start)) <
                CONFORMERS_SAME_ANGSTROM * BOHR_PER_ANGSTROM)
            return i;
    }
    return finder->found.n;
}

static QmtStatus start_relax(QmtContext *ctx, Engine *engine, Finder *finder, size_t start)
{
    const ConformerSearch *const search = finder->search;
    const MinimiseOptions options = {.gradient = search->gradient,
                                     .evaluations_max = EVALUATIONS_MAX};
    MinimiseResult result;
    engine_forget(engine); // what comes out depends on the start alone
    TRY(minimise(ctx, engine, search->numbers, &options, geometry(search, start), NULL, &result));
    const Conformer made = {.start = start, .energy = result.energy};
    Conformers *const found = &finder->found;
    if (!result.converged) {
        found->n_unconverged++;
        return QMT_OK;
    }
    if (!is_same_molecule(finder, start)) {
        found->n_other++;
        return QMT_OK;
    }
    const size_t place = same_find(finder, &made);
    if (place < found->n)
        found->n_duplicates++;
    else
        found->items[found->n++] = made;
    return QMT_OK;
}

static int by_energy(const void *a, const void *b)
{
    const Conformer *const p = a, *const q = b;
    if (p->energy != q->energy)
        return p->energy < q->energy ? -1 : 1;
    return p->start < q->start ? -1 : 1;
}

static void populations_fill(Conformers *found)
{
    const double kt = CONFORMERS_TEMPERATURE_K * HARTREE_PER_KELVIN;
    double sum = 0.0;
    for (size_t i = 0; i < found->n; i++) {
        const double above = found->items[i].energy - found->items[0].energy;
        found->items[i].relative_kjmol = above * KJMOL_PER_HARTREE;
        found->items[i].population = exp(-above / kt);
        sum += found->items[i].population;
    }
    for (size_t i = 0; i < found->n; i++)
        found->items[i].population /= sum;
}

static QmtStatus starts_relax(QmtContext *ctx, Engine *engine, Finder *finder)
{
    const ConformerSearch *const search = finder->search;
    QmtStatus last = QMT_OK;
    for (size_t i = 0; i < search->n_starts; i++) {
        if (search->should_stop != NULL && search->should_stop(search->user))
            return FAIL(ctx, QMT_STOPPED, "stopped on request");
        const QmtStatus status = start_relax(ctx, engine, finder, i);
        if (status == QMT_ERR_MEMORY)
            return status;
        if (status != QMT_OK) {
            finder->found.n_unconverged++;
            last = status;
        }
    }
    if (finder->found.n > 0)
        return QMT_OK;
    if (last != QMT_OK)
        return last; // the sentence is that of the last one
    return FAIL(ctx, QMT_ERR_PHYSICS,
                "no conformer: of %zu geometries %zu did not relax and %zu became another molecule",
                search->n_starts, finder->found.n_unconverged, finder->found.n_other);
}

QmtStatus conformers_find(QmtContext *ctx, Engine *engine, const ConformerSearch *search,
                          Conformers *found)
{
    Finder finder = {.search = search};
    QmtStatus status = finder_create(ctx, &finder);
    if (status == QMT_OK)
        status = starts_relax(ctx, engine, &finder);
    symmetric_rmsd_release(&finder.rmsd);
    arena_release(&finder.arena);
    if (status != QMT_OK) {
        conformers_release(&finder.found);
        return status;
    }
    qsort(finder.found.items, finder.found.n, sizeof *finder.found.items, by_energy);
    if (finder.found.n > search->n_wanted) {
        finder.found.n_beyond = finder.found.n - search->n_wanted;
        finder.found.n = search->n_wanted;
    }
    populations_fill(&finder.found);
    *found = finder.found;
    return QMT_OK;
}

void conformers_release(Conformers *conformers)
{
    free(conformers->items);
    *conformers = (Conformers){0};
}
