#ifndef STRUCTURE_SDF_H
#define STRUCTURE_SDF_H

#include "io/text.h"
#include "structure/structure.h"

/// MDL molfiles and SD files, V2000 and V3000 (Dalby et al., J. Chem. Inf. Comput. Sci. 32, 244 (1992),
/// 10.1021/ci00007a012): coordinates in angstrom, formal charges, radicals, isotopes; records end with "$$$$".
///
/// Charge: the sum of the formal charges, 0 without any. Multiplicity: from radicals, if there are some. Data items
/// such as "> <charge>" and the files .CHRG and .UHF must agree. Bonds serve one purpose: a drawing without
/// its hydrogen atoms, or without depth, is refused instead of being computed.
///
/// Names: the title, else that of the file. Of several records with one name each gets its number.

/// Appends the molecules to the list; cuts the lines.
///
/// Fails with QMT_ERR_FORMAT or QMT_ERR_INPUT, with file:line. With list->rejected bad records are noted there.
/// After a failure the list is as it was.
QmtStatus sdf_read_text(QmtContext *ctx, const char *path, const Text *text, bool is_file,
                        StructureList *list);

#endif
