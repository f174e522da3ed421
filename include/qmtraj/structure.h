#ifndef QMTRAJ_STRUCTURE_H
#define QMTRAJ_STRUCTURE_H

/// Molecules from files (XYZ, SDF, Turbomole coord, lists of SMILES, also compressed) and words, and back to XYZ.
///
/// Threads: as a context, a list belongs to one thread at a time. SMILES become atoms in one thread of the
/// process at a time, as the library that does it has state of its own.

#include <stddef.h>

#include <qmtraj/context.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A list of molecules with names.
typedef struct QmtStructures QmtStructures;

/// One molecule of a list, to look at. Filled by the library.
typedef struct {
    const char *name;     ///< becomes a folder
    const char *source;   ///< "water.xyz:4", where it was read
    const char *smiles;   ///< NULL if not known
    size_t n_atoms;       ///< 0: from SMILES, and qmt_structures_embed() has not been called
    const int *numbers;   ///< [n_atoms] atomic numbers
    const double *xyz;    ///< [3 n_atoms] bohr
    int has_charge;       ///< 1: the input says it
    int has_multiplicity; ///< 1: the input says it
    int charge;           ///< e
    int multiplicity;     ///< unpaired electrons + 1
} QmtStructure;

/// Makes an empty list. Fails with QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_structures_create(QmtContext *ctx, QmtStructures **structures);
/// Destroys a list and sets the pointer to NULL; accepts NULL.
QMT_API void qmt_structures_destroy(QmtStructures **structures);

/// With tolerant 1 the readers below note inputs that cannot be computed and go on with the next one; with 0, as in the
/// beginning, the first is a failure. NULL is ignored.
QMT_API void qmt_structures_set_tolerant(QmtStructures *structures, int tolerant);

/// An input that was passed over. Filled by the library.
typedef struct {
    const char *source;   ///< "list.smi:12:1"
    const char *name;     ///< "" if it has none
    const char *reason;   ///< "format", "name", "smiles" or "structure"
    const char *sentence; ///< why, in full
} QmtRejection;

/// Input i = 0, 1, ... that was passed over; valid until the list changes. Fails with QMT_ERR_ARGUMENT after the last
/// one.
QMT_API QmtStatus qmt_structures_rejection(QmtContext *ctx, const QmtStructures *structures,
                                           size_t i, QmtRejection *rejection);
/// Number of inputs that were passed over; 0 for NULL.
QMT_API size_t qmt_structures_rejection_count(const QmtStructures *structures);

/// How files are read. Start from qmt_read_options_default().
typedef struct {
    size_t struct_size; ///< sizeof(QmtReadOptions), set by qmt_read_options_default()
    const char
        *smiles_column; ///< of a list of SMILES: word of its header, or number from 1; NULL: found
    const char *name_column; ///< likewise of the names
} QmtReadOptions;

/// Sets every option to its default, as far as options of that size reach; NULL is ignored.
QMT_API void qmt_read_options_init(QmtReadOptions *options, size_t struct_size);

/// Columns are found by their header or their place.
static inline QmtReadOptions qmt_read_options_default(void)
{
    QmtReadOptions options;
    qmt_read_options_init(&options, sizeof options);
    return options;
}

/// Appends the molecules of a file of any format that is read: XYZ and extended XYZ, SDF, Turbomole coord, lists of
/// SMILES, each also compressed by gzip. The content decides, the name where that does not tell.
///
/// @param path     "-": standard input
/// @param options  NULL: the defaults
/// Fails as qmt_structures_read_xyz() and qmt_structures_read_smiles(); a format that is known and not read is
/// QMT_ERR_FORMAT and named together with the command that converts it. The list is then as it was.
QMT_API QmtStatus qmt_structures_read(QmtContext *ctx, QmtStructures *structures, const char *path,
                                      const QmtReadOptions *options);

/// Appends the frames of an XYZ file. The comment lines may say charge=, multiplicity=, name= and smiles=.
///
/// Fails with QMT_ERR_IO (cannot be read), QMT_ERR_FORMAT (not such a file), QMT_ERR_INPUT (an element that cannot be
/// computed, an isotope, a periodic cell), QMT_ERR_ARGUMENT or QMT_ERR_MEMORY; the list is then as it was.
QMT_API QmtStatus qmt_structures_read_xyz(QmtContext *ctx, QmtStructures *structures,
                                          const char *path);

/// Appends the molecules of a list of SMILES, without atoms: lines "SMILES name", or a table with a header.
///
/// @param options  NULL: the defaults
/// Fails with QMT_ERR_USAGE (a column that is not there), QMT_ERR_IO, QMT_ERR_FORMAT, QMT_ERR_INPUT, QMT_ERR_ARGUMENT or QMT_ERR_MEMORY; the list is then as
/// it was.
QMT_API QmtStatus qmt_structures_read_smiles(QmtContext *ctx, QmtStructures *structures,
                                             const char *path, const QmtReadOptions *options);

/// Appends one molecule from a word as a command line has it, without atoms: "CCO" or "CCO=ethanol". Failures as
/// qmt_structures_read_smiles().
QMT_API QmtStatus qmt_structures_add_word(QmtContext *ctx, QmtStructures *structures,
                                          const char *word);

/// Appends one molecule from its SMILES, without atoms. Failures as qmt_structures_read_smiles().
///
/// @param name  what a folder may be called
QMT_API QmtStatus qmt_structures_add_smiles(QmtContext *ctx, QmtStructures *structures,
                                            const char *smiles, const char *name);

/// Appends one molecule from its atoms.
///
/// @param name     what a folder may be called
/// @param numbers  [n_atoms] atomic numbers, 1..86
/// @param xyz      [3 n_atoms] bohr
/// Fails with QMT_ERR_INPUT (a name that can be no folder, an element, a coordinate that is not finite),
/// QMT_ERR_ARGUMENT or QMT_ERR_MEMORY; the list is then as it was.
QMT_API QmtStatus qmt_structures_add_atoms(QmtContext *ctx, QmtStructures *structures,
                                           const char *name, size_t n_atoms, const int *numbers,
                                           const double *xyz);

/// What molecules are called whose file gives them no name.
typedef enum {
    QMT_NAMES_APART, ///< as their file; as their folder where files of one name come from several folders
    QMT_NAMES_OF_FILE,  ///< as their file
    QMT_NAMES_OF_FOLDER ///< as their folder
} QmtNames;

/// Renames the molecules whose name is that of their file, after all of them were read.
///
/// Fails with QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_structures_name(QmtContext *ctx, QmtStructures *structures, QmtNames names);

/// Says charge and multiplicity of molecule i, over what its input said.
///
/// @param multiplicity  unpaired electrons + 1
/// Fails with QMT_ERR_ARGUMENT (no such molecule, a multiplicity below 1).
QMT_API QmtStatus qmt_structures_set_charge(QmtContext *ctx, QmtStructures *structures, size_t i,
                                            int charge, int multiplicity);

/// Gives the atoms of molecule i the isotopes that have these masses, as a column of masses in extended XYZ does, with a
/// note; a mass near the standard one says nothing.
///
/// @param masses  [n_atoms of the molecule] dalton
/// Fails with QMT_ERR_INPUT (a mass of no isotope, or that is no number), QMT_ERR_ARGUMENT or QMT_ERR_MEMORY; the molecule is
/// then as it was.
QMT_API QmtStatus qmt_structures_set_masses(QmtContext *ctx, QmtStructures *structures, size_t i,
                                            const double *masses);

/// Gives molecule i its atoms if it has a SMILES alone: distance geometry, then a force field. Nothing happens
/// if it has atoms.
///
/// Fails with QMT_ERR_INPUT (no such molecule, several, isotopes, no geometry found, a library built without
/// RDKit), QMT_ERR_ARGUMENT or QMT_ERR_MEMORY; the molecule is then as it was.
QMT_API QmtStatus qmt_structures_embed(QmtContext *ctx, QmtStructures *structures, size_t i);

/// 1 if this library makes atoms from SMILES; 0 if it was built without RDKit.
QMT_API int qmt_structures_can_embed(void);

/// Gives molecule i, which has a SMILES alone, the atoms that the caller made from it, in place of
/// qmt_structures_embed(). Charge and multiplicity: qmt_structures_set_charge().
///
/// @param numbers  [n_atoms] atomic numbers, 1..86
/// @param xyz      [3 n_atoms] bohr
/// @param bonds    [2 n_bonds] pairs of atoms, counted from 0, that the SMILES bonds; NULL with n_bonds 0
/// Fails with QMT_ERR_INPUT (an element, a coordinate that is not finite, a name that can be no folder),
/// QMT_ERR_ARGUMENT (no such molecule, one that has atoms, a bond to no atom) or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_structures_set_atoms(QmtContext *ctx, QmtStructures *structures, size_t i,
                                           size_t n_atoms, const int *numbers, const double *xyz,
                                           size_t n_bonds, const int *bonds);

/// Passes over molecule i of a tolerant list, as the readers do: it becomes a rejection, and those behind it move up.
///
/// @param sentence  why
/// Fails with QMT_ERR_ARGUMENT (no such molecule, a list that is not tolerant) or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_structures_reject(QmtContext *ctx, QmtStructures *structures, size_t i,
                                        const char *sentence);

/// Number of molecules; 0 for NULL.
QMT_API size_t qmt_structures_count(const QmtStructures *structures);

/// Molecule i to look at; valid until the list changes. Fails with QMT_ERR_ARGUMENT.
QMT_API QmtStatus qmt_structures_get(QmtContext *ctx, const QmtStructures *structures, size_t i,
                                     QmtStructure *structure);

/// Writes all molecules to an XYZ file, ten decimals of an angstrom, with charge=, multiplicity= and name=. The file
/// appears when it is whole.
///
/// Fails with QMT_ERR_INPUT (a molecule without atoms), QMT_ERR_IO, QMT_ERR_ARGUMENT or QMT_ERR_MEMORY.
QMT_API QmtStatus qmt_structures_write_xyz(QmtContext *ctx, const QmtStructures *structures,
                                           const char *path);

#ifdef __cplusplus
}
#endif
#endif
