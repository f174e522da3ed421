// include/qmtraj/check.h
#include "qmtraj/check.h"

#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "audit/check_many.h"
#include "campaign/cpu_count.h"

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

static QmtStatus options_take(QmtContext *ctx, const QmtCheckOptions *options, CheckOptions *inner)
{
    QmtCheckOptions own = INITIAL;
    if (options != NULL)
        TRY(struct_take(ctx, "QmtCheckOptions", options, OPTIONS_FIRST_SIZE, &own, sizeof own));
    *inner = (CheckOptions){.n_frames = own.n_frames, .seed = own.seed};
    return QMT_OK;
}

QmtStatus qmt_check_file(QmtContext *ctx, const char *path, const QmtCheckOptions *options,
                         QmtCheckReport **report)
{
    CheckOptions inner;
    NEEDS(ctx, path != NULL && report != NULL, "check: path or report is NULL");
    TRY(options_take(ctx, options, &inner));
    QmtCheckReport *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a report");
    const QmtStatus status = check_file(ctx, path, &inner, &made->lines);
    if (status != QMT_OK)
        free(made);
    else
        *report = made;
    return status;
}

/// The caller of qmt_check_files().
typedef struct {
    QmtContext *ctx;
    QmtCheckedFunction take;
    void *user;
} Taker;

static void pass_result(void *user, size_t file, CheckResult *result)
{
    const Taker *const taker = user;
    QmtCheckReport report = {.lines = result->report};
    QmtCheckedFile checked = {.status = result->status, .message = "", .report = &report};
    if (result->status != QMT_OK) {
        context_restore(taker->ctx, &result->message);
        checked.message = qmt_context_message(taker->ctx);
        checked.report = NULL;
    }
    taker->take(taker->user, file, &checked);
}

QmtStatus qmt_check_files(QmtContext *ctx, const char *const *paths, size_t n,
                          const QmtCheckOptions *options, size_t n_workers, QmtCheckedFunction take,
                          void *user)
{
    CheckOptions inner;
    NEEDS(ctx, (paths != NULL || n == 0) && take != NULL, "check: paths or take is NULL");
    for (size_t i = 0; i < n; i++)
        NEEDS(ctx, paths[i] != NULL, "check: path %zu is NULL", i);
    TRY(options_take(ctx, options, &inner));
    Taker taker = {.ctx = ctx, .take = take, .user = user};
    return check_files(ctx, n, paths, &inner, n_workers > 0 ? n_workers : cpu_count(), pass_result,
                       &taker);
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
