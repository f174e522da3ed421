#include "proof/molecule_motion.h"

#include <math.h>

#include "base/units.h"
#include "engine/xtb.h"
#include "md/velocities.h"
#include "run/run_bias.h"

static void layout(MoleculeMotion *motion, size_t n)
{
    md_state_layout(&motion->now, &motion->arena, n, 0);
    md_state_layout(&motion->next, &motion->arena, n, 0);
}

QmtStatus molecule_motion_begin(QmtContext *ctx, const Sample *sample, MoleculeMotion *motion)
{
    *motion = (MoleculeMotion){0};
    const QmtEngineOptions options = run_engine_options(&sample->task);
    TRY(xtb_create(ctx, sample->n_atoms, sample->task.structure->numbers, &options, &motion->xtb));
    TRY(run_bias_create(ctx, &sample->task, sample->mass, motion->xtb, &motion->bias));
    motion->engine = motion->bias != NULL ? motion->bias : motion->xtb;
    layout(motion, sample->n_atoms);
    TRY(arena_reserve(ctx, &motion->arena));
    layout(motion, sample->n_atoms);
    return QMT_OK;
}

QmtStatus molecule_motion_restart(QmtContext *ctx, Sample *sample, uint64_t frame, double dt_fs,
                                  MoleculeMotion *motion)
{
    SampleFrame start = {motion->now.xyz, motion->now.velocity, motion->now.gradient, 0.0, 0.0};
    TRY(sample_frame(ctx, sample, frame, &start));
    motion->settings = (IntegratorSettings){.dt = dt_fs / FS_PER_AUT, .mass = sample->mass};
    motion->now.at = (MdInstant){0};
    engine_forget(motion->engine);
    const EngineResult result = {.energy = &motion->now.at.energy,
                                 .gradient = motion->now.gradient};
    TRY(engine_evaluate(ctx, motion->engine, (const double(*)[3])motion->now.xyz, &result));
    motion->now.at.kinetic =
        velocities_kinetic(sample->n_atoms, sample->mass, (const double(*)[3])motion->now.velocity);
    return QMT_OK;
}

QmtStatus molecule_motion_step(QmtContext *ctx, MoleculeMotion *motion)
{
    EngineReport report;
    TRY(integrator_verlet.step(ctx, motion->engine, &motion->settings, &motion->now, &motion->next,
                               &report));
    const MdState swap = motion->now;
    motion->now = motion->next;
    motion->next = swap;
    return QMT_OK;
}

void molecule_motion_end(MoleculeMotion *motion)
{
    engine_destroy(&motion->bias);
    engine_destroy(&motion->xtb);
    arena_release(&motion->arena);
}

QmtStatus molecule_motion_ripple(QmtContext *ctx, Sample *sample, int length_fs,
                                 int steps_per_point, MoleculeMotion *motion, double *rms)
{
    const int points = 2 * length_fs;
    TRY(molecule_motion_restart(ctx, sample, 0, 0.5 / steps_per_point, motion));
    const double first = motion->now.at.energy + motion->now.at.kinetic;
    double sum = 0.0, squares = 0.0;
    for (int point = 0; point <= points; point++) {
        for (int k = 0; point > 0 && k < steps_per_point; k++)
            TRY(molecule_motion_step(ctx, motion));
        const double e = motion->now.at.energy + motion->now.at.kinetic - first;
        sum += e / (points + 1);
        squares += e * e / (points + 1);
    }
    *rms = sqrt(squares - sum * sum);
    return QMT_OK;
}
