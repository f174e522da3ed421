// include/qmtraj/campaign.h: a folder of trajectories
#include <stdlib.h>

#include "api/argument.h"
#include "api/qmt_warning.h"
#include "campaign/status.h"
#include "campaign/summary.h"
#include "io/text.h"
#include "qmtraj/campaign.h"

_Static_assert((int)QMT_STATE_REJECTED == (int)STATUS_REJECTED &&
                   (int)QMT_STATE_REJECTED + 1 == (int)N_STATUS_KINDS &&
                   (int)QMT_STATE_FAILED == (int)STATUS_FAILED &&
                   (int)QMT_STATE_RUNNING == (int)STATUS_RUNNING,
               "one list of states");

QmtStatus qmt_summary_write(QmtContext *ctx, const char *out, size_t *n)
{
    size_t written = 0;
    NEEDS(ctx, out != NULL, "summary: out is NULL");
    const locale_t before = text_enter_c_locale();
    const QmtStatus status = summary_renew(ctx, out, &written);
    text_leave_c_locale(before);
    TRY(status);
    if (n != NULL)
        *n = written;
    return QMT_OK;
}

struct QmtFolderStatus {
    StatusList list;
};

QmtStatus qmt_folder_status(QmtContext *ctx, const char *out, QmtFolderStatus **status)
{
    NEEDS(ctx, out != NULL && status != NULL, "status: out or status is NULL");
    QmtFolderStatus *const made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the state of a folder");
    const locale_t before = text_enter_c_locale();
    const QmtStatus failure = status_look(ctx, out, &made->list);
    text_leave_c_locale(before);
    if (failure != QMT_OK)
        free(made);
    else
        *status = made;
    return failure;
}

void qmt_folder_status_destroy(QmtFolderStatus **status)
{
    if (status == NULL || *status == NULL)
        return;
    status_release(&(*status)->list);
    free(*status);
    *status = NULL;
}

size_t qmt_folder_status_count(const QmtFolderStatus *status)
{
    return status != NULL ? status->list.n : 0;
}

QmtStatus qmt_folder_status_entry(QmtContext *ctx, const QmtFolderStatus *status, size_t i,
                                  QmtFolderEntry *entry)
{
    NEEDS(ctx, status != NULL && entry != NULL, "status: status or entry is NULL");
    NEEDS(ctx, i < status->list.n, "status: trajectory %zu of %zu", i, status->list.n);
    const StatusEntry *e = &status->list.entries[i];
    *entry = (QmtFolderEntry){.label = e->label,
                              .word = status_kind_word(e->kind),
                              .phase = e->phase,
                              .holder = e->holder != NULL ? e->holder : "",
                              .reason = e->reason != NULL ? e->reason : "",
                              .step = e->step,
                              .n_steps = e->n_steps,
                              .percent = e->percent,
                              .ms_per_step = e->ms_per_step,
                              .left_s = e->eta_s,
                              .mean_temperature_k = e->mean_temperature_k,
                              .shadow_drift_kjmol_ps = e->shadow_drift_kjmol_ps,
                              .age_s = e->age_s,
                              .state = (QmtState)e->kind,
                              .n_warnings = e->n_warnings};
    return QMT_OK;
}

QmtStatus qmt_folder_status_warning(QmtContext *ctx, const QmtFolderStatus *status, size_t i,
                                    size_t w, QmtWarning *warning)
{
    NEEDS(ctx, status != NULL, "status: status is NULL");
    NEEDS(ctx, i < status->list.n, "status: trajectory %zu of %zu", i, status->list.n);
    const char *const lines = status->list.entries[i].warning_lines;
    RunWarnings warnings;
    run_warnings_from_lines(lines != NULL ? lines : "", &warnings);
    return warning_show(ctx, &warnings, w, warning);
}

QmtStatus qmt_folder_status_totals(QmtContext *ctx, const QmtFolderStatus *status,
                                   QmtTotals *totals)
{
    NEEDS(ctx, status != NULL && totals != NULL, "status: status or totals is NULL");
    const StatusList *const list = &status->list;
    *totals = (QmtTotals){.n = list->n,
                          .n_complete = list->n_of[STATUS_COMPLETE],
                          .n_running = list->n_of[STATUS_RUNNING],
                          .n_waiting = list->n_of[STATUS_WAITING],
                          .n_failed = list->n_of[STATUS_FAILED],
                          .n_rejected = list->n_of[STATUS_REJECTED],
                          .n_interrupted = list->n_of[STATUS_INTERRUPTED],
                          .left_s = list->left_s};
    return QMT_OK;
}
