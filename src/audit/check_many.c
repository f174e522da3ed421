#include "audit/check_many.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/// A process that checks every n-th file and writes the results into a pipe in order.
typedef struct {
    pid_t pid;
    int from; ///< the reading end; -1: gone
} Worker;

static void file_result(QmtContext *ctx, const char *path, const CheckOptions *options,
                        CheckResult *result)
{
    memset(result, 0, sizeof *result);
    result->status = check_file(ctx, path, options, &result->report);
    if (result->status != QMT_OK)
        result->message = context_keep(ctx);
}

static bool write_all(int to, const void *data, size_t n)
{
    const char *at = data;
    while (n > 0) {
        const ssize_t done = write(to, at, n);
        if (done < 0 && errno != EINTR)
            return false;
        at += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

static bool read_all(int from, void *data, size_t n)
{
    char *at = data;
    while (n > 0) {
        const ssize_t done = read(from, at, n);
        if (done == 0 || (done < 0 && errno != EINTR))
            return false;
        at += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

/// The files of one worker, in its own process; does not return.
static void worker_run(QmtContext *ctx, size_t first, size_t step, size_t n,
                       const char *const *paths, const CheckOptions *options, int to)
{
    CheckResult *const result = malloc(sizeof *result);
    for (size_t i = first; result != NULL && i < n; i += step) {
        file_result(ctx, paths[i], options, result);
        if (!write_all(to, result, sizeof *result))
            break;
    }
    _exit(0);
}

/// @param workers  [n_workers], those before this one have begun
static QmtStatus worker_begin(QmtContext *ctx, Worker *workers, size_t number, size_t n_workers,
                              size_t n, const char *const *paths, const CheckOptions *options)
{
    int ends[2];
    if (pipe(ends) != 0)
        return FAIL(ctx, QMT_ERR_IO, "no pipe for a worker: %s", strerror(errno));
    // What is not yet printed would be printed by the worker, too.
    fflush(NULL);
    const pid_t pid = fork();
    if (pid < 0) {
        close(ends[0]);
        close(ends[1]);
        return FAIL(ctx, QMT_ERR_IO, "no process for a worker: %s; try a smaller number of workers",
                    strerror(errno));
    }
    if (pid == 0) {
        for (size_t w = 0; w < number; w++)
            close(workers[w].from);
        close(ends[0]);
        worker_run(ctx, number, n_workers, n, paths, options, ends[1]);
    }
    close(ends[1]);
    workers[number] = (Worker){.pid = pid, .from = ends[0]};
    return QMT_OK;
}

/// The next result of a worker, or that there is none.
static void result_read(QmtContext *ctx, Worker *worker, const char *path, CheckResult *result)
{
    if (worker->from >= 0 && read_all(worker->from, result, sizeof *result))
        return;
    memset(result, 0, sizeof *result);
    result->status =
        FAIL(ctx, QMT_ERR_IO, "%.500s: the process that checked it ended before it was done", path);
    result->message = context_keep(ctx);
}

static void workers_end(Worker *workers, size_t n)
{
    for (size_t w = 0; w < n; w++)
        if (workers[w].from >= 0)
            close(workers[w].from); // one that still writes ends with that
    for (size_t w = 0; w < n; w++)
        while (workers[w].pid > 0 && waitpid(workers[w].pid, NULL, 0) < 0 && errno == EINTR)
            continue;
}

QmtStatus check_files(QmtContext *ctx, size_t n, const char *const *paths,
                      const CheckOptions *options, size_t n_workers,
                      void (*take)(void *user, size_t file, CheckResult *result), void *user)
{
    const size_t n_begun = n_workers < n ? n_workers : n;
    CheckResult *const result = malloc(sizeof *result);
    Worker *const workers = calloc(n_begun + 1, sizeof *workers);
    QmtStatus status = QMT_OK;
    if (result == NULL || workers == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu workers", n_begun);
    size_t w = 0;
    for (; n_begun > 1 && w < n_begun && status == QMT_OK; w += status == QMT_OK)
        status = worker_begin(ctx, workers, w, n_begun, n, paths, options);
    for (size_t i = 0; i < n && status == QMT_OK; i++) {
        if (n_begun > 1)
            result_read(ctx, &workers[i % n_begun], paths[i], result);
        else
            file_result(ctx, paths[i], options, result);
        take(user, i, result);
    }
    if (workers != NULL)
        workers_end(workers, w);
    free(workers);
    free(result);
    return status;
}
