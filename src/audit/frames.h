#ifndef AUDIT_FRAMES_H
#define AUDIT_FRAMES_H

#include "audit/balance.h"
#include "audit/centre.h"
#include "audit/energies.h"
#include "audit/motion.h"
#include "audit/net_force.h"
#include "audit/reactions.h"
#include "audit/verdict.h"
#include "audit/work.h"

/// One pass over all frames in order, in blocks, each given to every check that needs them all: CHECK_FINITE,
/// CHECK_TIME and what the headers above say.

/// What the pass leaves for the checks after it.
typedef struct {
    Energies energies;
    Motion motion; ///< its arrays are gone
    double ripple; ///< kJ/mol, balance_ripple()
} FramesResult;

/// Fails with QMT_ERR_IO or QMT_ERR_MEMORY.
QmtStatus frames_check(QmtContext *ctx, Check *check, FramesResult *result);

#endif
