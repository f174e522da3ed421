// include/qmtraj/report.h
#include "qmtraj/report.h"

#include <string.h>

#include "api/argument.h"
#include "campaign/cpu_count.h"
#include "report/report.h"
#include "report/spectrum_csv.h"

enum { OPTIONS_FIRST_SIZE = 32 };
_Static_assert(sizeof(QmtReportOptions) == OPTIONS_FIRST_SIZE, "it has not grown yet");

static const QmtReportOptions INITIAL = {.struct_size = sizeof(QmtReportOptions), .n_frames = 2};

void qmt_report_options_init(QmtReportOptions *options, size_t struct_size)
{
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    memcpy(options, &INITIAL, struct_size < sizeof INITIAL ? struct_size : sizeof INITIAL);
    options->struct_size = struct_size;
}

QmtStatus qmt_report_write(QmtContext *ctx, const char *path, const char *to,
                           const QmtReportOptions *options, size_t *n_running)
{
    QmtReportOptions own = INITIAL;
    size_t running = 0;
    NEEDS(ctx, path != NULL && to != NULL, "report: path or to is NULL");
    if (options != NULL)
        TRY(struct_take(ctx, "QmtReportOptions", options, OPTIONS_FIRST_SIZE, &own, sizeof own));
    NEEDS(ctx, own.reload_s >= 0, "report: reload_s is negative");
    const ReportOptions inner = {.n_frames = own.n_frames,
                                 .n_workers = own.n_workers > 0 ? own.n_workers : cpu_count(),
                                 .reload_s = (unsigned)own.reload_s};
    TRY(report_write(ctx, path, to, &inner, &running));
    if (n_running != NULL)
        *n_running = running;
    return QMT_OK;
}

QmtStatus qmt_spectrum_csv(QmtContext *ctx, const char *path, char **text)
{
    NEEDS(ctx, path != NULL && text != NULL, "spectrum: path or text is NULL");
    return spectrum_csv(ctx, path, text);
}
