#ifndef CAMPAIGN_OUTCOMES_H
#define CAMPAIGN_OUTCOMES_H

#include "campaign/outcome.h"

/// The outcomes of a long list. One takes 3 kB, most of them room for sentences; here each takes what it says, 0.6 kB.
typedef struct {
    unsigned char **kept; ///< [n] NULL: none is kept
    size_t n;
    QmtStatus otherwise; ///< status of those that are not kept
} Outcomes;

/// Fails with QMT_ERR_MEMORY; *outcomes is to be released all the same.
QmtStatus outcomes_create(QmtContext *ctx, size_t n, Outcomes *outcomes);
/// Forgets them; `otherwise` is QMT_OK.
void outcomes_clear(Outcomes *outcomes);
void outcomes_release(Outcomes *outcomes);

/// Keeps one. Fails with QMT_ERR_MEMORY, and then keeps none.
QmtStatus outcomes_put(QmtContext *ctx, Outcomes *outcomes, size_t i, const BatchOutcome *outcome);
/// Writes one out in full.
void outcomes_get(const Outcomes *outcomes, size_t i, BatchOutcome *outcome);
/// Its sentence, "" if there is none; valid until it is put or forgotten.
const char *outcomes_message(const Outcomes *outcomes, size_t i);

#endif
