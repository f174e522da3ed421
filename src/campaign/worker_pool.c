#include "campaign/worker_pool.h"
#include "base/clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef QMTRAJ_COVERAGE
void __gcov_dump(void);
#endif

typedef enum { MESSAGE_PROGRESS, MESSAGE_NOTE, MESSAGE_RESULT } MessageKind;

/// What goes through a pipe, at its full size, so that the reader knows where the next one begins.
typedef struct {
    MessageKind kind;
    QmtLogLevel level;
    QmtStatus status;
    bool goes_on; ///< with a result: the worker waits for another task
    RunProgress progress;
    char sentence[RUN_NOTE_SIZE];
    unsigned char result[WORKER_RESULT_SIZE];
} PipeMessage;
_Static_assert(sizeof(PipeMessage) <= 4096, "a message must fit into PIPE_BUF to arrive whole");

struct WorkerLink {
    int fd;
    int attempt;
    PipeMessage message; ///< of its own, so that sending allocates nothing
};

/// The parent's side of one worker.
typedef struct {
    pid_t pid;
    int fd;
    int orders; ///< where its next tasks are written; -1: it gets no more
    bool waits; ///< for one: its result has arrived
    bool done;  ///< its last task is accounted for, and it is about to end
    size_t task;
    WorkerOutcome outcome; ///< so far
    size_t n_read;         ///< bytes of a message that has not arrived as a whole
    unsigned char bytes[sizeof(PipeMessage)];
} Worker;

/// A task with its cost, to be sorted.
typedef struct {
    double cost;
    size_t task;
    bool waits; ///< for another one
} Ranked;

typedef struct {
    QmtContext *ctx;
    const WorkerPool *job;
    WorkerOutcome *outcomes;  ///< [n_tasks] of the caller; NULL: not wanted
    size_t n_well, n_stopped; ///< tasks that ended with QMT_OK, with QMT_STOPPED
    Ranked *order;            ///< [n_tasks] tasks, most expensive first
    size_t n_begun;           ///< of order
    size_t first;             ///< of order that is not begun
    bool *begun, *ended;      ///< [n_tasks]
    Worker *workers;          ///< [n_workers]
    struct pollfd *polls;
    size_t n_running;
    WorkerOutcome last; ///< that ended
    bool *crashed;      ///< [n_tasks] its first worker did
    double end_s;       ///< when to stop, monotonic clock; 0: never
    sigset_t old_mask;
} Pool;

// Written by signal handlers, the one kind of state that has no owner to hang it on. In the parent:
// the first signal and how many there were, those apart that a person gave. In a worker: asked to stop, and by what.
static volatile sig_atomic_t first_signal, n_signals, n_by_hand, last_by_hand_ms, worker_stop;

/// A process costs some milliseconds, most of them for the memory that it shares with its parent until either writes to
/// it, and these grow with the length of the list. So a worker takes task after task until it has worked for so long; a
/// long task has a process to itself.
static const double WORKER_CPU_S = 1.0;

/// Signals that come closer than this are one: `timeout` sends its signal to the program and then to the group.
enum { ONE_SIGNAL_MS = 200 };

static const int STOP_SIGNALS[] = {SIGINT, SIGTERM, SIGUSR1, SIGHUP, SIGQUIT, SIGXCPU};
enum { N_STOP_SIGNALS = sizeof STOP_SIGNALS / sizeof STOP_SIGNALS[0] };

/// Milliseconds of a clock that starts over every twelve days, which fit into what a handler may write.
static int clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int)(now.tv_sec % 1000000) * 1000 + (int)(now.tv_nsec / 1000000);
}

/// A terminal that closes says so more than once, a limit on processor time every second, a session that ends goes on
/// to SIGTERM, and a batch system that ends a job adds one to the signal that its script passes on (SIGUSR1): only
/// a second signal by hand, some time after the first, means that somebody does not want to wait.
static void parent_signal(int signal)
{
    const int now_ms = clock_ms();
    const bool by_hand = (signal == SIGINT || signal == SIGTERM || signal == SIGQUIT) &&
                         (n_by_hand == 0 || abs(now_ms - last_by_hand_ms) >= ONE_SIGNAL_MS);
    if (n_signals == 0)
        first_signal = signal;
    if (n_signals == 0 || (by_hand && n_by_hand > 0))
        n_signals = n_signals + 1;
    if (by_hand) {
        n_by_hand = n_by_hand + 1;
        last_by_hand_ms = now_ms;
    }
}

static void child_signal(int signal)
{
    (void)signal;
}

static void worker_signal(int signal)
{
    worker_stop = signal;
}

static void handler_set(int signal, void (*handler)(int), struct sigaction *before)
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, before);
}

int worker_attempt(const WorkerLink *link)
{
    return link->attempt;
}

bool worker_should_stop(const WorkerLink *link)
{
    (void)link;
    return worker_stop != 0;
}

/// Writes one message. A full pipe is waited for only if must_arrive.
static void link_send(WorkerLink *link, bool must_arrive)
{
    for (;;) {
        const ssize_t n = write(link->fd, &link->message, sizeof link->message);
        if (n >= 0 || (errno != EAGAIN && errno != EINTR))
            return; // a parent that is gone cannot be told anything
        if (errno == EAGAIN && !must_arrive)
            return;
        if (errno == EAGAIN) {
            struct pollfd ready = {.fd = link->fd, .events = POLLOUT};
            poll(&ready, 1, -1);
        }
    }
}

void worker_progress(WorkerLink *link, const RunProgress *progress)
{
    link->message.kind = MESSAGE_PROGRESS;
    link->message.progress = *progress;
    link_send(link, false);
}

void worker_note(WorkerLink *link, QmtLogLevel level, const char *sentence)
{
    link->message.kind = MESSAGE_NOTE;
    link->message.level = level;
    snprintf(link->message.sentence, sizeof link->message.sentence, "%s", sentence);
    link_send(link, true);
}

static void note_from_context(void *user, QmtLogLevel level, const char *sentence)
{
    worker_note(user, level, sentence);
}

/// At the hard limit on processor time the system ends a process without a word. The soft limit, which it can hear,
/// is put before it.
static void limit_soften(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CPU, &limit) != 0 || limit.rlim_max == RLIM_INFINITY)
        return;
    const rlim_t tenth = limit.rlim_max / 10, margin = tenth < 2 ? 2 : tenth > 30 ? 30 : tenth;
    if (limit.rlim_max <= margin || limit.rlim_cur <= limit.rlim_max - margin)
        return;
    limit.rlim_cur = limit.rlim_max - margin;
    setrlimit(RLIMIT_CPU, &limit);
}

/// The signals of a worker. The parent passes on what is sent to the whole group, by Ctrl-C or by a terminal that
/// closes, so only its SIGTERM counts; a limit on processor time is the worker's own.
static void worker_signals(void)
{
    static const int ignored[] = {SIGINT, SIGUSR1, SIGHUP, SIGQUIT, SIGPIPE};
    for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
        handler_set(ignored[i], SIG_IGN, NULL);
    handler_set(SIGCHLD, SIG_DFL, NULL);
    worker_stop = 0;
    handler_set(SIGTERM, worker_signal, NULL);
    handler_set(SIGXCPU, worker_signal, NULL);
    limit_soften();
}

/// Processor time of this process.
static double used_s(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

/// One task, and its result sent.
static void task_work(const Pool *pool, size_t task, WorkerLink *link)
{
    unsigned char result[WORKER_RESULT_SIZE] = {0};
    QmtContext *ctx;
    QmtStatus status = qmt_context_create(&ctx);
    if (status == QMT_OK) {
        qmt_context_set_log(ctx, note_from_context, link);
        status = pool->job->work(ctx, pool->job->user, task, link, result);
    }
    if (worker_stop == SIGXCPU)
        worker_note(link, QMT_LOG_WARNING,
                    "stopped at the limit on processor time of a process (ulimit -t)");
    link->message.kind = MESSAGE_RESULT;
    link->message.status = status;
    link->message.goes_on = worker_stop == 0 && used_s() < WORKER_CPU_S;
    snprintf(link->message.sentence, sizeof link->message.sentence, "%s",
             status == QMT_OK ? ""
             : ctx != NULL    ? qmt_context_message(ctx)
                              : "");
    memcpy(link->message.result, result, sizeof result);
    qmt_context_destroy(&ctx);
    link_send(link, true);
}

/// Waits for the next task; false: there is none.
static bool order_wait(int orders, size_t *task)
{
    ssize_t n;
    do
        n = read(orders, task, sizeof *task);
    while (n < 0 && errno == EINTR && worker_stop == 0);
    return n == (ssize_t)sizeof *task;
}

/// The whole life of a worker; never returns to the caller's stack, whose buffers belong to the
/// parent.
static void worker_live(const Pool *pool, size_t task, int fd, int orders, pid_t parent)
{
    worker_signals();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(1);
    sigprocmask(SIG_SETMASK, &pool->old_mask, NULL);

    WorkerLink link = {.fd = fd, .attempt = pool->crashed[task]};
    do {
        task_work(pool, task, &link);
        link.attempt = 0; // a task whose worker crashed gets a new one
    } while (link.message.goes_on && order_wait(orders, &task));
#ifdef QMTRAJ_COVERAGE
    __gcov_dump(); // what _exit() leaves out
#endif
    _exit(0);
}

/// What connects a worker with its parent: a pipe for what it says, a socket for its tasks, as writing to one whose reader
/// is gone need not raise SIGPIPE. The parent's ends come first.
typedef struct {
    int said[2], orders[2];
} Channels;

static void channels_close(const Channels *channels, int end)
{
    close(channels->said[end]);
    close(channels->orders[end]);
}

static QmtStatus channels_open(QmtContext *ctx, Channels *channels)
{
    if (pipe2(channels->said, O_CLOEXEC | O_NONBLOCK) != 0)
        return FAIL(ctx, QMT_ERR_IO, "runner: no pipe for a worker: %s", strerror(errno));
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channels->orders) == 0)
        return QMT_OK;
    const int reason = errno;
    close(channels->said[0]);
    close(channels->said[1]);
    return FAIL(ctx, QMT_ERR_IO, "runner: no socket for a worker: %s", strerror(reason));
}

static void orders_close(Worker *worker)
{
    if (worker->orders >= 0)
        close(worker->orders);
    worker->orders = -1;
}

/// A task has a worker.
static void task_begin(Pool *pool, Worker *worker, size_t task)
{
    worker->task = task;
    worker->waits = worker->done = false;
    worker->outcome = (WorkerOutcome){.started = true};
    if (pool->outcomes != NULL)
        pool->outcomes[task] = worker->outcome;
    if (pool->job->on_start != NULL)
        pool->job->on_start(pool->job->user, task);
}

static QmtStatus worker_start(Pool *pool, size_t task)
{
    Channels channels;
    TRY(channels_open(pool->ctx, &channels));
    if (pool->job->before_start != NULL)
        pool->job->before_start(pool->job->user, task);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) {
        const int reason = errno;
        channels_close(&channels, 0);
        channels_close(&channels, 1);
        return FAIL(pool->ctx, QMT_ERR_IO, "runner: no process for a worker: %s", strerror(reason));
    }
    if (pid == 0) {
        channels_close(&channels, 0);
        for (size_t w = 0; w < pool->n_running; w++) {
            close(pool->workers[w].fd);
            orders_close(&pool->workers[w]);
        }
        worker_live(pool, task, channels.said[1], channels.orders[1], parent);
    }
    channels_close(&channels, 1);
    Worker *const worker = &pool->workers[pool->n_running++];
    *worker = (Worker){.pid = pid, .fd = channels.said[0], .orders = channels.orders[0]};
    task_begin(pool, worker, task);
    return QMT_OK;
}

static void message_take(const Pool *pool, Worker *worker, const PipeMessage *message)
{
    const WorkerPool *job = pool->job;
    const size_t task = worker->task;
    WorkerOutcome *const outcome = &worker->outcome;
    switch (message->kind) {
    case MESSAGE_PROGRESS:
        if (job->on_progress != NULL)
            job->on_progress(job->user, task, &message->progress);
        break;
    case MESSAGE_NOTE:
        if (job->on_note != NULL)
            job->on_note(job->user, task, message->level, message->sentence);
        break;
    case MESSAGE_RESULT:
        outcome->status = message->status;
        outcome->has_result = true;
        worker->waits = message->goes_on;
        memcpy(outcome->message, message->sentence, sizeof outcome->message);
        memcpy(outcome->result, message->result, sizeof outcome->result);
        break;
    }
}

/// Takes what has arrived. Returns false at the end of the pipe: the worker is gone.
static bool worker_read(const Pool *pool, Worker *worker)
{
    for (;;) {
        const ssize_t n =
            read(worker->fd, worker->bytes + worker->n_read, sizeof worker->bytes - worker->n_read);
        if (n == 0)
            return false;
        if (n < 0)
            return errno == EAGAIN || errno == EINTR;
        worker->n_read += (size_t)n;
        if (worker->n_read == sizeof worker->bytes) {
            PipeMessage message;
            memcpy(&message, worker->bytes, sizeof message);
            worker->n_read = 0;
            message_take(pool, worker, &message);
        }
    }
}

/// Gives a task whose worker crashed to another one, once.
static bool worker_again(Pool *pool, size_t task, const WorkerOutcome *crashed)
{
    char sentence[RUN_NOTE_SIZE];
    if (pool->crashed[task])
        return false;
    pool->crashed[task] = true;
    snprintf(sentence, sizeof sentence, "%.900s; it is tried once more from its checkpoint",
             crashed->message);
    if (pool->job->on_note != NULL)
        pool->job->on_note(pool->job->user, task, QMT_LOG_WARNING, sentence);
    return worker_start(pool, task) == QMT_OK;
}

/// What SIGKILL may mean.
static const char *kill_reason(int signal, const struct rusage *used)
{
    struct rlimit limit;
    if (signal != SIGKILL)
        return "";
    if (getrlimit(RLIMIT_CPU, &limit) == 0 && limit.rlim_max != RLIM_INFINITY &&
        used->ru_utime.tv_sec + used->ru_stime.tv_sec + 1 >= (long)limit.rlim_max)
        return "; it used up the limit on processor time (ulimit -t)";
    return "; out of memory, or killed by hand";
}

/// Counts how a task ended, and tells.
static void task_end(Pool *pool, size_t task, const WorkerOutcome *outcome)
{
    pool->n_well += outcome->status == QMT_OK;
    pool->n_stopped += outcome->status == QMT_STOPPED;
    pool->ended[task] = true;
    if (pool->outcomes != NULL)
        pool->outcomes[task] = *outcome;
    pool->last = *outcome;
    if (pool->job->on_end != NULL)
        pool->job->on_end(pool->job->user, task, outcome);
}

/// The next task that can start, in order; n_tasks: all are begun, or wait for one that runs. Those that wait come last,
/// so no more of them are passed over than wait for tasks that run.
static size_t next_task(Pool *pool)
{
    const WorkerPool *const job = pool->job;
    while (pool->first < job->n_tasks && pool->begun[pool->order[pool->first].task])
        pool->first++;
    for (size_t i = pool->first; i < job->n_tasks; i++) {
        const Ranked *const ranked = &pool->order[i];
        if (!pool->begun[ranked->task] && (!ranked->waits || pool->ended[job->after[ranked->task]]))
            return ranked->task;
    }
    return job->n_tasks;
}

/// Gives a worker that waits the next task, or lets it end if there is none.
static void worker_next(Pool *pool, Worker *worker)
{
    worker->outcome.ended = true;
    worker->waits = false;
    worker->done = true;
    task_end(pool, worker->task, &worker->outcome);
    const size_t task = n_signals == 0 ? next_task(pool) : pool->job->n_tasks;
    if (task < pool->job->n_tasks &&
        send(worker->orders, &task, sizeof task, MSG_NOSIGNAL) == (ssize_t)sizeof task) {
        pool->begun[task] = true;
        pool->n_begun++;
        task_begin(pool, worker, task);
        return;
    }
    orders_close(worker);
}

/// Collects the process of a worker whose pipe has ended, and closes its account.
static void worker_end(Pool *pool, size_t w)
{
    Worker worker = pool->workers[w];
    WorkerOutcome *const outcome = &worker.outcome;
    int code = 0;

    close(worker.fd);
    orders_close(&worker);
    struct rusage used = {0};
    while (wait4(worker.pid, &code, 0, &used) < 0 && errno == EINTR)
        continue;
    outcome->ended = true;
    if (worker.done) {
        pool->workers[w] = pool->workers[--pool->n_running];
        return;
    }
    if (!outcome->has_result) {
        outcome->status = QMT_ERR_PARTIAL;
        if (WIFSIGNALED(code) && WTERMSIG(code) == SIGKILL && n_signals > 1) {
            outcome->status = QMT_STOPPED; // by us, as the user would not wait
            outcome->signal = SIGKILL;
            snprintf(outcome->message, sizeof outcome->message, "ended at once on request");
        } else if (WIFSIGNALED(code)) {
            outcome->signal = WTERMSIG(code);
            snprintf(outcome->message, sizeof outcome->message,
                     "its process was ended by signal %d (%s)%s", outcome->signal,
                     strsignal(outcome->signal), kill_reason(outcome->signal, &used));
        } else {
            snprintf(outcome->message, sizeof outcome->message,
                     "its process ended with code %d and no result", WEXITSTATUS(code));
        }
    }
    pool->workers[w] = pool->workers[--pool->n_running];
    if (!outcome->has_result && n_signals == 0 && worker_again(pool, worker.task, outcome))
        return;
    task_end(pool, worker.task, outcome);
}

static void workers_signal(const Pool *pool, int signal)
{
    for (size_t w = 0; w < pool->n_running; w++)
        kill(pool->workers[w].pid, signal);
}

/// Starts the next task. False if there is none to start now, or no process could be made: *refused.
static bool next_start(Pool *pool, bool *refused)
{
    const size_t task = next_task(pool);
    if (task == pool->job->n_tasks)
        return false;
    // With other workers alive a full process table only means fewer at a time.
    if (worker_start(pool, task) != QMT_OK) {
        *refused = pool->n_running == 0;
        return false;
    }
    pool->begun[task] = true;
    pool->n_begun++;
    return true;
}

/// Waits for workers until all that were begun have ended.
static void pool_loop(Pool *pool)
{
    const WorkerPool *job = pool->job;
    sig_atomic_t n_passed_on = 0;
    bool refused = false;

    while (pool->n_running > 0 || (pool->n_begun < job->n_tasks && !refused && n_signals == 0)) {
        while (pool->n_running < job->n_workers && pool->n_begun < job->n_tasks && !refused &&
               n_signals == 0)
            if (!next_start(pool, &refused))
                break;

        for (size_t w = 0; w < pool->n_running; w++)
            pool->polls[w] = (struct pollfd){.fd = pool->workers[w].fd, .events = POLLIN};
        // Signals are let in only while waiting here, so none is lost between the test and the
        // wait.
        const struct timespec second = {.tv_sec = 1};
        const int n_ready = pool->n_running == 0
                                ? 0
                                : ppoll(pool->polls, pool->n_running, &second, &pool->old_mask);
        const bool time_is_up = pool->end_s > 0.0 && clock_s() >= pool->end_s;
        if (n_signals == 0 &&
            (time_is_up || (job->should_stop != NULL && job->should_stop(job->user))))
            n_signals = 1; // as if somebody had sent one; signals are blocked here
        if (n_signals > n_passed_on) {
            workers_signal(pool, n_passed_on == 0 && n_signals == 1 ? SIGTERM : SIGKILL);
            if (n_passed_on == 0 && job->on_stop != NULL)
                job->on_stop(job->user, first_signal);
            n_passed_on = n_signals;
        }
        if (n_ready <= 0)
            continue;
        for (size_t w = pool->n_running; w-- > 0;) {
            const bool is_there =
                pool->polls[w].revents == 0 || worker_read(pool, &pool->workers[w]);
            if (!is_there)
                orders_close(&pool->workers[w]);
            if (pool->workers[w].waits)
                worker_next(pool, &pool->workers[w]);
            if (!is_there)
                worker_end(pool, w);
        }
    }
}

static int more_expensive_first(const void *a, const void *b)
{
    const Ranked *p = a, *q = b;
    if (p->waits != q->waits)
        return p->waits ? 1 : -1;
    if (p->cost != q->cost)
        return p->cost > q->cost ? -1 : 1;
    return p->task < q->task ? -1 : 1;
}

/// Most expensive first, so that no long trajectory starts when all others are done; equals in order. Those that wait
/// for others come behind all that do not.
static void order_sort(Ranked *order, const WorkerPool *job)
{
    for (size_t task = 0; task < job->n_tasks; task++)
        order[task] = (Ranked){.cost = job->cost[task],
                               .task = task,
                               .waits = job->after != NULL && job->after[task] != task};
    qsort(order, job->n_tasks, sizeof *order, more_expensive_first);
}

static QmtStatus overall_status(const Pool *pool)
{
    QmtContext *const ctx = pool->ctx;
    const size_t n = pool->job->n_tasks, n_failed = n - pool->n_well - pool->n_stopped;
    if (n_signals > 0 || pool->n_stopped > 0)
        return FAIL(ctx, QMT_STOPPED, "stopped on request");
    if (n_failed == 0)
        return QMT_OK;
    if (n == 1)
        return FAIL(ctx, pool->last.status, "%s", pool->last.message);
    return FAIL(ctx, QMT_ERR_PARTIAL, "%zu of %zu trajectories failed", n_failed, n);
}

static void pool_release(Pool *pool)
{
    free(pool->crashed);
    free(pool->begun);
    free(pool->ended);
    free(pool->order);
    free(pool->workers);
    free(pool->polls);
}

QmtStatus worker_pool_run(QmtContext *ctx, const WorkerPool *job, WorkerOutcome *outcomes,
                          int *signal)
{
    assert(job->n_workers >= 1 && job->work != NULL);

    Pool pool = {.ctx = ctx, .job = job, .outcomes = outcomes};
    pool.order = calloc(job->n_tasks + 1, sizeof *pool.order);
    pool.workers = calloc(job->n_workers, sizeof *pool.workers);
    pool.polls = calloc(job->n_workers, sizeof *pool.polls);
    pool.crashed = calloc(job->n_tasks + 1, sizeof *pool.crashed);
    pool.begun = calloc(job->n_tasks + 1, sizeof *pool.begun);
    pool.ended = calloc(job->n_tasks + 1, sizeof *pool.ended);
    pool.end_s = job->max_s > 0.0 ? clock_s() + job->max_s : 0.0;
    if (pool.crashed == NULL || pool.begun == NULL || pool.ended == NULL || pool.order == NULL ||
        pool.workers == NULL || pool.polls == NULL) {
        pool_release(&pool);
        return FAIL(ctx, QMT_ERR_MEMORY, "runner: no memory for %zu workers", job->n_workers);
    }
    if (outcomes != NULL)
        memset(outcomes, 0, job->n_tasks * sizeof *outcomes);
    order_sort(pool.order, job);

    struct sigaction before[N_STOP_SIGNALS], child_before;
    sigset_t blocked;
    sigemptyset(&blocked);
    first_signal = 0;
    n_signals = 0;
    n_by_hand = 0;
    for (size_t i = 0; i < N_STOP_SIGNALS; i++)
        sigaddset(&blocked, STOP_SIGNALS[i]);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, &pool.old_mask);
    for (size_t i = 0; i < N_STOP_SIGNALS; i++) {
        sigdelset(&pool.old_mask, STOP_SIGNALS[i]);
        handler_set(STOP_SIGNALS[i], parent_signal, &before[i]);
        if (STOP_SIGNALS[i] == SIGHUP && before[i].sa_handler == SIG_IGN)
            handler_set(SIGHUP, SIG_IGN, NULL); // nohup: it is to go on
    }
    handler_set(SIGCHLD, child_signal, &child_before);

    pool_loop(&pool);

    // A signal to the whole group may have ended the workers before it was let in here: it is taken now, by the handlers
    // of the job, and means nothing to one that is done.
    const sig_atomic_t n_during = n_signals;
    sigprocmask(SIG_SETMASK, &pool.old_mask, NULL);
    if (pool.n_well == job->n_tasks)
        n_signals = n_during;
    for (size_t i = 0; i < N_STOP_SIGNALS; i++)
        sigaction(STOP_SIGNALS[i], &before[i], NULL);
    sigaction(SIGCHLD, &child_before, NULL);
    pool_release(&pool);
    if (signal != NULL)
        *signal = first_signal;

    // No process at all: the sentence of fork() is still in the context.
    if (pool.n_begun == 0 && job->n_tasks > 0 && n_signals == 0)
        return QMT_ERR_IO;
    return overall_status(&pool);
}
