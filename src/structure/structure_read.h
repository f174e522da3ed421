#ifndef STRUCTURE_STRUCTURE_READ_H
#define STRUCTURE_STRUCTURE_READ_H

#include "structure/smiles_list.h"

/// Molecules from a file of any format that is read: XYZ and extended XYZ, SDF, Turbomole's coord, lists of SMILES,
/// each also compressed by gzip. The content decides, the name where that does not tell.

/// Appends the molecules of a file to the list; "-" is standard input. columns (NULL: found) are those of a list of
/// SMILES. Fails as the readers do; a format that is known and not read is named together with the command that
/// converts it (QMT_ERR_FORMAT). With list->rejected a file or record that cannot be read is noted there. After a
/// failure the list is as it was.
QmtStatus structures_read(QmtContext *ctx, const char *path, const SmilesColumns *columns,
                          StructureList *list);
/// The same from n bytes of memory; path is for messages, names and the kind of the file alone.
QmtStatus structures_read_memory(QmtContext *ctx, const char *path, const char *data, size_t n,
                                 const SmilesColumns *columns, StructureList *list);

#endif
