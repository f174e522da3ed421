#include "audit/audit.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "audit/arrays.h"
#include "audit/atoms.h"
#include "audit/frames.h"
#include "audit/labels.h"
#include "audit/metadata.h"
#include "audit/properties.h"
#include "audit/record.h"
#include "audit/recorded_events.h"
#include "audit/settings.h"
#include "audit/summary.h"
#include "audit/windows.h"
#include "io/text.h"

/// All that can be said of a file whose archive can be read.
static QmtStatus content_check(QmtContext *ctx, Check *check)
{
    FramesResult frames = {0};
    arrays_check(check);
    if (check->n_frames == 0 || check->n_atoms == 0)
        return QMT_OK;
    TRY(metadata_read(ctx, check));
    TRY(arrays_check_ours(ctx, check));
    TRY(atoms_check(ctx, check));
    TRY(settings_check(ctx, check));
    metadata_check(ctx, check);
    TRY(frames_check(ctx, check, &frames));
    record_check(check);
    recorded_events_check(check);
    TRY(windows_check(ctx, check));
    summary_figures_check(check, &frames);
    TRY(properties_check(ctx, check));
    return labels_check_again(ctx, check);
}

static QmtStatus archive_and_content_check(QmtContext *ctx, const char *path, Check *check)
{
    bool readable;
    TRY(archive_check(ctx, path, check, &readable));
    return readable ? content_check(ctx, check) : QMT_OK;
}

QmtStatus check_file(QmtContext *ctx, const char *path, const CheckOptions *options,
                     CheckReport *report)
{
    CheckReport found = {0};
    Check check = {.npz = {.file = file_none()},
                   .n_again = options->n_frames,
                   .seed = options->seed,
                   .conserved = options->conserved,
                   .user = options->user,
                   .report = &found};
    const locale_t before = text_enter_c_locale();
    const QmtStatus status = archive_and_content_check(ctx, path, &check);
    text_leave_c_locale(before);
    npz_close(&check.npz);
    free(check.masses);
    free(check.numbers);
    cJSON_Delete(check.metadata);
    TRY(status);
    for (int i = 0; i < CHECK_COUNT; i++)
        check_say(&check, (CheckItem)i, CHECK_NOT_RUN, "what it needs is missing");
    *report = found;
    return QMT_OK;
}
