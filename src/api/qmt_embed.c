// include/qmtraj/structure.h
#include <string.h>

#include "api/argument.h"
#include "api/qmt_structure.h"
#include "structure/smiles.h"

int qmt_structures_can_embed(void)
{
    return smiles_can_embed();
}

QmtStatus qmt_structures_embed(QmtContext *ctx, QmtStructures *structures, size_t i)
{
    TRY(structures_place_check(ctx, structures, i));
    Structure *const structure = &structures->list.items[i];
    return structure_lacks_atoms(structure) ? smiles_embed(ctx, structure) : QMT_OK;
}

QmtStatus qmt_structures_set_atoms(QmtContext *ctx, QmtStructures *structures, size_t i,
                                   size_t n_atoms, const int *numbers, const double *xyz,
                                   size_t n_bonds, const int *bonds)
{
    TRY(structures_place_check(ctx, structures, i));
    Structure *const structure = &structures->list.items[i];
    NEEDS(ctx, structure_lacks_atoms(structure), "structures: molecule %zu has atoms already", i);
    TRY(structure_atoms_check(ctx, structure->name, n_atoms, numbers, xyz));
    NEEDS(ctx, bonds != NULL || n_bonds == 0, "structures: bonds is NULL");
    for (size_t b = 0; b < 2 * n_bonds; b++)
        NEEDS(ctx, bonds[b] >= 0 && (size_t)bonds[b] < n_atoms,
              "structures: a bond to atom %d of %zu", bonds[b], n_atoms);
    TRY(structure_set_bonds(ctx, structure, n_bonds, (const int(*)[2])bonds));
    TRY(structure_reserve(ctx, structure, n_atoms));
    memcpy(structure->numbers, numbers, n_atoms * sizeof *numbers);
    memcpy(structure->xyz, xyz, n_atoms * sizeof *structure->xyz);
    return QMT_OK;
}

QmtStatus qmt_structures_reject(QmtContext *ctx, QmtStructures *structures, size_t i,
                                const char *sentence)
{
    TRY(structures_place_check(ctx, structures, i));
    StructureList *const list = &structures->list;
    Structure *const structure = &list->items[i];
    NEEDS(ctx, sentence != NULL, "structures: sentence is NULL");
    NEEDS(ctx, list->rejected != NULL,
          "structures: this list is not tolerant, nothing can be rejected");
    TRY(rejection_take(ctx, list->rejected, structure->source, structure->name, REJECT_SMILES,
                       FAIL(ctx, QMT_ERR_INPUT, "%s: %.900s", structure->source, sentence)));
    structure_release(structure);
    memmove(structure, structure + 1, (list->n - i - 1) * sizeof *structure);
    list->n--;
    return QMT_OK;
}
