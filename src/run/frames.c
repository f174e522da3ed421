#include "run/run_parts.h"

#include <signal.h>

#include "base/units.h"
#include "engine/xtb.h"

#define NMPS_PER_AU (NM_PER_BOHR / PS_PER_AUT)
#define KJMOLNM_PER_AU (KJMOL_PER_HARTREE / NM_PER_BOHR)

/// Properties of a frame in the units of the file.
static void properties_convert(const Run *run, const double *from)
{
    const size_t n_atoms = run->task->structure->n_atoms;
    double *to = run->properties;
    for (int p = 0; p < N_PROPERTIES; p++) {
        if (!(run->task->config.properties >> p & 1))
            continue;
        const size_t n = property_size((Property)p, n_atoms);
        for (size_t i = 0; i < n; i++)
            to[i] = from[i] * PROPERTIES[p].unit_per_au;
        from += n;
        to += n;
    }
}

QmtStatus run_take_frame(QmtContext *ctx, void *user, const MdFrame *frame)
{
    Run *const run = user;
    const RunOptions *settings = run->settings;
    const int64_t step = (int64_t)frame->step;

    for (size_t a = 0; a < frame->n_atoms; a++) {
        for (int x = 0; x < 3; x++) {
            run->pos[a][x] = frame->xyz[a][x] * NM_PER_BOHR;
            run->vel[a][x] = frame->velocity[a][x] * NMPS_PER_AU;
            run->forces[a][x] = -frame->gradient[a][x] * KJMOLNM_PER_AU;
            if (frame->bias_gradient != NULL)
                run->bias_forces[a][x] = -frame->bias_gradient[a][x] * KJMOLNM_PER_AU;
        }
    }
    properties_convert(run, frame->properties);
    const double kinetic = frame->kinetic * KJMOL_PER_HARTREE;
    const double potential = frame->potential * KJMOL_PER_HARTREE;
    TRY(sink_append(ctx, run->sink,
                    &(TrajectoryFrame){.pos = (const double(*)[3])run->pos,
                                       .vel = (const double(*)[3])run->vel,
                                       .forces = (const double(*)[3])run->forces,
                                       .kinetic = kinetic,
                                       .potential = potential,
                                       .total = kinetic + potential,
                                       .time = frame->time_ps,
                                       .heat = frame->heat * KJMOL_PER_HARTREE,
                                       .wanted_k = frame->wanted_k,
                                       .bias_energy = frame->bias * KJMOL_PER_HARTREE,
                                       .bias_work = frame->bias_work * KJMOL_PER_HARTREE,
                                       .bias_forces = (const double(*)[3])run->bias_forces,
                                       .properties = run->properties}));

    const int64_t ahead = settings->fail_at_step - step;
    if (ahead > 0 && ahead <= run->task->config.save_interval_steps)
        xtb_fail_at(run->xtb, (long)ahead);
    if (settings->crash_at_step > 0 && settings->crash_at_step == step)
        raise(SIGKILL);
    return QMT_OK;
}

QmtStatus run_take_window(QmtContext *ctx, void *user, const NveWindowPoint *point)
{
    Run *const run = user;
    return sink_window(ctx, run->sink,
                       &(TrajectoryWindowStep){.window = (double)point->window,
                                               .kinetic = point->kinetic,
                                               .potential = point->potential,
                                               .total = point->total});
}
