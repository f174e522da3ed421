#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trajectory/trajectory_reader.h"

static const size_t WINDOW_ARRAYS[] = {ARRAY_NVE_WINDOW, ARRAY_NVE_EKIN, ARRAY_NVE_EPOT,
                                       ARRAY_NVE_ETOT};
enum { N_WINDOW_ARRAYS = sizeof WINDOW_ARRAYS / sizeof *WINDOW_ARRAYS };

/// One column into its member of each step.
static QmtStatus column_read(QmtContext *ctx, Npz *npz, size_t id, size_t n,
                             TrajectoryWindowStep *steps)
{
    const TrajectoryArray row = trajectory_array(id);
    const NpzArray *const array = npz_find(npz, row.name);
    double *const values = malloc(2 * n * sizeof *values);
    if (values == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %s", npz->file.path, row.name);
    const QmtStatus status = npz_read_numbers(ctx, npz, array, 0, n, values + n, values);
    for (size_t i = 0; i < n && status == QMT_OK; i++)
        memcpy((char *)&steps[i] + row.offset, &values[i], sizeof values[i]);
    free(values);
    return status;
}

/// Windows are numbered 0, 1, ... in the order of their steps.
static QmtStatus numbers_check(QmtContext *ctx, const Npz *npz, const TrajectoryWindowStep *steps,
                               size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double before = i > 0 ? steps[i - 1].window : -1.0, now = steps[i].window;
        if (now != before + 1.0 && (i == 0 || now != before))
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s: step %zu of nve_window has the number %g after %g, expected are 0, 1, "
                        "... in order",
                        npz->file.path, i, now, before);
    }
    return QMT_OK;
}

static QmtStatus arrays_read(QmtContext *ctx, Npz *npz, TrajectoryWindowStep **steps,
                             size_t *n_steps)
{
    const NpzArray *const first = npz_find(npz, trajectory_array(ARRAY_NVE_WINDOW).name);
    const TrajectorySizes sizes = {.n_window_steps = first->n_dims == 1 ? first->shape[0] : 0};
    for (size_t i = 0; i < N_WINDOW_ARRAYS; i++) {
        const char *const name = trajectory_array(WINDOW_ARRAYS[i]).name;
        const NpzArray *const array = npz_find(npz, name);
        if (array == NULL || !trajectory_array_has_shape(WINDOW_ARRAYS[i], array, &sizes) ||
            !trajectory_array_has_type(WINDOW_ARRAYS[i], array))
            return FAIL(ctx, QMT_ERR_FORMAT, "%s: %s %s", npz->file.path, name,
                        array == NULL ? "is missing"
                                      : "does not have the type and shape expected for the steps "
                                        "of nve_window");
    }
    const size_t n = (size_t)sizes.n_window_steps;
    TrajectoryWindowStep *const made = calloc(n + 1, sizeof *made);
    if (made == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its NVE windows", npz->file.path);
    QmtStatus status = QMT_OK;
    for (size_t i = 0; i < N_WINDOW_ARRAYS && status == QMT_OK; i++)
        status = column_read(ctx, npz, WINDOW_ARRAYS[i], n, made);
    if (status == QMT_OK)
        status = numbers_check(ctx, npz, made, n);
    if (status != QMT_OK) {
        free(made);
        return status;
    }
    *steps = made;
    *n_steps = n;
    return QMT_OK;
}

static const cJSON *column_of(const cJSON *window, const char *name, int *length)
{
    const cJSON *const column = cJSON_GetObjectItemCaseSensitive(window, name);
    *length = cJSON_IsArray(column) ? cJSON_GetArraySize(column) : -1;
    return column;
}

static double number_of(const cJSON *item)
{
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

/// Steps of all windows of the text; *steps may be NULL, to count them.
static QmtStatus text_steps(QmtContext *ctx, const char *path, const cJSON *windows,
                            TrajectoryWindowStep *steps, size_t *n_steps)
{
    const cJSON *window;
    int number = 0;
    *n_steps = 0;
    cJSON_ArrayForEach(window, windows)
    {
        int n[3];
        const cJSON *kinetic = column_of(window, "kinetic", &n[0]);
        const cJSON *potential = column_of(window, "potential", &n[1]);
        const cJSON *total = column_of(window, "total", &n[2]);
        if (n[2] < 0 || n[0] != n[2] || n[1] != n[2])
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s: nve_windows: kinetic, potential and total of window %d are not lists "
                        "of one length",
                        path, number);
        if (steps != NULL) {
            kinetic = kinetic->child;
            potential = potential->child;
            total = total->child;
            for (int i = 0; i < n[2]; i++) {
                steps[*n_steps + (size_t)i] =
                    (TrajectoryWindowStep){.window = number,
                                           .kinetic = number_of(kinetic),
                                           .potential = number_of(potential),
                                           .total = number_of(total)};
                kinetic = kinetic->next;
                potential = potential->next;
                total = total->next;
            }
        }
        *n_steps += (size_t)n[2];
        number++;
    }
    return QMT_OK;
}

static QmtStatus text_read(QmtContext *ctx, Npz *npz, const NpzArray *array,
                           TrajectoryWindowStep **steps, size_t *n_steps)
{
    char *text = NULL;
    TRY(npz_read_text(ctx, npz, array, &text));
    cJSON *const windows = cJSON_Parse(text);
    free(text);
    TrajectoryWindowStep *made = NULL;
    size_t n = 0;
    QmtStatus status = QMT_OK;
    if (!cJSON_IsArray(windows))
        status = FAIL(ctx, QMT_ERR_FORMAT, "%s: nve_windows is not a JSON list", npz->file.path);
    if (status == QMT_OK)
        status = text_steps(ctx, npz->file.path, windows, NULL, &n);
    if (status == QMT_OK) {
        made = calloc(n + 1, sizeof *made);
        status = made == NULL ? FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for its NVE windows",
                                     npz->file.path)
                              : text_steps(ctx, npz->file.path, windows, made, &n);
    }
    cJSON_Delete(windows);
    if (status != QMT_OK) {
        free(made);
        return status;
    }
    *steps = made;
    *n_steps = n;
    return QMT_OK;
}

QmtStatus trajectory_windows_read(QmtContext *ctx, Npz *npz, TrajectoryWindowStep **steps,
                                  size_t *n_steps, bool *found)
{
    const NpzArray *const text = npz_find(npz, trajectory_array(ARRAY_NVE_TEXT).name);
    *steps = NULL;
    *n_steps = 0;
    *found = true;
    for (size_t i = 0; i < N_WINDOW_ARRAYS; i++)
        if (npz_find(npz, trajectory_array(WINDOW_ARRAYS[i]).name) != NULL) {
            const NpzArray *array;
            const char *const name = trajectory_array(ARRAY_NVE_WINDOW).name;
            TRY(npz_require(ctx, npz, name, 'i', 4, 1, &array));
            return arrays_read(ctx, npz, steps, n_steps);
        }
    if (text != NULL)
        return text_read(ctx, npz, text, steps, n_steps);
    *found = false;
    return QMT_OK;
}
