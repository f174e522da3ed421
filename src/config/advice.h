#ifndef CONFIG_ADVICE_H
#define CONFIG_ADVICE_H

#include "base/context.h"

/// What a hint of the floors below means in keys of the configuration, e.g. "raise electronic_temperature_K";
/// "" for QMT_HINT_NONE.
const char *config_advice(QmtHint hint);

#endif
