#ifndef QMTRAJ_SINGLE_H
#define QMTRAJ_SINGLE_H

/// One molecule with what holds for it: charge and multiplicity with their source, method, solvent, and an engine for
/// them. What the commands for single structures begin with.
///
/// Threads: a molecule belongs to one thread at a time.

#include <stddef.h>

#include <qmtraj/config.h>
#include <qmtraj/context.h>
#include <qmtraj/engine.h>
#include <qmtraj/structure.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A molecule of a list, checked against a configuration.
typedef struct QmtSingle QmtSingle;

/// Makes it: atoms from the SMILES if it has none yet, charge and multiplicity settled, distances and electrons checked, an
/// engine created. Molecule and configuration are copied: the list may change and go.
///
/// @param config    NULL: the defaults
/// @param single   to be destroyed with qmt_single_destroy(); untouched after a failure
/// Fails with QMT_ERR_INPUT, QMT_ERR_CONFIG (the input says another charge than the configuration), QMT_ERR_ARGUMENT or
/// QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_single_create(QmtContext *ctx, QmtStructures *structures, size_t i,
                                    const QmtConfig *config, QmtSingle **single);
/// Destroys a molecule and its engine and sets the pointer to NULL; accepts NULL.
QMT_API void qmt_single_destroy(QmtSingle **single);

/// What holds for a molecule, valid as long as it. Filled by the library.
typedef struct {
    const char *name;
    size_t n_atoms;
    const int *numbers;   ///< [n_atoms] atomic numbers
    const double *xyz;    ///< [3 n_atoms] bohr, of the input
    const double *masses; ///< [n_atoms] dalton, of isotopes where the input names them
    int charge;           ///< e
    int multiplicity;     ///< unpaired electrons + 1
    const char *charge_source,
        *multiplicity_source; ///< words of the input, "the caller", "configuration" or "default"
    const char *method;       ///< "GFN2-xTB"
    double electronic_temperature_k;
    const char *solvent, *solvation_model; ///< NULL in the gas phase
} QmtSingleState;

/// Fails with QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_single_get(QmtContext *ctx, const QmtSingle *single, QmtSingleState *state);

/// Its engine, which belongs to it; NULL for NULL.
QMT_API QmtEngine *qmt_single_engine(QmtSingle *single);

/// A geometry of the molecule as a frame of an XYZ file, to be freed with qmt_text_free(): ten decimals of an angstrom, and
/// in its comment line name, charge, multiplicity and method; isotopes are columns `masses` and `isotope`.
///
/// @param xyz   [3 n_atoms] bohr
/// @param keys  goes to the end of the comment line, "energy_hartree=-5.07"; NULL: nothing
/// @param text  untouched after a failure
/// Fails with QMT_ERR_ARGUMENT (a line break in the keys) or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_single_frame(QmtContext *ctx, const QmtSingle *single, const double *xyz,
                                   const char *keys, char **text);

#ifdef __cplusplus
}
#endif
#endif
