/// The thread rules of the public headers, under the thread sanitizer: contexts of two threads share nothing that
/// changes, and engines and dynamics move from thread to thread between two calls.
///
/// The sanitizer ends the program with a code of its own where two threads meet; what is checked here is that
/// every number is the one of a single thread.

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qmtraj/dynamics.h"

enum { N_LINKS = 20, N_THREADS = 4, N_ATOMS_MAX = 3 * N_LINKS + 2, N_STEPS = 12 };

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

typedef struct {
    size_t n;
    int numbers[N_ATOMS_MAX];
    double xyz[3 * N_ATOMS_MAX];
} Molecule;

static const Molecule MOLECULES[2] = {
    {3, {8, 1, 1}, {0.0, 0.0, 0.22, 0.0, 1.43, -0.89, 0.0, -1.43, -0.89}},
    {5,
     {6, 1, 1, 1, 1},
     {0.0, 0.0, 0.0, 1.2, 1.2, 1.2, -1.2, -1.2, 1.2, -1.2, 1.2, -1.2, 1.2, -1.2, -1.2}}};

/// A trajectory in the making, which passes from thread to thread.
typedef struct {
    QmtEngine *engine;
    QmtDynamics *dynamics;
    const Molecule *molecule;
    double end[3 * N_ATOMS_MAX];
} Job;

/// An alkane, large enough that its loops are divided.
static Molecule chain(void)
{
    Molecule made = {.n = 0};
    for (int i = -1; i <= N_LINKS; i++) {
        const int is_end = i < 0 || i == N_LINKS;
        for (int k = 0; k < (is_end ? 1 : 3); k++, made.n++) {
            double *const at = made.xyz + 3 * made.n;
            made.numbers[made.n] = is_end || k > 0 ? 1 : 6;
            at[0] = i < 0 ? -1.7 : 2.4 * i - (i == N_LINKS ? 0.7 : 0.0);
            at[1] = (i % 2 == 0 ? 0.83 : -0.83) * (k == 0 ? 1.0 : 2.35);
            at[2] = k == 0 ? 0.0 : k == 1 ? 1.68 : -1.68;
        }
    }
    return made;
}

static void job_begin(QmtContext *ctx, Job *job, const Molecule *molecule, int cores)
{
    QmtEngineOptions options = qmt_engine_options_default();
    QmtDynamicsOptions motion = qmt_dynamics_options_default();
    options.solvent = molecule->n == 3 ? "water" : NULL;
    options.cores = cores;
    motion.relax = 0;
    *job = (Job){.molecule = molecule};
    CHECK(qmt_engine_create(ctx, molecule->n, molecule->numbers, &options, &job->engine) == QMT_OK);
    CHECK(qmt_dynamics_create(ctx, job->engine, &motion, NULL, NULL, molecule->xyz,
                              &job->dynamics) == QMT_OK);
}

static void job_step(QmtContext *ctx, Job *job, uint64_t n_steps)
{
    QmtDynamicsState state = qmt_dynamics_state_empty();
    CHECK(qmt_dynamics_step(ctx, job->dynamics, n_steps, NULL) == QMT_OK);
    CHECK(qmt_dynamics_state(ctx, job->dynamics, &state) == QMT_OK);
    memcpy(job->end, state.xyz, 3 * job->molecule->n * sizeof *job->end);
}

static void job_end(Job *job)
{
    qmt_dynamics_destroy(&job->dynamics);
    qmt_engine_destroy(&job->engine);
}

/// A thread with a context of its own that does the second half of a job and the whole of another one.
static void *thread_run(void *argument)
{
    Job *const first = argument;
    Job own;
    QmtContext *ctx = NULL;
    CHECK(qmt_context_create(&ctx) == QMT_OK);
    job_begin(ctx, &own, first->molecule, 1);
    job_step(ctx, first, N_STEPS / 2);
    job_step(ctx, &own, N_STEPS);
    CHECK(memcmp(own.end, first->end, sizeof own.end) == 0);
    // A failure leaves its sentence in the context of its thread.
    CHECK(qmt_engine_evaluate(ctx, own.engine, NULL, NULL, NULL) == QMT_ERR_ARGUMENT);
    CHECK(strstr(qmt_context_message(ctx), "NULL") != NULL);
    job_end(&own);
    qmt_context_destroy(&ctx);
    return NULL;
}

/// Several threads inside one molecule, and two such teams at once.
static void *team_run(void *argument)
{
    QmtContext *ctx = NULL;
    CHECK(qmt_context_create(&ctx) == QMT_OK);
    job_step(ctx, argument, 3);
    qmt_context_destroy(&ctx);
    return NULL;
}

static void teams_run(QmtContext *ctx)
{
    const Molecule molecule = chain();
    pthread_t threads[2];
    Job alone, jobs[2];
    job_begin(ctx, &alone, &molecule, 1);
    job_step(ctx, &alone, 3);
    for (int t = 0; t < 2; t++) {
        job_begin(ctx, &jobs[t], &molecule, 2 + t);
        CHECK(pthread_create(&threads[t], NULL, team_run, &jobs[t]) == 0);
    }
    for (int t = 0; t < 2; t++) {
        CHECK(pthread_join(threads[t], NULL) == 0);
        CHECK(memcmp(jobs[t].end, alone.end, sizeof alone.end) == 0);
        job_end(&jobs[t]);
    }
    job_end(&alone);
}

int main(void)
{
    pthread_t threads[N_THREADS];
    Job jobs[N_THREADS], alone[2];
    QmtContext *ctx = NULL;
    CHECK(qmt_context_create(&ctx) == QMT_OK);
    for (int m = 0; m < 2; m++) {
        job_begin(ctx, &alone[m], &MOLECULES[m], 1);
        job_step(ctx, &alone[m], N_STEPS);
    }
    for (int t = 0; t < N_THREADS; t++) {
        job_begin(ctx, &jobs[t], &MOLECULES[t % 2], 1 + t % 2);
        job_step(ctx, &jobs[t], N_STEPS / 2);
    }
    teams_run(ctx);
    qmt_context_destroy(&ctx); // what was made with it lives on
    for (int t = 0; t < N_THREADS; t++)
        CHECK(pthread_create(&threads[t], NULL, thread_run, &jobs[t]) == 0);
    for (int t = 0; t < N_THREADS; t++)
        CHECK(pthread_join(threads[t], NULL) == 0);
    for (int t = 0; t < N_THREADS; t++) {
        CHECK(memcmp(jobs[t].end, alone[t % 2].end, sizeof jobs[t].end) == 0);
        job_end(&jobs[t]);
    }
    job_end(&alone[0]);
    job_end(&alone[1]);
    printf("%d threads, %d steps each, the bytes of one thread\n", N_THREADS, N_STEPS);
    return 0;
}
