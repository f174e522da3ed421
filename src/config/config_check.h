#ifndef CONFIG_CONFIG_CHECK_H
#define CONFIG_CONFIG_CHECK_H

#include "config/config.h"

/// What no single key can know: lengths are whole numbers of steps, the number of steps is one a
/// computer can count, the save interval fits into the run. Fails with QMT_ERR_CONFIG.
QmtStatus config_check(QmtContext *ctx, const Config *config);

#endif
