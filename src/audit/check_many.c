#include "audit/check_many.h"

#include <stdlib.h>
#include <string.h>

#include "io/processes.h"

/// The files, and who gets their results.
typedef struct {
    const char *const *paths;
    const CheckOptions *options;
    void (*take)(void *user, size_t file, CheckResult *result);
    void *user;
    CheckResult *result; ///< of the file at hand
} Files;

static QmtStatus file_check(QmtContext *ctx, void *user, size_t file, Bytes *bytes)
{
    const Files *const files = user;
    CheckResult *const result = files->result;
    memset(result, 0, sizeof *result);
    result->status = check_file(ctx, files->paths[file], files->options, &result->report);
    if (result->status != QMT_OK)
        result->message = context_keep(ctx);
    bytes_add(bytes, result, sizeof *result);
    return QMT_OK;
}

static QmtStatus result_take(QmtContext *ctx, void *user, size_t file, const Bytes *bytes)
{
    const Files *const files = user;
    CheckResult *const result = files->result;
    if (bytes != NULL) {
        memcpy(result, bytes->data, sizeof *result);
    } else {
        memset(result, 0, sizeof *result);
        result->status =
            FAIL(ctx, QMT_ERR_IO, "%.500s: the process that checked it ended before it was done",
                 files->paths[file]);
        result->message = context_keep(ctx);
    }
    files->take(files->user, file, result);
    return QMT_OK;
}

QmtStatus check_files(QmtContext *ctx, size_t n, const char *const *paths,
                      const CheckOptions *options, size_t n_workers,
                      void (*take)(void *user, size_t file, CheckResult *result), void *user)
{
    Files files = {.paths = paths, .options = options, .take = take, .user = user};
    files.result = malloc(sizeof *files.result);
    if (files.result == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the result of a file");
    const QmtStatus status = processes_map_all(ctx, n, n_workers, file_check, result_take, &files);
    free(files.result);
    return status;
}
