#ifndef CAMPAIGN_SOLVATE_H
#define CAMPAIGN_SOLVATE_H

#include "config/config.h"
#include "structure/structure.h"

/// The key `solvate`: a shell of solvent around a molecule that has its atoms. Nothing happens without the
/// key.
///
/// Fails with QMT_ERR_CONFIG if the solvent is no neutral molecule without unpaired electrons or no SMILES,
/// else as solvent_shell_add(); the structure is then as it was.
QmtStatus solvate(QmtContext *ctx, const Config *config, Structure *structure);

#endif
