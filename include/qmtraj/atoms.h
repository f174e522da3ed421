#ifndef QMTRAJ_ATOMS_H
#define QMTRAJ_ATOMS_H

/// Energies of free atoms by the method of the molecules: what codes that learn energies subtract first.

#include <stddef.h>

#include <qmtraj/config.h>
#include <qmtraj/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A free, neutral atom. This struct does not grow.
typedef struct {
    int number;         ///< atomic number
    int multiplicity;   ///< of its ground state, unpaired electrons + 1
    double energy;      ///< hartree
    int scf_iterations; ///< density builds
    int recovery;       ///< 0: converged normally, else the recovery stage that found the solution
} QmtAtomEnergy;

/// Multiplicity of the ground state of a neutral atom, of its valence electrons for Ce to Yb, whose 4f electrons
/// belong to the core of the methods; 0 for what is no element.
QMT_API int qmt_atom_multiplicity(int number);
/// Atomic number of a symbol in any case, "Cl"; 0 if there is none, also for NULL.
QMT_API int qmt_element_number(const char *symbol);

/// Energies of free atoms in their ground states: in the gas phase, with the method, the electronic temperature and
/// the SCF of the configuration.
///
/// The solution is the spherical one: the SCF starts from the neutral spherical atom, and at the electronic
/// temperature electrons of an open shell are shared by its orbitals evenly. A density that came out otherwise is
/// a warning.
///
/// @param config    its charge, multiplicity and solvent do not count; NULL: the defaults
/// @param numbers   [n] atomic numbers, 1..86
/// @param energies  [n] untouched after a failure
/// Fails with QMT_ERR_INPUT (no element), QMT_ERR_SCF, QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_atom_energies(QmtContext *ctx, const QmtConfig *config, size_t n,
                                    const int *numbers, QmtAtomEnergy *energies);

/// Name of form i = 0, 1, ... that they can be written in, "mace"; NULL after the last one.
QMT_API const char *qmt_atom_format_name(size_t i);
/// What it is, a few words; NULL after the last one.
QMT_API const char *qmt_atom_format_help(size_t i);

/// The energies in one of these forms, in eV; to be freed with qmt_text_free().
///
/// @param config  as for qmt_atom_energies(), named in the text
/// @param text    untouched after a failure
/// Fails with QMT_ERR_USAGE (no such form), QMT_ERR_INPUT (no element, an energy that is not finite), QMT_ERR_ARGUMENT (also
/// without atoms) or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_atom_energies_text(QmtContext *ctx, const QmtConfig *config,
                                         const char *format, size_t n,
                                         const QmtAtomEnergy *energies, char **text);

#ifdef __cplusplus
}
#endif
#endif
