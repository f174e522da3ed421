#include "campaign/summary.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "campaign/journal_read.h"
#include "io/lock.h"
#include "run/files.h"

static const char SUMMARY_FILE[] = "summary.json", LOCK_OF_SUMMARY[] = "summary.json.lock";
static const double LOCK_WAIT_S = 10.0;

/// A job writes the summary if it holds at most so many trajectories, or so many for each that the job did:
/// the work of all jobs together then stays a constant number of lines for each trajectory.
enum { SMALL = 1000, SHARE = 50 };

/// The file in the making.
typedef struct {
    QmtContext *ctx;
    File file;
    uint64_t n_bytes;
    char buffer[1 << 16];
    size_t n_buffered;
    size_t n_entries;
} Stream;

static QmtStatus stream_flush(Stream *stream)
{
    TRY(file_write_at(stream->ctx, &stream->file, stream->buffer, stream->n_buffered,
                      stream->n_bytes));
    stream->n_bytes += stream->n_buffered;
    stream->n_buffered = 0;
    return QMT_OK;
}

static QmtStatus stream_add(Stream *stream, const char *text, size_t n)
{
    if (stream->n_buffered + n > sizeof stream->buffer)
        TRY(stream_flush(stream));
    if (n > sizeof stream->buffer) {
        TRY(file_write_at(stream->ctx, &stream->file, text, n, stream->n_bytes));
        stream->n_bytes += n;
        return QMT_OK;
    }
    memcpy(stream->buffer + stream->n_buffered, text, n);
    stream->n_buffered += n;
    return QMT_OK;
}

static QmtStatus entry_add(Stream *stream, const char *line, size_t n)
{
    const char *const before = stream->n_entries++ == 0 ? "\n" : ",\n";
    TRY(stream_add(stream, before, strlen(before)));
    return stream_add(stream, line, n);
}

static QmtStatus journal_entry_add(Stream *stream, JournalEntries *found, const JournalEntry *entry)
{
    char *line;
    TRY(journal_line_read(stream->ctx, found, entry, &line));
    const QmtStatus status = entry_add(stream, line, entry->length);
    free(line);
    return status;
}

/// Trajectories of a plan; *done [found->n] marks those of the journal that were among them.
static QmtStatus plan_add(Stream *stream, const Plan *plan, const Outcomes *outcomes,
                          JournalEntries *found, bool *done)
{
    for (size_t t = 0; t < plan->n_tasks; t++) {
        BatchOutcome outcome;
        const JournalEntry *const entry = journal_find(found, plan->tasks[t].label);
        if (entry != NULL) {
            TRY(journal_entry_add(stream, found, entry));
            done[entry - found->entries] = true;
            continue;
        }
        outcomes_get(outcomes, t, &outcome);
        if (outcome.result.reused) { // by a version that kept no journal
            char *const line = journal_line(&plan->tasks[t], &outcome);
            if (line == NULL)
                return FAIL(stream->ctx, QMT_ERR_MEMORY, "no memory for the summary");
            const QmtStatus status = entry_add(stream, line, strlen(line));
            cJSON_free(line);
            TRY(status);
        }
    }
    return QMT_OK;
}

static QmtStatus content_write(Stream *stream, const Plan *plan, const Outcomes *outcomes,
                               JournalEntries *found, bool *done)
{
    static const char tail[] = "\n]}\n";
    char head[512];
    snprintf(head, sizeof head,
             "{\"program\": \"qmtraj\", \"version\": \"%s\", \"build\": \"%s\", "
             "\"numerics\": \"%s\", \"trajectories\": [",
             qmt_version(), qmt_build_id(), qmt_numerics_id());
    TRY(stream_add(stream, head, strlen(head)));
    if (plan != NULL)
        TRY(plan_add(stream, plan, outcomes, found, done));
    for (size_t i = 0; i < found->n; i++)
        if (!done[i])
            TRY(journal_entry_add(stream, found, &found->entries[i]));
    TRY(stream_add(stream, tail, sizeof tail - 1));
    TRY(stream_flush(stream));
    return file_sync(stream->ctx, &stream->file);
}

/// Replaces the summary as a whole: whoever reads it sees the old one or the new one.
static QmtStatus file_replace(QmtContext *ctx, const char *out, const Plan *plan,
                              const Outcomes *outcomes, JournalEntries *found, size_t *n)
{
    char path[FILE_PATH_SIZE], temporary[FILE_PATH_SIZE];
    TRY(file_join(ctx, out, SUMMARY_FILE, path));
    TRY(file_join(ctx, out, "summary.json.tmp", temporary));
    Stream *const stream = calloc(1, sizeof *stream);
    bool *const done = calloc(found->n + 1, sizeof *done);
    QmtStatus status = QMT_OK;
    if (stream == NULL || done == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for it", path);
    if (status == QMT_OK) {
        stream->ctx = ctx;
        status = file_open(ctx, temporary, FILE_CREATE, &stream->file);
    }
    if (status == QMT_OK) {
        status = content_write(stream, plan, outcomes, found, done);
        *n = stream->n_entries;
        const Message failure = context_keep(ctx);
        const QmtStatus closed = file_close(ctx, &stream->file);
        status = status == QMT_OK ? closed : context_restore(ctx, &failure);
        if (status == QMT_OK)
            status = file_rename(ctx, temporary, path);
        if (status != QMT_OK) {
            const Message kept = context_keep(ctx);
            (void)file_remove(ctx, temporary);
            (void)context_restore(ctx, &kept);
        }
    }
    free(stream);
    free(done);
    return status;
}

static QmtStatus summary_make(QmtContext *ctx, const char *out, const Plan *plan,
                              const Outcomes *outcomes, size_t n_ran, size_t *n)
{
    char lock_path[FILE_PATH_SIZE];
    JournalEntries found;
    File lock = file_none();
    TRY(file_join(ctx, out, LOCK_OF_SUMMARY, lock_path));
    // Programs that share the folder take turns; each turn is a moment.
    TRY(lock_take(ctx, lock_path, LOCK_WAIT_S, &lock, NULL));
    QmtStatus status = journal_read(ctx, out, &found);
    if (status == QMT_OK && plan != NULL && found.n > SMALL && found.n / SHARE > n_ran)
        context_log(ctx, QMT_LOG_INFO,
                    "summary.json is left as it is: the folder holds %zu trajectories and this job "
                    "made %zu; `qmtraj summary %s` renews it",
                    found.n, n_ran, out);
    else if (status == QMT_OK)
        status = file_replace(ctx, out, plan, outcomes, &found, n);
    if (status == QMT_OK && found.n_skipped > 0)
        context_log(ctx, QMT_LOG_WARNING,
                    "%s/" JOURNAL_FOLDER ": %zu lines are damaged and left out", out,
                    found.n_skipped);
    journal_entries_release(&found);
    lock_give_back(&lock);
    return status;
}

static bool was_run(const Outcomes *outcomes, size_t t)
{
    BatchOutcome outcome;
    outcomes_get(outcomes, t, &outcome);
    return outcome.ran;
}

QmtStatus summary_write(QmtContext *ctx, const Plan *plan, const RunOptions *settings,
                        const Outcomes *outcomes)
{
    size_t n_ran = 0, n;
    for (size_t t = 0; t < plan->n_tasks; t++)
        n_ran += was_run(outcomes, t);
    return summary_make(ctx, settings->out, plan, outcomes, n_ran, &n);
}

/// A folder without a journal is none of a job: nothing is written into it.
static QmtStatus folder_check(QmtContext *ctx, const char *out)
{
    char path[FILE_PATH_SIZE];
    struct stat about;
    if (stat(out, &about) != 0)
        return FAIL(ctx, QMT_ERR_IO, "%.900s: %s", out, strerror(errno));
    if (!S_ISDIR(about.st_mode))
        return FAIL(ctx, QMT_ERR_INPUT, "%.900s: is not a folder", out);
    TRY(file_join(ctx, out, JOURNAL_FOLDER, path));
    if (file_exists(path))
        return QMT_OK;
    TRY(file_join(ctx, out, RUN_FILE_RUN, path));
    return FAIL(
        ctx, QMT_ERR_INPUT,
        "%.900s: %s; the folder wanted is that of `run --out` (`qmtraj status` shows what was "
        "copied elsewhere)",
        out,
        file_exists(path) ? "is the folder of one trajectory"
                          : "has no journal of a job (" JOURNAL_FOLDER ")");
}

QmtStatus summary_renew(QmtContext *ctx, const char *out, size_t *n)
{
    *n = 0;
    TRY(folder_check(ctx, out));
    return summary_make(ctx, out, NULL, NULL, 0, n);
}

bool summary_exists(QmtContext *ctx, const char *out)
{
    char path[FILE_PATH_SIZE];
    return file_join(ctx, out, SUMMARY_FILE, path) == QMT_OK && file_exists(path);
}
