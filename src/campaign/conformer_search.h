#ifndef CAMPAIGN_CONFORMER_SEARCH_H
#define CAMPAIGN_CONFORMER_SEARCH_H

#include "campaign/shard.h"
#include "config/config.h"
#include "structure/structure.h"

/// The key `conformers`: before the plan is made each molecule becomes its conformers (opt/conformers.h), in processes
/// side by side. OUT/NAME/conformers.xyz has their geometries, the lowest first, conformers.json their energies and
/// populations; both are read again by the next job that asks for the same, and nothing is computed twice.
///
///     smiles   three times as many geometries of RDKit's as are wanted, each from another seed
///     frames   the structures of one file, which are one molecule's: same elements in the same order

typedef struct {
    const char *out;
    size_t n_workers;
    bool fresh;
    Shard shard; ///< molecules of this part of the list only; the others stay away
} ConformerSearchOptions;

/// Replaces the structures by their conformers, which keep the name and have Structure.conformer set. Molecules
/// without one are rejected (structures->rejected), or the failure of the job.
///
/// Fails with QMT_ERR_INPUT (no SMILES, frames of different molecules), as reading and writing fail, QMT_STOPPED.
QmtStatus conformer_search(QmtContext *ctx, const Config *config,
                           const ConformerSearchOptions *options, StructureList *structures);

/// Fails as conformer_search() would before it searches: for a plan that is only looked at.
QmtStatus conformer_inputs_check(QmtContext *ctx, const Config *config,
                                 const ConformerSearchOptions *options, StructureList *structures);

#endif
