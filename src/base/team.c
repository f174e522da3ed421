#include "base/team.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    // Looks at the door before a thread sleeps, and before the caller lets others run; some 20 ns each.
    LOOKS_BEFORE_SLEEP = 50000,
    LOOKS_BEFORE_YIELD = 2000,
    // Kernels keep blocks of matrices on the stack, up to 0.4 MB.
    STACK_SIZE = 2 << 20,
    COPIED_TOGETHER = 1 << 16,
    LINE = 64
};

// The door: number of the loop, whether it is open, and how many threads are inside besides the caller.
#define DOOR_INSIDE UINT64_C(0xffff)
#define DOOR_OPEN UINT64_C(0x10000)
#define DOOR_NEXT UINT64_C(0x20000)

struct Team {
    // What the threads share all the time, each on a line of its own.
    _Alignas(LINE) _Atomic uint64_t door;
    _Alignas(LINE) _Atomic size_t next; ///< the first element that nobody has
    _Alignas(LINE) atomic_int n_asleep;
    atomic_bool ending;
    // The loop, written by the caller while nobody is inside.
    size_t n, piece;
    TeamPart *part;
    void *task;

    pthread_mutex_t lock; ///< of sleeping and waking
    pthread_cond_t opened;
    size_t n_others;
    pthread_t *other;
    unsigned forks; ///< of this process when the team was made
    const Kernels *kernels;
};

/// The team of this thread.
static _Thread_local struct {
    Team *team;
    bool in_part; ///< loops are not divided any further
} here;

// A process that was forked off has none of the threads.
static atomic_uint n_forks;
static pthread_once_t watch_forks = PTHREAD_ONCE_INIT;

static void count_fork(void)
{
    atomic_fetch_add(&n_forks, 1);
}

static void start_watching(void)
{
    // Without memory for it forks go unseen, of which only a forked process with a team would suffer.
    (void)pthread_atfork(NULL, NULL, count_fork);
}

static inline void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/// Pieces of the loop until none is left.
static void work(Team *team)
{
    for (;;) {
        const size_t first =
            atomic_fetch_add_explicit(&team->next, team->piece, memory_order_relaxed);
        if (first >= team->n)
            return;
        const size_t left = team->n - first;
        team->part(team->task, first, first + (left < team->piece ? left : team->piece));
    }
}

/// Whether there is a loop that this thread has not seen.
static bool is_called(uint64_t door, uint64_t seen)
{
    return (door & DOOR_OPEN) != 0 && door / DOOR_NEXT != seen;
}

/// Waits for a loop, or for the end.
static uint64_t wait_for_call(Team *team, uint64_t seen)
{
    for (int i = 0; i < LOOKS_BEFORE_SLEEP; i++) {
        const uint64_t door = atomic_load(&team->door);
        if (is_called(door, seen) || atomic_load(&team->ending))
            return door;
        relax();
    }
    pthread_mutex_lock(&team->lock);
    atomic_fetch_add(&team->n_asleep, 1);
    uint64_t door = atomic_load(&team->door);
    while (!is_called(door, seen) && !atomic_load(&team->ending)) {
        pthread_cond_wait(&team->opened, &team->lock);
        door = atomic_load(&team->door);
    }
    atomic_fetch_sub(&team->n_asleep, 1);
    pthread_mutex_unlock(&team->lock);
    return door;
}

static void wake_all(Team *team)
{
    // Who goes to sleep says so before it looks at the door for the last time.
    if (atomic_load(&team->n_asleep) == 0)
        return;
    pthread_mutex_lock(&team->lock);
    pthread_cond_broadcast(&team->opened);
    pthread_mutex_unlock(&team->lock);
}

static void *thread_run(void *argument)
{
    Team *const team = argument;
    uint64_t seen = 0;
    here.team = team;
    here.in_part = true;
    for (;;) {
        uint64_t door = wait_for_call(team, seen);
        if (atomic_load(&team->ending))
            return NULL;
        if (!is_called(door, seen) || !atomic_compare_exchange_strong(&team->door, &door, door + 1))
            continue; // closed, or another thread went in at the same time
        seen = door / DOOR_NEXT;
        work(team);
        atomic_fetch_sub(&team->door, 1);
    }
}

static bool has_threads(const Team *team)
{
    return team->forks == atomic_load_explicit(&n_forks, memory_order_relaxed);
}

void team_share(size_t n, size_t piece, TeamPart *part, void *task)
{
    Team *const team = here.team;
    if (n == 0)
        return;
    assert(piece > 0);
    if (team == NULL || here.in_part || n <= piece || !has_threads(team)) {
        part(task, 0, n);
        return;
    }
    team->n = n;
    team->piece = piece;
    team->part = part;
    team->task = task;
    atomic_store_explicit(&team->next, 0, memory_order_relaxed);
    // Nobody is inside: the next number, and open.
    atomic_store(&team->door, (atomic_load(&team->door) / DOOR_NEXT + 1) * DOOR_NEXT + DOOR_OPEN);
    wake_all(team);
    here.in_part = true;
    work(team);
    here.in_part = false;
    atomic_fetch_and(&team->door, ~DOOR_OPEN);
    for (int i = 0; (atomic_load(&team->door) & DOOR_INSIDE) != 0; i++) {
        if (i < LOOKS_BEFORE_YIELD)
            relax();
        else
            sched_yield();
    }
}

typedef struct {
    char *to;
    const char *from;
} Copy;

static void part_copy(void *task, size_t first, size_t last)
{
    const Copy *copy = task;
    memcpy(copy->to + first, copy->from + first, last - first);
}

void team_copy(void *to, const void *from, size_t n_bytes)
{
    Copy copy = {to, from};
    team_share(n_bytes, COPIED_TOGETHER, part_copy, &copy);
}

size_t team_size(void)
{
    const Team *team = here.team;
    return team == NULL || here.in_part || !has_threads(team) ? 1 : team->n_others + 1;
}

void team_enter(Team *team)
{
    here.team = team;
}

void team_leave(void)
{
    here.team = NULL;
}

const Kernels *team_plain_kernels(void)
{
    assert(here.team != NULL);
    return here.team->kernels;
}

/// Starts the threads; those that could not be are not counted.
static int start_threads(Team *team, size_t n_others)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    // Signals are for the threads of the caller.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = 0;
    while (error == 0 && team->n_others < n_others) {
        error = pthread_create(&team->other[team->n_others], &attributes, thread_run, team);
        team->n_others += error == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return error;
}

QmtStatus team_create(QmtContext *ctx, size_t n_threads, Team **team)
{
    assert(n_threads >= 2 && n_threads <= TEAM_THREADS_MAX);
    pthread_once(&watch_forks, start_watching);
    Team *made = aligned_alloc(LINE, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "out of memory");
    memset(made, 0, sizeof *made);
    made->other = calloc(n_threads - 1, sizeof *made->other);
    made->kernels = ctx->kernels;
    made->forks = atomic_load(&n_forks);
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->opened, NULL);
    const int error = made->other != NULL ? start_threads(made, n_threads - 1) : 0;
    if (made->n_others < n_threads - 1) {
        const size_t n_made = made->n_others + 1;
        team_destroy(&made);
        return FAIL(
            ctx, QMT_ERR_MEMORY,
            "only %zu of %zu threads for one molecule can be made: %s; ask for fewer cores for "
            "each trajectory",
            n_made, n_threads, error != 0 ? strerror(error) : "out of memory");
    }
    *team = made;
    return QMT_OK;
}

void team_destroy(Team **team)
{
    Team *ending = *team;
    *team = NULL;
    if (ending == NULL)
        return;
    if (has_threads(ending)) {
        pthread_mutex_lock(&ending->lock);
        atomic_store(&ending->ending, true);
        pthread_cond_broadcast(&ending->opened);
        pthread_mutex_unlock(&ending->lock);
        for (size_t t = 0; t < ending->n_others; t++)
            pthread_join(ending->other[t], NULL);
        pthread_cond_destroy(&ending->opened);
        pthread_mutex_destroy(&ending->lock);
    }
    free(ending->other);
    free(ending);
}
