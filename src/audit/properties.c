#include "audit/properties.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Numbers read at once; a row can be any size.
enum { BLOCK_NUMBERS = 1 << 16 };

/// Between stored and computed, a.u.: what float32 positions and numbers leave of a molecule of usual size, ten times
/// over; beyond, the response to rounding is asked for. The residual of the loop depends on the way to its end and is
/// not computed again.
static const double LIMIT[N_PROPERTIES] = {
    [PROPERTY_DIPOLE] = 1e-4, [PROPERTY_CHARGES] = 1e-5,    [PROPERTY_BOND_ORDERS] = 1e-4,
    [PROPERTY_GAP] = 1e-5,    [PROPERTY_QUADRUPOLE] = 1e-2, [PROPERTY_SCF_RESIDUAL] = INFINITY,
};

/// e per atom: charges in float32 round by 6e-8.
static const double CHARGE_LIMIT = 1e-6;

static bool shape_fits(const Check *check, const PropertyType *type, const NpzArray *array)
{
    bool fits = array->kind == 'f' && (array->item_bytes == 4 || array->item_bytes == 8) &&
                array->n_dims == 1 + type->n_axes && array->shape[0] == check->n_frames;
    for (size_t i = 0; i < type->n_axes && fits; i++)
        fits = array->shape[1 + i] == (type->axis[i] != 0 ? type->axis[i] : check->n_atoms);
    return fits;
}

/// True if the configuration in the metadata asks for the array.
static bool is_promised(const Check *check, const char *name)
{
    const cJSON *const config = cJSON_GetObjectItemCaseSensitive(check->metadata, "config");
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(config, "properties"))
    {
        const char *const text = cJSON_GetStringValue(item);
        if (text != NULL && strcmp(text, name) == 0)
            return true;
    }
    return false;
}

static void arrays_find(Check *check)
{
    for (int p = 0; p < N_PROPERTIES; p++) {
        const PropertyType *type = &PROPERTIES[p];
        const NpzArray *const array = npz_find(&check->npz, type->name);
        if (array == NULL && is_promised(check, type->name))
            check_say(check, CHECK_PROPERTIES, CHECK_FAIL, "%s is missing", type->name);
        else if (array != NULL && !shape_fits(check, type, array))
            check_say(check, CHECK_PROPERTIES, CHECK_FAIL,
                      "%s has not the type and shape that belong to %" PRIu64
                      " frames of %zu atoms",
                      type->name, check->n_frames, check->n_atoms);
        else
            check->property[p] = array;
    }
}

/// The residual at the end of a loop is no more than the largest of the run, which the summary tells.
static void residual_check(Check *check, uint64_t frame, double residual)
{
    double most;
    if (!(residual >= 0.0))
        check_say(check, CHECK_PROPERTIES, CHECK_FAIL,
                  "scf_residual in frame %" PRIu64 " is %.3g, less than nothing", frame, residual);
    if (check_summary_number(check, "scf_residual_max", &most) &&
        !(residual <= most * (1.0 + 1e-6)))
        check_say(check, CHECK_PROPERTIES, CHECK_FAIL,
                  "scf_residual in frame %" PRIu64 " is %.6g, the summary says that none is above "
                  "%.6g",
                  frame, residual, most);
}

static void row_check(Check *check, Property property, uint64_t frame, const double *row, size_t n)
{
    double total, sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        // A molecule without empty orbitals has no gap.
        if (!isfinite(row[i]) && !(property == PROPERTY_GAP && isnan(row[i])))
            check_say(check, CHECK_PROPERTIES, CHECK_FAIL, "%s in frame %" PRIu64 " is %s",
                      PROPERTIES[property].name, frame, isnan(row[i]) ? "NaN" : "Inf");
        sum += row[i];
    }
    if (property == PROPERTY_SCF_RESIDUAL)
        residual_check(check, frame, row[0]);
    if (property != PROPERTY_CHARGES || !check_metadata_number(check, "charge", &total))
        return;
    if (!(fabs(sum - total) <= CHARGE_LIMIT * (double)n))
        check_say(check, CHECK_PROPERTIES, CHECK_FAIL,
                  "frame %" PRIu64 ": the charges add up to %.6f e, not %g", frame, sum, total);
}

static QmtStatus array_check(QmtContext *ctx, Check *check, Property property)
{
    const NpzArray *const array = check->property[property];
    const size_t n = property_size(property, check->n_atoms);
    const size_t n_block = n < BLOCK_NUMBERS ? BLOCK_NUMBERS / n : 1;
    double *const raw = malloc(n_block * n * sizeof *raw);
    double *const rows = malloc(n_block * n * sizeof *rows);
    QmtStatus status = QMT_OK;
    if (raw == NULL || rows == NULL)
        status =
            FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %s", check->npz.file.path, array->name);
    for (uint64_t first = 0; first < check->n_frames && status == QMT_OK; first += n_block) {
        const uint64_t left = check->n_frames - first;
        const uint64_t n_rows = left < n_block ? left : n_block;
        status = check_read(ctx, check, array, first, n_rows, raw, rows);
        for (uint64_t i = 0; i < n_rows && status == QMT_OK; i++)
            row_check(check, property, first + i, rows + i * n, n);
    }
    free(raw);
    free(rows);
    return status;
}

QmtStatus properties_check(QmtContext *ctx, Check *check)
{
    arrays_find(check);
    for (int p = 0; p < N_PROPERTIES; p++)
        if (check->property[p] != NULL) {
            check->property_set |= 1u << p;
            TRY(array_check(ctx, check, (Property)p));
        }
    if (check->property_set == 0)
        check_say(check, CHECK_PROPERTIES, CHECK_NOT_RUN, "none in the file");
    return QMT_OK;
}

QmtStatus properties_read(QmtContext *ctx, Check *check, uint64_t frame, double *raw,
                          double *stored)
{
    for (int p = 0; p < N_PROPERTIES; p++) {
        if (!(check->property_set & 1u << p))
            continue;
        TRY(check_read(ctx, check, check->property[p], frame, 1, raw, stored));
        stored += property_size((Property)p, check->n_atoms);
    }
    return QMT_OK;
}

bool properties_compare(Check *check, uint64_t frame, const double *stored, const double *computed,
                        const double *spread, bool is_last)
{
    bool agree = true;
    for (int p = 0; p < N_PROPERTIES; p++) {
        if (!(check->property_set & 1u << p))
            continue;
        const size_t n = property_size((Property)p, check->n_atoms);
        const double unit = PROPERTIES[p].unit_per_au;
        for (size_t i = 0; i < n; i++) {
            const double limit = LIMIT[p] +
                                 2.0 * check_rounding(check->property[p], stored[i]) / unit +
                                 (spread != NULL ? spread[i] : 0.0);
            const double gap = fabs(stored[i] / unit - computed[i]);
            if (gap <= limit || (isnan(stored[i]) && isnan(computed[i])))
                continue;
            agree = false;
            if (is_last)
                check_say(check, CHECK_PROPERTIES, CHECK_FAIL,
                          "frame %" PRIu64 ": %s is %.6g, computed again %.6g %s", frame,
                          PROPERTIES[p].name, stored[i], computed[i] * unit, PROPERTIES[p].unit);
        }
        stored += n;
        computed += n;
        spread += spread != NULL ? n : 0;
    }
    return agree;
}

void properties_report(Check *check, uint64_t n_again)
{
    char names[160] = "";
    for (int p = 0; p < N_PROPERTIES; p++)
        if (check->property_set & 1u << p)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s",
                     names[0] != '\0' ? ", " : "", PROPERTIES[p].name);
    if (names[0] != '\0')
        check_say(check, CHECK_PROPERTIES, CHECK_PASS, "%s; %" PRIu64 " frames computed again",
                  names, n_again);
}
