#ifndef DATASET_REPORT_H
#define DATASET_REPORT_H

#include "dataset/overlap.h"
#include "dataset/statistics.h"

/// The texts that describe a set.

/// All that they are made from.
typedef struct {
    const Set *set;
    const SetFormat *format;
    const Statistics *statistics; ///< [N_SPLITS]
    const Overlap *overlap;
} SetReport;

/// For the screen and for README.md: counts, elements, labels, and the proof of the division. malloc'ed.
QmtStatus report_summary(QmtContext *ctx, const SetReport *report, char **text);
/// README.md: what is in the folder, units, and the command that starts a training. malloc'ed.
QmtStatus report_readme(QmtContext *ctx, const SetReport *report, const char *summary, char **text);
/// summary.json. To be freed with cJSON_free().
QmtStatus report_json(QmtContext *ctx, const SetReport *report, char **text);

#endif
