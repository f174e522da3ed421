#include "single/mode_samples.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "base/vec3.h"
#include "config/value_text.h"
#include "data/method.h"
#include "io/json.h"
#include "io/processes.h"
#include "io/text.h"
#include "run/program.h"

#define KJMOLNM_PER_AU (KJMOL_PER_HARTREE / NM_PER_BOHR)

/// What the frames have in common, and what was made of them.
typedef struct {
    Engine *engine;
    const NormalModes *modes;
    const double *masses;
    const ModeSamplesOptions *options;
    RandomKey key;
    double (*rest)[3], (*xyz)[3], (*gradient)[3]; ///< [n_atoms]
    double *frames; ///< [n_frames][1 + 6 n_atoms] of those that have an energy
    ModeSamplesResult *result;
} Samples;

static size_t frame_size(const Samples *s)
{
    return 1 + 6 * s->engine->n_atoms;
}

static QmtStatus frame_make(QmtContext *ctx, void *user, size_t i, Bytes *bytes)
{
    Samples *const s = user;
    const size_t n = s->engine->n_atoms;
    double energy = 0.0;
    const EngineResult result = {.energy = &energy, .gradient = s->gradient};
    mode_sample(s->modes, s->masses, (const double(*)[3])s->rest, &s->options->sampling, &s->key, i,
                s->xyz);
    engine_forget(s->engine);
    const QmtStatus status = engine_evaluate(ctx, s->engine, (const double(*)[3])s->xyz, &result);
    if (status == QMT_ERR_SCF || status == QMT_ERR_INPUT)
        return QMT_OK; // no bytes
    if (status != QMT_OK)
        return status;
    bytes_add(bytes, &energy, sizeof energy);
    bytes_add(bytes, s->xyz, n * sizeof *s->xyz);
    bytes_add(bytes, s->gradient, n * sizeof *s->gradient);
    return QMT_OK;
}

static QmtStatus frame_take(QmtContext *ctx, void *user, size_t i, const Bytes *bytes)
{
    Samples *const s = user;
    (void)ctx;
    (void)i;
    if (bytes->n == 0) {
        s->result->n_failed++;
        return QMT_OK;
    }
    memcpy(s->frames + s->result->n_written++ * frame_size(s), bytes->data, bytes->n);
    return QMT_OK;
}

static void add_number(cJSON *object, const char *name, double value)
{
    char text[TEXT_DOUBLE_SIZE];
    text_format_double(value, text);
    cJSON_AddRawToObject(object, name, text);
}

static void add_whole(cJSON *object, const char *name, int64_t value)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRId64, value);
    cJSON_AddRawToObject(object, name, text);
}

static cJSON *sampling_json(const Samples *s)
{
    const ModeSampling *const sampling = &s->options->sampling;
    cJSON *const object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "kind", "normal modes");
    cJSON_AddStringToObject(object, "statistics", sampling->quantum ? "quantum" : "classical");
    add_number(object, "temperature_K", sampling->temperature_k);
    add_number(object, "lowest_frequency_cm-1", sampling->lowest_cm);
    add_whole(object, "modes", (int64_t)s->modes->n_modes);
    add_whole(object, "modes_moving", (int64_t)s->result->n_moving);
    add_whole(object, "frames_without_energy", (int64_t)s->result->n_failed);
    cJSON_AddStringToObject(object, "velocities", "zero: the frames are no motion");
    return object;
}

static cJSON *units_json(void)
{
    cJSON *const units = cJSON_CreateObject();
    for (size_t i = 0; i < N_ARRAYS; i++) {
        const TrajectoryArray array = trajectory_array(i);
        if (array.unit[0] != '\0' && i != ARRAY_NVE_TEXT && trajectory_array_is_there(i, 0, 0))
            cJSON_AddStringToObject(units, array.name, array.unit);
    }
    return units;
}

static void text_or_null_add(cJSON *object, const char *name, const char *text)
{
    if (text != NULL)
        cJSON_AddStringToObject(object, name, text);
    else
        cJSON_AddNullToObject(object, name);
}

/// Mass numbers of the atoms, 0 where the standard atomic weight holds.
static void isotopes_add(cJSON *object, const Structure *structure)
{
    if (structure->isotopes == NULL)
        return;
    cJSON *const list = cJSON_AddArrayToObject(object, "isotopes");
    for (size_t a = 0; a < structure->n_atoms; a++)
        cJSON_AddItemToArray(list, cJSON_CreateNumber(structure->isotopes[a]));
}

/// What a reader of trajectories looks for, and the sampling.
static char *metadata_make(const QmtContext *ctx, const RunSpec *spec, const Samples *s)
{
    const char *const solvent = config_solvent_name(&spec->config);
    char model[32];
    json_begin();
    cJSON *const object = cJSON_CreateObject();
    text_or_null_add(object, "smiles", spec->structure->smiles);
    cJSON_AddStringToObject(object, "name", spec->structure->name);
    cJSON_AddItemToObject(object, "sampling", sampling_json(s));
    cJSON *const config = cJSON_AddObjectToObject(object, "config");
    cJSON_AddStringToObject(config, "method", method_name((size_t)spec->config.method));
    text_or_null_add(config, "solvent", solvent);
    add_number(config, "electronic_temperature_K", spec->config.electronic_temperature_k);
    cJSON_AddStringToObject(config, "precision", "float32");
    add_whole(object, "num_atoms", (int64_t)spec->structure->n_atoms);
    add_whole(object, "num_frames", (int64_t)s->result->n_written);
    cJSON_AddStringToObject(object, "qm_method", method_name((size_t)spec->config.method));
    text_or_null_add(object, "solvent", solvent);
    text_or_null_add(object, "solvation_model",
                     solvent != NULL ? config_choice(&spec->config, "solvation_model", model)
                                     : NULL);
    cJSON_AddStringToObject(object, "velocity_units", "nm/ps");
    cJSON_AddItemToObject(object, "units", units_json());
    cJSON_AddFalseToObject(object, "pbc");
    add_whole(object, "charge", (int64_t)spec->config.charge);
    cJSON_AddStringToObject(object, "charge_source", spec->charge_source);
    add_whole(object, "multiplicity", (int64_t)spec->config.spin_multiplicity);
    cJSON_AddStringToObject(object, "multiplicity_source", spec->multiplicity_source);
    isotopes_add(object, spec->structure);
    cJSON_AddNullToObject(object, "dof");
    add_whole(object, "random_seed", (int64_t)s->options->seed);
    program_json_add(ctx, object);
    cJSON_AddStringToObject(object, "status", "complete");
    return json_text(object, false);
}

/// Appends a frame in the units of the file, through its own memory.
static QmtStatus frame_append(QmtContext *ctx, const Samples *s, size_t f, double (*zero)[3],
                              Trajectory *trajectory)
{
    const size_t n = s->engine->n_atoms;
    const double *const frame = s->frames + f * frame_size(s);
    for (size_t i = 0; i < 3 * n; i++) {
        (&s->xyz[0][0])[i] = frame[1 + i] * NM_PER_BOHR;
        (&s->gradient[0][0])[i] = -frame[1 + 3 * n + i] * KJMOLNM_PER_AU;
    }
    const double potential = frame[0] * KJMOL_PER_HARTREE;
    return trajectory_append(ctx, trajectory,
                             &(TrajectoryFrame){.pos = (const double(*)[3])s->xyz,
                                                .vel = (const double(*)[3])zero,
                                                .forces = (const double(*)[3])s->gradient,
                                                .potential = potential,
                                                .total = potential});
}

static QmtStatus file_write(QmtContext *ctx, const char *path, const RunSpec *spec,
                            const Samples *s)
{
    const TrajectoryLayout layout = {.n_atoms = s->engine->n_atoms,
                                     .n_frames = s->result->n_written,
                                     .numbers = spec->structure->numbers,
                                     .masses = s->masses};
    Trajectory *trajectory = NULL;
    double(*const zero)[3] = calloc(layout.n_atoms, sizeof *zero);
    char *const metadata = metadata_make(ctx, spec, s);
    QmtStatus status = zero != NULL && metadata != NULL
                           ? trajectory_create_file(ctx, path, &layout, &trajectory)
                           : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %s", path);
    for (size_t f = 0; f < s->result->n_written && status == QMT_OK; f++)
        status = frame_append(ctx, s, f, zero, trajectory);
    if (status == QMT_OK)
        status = trajectory_finish(ctx, trajectory, metadata);
    if (status == QMT_OK)
        trajectory_close(&trajectory);
    else
        trajectory_discard(&trajectory);
    cJSON_free(metadata);
    free(zero);
    return status;
}

/// The geometry at rest with its centre of mass at the origin.
static void rest_fill(const RunSpec *spec, const double *masses, double (*rest)[3])
{
    const size_t n = spec->structure->n_atoms;
    double centre[3] = {0.0}, total = 0.0;
    for (size_t a = 0; a < n; a++) {
        vec3_add_scaled(masses[a], spec->structure->xyz[a], centre);
        total += masses[a];
    }
    for (int x = 0; x < 3; x++)
        centre[x] /= total;
    for (size_t a = 0; a < n; a++)
        vec3_difference(spec->structure->xyz[a], centre, rest[a]);
}

static QmtStatus samples_make(QmtContext *ctx, const char *path, const RunSpec *spec, double energy,
                              Samples *s)
{
    rest_fill(spec, s->masses, s->rest);
    TRY(processes_map(ctx, s->options->n_frames, s->options->n_workers, frame_make, frame_take, s));
    ModeSamplesResult *const result = s->result;
    if (result->n_written == 0)
        return FAIL(ctx, QMT_ERR_SCF,
                    "%s: none of %zu displaced geometries has an energy; take a lower temperature",
                    spec->structure->name, s->options->n_frames);
    for (size_t f = 0; f < result->n_written; f++)
        result->mean += (s->frames[f * frame_size(s)] - energy) / (double)result->n_written;
    return file_write(ctx, path, spec, s);
}

QmtStatus mode_samples_write(QmtContext *ctx, const char *path, const RunSpec *spec, Engine *engine,
                             const NormalModes *modes, const double *masses, double energy,
                             const ModeSamplesOptions *options, ModeSamplesResult *result)
{
    const size_t n = engine->n_atoms;
    *result = (ModeSamplesResult){.n_moving = mode_sampling_count(modes, &options->sampling)};
    Samples s = {.engine = engine,
                 .modes = modes,
                 .masses = masses,
                 .options = options,
                 .key = {.seed = options->seed, .molecule = random_name_key(spec->structure->name)},
                 .rest = malloc(n * sizeof *s.rest),
                 .xyz = malloc(n * sizeof *s.xyz),
                 .gradient = malloc(n * sizeof *s.gradient),
                 .result = result};
    s.frames = malloc(options->n_frames * frame_size(&s) * sizeof *s.frames);
    const QmtStatus status =
        s.rest != NULL && s.xyz != NULL && s.gradient != NULL && s.frames != NULL
            ? samples_make(ctx, path, spec, energy, &s)
            : FAIL(ctx, QMT_ERR_MEMORY, "no memory for %zu frames", options->n_frames);
    free(s.rest);
    free(s.xyz);
    free(s.gradient);
    free(s.frames);
    return status;
}
