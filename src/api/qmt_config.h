#ifndef API_QMT_CONFIG_H
#define API_QMT_CONFIG_H

#include "config/config.h"
#include "qmtraj/config.h"

struct QmtConfig {
    Config values;
};

#endif
