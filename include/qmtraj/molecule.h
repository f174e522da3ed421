#ifndef QMTRAJ_MOLECULE_H
#define QMTRAJ_MOLECULE_H

/// A molecule of a list under a configuration: which charge and multiplicity hold, and the engine for it.

#include <qmtraj/config.h>
#include <qmtraj/engine.h>
#include <qmtraj/structure.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What holds for a molecule. Filled by the library.
typedef struct {
    int charge;                   ///< e
    int multiplicity;             ///< unpaired electrons + 1
    char charge_source[96];       ///< which words of the input say so, "configuration" or "default"
    char multiplicity_source[96]; ///< likewise
    size_t n_orbitals;
    unsigned property_set; ///< those of the configuration, bit 1 << p for property p
} QmtMolecule;

/// Settles charge and multiplicity of molecule i as qmt_plan_create() does, and checks its elements, electrons and
/// distances. It needs atoms: see qmt_structures_embed().
///
/// @param molecule  may be NULL
/// @param options   of the engine that a trajectory of it would have, for qmt_engine_create(); texts valid for ever;
///                  may be NULL, else from qmt_engine_options_default()
/// Fails with QMT_ERR_CONFIG (a charge that disagrees), QMT_ERR_INPUT (no atoms yet, elements, parity, atoms on top of
/// each other, a charge that the input leaves open) or QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_molecule_settle(QmtContext *ctx, const QmtStructures *structures, size_t i,
                                      const QmtConfig *config, QmtMolecule *molecule,
                                      QmtEngineOptions *options);

#ifdef __cplusplus
}
#endif
#endif
