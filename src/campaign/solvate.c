#include "campaign/solvate.h"

#include <stdio.h>

#include "structure/smiles.h"
#include "structure/solvent_shell.h"

static QmtStatus solvent_make(QmtContext *ctx, const Config *config, Structure *solvent)
{
    snprintf(solvent->name, sizeof solvent->name, "solvate.molecule");
    TRY(structure_set_source(ctx, solvent, "solvate.molecule"));
    TRY(structure_set_smiles(ctx, solvent, config->solvate_molecule));
    TRY(smiles_embed(ctx, solvent));
    if (solvent->charge != 0 || solvent->multiplicity != 1)
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "solvate.molecule = %s has charge %d and multiplicity %d; take one that is "
                    "neutral and has no unpaired electrons",
                    config->solvate_molecule, solvent->charge, solvent->multiplicity);
    return QMT_OK;
}

QmtStatus solvate(QmtContext *ctx, const Config *config, Structure *structure)
{
    Structure solvent = {0};
    if (config->solvate_molecule[0] == '\0')
        return QMT_OK;
    const RandomKey key = {.seed = (uint64_t)config->random_seed,
                           .molecule = random_name_key(structure->name)};
    QmtStatus status = solvent_make(ctx, config, &solvent);
    if (status == QMT_OK)
        status = solvent_shell_add(ctx, &solvent, (size_t)config->solvate_count, &key, structure);
    structure_release(&solvent);
    return status;
}
