#include "config/advice.h"

const char *config_advice(QmtHint hint)
{
    switch (hint) {
    case QMT_HINT_WARMER_ELECTRONS:
        return "a higher electronic_temperature_K may help";
    case QMT_HINT_SHORTER_STEP:
        return "try a smaller dt_fs";
    case QMT_HINT_SHORTER_STEP_OR_RELAX:
        return "try a smaller dt_fs or optimize: true";
    case QMT_HINT_GEOMETRY_OR_STEP:
        return "check the geometry or try a smaller dt_fs";
    case QMT_HINT_SOLVENTS:
        return "solvent takes the names of the list of solvents";
    case QMT_HINT_NONE:
    case QMT_HINT_COUNT:
        break;
    }
    return "";
}
