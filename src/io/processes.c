#include "io/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIPE_BYTES = 1 << 20 }; ///< the most that Linux gives to everybody

/// In front of every result in a pipe.
typedef struct {
    QmtStatus status;
    size_t n;
    Message message; ///< of a failure
} Header;

typedef struct {
    pid_t pid;
    int from;  ///< the reading end
    bool lost; ///< it ended before it was done
} Worker;

typedef struct {
    size_t n, n_workers;
    QmtStatus (*work)(QmtContext *, void *, size_t, Bytes *);
    void *user;
} Job;

void bytes_add(Bytes *bytes, const void *data, size_t n)
{
    if (bytes->lost || n == 0)
        return;
    if (bytes->room - bytes->n < n) {
        const size_t room = bytes->n + n + bytes->room;
        unsigned char *const more = realloc(bytes->data, room);
        bytes->lost = more == NULL;
        if (bytes->lost)
            return;
        bytes->data = more;
        bytes->room = room;
    }
    memcpy(bytes->data + bytes->n, data, n);
    bytes->n += n;
}

void bytes_release(Bytes *bytes)
{
    free(bytes->data);
    *bytes = (Bytes){0};
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

static QmtStatus item_work(QmtContext *ctx, const Job *job, size_t item, Bytes *result)
{
    result->n = 0;
    TRY(job->work(ctx, job->user, item, result));
    return result->lost ? FAIL(ctx, QMT_ERR_MEMORY, "no memory for the result of a worker")
                        : QMT_OK;
}

/// The items of one worker, in its own process; does not return.
static void worker_run(QmtContext *ctx, const Job *job, size_t first, int to)
{
    Bytes result = {0};
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL); // without a parent nobody wants the results
    for (size_t i = first; i < job->n; i += job->n_workers) {
        Header header = {.status = item_work(ctx, job, i, &result)};
        header.n = header.status == QMT_OK ? result.n : 0;
        if (header.status != QMT_OK)
            header.message = context_keep(ctx);
        if (!write_all(to, &header, sizeof header) || !write_all(to, result.data, header.n) ||
            header.status != QMT_OK)
            break;
    }
    _exit(0);
}

static QmtStatus worker_begin(QmtContext *ctx, const Job *job, Worker *workers, size_t number)
{
    int ends[2];
    if (pipe(ends) != 0)
        return FAIL(ctx, QMT_ERR_IO, "no pipe for a worker: %s", strerror(errno));
    // Results wait here for those before them; with more room a worker need not.
    fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES);
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
        worker_run(ctx, job, number, ends[1]);
    }
    close(ends[1]);
    workers[number] = (Worker){.pid = pid, .from = ends[0]};
    return QMT_OK;
}

static QmtStatus lost_say(QmtContext *ctx, Worker *worker)
{
    worker->lost = true;
    return FAIL(ctx, QMT_ERR_IO, "a worker ended before it was done; was it killed?");
}

static QmtStatus result_read(QmtContext *ctx, Worker *worker, Bytes *result)
{
    Header header;
    result->n = 0;
    if (!read_all(worker->from, &header, sizeof header))
        return lost_say(ctx, worker);
    if (header.status != QMT_OK)
        return context_restore(ctx, &header.message);
    if (result->room < header.n) {
        unsigned char *const more = realloc(result->data, header.n);
        if (more == NULL)
            return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the result of a worker");
        result->data = more;
        result->room = header.n;
    }
    result->n = header.n;
    return read_all(worker->from, result->data, header.n) ? QMT_OK : lost_say(ctx, worker);
}

static void workers_end(Worker *workers, size_t n)
{
    for (size_t w = 0; w < n; w++) {
        close(workers[w].from);
        kill(workers[w].pid, SIGKILL);
    }
    for (size_t w = 0; w < n; w++)
        while (waitpid(workers[w].pid, NULL, 0) < 0 && errno == EINTR)
            continue;
}

/// What is done with the results, and with those that never come.
typedef struct {
    QmtStatus (*take)(QmtContext *, void *, size_t, const Bytes *);
    bool without_lost; ///< an item whose worker died fails the whole
} Taking;

static QmtStatus map(QmtContext *ctx, Job job, Taking taking)
{
    Bytes result = {0};
    job.n_workers = job.n_workers < job.n ? job.n_workers : job.n;
    Worker *const workers = calloc(job.n_workers + 1, sizeof *workers);
    QmtStatus status = QMT_OK;
    if (workers == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu workers", job.n_workers);
    size_t w = 0;
    for (; job.n_workers > 1 && w < job.n_workers && status == QMT_OK; w += status == QMT_OK)
        status = worker_begin(ctx, &job, workers, w);
    for (size_t i = 0; i < job.n && status == QMT_OK; i++) {
        Worker *const worker = &workers[job.n_workers > 1 ? i % job.n_workers : 0];
        status = job.n_workers > 1 ? result_read(ctx, worker, &result)
                                   : item_work(ctx, &job, i, &result);
        const bool is_lost = worker->lost && !taking.without_lost;
        if (status == QMT_OK || is_lost)
            status = taking.take(ctx, job.user, i, is_lost ? NULL : &result);
    }
    if (workers != NULL)
        workers_end(workers, w);
    free(workers);
    bytes_release(&result);
    return status;
}

QmtStatus processes_map(QmtContext *ctx, size_t n, size_t n_workers,
                        QmtStatus (*work)(QmtContext *ctx, void *user, size_t item, Bytes *result),
                        QmtStatus (*take)(QmtContext *ctx, void *user, size_t item,
                                          const Bytes *result),
                        void *user)
{
    return map(ctx, (Job){.n = n, .n_workers = n_workers, .work = work, .user = user},
               (Taking){.take = take, .without_lost = true});
}

QmtStatus
processes_map_all(QmtContext *ctx, size_t n, size_t n_workers,
                  QmtStatus (*work)(QmtContext *ctx, void *user, size_t item, Bytes *result),
                  QmtStatus (*take)(QmtContext *ctx, void *user, size_t item, const Bytes *result),
                  void *user)
{
    return map(ctx, (Job){.n = n, .n_workers = n_workers, .work = work, .user = user},
               (Taking){.take = take, .without_lost = false});
}
