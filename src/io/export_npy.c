#include "io/export_npy.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/properties.h"
#include "io/file.h"
#include "io/npz_read.h"
#include "io/structure.h"

enum { BLOCK_SIZE = 1 << 20 };

/// The arrays whose first axis is time.
static bool has_frames(const NpzArray *array)
{
    static const char *const NAMES[] = {"pos",  "vel",  "forces",  "Ekin",
                                        "Epot", "Etot", "time_ps", "box"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(array->name, NAMES[i]) == 0)
            return true;
    for (int p = 0; p < N_PROPERTIES; p++)
        if (strcmp(array->name, PROPERTIES[p].name) == 0)
            return true;
    return false;
}

static bool is_json(const NpzArray *array)
{
    return strcmp(array->name, "metadata") == 0 || strcmp(array->name, "nve_windows") == 0;
}

/// FOLDER/NAME.npy, or .json.
static QmtStatus array_path(QmtContext *ctx, const char *folder, const NpzArray *array, char *path)
{
    char name[NPZ_NAME_SIZE + 8];
    snprintf(name, sizeof name, "%s.%s", array->name, is_json(array) ? "json" : "npy");
    return file_join(ctx, folder, name, path);
}

/// NumPy's name of the type; strings are counted in characters of four bytes.
static void type_text(const NpzArray *array, char text[32])
{
    const bool is_text = array->kind == 'U';
    const bool one_byte = array->item_bytes == 1 && !is_text;
    snprintf(text, 32, "%c%c%" PRIu64, one_byte ? '|' : '<', array->kind,
             is_text ? array->item_bytes / 4 : array->item_bytes);
}

/// Every `every`th row of an array behind a header of its own.
static QmtStatus rows_write(QmtContext *ctx, Npz *npz, const NpzArray *array, uint64_t every,
                            File *file)
{
    unsigned char header[NPY_HEADER_MAX];
    char type[32];
    uint64_t shape[NPY_DIMS_MAX] = {0};
    memcpy(shape, array->shape, sizeof shape);
    const uint64_t n_rows = array->n_dims > 0 ? array->shape[0] : 1;
    const uint64_t step = array->n_dims > 0 && has_frames(array) ? every : 1;
    const uint64_t n_kept = n_rows > 0 ? (n_rows - 1) / step + 1 : 0;
    shape[0] = n_kept;
    type_text(array, type);
    const size_t n_header = npy_header(type, array->n_dims, shape, header);
    TRY(file_write_at(ctx, file, header, n_header, 0));
    if (array->row_bytes == 0 || n_kept == 0)
        return QMT_OK;

    // Consecutive rows go many at a time; a single row can be any size.
    const uint64_t fit = step == 1 ? BLOCK_SIZE / array->row_bytes : 1;
    const uint64_t at_once = fit > 0 ? fit : 1;
    void *const block = malloc((size_t)(at_once * array->row_bytes));
    if (block == NULL)
        return FAIL(ctx, QMT_ERR_MEMORY, "%s: no memory for %s", npz->file.path, array->name);
    uint64_t offset = n_header;
    QmtStatus status = QMT_OK;
    for (uint64_t k = 0; k < n_kept && status == QMT_OK; k += at_once) {
        const uint64_t n = n_kept - k < at_once ? n_kept - k : at_once;
        const size_t n_bytes = (size_t)(n * array->row_bytes);
        status = npz_read_rows(ctx, npz, array, k * step, n, block);
        if (status == QMT_OK)
            status = file_write_at(ctx, file, block, n_bytes, offset);
        offset += n_bytes;
    }
    free(block);
    return status;
}

static QmtStatus json_write(QmtContext *ctx, Npz *npz, const NpzArray *array, File *file)
{
    char *text = NULL;
    TRY(npz_read_text(ctx, npz, array, &text));
    const QmtStatus status = file_write_at(ctx, file, text, strlen(text), 0);
    free(text);
    return status;
}

static QmtStatus array_write(QmtContext *ctx, Npz *npz, const NpzArray *array, uint64_t every,
                             const char *folder)
{
    char path[FILE_PATH_SIZE];
    File file = file_none();
    TRY(array_path(ctx, folder, array, path));
    TRY(file_open(ctx, path, FILE_CREATE, &file));
    QmtStatus status = is_json(array) ? json_write(ctx, npz, array, &file)
                                      : rows_write(ctx, npz, array, every, &file);
    if (status == QMT_OK)
        status = file_sync(ctx, &file);
    if (status == QMT_OK)
        status = file_close(ctx, &file);
    file_abandon(&file);
    return status;
}

/// Removes what is left of a failed conversion; the sentence of the failure stays.
static void part_remove(QmtContext *ctx, const Npz *npz, const char *folder)
{
    const Message failure = context_keep(ctx);
    char path[FILE_PATH_SIZE];
    for (size_t i = 0; i < npz->n; i++)
        if (array_path(ctx, folder, &npz->arrays[i], path) == QMT_OK)
            (void)file_remove(ctx, path);
    rmdir(folder);
    (void)context_restore(ctx, &failure);
}

static QmtStatus part_write(QmtContext *ctx, Npz *npz, uint64_t every, const char *folder)
{
    TRY(file_make_directories(ctx, folder));
    for (size_t i = 0; i < npz->n; i++)
        TRY(array_write(ctx, npz, &npz->arrays[i], every, folder));
    return QMT_OK;
}

/// Names become files of the folder, so a name of a foreign file must not lead out of it.
static QmtStatus names_check(QmtContext *ctx, const Npz *npz)
{
    for (size_t i = 0; i < npz->n; i++) {
        const char *const problem = structure_name_problem(npz->arrays[i].name);
        if (problem != NULL)
            return FAIL(ctx, QMT_ERR_FORMAT,
                        "%s: the array name \"%.100s\" %s, but it is to become a file",
                        npz->file.path, npz->arrays[i].name, problem);
    }
    return QMT_OK;
}

static QmtStatus frames_count(QmtContext *ctx, const Npz *npz, uint64_t every, uint64_t *n_frames)
{
    const NpzArray *time, *pos;
    TRY(npz_require(ctx, npz, "time_ps", 'f', 8, 1, &time));
    TRY(npz_require(ctx, npz, "pos", 'f', 0, 3, &pos));
    for (size_t i = 0; i < npz->n; i++) {
        const NpzArray *const array = &npz->arrays[i];
        if (has_frames(array) && (array->n_dims == 0 || array->shape[0] != time->shape[0]))
            return FAIL(ctx, QMT_ERR_FORMAT, "%s: %s has another number of frames than time_ps",
                        npz->file.path, array->name);
    }
    *n_frames = time->shape[0] > 0 ? (time->shape[0] - 1) / every + 1 : 0;
    return QMT_OK;
}

QmtStatus export_npy(QmtContext *ctx, const char *from, const char *to, uint64_t every,
                     uint64_t *n_frames)
{
    assert(every > 0);
    char part[FILE_PATH_SIZE];
    const int length = snprintf(part, sizeof part, "%s.part", to);
    if (length < 0 || (size_t)length >= sizeof part)
        return FAIL(ctx, QMT_ERR_IO, "%.60s...: the path is too long; choose a shorter one", to);

    Npz npz;
    uint64_t n = 0;
    TRY(npz_open(ctx, from, &npz));
    QmtStatus status = frames_count(ctx, &npz, every, &n);
    if (status == QMT_OK)
        status = names_check(ctx, &npz);
    if (status == QMT_OK)
        status = npz_verify(ctx, &npz);
    if (status == QMT_OK && file_exists(to))
        status =
            FAIL(ctx, QMT_ERR_USAGE, "%s: exists already; remove it or choose another name", to);
    if (status == QMT_OK) {
        status = part_write(ctx, &npz, every, part);
        if (status == QMT_OK)
            status = file_rename(ctx, part, to);
        if (status == QMT_OK)
            *n_frames = n;
        else
            part_remove(ctx, &npz, part);
    }
    npz_close(&npz);
    return status;
}
