#include "cli/exit_code.h"

int exit_code(QmtStatus status)
{
    switch (status) {
    case QMT_OK:
        return 0;
    case QMT_ERR_PARTIAL:
        return 1;
    case QMT_ERR_USAGE:
    case QMT_ERR_CONFIG:
    case QMT_ERR_ARGUMENT:
        return 2;
    case QMT_ERR_INPUT:
    case QMT_ERR_FORMAT:
        return 3;
    case QMT_ERR_SCF:
    case QMT_ERR_PHYSICS:
    case QMT_ERR_CALLBACK:
        return 4;
    case QMT_ERR_IO:
    case QMT_ERR_MEMORY:
        return 5;
    case QMT_ERR_LOCKED:
        return 6;
    case QMT_ERR_CHECKPOINT:
        return 7;
    case QMT_STOPPED:
        return 75; // EX_TEMPFAIL, what job schedulers try again
    case QMT_STATUS_COUNT:
        break;
    }
    return 1;
}
