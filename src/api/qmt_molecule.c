// include/qmtraj/molecule.h
#include "qmtraj/molecule.h"

#include <stdio.h>

#include "api/argument.h"
#include "api/qmt_config.h"
#include "api/qmt_engine.h"
#include "api/qmt_structure.h"
#include "run/run.h"

_Static_assert(sizeof((QmtMolecule){0}.charge_source) >= STATE_SOURCE_SIZE, "room for every text");

static QmtMolecule molecule_shown(const RunSpec *spec)
{
    QmtMolecule shown = {.charge = (int)spec->config.charge,
                         .multiplicity = (int)spec->config.spin_multiplicity,
                         .n_orbitals = spec->n_orbitals,
                         .property_set = (unsigned)spec->config.properties};
    snprintf(shown.charge_source, sizeof shown.charge_source, "%s", spec->charge_source);
    snprintf(shown.multiplicity_source, sizeof shown.multiplicity_source, "%s",
             spec->multiplicity_source);
    return shown;
}

QmtStatus qmt_molecule_settle(QmtContext *ctx, const QmtStructures *structures, size_t i,
                              const QmtConfig *config, QmtMolecule *molecule,
                              QmtEngineOptions *options)
{
    RunSpec spec;
    NEEDS(ctx, structures != NULL && config != NULL, "molecule: structures or config is NULL");
    NEEDS(ctx, i < structures->list.n, "molecule: molecule %zu of %zu", i, structures->list.n);
    const Structure *const structure = &structures->list.items[i];
    if (structure->n_atoms == 0)
        return FAIL(ctx, QMT_ERR_INPUT, "%s: has no atoms yet", structure->name);
    TRY(spec_make(ctx, structure, &config->values, &spec));
    const QmtEngineOptions own = run_engine_options(&spec);
    if (options != NULL)
        TRY(struct_give(ctx, "QmtEngineOptions", &own, sizeof own, ENGINE_OPTIONS_FIRST_SIZE,
                        options));
    if (molecule != NULL)
        *molecule = molecule_shown(&spec);
    return QMT_OK;
}
