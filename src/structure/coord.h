#ifndef STRUCTURE_COORD_H
#define STRUCTURE_COORD_H

#include "io/text.h"
#include "structure/structure.h"

/// Turbomole's coord file: $coord, then "x y z symbol" per atom, in bohr unless "$coord angs" says angstrom;
/// further groups begin with $ and $end ends it. Charge and unpaired electrons from "$chrg N", "$spin N" or
/// "$eht charge=N unpaired=N", and from .CHRG and .UHF beside it.

/// Appends its molecule to the list; cuts the lines.
///
/// Fails with QMT_ERR_FORMAT or QMT_ERR_INPUT (an unknown element, $periodic), with file:line. After a failure
/// the list is as it was.
QmtStatus coord_read_text(QmtContext *ctx, const char *path, const Text *text, bool is_file,
                          StructureList *list);

#endif
