#include "proof/sample.h"
#include "config/config_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "data/element.h"
#include "structure/xyz.h"
#include "support/config_word.h"

const char *const PROOF_MOLECULES[PROOF_N_MOLECULES] = {
    "formic_acid", "glycine", "tetrahydrothiophene", "benzene", "chloromethane"};

#define NMPS_PER_AU (NM_PER_BOHR / PS_PER_AUT)
#define KJMOLNM_PER_AU (KJMOL_PER_HARTREE / NM_PER_BOHR)

QmtStatus sample_structure(QmtContext *ctx, const char *molecule, StructureList *list)
{
    static const char *const FOLDERS[] = {"data/molecules/xyz", "bench/geometries", "tests/proof"};
    char path[FILE_PATH_SIZE] = "";
    for (size_t i = 0; i < sizeof FOLDERS / sizeof FOLDERS[0] && !file_exists(path); i++)
        snprintf(path, sizeof path, "%s/%s/%s.xyz", SOURCE_DIR, FOLDERS[i], molecule);
    return xyz_read(ctx, path, list);
}

static QmtStatus sample_plan(QmtContext *ctx, const char *molecule, const char *const *settings,
                             Sample *sample)
{
    Config config = config_default();
    for (; *settings != NULL; settings++)
        TRY(config_set(ctx, *settings, &config));
    TRY(config_check(ctx, &config));
    StructureList list = {0};
    TRY(sample_structure(ctx, molecule, &list));
    const QmtStatus status = plan_make(ctx, &config, &list, NULL, &sample->plan);
    structures_release(&list);
    TRY(status);
    plan_task(&sample->plan, 0, &sample->task);
    sample->float64 = config.precision == CONFIG_FLOAT64;
    return QMT_OK;
}

static QmtStatus sample_open(QmtContext *ctx, const char *folder, Sample *sample)
{
    char own[FILE_PATH_SIZE], path[FILE_PATH_SIZE];
    TRY(file_join(ctx, folder, sample->task.label, own));
    TRY(file_join(ctx, own, RUN_FILE_COMPLETE, path));
    TRY(npz_open(ctx, path, &sample->npz));
    const uint64_t size = sample->float64 ? 8 : 4;
    TRY(npz_require(ctx, &sample->npz, "pos", 'f', size, 3, &sample->pos));
    TRY(npz_require(ctx, &sample->npz, "vel", 'f', size, 3, &sample->vel));
    TRY(npz_require(ctx, &sample->npz, "forces", 'f', size, 3, &sample->forces));
    TRY(npz_require(ctx, &sample->npz, "Epot", 'f', 8, 1, &sample->potential));
    TRY(npz_require(ctx, &sample->npz, "Ekin", 'f', 8, 1, &sample->kinetic));
    sample->n_frames = sample->pos->shape[0];

    const Structure *structure = sample->task.structure;
    sample->n_atoms = structure->n_atoms;
    sample->mass = malloc(sample->n_atoms * sizeof *sample->mass);
    sample->row = malloc(sample->pos->row_bytes);
    if (sample->mass == NULL || sample->row == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for a frame", path);
    for (size_t a = 0; a < sample->n_atoms; a++)
        sample->mass[a] = element_mass_da(structure->numbers[a]) * ME_PER_DALTON;
    return QMT_OK;
}

QmtStatus sample_make(QmtContext *ctx, const ProofRun *run, const char *folder,
                      const char *molecule, const char *const *settings, Sample *sample)
{
    *sample = (Sample){.npz = {.file = file_none()}};
    char out[FILE_PATH_SIZE];
    TRY(file_join(ctx, run->out, folder, out));
    TRY(sample_plan(ctx, molecule, settings, sample));
    const RunOptions job = {.out = out, .n_workers = 1, .fresh = true};
    TRY(run_trajectory(ctx, &job, &sample->task, NULL, &sample->result));
    return sample_open(ctx, out, sample);
}

static QmtStatus make_nve(QmtContext *ctx, const ProofRun *run, const char *folder,
                          const char *molecule, const char *precision, int seed, Sample *sample)
{
    char precision_key[32], interval_key[32], seed_key[32];
    snprintf(seed_key, sizeof seed_key, "random_seed=%d", seed);
    snprintf(precision_key, sizeof precision_key, "precision=%s", precision);
    snprintf(interval_key, sizeof interval_key, "save_interval_steps=%d", SAMPLE_NVE_INTERVAL);
    const char *const settings[] = {"ensemble=nve",
                                    "dt_fs=0.25",
                                    seed_key,
                                    "nve_window_ps=0",
                                    "nve_every_ps=0",
                                    run->brief ? "equilibration_ps=0.05" : "equilibration_ps=1",
                                    run->brief ? "length_ps=0.5" : "length_ps=10",
                                    precision_key,
                                    interval_key,
                                    NULL};
    return sample_make(ctx, run, folder, molecule, settings, sample);
}

QmtStatus sample_make_nve(QmtContext *ctx, const ProofRun *run, const char *molecule,
                          const char *precision, Sample *sample)
{
    return make_nve(ctx, run, precision, molecule, precision, 42, sample);
}

QmtStatus sample_nve_drift(QmtContext *ctx, const ProofRun *run, const char *molecule, int seed,
                           double *drift)
{
    char folder[32];
    snprintf(folder, sizeof folder, "seed%d", seed);
    Sample sample;
    const QmtStatus status = make_nve(ctx, run, folder, molecule, "float32", seed, &sample);
    *drift = sample.result.drift_kjmol_ps;
    sample_release(&sample);
    return status;
}

/// Row `index` of a vector array into out, times unit.
static QmtStatus vectors_read(QmtContext *ctx, Sample *sample, const NpzArray *array,
                              uint64_t index, double unit, double (*out)[3])
{
    TRY(npz_read_rows(ctx, &sample->npz, array, index, 1, sample->row));
    const double *const wide = sample->row;
    const float *const narrow = sample->row;
    for (size_t i = 0; i < 3 * sample->n_atoms; i++)
        out[i / 3][i % 3] = unit * (sample->float64 ? wide[i] : (double)narrow[i]);
    return QMT_OK;
}

QmtStatus sample_frame(QmtContext *ctx, Sample *sample, uint64_t index, SampleFrame *frame)
{
    TRY(vectors_read(ctx, sample, sample->pos, index, 1.0 / NM_PER_BOHR, frame->xyz));
    TRY(vectors_read(ctx, sample, sample->vel, index, 1.0 / NMPS_PER_AU, frame->velocity));
    TRY(vectors_read(ctx, sample, sample->forces, index, -1.0 / KJMOLNM_PER_AU, frame->gradient));
    TRY(npz_read_rows(ctx, &sample->npz, sample->potential, index, 1, &frame->potential));
    TRY(npz_read_rows(ctx, &sample->npz, sample->kinetic, index, 1, &frame->kinetic));
    frame->potential /= KJMOL_PER_HARTREE;
    frame->kinetic /= KJMOL_PER_HARTREE;
    return QMT_OK;
}

void sample_release(Sample *sample)
{
    npz_close(&sample->npz);
    plan_release(&sample->plan);
    free(sample->mass);
    free(sample->row);
    *sample = (Sample){.npz = {.file = file_none()}};
}
