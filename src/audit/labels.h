#ifndef AUDIT_LABELS_H
#define AUDIT_LABELS_H

#include "audit/verdict.h"

/// CHECK_LABELS: energies and forces of some frames, or of all, computed again from nothing, and the properties of
/// those frames. Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
///
/// Stored and computed differ by where the self-consistent loop ended, and by the rounding of the stored positions,
/// which in float32 grows with the distance from the origin: a force answers with stiffness times rounding, an energy
/// with force times rounding. A frame beyond what a common stiffness explains is computed again at positions
/// shifted at random within their rounding, which measures the answer of that very geometry.
QmtStatus labels_check_again(QmtContext *ctx, Check *check);

#endif
