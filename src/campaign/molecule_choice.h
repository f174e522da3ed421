#ifndef CAMPAIGN_MOLECULE_CHOICE_H
#define CAMPAIGN_MOLECULE_CHOICE_H

#include "structure/structure.h"

/// Marks the structures that are named, exactly or by a pattern of fnmatch(3) ("gly*"), and drops the
/// rejections of all others.
///
/// @param names  [n_names], n_names = 0 takes all
/// @param keep   [structures->n], written
/// Fails with QMT_ERR_USAGE if a name fits no structure and no rejection, with the nearest one; or with
/// QMT_ERR_MEMORY.
QmtStatus molecules_choose(QmtContext *ctx, StructureList *structures, const char *const *names,
                           size_t n_names, bool *keep);

#endif
