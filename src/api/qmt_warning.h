#ifndef API_QMT_WARNING_H
#define API_QMT_WARNING_H

#include "qmtraj/campaign.h"
#include "run/warnings.h"

/// Warning w of a list, from 0. Fails with QMT_ERR_ARGUMENT if there is none, or nowhere to put it.
QmtStatus warning_show(QmtContext *ctx, const RunWarnings *warnings, size_t w, QmtWarning *warning);

#endif
