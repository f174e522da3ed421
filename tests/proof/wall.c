/// A wall around a small cluster of water that would evaporate, on GFN2-xTB at 400 K: it holds the molecules together, and
/// what it does is part of the energy that is conserved. The sphere is so tight that it nearly always acts on some atom.

#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "base/vec3.h"
#include "md/velocities.h"
#include "proof/molecule_motion.h"
#include "proof/proof.h"

enum { RIPPLE, SHADOW_SLOPE, HEAT_SLOPE, BEYOND, N_CLAIMS };
#define SPHERE "0.36" // nm
#define SLOPE_UNIT "kJ/mol/ps per atom"

static const Claim CLAIMS[N_CLAIMS] = {
    [RIPPLE] = {"ripple of 100 fs at 0.5 fs over that at 0.25 fs", "", 3.9, 4.1, 0.0},
    [SHADOW_SLOPE] = {"constant energy: slope of the shadow energy, magnitude", SLOPE_UNIT,
                      -INFINITY, 1e-5, 1e-2},
    [HEAT_SLOPE] = {"thermostat at 1 /ps: slope of the shadow energy less heat, magnitude",
                    SLOPE_UNIT, -INFINITY, 1e-5, 1e-2},
    [BEYOND] = {"furthest atom, beyond the sphere", "nm", 0.0, 0.2, 0.0},
};

static const char *const SUBJECTS[] = {"water_cluster"};

static QmtStatus run_sample(QmtContext *ctx, const ProofRun *run, const char *folder,
                            const char *ensemble, Sample *sample)
{
    const char *const settings[] = {"temperature_K=400",
                                    "friction_per_ps=1",
                                    "dt_fs=0.25",
                                    "random_seed=42",
                                    "nve_every_ps=0",
                                    "save_interval_steps=40", // 10 fs
                                    ensemble,
                                    "confine.sphere=" SPHERE,
                                    run->brief ? "equilibration_ps=0.1" : "equilibration_ps=1",
                                    run->brief ? "length_ps=0.25" : "length_ps=10",
                                    NULL};
    return sample_make(ctx, run, folder, SUBJECTS[0], settings, sample);
}

/// Largest distance of an atom from the centre of mass in all frames, nm.
static QmtStatus furthest(QmtContext *ctx, Sample *sample, double *nm)
{
    const size_t n = sample->n_atoms;
    double(*const space)[3] = calloc(3 * n, sizeof *space);
    if (space == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a frame");
    SampleFrame frame = {space, space + n, space + 2 * n, 0.0, 0.0};
    QmtStatus status = QMT_OK;
    double worst = 0.0;
    for (uint64_t f = 0; f < sample->n_frames && status == QMT_OK; f++) {
        double centre[3], d[3];
        status = sample_frame(ctx, sample, f, &frame);
        velocities_centre_of_mass(n, sample->mass, (const double(*)[3])frame.xyz, centre);
        for (size_t a = 0; a < n; a++) {
            vec3_difference(frame.xyz[a], centre, d);
            worst = fmax(worst, vec3_norm(d));
        }
    }
    free(space);
    *nm = worst * NM_PER_BOHR;
    return status;
}

static QmtStatus constant_energy(QmtContext *ctx, const ProofRun *run, double *figure)
{
    Sample sample;
    MoleculeMotion motion = {0};
    double coarse = NAN, fine = NAN;
    QmtStatus status = run_sample(ctx, run, "wall-nve", "ensemble=nve", &sample);
    if (status == QMT_OK)
        status = molecule_motion_begin(ctx, &sample, &motion);
    if (status == QMT_OK)
        status = molecule_motion_ripple(ctx, &sample, 100, 1, &motion, &coarse);
    if (status == QMT_OK)
        status = molecule_motion_ripple(ctx, &sample, 100, 2, &motion, &fine);
    if (status == QMT_OK) {
        figure[SHADOW_SLOPE] = fabs(sample.result.shadow_drift_kjmol_ps) / (double)sample.n_atoms;
        figure[RIPPLE] = coarse / fine;
    }
    molecule_motion_end(&motion);
    sample_release(&sample);
    return status;
}

static QmtStatus with_thermostat(QmtContext *ctx, const ProofRun *run, double *figure)
{
    Sample sample;
    double furthest_nm = NAN;
    QmtStatus status = run_sample(ctx, run, "wall", "ensemble=nvt", &sample);
    if (status == QMT_OK)
        status = furthest(ctx, &sample, &furthest_nm);
    figure[BEYOND] = furthest_nm - strtod(SPHERE, NULL);
    figure[HEAT_SLOPE] = fabs(sample.result.shadow_drift_kjmol_ps) / (double)sample.n_atoms;
    sample_release(&sample);
    return status;
}

static QmtStatus measure(QmtContext *ctx, const ProofRun *run, size_t subject, double *figure)
{
    (void)subject;
    TRY(constant_energy(ctx, run, figure));
    return with_thermostat(ctx, run, figure);
}

const Section PROOF_WALL = {"wall", CLAIMS, N_CLAIMS, SUBJECTS, 1, 1, measure};
