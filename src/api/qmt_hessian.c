// include/qmtraj/hessian.h
#include "api/qmt_hessian.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/argument.h"
#include "api/qmt_engine.h"
#include "io/file.h"
#include "io/npy.h"
#include "single/hessian.h"
#include "vibration/thermochemistry.h"

/// Sizes of the first version that had them.
enum { OPTIONS_FIRST_SIZE = 24, RESULT_FIRST_SIZE = 72, THERMO_FIRST_SIZE = 40 };
_Static_assert(sizeof(QmtHessianOptions) == OPTIONS_FIRST_SIZE, "it has not grown yet");
_Static_assert(offsetof(QmtHessianResult, scf_iterations) == RESULT_FIRST_SIZE,
               "it grew behind these");
_Static_assert(sizeof(QmtThermoOptions) == THERMO_FIRST_SIZE, "it has not grown yet");

static const QmtHessianOptions INITIAL = {
    .struct_size = sizeof INITIAL, .step = 0.005, .points = 5, .n_workers = 1};
static const QmtThermoOptions THERMO_INITIAL = {.struct_size = sizeof THERMO_INITIAL,
                                                .temperature_k = 298.15,
                                                .pressure_pa = 101325.0,
                                                .symmetry_number = 1,
                                                .multiplicity = 1};

static void initial_give(void *options, size_t size, const void *initial, size_t initial_size)
{
    if (options == NULL || size < sizeof size)
        return;
    memset(options, 0, size);
    memcpy(options, initial, size < initial_size ? size : initial_size);
    memcpy(options, &size, sizeof size);
}

void qmt_hessian_options_init(QmtHessianOptions *options, size_t struct_size)
{
    initial_give(options, struct_size, &INITIAL, sizeof INITIAL);
}

void qmt_thermo_options_init(QmtThermoOptions *options, size_t struct_size)
{
    initial_give(options, struct_size, &THERMO_INITIAL, sizeof THERMO_INITIAL);
}

static void result_release(HessianResult *result)
{
    free(result->gradient);
    free(result->hessian);
    free(result->dipole_slopes);
}

static QmtStatus result_create(QmtContext *ctx, size_t n_atoms, HessianResult *result)
{
    const size_t n_x = 3 * n_atoms;
    *result = (HessianResult){.gradient = calloc(n_x, sizeof(double)),
                              .hessian = calloc(n_x * n_x, sizeof(double)),
                              .dipole_slopes = calloc(3 * n_x, sizeof(double))};
    if (result->gradient != NULL && result->hessian != NULL && result->dipole_slopes != NULL)
        return QMT_OK;
    result_release(result);
    return FAIL(ctx, QMT_ERR_MEMORY, "no memory for the Hessian of %zu atoms", n_atoms);
}

static void result_copy(size_t n_x, const HessianResult *from, QmtHessianResult *to)
{
    to->energy = from->energy;
    to->asymmetry = from->asymmetry;
    to->scf_iterations = from->report.scf_iterations;
    to->recovery = from->report.recovery;
    memcpy(to->dipole, from->dipole, sizeof to->dipole);
    if (to->gradient != NULL)
        memcpy(to->gradient, from->gradient, n_x * sizeof(double));
    if (to->hessian != NULL)
        memcpy(to->hessian, from->hessian, n_x * n_x * sizeof(double));
    if (to->dipole_slopes != NULL)
        memcpy(to->dipole_slopes, from->dipole_slopes, 3 * n_x * sizeof(double));
}

QmtStatus qmt_hessian(QmtContext *ctx, QmtEngine *engine, const double *xyz,
                      const QmtHessianOptions *options, QmtHessianResult *result)
{
    QmtHessianOptions own = INITIAL;
    QmtHessianResult wanted = qmt_hessian_result_empty();
    HessianResult made;
    NEEDS(ctx, engine != NULL && xyz != NULL && result != NULL,
          "hessian: engine, xyz or result is NULL");
    if (options != NULL)
        TRY(struct_take(ctx, "QmtHessianOptions", options, OPTIONS_FIRST_SIZE, &own, sizeof own));
    TRY(struct_take(ctx, "QmtHessianResult", result, RESULT_FIRST_SIZE, &wanted, sizeof wanted));
    NEEDS(ctx, own.step > 0.0 && own.step <= 0.2,
          "hessian: a step of %g bohr, up to 0.2 is possible", own.step);
    NEEDS(ctx, own.points == 3 || own.points == 5, "hessian: %d points, 3 or 5 are possible",
          own.points);
    NEEDS(ctx, own.n_workers >= 1, "hessian: %d workers", own.n_workers);
    NEEDS(ctx, engine->is_xtb || wanted.dipole_slopes == NULL,
          "hessian: a force function has no dipole; leave dipole_slopes NULL");
    const HessianOptions settings = {.step = own.step,
                                     .points = own.points,
                                     .n_workers = (size_t)own.n_workers,
                                     .dipole = engine->is_xtb};
    TRY(result_create(ctx, engine->engine->n_atoms, &made));
    const QmtStatus status =
        hessian_by_differences(ctx, engine->engine, (const double(*)[3])xyz, &settings, &made);
    if (status == QMT_OK)
        result_copy(3 * engine->engine->n_atoms, &made, &wanted);
    result_release(&made);
    TRY(status);
    return struct_give(ctx, "QmtHessianResult", &wanted, sizeof wanted, RESULT_FIRST_SIZE, result);
}

QmtStatus qmt_hessian_write_npy(QmtContext *ctx, const char *path, size_t n_atoms,
                                const double *hessian)
{
    NEEDS(ctx, path != NULL && hessian != NULL && n_atoms > 0, "hessian: path or hessian is NULL");
    const uint64_t shape[2] = {3 * n_atoms, 3 * n_atoms};
    const size_t n_bytes = (size_t)(shape[0] * shape[1]) * sizeof *hessian;
    unsigned char *const data = malloc(NPY_HEADER_MAX + n_bytes);
    if (data == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "no memory for a Hessian of %zu atoms", n_atoms);
    const size_t n_header = npy_header("<f8", 2, shape, data);
    memcpy(data + n_header, hessian, n_bytes);
    const QmtStatus status = file_write_whole(ctx, path, data, n_header + n_bytes);
    free(data);
    return status;
}

QmtStatus qmt_modes_create(QmtContext *ctx, size_t n_atoms, const double *masses, const double *xyz,
                           const double *hessian, const double *dipole_slopes, QmtModes **modes)
{
    NEEDS(ctx, masses != NULL && xyz != NULL && hessian != NULL && modes != NULL && n_atoms > 0,
          "modes: no atoms, or masses, xyz, hessian or modes is NULL");
    for (size_t a = 0; a < n_atoms; a++)
        NEEDS(ctx, masses[a] > 0.0 && isfinite(masses[a]), "modes: atom %zu has a mass of %g",
              a + 1, masses[a]);
    TRY(coordinates_check(ctx, "modes", n_atoms, xyz));
    for (size_t i = 0; i < 9 * n_atoms && dipole_slopes != NULL; i++)
        if (!isfinite(dipole_slopes[i]))
            return FAIL(ctx, QMT_ERR_PHYSICS,
                        "modes: atom %zu: a slope of the dipole moment is not finite", i / 9 + 1);
    QmtModes *made = calloc(1, sizeof *made);
    if (made != NULL) {
        made->masses = malloc(n_atoms * sizeof *made->masses);
        made->xyz = malloc(n_atoms * sizeof *made->xyz);
    }
    QmtStatus status = QMT_OK;
    if (made == NULL || made->masses == NULL || made->xyz == NULL)
        status = FAIL(ctx, QMT_ERR_MEMORY, "no memory for the modes of %zu atoms", n_atoms);
    if (status == QMT_OK) {
        memcpy(made->masses, masses, n_atoms * sizeof *masses);
        memcpy(made->xyz, xyz, n_atoms * sizeof *made->xyz);
        status = normal_modes(ctx, n_atoms, masses, (const double(*)[3])xyz, hessian, dipole_slopes,
                              &made->modes);
    }
    if (status == QMT_OK)
        *modes = made;
    else
        qmt_modes_destroy(&made);
    return status;
}

void qmt_modes_destroy(QmtModes **modes)
{
    if (modes == NULL || *modes == NULL)
        return;
    normal_modes_release(&(*modes)->modes);
    free((*modes)->masses);
    free((*modes)->xyz);
    free(*modes);
    *modes = NULL;
}

QmtStatus qmt_modes_get(QmtContext *ctx, const QmtModes *modes, QmtModesView *view)
{
    NEEDS(ctx, modes != NULL && view != NULL, "modes: modes or view is NULL");
    const NormalModes *const m = &modes->modes;
    *view = (QmtModesView){.n_modes = m->n_modes,
                           .n_rigid = m->n_rigid,
                           .frequency = m->frequency,
                           .rigid = m->rigid,
                           .mode = m->mode,
                           .reduced_mass = m->reduced_mass,
                           .intensity = m->intensity};
    return QMT_OK;
}

double qmt_modes_off_line(const QmtModes *modes)
{
    return modes != NULL ? modes->modes.off_line : 0.0;
}

QmtStatus qmt_thermo(QmtContext *ctx, const QmtModes *modes, const QmtThermoOptions *options,
                     QmtThermo *thermo)
{
    QmtThermoOptions own = THERMO_INITIAL;
    NEEDS(ctx, modes != NULL && thermo != NULL, "thermo: modes or thermo is NULL");
    if (options != NULL)
        TRY(struct_take(ctx, "QmtThermoOptions", options, THERMO_FIRST_SIZE, &own, sizeof own));
    NEEDS(ctx,
          own.temperature_k > 0.0 && isfinite(own.temperature_k) && own.pressure_pa > 0.0 &&
              isfinite(own.pressure_pa) && own.rotor_cm >= 0.0 && isfinite(own.rotor_cm),
          "thermo: %g K, %g Pa, a rotor at %g cm-1", own.temperature_k, own.pressure_pa,
          own.rotor_cm);
    NEEDS(ctx, own.symmetry_number >= 1 && own.multiplicity >= 1,
          "thermo: symmetry number %d, multiplicity %d", own.symmetry_number, own.multiplicity);
    const ThermoConditions conditions = {.temperature_k = own.temperature_k,
                                         .pressure_pa = own.pressure_pa,
                                         .symmetry_number = own.symmetry_number,
                                         .multiplicity = own.multiplicity,
                                         .rotor_cm = own.rotor_cm};
    const Thermochemistry t =
        thermochemistry(&modes->modes, modes->masses, (const double(*)[3])modes->xyz, &conditions);
    NEEDS(ctx, isfinite(t.gibbs) && isfinite(t.entropy) && isfinite(t.heat_capacity_volume),
          "thermo: the results at %g K and %g Pa are no finite numbers", own.temperature_k,
          own.pressure_pa);
    *thermo = (QmtThermo){.zero_point = t.zero_point,
                          .energy = t.energy,
                          .enthalpy = t.enthalpy,
                          .entropy = t.entropy,
                          .entropy_translation = t.entropy_translation,
                          .entropy_rotation = t.entropy_rotation,
                          .entropy_vibration = t.entropy_vibration,
                          .entropy_electronic = t.entropy_electronic,
                          .gibbs = t.gibbs,
                          .heat_capacity_volume = t.heat_capacity_volume};
    memcpy(thermo->rotational_constant, t.rotational_constant, sizeof t.rotational_constant);
    return QMT_OK;
}
