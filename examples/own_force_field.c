/// A force field of one's own in the dynamics of the library: an argon dimer between Lennard-Jones walls, at
/// constant energy.
///
///     cc own_force_field.c -o own_force_field $(pkg-config --cflags --libs qmtraj) -lm && ./own_force_field

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <qmtraj/qmtraj.h>

/// Parameters of the pair energy 4 epsilon ((sigma/R)^12 - (sigma/R)^6).
typedef struct {
    double epsilon; ///< hartree
    double sigma;   ///< bohr
    long n_calls;
} LennardJones;

static int lennard_jones(void *user, size_t n_atoms, const double *xyz, double *energy,
                         double *gradient)
{
    LennardJones *const lj = user;
    lj->n_calls++;
    *energy = 0.0;
    for (size_t i = 0; i < 3 * n_atoms; i++)
        gradient[i] = 0.0;
    for (size_t a = 0; a < n_atoms; a++)
        for (size_t b = 0; b < a; b++) {
            double d[3], r2 = 0.0;
            for (int x = 0; x < 3; x++) {
                d[x] = xyz[3 * a + (size_t)x] - xyz[3 * b + (size_t)x];
                r2 += d[x] * d[x];
            }
            const double s6 = pow(lj->sigma * lj->sigma / r2, 3.0);
            *energy += 4.0 * lj->epsilon * (s6 * s6 - s6);
            // dE/dR over R, so that d need not be of unit length
            const double slope = -24.0 * lj->epsilon * (2.0 * s6 * s6 - s6) / r2;
            for (int x = 0; x < 3; x++) {
                gradient[3 * a + (size_t)x] += slope * d[x];
                gradient[3 * b + (size_t)x] -= slope * d[x];
            }
        }
    return 0;
}

typedef struct {
    double first, worst; ///< total energy of the first frame, largest deviation from it
    int n;
} Drift;

static int watch(void *user, const QmtFrame *frame)
{
    Drift *const drift = user;
    const double total = frame->kinetic + frame->potential;
    if (drift->n++ == 0)
        drift->first = total;
    drift->worst = fmax(drift->worst, fabs(total - drift->first));
    return 0;
}

static void end_with(const QmtContext *ctx, QmtStatus status)
{
    if (status == QMT_OK)
        return;
    fprintf(stderr, "%s: %s\n", qmt_status_name(status), qmt_context_message(ctx));
    exit(1);
}

int main(void)
{
    const int numbers[2] = {18, 18};
    const double xyz[6] = {0.0, 0.0, 0.0, 7.1, 0.0, 0.0};
    LennardJones argon = {.epsilon = 3.8e-4, .sigma = 6.43};
    Drift drift = {0};
    QmtContext *ctx = NULL;
    QmtEngine *engine = NULL;
    QmtDynamics *dynamics = NULL;
    end_with(ctx, qmt_context_create(&ctx));
    end_with(ctx, qmt_engine_from_callback(ctx, 2, numbers, lennard_jones, &argon, &engine));

    QmtDynamicsOptions options = qmt_dynamics_options_default();
    options.ensemble = QMT_NVE;
    options.temperature_k = 10.0;
    options.dt_fs = 5.0;
    options.length_ps = 50.0;
    options.equilibration_ps = 0.0;
    const QmtDynamicsHooks hooks = {.struct_size = sizeof hooks, .user = &drift, .frame = watch};
    end_with(ctx, qmt_dynamics_create(ctx, engine, &options, &hooks, NULL, xyz, &dynamics));
    for (int done = 0; !done;)
        end_with(ctx, qmt_dynamics_step(ctx, dynamics, 1000, &done));

    printf("%d frames, %ld evaluations, the total energy moved by at most %.1e hartree\n", drift.n,
           argon.n_calls, drift.worst);
    qmt_dynamics_destroy(&dynamics);
    qmt_engine_destroy(&engine);
    qmt_context_destroy(&ctx);
    return drift.worst < 1e-6 ? 0 : 1;
}
