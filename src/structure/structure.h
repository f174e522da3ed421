#ifndef STRUCTURE_STRUCTURE_H
#define STRUCTURE_STRUCTURE_H

#include "structure/rejections.h"

/// Molecules as input files give them.

enum {
    STRUCTURE_NAME_MAX = 200,    ///< bytes of a name, which becomes a folder
    STRUCTURE_NAME_SIZE = 256,   ///< room for names that are still to be refused
    STRUCTURE_SOURCE_SIZE = 512, ///< bytes of the longest place in a file
    STATE_SOURCE_SIZE = 96,      ///< bytes of where a charge or a multiplicity comes from
};

/// Where a name comes from. Names of files and made-up ones may be changed where two are alike.
typedef enum { NAME_GIVEN, NAME_OF_FILE, NAME_MADE_UP } NameOrigin;

/// One of several conformers of a molecule, which have its name.
typedef struct {
    int number, of; ///< 1, ... by energy; 0: there are no conformers
    double energy_hartree, relative_kjmol, population;
} ConformerFacts;

/// One molecule. Read from SMILES it has no atoms until smiles_embed() makes them.
typedef struct {
    char name[STRUCTURE_NAME_SIZE];
    ConformerFacts conformer; ///< which one of its molecule it is
    size_t n_atoms;
    int *numbers;     ///< [n_atoms] atomic numbers, 1..86
    double (*xyz)[3]; ///< [n_atoms][3] bohr
    int *isotopes;    ///< [n_atoms] mass numbers, 0: of natural abundance; NULL: all are
    bool has_charge, has_multiplicity;
    int charge;       ///< e
    int multiplicity; ///< unpaired electrons + 1
    /// Which words of the input say so: comment "q=-2", file .CHRG, SMILES; "" without has_...
    char charge_source[STATE_SOURCE_SIZE], multiplicity_source[STATE_SOURCE_SIZE];
    bool multiplicity_assumed; ///< by the valences of a SMILES alone; who knows better may say so
    /// NULL, or the sentence that says why the input leaves charge or multiplicity open. Such a structure is
    /// computed only if its caller knows what is open.
    char *unclear;
    bool charge_unclear, multiplicity_unclear;
    char *smiles;    ///< NULL if not known
    size_t n_bonds;  ///< of the SMILES that the atoms were made from; 0 if they were not
    int (*bonds)[2]; ///< [n_bonds] pairs of atoms
    char *source;    ///< "water.xyz:4", where it was read, for messages; NULL before that is set
    char *path;      ///< of the file, NULL if there is none
    size_t
        frame; ///< its number in the file, from 1, with those that cannot be read; 0: the file has one
    NameOrigin name_origin;
} Structure;

typedef struct {
    Structure *items; ///< [n]
    size_t n, capacity;
    /// Where readers note what they pass over (structure/rejections.h); NULL: the first bad input is a failure.
    /// Belongs to the caller.
    RejectionList *rejected;
} StructureList;

/// True of a SMILES that has no atoms yet.
static inline bool structure_lacks_atoms(const Structure *structure)
{
    return structure->n_atoms == 0 && structure->smiles != NULL;
}

/// Takes room for n_atoms atoms; numbers and positions are zero. Fails with QMT_ERR_MEMORY.
QmtStatus structure_reserve(QmtContext *ctx, Structure *structure, size_t n_atoms);
/// Copies a SMILES into the structure. Fails with QMT_ERR_MEMORY.
QmtStatus structure_set_smiles(QmtContext *ctx, Structure *structure, const char *smiles);
/// Sets the mass number of an atom. Fails with QMT_ERR_MEMORY.
QmtStatus structure_set_isotope(QmtContext *ctx, Structure *structure, size_t atom,
                                int mass_number);
/// Mass of an atom in dalton: of its isotope, else the standard atomic weight.
double structure_mass_da(const Structure *structure, size_t atom);
/// Remembers where it was read. Fails with QMT_ERR_MEMORY.
QmtStatus structure_set_source(QmtContext *ctx, Structure *structure, const char *source);
/// Remembers the file that it was read from. Fails with QMT_ERR_MEMORY.
QmtStatus structure_set_path(QmtContext *ctx, Structure *structure, const char *path);
/// Notes that the charge, the multiplicity or both are open, and why. Fails with QMT_ERR_MEMORY.
QmtStatus structure_set_unclear(QmtContext *ctx, Structure *structure, bool charge,
                                bool multiplicity, const char *sentence);
/// Copies the bonds of its SMILES into the structure. Fails with QMT_ERR_MEMORY.
QmtStatus structure_set_bonds(QmtContext *ctx, Structure *structure, size_t n_bonds,
                              const int (*bonds)[2]);
/// Makes a structure that owns a copy of everything. Fails with QMT_ERR_MEMORY, *copy is then empty.
QmtStatus structure_copy(QmtContext *ctx, const Structure *structure, Structure *copy);
/// Frees what the structure owns and makes it empty.
void structure_release(Structure *structure);

/// Moves a structure to the end of the list: on success the list owns its memory and *structure is
/// empty. Fails with QMT_ERR_MEMORY.
QmtStatus structures_append(QmtContext *ctx, StructureList *list, Structure *structure);
/// Frees the structures from index n on.
void structures_truncate(StructureList *list, size_t n);
void structures_release(StructureList *list);

/// NULL if a name can be a folder, else what is wrong with it as the end of a sentence: "is empty",
/// "contains a path separator".
const char *structure_name_problem(const char *name);
/// Makes a foreign text a name that can be a folder: separators, quotes, control characters and those that nobody sees become "_", a
/// text too long is cut between two characters. Returns false if nothing is left of it; *changed tells whether
/// name differs from the text.
bool structure_name_clean(const char *text, char name[STRUCTURE_NAME_SIZE], bool *changed);
/// Names become folders: each must be usable and none may come twice. QMT_ERR_INPUT names the place,
/// for duplicates both places.
/// With a list of rejections those names are noted there and taken out; of several with one name the first
/// stays.
QmtStatus structures_check_names(QmtContext *ctx, StructureList *list);

#endif
