#ifndef CLI_STATUS_VIEW_H
#define CLI_STATUS_VIEW_H

#include <qmtraj/campaign.h>

/// A status as text: totals first, then a table in 80 columns, reasons below their rows.

typedef enum {
    STATUS_SHOW_SOME,   ///< of long lists what runs, failed, was interrupted or has a warning
    STATUS_SHOW_FAILED, ///< what failed or was rejected
    STATUS_SHOW_ALL
} StatusShow;

/// @param rows_max  of the table; the others are counted
void status_view_print(QmtContext *ctx, const QmtFolderStatus *list, StatusShow show,
                       size_t rows_max);

/// One JSON list with an object per trajectory. Fails with QMT_ERR_MEMORY.
QmtStatus status_view_json(QmtContext *ctx, const QmtFolderStatus *list);

#endif
