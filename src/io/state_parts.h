#ifndef IO_STATE_PARTS_H
#define IO_STATE_PARTS_H

#include "io/state.h"

/// What the files of the state share; nobody else's. state.c collects the texts, state_settle.c decides,
/// state_files.c reads .CHRG and .UHF.

/// A charge of the molecule. Fails with QMT_ERR_FORMAT if another one was given before.
QmtStatus state_add_charge(QmtContext *ctx, const char *place, int charge, const char *source,
                           StateTexts *texts);
/// A text about the spin; more than STATE_SPINS_MAX are dropped, which say the same anyway or are refused.
void state_add_spin(StateQuantity quantity, double value, const char *source, StateTexts *texts);

#endif
