#ifndef STRUCTURE_XYZ_H
#define STRUCTURE_XYZ_H

#include "io/text.h"
#include "structure/state.h"
#include "structure/structure.h"

/// XYZ files: the number of atoms, a comment line, then a line "symbol x y z" per atom, in angstrom;
/// frames follow one another, also with blank lines or ">" between them. Line ends LF, CRLF or CR, blanks or tabs,
/// symbols in any case, atomic numbers, isotopes (D, 13C) or labels (O1). The comment line may be anything; these
/// keys in it count (extended XYZ, quotes allowed):
///
///     charge=-1  multiplicity=2  name="my molecule"  smiles="C(=O)[O-]"
///
/// Charge and multiplicity are taken under every name in use, and from a line of two integers (structure/state.h).
/// Properties= says which columns are the symbols and positions; without it columns behind the fourth are ignored
/// with a note. Lattice= is ignored with pbc="F F F"; what is periodic is refused.
///
/// Names: name= of the frame, else the file's name without folder and ending. In a file of several
/// frames, a frame whose name is not its alone becomes NAME_0001, NAME_0002, ... by its place in the
/// file.

enum { XYZ_SIZE_LIMIT = 1 << 30 };

/// Appends the frames of a file to the list: angstrom in the file, bohr in memory.
///
/// The files .CHRG and .UHF of its folder count, too. A frame whose charge or multiplicity stays open is appended
/// with its sentence in Structure.unclear.
///
/// Fails with QMT_ERR_IO (cannot be read), QMT_ERR_FORMAT (not such a file) or QMT_ERR_INPUT (an
/// element that cannot be computed, a periodic cell), each with file:line and the value. After a failure the list is as it was.
QmtStatus xyz_read(QmtContext *ctx, const char *path, StructureList *list);
/// The same from lines that were read before, which it cuts; is_file: path has a folder to look into.
QmtStatus xyz_read_text(QmtContext *ctx, const char *path, const Text *text, bool is_file,
                        StructureList *list);
/// The same from n bytes of memory; path is for messages and names alone.
QmtStatus xyz_read_memory(QmtContext *ctx, const char *path, const char *data, size_t n,
                          StructureList *list);
/// Where the lines of one frame come from.
typedef struct {
    const char *path;
    size_t lines_before;      ///< of the file, in front of the frame
    const StateTexts *beside; ///< what the files .CHRG and .UHF of its folder say
} XyzPlace;

/// Reads a frame in angstrom whose lines are the text, and nothing else; without a name= its name is "". The structure is to be
/// released; untouched after a failure, which is one of xyz_read().
QmtStatus xyz_read_frame(const XyzPlace *place, const Text *text, ReaderNotes *notes,
                         Structure *structure);
/// Appends one frame to *out (malloc'ed or NULL, freed by the caller) in the form that xyz_read()
/// reads, ten decimals. A molecule with isotopes has columns `masses` (Da) and `isotope` (mass number, 0: natural), for other
/// programs read no symbols of isotopes. Fails with QMT_ERR_MEMORY.
QmtStatus xyz_format(QmtContext *ctx, const Structure *structure, char **out);
/// The same with further keys at the end of the comment line, "energy_hartree=-5.07"; NULL: none.
QmtStatus xyz_format_with(QmtContext *ctx, const Structure *structure, const char *keys,
                          char **out);
/// Rounds the coordinates to what xyz_format() writes of them, so that both are the same geometry. Coordinates
/// beyond 1e5 angstrom, where a double has no more decimals, stay as they are.
void xyz_round(Structure *structure);

#endif
