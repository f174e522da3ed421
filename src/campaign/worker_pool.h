#ifndef CAMPAIGN_WORKER_POOL_H
#define CAMPAIGN_WORKER_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/context.h"
#include "run/hooks.h"

/// Many pieces of work side by side, each in a process, which short ones share one after the other. A worker that crashes
/// takes nothing with it: its end is seen by the parent, named with the signal, and the others go on. Workers send their
/// progress and their result through a pipe of their own; nothing else is shared, so what a worker
/// computes cannot depend on how many there are.

enum { WORKER_RESULT_SIZE = 2112 };

/// The worker's end of its pipe.
typedef struct WorkerLink WorkerLink;

/// Sends progress; dropped if the parent is slow to read. Allocates nothing, does not block.
void worker_progress(WorkerLink *link, const RunProgress *progress);

/// Sends a sentence that the user should read.
void worker_note(WorkerLink *link, QmtLogLevel level, const char *sentence);

/// 0 for the first worker of a task, 1 for the one that follows a crash.
int worker_attempt(const WorkerLink *link);

/// True once the user asked to stop; the work should end with QMT_STOPPED soon.
bool worker_should_stop(const WorkerLink *link);

/// How a piece of work ended.
typedef struct {
    bool started;
    bool ended;
    QmtStatus status;            ///< of the work; QMT_ERR_PARTIAL if the worker crashed
    int signal;                  ///< that killed the worker, 0: it ended by itself
    char message[RUN_NOTE_SIZE]; ///< sentence of a failure, "" after success
    bool has_result;
    unsigned char result[WORKER_RESULT_SIZE]; ///< what the work stored, plain bytes
} WorkerOutcome;

typedef struct {
    size_t n_tasks;
    const double *cost; ///< [n_tasks] any unit; the most expensive starts first
    /// [n_tasks] task that must have ended, however, before one starts; its own number: none. What another task waits
    /// for waits for none. NULL: all are free.
    const size_t *after;
    size_t n_workers; ///< processes at a time, >= 1
    double max_s;     ///< stop as after a signal when so many seconds have passed; 0: never
    void *user;

    /// Runs in the worker, with a context of its own. result [WORKER_RESULT_SIZE] is zero before
    /// and goes to the outcome, also after a failure.
    QmtStatus (*work)(QmtContext *ctx, void *user, size_t task, WorkerLink *link, void *result);

    /// Run in the parent, each may be NULL.
    void (*before_start)(void *user, size_t task); ///< of a process; what it does the worker sees
    void (*on_start)(void *user, size_t task);
    void (*on_progress)(void *user, size_t task, const RunProgress *progress);
    void (*on_note)(void *user, size_t task, QmtLogLevel level, const char *sentence);
    void (*on_end)(void *user, size_t task, const WorkerOutcome *outcome);
    void (*on_stop)(void *user, int signal); ///< signal 0: the time is up, or should_stop said so
    bool (*should_stop)(void *user);         ///< asked at least once a second
} WorkerPool;

/// Runs all tasks and waits for them. SIGINT, SIGTERM and SIGUSR1 make every worker stop after its
/// step and keep further tasks from starting; a second signal kills the workers at once. The former
/// handlers are in place again when this returns. A task whose worker crashes is given to a second one, which
/// is told so; if that crashes too, the task has failed.
///
/// @param outcomes  [n_tasks], 3 kB each; NULL: on_end is enough
/// @param signal    the signal that asked to stop, 0 if none; may be NULL
/// @return QMT_OK if every task ended well; QMT_STOPPED if the user asked to stop (whatever else
///         happened); the status of the task if there is only one and it failed by itself;
///         QMT_ERR_PARTIAL if some failed or crashed; QMT_ERR_MEMORY or QMT_ERR_IO if no process
///         could be made at all.
QmtStatus worker_pool_run(QmtContext *ctx, const WorkerPool *job, WorkerOutcome *outcomes,
                          int *signal);

#endif
