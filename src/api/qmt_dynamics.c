// include/qmtraj/dynamics.h
#include "qmtraj/dynamics.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "api/qmt_engine.h"
#include "config/config.h"
#include "data/element.h"
#include "io/zip.h"
#include "md/md.h"

enum { OPTIONS_FIRST_SIZE = 104, HOOKS_FIRST_SIZE = 24, STATE_FIRST_SIZE = 104 };
_Static_assert(sizeof(QmtDynamicsOptions) == OPTIONS_FIRST_SIZE, "it has not grown yet");
_Static_assert(sizeof(QmtDynamicsHooks) == HOOKS_FIRST_SIZE, "it has not grown yet");
_Static_assert(sizeof(QmtDynamicsState) == STATE_FIRST_SIZE, "it has not grown yet");

/// What a snapshot begins with: that it is one, whole, and of which motion.
typedef struct {
    char mark[16];
    uint32_t crc;      ///< of all that follows, that of the dynamics included
    uint32_t atoms;    ///< CRC of elements and masses
    uint32_t engine;   ///< QmtEngine.kind
    uint32_t zero;     ///< no byte is left to chance
    char numerics[24]; ///< qmt_numerics_id()
    QmtDynamicsOptions options;
} SnapshotHead;

static const char SNAPSHOT_MARK[16] = "qmtraj snapshot";
enum { CRC_BEGIN = offsetof(SnapshotHead, atoms) };
_Static_assert(sizeof(SnapshotHead) == 160, "no byte of it is padding");

struct QmtDynamics {
    Md *md;
    QmtDynamicsHooks hooks;
    SnapshotHead head; ///< without the CRC
};

static QmtDynamicsOptions initial_options(void)
{
    const MdOptions md = md_options_default();
    return (QmtDynamicsOptions){.struct_size = sizeof(QmtDynamicsOptions),
                                .ensemble = QMT_NVT,
                                .relax = md.optimize,
                                .temperature_k = md.temperature_k,
                                .dt_fs = md.dt_fs,
                                .friction_per_ps = md.friction_per_ps,
                                .length_ps = md.length_ps,
                                .frame_interval = md.frame_interval,
                                .equilibration_ps = md.equilibration_ps,
                                .equilibration_friction_per_ps = md.equilibration_friction_per_ps,
                                .seed = md.key.seed};
}

void qmt_dynamics_options_init(QmtDynamicsOptions *options, size_t struct_size)
{
    const QmtDynamicsOptions initial = initial_options();
    if (options == NULL || struct_size < sizeof struct_size)
        return;
    memset(options, 0, struct_size);
    memcpy(options, &initial, struct_size < sizeof initial ? struct_size : sizeof initial);
    options->struct_size = struct_size;
}

static QmtStatus range_check(QmtContext *ctx, const char *name, double value, double lowest,
                             double highest)
{
    if (!(value >= lowest && value <= highest))
        return FAIL(ctx, QMT_ERR_CONFIG, "dynamics: %s is %g, %g to %g are possible", name, value,
                    lowest, highest);
    return QMT_OK;
}

/// From 0 to the limit of a key of the configuration.
static QmtStatus key_check(QmtContext *ctx, const char *name, double value, const char *key)
{
    return range_check(ctx, name, value, 0.0, CONFIG_KEYS[config_key(key)].highest);
}

static QmtStatus length_check(QmtContext *ctx, const char *name, double length_ps, double dt_fs)
{
    uint64_t steps;
    TRY(range_check(ctx, name, length_ps, 0.0, CONFIG_LARGEST_STEPS * dt_fs * 1e-3));
    if (!md_whole_steps(length_ps, dt_fs, &steps))
        return FAIL(ctx, QMT_ERR_CONFIG,
                    "dynamics: %s is %g ps, which is not a whole number of steps of %g fs", name,
                    length_ps, dt_fs);
    return QMT_OK;
}

static QmtStatus options_check(QmtContext *ctx, const QmtDynamicsOptions *o)
{
    NEEDS(ctx, o->ensemble == QMT_NVT || o->ensemble == QMT_NVE,
          "dynamics: ensemble is %d, QMT_NVT or QMT_NVE is expected", o->ensemble);
    NEEDS(ctx, (o->property_set & ~(unsigned)ALL_PROPERTIES) == 0,
          "dynamics: property_set has bits that are no property");
    TRY(key_check(ctx, "temperature_k", o->temperature_k, "temperature_K"));
    const ConfigKey *const dt = &CONFIG_KEYS[config_key("dt_fs")];
    TRY(range_check(ctx, "dt_fs", o->dt_fs, dt->lowest, dt->highest));
    TRY(key_check(ctx, "friction_per_ps", o->friction_per_ps, "friction_per_ps"));
    TRY(key_check(ctx, "equilibration_friction_per_ps", o->equilibration_friction_per_ps,
                  "equilibration_friction_per_ps"));
    if (o->frame_interval == 0)
        return FAIL(ctx, QMT_ERR_CONFIG, "dynamics: frame_interval is 0, at least 1 is expected");
    TRY(length_check(ctx, "length_ps", o->length_ps, o->dt_fs));
    TRY(length_check(ctx, "equilibration_ps", o->equilibration_ps, o->dt_fs));
    TRY(length_check(ctx, "nve_every_ps", o->nve_every_ps, o->dt_fs));
    return length_check(ctx, "nve_window_ps", o->nve_window_ps, o->dt_fs);
}

static MdOptions md_options_of(const QmtDynamicsOptions *o)
{
    const bool windows = o->nve_every_ps > 0.0 && o->nve_window_ps > 0.0;
    MdOptions options = md_options_default();
    options.ensemble = o->ensemble == QMT_NVE ? MD_NVE : MD_NVT;
    options.temperature_k = o->temperature_k;
    options.dt_fs = o->dt_fs;
    options.friction_per_ps = o->friction_per_ps;
    options.length_ps = o->length_ps;
    options.frame_interval = o->frame_interval;
    options.equilibration_ps = o->equilibration_ps;
    options.equilibration_friction_per_ps = o->equilibration_friction_per_ps;
    options.window_every_ps = windows ? o->nve_every_ps : 0.0;
    options.window_ps = windows ? o->nve_window_ps : 0.0;
    options.optimize = o->relax != 0;
    options.property_set = o->property_set;
    options.key = (RandomKey){.seed = o->seed};
    return options;
}

static QmtStatus frame_pass(QmtContext *ctx, void *user, const MdFrame *frame)
{
    const QmtDynamicsHooks *hooks = user;
    const QmtFrame shown = {.step = frame->step,
                            .time_ps = frame->time_ps,
                            .n_atoms = frame->n_atoms,
                            .xyz = &frame->xyz[0][0],
                            .velocity = &frame->velocity[0][0],
                            .gradient = &frame->gradient[0][0],
                            .kinetic = frame->kinetic,
                            .potential = frame->potential,
                            .properties = frame->properties};
    const int failed = hooks->frame(hooks->user, &shown);
    if (failed != 0)
        return FAIL(ctx, QMT_ERR_CALLBACK, "frame hook: returned %d at step %llu", failed,
                    (unsigned long long)frame->step);
    return QMT_OK;
}

/// The start, in the memory of the caller.
static QmtStatus start_check(QmtContext *ctx, size_t n_atoms, const double *masses,
                             const double *xyz)
{
    TRY(coordinates_check(ctx, "dynamics", n_atoms, xyz));
    for (size_t a = 0; a < n_atoms; a++)
        if (!(masses[a] > 0.0) || !isfinite(masses[a]))
            return FAIL(ctx, QMT_ERR_INPUT, "dynamics: atom %zu: its mass is %g Da", a + 1,
                        masses[a]);
    return QMT_OK;
}

static QmtStatus dynamics_make(QmtContext *ctx, QmtEngine *engine, const QmtDynamicsOptions *own,
                               const double *mass_da, const double *xyz, QmtDynamics *made)
{
    const size_t n = engine->engine->n_atoms;
    double *const masses = malloc(n * sizeof *masses);
    if (masses == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the masses of %zu atoms", n);
    for (size_t a = 0; a < n; a++)
        masses[a] = mass_da != NULL ? mass_da[a] : element_mass_da(engine->numbers[a]);
    const MdOptions options = md_options_of(own);
    const MdHooks hooks = {.user = &made->hooks,
                           .frame = made->hooks.frame != NULL ? frame_pass : NULL};
    made->head = (SnapshotHead){.engine = engine->kind, .options = *own};
    memcpy(made->head.mark, SNAPSHOT_MARK, sizeof SNAPSHOT_MARK);
    snprintf(made->head.numerics, sizeof made->head.numerics, "%s", qmt_numerics_id());
    made->head.atoms = zip_crc(0, engine->numbers, n * sizeof *engine->numbers);
    made->head.atoms = zip_crc(made->head.atoms, masses, n * sizeof *masses);
    QmtStatus status = start_check(ctx, n, masses, xyz);
    if (status == QMT_OK)
        status = md_create(ctx, &options, &hooks, engine->engine, masses, (const double(*)[3])xyz,
                           &made->md);
    free(masses);
    return status;
}

QmtStatus qmt_dynamics_create(QmtContext *ctx, QmtEngine *engine, const QmtDynamicsOptions *options,
                              const QmtDynamicsHooks *hooks, const double *mass_da,
                              const double *xyz, QmtDynamics **dynamics)
{
    QmtDynamicsOptions own = initial_options();
    QmtDynamicsHooks taken = {0};
    NEEDS(ctx, engine != NULL && xyz != NULL && dynamics != NULL,
          "dynamics: engine, xyz or dynamics is NULL");
    if (options != NULL)
        TRY(struct_take(ctx, "QmtDynamicsOptions", options, OPTIONS_FIRST_SIZE, &own, sizeof own));
    if (hooks != NULL)
        TRY(struct_take(ctx, "QmtDynamicsHooks", hooks, HOOKS_FIRST_SIZE, &taken, sizeof taken));
    TRY(options_check(ctx, &own));
    NEEDS(ctx, engine->is_xtb || own.property_set == 0,
          "dynamics: a force function has no properties; property_set is to be 0");
    QmtDynamics *made = calloc(1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a trajectory");
    made->hooks = taken;
    const QmtStatus status = dynamics_make(ctx, engine, &own, mass_da, xyz, made);
    if (status != QMT_OK)
        free(made);
    else
        *dynamics = made;
    return status;
}

void qmt_dynamics_destroy(QmtDynamics **dynamics)
{
    if (dynamics == NULL || *dynamics == NULL)
        return;
    md_destroy(&(*dynamics)->md);
    free(*dynamics);
    *dynamics = NULL;
}

QmtStatus qmt_dynamics_step(QmtContext *ctx, QmtDynamics *dynamics, uint64_t n_steps, int *done)
{
    NEEDS(ctx, dynamics != NULL, "dynamics: dynamics is NULL");
    bool complete = md_report(dynamics->md).phase == MD_DONE;
    if (!complete && n_steps > 0)
        TRY(md_advance(ctx, dynamics->md, n_steps, &complete));
    if (done != NULL)
        *done = complete;
    return QMT_OK;
}

QmtStatus qmt_dynamics_state(QmtContext *ctx, const QmtDynamics *dynamics, QmtDynamicsState *state)
{
    NEEDS(ctx, dynamics != NULL && state != NULL, "dynamics: dynamics or state is NULL");
    const MdReport report = md_report(dynamics->md);
    const MdState *now = md_state(dynamics->md);
    const QmtDynamicsState made = {.phase = md_phase_name(report.phase),
                                   .step = now->at.step,
                                   .evaluations = report.evaluations,
                                   .n_atoms = now->n_atoms,
                                   .xyz = &now->xyz[0][0],
                                   .velocity = &now->velocity[0][0],
                                   .gradient = &now->gradient[0][0],
                                   .kinetic = now->at.kinetic,
                                   .potential = now->at.energy,
                                   .heat = now->at.heat,
                                   .mean_temperature_k = report.mean_temperature_k,
                                   .shadow_drift_kjmol_ps = report.shadow_slope_kjmol_ps};
    return struct_give(ctx, "QmtDynamicsState", &made, sizeof made, STATE_FIRST_SIZE, state);
}

size_t qmt_dynamics_snapshot_size(const QmtDynamics *dynamics)
{
    return dynamics != NULL ? sizeof(SnapshotHead) + md_snapshot_size(dynamics->md) : 0;
}

QmtStatus qmt_dynamics_snapshot(QmtContext *ctx, const QmtDynamics *dynamics, void *buffer,
                                size_t size)
{
    NEEDS(ctx, dynamics != NULL && buffer != NULL, "dynamics: dynamics or buffer is NULL");
    const size_t needed = qmt_dynamics_snapshot_size(dynamics);
    NEEDS(ctx, size >= needed, "dynamics: a snapshot has %zu bytes, the buffer %zu", needed, size);
    SnapshotHead head = dynamics->head;
    unsigned char *const bytes = buffer;
    md_snapshot_save(dynamics->md, bytes + sizeof head);
    memcpy(bytes, &head, sizeof head);
    head.crc = zip_crc(0, bytes + CRC_BEGIN, needed - CRC_BEGIN);
    memcpy(bytes, &head, sizeof head);
    return QMT_OK;
}

/// The options that make another motion: all but how long it goes on and which steps of it are seen.
static QmtStatus options_compare(QmtContext *ctx, const QmtDynamicsOptions *theirs,
                                 const QmtDynamicsOptions *ours)
{
#define REAL(name)                                                                                 \
    {                                                                                              \
#name, offsetof(QmtDynamicsOptions, name)                                                  \
    }
    static const struct {
        const char *name;
        size_t offset;
    } REALS[] = {REAL(temperature_k),
                 REAL(dt_fs),
                 REAL(friction_per_ps),
                 REAL(equilibration_ps),
                 REAL(equilibration_friction_per_ps),
                 REAL(nve_every_ps),
                 REAL(nve_window_ps)};
#undef REAL
    for (size_t i = 0; i < sizeof REALS / sizeof *REALS; i++) {
        double there, here;
        memcpy(&there, (const char *)theirs + REALS[i].offset, sizeof there);
        memcpy(&here, (const char *)ours + REALS[i].offset, sizeof here);
        if (there != here)
            return FAIL(ctx, QMT_ERR_CHECKPOINT,
                        "snapshot: of a motion with %s %.10g, this one has %.10g", REALS[i].name,
                        there, here);
    }
    if (theirs->seed != ours->seed)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "snapshot: of a motion with seed %llu, this one has %llu",
                    (unsigned long long)theirs->seed, (unsigned long long)ours->seed);
    if (theirs->ensemble != ours->ensemble || (theirs->relax != 0) != (ours->relax != 0) ||
        theirs->property_set != ours->property_set)
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "snapshot: of a motion with another ensemble, relax or property_set");
    return QMT_OK;
}

static QmtStatus head_compare(QmtContext *ctx, const SnapshotHead *theirs, const SnapshotHead *ours)
{
    if (memcmp(theirs->numerics, ours->numerics, sizeof ours->numerics) != 0)
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "snapshot: of another build of the library");
    if (theirs->atoms != ours->atoms)
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "snapshot: of other atoms or masses");
    if (theirs->engine != ours->engine)
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "snapshot: of an engine with other options");
    return options_compare(ctx, &theirs->options, &ours->options);
}

QmtStatus qmt_dynamics_restore(QmtContext *ctx, QmtDynamics *dynamics, const void *buffer,
                               size_t size)
{
    NEEDS(ctx, dynamics != NULL && buffer != NULL, "dynamics: dynamics or buffer is NULL");
    const unsigned char *const bytes = buffer;
    SnapshotHead theirs;
    if (size < sizeof theirs)
        return FAIL(ctx, QMT_ERR_CHECKPOINT, "snapshot: %zu bytes are too few", size);
    memcpy(&theirs, bytes, sizeof theirs);
    if (memcmp(theirs.mark, SNAPSHOT_MARK, sizeof SNAPSHOT_MARK) != 0 ||
        theirs.crc != zip_crc(0, bytes + CRC_BEGIN, size - CRC_BEGIN))
        return FAIL(ctx, QMT_ERR_CHECKPOINT,
                    "snapshot: its checksum is wrong; the bytes are none or not those of one");
    TRY(head_compare(ctx, &theirs, &dynamics->head));
    return md_snapshot_load(ctx, dynamics->md, bytes + sizeof theirs, size - sizeof theirs);
}
