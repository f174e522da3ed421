#include "audit/properties.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/arrays.h"

/// Numbers read at once; a row can be any size.
enum { BLOCK_NUMBERS = 1 << 16 };

/// e per atom: charges in float32 round by 6e-8.
static const double CHARGE_LIMIT = 1e-6;
/// Unit of the file: the trace of a quadrupole is a sum of larger terms, which leave 1e-13 e nm^2 of a hundred atoms in 5 nm.
static const double SYMMETRY_LIMIT = 1e-9;

static const NpzArray *array_of(const Check *check, Property property)
{
    return check->array[N_ARRAYS + (size_t)property];
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

/// A table of n by n numbers is the same read along rows and along columns, and a quadrupole has no trace, to the rounding
/// of its largest number and of the sum that it was.
static void symmetry_check(Check *check, Property property, uint64_t frame, const double *table,
                           size_t n)
{
    double largest = 0.0, trace = 0.0;
    size_t row = 0, column = 0;
    for (size_t i = 0; i < n * n; i++)
        largest = fmax(largest, fabs(table[i]));
    const double allowed =
        SYMMETRY_LIMIT + 4.0 * check_rounding(array_of(check, property), largest);
    for (size_t i = 0; i < n; i++) {
        trace += table[i * n + i];
        for (size_t k = 0; k < i; k++)
            if (!(fabs(table[i * n + k] - table[k * n + i]) <= allowed)) {
                row = i;
                column = k;
            }
    }
    if (row != column)
        check_say(check, CHECK_PROPERTIES, CHECK_FAIL,
                  "frame %" PRIu64 ": %s is not symmetric: %.6g in row %zu, column %zu, and %.6g "
                  "in row %zu, column %zu",
                  frame, property_name(property), table[row * n + column], row, column,
                  table[column * n + row], column, row);
    if (property == PROPERTY_QUADRUPOLE && !(fabs(trace) <= allowed))
        check_say(check, CHECK_PROPERTIES, CHECK_FAIL,
                  "frame %" PRIu64 ": the trace of quadrupole is %.2g %s, not 0", frame, trace,
                  PROPERTIES[property].unit);
}

static void row_check(Check *check, Property property, uint64_t frame, const double *row, size_t n)
{
    double total, sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(row[i]) && !(PROPERTIES[property].may_be_nan && isnan(row[i])))
            check_say(check, CHECK_PROPERTIES, CHECK_FAIL, "%s in frame %" PRIu64 " is %s",
                      property_name(property), frame, isnan(row[i]) ? "NaN" : "Inf");
        sum += row[i];
    }
    if (property == PROPERTY_SCF_RESIDUAL)
        residual_check(check, frame, row[0]);
    if (property == PROPERTY_BOND_ORDERS)
        symmetry_check(check, property, frame, row, check->n_atoms);
    if (property == PROPERTY_QUADRUPOLE)
        symmetry_check(check, property, frame, row, 3);
    if (property != PROPERTY_CHARGES || !check_metadata_number(check, "charge", &total))
        return;
    if (!(fabs(sum - total) <= CHARGE_LIMIT * (double)n))
        check_say(check, CHECK_PROPERTIES, CHECK_FAIL,
                  "frame %" PRIu64 ": the charges add up to %.6f e, not %g", frame, sum, total);
}

static QmtStatus array_check(QmtContext *ctx, Check *check, Property property)
{
    const NpzArray *const array = array_of(check, property);
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
    arrays_find_properties(check);
    for (int p = 0; p < N_PROPERTIES; p++)
        if (array_of(check, (Property)p) != NULL) {
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
        TRY(check_read(ctx, check, array_of(check, (Property)p), frame, 1, raw, stored));
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
            const double limit =
                PROPERTIES[p].tolerance +
                2.0 * check_rounding(array_of(check, (Property)p), stored[i]) / unit +
                (spread != NULL ? spread[i] : 0.0);
            const double gap = fabs(stored[i] / unit - computed[i]);
            if (gap <= limit || (isnan(stored[i]) && isnan(computed[i])))
                continue;
            agree = false;
            if (is_last)
                check_say(check, CHECK_PROPERTIES, CHECK_FAIL,
                          "frame %" PRIu64 ": %s is %.6g, computed again %.6g %s", frame,
                          property_name((Property)p), stored[i], computed[i] * unit,
                          PROPERTIES[p].unit);
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
                     names[0] != '\0' ? ", " : "", property_name((Property)p));
    if (names[0] != '\0')
        check_say(check, CHECK_PROPERTIES, CHECK_PASS, "%s; %" PRIu64 " frames computed again",
                  names, n_again);
}
