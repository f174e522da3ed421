// include/qmtraj/check.h
#include "qmtraj/check.h"

#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "audit/audit.h"

enum { OPTIONS_FIRST_SIZE = 24 };
_Static_assert(sizeof(QmtCheckOptions) == OPTIONS_FIRST_SIZE, "it has not grown yet");
_Static_assert((int)QMT_CHECK_NOT_RUN == (int)CHECK_NOT_RUN &&
                   (int)QMT_CHECK_PASS == (int)CHECK_PASS &&
                   (int)QMT_CHECK_WARN == (int)CHECK_WARN && (int)QMT_CHECK_FAIL == (int)CHECK_FAIL,
               "one list of verdicts");

struct QmtCheckReport {
    CheckReport lines;
};

static const QmtCheckOptions INITIAL = {
    .struct_size = sizeof(QmtCheckOptions), .n_frames = 8, .seed = 1};

void qmt_check_options_init(QmtCheckOptions *options, size_t struct_size)
{
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    memcpy(options, &INITIAL, struct_size < sizeof INITIAL ? struct_size : sizeof INITIAL);
    options->struct_size = struct_size;
}

QmtStatus qmt_check_file(QmtContext *ctx, const char *path, const QmtCheckOptions *options,
                         QmtCheckReport **report)
{
    QmtCheckOptions own = INITIAL;
    NEEDS(ctx, path != NULL && report != NULL, "check: path or report is NULL");
    if (options != NULL)
        TRY(struct_take(ctx, "QmtCheckOptions", options, OPTIONS_FIRST_SIZE, &own, sizeof own));
    QmtCheckReport *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a report");
    const CheckOptions inner = {.n_frames = own.n_frames, .seed = own.seed};
    const QmtStatus status = check_file(ctx, path, &inner, &made->lines);
    if (status != QMT_OK)
        free(made);
    else
        *report = made;
    return status;
}

void qmt_check_report_destroy(QmtCheckReport **report)
{
    if (report == NULL)
        return;
    free(*report);
    *report = NULL;
}

QmtVerdict qmt_check_worst(const QmtCheckReport *report)
{
    return report != NULL ? (QmtVerdict)check_worst(&report->lines) : QMT_CHECK_NOT_RUN;
}

size_t qmt_check_count(void)
{
    return CHECK_COUNT;
}

const char *qmt_check_name(size_t i)
{
    return i < CHECK_COUNT ? check_item_name((CheckItem)i) : NULL;
}

QmtVerdict qmt_check_verdict(const QmtCheckReport *report, size_t i)
{
    return report != NULL && i < CHECK_COUNT ? (QmtVerdict)report->lines.line[i].verdict
                                             : QMT_CHECK_NOT_RUN;
}

const char *qmt_check_sentence(const QmtCheckReport *report, size_t i)
{
    return report != NULL && i < CHECK_COUNT ? report->lines.line[i].sentence : "";
}

const char *qmt_verdict_name(QmtVerdict verdict)
{
    return (int)verdict >= QMT_CHECK_NOT_RUN && verdict <= QMT_CHECK_FAIL
               ? check_verdict_name((CheckVerdict)verdict)
               : "";
}
